"""The terms of a loss: what one row costs, as a graph of the coordinates, the row's columns and its target.

mse     (p − t)²
mae     |p − t|
huber   (p − t)²/2 where |p − t| ≤ 1, else |p − t| − 1/2; Huber 1964
log     −log p where t is 1, −log(1 − p) where it is 0. Of p = σ(z) that is log(1 + e^∓z), which never overflows
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from gdanim.formula.derivatives import differentiate
from gdanim.formula.graph import Graph, Node
from gdanim.formula.tree import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gdanim.formula.parser import Expression
    from gdanim.formula.tree import Tree

HUBER: Final = 1.0  # the residual from which on its loss is a straight line
LOG: Final = "log"  # the loss of a probability


class Terms(NamedTuple):
    """The nodes of one row.

    w, x, t      the coordinates, the columns that the model reads, and the target
    prediction   of the model
    inner        the same without the sigmoid around it, where the loss is that of its argument
    cost         of the prediction
    """

    w: tuple[Node, ...]
    x: tuple[Node, ...]
    t: Node
    prediction: Node
    inner: Node
    cost: Node

    @property
    def given(self) -> tuple[Node, ...]:
        """What a program of these nodes reads."""
        return (*self.w, *self.x, self.t)

    def slopes(self, node: Node) -> list[Node]:
        """The partial derivatives of a node by the coordinates."""
        return [differentiate(node, one) for one in self.w]


def terms_of(expression: Expression, constants: Mapping[str, float], loss: str, *, careful: bool = False) -> Terms:
    """The terms of a model, `expression` with its constants bound, under a loss."""
    graph = Graph(careful=careful)
    # Names of their own: a column may be called as an operation is.
    w = tuple(graph.variable(f"w{k}") for k in range(len(expression.variables)))
    x = tuple(graph.variable(f"x{k}") for k in range(len(expression.data)))
    t = graph.variable("t")
    names = {name: graph.number(value) for name, value in constants.items()}
    names |= dict(zip((*expression.variables, *expression.data), (*w, *x), strict=True))
    tree = expression.written_out(constants)
    prediction = graph.read(tree, names)
    logit = logit_of(tree) if loss == LOG else None
    inner = prediction if logit is None else graph.read(logit, names)
    cost = _LOSSES[loss](prediction, t) if logit is None else _cost_of_logit(inner, t)
    return Terms(w, x, t, prediction, inner, cost)


def logit_of(tree: Tree) -> Tree | None:
    """The argument of the sigmoid that a model is; None of any other model."""
    return tree.args[0] if isinstance(tree, Call) and tree.op == "sigmoid" else None


def _squared(p: Node, t: Node) -> Node:
    return _operation("pow", _operation("sub", p, t), p.graph.number(2.0))


def _absolute(p: Node, t: Node) -> Node:
    return _operation("abs", _operation("sub", p, t))


def _huber(p: Node, t: Node) -> Node:
    away = _absolute(p, t)
    is_near = _operation("le", away, p.graph.number(HUBER))
    line = _operation("sub", away, p.graph.number(HUBER / 2))
    return _operation("where", is_near, _operation("mul", p.graph.number(0.5), _squared(p, t)), line)


def _log(p: Node, t: Node) -> Node:
    hit = _operation("where", t, p, _operation("sub", p.graph.number(1.0), p))
    return _operation("neg", _operation("log", hit))


def _cost_of_logit(z: Node, t: Node) -> Node:
    """log(1 + e^z) where t is 0, log(1 + e^−z) where it is 1."""
    return _operation("softplus", _operation("where", t, _operation("neg", z), z))


def _operation(op: str, *args: Node) -> Node:
    return args[0].graph.operation(op, *args)


_LOSSES: Final[Mapping[str, Callable[[Node, Node], Node]]] = {
    "mse": _squared, "mae": _absolute, "huber": _huber, LOG: _log,
}  # fmt: skip
