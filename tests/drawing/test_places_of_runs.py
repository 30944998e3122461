"""Colours that say where runs end: by place once they are there, grey before; and rates as a ramp."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from support.colours import TOLD_APART, VISION, contrast, seen
from support.problems import scene_of, solved

from gdanim.descent.outcomes.destinations import destinations
from gdanim.descent.verdicts import Outcome
from gdanim.drawing.colours.grounds import basin_colours
from gdanim.drawing.colours.ramps import ramp
from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.marks.spots import EndMarkers, Spots
from gdanim.drawing.marks.trails import RunsMark, Trail
from gdanim.drawing.run_styles import RunStyles, assign_styles, styles_of
from gdanim.drawing.scene import Scene
from gdanim.drawing.styles import DARK, LIGHT, PRINT, Style

SMALL = {"size": "400x300"}


def styled(function: str, **options: Any) -> tuple[Any, RunStyles]:
    descent = solved(function, **{"starts": 25, **SMALL, **options})
    return descent, styles_of(descent, LIGHT)


def tallies_in(scene: Scene) -> list[Caption]:
    """The captions on plates that count runs in the last frame."""
    last = scene.timeline.moment(scene.timeline.frames - 1)
    plates = [mark for mark in scene.marks if isinstance(mark, Caption) and mark.plate]
    return [mark for mark in plates if any(" of " in text for text, _ in mark.pieces_at(last))]


def colours_shown(mark: RunsMark) -> dict[int, str]:
    """The colour of each run as it is drawn at the moment that a mark shows."""
    assert mark.moment is not None
    return {run: run_style.colour for run_style, _, runs in mark.by_style(mark.moment.visible) for run in runs.tolist()}


@pytest.mark.parametrize("function", ["himmelblau", "double_well", "styblinski_tang"])
def test_each_run_ends_in_the_colour_of_the_nearest_minimizer_and_begins_grey(function: str) -> None:
    descent, _ = styled(function)
    ends = descent.trajectory.x[np.arange(25), descent.trajectory.last]
    minimizers = descent.objective.minimizers
    nearest = np.linalg.norm(ends[:, np.newaxis] - minimizers, axis=2).argmin(axis=1)
    arrived = np.array([one.outcome is Outcome.ARRIVED for one in descent.verdict])
    assert len(set(nearest[arrived].tolist())) > 1
    with scene_of(descent) as scene:
        (spots,) = (mark for mark in scene.marks if isinstance(mark, Spots))
        scene.update(0)
        assert set(colours_shown(spots).values()) == {LIGHT.muted}
        scene.update(scene.timeline.frames - 1)
        shown = colours_shown(spots)
    of_place = {
        place: {shown[run] for run in np.flatnonzero(arrived & (nearest == place))}
        for place in set(nearest[arrived].tolist())
    }
    assert all(len(colours) == 1 for colours in of_place.values())
    assert len(set.union(*of_place.values())) == len(of_place)
    assert {shown[run] for run in np.flatnonzero(~arrived).tolist()} <= {LIGHT.muted}
    assert set.union(*of_place.values()) <= set(LIGHT.runs)


def test_no_run_has_its_colour_before_it_arrives() -> None:
    descent, _ = styled("himmelblau")
    with scene_of(descent) as scene:
        trail = next(mark for mark in scene.marks if isinstance(mark, Trail) and mark.halo)
        for frame in range(0, scene.timeline.frames, 5):
            scene.update(frame)
            assert trail.moment is not None
            for run, colour in colours_shown(trail).items():
                there = 0 <= descent.arrived_at[run] <= trail.moment.position[run]
                assert (colour != LIGHT.muted) == there, (run, frame)


@pytest.mark.parametrize("options", [{}, {"order": "in-turn", "iterations": 20}, {"starts": 150}], ids=str)
def test_the_tallies_count_the_runs_that_have_arrived(options: dict[str, Any]) -> None:
    descent, _ = styled("himmelblau", size="640x480", **options)
    count = len(descent.runs)
    with scene_of(descent) as scene:
        told = tallies_in(scene)
        assert len(told) > 1
        totals = []
        for frame in (0, scene.timeline.frames // 2, scene.timeline.frames - 1):
            moment = scene.timeline.moment(frame)
            said = ["".join(text for text, _ in mark.pieces_at(moment)) for mark in told]
            assert all(text.endswith(f" of {count}") for text in said if text)
            totals.append(sum(int(text.strip("● ").split(" ")[0]) for text in said if text))
            there = (descent.arrived_at >= 0) & (moment.position >= descent.arrived_at)
            assert totals[-1] == np.count_nonzero(there)
        assert totals[0] == 0 < totals[-1]


@pytest.mark.parametrize(
    ("function", "view"), [("himmelblau", "contour"), ("double_well", "curve"), ("himmelblau", "surface")]
)
def test_a_tally_covers_no_path_and_no_other_tally(function: str, view: str) -> None:
    descent, _ = styled(function, view=view, size="640x480")
    with scene_of(descent) as scene:
        scene.update(scene.timeline.frames - 1)
        told = tallies_in(scene)
        (spots,) = (mark for mark in scene.marks if isinstance(mark, Spots))
        boxes = [mark.touched() for mark in told]
        points = spots.pixels.reshape(-1, 2)
        for box in filter(None, boxes):
            inside = (points > box[:2]).all(axis=1) & (points < box[2:]).all(axis=1)
            assert not inside.any()
        for one, other in combinations(filter(None, boxes), 2):
            assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]


def test_small_pictures_have_no_tallies() -> None:
    descent, _ = styled("himmelblau", size="399x300")
    with scene_of(descent) as scene:
        assert not tallies_in(scene)


def test_over_basins_a_run_has_the_colour_of_its_place_from_the_start() -> None:
    descent, run_styles = styled("himmelblau", basins=True, starts=8)
    ends, marks = destinations(descent), basin_colours(LIGHT).marks
    for run_style in run_styles:
        assert not run_style.unsettled
        assert {marks[place] if place >= 0 else LIGHT.muted for place in ends.place[run_style.runs]} == {
            run_style.colour
        }


def test_in_turn_what_was_shown_stays_faint_in_the_colour_of_its_place() -> None:
    descent, run_styles = styled("double_well", starts=5, order="in-turn", iterations=40, lr=0.004)
    with scene_of(descent) as scene:
        scene.update(scene.timeline.frames - 1)
        ends = next(mark for mark in scene.marks if isinstance(mark, EndMarkers))
        past = next(mark for mark in scene.marks if isinstance(mark, Trail) and mark.get_zorder() < 9)
        assert past.moment is not None
        assert past.touched() is not None
        shown = {run: style.colour for style, _, runs in ends.by_style(past.moment.over) for run in runs.tolist()}
        faint = {run: style.colour for style, _, runs in past.by_style(past.moment.over) for run in runs.tolist()}
    own = {run: style.colour for style in run_styles for run in style.runs.tolist()}
    assert shown == {run: own[run] for run in range(4)}
    for run, colour in faint.items():
        assert contrast(colour, LIGHT.background) < contrast(own[run], LIGHT.background)


# --- rates and optimizers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("background", "levels"),
    [("#ffffff", ()), ("#ffffff", LIGHT.levels), ("#0f1419", ()), ("#0f1419", DARK.levels), ("#e5e5e5", LIGHT.levels),
     ("#000000", DARK.levels)],
)  # fmt: skip
@pytest.mark.parametrize("count", [2, 6, 8])
def test_a_ramp_rises_evenly_in_lightness_and_neighbours_are_told_apart(
    background: str, levels: tuple[str, ...], count: int
) -> None:
    colours = ramp(count, background, levels)
    for colour in colours:  # what is like a level has an edge that is as good as that of text
        apart = [np.linalg.norm(seen(colour, vision) - seen(level, vision)) for vision in VISION for level in levels]
        assert min(apart, default=np.inf) >= 12 or contrast(colour, background) >= 4.5
    assert min(contrast(colour, background) for colour in colours) >= 3
    lightness = np.array([seen(colour, "normal")[0] for colour in colours])
    steps = np.diff(lightness)
    assert (steps > 3).all() or (steps < -3).all()
    assert contrast(colours[-1], background) == max(contrast(colour, background) for colour in colours)
    least = {2: 2 * TOLD_APART, 6: 10.0, 8: 7.0}[count]
    for vision in VISION:
        for one, other in pairwise(colours):
            assert np.linalg.norm(seen(one, vision) - seen(other, vision)) >= least


@pytest.mark.parametrize("style", [LIGHT, DARK, PRINT], ids=lambda style: style.name)
def test_rates_are_a_ramp_in_their_order_whatever_the_order_of_the_request(style: Style) -> None:
    rates = (0.9, 0.1, 0.5, 0.3)
    run_styles = styles_of(solved("parabola", lr=rates), style)
    found = [next(one.colour for one in run_styles if run in one.runs) for run in range(4)]
    assert [found[place] for place in np.argsort(rates)] == list(ramp(4, style.background, style.levels))
    assert len({one.shape for one in run_styles}) == 4


def test_methods_with_rates_of_their_own_are_no_ramp() -> None:
    run_styles = styles_of(solved("parabola", optimizer=("gd:lr=0.1", "adam:lr=0.2")), LIGHT)
    assert [one.colour for one in run_styles] == list(LIGHT.runs[:2])


def test_no_two_of_sixteen_labels_have_trails_or_spots_alike() -> None:
    run = solved("parabola").runs[0]
    looks = assign_styles(tuple(run._replace(label=f"method {i}") for i in range(16)), LIGHT, in_turn=False)
    assert len({(one.colour, one.core) for one in looks}) == 16
    assert len({(one.colour, one.shape) for one in looks}) == 16
    assert min(contrast(one.core, one.colour) for one in looks if one.core) >= 3
