"""Sums and products over a range, written out: sum(i, 1, 3, i*x) → 1*x + 2*x + 3*x; the values of constant parts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from gdanim.errors import FormulaError
from gdanim.formula import vocabulary
from gdanim.formula.tree import RANGES, Call, Name, Number, Tree, fold, operations

MAX_NODES: Final = 2000  # of a formula whose ranges are written out, too: derivatives of more take seconds to build

_NOTHING: Final = {"sum": 0.0, "prod": 1.0}  # the value of a range without terms
_JOINED: Final = {"sum": "add", "prod": "mul"}


def written_out(tree: Tree, values: Mapping[str, float]) -> Tree:
    """The tree without ranges, those left aside whose limits hang on names that have no value yet.

    Raises FormulaError, without the formula's text, where a limit is not a whole number or the whole grows too long.
    """
    return _Writer().write(tree, values) if RANGES.intersection(operations(tree)) else tree


class _Writer:
    """Counts the nodes that it writes, so that a range of 10⁹ terms is refused at the first too many."""

    def __init__(self) -> None:
        self.nodes = 0

    def write(self, tree: Tree, values: Mapping[str, float]) -> Tree:
        def combine(node: Tree, args: list[Tree]) -> Tree:
            self.nodes += 1
            if self.nodes > MAX_NODES:
                raise FormulaError(
                    f"more than {MAX_NODES} terms and operations where sums and products are written out; "
                    "write it with fewer terms"
                )
            if not isinstance(node, Call):
                return node
            return self._range(node, values) if node.op in RANGES else Call(node.op, tuple(args))

        return fold(tree, combine)

    def _range(self, tree: Call, values: Mapping[str, float]) -> Tree:
        index, *limits, term = tree.args
        assert isinstance(index, Name)
        ends = [value_of(self.write(limit, values), values) for limit in limits]
        if None in ends:
            return tree
        low, high = [_whole(end, tree.op) for end in ends]  # type: ignore[arg-type]  # None is not among them
        whole: Tree | None = None
        for i in range(low, high + 1):
            number = _number(i)
            part = _with(self.write(term, {**values, index.name: float(i)}), index.name, number)
            whole = part if whole is None else Call(_JOINED[tree.op], (whole, part))
        return Number(_NOTHING[tree.op]) if whole is None else whole


def _number(i: int) -> Tree:
    return Number(float(i)) if i >= 0 else Call("neg", (Number(float(-i)),))


def _with(tree: Tree, name: str, number: Tree) -> Tree:
    """A tree without ranges with a number in the place of a name."""

    def combine(node: Tree, args: list[Tree]) -> Tree:
        if isinstance(node, Call):
            return Call(node.op, tuple(args)) if args else node
        return number if node == Name(name) else node

    return fold(tree, combine)


def _whole(end: float, op: str) -> int:
    if not math.isfinite(end) or not end.is_integer():
        raise FormulaError(f"the limits of {op} are whole numbers, not {end:.6g}; write it as in {op}(i, 1, 5, i*x)")
    return int(end)


def value_of(tree: Tree, values: Mapping[str, float]) -> float | None:
    """The value of a tree that does not vary, else None. Raises NotFinite where a constant part has no finite value."""

    def combine(node: Tree, args: list[float | None]) -> float | None:
        if isinstance(node, Number):
            return node.value
        if isinstance(node, Name):
            return values.get(node.name)
        known = [value for value in args if value is not None]
        if len(known) < len(args) or node.op in RANGES:
            return None
        result = vocabulary.apply(node.op, known)
        if not math.isfinite(result):
            raise NotFinite(node.op, known)
        return result

    return fold(tree, combine)


class NotFinite(FormulaError):  # noqa: N818  # what is wrong, as the others are named for where
    """A constant part of a formula has no finite value: an operation and the numbers that it is applied to."""

    def __init__(self, op: str, values: list[float]) -> None:
        self.op, self.values = op, values
        super().__init__(f"{op} of {values}")
