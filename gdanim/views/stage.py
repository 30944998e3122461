"""The stage that all views share: a figure in proportion to its size, axes that look alike, a header, a layout.

Type and lines are measured in points, and the dots per inch grow with the canvas, so that a picture keeps its look
from a thumbnail to a slide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import IdentityTransform

from gdanim.lettering import Lettering

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from gdanim.settings import Settings
    from gdanim.styles import Style

ROUND_STEPS = [1, 2, 5, 10]
FAR = 1e100  # tick arithmetic overflows a little below the largest float
TITLE_PT, LABEL_PT, TICK_PT, READOUT_PT = 12.0, 10.0, 9.0, 9.5


class Cell(NamedTuple):
    """Where an axes goes, labels included, in fractions of the area below the header: from the left and the top."""

    axes: Axes
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A figure under construction. Lengths are pixels from the bottom left."""

    figure: Figure
    style: Style
    width: int
    height: int

    @classmethod
    def open(cls, settings: Settings, style: Style) -> Stage:
        """Set up an empty figure of the size that was asked for."""
        width, height = settings.size
        dpi = settings.dpi or proportionate_dpi(width, height)
        figure = Figure(figsize=(width / dpi, height / dpi), dpi=dpi, facecolor=style.background)
        FigureCanvasAgg(figure)
        return cls(figure=figure, style=style, width=width, height=height)

    @property
    def dpi(self) -> float:
        """Dots per inch."""
        return float(self.figure.dpi)

    def px(self, points: float) -> float:
        """Points as pixels."""
        return points * self.dpi / 72

    def lettering(self, size_pt: float = READOUT_PT) -> Lettering:
        """Lettering for marks of this figure."""
        return Lettering(size_pt=size_pt, dpi=self.dpi)

    def axes(self, *, xlabel: str, ylabel: str, xlim: tuple[float, float], ylim: tuple[float, float]) -> Axes:
        """Add axes in the style of all views; layout() places them."""
        style = self.style
        axes: Axes = self.figure.add_axes((0.1, 0.1, 0.8, 0.8), facecolor=style.background)
        axes.set_xlim(*xlim)
        axes.set_ylim(*ylim)
        axes.grid(visible=True, color=style.grid, linewidth=0.8)
        axes.set_axisbelow(True)
        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set_color(style.line)
            spine.set_linewidth(0.8)
        axes.tick_params(length=3, width=0.8, color=style.line, labelcolor=style.muted, labelsize=TICK_PT, pad=3)
        axes.set_xlabel(xlabel, color=style.text, fontsize=LABEL_PT, labelpad=3)
        axes.set_ylabel(ylabel, color=style.text, fontsize=LABEL_PT, labelpad=5)
        return axes

    def title(self, text: str, *, plain: bool) -> Text | None:
        """Write a title: plain text as it is, else mathtext. It shrinks, then is cut, until it fits."""
        if not text:
            return None
        written = self.figure.text(
            0, 0, text, transform=IdentityTransform(), parse_math=not plain, color=self.style.text, fontsize=TITLE_PT
        )
        while (found := written.get_window_extent().width) > self.room and plain and len(text) > 4:
            text = text[: min(len(text) - 1, int(len(text) * self.room / found))].rstrip()
            written.set_text(text + "…")
        if found > self.room:
            written.set_fontsize(max(TITLE_PT * self.room / found, TICK_PT * 0.75))
        return written

    @property
    def margin(self) -> float:
        """The empty border of the picture."""
        return self.px(TICK_PT)

    @property
    def room(self) -> float:
        """The width between the margins."""
        return self.width - 2 * self.margin

    def layout(self, cells: Sequence[Cell], *, header: float) -> None:
        """Place axes so that their labels fit their cells, `header` pixels below the upper margin."""
        for cell in cells:
            self._place(cell.axes, self._inner(cell, header, (0.0, 0.0, 0.0, 0.0)))
            _set_ticks(cell.axes, self.px(TICK_PT))
        self.figure.align_ylabels([cell.axes for cell in cells])
        overhang = {cell.axes: _overhang(cell.axes) for cell in cells}
        for cell in cells:
            # Axes that stand in one column or on one line share the wider overhang, and so line up.
            left = max(overhang[other.axes][0] for other in cells if other.left == cell.left)
            bottom = max(overhang[other.axes][1] for other in cells if other.bottom == cell.bottom)
            right = max(overhang[other.axes][2] for other in cells if other.right == cell.right)
            top = max(overhang[other.axes][3] for other in cells if other.top == cell.top)
            self._place(cell.axes, self._inner(cell, header, (left, bottom, right, top)))

    def _inner(
        self, cell: Cell, header: float, overhang: tuple[float, float, float, float]
    ) -> tuple[float, float, float, float]:
        """The rectangle of an axes: left, bottom, right, top."""
        gutter = self.margin / 2  # on either side of an inner edge
        width, height = self.room, self.height - 2 * self.margin - header
        left, bottom, right, top = overhang
        return (
            self.margin + cell.left * width + (gutter if cell.left > 0 else 0) + left,
            self.margin + (1 - cell.bottom) * height + (gutter if cell.bottom < 1 else 0) + bottom,
            self.margin + cell.right * width - (gutter if cell.right < 1 else 0) - right,
            self.margin + (1 - cell.top) * height - (gutter if cell.top > 0 else 0) - top,
        )

    def _place(self, axes: Axes, rectangle: tuple[float, float, float, float]) -> None:
        left, bottom, right, top = rectangle
        # A canvas too small for its labels still has axes: labels give way before the picture does.
        right, top = max(right, left + 8), max(top, bottom + 8)
        axes.set_position(
            (left / self.width, bottom / self.height, (right - left) / self.width, (top - bottom) / self.height)
        )


def proportionate_dpi(width: int, height: int) -> float:
    """Dots per inch for a canvas: 100 at 640×480, in proportion above, a little more than that below."""
    scale = min(width / 640, height / 480)
    return 100 * (scale if scale > 1 else max(scale, 0.2) ** 0.7)


def nice_limits(low: float, high: float) -> tuple[float, float]:
    """Ends of an axis for values from low to high: round, with a tenth of headroom, from 0 where that is near.

    Nothing beyond ±FAR is reached for.
    """
    low, high = (min(max(end, -FAR), FAR) for end in (low, high))
    span = max(high - low, abs(high) * 1e-6, 1e-12)
    from_zero = 0 <= low < 0.25 * span or -0.25 * span < high <= 0
    bottom = 0.0 if low >= 0 and from_zero else low - 0.1 * span
    top = 0.0 if high <= 0 and from_zero else high + 0.1 * span
    ticks = MaxNLocator(nbins=5, steps=ROUND_STEPS).tick_values(bottom, top)
    return float(ticks[0]), float(ticks[-1])


def _set_ticks(axes: Axes, em: float) -> None:
    """As many ticks as there is room for, at round values."""
    box = axes.get_window_extent()
    places = max(len(f"{end:.3g}") for end in axes.get_xlim())
    for axis, room in ((axes.xaxis, box.width / ((0.8 * places + 1) * em)), (axes.yaxis, box.height / (2.8 * em))):
        axis.set_major_locator(MaxNLocator(nbins=int(np.clip(room, 1, 8)), steps=ROUND_STEPS))


def _overhang(axes: Axes) -> tuple[float, float, float, float]:
    """How far labels and ticks stand out of an axes: left, bottom, right, top."""
    inner = axes.get_window_extent()
    outer = axes.get_tightbbox() or inner
    return inner.x0 - outer.x0, inner.y0 - outer.y0, outer.x1 - inner.x1, outer.y1 - inner.y1
