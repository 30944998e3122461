"""Titles with mathematics between dollars, `cost $x^2$`: what of it a preset may say, and what is shown of it.

A title from the command line is mathtext where matplotlib can set it. One from a preset or a recipe may be anybody's:
there, it is mathtext only where it holds no more than gdanim's own typesetting of formulas does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_MATH: Final = 300  # characters between dollars, and braces in each other: far more than a line of a picture holds
MAX_DEPTH: Final = 8
_DOLLAR: Final = re.compile(r"(?<!\\)\$")
_WORDS: Final = (
    r"frac|sqrt|left|right|mathrm|ldots|cdot|times|lfloor|rfloor|lceil|rceil|sum|prod|nabla|partial|infty|leq|geq|neq|"
    r"arccos|arcsin|arctan|cos|cosh|exp|ln|log|max|min|sin|sinh|tan|tanh|alpha|beta|gamma|delta|epsilon|varepsilon|"
    r"zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|upsilon|phi|varphi|chi|psi|omega|Gamma|Delta|Theta|"
    r"Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega"
)
_OWN: Final = re.compile(rf"(?:\\(?:{_WORDS})(?![A-Za-z])|\\[,;:! {{}}]|[A-Za-z0-9 .,;:+\-−=()\[\]|^_{{}}'/<>*·])+")


def has_math(text: str) -> bool:
    """Whether a text has mathematics between dollars, in bounds that keep setting it quick."""
    parts = _DOLLAR.split(text)
    return len(parts) > 1 and len(parts) % 2 == 1 and all(map(_is_bounded, parts[1::2]))


def without_signs(text: str) -> str:
    """A text that is shown as it is: `\\$` is a dollar."""
    return text.replace(r"\$", "$")


def from_preset(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of Settings from a preset, with a title that is mathtext only where that is gdanim's own typesetting."""
    title = fields.get("title")
    if title is None or not has_math(title) or all(map(_OWN.fullmatch, _DOLLAR.split(title)[1::2])):
        return dict(fields)
    return {**fields, "title": _DOLLAR.sub(r"\\$", title)}


def _is_bounded(math: str) -> bool:
    depth = deepest = 0
    for letter in math:
        depth += (letter == "{") - (letter == "}")
        deepest = max(deepest, depth)
    return 0 < len(math.strip()) <= MAX_MATH and deepest <= MAX_DEPTH
