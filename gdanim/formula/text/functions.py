"""Functions under the names that people give them, and which of them stand without brackets in front of an argument."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from gdanim.formula.text import letters
from gdanim.formula.vocabulary import ALSO_NAMES, FUNCTIONS

# What may stand without brackets in front of its argument: sin x, cot x.
UNBRACKETED: Final = ("sec", "csc", "cosec", "cot", "ctg", "sech", "csch", "coth")
APPLIED: Final = (FUNCTIONS.keys() - ALSO_NAMES) | set(UNBRACKETED)
_WRITTEN_AS: Final = frozenset([name for name, _ in letters.WRITTEN_AS])


def known(name: str, given: Collection[str], *, called: bool) -> str:
    """The name under which gdanim knows what is meant. given: names of parameters; called: in front of a bracket."""
    if name in FUNCTIONS or name in given:
        return name
    if name in ("PI", "Pi"):
        return "pi"
    for spelt in (name, name.lower()) if called or len(name) > 1 else ():
        same = letters.SAME_FUNCTION.get(spelt, spelt)
        if same in FUNCTIONS and (called or (same not in ALSO_NAMES and spelt not in letters.GREEK_WORDS)):
            return same
    return name


def is_function(name: str) -> bool:
    """Whether a name in front of a bracket is called, rather than multiplied."""
    return name in FUNCTIONS or name in letters.TWO_MEANINGS or name in _WRITTEN_AS
