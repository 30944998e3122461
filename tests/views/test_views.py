"""Layouts by the extents of their artists: nothing clipped, nothing over something else, limits as asked."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.extents import at_last_frame, lines_of, live, overlap, readable
from support.problems import scene_of, solved

from gdanim.catalogue.registry import presets
from gdanim.drawing.ends import nice_limits
from gdanim.drawing.layout import READOUT_PT
from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.raster import Raster
from gdanim.settings import from_saved

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from gdanim.drawing.scene import Scene


def preset(name: str, **options: Any) -> dict[str, Any]:
    saved = tomllib.loads(presets()[name].read_text(encoding="utf-8"))
    return {**from_saved(saved, source=name), **options}


def test_the_parabola_preset_has_the_limits_labels_and_shares_of_the_notebook() -> None:
    with scene_of(solved(**preset("parabola"))) as scene:
        assert Raster(scene).size == (1152, 864)
        curve, x, y = scene.figure.axes
        limits = [(axes.get_xlim(), axes.get_ylim()) for axes in (curve, x, y)]
        assert limits == [((-6, 6), (-0.05, 40)), ((0, 25), (0, 5)), ((0, 25), (0, 25))]
        labels = [(axes.get_xlabel(), axes.get_ylabel()) for axes in (curve, x, y)]
        assert labels == [("$x$", "$f(x)$"), ("Iteration", "$x$"), ("Iteration", "$f(x)$")]
        # The curve and its labels have two thirds of the width, the two panels the last third, one above the other.
        assert 0.6 < curve.get_position().x1 < 2 / 3 < x.get_position().x0
        assert x.get_position().x0 == y.get_position().x0
        assert x.get_position().y0 > y.get_position().y1
        assert scene.timeline.frames == 26
        assert np.diff(scene.timeline.end_s)[:-1] == pytest.approx(0.1)
        assert not lines_of(scene)


def test_the_double_well_preset_has_the_limits_of_the_notebook() -> None:
    descent = solved(**preset("double-well"))
    with scene_of(descent) as scene:
        assert Raster(scene).size == (460, 345)
        (axes,) = scene.figure.axes
        assert (axes.get_xlim(), axes.get_ylim()) == ((-6, 6), (-1, 300))
        x = axes.get_lines()[0].get_xdata()
        assert (min(x), max(x)) == (-6, 6)
        assert axes.xaxis.get_gridlines()[0].get_visible()
        assert scene.timeline.in_turn
        assert scene.timeline.frames == 26 * descent.trajectory.runs
        assert np.diff(scene.timeline.end_s)[:-1] == pytest.approx(0.07)


def curve_of(axes: Axes) -> tuple[np.ndarray, np.ndarray]:
    line = axes.get_lines()[0]
    return np.asarray(line.get_xdata()), np.asarray(line.get_ydata())


def test_the_curve_is_the_function() -> None:
    with scene_of(solved("double_well", iterations=0)) as scene:
        x, y = curve_of(scene.figure.axes[0])
        drawn = np.isfinite(y)
        assert drawn.mean() > 0.9
        np.testing.assert_allclose(y[drawn], ((x**2 - 9) ** 2 + 2 * x + 6)[drawn], rtol=1e-12)


def test_limits_that_are_asked_for_are_kept() -> None:
    with scene_of(solved("parabola", iterations=1, xlim="-1.5,20", ylim="3,7")) as scene:
        axes = scene.figure.axes[0]
        assert (axes.get_xlim(), axes.get_ylim()) == ((-1.5, 20), (3, 7))
        assert (curve_of(axes)[0].min(), curve_of(axes)[0].max()) == (-1.5, 20)


def test_nice_limits_stay_finite() -> None:
    for low, high in [(0.0, 1.7e308), (-1.7e308, 1.7e308), (-1.7e308, 0.0), (1e300, 1e301)]:
        bottom, top = nice_limits(low, high)
        assert -2e300 <= bottom < top <= 2e300


def readout(scene: Scene, frame: int) -> str:
    scene.update(frame)
    caption = next(mark for mark in scene.marks if isinstance(mark, Caption))  # notices come after it
    return "".join(text for text, _ in caption.pieces_at(scene.timeline.moment(frame))).replace("\u2007", " ")


def test_the_readout_says_iteration_x_f_rate_its_share_of_the_limit_and_in_the_end_what_became() -> None:
    # f = x² has λ = 2, so that 2/λ is 1; x shrinks by 0.8 with each iteration, and 0.8²¹ < 0.01 < 0.8²⁰.
    end = ["gd,", "lr", "0.1", "━" * 10, "10", "%", "of", "the", "stable", "limit"]
    with scene_of(solved("parabola", lr=0.1, iterations=25, size="1400x960", dpi=130)) as scene:
        assert readout(scene, 0).split() == ["iteration", "0", "x", "4.3000", "f(x)", "18.4900", *end]
        assert readout(scene, 1).split() == ["iteration", "1", "x", "3.4400", "f(x)", "11.8336", *end]
        told = ["arrived", "at", "k", "21,", "steadily", "down"]
        assert readout(scene, 25).split() == ["iteration", "25", "x", "0.0162", "f(x)", "2.64×10⁻⁴", *end, *told]
        assert "arrived" not in readout(scene, 20)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"lr": 0.1, "optimizer": ("adam",)}, "adam, lr 0.1"),
        ({"lr": 0.1, "optimizer": ("adam:beta1=0.5",)}, "adam, beta1 0.5, lr 0.1"),
        ({"lr": (0.1, 0.2)}, "gd"),
        ({"starts": 5, "lr": 0.1}, "gd, lr 0.1"),
        ({"starts": 5, "lr": 0.1, "schedule": ("cosine",)}, "gd, lr 0.1, cosine"),
        ({"starts": 5, "lr": (0.1, 0.2), "facet": "lr"}, "gd"),
        ({"starts": 2, "optimizer": ("gd", "adam"), "lr": 0.1, "order": "in-turn"}, "adam, lr 0.1"),
        ({"optimizer": ("gd", "adam"), "lr": 0.1}, None),  # the legend names them
    ],
)
def test_the_readout_names_the_method_and_the_rate_that_no_label_names(
    options: dict[str, Any], told: str | None
) -> None:
    descent = solved("parabola", iterations=9, size="1400x960", dpi=130, **options)
    with scene_of(descent) as scene:
        last = scene.timeline.frames - 1
        scene.update(last)
        lines = [mark.pieces_at(scene.timeline.moment(last)) for mark in lines_of(scene)]
    said = [part for line in lines for part in "".join(text for text, _ in line).replace("\u200a", "").split("    ")]
    assert [part.partition("  ")[0] for part in said if re.match("gd|adam", part)] == [told] * (told is not None)


def test_momentum_stands_against_its_own_limit() -> None:
    # 2(1 + μ)/λ = 1.8 with μ = 0.8 and λ = 2.
    with scene_of(
        solved("parabola", optimizer=("momentum:momentum=0.8",), lr=0.9, iterations=9, size="1000x480")
    ) as scene:
        assert re.search("lr 0.9 +━+ 50 %", readout(scene, 3))


@pytest.mark.parametrize("options", [{"optimizer": ("adam",)}, {"schedule": ("cosine",)}, {"function": "x**4"}])
def test_no_limit_is_named_where_there_is_none(options: dict[str, Any]) -> None:
    with scene_of(solved(**{"function": "parabola", "lr": 0.01, "iterations": 9, **options})) as scene:
        words = readout(scene, 3)
        assert "lr " in words
        assert "%" not in words


def test_a_rate_that_changes_is_that_of_the_step_that_led_here() -> None:
    descent = solved("parabola", lr=0.5, schedule=("cosine",), iterations=10)
    with scene_of(descent) as scene:
        assert f"lr {descent.trajectory.lr[0, 6]:.4f}" in readout(scene, 7)


def test_a_rate_that_nobody_knows_is_not_named() -> None:
    descent = solved("parabola", iterations=5)
    unknown = replace(descent.trajectory, lr=np.full((1, 5), np.nan))
    with scene_of(replace(descent, trajectory=unknown)) as scene:
        assert "lr" not in readout(scene, 2)
        assert "steadily down" in readout(scene, 5)


def test_a_zero_below_zero_reads_as_zero() -> None:
    with scene_of(solved("parabola", lr=0.1, start=-0.0, iterations=1)) as scene:
        assert readout(scene, 0).startswith("iteration 0    x 0.0000    f(x) 0.0000    gd, lr 0.1")


@pytest.mark.parametrize("family", ["monospace", "serif"])
def test_a_legend_in_the_font_of_a_style_has_room_for_its_labels(family: str, tmp_path: Path) -> None:
    style = tmp_path / "own.mplstyle"
    style.write_text(f"font.family: {family}\n", encoding="utf-8")
    rates = (0.001, 0.0123, 0.0234, 0.0345, 0.0456)
    with scene_of(solved("parabola", lr=rates, iterations=2, title="", style=str(style))) as scene:
        labels = [(text, box) for text, box in readable(at_last_frame(scene).scene) if text.startswith("lr")]
        assert len(labels) == len(rates)
        assert not any(overlap(one, other) for (_, one), (_, other) in combinations(labels, 2))
        for text, box in labels:
            set_by_matplotlib = scene.figure.text(0, 0, text, fontsize=READOUT_PT).get_window_extent()
            assert box.width == pytest.approx(set_by_matplotlib.width, abs=4)


@pytest.mark.parametrize(
    ("options", "drift_px"),
    [
        ({"lr": 0.95}, 0),
        ({"lr": 0.95, "size": "1152x864"}, 0),
        ({"lr": 1.05, "start": -4.3}, 0),
        ({"function": "double_well", "starts": 3, "order": "in-turn"}, 0),
        # Where a number goes over to an exponent, its e is up to a pixel narrower than a digit.
        ({"lr": 0.3, "size": "1152x864"}, 1),
    ],
)
def test_the_words_of_the_readout_stay_where_they_are(options: dict[str, Any], drift_px: int) -> None:
    with scene_of(solved(**{"iterations": 30, **options})) as scene:
        caption = next(mark for mark in scene.marks if isinstance(mark, Caption))
        places = []
        for frame in range(scene.timeline.frames):
            widths = [caption.lettering.width(text) for text, _ in caption.pieces_at(scene.timeline.moment(frame))]
            places.append(np.cumsum(widths))
        numbers = min(map(len, places))  # what became of the run comes behind them, once it has
        assert np.ptp([ends[:numbers] for ends in places], axis=0).max() <= drift_px


def test_the_readout_of_runs_together_counts_on_where_one_has_stopped() -> None:
    with scene_of(solved("quartic", lr=(0.01, 0.6), iterations=30)) as scene:
        assert [readout(scene, frame).split()[:2] for frame in (0, 29, 30)] == [
            ["iteration", k] for k in ("0", "29", "30")
        ]


@pytest.mark.parametrize("lr", [0.1, 1.05])
def test_what_is_told_costs_no_number_of_the_readout_but_the_limit(lr: float) -> None:
    def shown(width: int, *, verdict: bool) -> tuple[list[str], bool]:
        size = f"{width}x240"
        descent = solved("parabola", lr=lr, iterations=9, size=size, dpi=90, verdict=verdict)
        with scene_of(descent) as scene:
            words = " ".join(live(scene, 9))  # on one line or two
            told = bool(re.search("away|lost", words))
            return [sign for sign in ("iteration", "x ", "f(x)", " lr ") if sign in words], told

    for width in range(700, 239, -46):
        numbers, told = shown(width, verdict=True)
        assert told
        assert set(numbers) >= set(shown(width, verdict=False)[0])


def test_a_readout_that_finds_no_room_leaves_the_rate_out_first() -> None:
    with scene_of(solved("himmelblau", starts=12, order="in-turn", size="240x180", dpi=70, iterations=3)) as scene:
        words = readout(scene, 0)
        assert re.match(r"run 1 of 12\s+iteration 0\s+x", words)
        assert "lr" not in words
        assert "f(x" not in words


@pytest.mark.parametrize(("options", "count"), [({"readout": False}, 0), ({}, 1)])
def test_the_readout_can_be_left_out(options: dict[str, Any], count: int) -> None:
    with scene_of(solved("parabola", iterations=2, **options)) as scene:
        assert len(lines_of(scene)) == count


def test_a_title_is_drawn_as_it_is_written_and_none_where_it_is_empty() -> None:
    with scene_of(solved("parabola", iterations=0, title=r"$\frac{1}{$ & 100 %")) as scene:
        assert [text.get_text() for text in scene.figure.texts] == [r"$\frac{1}{$ & 100 %"]
        Raster(scene)
    with scene_of(solved("parabola", iterations=0, title="")) as scene:
        assert [text.get_text() for text in scene.figure.texts if text.get_text()] == []


def test_a_title_that_is_too_long_is_cut_to_the_width() -> None:
    with scene_of(solved("parabola", iterations=0, title="descent " * 60, size="320x240")) as scene:
        (title,) = scene.figure.texts
        assert title.get_text().startswith("descent descent")
        assert title.get_text().endswith("…")
        assert title.get_window_extent().x1 <= 320


@pytest.mark.parametrize(
    ("low", "high"),
    [(0, 4.3), (-46, 46), (0, 18.49), (1e-9, 3e-9), (1e6, 1e6 + 1), (5, 5), (0, 0), (-3, -1), (-1e99, 1e99)],
)
def test_nice_limits_hold_the_values_between_round_ends(low: float, high: float) -> None:
    bottom, top = nice_limits(low, high)
    assert bottom <= low <= high <= top
    assert bottom < top
    if high > low:
        assert top - bottom <= 3 * (high - low)
