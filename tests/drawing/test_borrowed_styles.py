"""Styles of matplotlib, of files and on top of one another: what cannot be read or told apart is mended."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.style import available
from support.colours import TOLD_APART, VISION, contrast, seen

from gdanim.catalogue.registry import STYLES
from gdanim.drawing.layout import Layout
from gdanim.drawing.styles import DARK, LIGHT, NOTEBOOK, SLIDES, Style, load_style
from gdanim.settings import Settings
from gdanim.views.ground.inks import soft_outline, tints

if TYPE_CHECKING:
    from pathlib import Path

OFF_CURVE, BESIDE_CURVE = 2 * TOLD_APART, TOLD_APART / 2

each_borrowed = pytest.mark.parametrize("name", ["default", *available])


def apart(one: str, other: str) -> float:
    """ΔE76, to the reader who sees the least of it."""
    return min(float(np.linalg.norm(seen(one, vision) - seen(other, vision))) for vision in VISION)


@each_borrowed
def test_runs_in_a_style_of_matplotlib_are_told_apart_by_every_reader_and_from_the_curve(name: str) -> None:
    style = load_style(name)
    assert len(style.runs) >= (2 if style.greyscale else 8)
    for one, other in combinations(style.runs, 2):
        assert apart(one, other) >= TOLD_APART, (one, other)
    assert min(apart(colour, style.function) for colour in style.runs) >= BESIDE_CURVE
    assert all(contrast(colour, style.background) >= 3 for colour in (style.function, *style.runs))


@each_borrowed
def test_a_single_run_in_a_style_of_matplotlib_stands_out_from_its_curve(name: str) -> None:
    style = load_style(name)
    assert apart(style.trail, style.function) >= OFF_CURVE
    assert contrast(style.trail, style.background) >= 3


@each_borrowed
def test_text_in_a_style_of_matplotlib_can_be_read(name: str) -> None:
    style = load_style(name)
    assert min(contrast(style.text, style.background), contrast(style.muted, style.background)) >= 4.5


@each_borrowed
def test_the_grid_of_a_style_of_matplotlib_is_seen_and_is_quieter_than_what_is_watched(name: str) -> None:
    style = load_style(name)
    watched = min(contrast(colour, style.background) for colour in (style.trail, style.function, *style.runs))
    assert 1.05 < contrast(style.grid, style.background) < watched / 1.5


def test_a_grey_trail_on_a_grey_curve_is_given_another_colour() -> None:
    assert load_style("ggplot").function == "#555555"
    assert load_style("ggplot").trail == "#e24a33"  # the first colour of its cycle, not the grey that is fourth


def test_colours_that_are_told_apart_stay_as_a_style_has_them(tmp_path: Path) -> None:
    chosen = ["0072b2", "009e73", "d55e00", "cc79a7"]
    file = tmp_path / "mine.mplstyle"
    file.write_text(f"axes.prop_cycle: cycler('color', {chosen})\n")
    assert list(load_style(str(file)).runs[:4]) == [f"#{colour}" for colour in chosen]


def test_a_grey_style_stays_grey() -> None:
    style = load_style("grayscale")
    assert style.greyscale
    assert all(colour[1:3] == colour[3:5] == colour[5:] for colour in (*style.runs, style.trail))


@pytest.mark.parametrize(("text", "drawn"), [("axes.grid: False", False), ("axes.grid: True", True), ("", True)])
def test_a_style_without_a_grid_has_none(text: str, *, drawn: bool, tmp_path: Path) -> None:
    file = tmp_path / "mine.mplstyle"
    file.write_text(f"text.color: 202020\n{text}\n")
    layout = Layout.open(Settings(function="parabola"), load_style(str(file)))
    axes = layout.axes(xlabel="x", ylabel="y", xlim=(0, 1), ylim=(0, 1))
    assert axes.xaxis.get_gridlines()[0].get_visible() == drawn


# --- one on top of another --------------------------------------------------------------------------------------------


def colours(style: Style) -> dict[str, object]:
    """All that a style says of colours."""
    return {
        role: getattr(style, role)
        for role in Style.__dataclass_fields__
        if role not in ("name", "rc", "scale", "boxed", "gridded", "greyscale")
    }


@each_borrowed
def test_the_halo_of_a_path_or_the_line_around_it_stands_out_from_every_level(name: str) -> None:
    assert_outlined(load_style(name))


@pytest.mark.parametrize(("text", "background"), [("586e75", "eee8d5"), ("777777", "ffffff"), ("8899aa", "101820")])
def test_so_it_does_where_the_text_of_a_style_is_pale(tmp_path: Path, text: str, background: str) -> None:
    file = tmp_path / "pale.mplstyle"
    file.write_text(f"text.color: {text}\nfigure.facecolor: {background}\naxes.facecolor: {background}\n")
    assert_outlined(load_style(str(file)))


def assert_outlined(style: Style) -> None:
    outline, ramp = soft_outline(style), tints(style)
    for share in np.linspace(0, 1, 64):
        fill = to_hex(ramp(share))
        assert max(contrast(outline, fill), contrast(style.background, fill)) >= 3, fill


def test_the_scale_of_one_style_and_the_colours_of_the_next_are_both_heeded() -> None:
    both = load_style("slides", "dark")
    assert both.scale == SLIDES.scale
    assert colours(both) == colours(DARK)


@pytest.mark.parametrize("order", [("dark", "slides"), ("slides", "dark")])
def test_large_type_on_a_dark_page_is_light(order: tuple[str, str]) -> None:
    style = load_style(*order)
    assert (style.scale, style.background) == (SLIDES.scale, DARK.background)
    assert contrast(style.text, style.background) >= 7


def test_of_two_styles_that_set_the_same_the_later_wins() -> None:
    assert colours(load_style("dark", "light")) == colours(LIGHT)
    assert colours(load_style("light", "dark")) == colours(DARK)
    assert load_style("dark", "ggplot").background == load_style("ggplot").background
    assert load_style("ggplot", "dark").background == DARK.background


def test_what_the_later_style_leaves_open_stays(tmp_path: Path) -> None:
    file = tmp_path / "mine.mplstyle"
    file.write_text("axes.edgecolor: 445566\nfont.family: serif\n")
    style = load_style("dark", str(file))
    assert style.line == "#445566"
    assert style.rc["font.family"] == ["serif"]
    assert {role: value for role, value in colours(style).items() if role != "line"} == {
        role: value for role, value in colours(DARK).items() if role != "line"
    }


def test_the_box_of_a_notebook_stays_under_other_colours() -> None:
    style = load_style("notebook", "dark")
    assert (style.boxed, style.gridded, style.background) == (True, False, DARK.background)
    assert load_style("dark", "notebook").boxed
    assert load_style("light", "notebook").function == NOTEBOOK.function


@pytest.mark.parametrize(
    "pair", list(combinations([*STYLES, "ggplot", "dark_background", "grayscale"], 2)), ids=" ".join
)
@pytest.mark.parametrize("step", [1, -1], ids=["", "reversed"])
def test_any_two_styles_together_can_be_read_and_told_apart(pair: tuple[str, str], step: int) -> None:
    style = load_style(*pair[::step])
    assert min(contrast(style.text, style.background), contrast(style.muted, style.background)) >= 4.5
    assert min(apart(one, other) for one, other in combinations(style.runs, 2)) >= TOLD_APART
    assert apart(style.trail, style.function) >= OFF_CURVE
