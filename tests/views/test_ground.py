"""The ground below the paths: its range, its lines, its key, and levels that are wasted on nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from support.colours import XYZ, contrast, linear
from support.commandline import spread
from support.extents import keys, overlaps, readable
from support.objectives import objective
from support.problems import redrawn, scene_of, solved

from gdanim.catalogue.registry import FUNCTIONS, STYLES
from gdanim.views.basins import basin_colours
from gdanim.views.ground.levels import LEAST_BAND, Sampled, breaks, calm_levels, lowest, pieces, sampled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.contour import QuadContourSet

    from gdanim.drawing.scene import Scene
    from gdanim.objectives.objective import Objective

OF_TWO = [name for name, row in FUNCTIONS.items() if len(row.bounds) == 2]
POLES = ["x+1/(x*y)+y", "1/(x^2+y^2)", "-1/(x^2+y^2)", "x/y", "log(x^2+y^2)", "tan(x)*tan(y)"]
MAPS = ["viridis", "cividis", "magma", "gray", "coolwarm"]


def luminance(colour: str) -> float:
    return float(XYZ[1] @ linear(colour))


def sets(axes: Axes) -> list[QuadContourSet]:
    """The fills and then the lines of level, as matplotlib holds them."""
    return [found for found in axes.collections if hasattr(found, "levels")]  # type: ignore[misc]


def fills_and_lines(style: str, **options: Any) -> tuple[list[str], list[str], list[float]]:
    """The colours of the fills and of the lines between, and the widths of these, from the lowest upwards."""
    with scene_of(solved("himmelblau", iterations=0, size="320x240", style=style, **options)) as scene:
        fills, lines = sets(scene.figure.axes[0])
        widths = [float(width) for width in np.ravel(lines.get_linewidth())]
        return list(map(to_hex, fills.get_facecolor())), list(map(to_hex, lines.get_edgecolor())), widths


@pytest.mark.parametrize("style", STYLES)
def test_the_ground_spans_four_to_one_and_each_line_is_told_from_both_sides(style: str) -> None:
    fills, lines, widths = fills_and_lines(style)
    assert len(fills) == len(lines) + 1 >= 10
    light = [luminance(colour) for colour in fills]
    assert light in (sorted(light), sorted(light, reverse=True))
    assert max(light) / min(light) >= 4
    assert contrast(fills[0], fills[-1]) >= 4
    for line, sides in zip(lines, pairwise(fills), strict=True):
        assert min(contrast(line, side) for side in sides) >= 1.5
    heavy = np.arange(1, len(lines) + 1) % 4 == 0
    assert np.min(np.array(widths)[heavy]) >= 1.5 * np.max(np.array(widths)[~heavy])


@pytest.mark.parametrize("cmap", MAPS)
@pytest.mark.parametrize("style", ["light", "dark"])
def test_on_any_colour_map_each_line_is_told_from_both_sides(style: str, cmap: str) -> None:
    fills, lines, _ = fills_and_lines(style, cmap=cmap)
    for line, sides in zip(lines, pairwise(fills), strict=True):
        assert min(contrast(line, side) for side in sides) >= 1.5


@pytest.mark.parametrize("style", ["light", "dark", "print"])
def test_lines_over_basins_are_told_from_every_one(style: str) -> None:
    with scene_of(solved("booth", iterations=2, basins=True, size="320x240", style=style)) as scene:
        (lines,) = (found for found in sets(scene.figure.axes[0]) if isinstance(found, LineCollection) or True)
        *ink, opacity = lines.get_edgecolor()[0]
        loaded = solved(iterations=0, style=style).style.loaded
    for tint in basin_colours(loaded).tints:
        under = np.array([int(tint[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        assert contrast(to_hex(opacity * np.array(ink) + (1 - opacity) * under), tint) >= 1.5


def test_the_range_is_seen_in_the_picture() -> None:
    for style in ("light", "dark"):
        with scene_of(solved("himmelblau", iterations=0, size="320x240", style=style)) as scene:
            left, bottom, right, top = scene.figure.axes[0].get_window_extent().extents.astype(int)
            inside = redrawn(scene, 0)[240 - top : 240 - bottom, left:right, :3].reshape(-1, 3)
        colours, counts = np.unique(inside, axis=0, return_counts=True)
        # Fills are the colours of many pixels; those of edges and marks are of few.
        light = [luminance(to_hex(colour / 255)) for colour in colours[counts > 60]]
        assert max(light) / min(light) >= 4


def words_of(scene: Scene) -> list[str]:
    return [word.get_text() for axes in scene.figure.axes for word in keys(axes)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["low", "high, not linear"]),
        ({"style": "slides"}, ["low", "high, not linear"]),
        ({"cmap": "viridis", "style": "dark"}, ["low", "high, not linear"]),
        ({"size": "320x240"}, ["low", "high"]),
        ({"lr": (0.001, 0.002), "facet": "lr"}, ["low", "high"]),
        ({"function": "x + y"}, ["low", "high"]),
        ({"view": "surface"}, ["low", "high, not linear"]),
        ({"view": "surface", "style": "dark", "size": "480x360"}, ["low", "high, not linear"]),
        ({"view": "surface", "turn": 30}, ["low", "high, not linear"]),
        ({"size": "160x120"}, []),
        ({"xlabel": "a name that leaves nothing else room beside it in the whole row"}, []),
        ({"basins": True}, ["still moving"]),
    ],
    ids=str,
)
def test_a_key_says_low_and_high_and_that_the_steps_are_uneven(options: dict[str, Any], expected: list[str]) -> None:
    with scene_of(solved(**{"function": "himmelblau", "iterations": 3, **options})) as scene:
        scene.update(0)
        assert words_of(scene) == expected
        width, height = scene.figure.canvas.get_width_height()
        shown = readable(scene)
        assert overlaps(shown) == []
        assert all(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height for _, box in shown)


def shares(of: Objective) -> tuple[Sequence[float], np.ndarray]:
    """The levels of an objective and the share of the picture between them: (k,), (k + 1,)."""
    grid = sampled(of, of.bounds.tolist())
    levels = calm_levels(grid.f, lowest(of))
    band = np.digitize(grid.f[np.isfinite(grid.f)], levels)
    return levels, np.bincount(band, minlength=len(levels) + 1) / band.size


@pytest.mark.parametrize("name", spread([*OF_TWO, *POLES], 12))
def test_no_level_breaks_into_beads_and_each_bounds_an_area(name: str) -> None:
    of = solved(name, iterations=0).objective
    grid = sampled(of, of.bounds.tolist())
    levels, share = shares(of)
    assert len(levels) >= 5
    assert share.min() >= LEAST_BAND
    # What is drawn has as many pieces as on a grid twice as fine, but where a pass or a pole is cut just so.
    finer = Sampled(of, of.bounds.tolist(), 2 * len(grid.x) - 1)
    assert np.abs(pieces(grid.f, levels) - pieces(finer.f, levels)).max() <= 4


def test_a_level_along_a_narrow_valley_is_seen_to_break() -> None:
    x = np.linspace(-1, 1, 241)
    valley = np.abs(x - 0.37 * x[:, np.newaxis] - 0.1)
    assert breaks(valley, np.array([0.001, 0.1])).tolist() == [True, False]


@pytest.mark.parametrize("name", spread(POLES, 3))
def test_levels_are_not_wasted_on_poles(name: str) -> None:
    _, share = shares(solved(name, iterations=0).objective)
    assert share.max() < 0.4  # of sixteen levels
    assert np.median(share) >= 0.02


def test_a_hole_in_a_plain_has_levels_and_the_rounding_of_the_plain_none() -> None:
    of = objective("easom", {})
    levels, _ = shares(of)
    assert -1 < levels[0] < -0.7
    assert levels[-1] < -1e-3
