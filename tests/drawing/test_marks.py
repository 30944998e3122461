"""What moves, by its pixels: spots stand where the descent is, arrows point to those outside, notices cover no path."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from support.problems import composed, pictures, redrawn, scene_of, solved

from gdanim.drawing.colours.ramps import ramp
from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.marks.spots import EndMarkers
from gdanim.drawing.marks.trails import RunsMark, Trail
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from support.problems import Picture


def rgb(colour: str) -> NDArray[np.float64]:
    return np.round(np.multiply(to_rgb(colour), 255))


def has_colour(picture: Picture, colour: str) -> NDArray[np.bool_]:
    """Which pixels have exactly a colour."""
    return (picture[..., :3] == rgb(colour)).all(axis=-1)


def reddish(picture: Picture) -> NDArray[np.bool_]:
    """Which pixels have a shade of a light trail."""
    red, green, blue = np.moveaxis(picture[..., :3].astype(np.int16), -1, 0)
    return np.asarray((red - green > 60) & (red - blue > 60))


def pixel_at(axes: Axes, picture: Picture, x: float, y: float) -> NDArray[np.uint8]:
    left, bottom = axes.transData.transform((x, y))
    return picture[int(picture.shape[0] - bottom), int(left), :3]


def test_ends_at_one_place_have_one_landing_which_does_not_grow() -> None:
    descent = solved("double_well", starts=9, order="in-turn", iterations=40, size="320x240")
    with scene_of(descent) as scene:
        Raster(scene)
        marker = next(mark for mark in scene.marks if isinstance(mark, EndMarkers))
        scene.update(scene.timeline.frames - 1)
        seen = marker._seen(np.arange(9))
    places = np.unique(np.round(seen), axis=0)
    near = np.abs(descent.trajectory.x[np.arange(9), descent.trajectory.last, 0])
    assert len(places) == 2
    assert np.allclose(near, 3, atol=0.1)


@pytest.mark.parametrize(
    ("view", "function"), [("curve", "parabola"), ("panels", "parabola"), ("contour", "himmelblau")]
)
def test_the_spot_stands_where_the_descent_is(view: str, function: str) -> None:
    descent = solved(function, view=view, iterations=6, size="320x240")
    x, f = descent.trajectory.x[0], descent.trajectory.f[0]
    with scene_of(descent) as scene:
        main, *series = scene.figure.axes
        for k, picture in enumerate(composed(Raster(scene))):
            assert (pixel_at(main, picture, x[k, 0], x[k, 1] if view == "contour" else f[k]) == rgb(LIGHT.trail)).all()
            for axes, value, colour in zip(series, (x[k, 0], f[k]), (LIGHT.x_series, LIGHT.f_series), strict=False):
                assert (pixel_at(axes, picture, k, value) == rgb(colour)).all()


@pytest.mark.parametrize("lr", [0.05, 0.9])  # down one side; to and fro
def test_the_trail_grows_and_never_changes_behind_the_spot(lr: float) -> None:
    descent = solved("parabola", lr=lr, iterations=8, size="320x240", title="", readout=False)
    with scene_of(descent) as scene:
        raster = Raster(scene)
        (axes,) = scene.figure.axes
        path = np.stack([descent.trajectory.x[0, :, 0], descent.trajectory.f[0]], axis=-1)
        for mark in scene.marks:
            mark.set_visible(not isinstance(mark, Caption))
        spots = axes.transData.transform(path) * (1, -1) + (0, raster.size[1])  # (x, y) from the top left
        shown = [picture.copy() for picture in composed(raster)]
        radius = 9 * scene.figure.dpi / 72 / 2 + 3  # a spot of 9 points, its halo and antialiasing
    for k, (before, after) in enumerate(pairwise(shown)):
        assert reddish(after).sum() > reddish(before).sum()
        # Agg rounds the cover of a longer path by at most one level of 255 differently.
        rows, columns = np.nonzero(abs(np.subtract(before, after, dtype=np.int16)).max(axis=-1) > 1)
        pixels = np.stack([columns, rows], axis=-1) + 0.5
        assert distance_to_segment(pixels, spots[k], spots[k + 1]).max() <= radius


def distance_to_segment(points: NDArray[np.float64], one: Any, other: Any) -> NDArray[np.float64]:
    """How far points (n, 2) are from the line between two points: (n,)."""
    along = np.clip((points - one) @ (other - one) / ((other - one) @ (other - one)), 0, 1)
    return np.linalg.norm(points - one - along[:, np.newaxis] * (other - one), axis=1)


def test_runs_together_have_a_colour_each_and_their_legend_too() -> None:
    last = pictures(lr=(0.02, 0.1, 0.45), iterations=5, size="480x360")[-1]
    legend, plot = last[:110], last[110:]
    for colour in ramp(3, LIGHT.background):
        assert has_colour(legend, colour).sum() > 10
        assert has_colour(plot, colour).sum() > 10
    assert not has_colour(last, LIGHT.trail).any()


def test_a_run_in_turn_leaves_a_landing_where_it_ended() -> None:
    descent = solved("double_well", start=[4.0, -0.5, 1.5], order="in-turn", iterations=5, size="320x240")
    with scene_of(descent) as scene:
        (axes,) = scene.figure.axes
        (landings,) = (mark for mark in scene.marks if isinstance(mark, EndMarkers))
        colour = rgb(landings.run_styles[0].colour)
        last = list(composed(Raster(scene)))[-1]
        for run in (0, 1):
            x, f = descent.trajectory.x[run, -1, 0], descent.trajectory.f[run, -1]
            # It may lie on a dark sign, of which the last of 255 levels shines through.
            column, row = np.floor(axes.transData.transform((x, f)) + 0.5).astype(int).tolist()  # as Agg sets markers
            np.testing.assert_allclose(last[240 - row, column, :3], colour[:3], atol=1)
        scene.update(0)
        assert landings.touched() is None


@pytest.mark.parametrize("options", [{"lr": 1.05}, {"lr": 1.05, "start": -4.3}, {"lr": 3.0}, {"ylim": "20,40"}])
def test_a_run_out_of_view_has_an_arrow_inside_the_axes(options: dict[str, Any]) -> None:
    with scene_of(solved("parabola", iterations=12, size="320x240", readout=False, **options)) as scene:
        (axes,) = scene.figure.axes
        box = axes.get_window_extent()
        last = list(composed(Raster(scene)))[-1]
        rows, columns = np.nonzero(has_colour(last, LIGHT.trail))
        assert len(rows) > 20
        # A trail may reach out by half a dot, so that a dot on the edge stays round; and an edge between two pixels
        # belongs to both.
        box = box.padded(1 + max(mark.overhang_px for mark in scene.marks if isinstance(mark, RunsMark)))
        assert box.x0 <= columns.min() <= columns.max() <= box.x1
        assert box.y0 <= 240 - rows.max() <= 240 - rows.min() <= box.y1


@pytest.mark.parametrize(
    "options",
    [
        {"lr": 1e300},
        {"lr": 1e150, "iterations": 1},
        {"start": 1e149},
        {"start": -1e-300},
        {"xlim": "1e99,1e100"},
        {"ylim": "1e-300,2e-300"},
        {"xlim": "4.29999999,4.3"},
        {"function": "quartic", "lr": 100.0},
    ],
)
def test_numbers_of_any_size_are_drawn(options: dict[str, Any]) -> None:
    with scene_of(solved(**{"iterations": 8, "size": "160x120", "view": "panels", **options})) as scene:
        last = [picture.copy() for picture in composed(Raster(scene))][-1]
        assert np.array_equal(last, redrawn(scene, scene.timeline.frames - 1))


def test_a_caption_without_words_paints_nothing() -> None:
    with scene_of(solved("parabola", lr=1.05, iterations=6, size="640x480")) as scene:
        *_, told = (mark for mark in scene.marks if isinstance(mark, Caption) and not mark.plate)
        scene.update(0)
        assert told.touched() is None
        scene.update(6)
        assert told.touched() is not None


@pytest.mark.parametrize(("iterations", "dotted"), [(12, True), (400, False)])
def test_a_series_has_a_dot_at_each_iteration_only_where_they_stand_apart(iterations: int, *, dotted: bool) -> None:
    with scene_of(solved("rosenbrock", view="panels", iterations=iterations, size="640x480")) as scene:
        trails = [mark for mark in scene.marks if isinstance(mark, Trail)]
        of_series = [trail for trail in trails if trail.plane.get_xlabel() == "Iteration"]
        assert [trail.dot_pt > 0 for trail in of_series] == [dotted] * 2
        # In the plane, steps are as long as they are: most of these dots stand apart all the same.
        assert all(trail.dot_pt > 0 for trail in trails if trail not in of_series)


@pytest.mark.parametrize("rates", [(0.05,), (0.05, 0.1, 0.3)])
def test_the_older_parts_of_a_path_are_fainter_than_the_newer_ones(rates: tuple[float, ...]) -> None:
    descent = solved("parabola", lr=rates, iterations=12)
    with scene_of(descent) as scene:
        Raster(scene)
        scene.update(12)
        trail = next(mark for mark in scene.marks if isinstance(mark, Trail))
        shades = [part.shade for part in trail._parts(np.array([0]))]
    assert len(shades) > 1
    assert shades == sorted(set(shades))
    assert shades[-1] == 1
