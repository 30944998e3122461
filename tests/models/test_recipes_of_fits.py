"""Files of fits carry their data: they are made again and checked wherever they are, and told from others."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from support.commandline import digest, run
from support.fits import drawn, table

pytestmark = pytest.mark.usefixtures("in_tmp_path")

SMALL = ("--size", "200x150", "-n", "4", "-q")


def points(name: str = "t.csv") -> str:
    return table(Path(name), *drawn(9, 1))


def test_a_fit_is_made_again_and_checked_without_its_table() -> None:
    assert run("a*x1 + b", "--points", points(), *SMALL, "-o", "a.gif").code == 0
    Path("t.csv").unlink()
    assert run("--preset", "a.gif", "-q", "-o", "b.gif").code == 0
    assert digest("a.gif") == digest("b.gif")
    assert b"to the last bit" in run("check", "a.gif").out


@pytest.mark.parametrize("standardize", [(), ("--standardize",)])
def test_so_is_one_of_arrays_or_of_a_pipe(monkeypatch: pytest.MonkeyPatch, standardize: tuple[str, ...]) -> None:
    x, y = drawn(9, 2)
    np.savez("t.npz", size=x[:, 0], unread=x[:, 1], price=y)
    assert run("a*size + b", "--points", "t.npz", *standardize, *SMALL, "-o", "a.gif").code == 0
    text = Path(table(Path("t.csv"), x, y)).read_bytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text), closed=False, isatty=lambda: False))
    assert run("a*x1 + b", "--points", "-", *standardize, *SMALL, "-o", "b.gif").code == 0
    for name in ("a.gif", "b.gif"):
        assert b"to the last bit" in run("check", name).out
        recipe = run("recipe", name).out
        assert b"unread" not in recipe
        assert b"x2" not in recipe


def test_a_table_beside_its_preset_is_found_from_anywhere() -> None:
    Path("folder").mkdir()
    points("folder/t.csv")
    Path("folder/p.toml").write_text('function = "a*x1 + b"\npoints = "t.csv"\n')
    assert run("--preset", "folder/p.toml", *SMALL, "-o", "a.gif").code == 0


def test_if_changed_sees_a_cell_that_changed() -> None:
    asked = ("a*x1 + b", "--points", points(), *SMALL, "-o", "a.gif", "--if-changed")
    assert run(*asked).code == 0
    before = Path("a.gif").stat().st_mtime_ns
    assert run(*asked).code == 0
    assert Path("a.gif").stat().st_mtime_ns == before
    text = Path("t.csv").read_text()
    Path("t.csv").write_text(text.replace(text.splitlines()[3], "0.25,1.5"))
    assert run(*asked).code == 0
    assert Path("a.gif").stat().st_mtime_ns > before


def test_no_output_takes_the_place_of_the_table() -> None:
    ran = run("a*x1 + b", "--points", points("t.gif"), "-o", "t.gif")
    assert ran.code == 2
    assert Path("t.gif").read_text().startswith("x1,y")


def test_another_function_in_place_of_a_presets_model_leaves_its_data_behind() -> None:
    points()
    Path("p.toml").write_text('function = "a*x1 + b"\npoints = "t.csv"\nl2 = 0.5\nstandardize = true\n')
    assert run("parabola", "--preset", "p.toml", *SMALL, "-o", "a.gif").code == 0
    assert run("linear", "--preset", "p.toml", *SMALL, "-o", "b.gif").code == 0
    assert b'points = "t.csv"' in run("recipe", "b.gif").out
    assert b"points" not in run("recipe", "a.gif").out
