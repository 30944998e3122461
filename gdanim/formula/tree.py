"""A formula as a tree: numbers, names, and operations on them. As written: nothing is simplified."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeVar

Result = TypeVar("Result")

# Operations over a range: Call("sum", (Name("i"), low, high, term)). Their index is a name inside the term alone.
RANGES: Final = frozenset({"sum", "prod"})


class Number(NamedTuple):
    """A finite literal, not negative: a sign is an operation of its own."""

    value: float


class Name(NamedTuple):
    """A variable, a constant or a parameter."""

    name: str


class Call(NamedTuple):
    """An operator or a function on its arguments: Call("pow", (Name("x"), Number(2.0)))."""

    op: str
    args: tuple[Tree, ...]


Tree = Number | Name | Call


def fold(tree: Tree, combine: Callable[[Tree, list[Result]], Result]) -> Result:
    """combine(node, results of its arguments), from the leaves up to the tree itself.

    A range is combined without results: its term holds its index. Not recursive: a sum of 1 000 terms is as deep.
    """
    results: list[Result] = []
    rest: list[tuple[Tree, bool]] = [(tree, False)]
    while rest:
        node, is_open = rest.pop()
        args = node.args if isinstance(node, Call) and node.op not in RANGES else ()
        if args and not is_open:
            rest.append((node, True))
            rest.extend((arg, False) for arg in reversed(args))
            continue
        first = len(results) - len(args)
        results[first:] = [combine(node, results[first:])]
    return results[0]


def operations(tree: Tree) -> set[str]:
    """All operations and functions in a tree."""
    found: set[str] = set()
    rest: list[Tree] = [tree]
    while rest:
        node = rest.pop()
        if isinstance(node, Call):
            found.add(node.op)
            rest.extend(node.args)
    return found


def names_in(tree: Tree) -> Iterator[str]:
    """Every name in a tree that is not the index of a range around it, in order of appearance, with repetitions."""
    rest: list[tuple[Tree, frozenset[str]]] = [(tree, frozenset())]
    while rest:
        node, indices = rest.pop()
        if isinstance(node, Name) and node.name not in indices:
            yield node.name
        if isinstance(node, Call):
            args, inside = node.args, indices
            if node.op in RANGES:
                index, low, high, term = args
                args = (low, high)
                rest.append((term, indices | {index.name}))  # type: ignore[union-attr]  # a range begins with a Name
            rest.extend((arg, inside) for arg in reversed(args))
