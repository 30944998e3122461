"""Endings: the words for how runs ended, against closed forms and what the command line says of them."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from support.commandline import run
from support.problems import solved

from gdanim.cli.summary import records
from gdanim.descent.alt_text import alt_text
from gdanim.descent.outcomes.endings import endings, shown_from

if TYPE_CHECKING:
    from pathlib import Path

# x ← (1 − 2lr)x on x² from 4.3, within bounds of ±6.
PARABOLA = 4.3
AT_KINK = "steps of constant size at a kink"


def forms(**options: Any) -> tuple[str, ...]:
    (ended,) = endings(solved(**{"function": "parabola", **options}))
    return ended.forms


@pytest.mark.parametrize("lr", [0.02, 0.1, 0.3, 0.45])
def test_a_run_arrives_at_the_iteration_from_which_it_is_within_a_hundredth_of_its_way(lr: float) -> None:
    k = math.ceil(math.log(0.01) / math.log(1 - 2 * lr))
    whole = f"arrived at k {k}"
    assert forms(lr=lr, iterations=200) == (f"{whole}, steadily down", whole, whole, whole, "arrived")


@pytest.mark.parametrize(("lr", "motion"), [(0.01, "steadily down"), (0.96, "bouncing")])
def test_a_run_that_still_moves_is_as_far_away_as_it_is(lr: float, motion: str) -> None:
    away = f"{abs(PARABOLA * (1 - 2 * lr) ** 9):.3g} away"
    assert forms(lr=lr, iterations=9) == (f"{away}, {motion}", away, away, away, away)


def test_no_distance_is_told_that_is_not_known() -> None:
    # Minima form a line: none of them is the nearest.
    assert forms(function="(x-y)**2", start=((3.0, 0.0),), lr=0.01, iterations=3)[1:] == ("still moving",) * 4


@pytest.mark.parametrize("lr", [1.02, 1.05, 1.2, 2.0])
def test_a_run_above_its_limit_is_lost_where_it_leaves_the_bounds_for_good(lr: float) -> None:
    k = math.ceil(math.log(6 / PARABOLA) / math.log(2 * lr - 1))
    why = f"lost at {k}: each step overshoots (lr {lr:g}, limit 1)"
    assert forms(lr=lr, iterations=40) == (why, why, f"lost at {k}: overshoots", f"lost at {k}", "lost")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"function": "sqrt(x)", "lr": 0.9}, "lost at 2: a step led to x = -1.134, where f has no value"),
        ({"function": "x**4", "start": 3.0, "lr": 0.1}, "lost at 1: overshot at 0 (lr 0.1, limit 0.01852)"),
        ({"function": "saddle", "start": ((2.0, 0.0),)}, "at a saddle, steadily down"),
        ({"function": "-x**2"}, "still moving: f falls without bound"),
        ({"start": 0.0, "iterations": 3}, "arrived at k 0"),
        ({"iterations": 0}, "at its start"),
        ({"function": "abs(x)", "start": 2.0, "lr": 0.3, "iterations": 60}, f"bouncing, 0.2 away: {AT_KINK}"),
    ],
    ids=str,
)
def test_words_for_other_ends(options: dict[str, Any], expected: str) -> None:
    assert forms(**options)[0] == expected


@pytest.mark.parametrize(
    ("function", "start", "lower"),
    [
        ("double-well", 3.9, "-3.027"),  # the lowest root of 4x(x² − 9) + 2
        ("double-well", -3.9, ""),
        ("himmelblau", (3.0, 2.5), ""),  # all four are equally low
        ("styblinski-tang", (3.0, 3.0), "-2.904, -2.904"),
    ],
)
def test_a_run_that_arrived_says_where_another_minimum_is_lower(function: str, start: Any, lower: str) -> None:
    ended = forms(function=function, start=start if function == "double-well" else (start,), iterations=100)
    outcome = ended[3]
    assert outcome.startswith("arrived at k ")
    if not lower:
        assert ended[1] == outcome
        return
    assert ended[0] == f"{outcome}: a lower minimum exists (at {lower})"
    assert ended[2] == f"{outcome}: a lower minimum exists"


@pytest.mark.parametrize(
    ("function", "start", "lr", "is_told"),
    [
        ("abs(x) + 0.1*x**2", 3.0, 0.5, True),
        ("abs(x)", 2.0, 0.3, True),
        ("x**2", 4.3, 0.97, False),  # bounces, and nothing is bent but evenly
        ("x**4", 1.0, 0.5, False),
    ],
)
def test_bouncing_at_a_kink_is_told_from_bouncing_in_a_bowl(
    function: str, start: float, lr: float, *, is_told: bool
) -> None:
    told = forms(function=function, start=start, lr=lr, iterations=40)[0]
    assert "bouncing" in told
    assert (AT_KINK in told) == is_told


def test_a_recording_tells_its_own_iterations(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("iteration,x1\n" + "".join(f"{100 + 10 * k},{4.3 * 0.5**k}\n" for k in range(20)))
    assert forms(trajectory=(str(path),))[2] == "arrived at k 170"  # 0.5⁷ < 0.01 < 0.5⁶


def test_each_form_is_as_short_as_the_one_before_and_the_outcome_is_in_all() -> None:
    descent = solved("himmelblau", optimizer=("gd", "adam", "lion", "momentum"), lr=(0.001, 0.02, 0.1), iterations=30)
    for ended in endings(descent):
        assert sorted(ended.forms, key=len, reverse=True) == list(ended.forms)
        assert all(form.startswith(ended.outcome) for form in ended.forms[:3])


def test_json_verbose_and_alt_text_say_the_same(tmp_path: Path) -> None:
    asked = ("parabola", "--lr", "0.1", "--lr", "0.01", "--lr", "1.05", "-o", tmp_path / "a.png", "-n", "40")
    result = run(*asked, "--json", "-v")
    told = [str(one["verdict"]) for one in json.loads(result.out)["runs"]]
    assert told == [ended.forms[0] for ended in endings(solved(lr=(0.1, 0.01, 1.05), iterations=40))]
    for words in told:
        outcome = words.partition(":")[0].partition(",")[0]
        assert outcome in result.err
        assert outcome in json.loads(result.out)["alt_text"]


def test_what_is_told_is_true_from_a_row_of_the_path_on() -> None:
    descent = solved("parabola", lr=(0.1, 0.01, 1.05), iterations=30)
    arrived, moving, lost = records(descent)
    assert shown_from(descent).tolist() == [arrived["arrived_at"], 30, 4]
    assert moving["outcome"] == "still moving"
    assert abs(descent.trajectory.x[2, 3, 0]) < 6 < abs(descent.trajectory.x[2, 4, 0])
    assert "lost at 4" in alt_text(descent)
    assert lost["verdict"] == "lost at 4: each step overshoots (lr 1.05, limit 1)"
