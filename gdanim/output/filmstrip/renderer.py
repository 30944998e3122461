"""A renderer that draws elsewhere: what is drawn with it lands moved, and in another unit, on another one.

So the picture of an animation, which knows only its own canvas, is drawn several times on a page, by the same calls
as in the animation itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from matplotlib.backend_bases import RendererBase
from matplotlib.font_manager import FontProperties
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform, TransformedPath

from gdanim.output.svg.simplify import is_long, simplified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.backend_bases import GraphicsContextBase
    from matplotlib.path import Path
    from matplotlib.text import Text
    from matplotlib.transforms import Transform
    from matplotlib.typing import ColorType

    from gdanim.drawing.lettering import Lettering
    from gdanim.drawing.marks.caption import Pieces


_DECIMALS: Final = 2  # of a point, which then is 3.5 µm


class Elsewhere(RendererBase):
    """Draws on `page` what is given in pixels of a picture of `dpi` dots per inch, moved by (right, up) pixels.

    unit   of the page, in pixels
    """

    def __init__(self, page: Any, *, dpi: float, unit: float, move: tuple[float, float]) -> None:
        super().__init__()
        self._page, self._dpi, self._unit = page, dpi, unit
        self._scale = Affine2D().scale(1 / unit)
        self._there = Affine2D().translate(*move).scale(1 / unit)

    def new_gc(self) -> GraphicsContextBase:
        """One of the page's own kind."""
        gc: GraphicsContextBase = self._page.new_gc()
        return gc

    def points_to_pixels(self, points: Any) -> Any:
        """Points in pixels of the picture."""
        return points * self._dpi / 72

    def get_canvas_width_height(self) -> tuple[float, float]:
        """The size of the page in pixels of the picture."""
        width, height = self._page.get_canvas_width_height()
        return width * self._unit, height * self._unit

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: bool | str
    ) -> tuple[float, float, float]:
        """The page's own measures, in pixels of the picture."""
        width, height, descent = self._page.get_text_width_height_descent(s, prop, ismath)
        return width * self._unit, height * self._unit, descent * self._unit

    def flipy(self) -> bool:
        """Pixels are counted from the bottom."""
        return False

    def option_image_nocomposite(self) -> bool:
        """Images are drawn one by one, as they are."""
        return True

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: ColorType | None = None,  # noqa: N803
    ) -> None:
        """Draw a path there."""
        self._page.draw_path(self._moved(gc), path, transform + self._there, rgbFace)

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace: ColorType | None = None,  # noqa: N803
    ) -> None:
        """Draw markers there."""
        marker = marker_trans + self._scale
        self._page.draw_markers(self._moved(gc), marker_path, marker, path, trans + self._there, rgbFace)

    def draw_path_collection(
        self,
        gc: GraphicsContextBase,
        master_transform: Transform,
        paths: Sequence[Any],
        all_transforms: Any,
        offsets: Any,
        offset_trans: Transform,
        *looks: Any,
        **more: Any,
    ) -> None:
        """Draw a collection there; of each path, its offset is what is moved."""
        master, offset = master_transform + self._scale, offset_trans + self._there
        self._page.draw_path_collection(self._moved(gc), master, paths, all_transforms, offsets, offset, *looks, **more)

    def draw_image(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        im: Any,
        transform: Transform | None = None,
    ) -> None:
        """Draw an image there; (x, y) is its lower left corner."""
        x, y = self._there.transform((x, y)).tolist()
        self._page.draw_image(self._moved(gc), x, y, im)

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: bool | str = False,
        mtext: Text | None = None,
    ) -> None:
        """Draw a text there. The Text itself stays out of it: it knows its own place only."""
        x, y = self._there.transform((x, y)).tolist()
        height = self._page.get_canvas_width_height()[1]
        self._page.draw_text(self._moved(gc), x, height - y if self._page.flipy() else y, s, prop, angle, ismath)

    def _moved(self, gc: GraphicsContextBase) -> GraphicsContextBase:
        """The same, clipped there."""
        moved = self.new_gc()
        moved.copy_properties(gc)
        box = gc.get_clip_rectangle()
        if box is not None:
            moved.set_clip_rectangle(Bbox(self._there.transform(Bbox.from_extents(*box.extents).get_points())))
        path, affine = cast("tuple[Path | None, Transform | None]", gc.get_clip_path())
        if path is not None and affine is not None:
            moved.set_clip_path(TransformedPath(path, affine + self._there))
        return moved


class ElsewhereInVectors(Elsewhere):
    """The same on a page of vectors, which sets words itself and has no use for more points than can be seen."""

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: ColorType | None = None,  # noqa: N803
    ) -> None:
        """Draw a path there, a long one without the points that nobody would miss."""
        there = transform + self._there
        if is_long(path):
            path, there = simplified(path, there, _DECIMALS), IdentityTransform()
        self._page.draw_path(self._moved(gc), path, there, rgbFace)

    def draw_path_collection(self, *given: Any, **more: Any) -> None:
        """Draw a collection path by path."""
        RendererBase.draw_path_collection(self, *given, **more)

    def draw_words(self, lettering: Lettering, pieces: Pieces, left: float, base: float) -> None:
        """Set pieces one after the other on a baseline, as TakesWords says."""
        face = FontProperties(size=lettering.size_pt)
        for text, colour in pieces:
            gc = self.new_gc()
            gc.set_foreground(colour)
            self.draw_text(gc, left, base, text, face, 0.0)
            left += lettering.width(text)
