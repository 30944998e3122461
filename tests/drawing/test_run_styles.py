"""RunStyles: who shares a look with whom, by the labels alone."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.problems import solved

from gdanim.drawing.run_styles import RunStyle, assign_styles, style_of_run
from gdanim.drawing.shapes import SHAPES
from gdanim.drawing.styles import LIGHT


def run_styles(labels: list[str], *, in_turn: bool = False) -> tuple[RunStyle, ...]:
    runs = solved("parabola", starts=len(labels), iterations=1).runs
    named = tuple(run._replace(label=label) for run, label in zip(runs, labels, strict=True))
    return assign_styles(named, LIGHT, in_turn=in_turn)


@given(st.lists(st.sampled_from(["", "adam, lr 0.1", "lr 0.1", "lr 0.2", "lr 0.3"]), min_size=2, max_size=30))
def test_every_run_is_in_one_team_and_runs_with_one_label_are_together(labels: list[str]) -> None:
    found = run_styles(labels)
    assert sorted(run for run_style in found for run in run_style.runs.tolist()) == list(range(len(labels)))
    if any(labels):
        for one, other in combinations(range(len(labels)), 2):
            together = style_of_run(one, found) is style_of_run(other, found)
            assert together == (labels[one] == labels[other])
        assert {label for run_style in found for label in run_style.labels} == set(labels) - {""}


def test_runs_without_labels_go_round_the_colours() -> None:
    found = run_styles([""] * 19)
    assert [style_of_run(run, found).colour for run in range(19)] == [LIGHT.runs[run % 8] for run in range(19)]
    assert not any(run_style.labels for run_style in found)


@pytest.mark.parametrize("options", [{"labels": [""]}, {"labels": ["a", "b", "c"], "in_turn": True}])
def test_runs_that_are_seen_alone_have_the_colour_of_the_trail(options: dict[str, Any]) -> None:
    (run_style,) = run_styles(**options)
    assert (run_style.colour, run_style.labels, len(run_style.runs)) == (LIGHT.trail, (), len(options["labels"]))


def test_eight_labels_differ_in_colour_and_in_shape_and_sixty_four_in_one_of_them() -> None:
    found = run_styles([f"lr {k}" for k in range(64)])
    assert len({run_style.colour for run_style in found[:8]}) == len({run_style.shape for run_style in found[:8]}) == 8
    assert len({(run_style.colour, run_style.shape) for run_style in found}) == 64


def test_more_labels_than_looks_share_them() -> None:
    found = run_styles([f"lr {k}" for k in range(70)])
    assert len(found) == 64
    assert found[3].labels == ("lr 3", "lr 67")
    assert found[3].runs.tolist() == [3, 67]


@pytest.mark.parametrize("name", SHAPES)
def test_all_shapes_have_the_area_and_the_centre_of_the_unit_circle(name: str) -> None:
    (polygon,) = SHAPES[name].to_polygons()
    x, y = np.asarray(polygon).T
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    area = cross.sum() / 2
    assert area == pytest.approx(np.pi, rel=2e-3)  # a circle of cubic arcs, flattened
    centroid = [((z + np.roll(z, -1)) * cross).sum() / (6 * area) for z in (x, y)]
    np.testing.assert_allclose(centroid, 0, atol=1e-9)
