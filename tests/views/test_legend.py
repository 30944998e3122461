"""Legends: every label once, with its look and its verdict, above the axes and in columns that line up."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch
from support.commandline import crossed
from support.problems import composed, pictures, scene_of, solved

from gdanim.descent.outcomes.motion import Motion
from gdanim.descent.verdicts import Outcome, Verdict
from gdanim.drawing.marks.trails import RunsMark
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import LIGHT
from gdanim.views.legend import HEIGHT_SHARE

if TYPE_CHECKING:
    from matplotlib.text import Text

    from gdanim.descent.descend import Descent
    from gdanim.drawing.scene import Scene

STRAIGHT, BOUNCING, STALLED = (
    Verdict(Outcome.ARRIVED, Motion.STRAIGHT), Verdict(Outcome.ARRIVED, Motion.BOUNCING),
    Verdict(Outcome.MOVING, Motion.STALLED),
)  # fmt: skip
EIGHT = ("gd", "momentum", "nesterov", "rmsprop", "adam", "amsgrad", "lion", "newton")


def race(**options: Any) -> Descent:
    return solved(**{"function": "rosenbrock", "optimizer": EIGHT, "iterations": 5, "title": "", **options})


def relabelled(labels: list[str], verdicts: list[Verdict], **options: Any) -> Descent:
    """Runs that are called and judged as given."""
    descent = solved(**{"function": "himmelblau", "starts": len(labels), "iterations": 2, "title": "", **options})
    runs = tuple(run._replace(label=label, spec=label) for run, label in zip(descent.runs, labels, strict=True))
    return replace(descent, runs=runs, verdict=tuple(verdicts))


def written(scene: Scene) -> list[Text]:
    return [text for text in scene.figure.texts if text.get_text()]


def words(scene: Scene) -> list[str]:
    return [text.get_text() for text in written(scene)]


def test_a_race_names_each_run_with_the_colour_and_the_verdict_that_it_has() -> None:
    descent = race(size="1280x720")
    with scene_of(descent) as scene:
        shown = words(scene)
        assert shown[::2] == [run.label.replace("-", "−") for run in descent.runs]
        said = zip(shown[1::2], descent.verdict, strict=True)
        assert all(text.startswith(f"— {verdict.words}") for text, verdict in said)
        signs = [patch for patch in scene.figure.get_children() if isinstance(patch, PathPatch)]
        assert [to_hex(sign.get_facecolor()) for sign in signs] == list(LIGHT.runs)


def test_a_legend_with_room_says_each_rate_as_a_share_of_its_limit() -> None:
    with scene_of(race(optimizer=("gd", "momentum", "nesterov", "adam"), size="1400x720")) as scene:
        said = words(scene)[1::2]
    assert [text.endswith(" % of limit") for text in said] == [True, True, True, False]


def test_the_sign_of_a_label_stands_before_it_on_its_line() -> None:
    with scene_of(race(size="640x480")) as scene:
        signs = [patch for patch in scene.figure.get_children() if isinstance(patch, PathPatch)]
        for sign, label in zip(signs, written(scene)[::2], strict=True):
            spot, text = sign.get_window_extent(), label.get_window_extent()
            assert 1 < text.x0 - spot.x1 < text.height
            assert text.y0 < spot.y0 < spot.y1 < text.y1 + 2


def test_of_several_runs_with_one_label_the_commonest_verdict_is_said_with_its_count() -> None:
    verdicts = [STALLED, BOUNCING, BOUNCING, STRAIGHT]
    with scene_of(relabelled(["adam", "adam", "adam", "lion"], verdicts)) as scene:
        assert [re.sub(r", [\d.]+ %.*", "", text) for text in words(scene)] == [
            *("adam", "— arrived, bouncing 2 of 3", "lion", "— arrived, straight down")
        ]


@pytest.mark.parametrize(
    "options", [{"starts": 5}, {"lr": 0.1}, {"lr": (0.1, 0.2), "order": "in-turn"}, {"starts": 3, "order": "in-turn"}]
)
def test_runs_without_labels_and_runs_in_turn_have_no_legend(options: dict[str, Any]) -> None:
    with scene_of(solved("parabola", iterations=2, title="", **options)) as scene:
        assert words(scene) == []


def test_labels_make_a_legend_whatever_the_settings_say() -> None:
    descent = relabelled(["lr 0.1", "lr 0.2"], [STRAIGHT] * 2)
    assert descent.settings.starts == 2
    with scene_of(descent) as scene:
        assert words(scene)[::2] == ["lr 0.1", "lr 0.2"]


@pytest.mark.parametrize("size", ["640x480", "480x360", "1280x720", "405x720"])
def test_labels_and_verdicts_line_up_in_columns(size: str) -> None:
    with scene_of(race(size=size)) as scene:
        shown = written(scene)
        places = [{round(text.get_position()[0], 6) for text in shown[part::2]} for part in (0, 1)]
        columns = {round(text.get_position()[0], 6): 0 for text in shown[::2]}
        rows = {round(text.get_position()[1], 6) for text in shown}
        assert len(places[0]) == len(places[1]) == len(columns)
        assert len(columns) * len(rows) < 8 + len(rows)  # filled from the top down


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
    descent = relabelled([f"optimizer {k}, lr 0.001" for k in range(labels)], [BOUNCING] * labels, size=size)
    with scene_of(descent) as scene:
        height = int(size.partition("x")[2])
        boxes = [text.get_window_extent() for text in written(scene)]
        assert max(box.y1 for box in boxes) - min(box.y0 for box in boxes) <= HEIGHT_SHARE * height
        assert min(box.x0 for box in boxes) >= 0
        assert max(box.x1 for box in boxes) <= int(size.partition("x")[0])


def test_where_room_is_short_motions_go_first() -> None:
    descent = race(size="640x480")
    with scene_of(descent) as scene:
        assert words(scene)[1::2] == [f"— {verdict.short}" for verdict in descent.verdict]


def test_where_room_is_short_verdicts_go_first_and_then_the_last_entries() -> None:
    def shown(size: str) -> tuple[bool, int, str]:
        with scene_of(race(size=size)) as scene:
            found = words(scene)
        return any(word.startswith("—") for word in found), len(found), found[-1]

    assert shown("640x480")[:2] == (True, 16)
    assert shown("400x260")[:2] == (False, 8)
    verdicts, count, last = shown("240x120")
    assert not verdicts
    assert last == f"… and {8 - (count - 1)} more"


def test_a_label_wider_than_the_picture_is_cut() -> None:
    descent = relabelled(["adam with " + "a very long list of hyperparameters " * 4] * 2, [STALLED] * 2, size="240x200")
    with scene_of(descent) as scene:
        (label,) = written(scene)
        assert label.get_text().startswith("adam with")
        assert label.get_text().endswith("…")
        assert label.get_window_extent().x1 <= 240


@pytest.mark.parametrize("style", ["light", "dark"])
def test_the_legend_has_the_colours_of_the_paths(style: str) -> None:
    from gdanim.drawing.styles import load_style

    last = pictures("himmelblau", optimizer=("gd", "adam", "lion"), iterations=20, size="640x480", style=style)[-1]
    for colour in load_style(style).runs[:3]:
        wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        seen = (last[..., :3] == wanted).all(axis=-1)
        assert seen[:125].sum() > 15
        assert seen[130:].sum() > 30


@pytest.mark.parametrize("start", ["-1.5,2.04", "-2.04,2.04", "2.04,2.04"])
def test_no_path_covers_the_legend(start: str) -> None:
    x, y = start.split(",")
    window = {"xlim": "-2,2", "ylim": "-2,2"}  # or the bounds would be widened to hold the start
    descent = race(start=((float(x), float(y)),), iterations=30, readout=False, size="480x360", **window)
    with scene_of(descent) as scene:
        lowest = min(text.get_window_extent().y0 for text in written(scene))
        reach = max(mark.touched()[3] for mark in scene.marks if _shown(scene, mark))
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
        assert not any("%" in text for text in words(scene))
