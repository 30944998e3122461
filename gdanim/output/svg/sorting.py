"""The stack: what a mark draws over time, sorted into layers by its look, in the order of drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdanim.output.svg.layers import Dots, Lines, Shapes, Whole
from gdanim.output.svg.paths import as_dots
from gdanim.output.svg.recorder import Pictured, Written
from gdanim.output.svg.text import Letters, Snippets

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from gdanim.output.svg.defs import Sheet
    from gdanim.output.svg.layers import Layer
    from gdanim.output.svg.recorder import Item, Look, Rectangle


class Stack:
    """The layers of one mark, from the lowest to the highest."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.layers: list[Layer] = []

    def take(self, frame: int, items: Iterable[Item]) -> None:
        """Sort what the mark draws at the next frame into layers that keep its order."""
        at = -1
        gathered: dict[int, list[Item]] = {}
        for item in items:
            kind, key = _sort(item, self._sheet)
            lowest = at if at >= 0 and self.layers[at].joins else at + 1
            found = next((i for i in range(max(lowest, 0), len(self.layers)) if self.layers[i].key == key), None)
            if found is None:
                found = at + 1
                self.layers.insert(found, self._layer(kind, key, item))
                gathered = {place + (place >= found): some for place, some in gathered.items()}
            gathered.setdefault(found, []).append(item)
            at = found
        for place, some in gathered.items():
            self.layers[place].take(frame, some)

    def _layer(self, kind: type[Layer], key: Hashable, item: Item) -> Layer:
        grains = self._sheet.grains
        if isinstance(item, Written):
            return kind(self._sheet, key, self._sheet.ink(item.colour, item.alpha), None)
        if isinstance(item, Pictured):
            return kind(self._sheet, key, "", item.clip)
        look: Look = item.look
        if kind is Dots:
            found = as_dots(item.vertices, item.codes)
            radius = 0.0 if found is None else found[1]
            look = look._replace(fill="", line=look.fill, line_alpha=1.0, width=2 * radius, cap="round")
        return kind(self._sheet, key, grains.look(look), look.clip)


def _sort(item: Item, sheet: Sheet) -> tuple[type[Layer], Hashable]:
    """The kind of layer that an item belongs to, and what is the same of all that lie in one."""
    if isinstance(item, Pictured):
        return Snippets, (Snippets, item.clip)
    if isinstance(item, Written):
        kind: type[Layer] = Snippets if sheet.as_text or item.angle or item.rules else Letters
        return kind, (kind, item.colour, item.alpha)
    look = item.look
    if not look.fill and look.line_alpha == 1 and look.cap == look.join == "round" and not look.dashes:
        return Lines, (Lines, look)
    if look.fill_alpha == 1 and not look.line:
        found = as_dots(item.vertices, item.codes)
        if found is not None:
            return Dots, (Dots, look, sheet.grains.of(found[1]))
    opaque = look.fill_alpha in (0, 1) and look.line_alpha in (0, 1)
    return (Shapes, (Shapes, look)) if opaque else (Whole, (Whole, look))


def together(layers: Iterable[Layer]) -> str:
    """Layers one above the other; neighbours with the same clip share it."""
    parts: list[str] = []
    clip: Rectangle | None = None
    for layer in layers:
        if layer.clip != clip:
            parts += ["</g>"] * (clip is not None)
            parts += [f'<g clip-path="url(#{layer.sheet.clip(layer.clip)})">'] if layer.clip is not None else []
            clip = layer.clip
        content = layer.written()
        parts.append(f"<g {layer.look}>{content}</g>" if layer.look and content else content)
    return "".join([*parts, *["</g>"] * (clip is not None)])
