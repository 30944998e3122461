"""Colours of runs side by side, for every kind of colour vision."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from support.colours import TOLD_APART, VISION, contrast, lab, linear, seen

from gdanim.catalogue.registry import STYLES
from gdanim.drawing.styles import Style, load_style

OURS = [load_style(name) for name in STYLES]

each_style = pytest.mark.parametrize("style", OURS, ids=lambda style: style.name)


def test_the_measure_knows_white_black_and_red() -> None:
    np.testing.assert_allclose(lab(linear("#ffffff")), [100, 0, 0], atol=1e-3)
    np.testing.assert_allclose(lab(linear("#000000")), [0, 0, 0], atol=1e-9)
    np.testing.assert_allclose(lab(linear("#ff0000")), [53.24, 80.09, 67.20], atol=0.02)  # Lindbloom's calculator
    assert contrast("#ffffff", "#000000") == pytest.approx(21)


@pytest.mark.parametrize("vision", VISION)
def test_every_vision_leaves_greys_as_they_are(vision: str) -> None:
    np.testing.assert_allclose(VISION[vision] @ np.ones(3), np.ones(3), atol=1e-5)


@each_style
@pytest.mark.parametrize("vision", VISION)
def test_the_colours_of_any_two_runs_are_told_apart_by_every_reader(style: Style, vision: str) -> None:
    assert len(style.runs) == 8
    for one, other in combinations(style.runs, 2):
        assert np.linalg.norm(seen(one, vision) - seen(other, vision)) >= TOLD_APART, (one, other)


@each_style
def test_every_run_stands_out_from_its_casing_and_any_ground(style: Style) -> None:
    for colour in style.runs:
        # A path has a halo in the colour of the background, which is what its colour meets on every ground.
        assert contrast(colour, style.background) >= 3, colour


@each_style
def test_the_colours_of_runs_are_spread_over_lightness_so_that_most_differ_in_greyscale(style: Style) -> None:
    lightness = np.sort([seen(colour, "normal")[0] for colour in style.runs])
    assert np.diff(lightness).min() >= 3.5
    assert np.ptp(lightness) >= 30
