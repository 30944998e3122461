"""What should stand still does: no word of header, legend and tallies, and no arrow at an edge, moves."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.problems import scene_of, solved

from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.marks.rows import Row
from gdanim.drawing.marks.spots import Spots, beside_each_other
from gdanim.drawing.raster import Raster
from gdanim.views.surface.places import Following

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gdanim.drawing.lettering import Lettering
    from gdanim.drawing.scene import Scene

    Place = tuple[float, ...]

CASES: dict[str, dict[str, Any]] = {
    "curve, numbers of many sizes": {"lr": 0.3, "iterations": 30},
    "curve, bouncing through zero": {"function": "x**3/3 - x", "start": 1.7, "lr": 0.9},
    "curve, lost": {"lr": 1.1, "iterations": 12},
    "curve, tween": {"lr": 0.95, "tween": 3, "iterations": 9},
    "curve, explained": {"function": "double_well", "optimizer": ("momentum",), "explain": True},
    "curve, in turn": {"function": "double_well", "starts": 5, "order": "in-turn"},
    "curve, tallies": {"function": "double_well", "starts": 17},
    "contour": {"function": "rosenbrock", "optimizer": ("adam",), "iterations": 60},
    "contour, schedule": {"function": "booth", "schedule": ("cosine",)},
    "contour, explained": {"function": "ellipse", "optimizer": ("adam",), "explain": True, "iterations": 40},
    "contour, race that is lost": {"function": "ellipse", "lr": (0.02, 0.09, 0.11, 0.12)},
    "contour, race that leaves": {"function": "saddle", "optimizer": ("gd", "momentum", "adam")},
    "contour, tallies": {"function": "himmelblau", "starts": 30, "lr": 0.02},
    "facets": {"lr": (0.05, 0.95, 1.05), "facet": "lr"},
    "panels": {"function": "ellipse", "lr": (0.05, 0.12), "view": "panels"},
    "surface": {"function": "himmelblau", "view": "surface", "starts": 6},
    "surface, turning": {"function": "himmelblau", "view": "surface", "lr": (0.005, 0.01), "turn": 40},
    "swarm": {"function": "himmelblau", "starts": 150, "iterations": 20},
}


def places(scene: Scene, frame: int) -> dict[tuple[Any, ...], Place]:
    """Where each word of captions and rows stands in a frame, and each arrow of a run outside.

    Words beside places in a box that turns go round with it.
    """
    scene.update(frame)
    found: dict[tuple[Any, ...], Place] = {}
    for number, mark in enumerate(scene.marks):
        if isinstance(mark, Caption) and not isinstance(mark, Following):
            if mark.moment is not None and (extent := mark.touched()):
                text = "".join(text for text, _ in mark.pieces_at(mark.moment))
                found |= {(number, *word): (extent[0] + pen, extent[1]) for word, pen in words(text, mark.lettering)}
        elif isinstance(mark, Row):
            cells = enumerate(mark.content.cells)
            found |= {(number, cell.text, i): (mark.at[0] + cell.left, mark.at[1]) for i, cell in cells}
        elif isinstance(mark, Spots) and mark.moment is not None:
            outside = mark.moment.visible[~mark.is_inside(mark.moment.visible)]
            feet = mark._arrows(outside)[0].tolist() if outside.size else []
            found |= {(number, run): tuple(foot) for run, foot in zip(outside.tolist(), feet, strict=True)}
    return found


def words(text: str, lettering: Lettering) -> Iterator[tuple[tuple[str, int], float]]:
    """The words of a text without its numbers, each with its place among those that are alike, and its pen."""
    counts: dict[str, int] = defaultdict(int)
    for word in re.finditer("[A-Za-z]{2,}", text):
        counts[word[0]] += 1
        yield (word[0], counts[word[0]]), lettering.width(text[: word.start()])


def moved(scene: Scene) -> Mapping[tuple[Any, ...], set[Place]]:
    """What has several places before the end, where a legend is sorted anew."""
    found: dict[tuple[Any, ...], set[Place]] = defaultdict(set)
    for frame in range(scene.timeline.frames - 1):
        for what, place in places(scene, frame).items():
            found[what].add(place)
    assert found
    return {what: at for what, at in found.items() if len(at) > 1}


@pytest.mark.parametrize("case", CASES)
def test_no_word_and_no_arrow_at_an_edge_moves_as_a_run_goes_on(case: str) -> None:
    with scene_of(solved(**{"size": "480x360", **CASES[case]})) as scene:
        Raster(scene)
        assert moved(scene) == {}


def test_the_measure_sees_a_word_behind_a_number_of_changing_width() -> None:
    with scene_of(solved(lr=0.1, iterations=12, size="480x360")) as scene:
        caption = next(mark for mark in scene.marks if isinstance(mark, Caption))
        caption.pieces_at = lambda moment: [(f"{int(moment.position[0])} iterations", "black")]
        assert [word[1] for word in moved(scene)] == ["iterations"]


def test_arrows_of_runs_that_leave_at_one_place_stand_beside_each_other_and_the_first_keeps_it() -> None:
    low, high = np.zeros(2), np.array([100.0, 80.0])
    feet = np.array([[50.0, 79.0], [51.0, 79.0], [50.0, 79.0], [1.0, 40.0], [1.0, 41.0], [99.0, 79.0], [99.0, 78.0]])
    found = beside_each_other(feet, np.array([1, 0, 2, 4, 3, 5, 6]), 10.0, low, high)
    assert np.array_equal(found[[1, 4, 5]], feet[[1, 4, 5]])
    apart = np.hypot(*(found[:, np.newaxis] - found).T)[np.triu_indices(len(found), 1)]
    assert apart.min() >= 9
    assert (found >= low).all()
    assert (found <= high).all()


def test_in_an_inset_no_arrow_stands_for_a_run_that_never_came_there() -> None:
    descent = solved("rosenbrock", optimizer=("adam", "momentum"), iterations=200, inset="minimum", size="480x360")
    with scene_of(descent) as scene:
        Raster(scene)
        outer, inset = (mark for mark in scene.marks if isinstance(mark, Spots))
        scene.update(scene.timeline.frames - 1)
        assert outer._marked_outside(np.arange(2)).size == 0
        assert np.count_nonzero(~inset.is_inside(np.arange(2))) == 1
        assert inset._marked_outside(np.arange(2)).size == 0
