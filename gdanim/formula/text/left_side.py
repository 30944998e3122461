"""What stands in front of a formula and says which names vary: f(x) = …, x ↦ …, lambda x: …, @(x) …"""

from __future__ import annotations

import re
from typing import Final

from gdanim.formula.text import spelling
from gdanim.formula.vocabulary import FUNCTIONS

# Or nothing but a name: y = x**2. Some write := there.
_EQUATION: Final = re.compile(r" *([^\W\d]\w*) *(?:\(([\w ,]*)\))? *:?=(?!=)")
# Names of bounded length: a longer text is no left side, and would take quadratic time.
_MAPPING: Final = re.compile(
    r" {0,9}(?:[^\W\d]\w{0,20} {0,9}: {0,9})?\(?([\w ,]{1,60}?)\)? {0,9}(?:->|=>|↦|→|⟼)"
    r"|lambda {1,9}([\w ,]{1,60}?) {0,9}:"
    r"|(?:@|function {0,9})\(([\w ,]{1,60}?)\)"  # MATLAB, R
)


def split(text: str) -> tuple[tuple[str, ...], str]:
    """The variables that the left side names, if it does, and the formula behind it; the text itself without one."""
    if match := _MAPPING.match(text):
        declared = _declared(match[1] or match[2] or match[3])
        return (declared, text[match.end() :].strip(" ")) if declared else ((), text)
    match = _EQUATION.match(text)
    if match is None or not match[1].isidentifier():  # y² = x³
        return (), text
    right = text[match.end() :].strip(" ")
    if match[2] is None:
        is_equation = match[1] == "x" or re.search(rf"\b{match[1]}\b", right)
        return (), text if is_equation else right
    declared = _declared(match[2])
    return (declared, right) if declared else ((), text)


def _declared(names: str) -> tuple[str, ...]:
    """One or two names that may vary, with a comma between them; none where there are others: lim x → 0."""
    if re.search(r"\w +\w", names):
        return ()
    declared = tuple([spelling.plain(name) for name in re.findall(r"\w+", names)])
    is_name = all(re.fullmatch(r"[A-Za-z]\w*", name) and name not in FUNCTIONS for name in declared)
    return declared if is_name and 1 <= len(declared) <= 2 else ()
