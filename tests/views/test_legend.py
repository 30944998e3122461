"""Legends: every label once, with its look and in the end with what became of it, above the axes, in columns."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.commandline import crossed
from support.extents import at_last_frame, cells
from support.problems import composed, pictures, scene_of, solved

from gdanim.cli.summary import records
from gdanim.drawing.marks.rows import Row
from gdanim.drawing.marks.trails import RunsMark
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import LIGHT
from gdanim.views.legend_form import HEIGHT_SHARE

if TYPE_CHECKING:
    from matplotlib.transforms import Bbox

    from gdanim.descent.descend import Descent
    from gdanim.drawing.scene import Scene

EIGHT = ("gd", "momentum", "nesterov", "rmsprop", "adam", "amsgrad", "lion", "newton")


def race(**options: Any) -> Descent:
    """A race whose legend stands above the axes: these have two scales, and so no width to spare."""
    asked = {"function": "rosenbrock", "optimizer": EIGHT, "iterations": 5, "title": "", "aspect": "free"}
    return solved(**{**asked, **options})


def relabelled(labels: list[str], **options: Any) -> Descent:
    """Runs that are called as given."""
    asked = {"function": "himmelblau", "starts": len(labels), "iterations": 2, "title": "", "aspect": "free"}
    descent = solved(**{**asked, **options})
    runs = tuple(run._replace(label=label, spec=label) for run, label in zip(descent.runs, labels, strict=True))
    return replace(descent, runs=runs)


def rows(scene: Scene, frame: int = 0) -> list[Row]:
    scene.update(frame)
    return [mark for mark in scene.marks if isinstance(mark, Row)]


def said(scene: Scene, frame: int = 0) -> list[list[str]]:
    """The texts of each row: label, share of the limit, what is told, f."""
    return [[cell.text for cell in row.content.cells] for row in rows(scene, frame)]


def boxes(scene: Scene, frame: int = 0) -> list[Bbox]:
    return [box for row in rows(scene, frame) for text, box in cells(row) if text]


def test_a_race_names_each_run_in_the_order_of_the_request_with_the_look_that_it_has() -> None:
    descent = race(size="1280x720")
    with scene_of(descent) as scene:
        assert [row[0] for row in said(scene)] == [run.label.replace("-", "−") for run in descent.runs]
        styles = [row.content.run_style for row in rows(scene)]
        assert [style and style.colour for style in styles] == list(LIGHT.runs)


def test_a_legend_with_room_says_each_rate_as_a_share_of_its_limit() -> None:
    with scene_of(race(optimizer=("gd", "momentum", "nesterov", "adam"), size="1400x720")) as scene:
        shares = [row[1] for row in said(scene)]
    assert [text.endswith(" % of stable limit") for text in shares] == [True, True, True, False]
    assert shares[3] == ""


def test_the_sign_of_a_label_stands_before_it_on_its_line() -> None:
    asked: dict[str, Any] = {"optimizer": ("gd", "adam"), "iterations": 2, "size": "640x480", "aspect": "free"}
    last = pictures("himmelblau", **asked)[0][..., :3]
    with scene_of(solved("himmelblau", **asked)) as scene:
        for row, colour in zip(rows(scene), LIGHT.runs, strict=False):
            (label, *_) = cells(row)
            wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
            y, x = np.nonzero((last[:130] == wanted).all(axis=-1))
            assert 1 < label[1].x0 - x.max() < label[1].height
            assert label[1].y0 < 480 - y.max() < 480 - y.min() < label[1].y1 + 2


@pytest.mark.parametrize(
    "options", [{"starts": 5}, {"lr": 0.1}, {"lr": (0.1, 0.2), "order": "in-turn"}, {"starts": 3, "order": "in-turn"}]
)
def test_runs_without_labels_and_runs_in_turn_have_no_legend(options: dict[str, Any]) -> None:
    with scene_of(solved("parabola", iterations=2, title="", **options)) as scene:
        assert rows(scene) == []


def test_labels_make_a_legend_whatever_the_settings_say() -> None:
    descent = relabelled(["lr 0.1", "lr 0.2"])
    assert descent.settings.starts == 2
    with scene_of(descent) as scene:
        assert [row[0] for row in said(scene)] == ["lr 0.1", "lr 0.2"]


@pytest.mark.parametrize("size", ["640x480", "480x360", "1280x720", "405x720"])
def test_labels_and_words_line_up_in_columns(size: str) -> None:
    with scene_of(race(size=size)) as scene:
        found = rows(scene, 5)
        columns, heights = ({row.at[axis] for row in found} for axis in (0, 1))
        assert len(columns) * len(heights) < 8 + len(heights)  # filled from the top down
        assert len({tuple(cell.left for cell in row.content.cells) for row in found}) == 1


@pytest.mark.parametrize(
    ("size", "labels"),
    sorted(
        {
            *crossed(["240x180", "320x240", "480x360", "640x480", "1280x720", "240x600"], [2, 8, 20, 40]),
            *[("240x180", 40), ("1280x720", 2)],  # the tightest and the widest
        }
    ),
)
def test_a_legend_takes_no_more_than_its_share_of_the_height(size: str, labels: int) -> None:
    with scene_of(relabelled([f"optimizer {k}, lr 0.001" for k in range(labels)], size=size)) as scene:
        height = int(size.partition("x")[2])
        found = boxes(scene, 2)
        assert max(box.y1 for box in found) - min(box.y0 for box in found) <= HEIGHT_SHARE * height
        assert min(box.x0 for box in found) >= 0
        assert max(box.x1 for box in found) <= int(size.partition("x")[0])


def test_where_room_is_short_f_goes_first_then_motions_rates_numbers_and_words_and_then_the_last_entries() -> None:
    def shown(size: str) -> tuple[bool, bool, bool, bool, int]:
        with scene_of(race(size=size)) as scene:
            found = [row for row in said(scene, 5) if len(row) > 1]
            count = len(said(scene, 5))
        return (
            any(row[3] for row in found), any("steadily down" in row[2] for row in found),
            any("lr" in row[0] for row in found), any(row[2] for row in found), count,
        )  # fmt: skip

    forms = list(dict.fromkeys(shown(f"{width}x360") for width in range(1600, 239, -170)))
    assert forms[0] == (True, True, True, True, 8)
    assert forms == sorted(forms, reverse=True)
    assert forms[-1] == (False, False, False, True, 8)
    assert shown("240x120") == (False, False, False, False, 8)
    many = race(optimizer=("gd", *(f"adam:beta1=0.{k}5" for k in range(1, 10)), *EIGHT[1:]), size="240x120")
    with scene_of(many) as scene:
        *_, (last,) = found = said(scene)
        assert last == f"… and {17 - (len(found) - 1)} more"


def test_twelve_methods_keep_what_became_of_them_at_the_usual_size() -> None:
    twelve = (*EIGHT[:-1], "adagrad", "adadelta", "adamax", "nadam", "qhm")
    with scene_of(race(function="beale", optimizer=twelve, size="640x480", iterations=200, title=None)) as scene:
        found = said(scene, 200)
    assert {row[0] for row in found} == set(twelve)
    assert all(re.search("away|arrived|bouncing", row[2]) for row in found)


def test_a_label_wider_than_the_picture_is_cut() -> None:
    descent = relabelled(["adam with " + "a very long list of hyperparameters " * 4] * 2, size="240x200")
    with scene_of(descent) as scene:
        ((label, *_),) = said(scene)
        assert label.startswith("adam with")
        assert label.endswith("…")
        assert boxes(scene)[0].x1 <= 240


@pytest.mark.parametrize("style", ["light", "dark"])
def test_the_legend_has_the_colours_of_the_paths(style: str) -> None:
    from gdanim.drawing.styles import load_style

    methods, aspect = ("gd", "adam", "lion"), "free"
    last = pictures("himmelblau", optimizer=methods, iterations=20, size="640x480", style=style, aspect=aspect)[-1]
    for colour in load_style(style).runs[:3]:
        wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        seen = (last[..., :3] == wanted).all(axis=-1)
        assert seen[:125].sum() > 15
        assert seen[130:].sum() > 30


@pytest.mark.parametrize("start", ["-1.5,2.04", "-2.04,2.04", "2.04,2.04"])
def test_no_path_covers_the_legend(start: str) -> None:
    x, y = start.split(",")
    window = {"xlim": "-2,2", "ylim": "-2,2"}  # or the bounds would be widened to hold the start
    options = {"readout": False, "verdict": False, "size": "480x360", **window}
    descent = race(start=((float(x), float(y)),), iterations=30, **options)
    with scene_of(descent) as scene:
        lowest = min(box.y0 for box in boxes(scene))
        reach = max(extent[3] for mark in scene.marks if _shown(scene, mark) and (extent := mark.touched()))
        assert reach > scene.figure.axes[0].bbox.y1  # the runs start at the upper edge
        header = slice(0, int(360 - lowest))
        shown = [picture[header].copy() for picture in composed(Raster(scene))]
        assert all(np.array_equal(shown[0], picture) for picture in shown)


def _shown(scene: Scene, mark: Any) -> bool:
    mark.show(scene.timeline.moment(0))
    return isinstance(mark, RunsMark)


def test_no_limit_is_named_for_a_label_whose_runs_ended_at_minima_of_other_curvature() -> None:
    descent = solved("two_wells", optimizer=("gd", "adam"), starts=12, iterations=60)
    shares = {share for share, run in zip(descent.limit_shares(), descent.runs, strict=True) if run.label[:2] == "gd"}
    assert len(shares) == 2
    with scene_of(replace(descent, settings=replace(descent.settings, size=(1280, 720)))) as scene:
        assert not any("limit" in text for row in said(scene) for text in row)


@pytest.mark.parametrize("count", [12, 24])
def test_up_to_two_dozen_runs_keep_what_became_of_them(count: int) -> None:
    rates = tuple(0.05 * k for k in range(1, count + 1))
    descent = solved("parabola", lr=rates, iterations=40)
    with scene_of(descent) as scene:
        told = {row[0]: row[2] for row in said(scene, 40)}
    assert len(told) == count
    for run in records(descent):
        assert told[str(run["label"])].partition(" ")[0] in str(run["verdict"])


@pytest.mark.parametrize(("size", "lines"), [("640x480", 9), ("1280x720", 6), ("480x360", 8)])
def test_width_that_axes_of_one_scale_free_takes_the_legend_and_the_function_grows_by_that(
    size: str, lines: int
) -> None:
    asked: dict[str, Any] = {"optimizer": ("gd", "momentum", "adam"), "iterations": 3, "title": None}
    width = int(size.partition("x")[0])
    with scene_of(race(function="booth", size=size, **asked, aspect="equal")) as scene:
        axes, found = scene.figure.axes[0], boxes(scene, 3)
        assert min(row.at[0] for row in rows(scene)) > axes.bbox.x1
        assert max(box.x1 for box in found) <= width
        assert axes.bbox.y0 < min(box.y0 for box in found) < max(box.y1 for box in found) <= axes.bbox.y1 + 1
        assert len({box.y0 for box in found}) == lines  # Adam has no limit
        one_scale = axes.bbox.height / np.ptp(axes.get_ylim())
        assert abs(axes.bbox.width - one_scale * np.ptp(axes.get_xlim())) <= 1
        assert axes.get_xlim()[0] <= -10 < 10 <= axes.get_xlim()[1]
        told = said(scene, 3)
    with scene_of(race(function="booth", size=size, **asked)) as scene:
        assert one_scale > scene.figure.axes[0].bbox.height / np.ptp(scene.figure.axes[0].get_ylim())
        assert [row[0] for row in told] == [row[0] for row in said(scene, 3)]
        above = said(scene, 3)
    assert [[bool(text) for text in row] for row in told] == [[bool(text) for text in row] for row in above]


def test_a_label_is_not_cut_to_stand_beside_the_axes() -> None:
    labels = [f"an optimizer with so very, very long a name {k}" for k in range(3)]
    with scene_of(relabelled(labels, aspect="equal", size="640x480", title=None)) as scene:
        assert [row[0] for row in said(scene)] == labels


@pytest.mark.parametrize("options", [{"xlim": "-30,30"}, {"inset": "minimum"}, {"title": "", "readout": False}])
def test_a_legend_stays_above_axes_without_width_to_spare_and_where_it_is_the_header(options: dict[str, Any]) -> None:
    asked = {"function": "booth", "optimizer": ("gd", "momentum", "adam"), "aspect": "equal", "title": None}
    with scene_of(race(**{**asked, "size": "640x480", **options})) as scene:
        assert min(row.at[1] for row in rows(scene)) > scene.figure.axes[0].bbox.y1


@pytest.mark.parametrize(
    ("options", "size"),
    [
        # One row: nothing to be in line with. Of two rows, the lost one has no f, and is as wide as it likes.
        ({"function": "rosenbrock", "optimizer": ("gd", "adam"), "view": "panels"}, "1600x400"),
        ({"function": "ellipse", "lr": (0.05, 0.12), "view": "panels"}, "480x360"),
    ],
)
def test_f_stands_right_behind_what_became_of_the_run_that_has_the_most_to_tell(
    options: dict[str, Any], size: str
) -> None:
    with scene_of(solved(**options, size=size, iterations=12)) as scene:
        at_last_frame(scene)
        rows = [mark for mark in scene.marks if isinstance(mark, Row)]
        gaps = []
        for row in rows:
            found = [(text, box) for text, box in cells(row) if text]
            gaps += [box.x0 - before.x1 for (_, before), (text, box) in pairwise(found) if text.startswith("f ")]
        space = rows[0].lettering.width("  ")
    assert gaps
    assert min(gaps) <= 1.5 * space
    if size == "1600x400":
        assert max(gaps) <= 1.5 * space


def test_beside_the_axes_an_entry_says_how_far_its_run_is_from_a_minimum_until_it_is_told_how_that_ended() -> None:
    # The minimum of Matyas' function is at the origin; far from it, that is not known to be the nearest for good.
    descent = solved("matyas", lr=(0.05, 0.1, 0.45), iterations=12, title="", size="640x480")
    with scene_of(descent) as scene:
        known: set[int] = set()
        for frame in range(12):
            for run, (_, _, told, _) in enumerate(said(scene, frame)):
                away = float(np.linalg.norm(descent.trajectory.x[run, int(scene.timeline.moment(frame).number)]))
                assert told == (f"{away:#.1g}".removesuffix(".") + " away" if told or run in known else "")
                known |= {run} if told else set()
        assert known == {0, 1, 2}


def test_in_rows_above_the_axes_no_line_is_blank_and_none_says_more_than_how_its_run_ended() -> None:
    with scene_of(solved("parabola", lr=(0.05, 0.1, 0.45), iterations=12, title="", size="640x480")) as scene:
        for frame in range(12):
            assert all(not told or told.startswith("arrived") for _, _, told, _ in said(scene, frame))
        assert said(scene, 12)[0][2].startswith("arrived at k ")


@pytest.mark.parametrize("size", ["320x240", "480x360", "640x480"])
def test_beside_the_axes_what_became_of_a_run_stands_above_its_numbers(size: str) -> None:
    descent = solved("rosenbrock", optimizer=("newton", "lbfgs", "gd"), iterations=4, readout=False, size=size)
    with scene_of(descent) as scene:
        found = rows(scene, scene.timeline.frames - 1)
        for row in found:
            label, limit, told, height = (cell.down if cell.text else None for cell in row.content.cells)
            assert label == 0.0
            assert told is not None
            assert all(number is None or number >= told for number in (limit, height) if told)
