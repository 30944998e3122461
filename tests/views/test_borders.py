"""Borders between areas of cells: smooth where a line passes, and nothing thin is lost."""

from __future__ import annotations

import numpy as np
import pytest

from gdanim.views.ground.borders import smoothed

BLACK_AND_WHITE = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.0, 0.0]])


@pytest.mark.parametrize("slope", [0.3, 0.6, 0.9])
def test_a_slanted_border_is_nearer_to_its_line_than_stairs_are(slope: float) -> None:
    row, column = np.indices((60, 80))
    line = 20.3 + slope * np.arange(80) / 2
    kinds = (row + 0.5 > line[column]).astype(np.int64)
    painted = smoothed(kinds, BLACK_AND_WHITE)[..., 0]
    # How much of each column is dark says where the border lies in it.
    inside = slice(5, -5)
    stairs = np.abs((1 - kinds).sum(axis=0) - line)[inside]
    smooth = np.abs((1 - painted).sum(axis=0) - line)[inside]
    assert smooth.max() <= 0.75 * stairs.max()
    assert np.mean(smooth**2) <= 0.5 * np.mean(stairs**2)
    # The border is no wider than three cells.
    assert ((painted > 0.02) & (painted < 0.98)).sum(axis=0).max() <= 3


def test_what_lies_away_from_borders_and_threads_keep_their_colours() -> None:
    kinds = np.zeros((40, 40), dtype=np.int64)
    kinds[:, 20:] = 1
    kinds[10] = 2
    painted = smoothed(kinds, BLACK_AND_WHITE)
    assert (painted[10, 5:15] == BLACK_AND_WHITE[2]).all()
    assert (painted[20:, :17] == BLACK_AND_WHITE[0]).all()
    assert (painted[20:, 23:] == BLACK_AND_WHITE[1]).all()


def test_one_kind_is_one_colour() -> None:
    assert (smoothed(np.full((4, 5), 2), BLACK_AND_WHITE) == BLACK_AND_WHITE[2]).all()
