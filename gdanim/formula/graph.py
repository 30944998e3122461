"""The graph of a formula: each part is one node, and equal parts are the same node.

    graph = Graph()
    f = graph.read(tree, names)     # names: x and y → nodes, constants and parameters → numbers

The formula itself is not simplified: 0*log(x) has no value at −1. What is built with the operators of Node is: parts
that are 0 everywhere are left out, so that they neither cost time nor turn an infinity into NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import reduce

from gdanim.formula import vocabulary
from gdanim.formula.tree import Name, Number, Tree, fold


class Node:
    """One part of a formula: an operation on other nodes, a number, or a variable. Equal parts are the same object.

    index  its place in graph.nodes; arguments come before the operations on them
    op     as in the tree; or "number", a variable's name, "step" (Heaviside, ½ at 0), "gap" (1 − u²), "bell" (σ′); and
           in a careful graph "guarded" and "ratio": a product and a quotient that are 0 where one factor is
    value  the number, where it is one
    """

    __slots__ = ("args", "graph", "index", "op", "value")

    def __init__(self, graph: Graph, op: str, args: tuple[Node, ...], value: float | None) -> None:
        self.graph, self.index, self.op, self.args, self.value = graph, len(graph.nodes), op, args, value

    def __add__(self, other: Node | float) -> Node:
        return self.graph.plus(self, self.graph.node_of(other))

    def __sub__(self, other: Node | float) -> Node:
        return self + -self.graph.node_of(other)

    def __mul__(self, other: Node | float) -> Node:
        return self.graph.times(self, self.graph.node_of(other))

    def __truediv__(self, other: Node | float) -> Node:
        return self * self.graph.reciprocal(other)

    def __pow__(self, exponent: Node | float) -> Node:
        v = self.graph.node_of(exponent)
        if v.value == 0.0 or v.value == 1.0:
            return self if v.value else self.graph.number(1.0)
        return self.graph.operation("pow", self, v)

    def __neg__(self) -> Node:
        return self * -1.0

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other: float) -> Node:
        return -self + other

    def __rtruediv__(self, other: float) -> Node:
        return self.graph.node_of(other) / self


class Graph:
    """The nodes of a formula and its derivatives, in an order in which they can be evaluated.

    careful  whether derivatives are to have a value also where a factor of the chain rule is 0 and another is infinite
             or undefined, which counts as 0; and roots, powers and the like that undo each other are left out
    """

    def __init__(self, *, careful: bool = False) -> None:
        self.careful = careful
        self.nodes: list[Node] = []
        self._known: dict[tuple[object, ...], Node] = {}

    def number(self, value: float) -> Node:
        """The node of a constant."""
        value = float(value)  # the rules of calculus write 3; kernels ask floats whether they are whole
        # -0.0 == 0.0, but 1/-0.0 is not 1/0.0.
        return self._node("number", (), (value, math.copysign(1.0, value)), value)

    def variable(self, name: str) -> Node:
        """The node of x or y."""
        return self._node(name, (), ())

    def node_of(self, operand: Node | float) -> Node:
        """The node of a number; a node itself."""
        return operand if isinstance(operand, Node) else self.number(operand)

    def operation(self, op: str, *args: Node) -> Node:
        """An operation, not simplified; a number where all arguments are numbers and the result is finite."""
        values = [arg.value for arg in args if arg.value is not None]
        if len(values) == len(args) and math.isfinite(value := vocabulary.apply(op, values)):
            return self.number(value)
        if self.careful and (smooth := _without_root(op, args)) is not None:
            return smooth
        if op in ("add", "mul") and args[0].index > args[1].index:
            args = (args[1], args[0])  # x*y and y*x are one part
        return self._node(op, args, tuple([arg.index for arg in args]))

    def _node(self, op: str, args: tuple[Node, ...], identity: tuple[object, ...], value: float | None = None) -> Node:
        key = (op, identity)
        if key not in self._known:
            self._known[key] = Node(self, op, args, value)
            self.nodes.append(self._known[key])
        return self._known[key]

    def read(self, tree: Tree, names: Mapping[str, Node]) -> Node:
        """The node of a tree without ranges, not simplified."""
        return fold(tree, lambda part, args: self._read_part(part, args, names))

    def _read_part(self, part: Tree, args: list[Node], names: Mapping[str, Node]) -> Node:
        """The node of one operation. Those without a kernel of their own become others that have one."""
        if isinstance(part, Number):
            return self.number(part.value)
        if isinstance(part, Name):
            return names[part.name]
        match part.op, args:
            case ["min" | "max" | "relu" | "abs" as op, _]:
                return self._with_kink(op, args)
            case ["and" | "or" as op, _]:
                return reduce(lambda u, v: self.operation(op, u, v), args)
            case ["logsumexp", _]:
                return reduce(lambda u, v: self.operation("logaddexp", u, v), args)
            case ["clip", [u, low, high]]:
                return self.operation("min", self.operation("max", u, low), high)
            case ["pow", [u, Node(value=0.5)]]:
                return self.operation("sqrt", u)
        return self.operation(part.op, *args)

    def _with_kink(self, op: str, args: list[Node]) -> Node:
        """min, max, relu or |u|, where the kink is none without it: |x²| and max(x², 0) are x²."""
        if op == "abs":
            return args[0] if _is_square(args[0]) else self.operation("abs", *args)
        zero = self.number(0.0)
        name, parts = ("max", [*args, zero]) if op == "relu" else (op, args)
        # max(x, 0, 0) is max(x, 0): the mean of the slopes where all are equal counts each once.
        flat = dict.fromkeys(leaf for part in parts for leaf in (part.args if part.op == name else (part,)))
        if name == "max" and any(map(_is_square, flat)):
            flat.pop(zero, None)
        return reduce(lambda u, v: self.operation(name, u, v), flat)

    # The following simplify. Derivatives are built with them, through the operators of Node.

    def plus(self, u: Node, v: Node) -> Node:
        """u + v, with multiples of one node added up."""
        (a, p), (b, q) = _scaled(u), _scaled(v)
        if p is q:
            return self.scale(a + b, p)
        if a == 0.0 or b == 0.0:
            return v if a == 0.0 else u
        if b < 0.0:
            return self.operation("sub", u, self.scale(-b, q))
        return self.operation("sub", v, self.scale(-a, p)) if a < 0.0 else self.operation("add", u, v)

    def times(self, u: Node, v: Node) -> Node:
        """u · v; the number 0 where one of them is."""
        (a, p), (b, q) = _scaled(u), _scaled(v)
        one = self.number(1.0)
        if p is one or q is one:
            return self.scale(a * b, q if p is one else p)
        for over, under in ((p, q), (q, p)):
            if under.op == "div" and under.args[0] is one:
                return self.scale(a * b, self.operation("ratio" if self.careful else "div", over, under.args[1]))
        return self.scale(a * b, self.operation("guarded" if self.careful else "mul", p, q))

    def scale(self, factor: float, u: Node) -> Node:
        """factor · u."""
        if factor == 0.0 or factor == 1.0:
            return u if factor else self.number(0.0)
        if u.op == "div" and u.args[0].value == 1.0:
            return self.operation("div", self.number(factor), u.args[1])
        return self.operation("neg", u) if factor == -1.0 else self.operation("mul", self.number(factor), u)

    def reciprocal(self, u: Node | float) -> Node:
        """1 / u."""
        return self.operation("div", self.number(1.0), self.node_of(u))


def _scaled(u: Node) -> tuple[float, Node]:
    """The factors of u, a number and a node."""
    graph = u.graph
    if u.value is not None:
        return u.value, graph.number(1.0)
    if u.op == "neg":
        return -1.0, u.args[0]
    if u.op == "mul":
        for factor, rest in (u.args, u.args[::-1]):
            if factor.value is not None:
                return factor.value, rest
    if u.op == "div" and u.args[0].value is not None:
        return u.args[0].value, graph.reciprocal(u.args[1])
    return 1.0, u


def _is_square(u: Node) -> bool:
    """Whether a part is an even power, and so never negative."""
    return u.op == "pow" and u.args[1].value is not None and u.args[1].value % 2 == 0


def _without_root(op: str, args: tuple[Node, ...]) -> Node | None:
    """A power of a root, a root of a power, √u·√u, |u|² and hypot(u, v)² without the root; None for any other part.

    Their parts have no derivative at 0, and so no chain rule gives that of the whole.
    """
    match op, args:
        case "mul", (Node(op="sqrt" | "abs" | "hypot") as u, v) if u is v:
            return _without_root("pow", (u, u.graph.number(2.0)))
        case "sqrt", (Node(op="pow", args=(u, Node(value=float(power)))),) if power % 4 == 0:
            return u ** (power / 2)
        case "cbrt", (Node(op="pow", args=(u, Node(value=float(power)))),) if power % 3 == 0:
            return u ** (power / 3)
        case "pow", (Node(op="pow", args=(u, Node(value=float(inner)))), Node(value=float(power))) if (
            inner.is_integer() and power.is_integer()
        ):
            return u ** (inner * power)
        case "pow", (Node(op="cbrt", args=(u,)), Node(value=float(power))) if power % 3 == 0:
            return u ** (power / 3)
        case "pow", (Node(op="sqrt" | "abs" | "hypot" as root, args=parts), Node(value=float(power))) if power % 2 == 0:
            squares = [u if root == "sqrt" else u**2 for u in parts]
            return reduce(lambda u, v: u + v, squares) ** (power / 2)
    return None


def ordered(nodes: Iterable[Node]) -> list[Node]:
    """The nodes and everything they are computed from, arguments first."""
    found: dict[int, Node] = {}
    rest = list(nodes)
    while rest:
        node = rest.pop()
        if node.index not in found:
            found[node.index] = node
            rest += node.args
    return [found[index] for index in sorted(found)]
