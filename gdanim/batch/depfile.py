"""A depfile: which files each output was made from, as make and ninja read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def write_depfile(rules: Iterable[tuple[Sequence[str], Sequence[str]]]) -> str:
    """The text for (outputs, inputs): a rule each, and one without a recipe for each input, so that one may vanish."""
    lines, inputs = [], dict[str, None]()
    for outputs, needed in rules:
        lines.append(f"{' '.join(map(_escaped, outputs))}: {' '.join(map(_escaped, needed))}\n")
        inputs |= dict.fromkeys(needed)
    return "".join(lines) + "".join(f"\n{_escaped(path)}:\n" for path in inputs)


def _escaped(path: str) -> str:
    """A path as makefiles have it: blanks, # and : behind a backslash, a dollar doubled."""
    for sign in (" ", "#", ":"):
        path = path.replace(sign, f"\\{sign}")
    return path.replace("$", "$$")
