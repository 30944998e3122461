"""A function may be very large or very small: its picture has the same shape as at any size, or is refused."""

from __future__ import annotations

import numpy as np
import pytest
from support.commandline import crossed
from support.problems import composed, scene_of, solved

from gdanim.drawing.marks.spots import Spots
from gdanim.drawing.numbers import numbers
from gdanim.drawing.raster import Raster
from gdanim.errors import UsageError
from gdanim.views.digits import digits_of

ONE, TWO = "x^2+x", "x^2+3*y^2-x"
PLAIN = {"title": "", "readout": False, "size": "240x180", "iterations": 5}


def drawn(function: str, size: float, **options: object) -> tuple[np.ndarray, np.ndarray]:
    """Where the run is in pixels at all iterations, and the last picture of size·f; every rate is in its unit."""
    start = "0.7" if "y" not in function else "0.7,0.6"
    descent = solved(f"{size!r}*({function})", lr=0.1 / size, start=start, **{**PLAIN, **options})
    with scene_of(descent) as scene:
        last = [picture.copy() for picture in composed(Raster(scene))][-1]
        axes = scene.figure.axes[0]
        spot = next(mark for mark in scene.marks if isinstance(mark, Spots))
        return (spot.pixels[0] - axes.bbox.min) / axes.bbox.size, last


@pytest.mark.parametrize("power", [-900, -300, 300, 900])
def test_the_path_on_a_curve_has_the_same_places_at_any_size(power: int) -> None:
    assert np.allclose(drawn(ONE, 2.0**power)[0], drawn(ONE, 1.0)[0], atol=0.15)
    height = drawn(ONE, 10.0 ** (power // 4))[0]
    assert np.allclose(height, drawn(ONE, 1.0)[0], atol=1e-9)


@pytest.mark.parametrize(("power", "options"), crossed([-1000, -900, 900, 1010], [{}, {"arrows": "gradient"}]))
def test_levels_and_arrows_are_the_same_at_any_size(power: int, options: dict[str, str]) -> None:
    small = drawn(TWO, 2.0**power, **options)[1]
    assert np.array_equal(small, drawn(TWO, 1.0, **options)[1])


@pytest.mark.parametrize("function", ["1e303*x^2", "-1e305*x^2", "1e-300*x^2", "1e-320*x^2"])
@pytest.mark.parametrize("view", ["curve", "panels"])
def test_heights_that_no_axis_shows_are_refused(function: str, view: str) -> None:
    with pytest.raises(UsageError, match="Multiply"), scene_of(solved(function, view=view, **PLAIN)):
        pass


def test_numbers_of_any_size_are_told() -> None:
    assert numbers([0.0, 1e250, 2e250], 2e250, alike=False).texts == ("0", "10²⁵⁰", "2×10²⁵⁰")
    assert digits_of(np.array([1e-320, 1.1e-320])).exponent_decimals >= 2
