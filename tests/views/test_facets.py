"""Facets: a panel for each value, all alike and in line, each titled with what its runs did."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.image import AxesImage
from support.commandline import LONG, crossed
from support.extents import at_last_frame, lines_of, live, overlaps, readable
from support.problems import check_against_redraw, scene_of, solved

from gdanim.cli.summary import records
from gdanim.drawing.grid import LEAST_HEIGHT, LEAST_WIDTH, check_room, choose
from gdanim.drawing.layout import LEAST_PX, Layout
from gdanim.drawing.marks.spots import Spots
from gdanim.drawing.marks.trails import RunsMark
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import LIGHT
from gdanim.errors import SettingError
from gdanim.views.contour import Contour
from gdanim.views.facet_groups import group_runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from gdanim.descent.descend import Descent
    from gdanim.drawing.scene import Scene

RATES = (0.05, 0.5, 0.95, 1.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 1.02345)
METHODS = (
    *("gd", "momentum", "nesterov", "rmsprop", "adam", "amsgrad"),
    *("lion", "newton", "adagrad", "adadelta", "nadam", "lbfgs"),
)
SIZES = ["320x240", "480x360", "640x480", "960x540", "1280x720", "540x960"]
FITTING = {2: SIZES, 3: SIZES, 4: SIZES, 5: SIZES[1:], 6: SIZES[1:], 8: SIZES[1:], 9: SIZES[1:], 12: SIZES[2:]}


def rates(count: int = 4, **options: Any) -> Descent:
    return solved(**{"function": "parabola", "lr": RATES[:count], "facet": "lr", "iterations": 12, **options})


def race(count: int, **options: Any) -> Descent:
    chosen = {"function": "rosenbrock", "optimizer": METHODS[:count], "facet": "optimizer"}
    return solved(**{**chosen, "iterations": 8, **options})


def words(scene: Scene) -> list[str]:
    return [text.get_text() for text in scene.figure.texts if text.get_text()]


def runs_in(axes: Axes, scene: Scene) -> list[int]:
    marks = [mark for mark in scene.marks if mark.axes is axes]
    (runs,) = {tuple(mark.runs.tolist()) for mark in marks if mark.runs is not None}
    return list(runs)


@pytest.mark.parametrize(
    ("make", "count", "aspect"), crossed([rates, race], [2, 5, 12], ["auto", "free", "auto", "free"])
)
def test_all_panels_have_the_limits_of_the_picture_without_facets(make: Any, count: int, aspect: str) -> None:
    descent = make(count)
    descent = replace(descent, settings=replace(descent.settings, aspect=aspect))
    with scene_of(replace(descent, settings=replace(descent.settings, facet=None))) as whole:
        (expected,) = [(axes.get_xlim(), axes.get_ylim()) for axes in whole.figure.axes]
    with scene_of(descent) as scene:
        found = [(axes.get_xlim(), axes.get_ylim()) for axes in scene.figure.axes]
    assert found == [found[0]] * count
    if aspect == "free" or descent.objective.dim == 1:
        assert found[0] == expected
    # Equal axes show more where a panel has room.
    if descent.objective.dim == 2:
        (low, high), (least, most) = np.transpose(found[0]), descent.objective.bounds.T
        assert (low <= least).all()
        assert (high >= most).all()


def laid_out() -> Iterator[tuple[Any, int, str]]:
    """Every number of panels in a quarter of the sizes that have room, of rates and races in turns; in all if LONG."""
    for turn, (count, sizes) in enumerate(FITTING.items()):
        for place, size in enumerate(sizes):
            makes = (rates, race) if LONG else ((rates, race)[turn % 2],) if (turn + place) % 4 == 1 else ()
            yield from [(make, count, size) for make in makes]


def test_every_number_of_panels_and_every_size_is_met() -> None:
    makes, counts, sizes = (set(met) for met in zip(*laid_out(), strict=True))
    assert (makes, counts, sizes) == ({rates, race}, set(FITTING), set(SIZES))


@pytest.mark.parametrize(("make", "count", "size"), list(laid_out()))
def test_panels_stand_in_line_and_no_text_is_clipped_or_overlaps_another(make: Any, count: int, size: str) -> None:
    with scene_of(make(count, size=size)) as scene:
        width, height = at_last_frame(scene).size
        boxes = [axes.get_window_extent() for axes in scene.figure.axes]
        assert len({(round(box.width, 6), round(box.height, 6)) for box in boxes}) == 1
        lefts, bottoms = ({round(edge, 6) for edge in edges} for edges in zip(*(box.min for box in boxes), strict=True))
        assert len(lefts) * (len(bottoms) - 1) < count <= len(lefts) * len(bottoms)
        assert all(abs(edge - round(edge)) < 1e-6 for edge in (*lefts, *bottoms))
        shown = readable(scene)
        for text, box in shown:
            assert min(box.x0, box.y0, width - box.x1, height - box.y1) >= 0, (text, box)
        assert overlaps(shown) == []
    if make is race:  # axes of one scale leave room free that others fill
        with scene_of(make(count, size=size, aspect="free")) as scene:
            boxes = [axes.get_window_extent() for axes in scene.figure.axes]
    assert sum(box.width * box.height for box in boxes) >= 0.25 * width * height


def test_only_the_left_column_and_the_lowest_panel_of_each_column_have_numbers_and_labels() -> None:
    with scene_of(rates(5, size="640x480")) as scene:
        Raster(scene)
        numbers = [
            tuple(
                any(tick.label1.get_visible() for tick in axis.get_major_ticks()) for axis in (axes.xaxis, axes.yaxis)
            )
            for axes in scene.figure.axes
        ]
        named = [(bool(axes.get_xlabel()), bool(axes.get_ylabel())) for axes in scene.figure.axes]
    # Three columns; below the third panel there is a gap.
    expected = [(False, True), (False, False), (True, False), (True, True), (True, False)]
    assert numbers == expected
    assert named == expected


def test_a_title_says_value_share_of_the_limit_and_in_the_end_what_became_of_the_run() -> None:
    # f = x² has λ = 2, so that 2/λ is 1. Gradient descent goes x ← (1 − 2lr)x: it turns back above a rate of 1/2.
    with scene_of(rates(3, size="1600x720", title="", readout=False)) as scene:
        assert words(scene) == [
            "lr 0.05",
            "5 % of stable limit",
            "lr 0.5",
            "50 % of stable limit",
            "lr 0.95",
            "95 % of stable limit",
        ]
    with scene_of(rates(4, size="1280x720", title="", readout=False)) as scene:
        told = live(scene, 12)
    away = [4.3 * (1 - 2 * lr) ** 12 for lr in (0.05, 0.95)]
    assert told == [
        f"{away[0]:.3g} away, steadily down, f {away[0] ** 2:.3g}",
        "arrived at k 1, steadily down, f 0",
        f"{away[1]:.3g} away, bouncing, f {away[1] ** 2:.3g}",
        "lost at 4: each step overshoots (lr 1.05, limit 1)",
    ]


def test_titles_tell_what_became_of_the_runs_as_json_does() -> None:
    descent = race(12, size="1280x720", title="", readout=False)
    with scene_of(descent) as scene:
        assert [word for word in words(scene) if word in METHODS] == list(METHODS)
        told = live(scene, 8)
    assert len(told) == 12
    for text, run in zip(told, records(descent), strict=True):
        assert run["verdict"].replace("-", "−").startswith(text.partition(", f ")[0])


def test_a_panel_of_several_runs_counts_those_that_arrived() -> None:
    descent = solved("double_well", lr=(0.001, 0.02), start=[4.0, 1.0, -4.0], facet="lr", iterations=30, title="")
    with scene_of(descent) as scene:
        told = live(scene, 30)[:2]
    for text, lr in zip(told, (0.001, 0.02), strict=True):
        outcomes = [run["outcome"] for run in records(descent) if run["lr"] == lr]
        assert text.startswith(f"{outcomes.count('arrived')} of 3 arrived")


def test_where_room_is_short_the_limit_goes_first_and_then_what_is_told_gets_a_line_of_its_own() -> None:
    def shown(size: str, dpi: int) -> tuple[bool, int]:
        with scene_of(rates(3, size=size, title="", readout=False, dpi=dpi)) as scene:
            titles = [text for text in scene.figure.texts if text.get_text()]
            lines = {round(text.get_position()[1]) for text in titles}
            lines |= {round(line.at[1]) for line in lines_of(scene)}
            return any("%" in text.get_text() for text in titles), len(lines)

    forms = [shown(size, dpi) for size, dpi in (("1400x400", 110), ("1000x250", 110), ("500x400", 130))]
    assert forms == [(True, 1), (False, 1), (False, 2)]
    assert shown("1000x400", 110) == (True, 2)  # a high panel has a line more for it


def test_a_share_of_the_limit_stands_behind_its_bar_where_all_panels_have_room() -> None:
    with scene_of(rates(4, size="640x420")) as scene:
        written = [text for text in scene.figure.texts if set(text.get_text()) & set("━╸╋")]
        shares = [text for text in scene.figure.texts if "stable limit" in text.get_text()]
        at = [(text, text.get_window_extent()) for text in written]
        bars = []
        for share in shares:
            box = share.get_window_extent()
            own = [text.get_text() for text, bar in at if abs(bar.y0 - box.y0) < 8 and 0 < box.x0 - bar.x0 < 150]
            bars.append("".join(own))
    # 5, 50, 95 and 105 % of 2/λ = 1: ten cells are the limit.
    assert bars == ["╸━━━━━━━━━", "━" * 10, "━━━━━━━━━╸", "━━━━━━━━━━╋━"]


def test_every_run_is_in_one_panel_and_goes_there_where_it_went() -> None:
    descent = solved("himmelblau", lr=(0.01, 0.02), start=((0, 0), (-4, 4), (1, 1)), facet="start", iterations=6)
    with scene_of(descent) as scene:
        shown = [runs_in(axes, scene) for axes in scene.figure.axes]
        assert shown == [[0, 3], [1, 4], [2, 5]]
        for mark in scene.marks:
            if isinstance(mark, RunsMark) and mark.runs is not None:
                np.testing.assert_array_equal(mark.track.points, descent.trajectory.x[mark.runs])


@pytest.mark.parametrize(
    ("facet", "values"),
    [
        ("lr", {"lr 0.1": 4, "lr 0.9": 4}),
        ("optimizer", {"gd": 4, "adam, beta1 0.5": 4}),
        ("start", {"start 3": 4, "start −1": 4}),
    ],
)
def test_runs_are_parted_by_any_of_their_traits(facet: str, values: dict[str, int]) -> None:
    descent = solved(
        "parabola", lr=(0.1, 0.9), optimizer=("gd", "adam:beta1=0.5"), start=[3, -1], facet=facet, iterations=3
    )
    assert {part.value: len(part.runs) for part in group_runs(descent, LIGHT)} == values


def test_a_scheduled_run_is_called_by_its_base_rate_though_it_begins_below() -> None:
    options: dict[str, Any] = {"lr": (0.2, 0.4), "schedule": ("warmup", "constant"), "iterations": 4}
    by_rate = group_runs(solved("parabola", facet="lr", **options), LIGHT)
    assert {part.value: part.runs.tolist() for part in by_rate} == {"lr 0.2": [0, 2], "lr 0.4": [1, 3]}
    by_plan = group_runs(solved("parabola", facet="schedule", **options), LIGHT)
    assert [part.runs.tolist() for part in by_plan] == [[0, 1], [2, 3]]
    assert [[run.label for run in part.descent.runs] for part in by_plan] == [["lr 0.2", "lr 0.4"]] * 2


def test_a_legend_names_what_the_titles_do_not_and_a_label_looks_the_same_in_all_panels() -> None:
    descent = solved("himmelblau", lr=(0.01, 0.02), start=((0, 0), (-4, 4)), facet="lr", iterations=6, title="")
    with scene_of(descent) as scene:
        assert [text for text in live(scene, 6) if text.startswith("start")] == ["start 0, 0", "start −4, 4"]
        spots = [mark for mark in run_marks(scene) if isinstance(mark, Spots)]
        looks = [
            [(run_style.colour, run_style.shape, run_style.runs.tolist()) for run_style in mark.run_styles]
            for mark in spots
        ]
        assert len(looks) == 2
        assert all(look == looks[0] for look in looks)
        assert len({colour for colour, _, _ in looks[0]}) == 2


def test_runs_that_are_alone_in_their_panels_have_the_colour_of_the_trail_and_need_no_legend() -> None:
    with scene_of(rates(4)) as scene:
        assert {run_style.colour for mark in run_marks(scene) for run_style in mark.run_styles} == {LIGHT.trail}
        assert not any("start" in text for text in (*words(scene), *live(scene, 12)))


def run_marks(scene: Scene) -> list[RunsMark]:
    return [mark for mark in scene.marks if isinstance(mark, RunsMark)]


CASES: dict[str, dict[str, Any]] = {
    "rates": {"lr": (0.1, 0.95, 1.05)},
    "rates and starts": {"lr": (0.1, 1.05), "start": [4, -3]},
    "dark": {"lr": (0.1, 0.5, 0.95, 1.05), "style": "dark", "size": "480x360"},
    "in turn": {"lr": (0.3, 1.02), "starts": 3, "order": "in-turn"},
    "tween and arrows": {"lr": (0.1, 1.05), "tween": 3, "arrows": "step"},
    "bare": {"lr": (0.3, 1.02), "size": "200x240"},
    "contour": {"function": "himmelblau", "optimizer": ("gd", "adam", "lion"), "facet": "optimizer", "size": "500x240"},
}


@pytest.mark.parametrize("case", CASES)
def test_composed_boxes_equal_a_full_redraw(case: str) -> None:
    options = {"function": "parabola", "facet": "lr", "size": "480x240", "iterations": 6, **CASES[case]}
    with scene_of(solved(**options)) as scene:
        check_against_redraw(scene)


def test_all_panels_play_at_once() -> None:
    with scene_of(rates(4, order="in-turn", starts=3)) as scene:
        assert scene.timeline.frames == 13
        assert scene.timeline.moment(0).visible.tolist() == list(range(12))


def test_the_shared_ground_is_the_one_that_would_be_painted_in_every_panel() -> None:
    # Parts of 512 are exact in floats, so that every panel has the same lines to the last bit.
    descent = race(3, size="512x1024", readout=False)
    with scene_of(descent) as scene:
        shared = canvas(scene)
        plot = Contour(descent=descent)
        for axes in scene.figure.axes:
            (image,) = [artist for artist in axes.get_children() if isinstance(artist, AxesImage)]
            image.remove()
            plot.paint_background(Layout(figure=scene.figure, style=LIGHT, width=512, height=1024), axes, 0)
        painted = canvas(scene)
        for axes in scene.figure.axes:
            box = axes.get_window_extent()
            # Along the edge, lines that are cut off are drawn to their end.
            inside = (
                slice(1024 - round(box.y1) + 2, 1024 - round(box.y0) - 2),
                slice(round(box.x0) + 2, round(box.x1) - 2),
            )
            assert np.ptp(painted[inside]) > 30
            # A shade that lies halfway between two of 255 is rounded to either of them.
            apart = np.abs(shared[inside].astype(int) - painted[inside]).max(axis=-1)
            assert apart.max() <= 1
            assert np.count_nonzero(apart) <= 3


def test_the_shared_ground_is_laid_into_its_panels_pixel_by_pixel() -> None:
    # Sampling takes 66 bytes for each pixel of a picture: 2 GB at 8192×8192.
    with patch("matplotlib.image._image.resample", side_effect=AssertionError), scene_of(race(3)) as scene:
        assert np.ptp(canvas(scene)) > 30


def canvas(scene: Scene) -> NDArray[np.uint8]:
    raster = Raster(scene)
    return next(iter(raster.frames())).pixels.copy()


@pytest.mark.parametrize("view", ["panels"])
def test_a_view_of_several_axes_is_refused(view: str) -> None:
    with pytest.raises(SettingError, match="--facet 'lr': multiplies views of one axes"), scene_of(rates(3, view=view)):
        pass


def test_a_picture_too_small_names_a_size_that_is_not() -> None:
    said = "--size '480x300': has no room for 12 panels of 160x120 pixels; 640x400 has"
    with pytest.raises(SettingError) as refused, scene_of(rates(12, size="480x300")):
        pass
    assert str(refused.value) == said
    with scene_of(rates(12, size="640x400")) as scene:
        assert len(scene.figure.axes) == 12


@given(
    count=st.integers(1, 40),
    width=st.integers(64, 3840),
    height=st.integers(64, 2160),
    aspect=st.floats(0.5, 2),
)
def test_a_grid_holds_all_panels_wastes_no_row_and_leaves_each_its_least_size(
    count: int, width: int, height: int, aspect: float
) -> None:
    try:
        rows, columns = choose(count, (width, height), (0.9 * width, 0.8 * height), (10, 20), aspect)
    except SettingError as refused:
        larger = refused.allowed.rpartition("; ")[2].removesuffix(" has").split("x")
        check_room(count, (int(larger[0]), int(larger[1])))
        return
    assert (rows - 1) * columns < count <= rows * columns
    assert columns * LEAST_WIDTH <= width
    assert rows * LEAST_HEIGHT <= height


@pytest.mark.parametrize(("size", "expected"), [("1080x1920", (4, 1)), ("640x480", (2, 2)), ("2560x480", (1, 4))])
def test_the_grid_follows_the_canvas(size: str, expected: tuple[int, int]) -> None:
    with scene_of(rates(4, size=size)) as scene:
        corners = np.array([axes.get_position().min for axes in scene.figure.axes]).round(9)
        assert (len(set(corners[:, 1])), len(set(corners[:, 0]))) == expected


BARE: dict[str, dict[str, Any]] = {
    "curve": {"function": "parabola", "lr": (0.1, 1.05)},
    "panels": {"function": "parabola", "view": "panels"},
    "contour": {"function": "himmelblau", "lr": (0.01, 0.1)},
    "facets": {"function": "parabola", "lr": (0.1, 1.05), "facet": "lr"},
}


@pytest.mark.parametrize("case", BARE)
def test_in_less_than_the_least_width_only_the_numbers_of_the_axes_stay(case: str) -> None:
    def shown(width: int) -> list[str]:
        with scene_of(solved(**{**BARE[case], "size": f"{width}x300", "iterations": 9})) as scene:
            at_last_frame(scene)
            return [text for text, _ in readable(scene)]

    assert any("x" in text for text in shown(LEAST_PX))
    bare = shown(LEAST_PX - 1)
    assert len(bare) >= 4
    assert [float(text.replace("−", "-")) for text in bare]


def test_panels_of_many_starts_count_who_came_to_each_minimum() -> None:
    descent = solved("himmelblau", starts=20, lr=(0.005, 0.01), facet="lr", size="640x480")
    with scene_of(descent) as scene:
        frame = scene.timeline.frames - 1
        scene.update(frame)
        told = [text for text in live(scene, frame) if re.fullmatch(r"\d+ of 20", text)]
    arrived = np.flatnonzero(descent.arrived_at >= 0)
    ends = descent.trajectory.x[arrived, descent.trajectory.last[arrived]].round()
    by_panel = Counter((run // 20, *end) for run, end in zip(arrived.tolist(), ends.tolist(), strict=True))
    assert len(by_panel) == 8
    # One has no room that covers no path.
    assert Counter(told) <= Counter(f"{count} of 20" for count in by_panel.values())
    assert len(told) >= 7


def test_twelve_starts_say_what_became_of_them_before_all_their_digits() -> None:
    descent = solved("himmelblau", starts=12, facet="start", size="640x480")
    with scene_of(descent) as scene:
        frame = scene.timeline.frames - 1
        titles = [text.get_text() for text in scene.figure.texts if re.fullmatch(r"[−.\d]+, [−.\d]+", text.get_text())]
        told = [text for text in live(scene, frame) if re.search("arrived at k|away", text)]
    starts = np.array([[float(part.replace("−", "-")) for part in title.split(", ")] for title in titles])
    assert np.allclose(starts, descent.trajectory.x[:, 0], rtol=0.05)
    assert len(told) == 12
