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
    op     as in the tree; or "number", a variable's name, "guarded" (Graph.guarded) or "step" (Heaviside, ½ at 0)
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
    """The nodes of a formula and its derivatives, in an order in which they can be evaluated."""

    def __init__(self) -> None:
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
            case ["and" | "or" | "min" | "max" as op, _]:
                return reduce(lambda u, v: self.operation(op, u, v), args)
            case ["logsumexp", _]:
                return reduce(lambda u, v: self.operation("logaddexp", u, v), args)
            case ["clip", [u, low, high]]:
                return self.operation("min", self.operation("max", u, low), high)
            case ["relu", [u]]:
                return self.operation("max", u, self.number(0.0))
            case ["pow", [u, Node(value=0.5)]]:
                return self.operation("sqrt", u)
        return self.operation(part.op, *args)

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
                return self.scale(a * b, self.operation("div", over, under.args[1]))
        return self.scale(a * b, self.operation("mul", p, q))

    def guarded(self, u: Node, v: Node) -> Node:
        """u · v, also 0 at points where one of them is 0 and the other is infinite or NaN."""
        (a, p), (b, q) = _scaled(u), _scaled(v)
        if p.value is not None or q.value is not None:
            return self.times(u, v)
        return self.scale(a * b, self.operation("guarded", p, q))

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
