"""Which models are linear in their coordinates, and with which columns: the rows Φ w + c of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.formula.evaluator import Program
from gdanim.formula.graph import Graph, Node, ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gdanim.arrays import Scalar, Vector
    from gdanim.models.model import Model
    from gdanim.models.terms import Terms


class Linear(NamedTuple):
    """A node as a sum: one that has no coordinate in it, and a multiple of each coordinate that it depends on."""

    offset: Node
    slopes: Mapping[Node, Node]

    def times(self, factor: Node | float) -> Linear:
        """The same, multiplied by what has no coordinate in it."""
        return Linear(self.offset * factor, {w: slope * factor for w, slope in self.slopes.items()})

    def plus(self, other: Linear) -> Linear:
        """The sum of two."""
        slopes = dict(self.slopes)
        for w, slope in other.slopes.items():
            slopes[w] = slopes[w] + slope if w in slopes else slope
        return Linear(self.offset + other.offset, slopes)


def linear_parts(node: Node, w: tuple[Node, ...]) -> Linear | None:
    """A node as a sum of multiples of coordinates; None where it is none."""
    graph, coordinates = node.graph, set(w)
    found: dict[Node, Linear] = {}
    for part in ordered([node]):
        args = [found[arg] for arg in part.args]
        if part in coordinates:
            found[part] = Linear(graph.number(0.0), {part: graph.number(1.0)})
        elif not any(arg.slopes for arg in args):
            found[part] = Linear(part, {})
        else:
            rule = _RULES.get(part.op)
            made = None if rule is None else rule(graph, *args)
            if made is None:
                return None
            found[part] = made
    return found[node]


def _product(_: Graph, u: Linear, v: Linear) -> Linear | None:
    if u.slopes and v.slopes:
        return None
    return u.times(v.offset) if u.slopes else v.times(u.offset)


def _choice(graph: Graph, condition: Linear, u: Linear, v: Linear) -> Linear | None:
    if condition.slopes:
        return None
    zero = graph.number(0.0)

    def either(one: Node, other: Node) -> Node:
        return one if one is other else graph.operation("where", condition.offset, one, other)

    names = dict.fromkeys((*u.slopes, *v.slopes))
    slopes = {w: either(u.slopes.get(w, zero), v.slopes.get(w, zero)) for w in names}
    return Linear(either(u.offset, v.offset), slopes)


_RULES: Final[Mapping[str, Callable[..., Linear | None]]] = {
    "add": lambda _, u, v: u.plus(v),
    "sub": lambda _, u, v: u.plus(v.times(-1.0)),
    "neg": lambda _, u: u.times(-1.0),
    "mul": _product,
    "div": lambda _, u, v: None if v.slopes else u.times(1.0 / v.offset),
    "where": _choice,
}


def rows_of(model: Model) -> tuple[Vector, Scalar] | None:
    """Φ (d, n) and c (n,), with which the costs of rows depend on Φ w + c alone; None where they do not.

    See Terms.argument.
    """
    terms = model.terms
    parts = linear_parts(terms.argument, terms.w)
    if parts is None:
        return None
    zero, points = terms.argument.graph.number(0.0), model.points
    found = np.empty((len(terms.w) + 1, points.rows))
    program = Program(terms.given, [parts.offset, *(parts.slopes.get(w, zero) for w in terms.w)])
    unused = np.zeros(points.rows)
    with np.errstate(all="ignore"):
        program.run([*(unused for _ in terms.w), *points.x, points.y], list(found))
    return found[1:], found[0]


def is_intercept(terms: Terms) -> Scalar:
    """1 for the coordinates that are merely added, 0 for all others: (d,)."""
    parts = linear_parts(terms.inner, terms.w)
    slopes = terms.slopes(terms.inner) if parts is None else [parts.slopes.get(w) for w in terms.w]
    return np.array([float(slope is not None and slope.value == 1.0) for slope in slopes])
