"""SVG: what stands still once, and on it the marks as shapes whose attributes change with time (SMIL); no script.

Who prefers reduced motion sees the last frame. So does a program that plays no animations: all attributes have their
last values without one.
"""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from html import escape
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from gdanim.output.base import Quality
from gdanim.output.svg.items import DrawnImage, DrawnPath, DrawnText
from gdanim.output.svg.layers import (
    DiscLayer,
    LetterLayer,
    RingLayer,
    ShapeLayer,
    StrokeLayer,
    TranslucentLayer,
    VerbatimLayer,
)
from gdanim.output.svg.paths import TOLERANCE_PX, Defs, FixedPoint, fill_attributes, find_discs, is_long, simplified
from gdanim.output.svg.recorder import Recorder
from gdanim.output.svg.timing import Clock

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence
    from pathlib import Path as Folder

    from gdanim.drawing.painting.mark import Mark
    from gdanim.drawing.scene import Scene
    from gdanim.output.base import FilmInfo
    from gdanim.output.svg.items import Item, Rectangle
    from gdanim.output.svg.layers import Layer

    Key = tuple[type[Layer], *tuple[Hashable, ...]]

FAMILY: Final = "'DejaVu Sans',Verdana,sans-serif"
# Placeholder of a file's own name. No user's text contains it: there < is always escaped.
SCOPE: Final = "<scope"


def write(stream: BinaryIO, scene: Scene, info: FilmInfo, *, svg_text: str) -> None:
    """Write a file of its own; see SceneWriter.

    Every id begins with a name of the file's own, so that several files may stand in one page.
    """
    stream.write(_file(info, svg_text, _Picture(scene, info, svg_text, prefix=SCOPE).markup(with_still=True)))


def _file(info: FilmInfo, svg_text: str, content: str) -> bytes:
    """A file of its own around a content."""
    about = [(tag, text) for tag, text in (("title", info.title), ("desc", info.alt_text)) if text]
    elements = [f'<{tag} id="{SCOPE}{tag[0]}">{escape(text, quote=False)}</{tag}>' for tag, text in about]
    if info.recipe:
        elements.append(f"<metadata>{escape(info.recipe, quote=False)}</metadata>")
    label = f' aria-labelledby="{" ".join([f"{SCOPE}{tag[0]}" for tag, _ in about])}"' if about else ""
    file = f'{_opening(info, svg_text)} role="img"{label}>{"".join(elements)}{content}</svg>\n'
    return file.replace(SCOPE, own_name(file)).encode()


def own_name(content: str) -> str:
    """A short name that two files share only if they are the same, but for one pair in a million: `gk3f`."""
    number = int.from_bytes(sha256(content.encode()).digest()[:8], "big")
    return f"{ascii_lowercase[number % 26]}{np.base_repr(number // 26 % 36**3, 36).lower():0>3}"


def inline_svg(scene: Scene, info: FilmInfo, *, svg_text: str, prefix: str) -> str:
    """The same as an element of a page that describes it itself, and plays it with setCurrentTime().

    Every id begins with the prefix.
    """
    content = _Picture(scene, info, svg_text, prefix=f"{prefix}-").markup(with_still=False)
    return f'{_opening(info, svg_text)} aria-hidden="true">{content}</svg>'


def write_stills(folder: Folder, scene: Scene, info: FilmInfo, frames: Sequence[int], *, svg_text: str) -> None:
    """Write single frames as files of their own, 0.svg, 1.svg, … Nothing in them moves."""
    picture = _Picture(scene, info, svg_text, prefix=SCOPE)
    for number, frame in enumerate(frames):
        content = picture.markup_at(frame)
        (folder / f"{number}.svg").write_bytes(_file(info, svg_text, content))


def _opening(info: FilmInfo, svg_text: str) -> str:
    """The start tag, open for more attributes."""
    width, height = info.width, info.height
    family = f' font-family="{FAMILY}"' if svg_text == "text" else ""
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}{family}'


# Decimals of a pixel; those of long paths that stand still, of which points are left out; how far, in pixels, such a
# path may pass by its points.
PRECISIONS: Final = {
    Quality.LOW: (1, 1, 0.2),
    Quality.MEDIUM: (2, 1, TOLERANCE_PX),
    Quality.HIGH: (3, 2, TOLERANCE_PX / 3),
}


class _Picture:
    """A scene that is being turned into SVG."""

    def __init__(self, scene: Scene, info: FilmInfo, svg_text: str, *, prefix: str) -> None:
        self._scene, self._loop, self._precision = scene, info.loop, PRECISIONS[info.quality]
        canvas: Any = scene.figure.canvas  # the backend's methods carry no types
        self._recorder = Recorder(canvas.get_renderer(), float(scene.figure.dpi))
        self._as_text, self._prefix, self._size = svg_text == "text", prefix, (info.width, info.height)
        self._defs = self._new_defs()

    def _new_defs(self) -> Defs:
        return Defs(
            numbers=FixedPoint(self._precision[0]),
            outlines=self._recorder.outlines,
            prefix=self._prefix,
            as_text=self._as_text,
            canvas=self._size,
        )

    @cached_property
    def _background(self) -> list[Item]:
        """What stands still."""
        self._scene.figure.draw(self._recorder)
        return [self._simplified(item) for item in self._recorder.take_items()]

    def markup_at(self, frame: int) -> str:
        """The content of a file that shows one frame."""
        self._defs = self._new_defs()
        background = self._still(self._background)
        self._scene.update(frame)
        shown = self._still([item for mark in self._scene.marks for item in self._items(mark)])
        return f"{self._defs.markup}{background}{shown}"

    def markup(self, *, with_still: bool) -> str:
        """The content; `with_still` adds the last frame for who prefers reduced motion."""
        background = self._still(self._background)
        moving = self._moving()
        if not with_still:
            return f"{self._defs.markup}{background}{moving}"
        last = self._still([item for mark in self._scene.marks for item in self._items(mark)])
        moving_id, still_id = f"{self._defs.prefix}m", f"{self._defs.prefix}s"
        rule = f"#{moving_id}{{display:none}}#{still_id}{{display:inline}}"
        return (
            f"<style>@media(prefers-reduced-motion:reduce){{{rule}}}</style>{self._defs.markup}{background}"
            f'<g id="{moving_id}">{moving}</g><g id="{still_id}" display="none">{last}</g>'
        )

    def _simplified(self, item: Item) -> Item:
        """A long path without points that nobody sees. Trails keep theirs: as they grow, the old part must stay."""
        if not isinstance(item, DrawnPath) or not is_long(path := Path(item.vertices, item.codes)):
            return item
        _, decimals, tolerance_px = self._precision
        path = simplified(path, IdentityTransform(), decimals, tolerance_px)
        return item._replace(vertices=np.asarray(path.vertices), codes=np.asarray(path.codes, dtype=np.uint8))

    def _moving(self) -> str:
        """The marks at all frames."""
        clock = Clock.of(self._scene.timeline, self._loop)
        sorters = [LayerSorter(self._defs, clock) for _ in self._scene.marks]
        for frame in range(self._scene.timeline.frames):
            self._scene.update(frame)
            for sorter, mark in zip(sorters, self._scene.marks, strict=True):
                sorter.add(frame, self._items(mark))
        return markup([layer for sorter in sorters for layer in sorter.layers])

    def _items(self, mark: Mark) -> list[Item]:
        """What a mark draws at the frame that the scene shows."""
        mark.draw(self._recorder)
        return self._recorder.take_items()

    def _still(self, items: list[Item]) -> str:
        """Items that never change."""
        sorter = LayerSorter(self._defs, Clock(["0"], ""))
        sorter.add(0, items)
        return markup(sorter.layers)


class LayerSorter:
    """Sorts the items of one mark into layers, from the lowest to the highest."""

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
        if kind is RingLayer:
            style = style._replace(cap="", join="")  # of lines that have no ends
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
    if not style.fill and style.stroke_alpha == 1 and not style.dashes and find_discs(item.vertices, item.codes):
        return RingLayer, style._replace(cap="", join="")
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
