"""Motion between iterations, on the way back, and how much of a path is drawn and how: by pixels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from support.colours import contrast
from support.commandline import crossed
from support.problems import check_against_redraw, composed, scene_of, solved

from gdanim.catalogue.registry import STYLES
from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.marks.fade import ALONE, OF_SEVERAL
from gdanim.drawing.marks.spots import Spots
from gdanim.drawing.marks.starts import StartRings
from gdanim.drawing.marks.trails import Trail, mixed
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import DARK, LIGHT, load_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from support.problems import Picture

MOVING: dict[str, dict[str, Any]] = {
    "tween": {"tween": 4},
    "tween, some left out": {"tween": 3, "every": 4},
    "tween in turn": {"tween": 3, "starts": 3, "order": "in-turn"},
    "tween together": {"tween": 3, "starts": 12},
    "rewind": {"rewind": True, "tween": 2},
    "a short trail": {"trail": 2, "tween": 3},
    "no trail": {"trail": 0},
    "dark": {"style": "dark", "tween": 2, "trail": 4},
    "a swarm": {"starts": 120, "tween": 3, "trail": 3},
}


FUNCTIONS = {"curve": "double_well", "panels": "double_well", "contour": "himmelblau"}


@pytest.mark.parametrize(("case", "view"), crossed(MOVING, FUNCTIONS))
def test_composed_boxes_equal_a_full_redraw_in_motion(case: str, view: str) -> None:
    descent = solved(FUNCTIONS[view], view=view, iterations=6, size="240x180", **MOVING[case])
    with scene_of(descent) as scene:
        frames = scene.timeline.frames
        check_against_redraw(scene, frames // 2 + 1, frames - 1)


def rgb(colour: str) -> NDArray[np.float64]:
    return np.asarray(np.round(np.multiply(to_rgb(colour), 255)), dtype=np.float64)


def pixel(picture: Picture, place: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The colour at a place in pixels from the bottom left."""
    return picture[int(picture.shape[0] - place[1]), int(place[0]), :3]


def on_screen(axes: Axes, *points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(axes.transData.transform(np.array(points)))


def test_the_spot_follows_the_chord_and_the_trail_ends_at_it() -> None:
    descent = solved("parabola", lr=0.45, iterations=2, tween=4, size="640x480", readout=False)
    x = descent.trajectory.x[0, :, 0]
    with scene_of(descent) as scene:
        (axes,) = scene.figure.axes
        for frame, picture in enumerate(composed(Raster(scene))):
            k, step = divmod(frame, 4)
            share = [0, 5 / 32, 1 / 2, 27 / 32][step]
            now = x[k] + share * (x[min(k + 1, 2)] - x[k])
            # f is x², so that the chord from x to x′ is the line of slope x + x′.
            begin, end = x[k], x[min(k + 1, 2)]
            height = begin**2 + (begin + end) * (now - begin)
            spot, start, half = on_screen(
                axes, np.array([now, height]), np.array([begin, begin**2]), np.array([now, now**2])
            )
            assert (pixel(picture, spot) == rgb(LIGHT.trail)).all()
            if np.hypot(*(spot - start)) > 20:
                # From the last iteration the trail comes straight.
                assert (pixel(picture, (spot + start) / 2) == rgb(LIGHT.trail)).all()
            if frame == 2:
                # Below, the graph is as it was: nothing rolls through the minimum.
                np.testing.assert_allclose(pixel(picture, half), rgb(LIGHT.function), atol=2)


def test_seen_from_above_the_spot_goes_straight_on() -> None:
    descent = solved("himmelblau", lr=0.018, iterations=3, tween=3, size="640x480", readout=False)
    x = descent.trajectory.x[0]
    with scene_of(descent) as scene:
        (axes,) = scene.figure.axes
        for frame, picture in enumerate(composed(Raster(scene))):
            k, step = divmod(frame, 3)
            share = [0, 7 / 27, 20 / 27][step]
            (spot,) = on_screen(axes, x[k] + share * (x[min(k + 1, 3)] - x[k]))
            assert (pixel(picture, spot) == rgb(LIGHT.trail)).all()


def test_between_iterations_the_readout_has_the_numbers_on_the_straight_way() -> None:
    with scene_of(solved("parabola", lr=0.45, start=4.0, iterations=2, tween=4, size="640x480")) as scene:
        shown = ["".join(text for text, _ in scene.text_lines(frame)[0]) for frame in range(9)]
    # From 4 to 0.4, which is 0.1 of it, and on; 5/32, 1/2 and 27/32 of each step are done.
    for frame, text in enumerate(shown):
        k, share = frame // 4, (0, 5 / 32, 1 / 2, 27 / 32)[frame % 4]
        x = 4.0 * 0.1**k * (1 - 0.9 * share)
        f = (4.0 * 0.1**k) ** 2 * (1 - 0.99 * share)
        iteration, at, value = (float(found) for found in re.findall(r"[ )] *([\d.]+)", text)[:3])
        assert iteration == pytest.approx(k + share, abs=0.05001)
        assert at == pytest.approx(x, abs=1e-4)
        assert value == pytest.approx(f, abs=1e-4)


def test_the_way_back_repeats_pictures_of_the_way_there() -> None:
    with scene_of(solved("himmelblau", lr=0.018, iterations=7, rewind=True, size="240x180")) as scene:
        for mark in scene.marks:
            if isinstance(mark, Caption) and mark.plate is not None:
                mark.set_visible(False)  # the names of the first second are not said again
        shown = [picture.copy() for picture in composed(Raster(scene))]
    # Iterations 0 to 7, then every third one back, and the start.
    assert len(shown) == 8 + 3
    for frame, then in zip((8, 9, 10), (4, 1, 0), strict=True):
        assert np.array_equal(shown[frame], shown[then])


def colours_along(picture: Picture, axes: Axes, path: NDArray[np.float64]) -> list[tuple[int, ...]]:
    """The colours in the middle of each step."""
    middles = on_screen(axes, *((path[1:] + path[:-1]) / 2))
    return [tuple(pixel(picture, middle).tolist()) for middle in middles]


def faded(colour: str, ground: str, share: float) -> tuple[int, ...]:
    return tuple(int(level) for level in np.round(share * rgb(colour) + (1 - share) * rgb(ground)))


FAINTEST = 0.6  # of a trail's colour
EVENLY: dict[str, dict[str, Any]] = {
    "contour": {"function": "x**2 + y**2 + 4*x", "start": ((2.0, 2.0),), "optimizer": ("adam",), "lr": 0.4},
    "curve": {"function": "parabola", "start": ((4.0,),), "optimizer": ("adam",), "lr": 0.3},
    "panels": {"function": "parabola", "start": ((4.0,),), "optimizer": ("adam",), "lr": 0.3},
}


@pytest.mark.parametrize(("view", "look"), [*((view, LIGHT) for view in EVENLY), ("contour", DARK), ("panels", DARK)])
def test_a_trail_fades_evenly_towards_its_start(view: str, look: Any) -> None:
    descent = solved(**EVENLY[view], view=view, iterations=10, style=look.name, size="640x480")
    x, f, k = descent.trajectory.x[0], descent.trajectory.f[0], np.arange(11.0)
    path = x if view == "contour" else np.stack([x[:, 0], f], axis=-1)
    with scene_of(descent) as scene:
        picture = list(composed(Raster(scene)))[-1]
        seen = [(scene.figure.axes[0], path, look.trail)]
        if view == "panels":
            _, of_x, of_f = scene.figure.axes
            seen += [
                (of_x, np.stack([k, x[:, 0]], axis=-1), look.x_series),
                (of_f, np.stack([k, f], axis=-1), look.f_series),
            ]
        for axes, points, colour in seen:
            lengths = np.hypot(*np.diff(on_screen(axes, *points), axis=0).T)
            shares = lengths.cumsum() / lengths.sum()
            # How much of the colour is in each step, by the channel that tells it best from the background's.
            ink, paper = rgb(colour), rgb(look.background)
            best = int(abs(ink - paper).argmax())
            found = np.array(colours_along(picture, axes, points))[:-1, best]  # the spot covers the last
            shades = (found - paper[best]) / (ink - paper)[best]
            # Even levels from the first step to the last, less than a tenth apart, and never faint.
            np.testing.assert_allclose(shades, 1 - (1 - FAINTEST) * (1 - shares[:-1]), atol=0.06)
            assert len(set(found)) >= 5
            assert shades.min() >= FAINTEST - 0.01


def test_where_colours_tell_runs_apart_they_fade_little() -> None:
    options: dict[str, Any] = {"start": ((2.0, 2.0), (2.0, -2.0)), "optimizer": ("adam",), "lr": 0.4, "iterations": 8}
    descent = solved("x**2 + y**2 + 4*x", **options)
    with scene_of(descent) as scene:
        axes, last = scene.figure.axes[0], list(composed(Raster(scene)))[-1]
        for run in (0, 1):
            found = colours_along(last, axes, descent.trajectory.x[run])
            np.testing.assert_allclose(found[0], faded(LIGHT.runs[run], LIGHT.background, 0.7), atol=1)
            np.testing.assert_allclose(found[-2], rgb(LIGHT.runs[run]), atol=1)


def test_a_short_trail_fades_by_age() -> None:
    descent = solved("x**2 + y**2 + 4*x", start=((2.0, 2.0),), optimizer=("adam",), lr=0.4, iterations=8, trail=4)
    with scene_of(descent) as scene:
        axes = scene.figure.axes[0]
        for k, picture in enumerate(map(np.copy, composed(Raster(scene)))):
            if k >= 5:
                found = colours_along(picture, axes, descent.trajectory.x[0, k - 4 : k + 1])[:-1]
                shades = np.linspace(FAINTEST, 1, 4)[:-1]
                expected = [faded(LIGHT.trail, LIGHT.background, shade) for shade in shades]
                np.testing.assert_allclose(found, expected, atol=1)


@pytest.mark.parametrize("style", STYLES)
def test_the_faintest_part_of_a_path_is_told_from_the_page(style: str) -> None:
    look = load_style(style)
    for colour in (look.trail, look.x_series, look.f_series):
        assert contrast(mixed(colour, look.background, ALONE.faintest), look.background) >= 1.5
    for colour in look.runs:
        assert contrast(mixed(colour, look.background, OF_SEVERAL.faintest), look.background) >= 1.5


@pytest.mark.parametrize("trail", [0, 1, 3])
def test_only_the_last_iterations_of_a_path_are_drawn(trail: int) -> None:
    descent = solved("himmelblau", lr=0.018, iterations=6, trail=trail, tween=2, size="640x480")
    with scene_of(descent) as scene:
        (axes,) = scene.figure.axes
        path = descent.trajectory.x[0]
        bare = Raster(scene)
        shown = [picture.copy() for picture in composed(bare)]
        for mark in scene.marks:
            mark.set_visible(isinstance(mark, Spots | StartRings))
        alone = [picture.copy() for picture in composed(Raster(scene))]
    for frame in (6, 7, 12):
        differs = (shown[frame] != alone[frame]).any(axis=-1)[60:]
        rows, columns = np.nonzero(differs)
        since = max(frame / 2 - trail, 0)
        if trail == 0:
            assert not differs.any()
            continue
        drawn = on_screen(axes, *(at(path, place) for place in np.linspace(since, frame / 2, 400)))
        painted = np.stack([columns + 0.5, shown[frame].shape[0] - 60 - rows - 0.5], axis=-1)
        away = np.linalg.norm(painted[:, np.newaxis] - drawn, axis=-1).min(axis=1)
        assert away.max() <= 6.5  # half a dot with its halo, at 100 dots per inch, and antialiasing
        assert (differs.sum() > 0) == (since < frame / 2)
        assert away.size > 20


def at(path: NDArray[np.float64], position: float) -> NDArray[np.float64]:
    """A place on the straight lines of a path (n+1, 2)."""
    return np.array([np.interp(position, np.arange(len(path)), path[:, i]) for i in (0, 1)])


def test_series_are_read_as_a_whole_whatever_the_trail() -> None:
    with scene_of(solved("parabola", iterations=6, trail=1, view="panels")) as scene:
        tails = {mark.plane: mark.tail for mark in scene.marks if isinstance(mark, Trail)}
    assert [tails[axes] for axes in scene.figure.axes] == [1, None, None]


def test_a_swarm_keeps_its_short_tails_where_longer_ones_are_asked_for() -> None:
    def tail(**options: Any) -> int | None:
        with scene_of(solved("himmelblau", starts=500, iterations=30, size="160x120", **options)) as scene:
            return next((mark.tail for mark in scene.marks if isinstance(mark, Trail)), 0)

    assert tail(trail=100) == tail() == 10
    assert tail(trail=4) == 4
    assert tail(trail=0) == 0


def test_a_share_of_a_colour() -> None:
    assert mixed("#ff0000", "#0000ff", 0.25) == "#4000bf"
