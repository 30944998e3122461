"""The timeline against exact fractions and a schedule that is written out by hand."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gdanim.descent.timeline import MAX_FRAMES, Timeline, plan
from gdanim.errors import SettingError

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


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Everything that may be asked of a timeline, but its runs."""
    lead_s, hold_s = draw(st.floats(0, 10)), draw(st.floats(0, 10))
    return {
        "fps": draw(rates),
        "lead_s": lead_s,
        "hold_s": hold_s,
        "in_turn": draw(st.booleans()),
        "tween": draw(st.integers(1, 12)),
        "rewind": draw(st.booleans()),
        **draw(
            st.one_of(
                st.just({}),
                st.builds(lambda every: {"every": every}, st.integers(1, 50)),
                st.builds(lambda motion: {"duration_s": lead_s + hold_s + motion}, st.floats(0.01, 300)),
            )
        ),
    }


@settings(deadline=None)
@given(ends, requests())
def test_no_iteration_is_without_a_frame_of_its_own_unless_that_is_said(
    last: list[int], request: dict[str, Any]
) -> None:
    timeline = planned(last, **request)
    there = [timeline.moment(frame) for frame in range(timeline.forward)]
    met = sum(
        len({float(moment.position[run]) for moment in there if run in moment.visible} & set(range(end + 1)))
        for run, end in enumerate(last)
    )
    if timeline.every == 1:
        assert met == sum(end + 1 for end in last)
    else:
        assert timeline.tween == 1 or "every" in request
    # Each run ends in the sight of everybody, whatever is left out.
    for run, end in enumerate(last):
        if not request["in_turn"]:
            assert there[-1].position[run] == end


@settings(deadline=None)
@given(ends, requests())
def test_times_rise_to_the_duration_and_no_frame_is_faster_than_asked(last: list[int], request: dict[str, Any]) -> None:
    timeline = planned(last, **request)
    lengths = np.diff(timeline.end_s, prepend=0.0)
    assert (lengths >= float(1 / request["fps"]) * (1 - 1e-8)).all() or timeline.frames == 1
    held_s = request["lead_s"] + request["hold_s"]
    duration_s = request.get("duration_s", float(timeline.frames / request["fps"]) + held_s)
    assert timeline.duration_s == pytest.approx(duration_s, rel=1e-12)
    held = timeline.forward - 1
    lengths[0] -= request["lead_s"]
    if timeline.frames > 1:
        assert lengths[held] == pytest.approx(lengths[(held + 1) % timeline.frames] + request["hold_s"], rel=1e-6)
        assert np.delete(lengths, held).max() == pytest.approx(np.delete(lengths, held).min(), rel=1e-6)


def test_four_frames_an_iteration_start_and_come_to_rest() -> None:
    timeline = planned([2], tween=4)
    # 3s² − 2s³ at quarters, exactly.
    assert timeline.tick.tolist() == [0, 5 / 32, 1 / 2, 27 / 32, 1, 37 / 32, 3 / 2, 59 / 32, 2]
    assert (timeline.tween, timeline.stops, timeline.forward, timeline.frames) == (4, 3, 9, 9)
    assert timeline.end_s.tolist() == [float(Fraction(i + 1, 10)) for i in range(9)]
    assert [timeline.moment(frame).iteration(0) for frame in range(9)] == [0, 0, 0, 0, 1, 1, 1, 1, 2]


@given(st.integers(2, 200))
def test_a_motion_runs_back_as_it_runs_there(tween: int) -> None:
    ticks = planned([1], tween=tween).tick
    np.testing.assert_allclose(ticks, 1 - ticks[::-1], atol=1e-15)
    steps = np.diff(ticks)
    assert steps.argmin() in (0, tween - 1)
    assert (np.diff(steps[: (tween + 1) // 2]) > 0).all()


def test_between_iterations_that_are_left_out_a_run_keeps_to_its_path() -> None:
    timeline = planned([10], every=4, tween=2)
    assert timeline.tick.tolist() == [0, 2, 4, 6, 8, 9, 10]
    assert timeline.every == pytest.approx(11 / 4)
    assert timeline.stops == 4


def test_a_run_in_turn_stays_at_its_end_for_as_long_as_an_iteration_takes() -> None:
    timeline = planned([1, 0, 1], in_turn=True, tween=2)
    moments = [timeline.moment(frame) for frame in range(timeline.frames)]
    assert [(m.current, float(m.position[m.current])) for m in moments] == [
        (0, 0), (0, 0.5), (0, 1), (0, 1),
        (1, 0), (1, 0),
        (2, 0), (2, 0.5), (2, 1),
    ]  # fmt: skip


@settings(deadline=None)
@given(ends, requests())
def test_the_way_back_shows_what_was_shown_on_the_way_there(last: list[int], request: dict[str, Any]) -> None:
    timeline = planned(last, **request | {"rewind": True})
    there, back = timeline.tick[: timeline.forward], timeline.tick[timeline.forward :]
    assert len(back) == math.ceil((len(there) - 1) / 3)
    if len(back):
        assert back[-1] == there[0]
        assert back[:-1].tolist() == there[::-1][3::3].tolist()[: len(back) - 1]
        assert (np.diff(back) < 0).all()
    assert planned(last, **request | {"rewind": False}).tick[-1] == there[-1]
    for frame, tick in enumerate(back.tolist(), start=timeline.forward):
        now, then = timeline.moment(frame), timeline.moment(there.tolist().index(tick))
        assert np.array_equal(now.position, then.position, equal_nan=True)
        assert (now.visible.tolist(), now.over.tolist(), now.current) == (
            then.visible.tolist(), then.over.tolist(), then.current,
        )  # fmt: skip


def test_without_a_motion_there_is_no_way_back() -> None:
    assert planned([0], hold_s=1.0, rewind=True, tween=5).end_s.tolist() == [1.1]


@pytest.mark.parametrize(
    ("last", "options", "tween", "every"),
    [
        (100, {"duration_s": 10.0}, 1, 101 / 100),
        (99, {"duration_s": 10.0}, 1, 1),
        (49, {"duration_s": 10.0}, 2, 1),
        (10, {"duration_s": 10.0}, 5, 1),
        (10, {"duration_s": 10.0, "rewind": True}, 5, 1),
        (20, {"duration_s": 10.0, "rewind": True}, 3, 1),
        (5000, {}, 1, 1),
        (4999, {}, 2, 1),
        (20_000, {}, 1, pytest.approx(3, rel=1e-3)),
        (20_000, {"every": 10}, 4, pytest.approx(10, rel=1e-3)),
        (7499, {"rewind": True}, 1, 1),
        (7500, {"rewind": True}, 1, pytest.approx(2, rel=1e-3)),
    ],
)
def test_frames_between_iterations_give_way_before_iterations_do(
    last: int, options: dict[str, Any], tween: int, every: Any
) -> None:
    timeline = planned([last], tween=5, **options)
    assert (timeline.tween, timeline.every) == (tween, every)
    assert timeline.frames <= MAX_FRAMES
    assert timeline.tick[timeline.forward - 1] == last


def test_the_way_back_counts_where_frames_are_asked_for() -> None:
    assert planned([7499], every=1, rewind=True).frames == MAX_FRAMES
    with pytest.raises(SettingError, match=r"--every 1: makes 10,001 frames; at most 10,000"):
        planned([7500], every=1, rewind=True)
