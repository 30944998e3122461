"""Composition: in every view, style and size, nothing that is read is clipped or covered, and the paths stand out.

Texts are measured by their artists' extents, in a frame in the middle and in the last one. Every view meets usual and
larger type, and one size after another; a campaign has every case in every style and size.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_hex
from support.colours import contrast
from support.commandline import LONG, crossed
from support.extents import overlap, overlaps, readable
from support.problems import scene_of, solved

from gdanim.catalogue.registry import STYLES
from gdanim.catalogue.request import StyleChoice
from gdanim.drawing.grid import check_room
from gdanim.drawing.marks.starts import StartRings
from gdanim.drawing.marks.trails import Trail
from gdanim.drawing.styles import Style, load_style
from gdanim.errors import SettingError
from gdanim.settings import AUTO_STYLE
from gdanim.views import basins
from gdanim.views.ground.inks import soft_outline, tints
from gdanim.views.surface.camera import TOP
from gdanim.views.surface.view import _surface_colours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gdanim.descent.descend import Descent

OUTCOME = re.compile("arrived|away|lost|moving|bouncing|saddle|flat place|stalled")
PATHS = 10  # the place of trails in the order of drawing
RATES = (0.05, 0.1, 0.2, 0.4, 0.5, 0.8, 0.95, 1.02345, 1.05)
METHODS = ("gd", "momentum", "rmsprop", "adam", "lbfgs", "newton")
TITLE = "Gradient descent on a parabola with a rate that is almost, but not quite, too large for it to settle"

CASES: dict[str, dict[str, Any]] = {
    "curve": {"title": TITLE},
    "curve, diverging": {"lr": 1.05},
    "curve, rates": {"lr": RATES[-5:]},
    "curve, in turn": {"function": "double_well", "starts": 3, "order": "in-turn"},
    "curve, basins": {"function": "double_well", "basins": True},
    "curve, explained": {"explain": True, "lr": 0.9},
    "panels": {"view": "panels"},
    "panels of two variables": {"function": "himmelblau", "view": "panels", "optimizer": METHODS[:3]},
    "panels, explained": {"function": "himmelblau", "view": "panels", "explain": True},
    "facets": {"lr": RATES[:1] + RATES[-3:], "facet": "lr"},
    "facets, many": {"lr": RATES, "facet": "lr"},
    "facets of two variables": {"function": "rosenbrock", "optimizer": METHODS[:4], "facet": "optimizer"},
    "contour, race": {"function": "rosenbrock", "optimizer": METHODS},
    "contour, long formula": {"function": "goldstein_price"},
    "contour, basins": {"function": "himmelblau", "basins": True},
    "contour, explained": {"function": "himmelblau", "explain": True},
    "fit": {"function": "linear", "lr": (0.05, 0.6)},
    "fit of classes": {"function": "logistic", "optimizer": METHODS[:2]},
    "fit, explained": {"function": "linear", "explain": True},
    "surface": {"function": "rosenbrock", "view": "surface", "optimizer": METHODS[:3]},
    "surface, turning": {"function": "himmelblau", "view": "surface", "turn": 70.0},
    "curve, two dozen rates": {"lr": tuple(0.01 * k for k in range(1, 29)), "iterations": 12},
    "panels, diverging": {"view": "panels", "lr": 1.05, "iterations": 12},
    "panels, starts": {"function": "double_well", "starts": 4, "view": "panels", "iterations": 12},
    "contour": {"function": "rosenbrock", "iterations": 12},
    "contour, in turn": {"function": "himmelblau", "starts": 12, "order": "in-turn", "iterations": 12},
    "contour, long title": {"function": "goldstein_price", "lr": (0.00005, 0.01), "iterations": 12},
}
PANELS = {"facets": 4, "facets, many": 9, "facets of two variables": 4}
SIZES = ("240x180", "480x270", "1080x1920", "640x480", "240x426", "3840x2160", "320x240", "1680x720")
LARGER = "slides"  # the style in larger type
WATCHED = [style for style in STYLES if style != AUTO_STYLE]  # which draws frames as light does


def watched() -> Iterator[tuple[str, str, str]]:
    """Every case in larger type or in one of the other styles, by turns, in one of the sizes that have room.

    In all styles and all of the sizes if LONG.
    """
    others = [style for style in WATCHED if style != LARGER]
    for place, case in enumerate(CASES):
        sizes = [size for size in SIZES if has_room(case, size)]
        style = LARGER if place % 2 else others[place // 2 % len(others)]
        yield from product([case], *((WATCHED, sizes) if LONG else ([style], [sizes[place % len(sizes)]])))


def has_room(case: str, size: str) -> bool:
    with suppress(SettingError):
        check_room(PANELS.get(case, 1), pixels(size))
        return True
    return False


def pixels(size: str) -> tuple[int, int]:
    width, height = size.split("x")
    return int(width), int(height)


@cache
def descended(case: str) -> Descent:
    return solved(**{"iterations": 5, **CASES[case]})


def test_every_case_style_and_size_is_met_and_both_sizes_of_type_in_every_view() -> None:
    met = list(watched())
    # Of what stands where, styles set the size of the type alone, and whether axes are boxed.
    assert {load_style(style).scale for style in WATCHED if style != LARGER} == {1.0} != {load_style(LARGER).scale}
    assert {case for case, _, _ in met} == set(CASES)
    kinds = {re.split("[, ]", case)[0] for case in CASES}
    assert {(re.split("[, ]", case)[0], style == LARGER) for case, style, _ in met} == set(
        product(kinds, (False, True))
    )
    assert {style for _, style, _ in met} == set(WATCHED)
    assert {size for _, _, size in met} == set(SIZES)


@pytest.mark.parametrize(("case", "style", "size"), list(watched()))
def test_no_text_is_clipped_or_overlaps_another_and_the_axes_have_room(case: str, style: str, size: str) -> None:
    descent = descended(case)
    width, height = pixels(size)
    settings = replace(descent.settings, style=style, size=(width, height))
    with scene_of(replace(descent, settings=settings, style=StyleChoice(style))) as scene:
        last = scene.timeline.frames - 1
        for frame in (last // 2, last):
            scene.update(frame)
            shown = readable(scene)
            assert len(shown) >= 5
            for text, box in shown:
                assert min(box.x0, box.y0, width - box.x1, height - box.y1) >= 0, (text, box)
            assert overlaps(shown) == []
        # Who sees nothing but the last frame knows where each run began, and what became of it.
        assert any(OUTCOME.search(text) for text, _ in shown)
        assert any(type(mark) is StartRings for mark in scene.marks)
        boxes = [axes.get_window_extent() for axes in scene.figure.axes]
        assert sum(box.width * box.height for box in boxes) >= 0.25 * width * height
        assert case in PANELS or min(box.width / width for box in boxes) > 0.1
        assert case in PANELS or min(box.height / height for box in boxes) > 0.1
        assert not any(overlap(one, other) for one, other in combinations(boxes, 2))


def test_the_measure_sees_a_text_over_another_and_one_that_is_cut_off() -> None:
    with scene_of(solved(size="320x240", iterations=2)) as scene:
        scene.update(2)
        label = scene.figure.axes[0].yaxis.label
        label.set_text("much too long a label, which does not stay in so small a picture")
        scene.figure.text(0.5, 0.5, "one")
        scene.figure.text(0.51, 0.51, "other")
        shown = readable(scene)
    assert ("one", "other") in overlaps(shown)
    assert min(box.y0 for text, box in shown if text == label.get_text()) < 0


@pytest.fixture(params=STYLES)
def style(request: pytest.FixtureRequest) -> Style:
    return load_style(request.param)


def colours(shades: NDArray[np.float64]) -> set[str]:
    return {to_hex(shade) for shade in shades.reshape(-1, shades.shape[-1])}


def test_the_line_around_a_path_stands_out_from_all_basins(style: Style) -> None:
    palette = basins.basin_colours(style)
    assert (
        min(contrast(soft_outline(style), tint) for tint in (*palette.tints, *palette.unsettled, *palette.stripes)) >= 3
    )


def test_the_halo_of_a_path_stands_out_from_every_level_or_the_line_around_it(style: Style) -> None:
    for tint in colours(tints(style)(np.linspace(0, 1, 64))):
        assert max(contrast(soft_outline(style), tint), contrast(style.background, tint)) >= 3, tint


def test_the_halo_of_a_path_stands_out_from_a_surface_in_any_light_or_the_line_around_it(style: Style) -> None:
    height, light = np.meshgrid(np.linspace(0, TOP, 17), np.linspace(-1, 1, 17))
    for tint in colours(_surface_colours(style, None).lit(height, light)):
        assert max(contrast(style.text, tint), contrast(style.background, tint)) >= 3, tint


@pytest.mark.parametrize("cmap", ["viridis", "cividis", "magma", "plasma", "gray", "coolwarm"])
def test_on_a_map_of_any_colours_the_casing_stands_out_or_the_line_around_it(style: Style, cmap: str) -> None:
    for tint in colours(colormaps[cmap](np.linspace(0, 1, 64))):
        assert max(contrast(style.text, tint), contrast(style.background, tint)) >= 3, tint


OVER_COLOURS: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "soft"),
    ({"basins": True}, "soft"),
    ({"view": "panels"}, "soft"),
    ({"optimizer": METHODS}, "soft"),
    ({"lr": (0.001, 0.002), "facet": "lr"}, "soft"),
    ({"cmap": "viridis"}, "text"),
    ({"view": "surface"}, "text"),
    ({"view": "surface", "cmap": "viridis"}, "text"),
)


@pytest.mark.parametrize(("name", "case"), crossed(STYLES, OVER_COLOURS))
def test_every_path_over_coloured_ground_has_a_line_around_it(name: str, case: tuple[dict[str, Any], str]) -> None:
    style, (options, ink) = load_style(name), case
    descent = solved("himmelblau", iterations=3, size="320x240", style=style.name, **options)
    with scene_of(descent) as scene:
        # Those of the panels beside stand on the background.
        above = [mark for mark in scene.marks if isinstance(mark, Trail) and mark.get_zorder() == PATHS]
        cased = [(place, mark) for place, mark in enumerate(above) if mark.halo]
        assert cased
        for place, mark in cased:
            line = above[place - 1]
            assert {run_style.colour for run_style in line.run_styles} == {
                soft_outline(style) if ink == "soft" else style.text
            }
            assert line.track is mark.track
            assert line.width_pt > mark.width_pt + 2 * mark.HALO_PT
            assert contrast(style.background, mark.run_styles[0].colour) >= 3
