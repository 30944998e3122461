"""Every formula that can be descended can be drawn in every vector format; and what works is kept where others fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from support.commandline import LONG, QUICK, Ran, run
from support.strategies import formulas

from gdanim.drawing.raster import Raster
from gdanim.views.ground.levels import spread_levels

if TYPE_CHECKING:
    from pathlib import Path

VECTORS = ("-o", "a.svg", "-o", "a.html")
STRIPS = ("-f", "filmstrip", "-o", "a.pdf", "-o", "b.svg", "--frames", "1")
LEVELS_WITHOUT_AREA = (("1-x-y",), ("x**y",), ("abs(x-tau)-y",), ("griewank", "--xlim", "4,8", "--ylim", "2.6,6.6"))


def drawn(*arguments: str) -> Ran:
    """A request that is drawn, or refused because of its function."""
    ran = run(*arguments, *QUICK)
    assert ran.code in (0, 2), ran.err
    assert "fault" not in ran.err
    return ran


@pytest.mark.parametrize("function", LEVELS_WITHOUT_AREA, ids=" ".join)
def test_a_level_without_area_is_no_obstacle(in_tmp_path: Path, function: tuple[str, ...]) -> None:
    assert drawn(*function, "-o", "a.svg").code == 0


def test_a_strip_has_no_obstacle_in_such_a_level(in_tmp_path: Path) -> None:
    assert drawn("1-x-y", *STRIPS).code == 0


@given(formula=formulas())
@settings(max_examples=2000 if LONG else 2, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_formula_that_can_be_descended_can_be_drawn(in_tmp_path: Path, formula: str) -> None:
    if drawn(formula, *VECTORS).code == 0:
        assert drawn(formula, *STRIPS).code == 0


@pytest.mark.parametrize("error", [ValueError("what nobody foresaw"), MemoryError(), OSError(24, "no descriptors")])
def test_a_writer_that_fails_costs_its_own_file_only(
    in_tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("gdanim.output.svg.writer.write", fails)
    ran = run("parabola", "-o", "a.svg", "-o", "a.gif", "--data", "a.csv", *QUICK)
    assert (ran.code, sorted(path.name for path in in_tmp_path.iterdir())) == (1, ["a.csv", "a.gif"])
    assert sum("'a.svg'" in line for line in ran.lines) == 1


@pytest.mark.parametrize("place", [0, 2])
def test_a_frame_that_cannot_be_drawn_leaves_data_and_vectors(
    in_tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    usual = Raster.frames

    def frames(raster: Raster):
        yield from (frame for frame, _ in zip(usual(raster), range(place), strict=False))
        raise MemoryError

    monkeypatch.setattr(Raster, "frames", frames)
    ran = run("parabola", "-o", "a.gif", "-o", "a.mp4", "-o", "a.svg", "--data", "a.csv", *QUICK)
    assert (ran.code, sorted(path.name for path in in_tmp_path.iterdir())) == (1, ["a.csv", "a.svg"])
    assert "not enough memory" in ran.err


def test_heights_farther_apart_than_numbers_reach_have_no_levels() -> None:
    assert spread_levels(np.linspace(-1, 1, 9) * np.finfo(float).max).size == 0
