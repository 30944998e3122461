"""Pictures of planes: on that of both coordinates, pictures are those without; composed frames are redrawn ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.problems import check_against_redraw, pictures, scene_of, solved

from gdanim.descent.outcomes.endings import endings
from gdanim.descent.plane.looked_at import looked_at
from gdanim.views.facet_groups import group_runs

# All that a plane adds: the readout, the line that says that paths leave it, panels, a relief.
CASES: dict[str, dict[str, Any]] = {
    "one run": {"function": "rosenbrock", "dim": 5},
    "paths that leave": {"function": "levy", "dim": 6, "optimizer": ("gd", "adam"), "iterations": 30, "every": 15},
    "panels": {"function": "levy", "dim": 6, "view": "panels"},
    "surface": {"function": "levy", "dim": 6, "view": "surface"},
    "coordinates": {"function": "x1**2 + x2**2 + 3*x3**2", "plane": "x1,x3", "arrows": "gradient"},
    "facets": {"function": "sphere", "dim": 4, "facet": "lr", "lr": (0.1, 0.4), "size": "320x240"},
}


@pytest.mark.parametrize("view", ["contour", "panels", "surface"])
def test_the_plane_of_both_coordinates_is_the_picture_without_a_plane(view: str) -> None:
    plain: dict[str, Any] = {"start": ((0, 0), (-1, 2)), "iterations": 6, "size": "240x180", "view": view}
    with_plane = pictures("himmelblau", plane="x1,x2", **plain)
    assert np.array_equal(with_plane, pictures("himmelblau", **plain))


@pytest.mark.parametrize("case", CASES)
def test_composed_boxes_equal_a_full_redraw_on_a_plane(case: str) -> None:
    with scene_of(solved(**{"size": "240x180", "iterations": 4, **CASES[case]})) as scene:
        check_against_redraw(scene)


def test_each_panel_tells_of_its_own_runs() -> None:
    descent = looked_at(solved("quadratic", dim=4, optimizer=("gd", "adam"), iterations=40, facet="optimizer"))
    ended = [ending.outcome for ending in endings(descent)]
    assert len(set(ended)) == 2
    panels = [group.descent for group in group_runs(descent, descent.style.loaded)]
    assert [endings(panel)[0].outcome for panel in panels] == ended
    assert [panel.plane.off.shape[0] for panel in panels if panel.plane is not None] == [1, 1]
