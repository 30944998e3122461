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
LOGIT: Final = "logit"  # the same where that is the sigmoid of something


class Terms(NamedTuple):
    """The nodes of one row.

    w, x, t      the coordinates, the columns that the model reads, and the target
    prediction   of the model
    inner        the same without the sigmoid around it, where the loss is that of its argument
    argument     what the cost depends on: p − t; of the loss log the probability of what was observed, or of a logit z
                 −z where t is 1 and z where it is 0
    kind         which of COSTS it has
    cost         of the argument
    """

    w: tuple[Node, ...]
    x: tuple[Node, ...]
    t: Node
    prediction: Node
    inner: Node
    argument: Node
    kind: str
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
    kind = loss if logit is None else LOGIT
    argument = _argument(prediction, None if logit is None else inner, t, loss)
    return Terms(w, x, t, prediction, inner, argument, kind, COSTS[kind](argument))


def logit_of(tree: Tree) -> Tree | None:
    """The argument of the sigmoid that a model is; None of any other model."""
    return tree.args[0] if isinstance(tree, Call) and tree.op == "sigmoid" else None


def _operation(op: str, *args: Node) -> Node:
    return args[0].graph.operation(op, *args)


def _squared(r: Node) -> Node:
    return _operation("pow", r, r.graph.number(2.0))


def _absolute(r: Node) -> Node:
    return _operation("abs", r)


def _huber(r: Node) -> Node:
    away, half = _absolute(r), r.graph.number(0.5)
    is_near = _operation("le", away, r.graph.number(HUBER))
    line = _operation("sub", away, r.graph.number(HUBER / 2))
    return _operation("where", is_near, _operation("mul", half, _squared(r)), line)


def _surprise(p: Node) -> Node:
    return _operation("neg", _operation("log", p))


def _softplus(z: Node) -> Node:
    return _operation("softplus", z)


# What a row costs, of its argument: see Terms.
COSTS: Final[Mapping[str, Callable[[Node], Node]]] = {
    "mse": _squared, "mae": _absolute, "huber": _huber, LOG: _surprise, LOGIT: _softplus,
}  # fmt: skip


def _argument(prediction: Node, logit: Node | None, t: Node, loss: str) -> Node:
    """What a row costs depends on: see Terms."""
    if logit is not None:
        return _operation("where", t, _operation("neg", logit), logit)
    if loss == LOG:
        return _operation("where", t, prediction, _operation("sub", prediction.graph.number(1.0), prediction))
    return _operation("sub", prediction, t)
