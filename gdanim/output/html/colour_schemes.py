"""Merges a light and a dark SVG of one picture into one that follows the CSS property color-scheme, without a script.

What both share is kept once. Where colours differ, a CSS variable stands, which the style sheet of the page sets with
light-dark(); a browser that does not know light-dark() shows the light colour. What else differs, an image say, is
there twice, and in each scheme a mask hides one of the two. One clock drives both.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

# What may differ: a colour, or a whole image.
_PART: Final = re.compile(r'((?:(?<=fill=")|(?<=stroke="))#[0-9a-f]{3,8}(?=")|<image [^>]*>)')
_OPACITY: Final = re.compile(r'(?<=stroke="#)([0-9a-f]{3}|[0-9a-f]{6})("[^<>]*?) stroke-opacity="([.0-9]+)"')
_SHOWN, _HIDDEN = "#fff", "#000"  # colours of a mask


class Schemes(NamedTuple):
    """An SVG, and the CSS declarations of its variables for the rule of an element around it.

    Only a browser that knows light-dark() may see them: others need the colour that stands beside each variable.
    """

    svg: str
    rules: str = ""


def in_both(light: str, dark: str, *, prefix: str) -> Schemes:
    """Merge two SVGs of one picture. Every id must begin with the prefix, and nothing else contain it."""
    light, dark = blended(light), blended(dark)
    one, other = _PART.split(light), _PART.split(dark)  # in turn what must be the same, and what may differ
    if one[::2] != other[::2]:
        one, other = _whole(light), _whole(dark.replace(f"{prefix}-", f"{prefix}-dark-"))
    merging = _Merging(prefix)
    parts = [merging.part(*pair) for pair in zip(one, other, strict=True)]
    head, closing, rest = "".join(parts).partition(">")
    return Schemes(svg=f"{head}{closing}{merging.masks}{rest}", rules=merging.rules)


def blended(svg: str) -> str:
    """An SVG whose strokes have their opacity in their colours, #rrggbbaa, which may differ between schemes."""

    def colour(found: re.Match[str]) -> str:
        digits = found[1] if len(found[1]) == 6 else "".join(2 * digit for digit in found[1])
        return f"{digits}{round(255 * float(found[3])):02x}{found[2]}"

    return _OPACITY.sub(colour, svg)


def _whole(svg: str) -> list[str]:
    """An SVG whose content is one element; every other part may differ."""
    head, closing, content = svg.removesuffix("</svg>").partition(">")
    return [f"{head}{closing}", f"<g>{content}</g>", "</svg>"]


class _Merging:
    """Merges parts, and collects the variables and masks that they need."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._variables: dict[tuple[str, str], str] = {}
        self._is_masked = False

    def part(self, light: str, dark: str) -> str:
        """One part for both schemes."""
        if light == dark:
            return light
        if light.startswith("#"):
            return self._variable(light, dark)
        self._is_masked = True
        both = (("light", light), ("dark", dark))
        return "".join(
            [re.sub(r"^<\w+", rf'\g<0> mask="url(#{self._prefix}-{one})"', element) for one, element in both]
        )

    @property
    def masks(self) -> str:
        """The definitions of the masks, where any is used."""
        fills = {"light": (_SHOWN, _HIDDEN), "dark": (_HIDDEN, _SHOWN)} if self._is_masked else {}
        return "".join(
            [
                f'<mask id="{self._prefix}-{scheme}" maskContentUnits="objectBoundingBox">'
                f'<path d="M0 0h1v1H0z" fill="{self._variable(*fill)}"/></mask>'
                for scheme, fill in fills.items()
            ]
        )

    @property
    def rules(self) -> str:
        """The declarations of the variables."""
        return "\n    ".join([f"{name}: light-dark({', '.join(pair)});" for pair, name in self._variables.items()])

    def _variable(self, light: str, dark: str) -> str:
        """The use of a variable for two colours."""
        name = self._variables.setdefault((light, dark), f"--paint-{len(self._variables)}")
        return f"var({name},{light})"
