"""Sorts what a mark draws over time into layers by style, and writes these in the order of drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdanim.output.svg.items import DrawnImage, DrawnText
from gdanim.output.svg.layers import DiscLayer, ShapeLayer, StrokeLayer, TranslucentLayer
from gdanim.output.svg.paths import fill_attributes, find_discs
from gdanim.output.svg.text import LetterLayer, VerbatimLayer

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from gdanim.output.svg.defs import Defs
    from gdanim.output.svg.items import Item, Rectangle
    from gdanim.output.svg.layers import Layer
    from gdanim.output.svg.timing import Clock

    Key = tuple[type[Layer], *tuple[Hashable, ...]]


class LayerSorter:
    """Sorts the items of one mark.

    layers   from the lowest to the highest
    """

    def __init__(self, defs: Defs, clock: Clock) -> None:
        self._defs, self._clock = defs, clock
        self.layers: list[Layer] = []

    def add(self, frame: int, items: Iterable[Item]) -> None:
        """Add what the mark draws at the next frame. No item goes into a layer below that of the item before."""
        items_of: dict[Layer, list[Item]] = {}
        layer: Layer | None = None
        for item in items:
            layer = self._layer_for(item, after=layer)
            items_of.setdefault(layer, []).append(item)
        for layer, some in items_of.items():
            layer.add(frame, some)

    def _layer_for(self, item: Item, *, after: Layer | None) -> Layer:
        """The lowest layer for an item above that of the item before, or this one if it allows any order."""
        key = _key(item, self._defs)
        above = 0 if after is None else self.layers.index(after) + 1
        first = above - 1 if after is not None and after.any_order else above
        for layer in self.layers[first:]:
            if layer.key == key:
                return layer
        self.layers.insert(above, self._new_layer(key, item))
        return self.layers[above]

    def _new_layer(self, key: Key, item: Item) -> Layer:
        kind = key[0]
        if isinstance(item, DrawnText):
            return kind(self._defs, self._clock, key, fill_attributes(item.colour, item.alpha), None)
        if isinstance(item, DrawnImage):
            return kind(self._defs, self._clock, key, "", item.clip)
        style = item.style
        if kind is DiscLayer and (found := find_discs(item.vertices, item.codes)):
            # A disc is the round cap of a line of length zero.
            style = style._replace(fill="", stroke=style.fill, stroke_alpha=1.0, width=2 * found[1], cap="round")
        return kind(self._defs, self._clock, key, self._defs.numbers.attributes(style), style.clip)


def _key(item: Item, defs: Defs) -> Key:
    """The kind of layer for an item, and what else must be equal for items to share a layer."""
    if isinstance(item, DrawnImage):
        return VerbatimLayer, item.clip
    if isinstance(item, DrawnText):
        is_verbatim = defs.as_text or item.angle or item.rules
        return VerbatimLayer if is_verbatim else LetterLayer, item.colour, item.alpha
    style = item.style
    if not style.fill and style.stroke_alpha == 1 and style.cap == style.join == "round" and not style.dashes:
        return StrokeLayer, style
    if style.fill_alpha == 1 and not style.stroke and (found := find_discs(item.vertices, item.codes)):
        return DiscLayer, style, defs.numbers.units(found[1])
    is_opaque = style.fill_alpha in (0, 1) and style.stroke_alpha in (0, 1)
    return ShapeLayer if is_opaque else TranslucentLayer, style


def markup(layers: Iterable[Layer]) -> str:
    """Layers one above the other; neighbours with the same clip share its group."""
    parts: list[str] = []
    clip: Rectangle | None = None
    for layer in layers:
        if layer.clip != clip:
            if clip is not None:
                parts.append("</g>")
            if layer.clip is not None:
                parts.append(f'<g clip-path="url(#{layer.defs.clip(layer.clip)})">')
            clip = layer.clip
        content = layer.markup()
        parts.append(f"<g {layer.attributes}>{content}</g>" if layer.attributes and content else content)
    if clip is not None:
        parts.append("</g>")
    return "".join(parts)
