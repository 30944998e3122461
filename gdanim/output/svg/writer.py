"""SVG: the picture once, and on it the marks as shapes whose attributes change with the time (SMIL); no script.

What a mark draws at every frame is written down and sorted (svg_recorder.py, svg_stack.py), and each sort is written
in the form that is shortest. Whoever asks for less motion sees the last frame, and so does a program that plays no
animation: it is what the attributes say without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from gdanim.output.base import Quality
from gdanim.output.svg.defs import Sheet
from gdanim.output.svg.paths import Grains
from gdanim.output.svg.recorder import Drawn, Recorder
from gdanim.output.svg.simplify import UNSEEN_PX, is_fine, thinned
from gdanim.output.svg.sorting import Stack, together
from gdanim.output.svg.timing import Clock

if TYPE_CHECKING:
    from gdanim.drawing.marks.trails import Mark
    from gdanim.drawing.scene import Scene
    from gdanim.output.base import FilmInfo
    from gdanim.output.svg.recorder import Item

FAMILY: Final = "'DejaVu Sans',Verdana,sans-serif"


def write(stream: BinaryIO, scene: Scene, reel: FilmInfo, *, svg_text: str) -> None:
    """Write a file that stands alone; see SceneWriter."""
    told = [f'<title id="t">{escape(reel.title, quote=False)}</title>' if reel.title else ""]
    told += [f'<desc id="d">{escape(reel.alt_text, quote=False)}</desc>' if reel.alt_text else ""]
    told += [f"<metadata>{escape(reel.recipe, quote=False)}</metadata>" if reel.recipe else ""]
    names = [name for name, text in (("t", reel.title), ("d", reel.alt_text)) if text]
    labelled = f' role="img" aria-labelledby="{" ".join(names)}"' if names else ' role="img"'
    content = _Picture(scene, reel, svg_text=svg_text, prefix="").written(still=True)
    stream.write(f"{_opened(reel, svg_text)}{labelled}>{''.join(told)}{content}</svg>\n".encode())


def inline_svg(scene: Scene, reel: FilmInfo, *, svg_text: str, prefix: str) -> str:
    """The same as an element of a page that says what it shows and when it plays.

    The page seeks with setCurrentTime(). Every id begins with the prefix.
    """
    content = _Picture(scene, reel, svg_text=svg_text, prefix=f"{prefix}-").written(still=False)
    return f'{_opened(reel, svg_text)} aria-hidden="true">{content}</svg>'


def _opened(reel: FilmInfo, svg_text: str) -> str:
    width, height = reel.width, reel.height
    family = f' font-family="{FAMILY}" xml:space="preserve"' if svg_text == "text" else ""
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}{family}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """How finely things are placed.

    decimals       of a pixel
    fine_decimals  those of the ground's fine lines, of which many points are left out
    tolerance_px   how far these lines may then pass by their points
    """

    decimals: int
    fine_decimals: int
    tolerance_px: float


PRECISIONS: Final = {
    Quality.LOW: Precision(decimals=1, fine_decimals=1, tolerance_px=0.2),
    Quality.MEDIUM: Precision(decimals=2, fine_decimals=1, tolerance_px=UNSEEN_PX),
    Quality.HIGH: Precision(decimals=3, fine_decimals=2, tolerance_px=UNSEEN_PX / 3),
}


class _Picture:
    """A scene on its way into an SVG."""

    def __init__(self, scene: Scene, reel: FilmInfo, *, svg_text: str, prefix: str) -> None:
        self._scene = scene
        self._precision = PRECISIONS[reel.quality]
        canvas: Any = scene.figure.canvas  # the backend's methods carry no types
        self._recorder = Recorder(canvas.get_renderer(), float(scene.figure.dpi))
        self._sheet = Sheet(
            grains=Grains(self._precision.decimals),
            clock=Clock.of(scene.timeline, reel.loop),
            outlines=self._recorder.outlines,
            prefix=prefix,
            as_text=svg_text == "text",
            canvas=(reel.width, reel.height),
        )

    def written(self, *, still: bool) -> str:
        """What stands still, what moves, and with `still` the last frame for those who asked for less motion."""
        ground = self._ground()
        moving = self._moving()
        if not still:
            return f"{self._sheet.definitions}{ground}{moving}"
        name = self._sheet.id
        rest = self._still([item for mark in self._scene.marks for item in self._items(mark)])
        style = (
            f"<style>@media(prefers-reduced-motion:reduce)"
            f"{{#{name('m')}{{display:none}}#{name('s')}{{display:inline}}}}</style>"
        )
        return (
            f'{style}{self._sheet.definitions}{ground}<g id="{name("m")}">{moving}</g>'
            f'<g id="{name("s")}" display="none">{rest}</g>'
        )

    def _ground(self) -> str:
        self._scene.figure.draw(self._recorder)
        return self._still([self._lean(item) for item in self._recorder.taken()])

    def _lean(self, item: Item) -> Item:
        """What stands still, without points that nobody sees; a line that grows has to keep those that it had."""
        if not isinstance(item, Drawn) or not is_fine(path := Path(item.vertices, item.codes)):
            return item
        path = thinned(path, IdentityTransform(), self._precision.fine_decimals, self._precision.tolerance_px)
        return item._replace(vertices=np.asarray(path.vertices), codes=np.asarray(path.codes, dtype=np.uint8))

    def _moving(self) -> str:
        stacks = [Stack(self._sheet) for _ in self._scene.marks]
        for frame in range(self._scene.timeline.frames):
            self._scene.update(frame)
            for stack, mark in zip(stacks, self._scene.marks, strict=True):
                stack.take(frame, self._items(mark))
        return together([layer for stack in stacks for layer in stack.layers])

    def _items(self, mark: Mark) -> list[Item]:
        """What a mark draws at the frame that the scene shows."""
        mark.draw(self._recorder)
        return self._recorder.taken()

    def _still(self, items: list[Item]) -> str:
        stack = Stack(self._sheet.on(Clock.still()))
        stack.take(0, items)
        return together(stack.layers)
