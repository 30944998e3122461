"""Renderer proxy: forwards to another renderer with an offset and a change of units.

With it a picture that knows only its own canvas draws itself several times on a page, by the same calls as in the
animation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from matplotlib.backend_bases import RendererBase
from matplotlib.font_manager import FontProperties as Font
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform

from gdanim.output.svg.paths import is_long, simplified

if TYPE_CHECKING:
    from matplotlib.backend_bases import GraphicsContextBase as Context
    from matplotlib.path import Path
    from matplotlib.transforms import Transform

    from gdanim.drawing.lettering import Lettering
    from gdanim.drawing.marks.caption import Pieces

_DECIMALS: Final = 2  # of a point, 3.5 µm


class OffsetRenderer(RendererBase):
    """Draws on the renderer `page` what is given in pixels of a picture.

    dpi       of the picture
    unit_px   the unit of the page, in pixels
    offset    from the picture to the page: pixels to the right and upwards
    """

    def __init__(self, page: Any, *, dpi: float, unit_px: float, offset: tuple[float, float]) -> None:
        super().__init__()
        self._page, self._dpi, self._unit_px = page, dpi, unit_px
        self._scale = Affine2D().scale(1 / unit_px)
        self._transform = Affine2D().translate(*offset).scale(1 / unit_px)

    def new_gc(self) -> Context:
        """Return a graphics context of the page's kind."""
        gc: Context = self._page.new_gc()
        return gc

    def points_to_pixels(self, points: Any) -> Any:
        """Convert points to pixels of the picture."""
        return points * self._dpi / 72

    def get_text_width_height_descent(self, s: str, prop: Font, ismath: bool | str) -> tuple[float, float, float]:
        """Measure a text on the page, in pixels of the picture."""
        width, height, descent = self._page.get_text_width_height_descent(s, prop, ismath)
        return width * self._unit_px, height * self._unit_px, descent * self._unit_px

    def flipy(self) -> bool:
        """Count pixels from the bottom."""
        return False

    def option_image_nocomposite(self) -> bool:
        """Draw images one by one."""
        return True

    def draw_path(self, gc: Context, path: Path, transform: Transform, rgbFace: Any = None) -> None:
        """Draw a path on the page."""
        self._page.draw_path(self._moved(gc), path, transform + self._transform, rgbFace)

    def draw_markers(
        self, gc: Context, marker_path: Path, marker_trans: Transform, path: Path, trans: Transform, rgbFace: Any = None
    ) -> None:
        """Draw markers on the page."""
        marker = marker_trans + self._scale
        self._page.draw_markers(self._moved(gc), marker_path, marker, path, trans + self._transform, rgbFace)

    def draw_path_collection(self, gc: Context, master_transform: Transform, *rest: Any, **options: Any) -> None:
        """Draw a collection of paths on the page; only the offsets of the paths are moved."""
        paths, transforms, offsets, offset_trans, *styles = rest
        places = master_transform + self._scale, paths, transforms, offsets, offset_trans + self._transform
        self._page.draw_path_collection(self._moved(gc), *places, *styles, **options)

    def draw_image(self, gc: Context, x: float, y: float, im: Any, transform: Transform | None = None) -> None:
        """Draw an image on the page; (x, y) is its lower left corner."""
        x, y = self._transform.transform((x, y)).tolist()
        self._page.draw_image(self._moved(gc), x, y, im)

    def draw_text(
        self, gc: Context, x: float, y: float, s: str, prop: Font, angle: float, ismath: Any = False, mtext: Any = None
    ) -> None:
        """Draw a text on the page. `mtext` is not passed on: it knows its place in the picture only."""
        x, y = self._transform.transform((x, y)).tolist()
        height = self._page.get_canvas_width_height()[1]
        self._page.draw_text(self._moved(gc), x, height - y if self._page.flipy() else y, s, prop, angle, ismath)

    def _moved(self, gc: Context) -> Context:
        """A copy of a graphics context, with its clip rectangle moved; nothing here has a clip path."""
        moved = self.new_gc()
        moved.copy_properties(gc)
        box = gc.get_clip_rectangle()
        if box is not None:
            moved.set_clip_rectangle(Bbox(self._transform.transform(Bbox.from_extents(*box.extents).get_points())))
        return moved


class VectorOffsetRenderer(OffsetRenderer):
    """The same on a page of vectors: text is set there, and long paths are simplified."""

    def draw_path(self, gc: Context, path: Path, transform: Transform, rgbFace: Any = None) -> None:
        """Draw a path on the page, a long one with fewer points."""
        transform = transform + self._transform
        if is_long(path):
            path, transform = simplified(path, transform, _DECIMALS), IdentityTransform()
        self._page.draw_path(self._moved(gc), path, transform, rgbFace)

    def draw_path_collection(self, *arguments: Any, **options: Any) -> None:
        """Draw a collection path by path."""
        RendererBase.draw_path_collection(self, *arguments, **options)

    def draw_text_pieces(self, lettering: Lettering, pieces: Pieces, left: float, base: float) -> None:
        """Set pieces one after the other on a baseline, as SetsText says."""
        for text, colour in pieces:
            gc = self.new_gc()
            gc.set_foreground(colour)
            self.draw_text(gc, left, base, text, Font(size=lettering.size_pt), 0.0)
            left += lettering.width(text)
