"""Contours and the panels beside them: levels show the valleys, minima are seen, axes fit their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib import colormaps
from matplotlib.colors import to_rgb
from support.objectives import objective
from support.problems import check_against_redraw, redrawn, scene_of, solved

from gdanim.catalogue.registry import FUNCTIONS
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import DARK, LIGHT, load_style
from gdanim.views.ground.levels import LEVELS, MAX_CROSSINGS, calm_levels, crossings, spread_levels
from gdanim.views.panels import view as panels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from gdanim.descent.descend import Descent
    from gdanim.drawing.scene import Scene
    from gdanim.drawing.styles import Style

OF_TWO = [name for name in FUNCTIONS.names() if objective(name, {}).dim == 2]


def sampled(name: str, points: int = 241) -> NDArray[np.float64]:
    of = objective(name, {})
    x, y = (np.linspace(low, high, points) for low, high in of.bounds)
    return of.value(np.stack(np.meshgrid(x, y), axis=-1))


@given(arrays(np.float64, 40, elements=st.floats(-1e9, 1e9) | st.just(np.nan) | st.just(np.inf)))
def test_levels_rise_and_lie_within_the_function(f: NDArray[np.float64]) -> None:
    levels = spread_levels(f)
    finite = f[np.isfinite(f)]
    assert len(levels) <= LEVELS + 1
    assert len(levels) != 1  # which matplotlib cannot fill
    assert (np.diff(levels) > 0).all()
    if len(levels):
        slack = 1e-9 * (np.abs(finite).max() + 1)
        assert finite.min() - slack <= levels[0] <= levels[-1] <= finite.max() + slack


def test_levels_are_told_apart_where_nearly_all_of_a_function_is_crowded_at_one_end() -> None:
    x, y = np.meshgrid(np.linspace(0.001, 8, 241), np.linspace(-5, 5, 241))
    f = x**y
    shares = np.bincount(np.digitize(f, spread_levels(f)).ravel()) / f.size
    assert len(shares) > 5
    assert shares.max() < 0.2


def test_levels_of_a_plane_are_even() -> None:
    f = np.tile(np.linspace(0, 1, 301), (301, 1))
    gaps = np.diff(spread_levels(f))
    np.testing.assert_allclose(gaps, gaps[0], rtol=1e-3)


def test_levels_crowd_at_the_bottom_of_a_steep_valley_and_at_the_rim_of_a_hole() -> None:
    x = np.linspace(-3, 3, 201)
    square = x[:, np.newaxis] ** 2 + x**2
    for f, bottom_heavy in ((square**3, True), (-np.exp(-8 * square), False)):
        levels = spread_levels(f)
        below_middle = np.mean(levels < (levels[0] + levels[-1]) / 2)
        assert (below_middle > 0.6) if bottom_heavy else (below_middle < 0.4)


@pytest.mark.parametrize("name", OF_TWO)
def test_every_function_has_levels_and_none_is_a_veil_of_lines(name: str) -> None:
    f = sampled(name)
    levels = calm_levels(f)
    assert len(levels) >= 5
    # What is too fine for any lines is filled only.
    assert crossings(f, levels) <= MAX_CROSSINGS or name == "levy13"
    shares = np.bincount(np.digitize(f, levels).ravel(), minlength=len(levels) + 1) / f.size
    assert shares.max() < 0.6 or name == "easom"  # which is flat but for one hole


def test_minimizers_are_seen_by_a_ring_and_a_plus() -> None:
    for style in (LIGHT, DARK):
        with scene_of(solved("himmelblau", iterations=0, style=style.name, size="480x360")) as scene:
            picture = redrawn(scene, 0).astype(int)
            (axes,) = scene.figure.axes
            ink = np.round(np.multiply(to_rgb(style.text), 255))
            for place in objective("himmelblau", {}).minimizers:
                left, bottom = axes.transData.transform(place)
                row, column, reach = picture.shape[0] - int(bottom) - 1, int(left), 9
                around = picture[row - reach : row + reach + 1, column - reach : column + reach + 1, :3]
                is_ink = np.abs(around - ink).max(axis=-1) < 60
                assert is_ink[reach - 1 : reach + 2, reach - 1 : reach + 2].any()  # the plus
                far = np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1])
                assert is_ink[(far > 3) & (far < 7)].sum() >= 8  # the ring


def test_the_path_runs_over_the_minimizers() -> None:
    descent = solved("booth", lr=0.1, iterations=200, size="480x360")
    with scene_of(descent) as scene:
        picture = redrawn(scene, scene.timeline.frames - 1)
        left, bottom = scene.figure.axes[0].transData.transform(descent.trajectory.x[0, -1])
        centre = picture[picture.shape[0] - int(bottom) - 1, int(left), :3]
        assert (centre == np.round(np.multiply(to_rgb(LIGHT.trail), 255))).all()


@pytest.mark.parametrize("name", ["viridis", "cividis"])
def test_a_colour_map_colours_the_heights(name: str) -> None:
    with scene_of(solved("himmelblau", iterations=0, cmap=name, size="320x240")) as scene:
        picture = redrawn(scene, 0)[..., :3].reshape(-1, 3).astype(int)
    shades = np.round(colormaps[name](np.linspace(0, 1, 256))[:, :3] * 255).astype(int)
    packing = np.array([1, 256, 256**2])
    assert np.isin(picture @ packing, shades @ packing).mean() > 0.3


@pytest.mark.parametrize("name", ["viridis", "cividis", "magma", "inferno", "plasma"])
@pytest.mark.parametrize("style", [LIGHT, DARK])
def test_casing_or_line_of_a_path_has_contrast_to_every_colour_of_a_map(name: str, style: Style) -> None:
    ground = luminance(colormaps[name](np.linspace(0, 1, 256))[:, :3])
    against = [contrast(ground, luminance(np.array([to_rgb(ink)]))) for ink in (style.background, style.text)]
    assert np.max(against, axis=0).min() >= 3


def test_a_path_on_a_colour_map_has_a_line_around_its_casing() -> None:
    options: dict[str, Any] = {"iterations": 6, "size": "480x360", "lr": 0.005}
    with scene_of(solved("himmelblau", cmap="viridis", **options)) as scene:
        picture = redrawn(scene, 6)[..., :3].astype(int)
        ink = np.round(np.multiply(to_rgb(LIGHT.text), 255))
        (axes,) = scene.figure.axes
        middle = axes.transData.transform(solved("himmelblau", **options).trajectory.x[0, :2].mean(axis=0))
        row, column = picture.shape[0] - int(middle[1]) - 1, int(middle[0])
        around = picture[row - 8 : row + 9, column - 8 : column + 9]
        assert (np.abs(around - ink).max(axis=-1) < 70).sum() >= 4


def luminance(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Relative luminance as WCAG 2.1 defines it: (n,) of (n, 3)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


def in_panels(**options: Any) -> tuple[Descent, Scene]:
    descent = solved(**{"size": "640x480", **options})
    return descent, panels.build(descent)


@pytest.fixture(autouse=True)
def _style() -> Iterator[None]:
    with load_style("light").applied():
        yield


def axes_of(scene: Scene) -> tuple[Axes, Axes, Axes]:
    function, heights, slopes = scene.figure.axes
    return function, heights, slopes


def drawn(scene: Scene, axes: Axes) -> NDArray[np.float64]:
    """The values that the runs have in an axes: (runs, n+1)."""
    track = next(mark.track for mark in scene.marks if getattr(mark, "axes", None) is axes and hasattr(mark, "track"))
    return np.asarray(track.points[..., 1])


def test_panels_of_two_variables_show_the_distance_to_the_minimum_and_the_norm_of_the_gradient() -> None:
    descent, scene = in_panels(function="booth", iterations=40)
    _, heights, slopes = axes_of(scene)
    assert (heights.get_ylabel(), slopes.get_ylabel()) == ("$f - f^*$", r"$\Vert\nabla f\Vert$")
    np.testing.assert_allclose(drawn(scene, heights), descent.trajectory.f, rtol=1e-9)  # the minimum is 0
    np.testing.assert_allclose(drawn(scene, slopes), np.linalg.norm(descent.trajectory.grad, axis=-1), rtol=1e-9)
    function = axes_of(scene)[0]
    assert function.get_position().x1 < 0.67 < heights.get_position().x0
    assert heights.get_position().y0 > slopes.get_position().y1


@pytest.mark.parametrize(
    ("options", "scales", "label"),
    [
        ({"function": "booth", "iterations": 60}, ("log", "log"), "$f - f^*$"),
        ({"function": "booth", "iterations": 2, "lr": 0.001}, ("linear", "linear"), "$f$"),
        ({"function": "saddle"}, ("linear", "linear"), "$f$"),
        ({"function": "booth", "start": "1,3", "iterations": 5}, ("linear", "linear"), "$f$"),
    ],
)
def test_powers_of_ten_are_for_values_that_span_several(
    options: dict[str, Any], scales: tuple[str, str], label: str
) -> None:
    _, scene = in_panels(**options)
    _, heights, slopes = axes_of(scene)
    assert (heights.get_yscale(), slopes.get_yscale()) == scales
    assert heights.get_ylabel() == label


def test_a_run_that_reaches_the_minimum_stands_at_the_rounding_of_its_start() -> None:
    descent, scene = in_panels(function="booth", optimizer=("newton", "gd"), iterations=60)
    f = descent.trajectory.f
    assert (f == 0).any()
    _, heights, _ = axes_of(scene)
    shown = drawn(scene, heights)
    # Newton's last step before 0 leaves some 10⁻²⁹: thirty decades would flatten what gradient descent does.
    assert shown.min() == pytest.approx(np.finfo(np.float64).eps * f[0, 0], rel=1e-12)
    low, high = heights.get_ylim()
    assert low <= shown.min() <= shown.max() <= high
    Raster(scene)


def test_a_diverging_run_leaves_the_axes_and_the_others_stay_readable() -> None:
    descent, scene = in_panels(function="booth", lr=(0.02, 0.12, 0.3), iterations=400)
    assert descent.trajectory.f.max() > 1e100
    _, heights, slopes = axes_of(scene)
    start = descent.trajectory.f[0, 0]
    assert heights.get_ylim()[1] < 1e4 * start
    assert heights.get_ylim()[0] <= descent.trajectory.f[0].min()
    assert np.isfinite(drawn(scene, slopes)).all()


@pytest.mark.parametrize(
    "options",
    [
        {"function": "booth"},
        {"function": "booth", "lr": (0.02, 0.12), "style": "light"},
        {"function": "booth", "optimizer": ("newton", "gd")},
        {"function": "himmelblau", "explain": True, "cmap": "viridis"},
        {"function": "booth", "lr": (0.3, 0.02), "iterations": 400, "every": 50},
        {"function": "saddle", "tween": 2, "arrows": "step"},
    ],
)
def test_composed_boxes_equal_a_full_redraw(options: dict[str, Any]) -> None:
    _, scene = in_panels(**{"size": "320x240", "iterations": 3, **options})
    check_against_redraw(scene)


@pytest.mark.parametrize("iterations", [30, 60, 300])
def test_ticks_of_decades_are_whole_powers_of_ten_with_even_steps(iterations: int) -> None:
    _, scene = in_panels(function="booth", lr=0.1, iterations=iterations)
    Raster(scene)
    for axes in axes_of(scene)[1:]:
        low, high = axes.get_ylim()
        exponents = np.log10([tick for tick in axes.get_yticks() if low <= tick <= high])
        assert len(exponents) >= 2
        np.testing.assert_allclose(exponents, np.round(exponents), atol=1e-9)
        np.testing.assert_allclose(np.diff(exponents), np.diff(exponents)[0], atol=1e-9)
