"""What pictures tell of how runs ended: in the words of --json, from the frame on in which it is true, never before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib.style import available
from support.colours import contrast
from support.commandline import crossed_twice
from support.extents import live
from support.problems import check_against_redraw, scene_of, solved

from gdanim.catalogue.registry import STYLES
from gdanim.cli.summary import records
from gdanim.drawing.marks.rows import Row
from gdanim.drawing.styles import load_style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.descent.descend import Descent
    from gdanim.descent.timeline import Moment
    from gdanim.drawing.scene import Scene

RATES = (0.1, 0.01, 1.05, 0.45)
RACE = {"function": "himmelblau", "optimizer": ("gd", "adam", "lion", "momentum"), "iterations": 40}
CASES: dict[str, dict[str, Any]] = {
    "one run": {"lr": 0.1, "iterations": 30},
    "one run that is lost": {"lr": 1.05, "iterations": 12},
    "one run, small": {"lr": 1.05, "iterations": 12, "size": "320x240"},
    "panels": {"lr": 0.1, "iterations": 30, "view": "panels", "size": "480x360"},
    "rates": {"lr": RATES, "iterations": 30},
    "rates, back again": {"lr": RATES, "iterations": 30, "rewind": True, "tween": 2},
    "facets": {"lr": RATES, "iterations": 30, "facet": "lr"},
    "in turn": {"lr": RATES, "iterations": 30, "order": "in-turn"},
    "race": RACE,
    "surface": {**RACE, "view": "surface"},
    "wide surface": {**RACE, "view": "surface", "optimizer": ("gd",), "size": "800x300"},
    "explained": {"lr": 0.9, "iterations": 30, "explain": True},
}
WORDS = re.compile(r"(arrived|lost) at (?:k )?(\d+)|away|still moving|stalled|bouncing|saddle|flat")


def told(scene: Scene, frame: int) -> list[str]:
    """The live texts of a frame that tell how a run ended."""
    return [text for text in live(scene, frame) if WORDS.search(text)]


def is_distance_now(text: str, descent: Descent, moment: Moment) -> bool:
    """Whether a text says how far a run that is shown is from the nearest minimum at a moment: to two digits alone, to
    one in a legend.
    """
    alone = len(moment.visible) == 1
    position = moment.position[moment.visible]
    row, share = position.astype(int), position % 1
    x, after = (descent.trajectory.x[moment.visible, np.minimum(at, descent.timeline.last)] for at in (row, row + 1))
    here = x + share[:, np.newaxis] * (after - x)
    away = np.linalg.norm(descent.objective.minimizers - here[:, np.newaxis], axis=2).min(axis=1)
    return any(f"{f'{far:#.{2 if alone else 1}g}'.removesuffix('.')} away" in text for far in away.tolist())


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_told_before_it_has_happened_and_in_the_end_it_is(case: str) -> None:
    descent = solved(**{"function": "parabola", "title": "", **CASES[case]})
    timeline, runs = descent.timeline, list(records(descent))
    with scene_of(descent) as scene:
        for frame in range(timeline.frames):
            moment = timeline.moment(frame)
            over = [moment.position[run] >= timeline.last[run] for run in range(len(runs))]
            for text in told(scene, frame):
                words = WORDS.search(text)
                assert words is not None
                if words[1]:
                    assert moment.number >= int(words[2]), (frame, text)
                else:
                    assert any(over) or is_distance_now(text, descent, moment), (frame, text)
        last = told(scene, timeline.forward - 1)
    shown = runs[-1:] if timeline.in_turn else runs
    for run in shown:
        outcome = str(run["verdict"]).partition(":")[0].partition(",")[0]
        assert sum(outcome in text for text in last) >= 1, (outcome, last)


@pytest.mark.parametrize(
    ("shown", "size"),
    crossed_twice(
        [("curve", "parabola"), ("panels", "parabola"), ("contour", "himmelblau"), ("surface", "himmelblau")],
        ["640x480", "320x240", "720x300"],
    ),
)
def test_every_last_frame_tells_the_outcome(shown: tuple[str, str], size: str) -> None:
    view, function = shown
    for options in ({}, {"starts": 7}, {"starts": 3, "order": "in-turn"}, {"lr": (0.001, 0.002)}):
        descent = solved(function, view=view, size=size, iterations=6, **options)
        with scene_of(descent) as scene:
            texts = live(scene, scene.timeline.frames - 1)
        counted = [text for text in texts if re.search(r"\d of 7 arrived", text)]
        assert counted if "starts" in options and len(options) == 1 else any(map(WORDS.search, texts)), options


def test_runs_that_no_label_tells_apart_are_counted_as_they_end() -> None:
    descent = solved("rosenbrock", starts=300, lr=0.002, iterations=20)
    lost = [run["outcome"] for run in records(descent)].count("lost")
    assert lost > 4
    with scene_of(descent) as scene:
        counts = []
        for frame in range(scene.timeline.frames):
            (line,) = (text for text in live(scene, frame) if "arrived" in text)
            found = re.search(r"(\d+) lost", line)
            counts.append(0 if found is None else int(found[1]))
    # From the bounds on, where f is above its start for good.
    x, f = descent.trajectory.x, descent.trajectory.f
    gone = ~descent.objective.contains(x) & (f > f[:, :1])
    for_good = np.logical_and.accumulate(gone[:, ::-1], axis=1)[:, ::-1]
    failed = np.array([stop.failed for stop in descent.trajectory.stop])
    assert counts[-1] == lost
    assert counts == sorted(counts)
    assert counts[:-1] == for_good[failed].sum(axis=0)[:-1].tolist()


@pytest.mark.parametrize(
    ("lr", "told"),
    [
        # Each coordinate of x² + 10y² is multiplied by 1 − 0.24 and 1 − 2.4 a step; it settles below 2/20.
        (0.12, r"8 lost: each step overshoots \(lr 0.12, limit 0.1\)$"),
        (0.05, r"8 of 8 arrived by k \d+, lowest f \S+$"),
    ],
)
def test_many_starts_of_which_all_were_lost_say_why(lr: float, told: str) -> None:
    with scene_of(solved("ellipse", starts=8, lr=lr, size="480x360")) as scene:
        last = live(scene, scene.timeline.frames - 1)
        (line,) = (text for text in last if "arrived" in text)
        assert re.search(told, line)
        assert any(re.search(r"\bgd\b", text) for text in last)
        assert not any("overshoots" in text for text in live(scene, 0))


def test_of_starts_with_limits_of_their_own_the_highest_is_told() -> None:
    descent = solved("beale", starts=8, size="480x360")
    values = [np.linalg.eigvalsh(descent.objective.hessian(x))[-1] for x in descent.trajectory.x[:, 0]]
    with scene_of(descent) as scene:
        (line,) = (text for text in live(scene, scene.timeline.frames - 1) if "arrived" in text)
    assert line.endswith(f"8 lost: overshot (lr 0.02, limit {2 / min(values):.4g} or less)")


@pytest.mark.parametrize("size", ["640x480", "480x360"])
def test_many_starts_say_the_lowest_f_in_the_end_and_only_then(size: str) -> None:
    descent = solved("booth", starts=12, lr=0.04, iterations=5, size=size)
    final = descent.trajectory.f[np.arange(12), descent.trajectory.last].min()
    with scene_of(descent) as scene:
        assert f"lowest f {final:.3g}" in " ".join(live(scene, scene.timeline.frames - 1))
        assert "lowest" not in " ".join(live(scene, scene.timeline.frames - 2))


def test_in_the_end_the_lowest_f_comes_first_and_before_the_order_is_that_of_the_request() -> None:
    descent = solved("parabola", lr=(0.01, 1.05, 0.1, 0.45, 1.2, 0.02), iterations=12, rewind=True)
    asked = [f"lr {lr:g}" for lr in (0.01, 1.05, 0.1, 0.45, 1.2, 0.02)]
    healthy = sorted((abs(1 - 2 * lr), f"lr {lr:g}") for lr in (0.01, 0.1, 0.45, 0.02))
    with scene_of(descent) as scene:
        for frame in range(scene.timeline.frames):
            scene.update(frame)
            labels = [mark.content.cells[0].text for mark in scene.marks if isinstance(mark, Row)]
            if frame == scene.timeline.forward - 1:
                assert labels == [*(label for _, label in healthy), "lr 1.05", "lr 1.2"]
            else:
                assert labels == asked


def inks(scene: Scene) -> dict[str, str]:
    rows = [mark.content.cells for mark in scene.marks if isinstance(mark, Row)]
    return {cells[2].text.partition(" ")[0]: cells[2].colour for cells in rows}


@pytest.mark.parametrize("name", sorted({*STYLES, *available} - {"auto"}))
def test_the_inks_of_what_is_told_can_be_read_in_every_style(name: str) -> None:
    style = load_style(name)
    assert contrast(style.warning, style.background) >= 4.5
    if name in STYLES:
        assert min(contrast(ink, style.background) for ink in (style.text, style.muted)) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark", "print"])
def test_those_that_arrived_those_that_did_not_and_those_that_were_lost_have_an_ink_each(name: str) -> None:
    style = load_style(name)
    with scene_of(solved("parabola", lr=(0.1, 0.01, 1.05), iterations=25, style=name)) as scene:
        scene.update(25)
        found = inks(scene)
        # Without colour, a sign tells.
        assert found.pop("✕" if name == "print" else "lost") == style.warning
        assert found.pop("arrived") == style.text
        assert list(found.values()) == [style.muted]


@pytest.mark.parametrize("case", ["one run", "rates", "facets", "in turn", "race"])
def test_it_can_be_left_out(case: str) -> None:
    descent = solved(**{"function": "parabola", "verdict": False, **CASES[case]})
    with scene_of(descent) as scene:
        shown = [text for frame in range(scene.timeline.frames) for text in live(scene, frame)]
        assert not any(map(WORDS.search, shown))
        labels = [mark.content.cells[0].text for mark in scene.marks if isinstance(mark, Row)]
    assert labels in ([], [run.label for run in descent.runs])


@pytest.mark.parametrize("case", ["one run that is lost", "rates, back again", "facets", "race"])
def test_composed_boxes_equal_a_full_redraw_where_words_appear(case: str) -> None:
    descent = solved(**{"function": "parabola", **CASES[case], "size": "320x240"})
    with scene_of(descent) as scene:
        end = scene.timeline.forward - 1
        check_against_redraw(scene, end - 1, end, min(end + 1, scene.timeline.frames - 1))


def lines(scene: Scene, frame: int) -> Sequence[str]:
    return ["".join(text for text, _ in line) for line in scene.text_lines(frame)]


def test_live_text_for_readers_names_what_it_tells_of() -> None:
    with scene_of(solved("parabola", lr=(0.1, 1.05), iterations=25)) as scene:
        assert lines(scene, 0)[-1] == ""
        assert re.search(r"lr 0.1 .*arrived at k 21.*; lr 1.05 .*lost at 4", lines(scene, 25)[-1])
    with scene_of(solved("parabola", lr=(0.1, 1.05), facet="lr", iterations=25)) as scene:
        assert re.search(r"lr 0.1 arrived at k 21.*; lr 1.05 lost at 4", lines(scene, 25)[-1])


@pytest.mark.parametrize("tween", [1, 2])
def test_a_run_on_its_way_says_how_far_it_is_from_a_minimum_until_it_is_known_what_became_of_it(tween: int) -> None:
    # On x², x shrinks by 0.8 with each iteration, and 4.3 · 0.8²¹ is the first below 0.04. Between two, it is on
    # the chord. Beyond 3, a minimum outside the bounds, which end at 6, could be nearer than that at 0.
    with scene_of(solved("parabola", lr=0.1, iterations=25, tween=tween)) as scene:
        for frame in range(0, scene.timeline.frames, 3):
            k = float(scene.timeline.moment(frame).position[0])
            x = 4.3 * np.interp(k, np.arange(26), 0.8 ** np.arange(26))
            said = " ".join(live(scene, frame))
            if x > 3:
                assert "away" not in said
            elif k < 21:
                assert f"{x:#.2g} away" in said.replace("−", "-")
            else:
                assert "away" not in said
                assert "arrived at k 21" in said


def test_a_small_panel_says_in_a_word_why_its_run_was_lost() -> None:
    with scene_of(solved("parabola", lr=(0.5, 1.05), iterations=12, facet="lr", size="480x360")) as scene:
        said = live(scene, 12)
    assert "lost at 4: overshoots" in said
    assert "arrived at k 1, f 0" in said


@pytest.mark.parametrize("size", ["640x480", "320x240"])
def test_in_the_end_of_methods_in_turn_all_are_counted_behind_the_last(size: str) -> None:
    # x ← (1 − 2lr)x: two arrive, and the last is lost.
    descent = solved("parabola", lr=(0.2, 0.6, 1.05), order="in-turn", iterations=25, size=size)
    with scene_of(descent) as scene:
        last = scene.timeline.frames - 1
        told = {frame: " ".join(live(scene, frame)) for frame in (0, last - 1, last)}
    assert re.search(r"lost at \d+.*; 2 of 3 arrived", told[last])
    assert not any("of 3 arrived" in told[frame] for frame in (0, last - 1))
