"""The timeline against exact fractions and a schedule that is written out by hand."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gdanim.errors import SettingError
from gdanim.timeline import MAX_FRAMES, Timeline, plan

rates = st.fractions(Fraction(1, 10), 240, max_denominator=1001)
ends = st.lists(st.integers(0, 40), min_size=1, max_size=8)


def planned(last: list[int], fps: Any = 10, hold_s: float = 0.0, **options: Any) -> Timeline:
    return plan(np.array(last), fps=Fraction(fps), hold_s=hold_s, **options)


def shown(timeline: Timeline, run: int) -> set[int]:
    """The iterations of a run that some frame shows."""
    moments = [timeline.moment(frame) for frame in range(timeline.frames)]
    return {moment.iteration(run) for moment in moments if run in moment.visible}


@settings(deadline=None)
@given(rates, st.integers(0, 500))
def test_each_frame_ends_at_the_float_nearest_to_its_exact_time(fps: Fraction, iterations: int) -> None:
    timeline = planned([iterations], fps)
    assert timeline.frames == iterations + 1
    for count, end_s in enumerate(timeline.end_s.tolist(), start=1):
        # By whole numbers: count·q/p lies within half a spacing of floats of the end, on either side.
        above, below = (Fraction(math.nextafter(end_s, to)) for to in (math.inf, -math.inf))
        assert (Fraction(end_s) + below) * fps.numerator <= 2 * count * fps.denominator
        assert 2 * count * fps.denominator <= (Fraction(end_s) + above) * fps.numerator


def test_nothing_accumulates_at_100_sevenths_of_a_frame_per_second() -> None:
    timeline = planned([9999 - 1], "100/7")
    assert timeline.end_s[-1] == 9999 * 7 / 100
    assert [round(end * 100) for end in timeline.end_s] == list(range(7, 7 * 9999 + 1, 7))


@settings(deadline=None)
@given(rates, st.integers(0, 50), st.floats(0, 100))
def test_the_last_frame_alone_is_held(fps: Fraction, iterations: int, hold_s: float) -> None:
    held, plain = planned([iterations], fps, hold_s), planned([iterations], fps)
    assert held.end_s[:-1].tolist() == plain.end_s[:-1].tolist()
    assert held.duration_s == plain.duration_s + hold_s


def test_runs_together_start_at_once_and_wait_for_the_longest() -> None:
    timeline = planned([1, 3, 0])
    positions = [timeline.moment(frame).position.tolist() for frame in range(timeline.frames)]
    assert positions == [[0, 0, 0], [1, 1, 0], [1, 2, 0], [1, 3, 0]]
    for frame in range(timeline.frames):
        moment = timeline.moment(frame)
        assert moment.visible.tolist() == [0, 1, 2]
        assert moment.over.tolist() == []


def test_runs_in_turn_follow_one_another() -> None:
    timeline = planned([1, 0, 2], in_turn=True)
    moments = [timeline.moment(frame) for frame in range(timeline.frames)]
    seen = [(m.current, m.iteration(m.current), m.visible.tolist(), m.over.tolist()) for m in moments]
    assert seen == [
        (0, 0, [0], []),
        (0, 1, [0], []),
        (1, 0, [1], [0]),
        (2, 0, [2], [0, 1]),
        (2, 1, [2], [0, 1]),
        (2, 2, [2], [0, 1]),
    ]
    assert timeline.opens.tolist() == [0, 2, 3]
    assert np.isnan(moments[0].position).tolist() == [False, True, True]


@settings(deadline=None)
@given(ends, st.integers(1, 60), st.booleans())
def test_every_k_iterations_and_every_start_and_end_are_shown(last: list[int], every: int, in_turn: bool) -> None:
    timeline = planned(last, every=every, in_turn=in_turn)
    for run, end in enumerate(last):
        iterations = shown(timeline, run)
        assert iterations >= {*range(0, end + 1, every), end}
        if in_turn or len(last) == 1:
            assert iterations == {*range(0, end + 1, every), end}
    assert (np.diff(timeline.tick) > 0).all()
    assert timeline.end_s.tolist() == [float(Fraction(i + 1, 10)) for i in range(timeline.frames)]


@settings(deadline=None)
@given(ends, st.booleans(), rates, st.floats(0.05, 1000), st.floats(0, 100))
def test_a_duration_is_met_exactly_and_no_frame_is_faster_than_asked(
    last: list[int], in_turn: bool, fps: Fraction, duration_s: float, hold_s: float
) -> None:
    timeline = planned(last, fps, hold_s, in_turn=in_turn, duration_s=duration_s)
    assert timeline.duration_s == duration_s
    lengths = np.diff(timeline.end_s, prepend=0.0)
    assert (lengths > 0).all()
    assert (lengths[:-1] >= float(1 / fps) * (1 - 1e-8)).all()
    assert timeline.tick[-1] == planned(last, in_turn=in_turn).tick[-1]
    if timeline.frames > 1:
        assert timeline.tick[0] == 0
        assert lengths[-1] == pytest.approx(hold_s + timeline.end_s[0], rel=1e-9)
        assert timeline.end_s[-2] <= duration_s - hold_s


def test_a_duration_shows_every_iteration_where_there_is_time() -> None:
    assert planned([25], duration_s=60.0).tick.tolist() == list(range(26))
    assert planned([25], duration_s=2.0).frames == 20
    assert planned([1000], duration_s=0.25, hold_s=1.0).tick.tolist() == [1000]  # no time for more than the end


@settings(deadline=None, max_examples=20)
@example(999_999, False)
@given(st.integers(MAX_FRAMES, 1_000_000), st.booleans())
def test_more_frames_than_the_limit_are_thinned_evenly(iterations: int, in_turn: bool) -> None:
    timeline = planned([iterations], in_turn=in_turn)
    assert timeline.frames <= MAX_FRAMES
    assert (timeline.tick[0], timeline.tick[-1]) == (0, iterations)
    gaps = np.diff(timeline.tick)
    assert gaps[:-1].max() - gaps[:-1].min() <= 1
    assert timeline.every == pytest.approx(iterations / timeline.frames, rel=1e-3)


def test_a_limit_that_is_met_exactly_thins_nothing() -> None:
    timeline = planned([MAX_FRAMES - 1])
    assert (timeline.frames, timeline.every) == (MAX_FRAMES, 1.0)


@pytest.mark.parametrize("last", [[3] * 20_000, [0] * 30_000, [40] * 300, [20_000, 5, 7]])
def test_many_runs_in_turn_are_thinned_below_the_limit_too(last: list[int]) -> None:
    timeline = planned(last, in_turn=True)
    assert MAX_FRAMES / 3 <= timeline.frames <= MAX_FRAMES
    assert (timeline.tick[0], timeline.tick[-1]) == (0, sum(last) + len(last) - 1)
    assert (np.diff(timeline.tick) > 0).all()


@pytest.mark.parametrize(
    ("last", "options", "message"),
    [
        ([MAX_FRAMES], {"every": 1}, r"--every 1: makes 10,001 frames; at most 10,000 .* leave it out"),
        ([100_000], {"every": 9}, r"--every 9: makes 11,113 frames; at most 10,000 .* larger"),
        ([3000] * 4, {"every": 1, "in_turn": True}, r"--every 1: makes 12,004 frames; at most 10,000"),
        ([MAX_FRAMES], {"duration_s": 1000.1}, r"--duration 1000\.1: makes 10,001 frames; at most 10,000 .* --fps"),
    ],
)
def test_more_frames_than_the_limit_are_refused_where_they_are_asked_for(
    last: list[int], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingError, match=message) as refusal:
        planned(last, **options)
    assert refusal.value.exit_code == 2


@pytest.mark.parametrize("options", [{"every": 1}, {"duration_s": 1000.0}, {"duration_s": 9e6}])
def test_as_many_frames_as_the_limit_are_drawn_where_they_are_asked_for(options: dict[str, Any]) -> None:
    assert planned([MAX_FRAMES - 1], **options).frames == MAX_FRAMES


@pytest.mark.parametrize("frame", range(4))
def test_what_a_frame_shows_does_not_depend_on_the_frames_before(frame: int) -> None:
    timeline = planned([1, 1], in_turn=True)
    fresh = timeline.moment(frame)
    for other in (3, 0, 2, 1):
        timeline.moment(other)
    again = timeline.moment(frame)
    assert np.array_equal(fresh.position, again.position, equal_nan=True)
    assert (fresh.visible.tolist(), fresh.over.tolist()) == (again.visible.tolist(), again.over.tolist())
