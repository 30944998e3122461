"""One SVG in two colour schemes: the picture in light and in dark, of which the page shows the one that fits it.

Both are drawn, and what they share is kept once. Where colours differ, a variable stands for them, which the style
sheet of the page sets with light-dark(); a browser that does not know that shows the light ones. What else differs,
an image for one, is there twice, and each scheme masks one of the two. So the picture follows `color-scheme` as the
colours of the page do, without a script, and the one clock of the SVG drives it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# What may differ in a place: a colour, or an element as a whole.
_PART: Final = re.compile(r'((?:(?<=fill=")|(?<=stroke="))#[0-9a-f]{3,6}(?=")|<image [^>]*>)')
_SEEN, _HIDDEN = "#fff", "#000"  # by a mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Schemes:
    """An SVG, and the CSS that sets its variables, for the rule of an element around it; "" where it has none.

    Where light-dark() is not known, they must not be set, so that what stands beside each of them counts.
    """

    svg: str
    rules: str = ""


def in_both(light: str, dark: str, *, prefix: str) -> Schemes:
    """Merge two SVGs of one picture, in which every id begins with the prefix, and nothing else holds it."""
    one, other = _PART.split(light), _PART.split(dark)  # what they share, and between that what may differ
    if one[::2] != other[::2]:
        one, other = _whole(light), _whole(dark.replace(f"{prefix}-", f"{prefix}-dark-"))
    merging = _Merging(prefix)
    parts = [merging.part(*pair) for pair in zip(one, other, strict=True)]
    head, closing, rest = "".join(parts).partition(">")
    return Schemes(svg=f"{head}{closing}{merging.masks}{rest}", rules=merging.rules)


def _whole(svg: str) -> list[str]:
    """An SVG whose content is one element; every other part may differ."""
    head, closing, content = svg.removesuffix("</svg>").partition(">")
    return [f"{head}{closing}", f"<g>{content}</g>", "</svg>"]


class _Merging:
    """The variables and the masks that come up while parts are merged."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._variables: dict[tuple[str, str], str] = {}
        self._is_masked = False

    def part(self, light: str, dark: str) -> str:
        """One part for both schemes."""
        if light == dark:
            return light
        if light.startswith("#"):
            return self._paint(light, dark)
        self._is_masked = True
        return self._masked(light, "light") + self._masked(dark, "dark")

    @property
    def masks(self) -> str:
        """The definitions of the masks, where there are any."""
        if not self._is_masked:
            return ""
        return self._mask("light", self._paint(_SEEN, _HIDDEN)) + self._mask("dark", self._paint(_HIDDEN, _SEEN))

    @property
    def rules(self) -> str:
        """The values of the variables."""
        return "\n    ".join([f"{name}: light-dark({', '.join(pair)});" for pair, name in self._variables.items()])

    def _paint(self, light: str, dark: str) -> str:
        name = self._variables.setdefault((light, dark), f"--paint-{len(self._variables)}")
        return f"var({name},{light})"

    def _mask(self, scheme: str, paint: str) -> str:
        box = f'<path d="M0 0h1v1H0z" fill="{paint}"/>'
        return f'<mask id="{self._prefix}-{scheme}" maskContentUnits="objectBoundingBox">{box}</mask>'

    def _masked(self, element: str, scheme: str) -> str:
        return re.sub(r"^<\w+", rf'\g<0> mask="url(#{self._prefix}-{scheme})"', element)
