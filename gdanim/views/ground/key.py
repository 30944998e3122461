"""The key to the ground: its colours from low to high, right of the name of the horizontal axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Final, NamedTuple

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.offsetbox import AnnotationBbox, DrawingArea, HPacker, OffsetBox, TextArea
from matplotlib.patches import Rectangle

from gdanim.drawing.layout import TICK_PT, Layout
from gdanim.drawing.styles import Style
from gdanim.views.ground.inks import Colours

LOW, HIGH, UNEVEN = "low", "high", "not linear"
BARS_PT: Final = (40.0, 24.0), 6.5  # its width, usual and least, and its height
GAP_PT: Final = 4.0  # between the bar and its words
APART_PT: Final = 10.0  # from the name of the axis, and between two entries of a key


class Bands(NamedTuple):
    """The colours of filled levels, from the lowest upwards, and whether the steps of f between them differ.

    low, high   what stands at the ends
    """

    colours: Colours  # (k, 3)
    uneven: bool
    low: str = LOW
    high: str = HIGH


def write_ground_key(layout: Layout, axes: Axes, bands: Bands) -> None:
    """Add a bar of the colours between the words low and high; only where it has room."""
    any(place_beside_name(layout, axes, key) for key in ground_keys(layout.style, bands))


def ground_keys(style: Style, bands: Bands) -> Iterator[OffsetBox]:
    """The bar between its words, the fullest first."""
    widths, height = BARS_PT
    for high, width in product([f"{bands.high}, {UNEVEN}", bands.high] if bands.uneven else [bands.high], widths):
        yield in_row([words(style, bands.low), _bar(style, bands, width, height), words(style, high)], GAP_PT)


def place_beside_name(layout: Layout, axes: Axes, key: OffsetBox) -> bool:
    """Add a key in the row of the name of the horizontal axis, at its right end; returns False where it has no room.

    The axes must have about their final width.
    """
    name_px = axes.xaxis.label.get_window_extent().width if axes.get_xlabel() else 0.0
    room_px = (axes.get_window_extent().width - name_px) / 2 - layout.px(APART_PT)
    if layout.is_bare or size_px(axes, key)[0] > room_px:
        return False
    axes.add_artist(key_box(key, (1.0, 0.5), ("axes fraction", axes.xaxis.label), (1.0, 0.5)))
    return True


def key_box(key: OffsetBox, place: tuple[float, float], coordinates: Any, alignment: tuple[float, float]) -> Artist:
    """A key at a place in some coordinates of matplotlib's annotations, with that point of it there."""
    return AnnotationBbox(
        key, place, xycoords=coordinates, box_alignment=alignment, pad=0.0, frameon=False, annotation_clip=False
    )


def size_px(axes: Axes, key: OffsetBox) -> tuple[float, float]:
    """The width and the height of a key in the figure of axes."""
    figure: Any = axes.figure  # the backend's methods carry no types
    key.set_figure(figure)
    box = key.get_bbox(figure.canvas.get_renderer())
    return float(box.width), float(box.height)


def in_row(children: Sequence[OffsetBox], gap_pt: float) -> HPacker:
    """Parts of a key beside one another."""
    return HPacker(children=list(children), align="center", pad=0.0, sep=gap_pt)


def words(style: Style, text: str) -> TextArea:
    """Words of a key."""
    return TextArea(text, textprops={"color": style.muted, "fontsize": TICK_PT})


def _bar(style: Style, bands: Bands, width: float, height: float) -> DrawingArea:
    each = width / len(bands.colours)
    area = DrawingArea(width, height)
    for place, colour in enumerate(bands.colours.tolist()):
        area.add_artist(Rectangle((place * each, 0), each, height, facecolor=colour, linewidth=0, antialiased=False))
    area.add_artist(Rectangle((0, 0), width, height, facecolor="none", edgecolor=style.muted, linewidth=0.6))
    return area
