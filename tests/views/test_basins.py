"""The ground of a picture: the colours of its pixels, and whether they can be told apart."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import AxesImage
from support.colours import TOLD_APART, VISION, contrast, lab, linear, seen
from support.extents import keys
from support.problems import scene_of, solved

from gdanim.catalogue.registry import VIEWS
from gdanim.descent.basins import Basins
from gdanim.drawing.colours.grounds import DARK, GREY, LIGHT, BasinColours
from gdanim.drawing.layout import Layout
from gdanim.drawing.marks.spots import Spots
from gdanim.drawing.mpl import to_hex
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import load_style
from gdanim.errors import UsageError
from gdanim.preflight import _check_view
from gdanim.settings import Settings
from gdanim.views.basins import colour_indices, draw_basins, draw_basins_strip

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

Drawing = tuple["Axes", Basins, "NDArray[np.uint8]"]
PALETTES = {"light": LIGHT, "dark": DARK, "print": GREY}
each_palette = pytest.mark.parametrize(("style", "palette"), PALETTES.items(), ids=PALETTES)


def drawn(draw: Callable[..., Basins], **request: Any) -> Drawing:
    """Empty axes with the ground of a request: the axes, the basins and the pixels (h, w, 3), the lowest row first."""
    descent = solved(size="320x240", **request)
    style, bounds = load_style(*descent.settings.style), descent.objective.bounds
    with style.applied():
        layout = Layout.open(descent.settings, style)
        ends = [(float(low), float(high)) for low, high in bounds]
        axes = layout.axes(xlabel="x", ylabel="y", xlim=ends[0], ylim=ends[-1])
        axes.grid(visible=False)
        basins = draw(layout, axes, descent)
        canvas = FigureCanvasAgg(layout.figure)
        canvas.draw()
        return axes, basins, np.asarray(canvas.buffer_rgba())[::-1, :, :3].copy()


def colour_at(drawing: Drawing, x: float, y: float) -> str:
    """The colour of the pixel at a point of the axes' data, as #rrggbb."""
    axes, _, pixels = drawing
    column, row = axes.transData.transform((x, y)).astype(int)
    return to_hex(tuple((pixels[row, column] / 255).tolist()))


@each_palette
def test_every_kind_of_colour_vision_tells_any_two_basins_apart(style: str, palette: BasinColours) -> None:
    for one, other in combinations(palette.tints, 2):
        for vision in VISION:
            assert np.linalg.norm(seen(one, vision) - seen(other, vision)) >= TOLD_APART, (one, other, vision)


@each_palette
def test_the_first_four_basins_differ_without_colours_too(style: str, palette: BasinColours) -> None:
    lightness = [seen(tint, "normal")[0] for tint in palette.tints[:4]]
    assert np.diff(np.sort(lightness)).min() >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_runs_over_basins_are_told_apart_by_every_reader(palette: BasinColours) -> None:
    for one, other in combinations(palette.marks, 2):
        for vision in VISION:
            assert np.linalg.norm(seen(one, vision) - seen(other, vision)) >= TOLD_APART, (one, other, vision)


def test_the_strip_lies_below_the_wells_and_the_spots_in_them() -> None:
    descent = solved("double_well", starts=12, basins=True)
    with scene_of(descent) as scene:
        axes = scene.figure.axes[0]
        (strip,) = (artist for artist in axes.get_children() if isinstance(artist, AxesImage))
        (spots,) = (mark for mark in scene.marks if isinstance(mark, Spots))
        curve = axes.transData.transform(np.asarray(axes.lines[0].get_xydata()))
        lowest = min(np.nanmin(curve[:, 1]), spots.pixels[..., 1].min() - spots.px(spots.size_pt) / 2)
        assert lowest > strip.get_window_extent().y1


@each_palette
def test_the_trail_stands_out_from_every_basin_and_a_mark_from_its_own(style: str, palette: BasinColours) -> None:
    trail = load_style(style).trail
    assert min(contrast(trail, tint) for tint in (*palette.tints, palette.unsettled[0])) >= 3
    assert min(contrast(load_style(style).text, tint) for tint in palette.tints) >= 4.5
    pairs = zip(palette.tints, palette.marks, strict=True)
    assert min(contrast(tint, mark) for tint, mark in pairs) >= 2.5


@each_palette
def test_each_pixel_has_the_tint_of_the_minimizer_that_it_leads_to(style: str, palette: BasinColours) -> None:
    drawing = drawn(draw_basins, function="styblinski_tang", style=style, iterations=200)
    # f is a sum of one function of x and one of y, with a maximum at 0.1567: four quarters, the lowest first.
    for minimizer, x, y in [(0, -4, -1), (1, 4, -1), (2, -4, 1), (3, 4, 1)]:
        assert colour_at(drawing, x, y) == palette.tints[minimizer]
        assert colour_at(drawing, *drawing[1].attractors[minimizer]) == palette.marks[minimizer]
    for side in (-0.05, 0.05):
        expected = 2 if side < 0 else 3
        assert colour_at(drawing, 0.1567 + side, 1) == palette.tints[expected]


@each_palette
def test_what_diverges_is_striped_and_what_still_moves_is_neither(style: str, palette: BasinColours) -> None:
    drawing = drawn(draw_basins, function="ellipse", lr=(0.1005,), style=style, iterations=60)  # 2/λ = 0.1
    # y changes by the factor −1.01 in each step, and so by 1.817 in all; x comes to 0. From y = 0.4, f = x² + 1.6 at
    # the start and 5.3 at the end: it has fallen where |x| > 1.92.
    _, _, pixels = drawing
    x = np.linspace(-4.5, 4.5, 60)
    assert {colour_at(drawing, at, 4) for at in x} == set(palette.stripes)
    assert contrast(*palette.unsettled) >= 1.5  # of the dots, in the ground and in its key
    assert {colour_at(drawing, at, 0.4) for at in x if abs(at) > 2.2} <= set(palette.unsettled)
    assert {colour_at(drawing, at, 0.02) for at in x if abs(at) > 0.5} == {palette.tints[0]}
    assert pixels.shape == (240, 320, 3)


@each_palette
def test_the_strip_lies_along_the_bottom_and_changes_where_the_basins_do(style: str, palette: BasinColours) -> None:
    drawing = drawn(draw_basins_strip, function="tilted_well", style=style, lr=(0.02,), iterations=300)
    top = np.sort(np.roots([4.0, 0.0, -4.0, 0.3]).real)[1]  # f′ = 4x³ − 4x + 0.3
    axes = drawing[0]
    low, height = axes.get_ylim()[0], np.ptp(axes.get_ylim())
    left, right = (colour_at(drawing, x, low + 0.015 * height) for x in (top - 0.05, top + 0.05))
    assert left != right
    for x in np.linspace(-1.9, 1.9, 39):
        if abs(x - top) > 0.04:
            assert colour_at(drawing, x, low + 0.015 * height) == (left if x < top else right)
    assert colour_at(drawing, -1.7, low + 0.3 * height) == load_style(style).background


@pytest.mark.parametrize(("draw", "function"), [(draw_basins, "himmelblau"), (draw_basins_strip, "parabola")])
def test_limits_stay_and_all_lies_below_the_levels_or_the_curve(draw: Any, function: str) -> None:
    axes, _, _ = drawn(draw, function=function)
    bounds = solved(function).objective.bounds
    assert np.array_equal(axes.get_xlim(), bounds[0])
    assert np.array_equal(axes.get_ylim(), bounds[-1])
    assert axes.get_aspect() == "auto"
    assert max(image.get_zorder() for image in axes.get_images() or axes.artists) < 1


def basins_at(attractors: Any, used: Any) -> Basins:
    return Basins(attractor=np.array(used), attractors=np.array(attractors, dtype=float))


def test_the_lowest_attractors_have_hues_of_their_own_and_those_without_cells_keep_theirs_free() -> None:
    line = [(float(x),) for x in range(10)]
    hue = colour_indices(basins_at(line, [0, 2, 3, 4, 5, 6, 7, 8, -1, -2, -3]))
    # The ninth shares the hue of the one that is farthest from it.
    assert hue.tolist() == [0, -1, 2, 3, 4, 5, 6, 7, 0, -1]


def test_on_a_printer_without_colour_any_two_basins_differ_in_lightness() -> None:
    lightness = np.array([lab(linear(tint))[0] for tint in GREY.tints])
    apart = np.abs(np.subtract.outer(lightness, lightness)) + np.diag(np.full(len(lightness), np.inf))
    assert apart.min() >= 5
    assert apart[:4, :4].min() >= 10


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"function": "himmelblau", "lr": (0.01,), "iterations": 200, "aspect": "free"}, []),
        ({"function": "himmelblau", "lr": (0.01,), "iterations": 5, "aspect": "free"}, ["still moving"]),
        ({"function": "ellipse", "lr": (0.1005,), "iterations": 60}, ["diverges", "still moving"]),
        ({"function": "double_well", "lr": (0.04,)}, ["diverges", "still moving"]),
        ({"function": "ellipse", "lr": (0.1005,), "iterations": 60, "size": "160x120"}, []),
    ],
)
def test_what_the_ground_shows_beside_basins_is_named_below_it(options: dict[str, Any], words: list[str]) -> None:
    with scene_of(solved(basins=True, **options)) as scene:
        assert [word.get_text() for word in keys(scene.figure.axes[0])] == words


@pytest.mark.parametrize("function", ["himmelblau", "double_well"])
def test_each_panel_has_the_basins_of_its_own_rate(function: str) -> None:
    rates = (0.005, 0.03)
    with scene_of(solved(function, lr=rates, facet="lr", basins=True, iterations=60)) as scene:
        grounds = [_ground(axes) for axes in scene.figure.axes]
    with scene_of(solved(function, lr=rates[::-1], facet="lr", basins=True, iterations=60)) as scene:
        turned = [_ground(axes) for axes in scene.figure.axes]
    assert not np.array_equal(*grounds)
    assert np.array_equal(grounds[0], turned[1])
    assert np.array_equal(grounds[1], turned[0])


def _ground(axes: Axes) -> NDArray[np.uint8]:
    (image,) = [artist for artist in axes.get_children() if isinstance(artist, AxesImage)]
    return np.asarray(image.get_array())


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        ({"lr": (0.1, 0.2)}, "give one --lr, or a panel to each with --facet lr"),
        ({"lr": (0.1, 0.2), "facet": "start"}, "give one --lr"),
        ({"optimizer": ("gd", "adam"), "lr": (0.1, 0.2), "facet": "optimizer"}, "give one --lr"),
        ({"optimizer": ("gd", "adam")}, "give one -O, or a panel to each with --facet optimizer"),
    ],
)
def test_a_ground_that_would_belong_to_several_methods_is_refused(options: dict[str, Any], allowed: str) -> None:
    request = Settings(function="parabola", basins=True, **options)
    with pytest.raises(UsageError, match=allowed):
        _check_view(request, VIEWS["curve"])


def test_a_large_picture_that_is_filled_band_by_band_is_the_same_to_the_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    for at_once in (1_000_000, 3_000):
        monkeypatch.setattr("gdanim.views.ground.pixels.AT_ONCE", at_once)
        monkeypatch.setattr("gdanim.descent.basins.MOST_CELLS", 2_000)  # each cell is many pixels
        with scene_of(solved("himmelblau", basins=True, iterations=5, size="243x187")) as scene:
            drawn.append(next(iter(Raster(scene).frames())).pixels.tobytes())
    assert drawn[0] == drawn[1]


def test_neighbours_in_a_crowd_have_different_hues() -> None:
    places = [(x, y) for x in range(-5, 6) for y in range(-5, 6)]
    places.sort(key=lambda place: place[0] ** 2 + place[1] ** 2)
    hue = dict(zip(places, colour_indices(basins_at(places, np.arange(121))).tolist(), strict=True))
    beside = [(hue[x, y], hue.get((x + 1, y)), hue.get((x, y + 1))) for x, y in places]
    assert not any(own in others for own, *others in beside)
    assert set(hue.values()) == set(range(8))
