"""Presets: what ships, what a file may hold, and how the command line wins over it."""

from __future__ import annotations

import json
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.commandline import run

from gdanim.catalogue.registry import presets
from gdanim.descent.descend import descend
from gdanim.errors import UsageError
from gdanim.presets import read_preset
from gdanim.settings import Settings, to_saved

pytestmark = pytest.mark.usefixtures("in_tmp_path")


def requested(*arguments: object) -> dict[str, Any]:
    """The request that the arguments make, as --dry-run prints it."""
    ran = run(*arguments, "--dry-run")
    assert (ran.code, ran.err) == (0, "")
    return tomllib.loads(ran.out.decode())


# --- what ships -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", presets())
def test_a_shipped_preset_is_a_complete_request_that_says_what_it_shows(name: str) -> None:
    assert Settings(**read_preset(name)).function
    assert presets()[name].read_text(encoding="utf-8").startswith("# ")
    assert run("--preset", name, "--dry-run").code == 0


@pytest.mark.parametrize("name", presets())
def test_the_picture_beside_a_preset_is_of_what_it_asks_for(name: str) -> None:
    picture = presets()[name].with_suffix(".gif")
    if not picture.exists():
        pytest.skip("pictures lie beside the presets in a checkout only")
    made, asked = requested("--preset", picture), requested("--preset", name)
    made.pop("files", None)
    for request in (made, asked):  # a picture carries the table that it reads, a preset says where that lies
        for name in ("trajectory", "points"):
            texts = request.get(name, "")
            request[name] = [
                Path(text.rpartition("=")[2]).name for text in ([texts] if isinstance(texts, str) else texts)
            ]
    assert made == asked
    assert run("check", picture).code == 0


def test_the_dark_picture_of_the_readme_is_of_the_preset_that_it_names() -> None:
    picture = presets()["parabola"].with_name("parabola-dark.webp")
    if not picture.exists():
        pytest.skip("pictures lie beside the presets in a checkout only")
    asked = requested("--preset", "parabola", "--style", "dark", "--size", "480x360", "-o", "parabola-dark.webp")
    made = requested("--preset", picture)
    assert {**asked, "quality": "low"} == {name: value for name, value in made.items() if name != "files"}
    assert picture.stat().st_size < 30_000
    assert run("check", picture).code == 0


@pytest.mark.parametrize("title", ["a.b.c.d.e.f.g.h.i.j.k = 1", '\\" a.a.a.a.a.a.a.a.a.a.a', "# a.a.a.a.a.a.a.a.a.a"])
def test_a_text_may_have_any_number_of_dots(title: str) -> None:
    Path("a.toml").write_text(
        f"# {title}\nfunction = 'parabola'\ntitle = \"{title}\"\nlr = [0.1,0.2,0.3]\n{9 * 'x'}.y = 1"
    )
    with pytest.raises(UsageError, match="xxxxxxxxx"):
        read_preset("a.toml")


def test_an_empty_film_is_no_preset() -> None:
    Path("a.gif").touch()
    ran = run("--preset", "a.gif", "-o", "b.gif")
    assert (ran.code, ran.lines) == (2, ["gdanim: a.gif carries no recipe: it is of no format that gdanim writes"])


def test_parabola_is_the_notebook_s_first_animation() -> None:
    request = Settings(**read_preset("parabola"))
    assert (request.size, request.xlim, request.ylim) == ((1152, 864), (-6, 6), (-0.05, 40))
    assert (request.view, request.readout, request.fps) == ("panels", False, 10)
    descent = descend(request)
    assert descent.timeline.frames == 26
    assert descent.trajectory.x[0, 1, 0] == pytest.approx(4.3 * 0.8, rel=1e-15)


def test_double_well_is_the_notebook_s_second_animation() -> None:
    request = Settings(**read_preset("double-well"))
    assert (request.size, request.ylim, request.fps) == ((460, 345), (-1, 300), Fraction(100, 7))
    assert (request.view, request.readout, request.order) == ("curve", False, "in-turn")
    assert (request.starts, request.min_separation, request.avoid_minima) == (20, 0.2, 0.5)
    assert request.avoid == ((-3,), (3,))
    assert 15 <= descend(request).trajectory.runs <= 20


def test_momentum_wins_at_the_best_rates_of_the_textbook() -> None:
    # κ = 10: the error of descent shrinks by (κ − 1)/(κ + 1) = 9/11 a step, that of heavy ball by (√κ − 1)/(√κ + 1).
    descent = descend(Settings(**read_preset("momentum")))
    away = np.linalg.norm(descent.trajectory.x, axis=2)
    rates = (away[:, 25] / away[:, 15]) ** 0.1
    assert rates[0] == pytest.approx(9 / 11, abs=0.01)
    assert rates[1] == pytest.approx((10**0.5 - 1) / (10**0.5 + 1), abs=0.06)  # times the number of steps
    assert (descent.trajectory.lr[:, 0] == [0.0909, 0.1154]).all()
    assert away[1, -1] < 1e-3 * away[0, -1]


# --- the command line wins --------------------------------------------------------------------------------------------


def test_options_win_over_the_preset() -> None:
    mine = requested(
        "--preset", "parabola", "--lr", "0.3", "--lr", "0.2", "--readout", "--size", "640x480", "--fps", "10"
    )
    kept = {
        "function": "parabola",
        "start": 4.3,
        "iterations": 25,
        "view": "panels",
        "xlim": [-6, 6],
        "ylim": [-0.05, 40],
    }
    assert mine == kept | {"lr": [0.3, 0.2]}


def test_zero_and_empty_are_values_that_win() -> None:
    mine = requested("--preset", "double-well", "--seed", "0", "--min-separation", "0", "-n", "0", "--title", "")
    assert "min-separation" not in mine
    assert (mine["iterations"], mine["title"]) == (0, "")
    assert "avoid" not in requested("--preset", "double-well", "--avoid-minima", "0")


def test_parameters_merge_with_those_of_the_preset() -> None:
    assert requested("--preset", "double-well", "-p", "f=2")["param"] == {"l": 1, "f": 2}


def test_parameters_go_with_their_function() -> None:
    other = requested("--preset", "double-well", "quartic")
    assert "param" not in other
    assert "avoid" not in other
    assert requested("--preset", "double-well", "double-well", "-p", "l=2")["param"] == {"l": 2, "f": 3}


def test_a_start_displaces_the_random_starts_of_a_preset_and_the_other_way_round(tmp_path: Path) -> None:
    mine = requested("--preset", "double-well", "--start", "2")
    assert mine["start"] == 2
    assert "starts" not in mine
    assert "start" not in requested("--preset", "parabola", "--starts", "3")


def test_a_duration_displaces_the_every_of_a_preset_and_the_other_way_round(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('function = "parabola"\nevery = 2\n')
    (tmp_path / "b.toml").write_text('function = "parabola"\nduration = 5\n')
    assert requested("--preset", "a.toml", "--duration", "4").keys() == {"function", "duration"}
    assert requested("--preset", "b.toml", "--every", "3").keys() == {"function", "every"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("parabola",),
        ("--preset", "double-well"),
        ("--preset", "parabola", "--style", "dark", "--title", 'The "rate" \\ of π'),
        ("double-well", "-p", "l=0.5", "--starts", "7", "--seed", "3", "--order", "in-turn", "--fps", "29.97"),
        ("parabola", "--start=-1", "--start", "2e-3", "--lr", "1e-5", "--no-readout", "--dpi", "80", "--loop", "2"),
        ("quartic", "--tolerance", "1e-3", "--every", "5", "--hold", "0.25", "-f", "mp4", "--xlim=-1,1"),
    ],
)
def test_what_dry_run_prints_is_a_preset_of_the_same_request(arguments: tuple[str, ...], tmp_path: Path) -> None:
    printed = run(*arguments, "--dry-run").out
    (tmp_path / "again.toml").write_bytes(printed)
    request = Settings(**read_preset("again.toml"))
    again = run("--preset", "again.toml", "--dry-run").out
    assert Settings(**read_preset("again.toml")) == request
    assert again.partition(b"function =")[2] == printed.partition(b"function =")[2]
    assert to_saved(request).keys() == tomllib.loads(printed.decode()).keys()


def test_a_saved_request_makes_the_same_film(tmp_path: Path) -> None:
    first = ("double-well", "--starts", "3", "--seed", "5", "-n", "4", "--size", "160x120", "--order", "in-turn")
    (tmp_path / "saved.toml").write_bytes(run(*first, "--dry-run").out)
    assert run("--preset", "saved.toml", "-q").code == 0
    assert (tmp_path / "saved.gif").read_bytes() == run(*first, "-q", "-o", "-").out


# --- what a file may hold ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("lrr = 0.1", ("bad.toml", "'lrr'", "Did you mean 'lr'?")),
        ("iterations = 2.5", ("bad.toml: iterations 2.5", "whole number")),
        ("lr = [0.1, 0]", ("bad.toml: lr", "above 0")),
        ("lr = nan", ("bad.toml: lr nan", "finite")),
        ('fps = "1e999999999"', ("bad.toml: fps", "100/7")),
        ("size = [640]", ("bad.toml: size", "640x480")),
        ("readout = 1", ("bad.toml: readout", "true or false")),
        ('title = "two\\nlines"', ("bad.toml: title", "one line")),
        ("param = { l = [] }", ("bad.toml: param",)),
        ("start = 1979-05-27", ("bad.toml: start",)),
        ('output = "/etc/passwd"', ("bad.toml: output", "command line")),
        ("open = true", ("bad.toml: open", "command line")),
        ("[lr]\nfast = 1", ("bad.toml: lr",)),
        ("lr = ", ("bad.toml is not TOML", "Invalid value")),
        ("a" * 2_000_000, ("bad.toml", "1,000,000 bytes")),
        ("x = " + "[" * 100_000, ("bad.toml",)),
        ('x = "' + '\\"' * 100_000, ("bad.toml is not TOML", "Unterminated")),  # quadratic, it would take many minutes
        ("", ("Name a function",)),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_a_wrong_preset_is_one_line_that_names_file_and_key(
    content: str, said: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "bad.toml").write_text(content, encoding="utf-8")
    ran = run("--preset", "bad.toml")
    assert (ran.code, ran.out, len(ran.lines)) == (2, b"", 1)
    assert all(part in ran.err for part in said), ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["bad.toml"]


def test_a_preset_that_is_not_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b"lr = \xff\xfe")
    with pytest.raises(UsageError, match=r"bad\.toml is not TOML"):
        read_preset("bad.toml")


def test_a_file_beside_us_does_not_hide_a_shipped_preset(tmp_path: Path) -> None:
    (tmp_path / "parabola").write_text("lr = 7")
    assert read_preset("parabola")["lr"] == (0.1,)
    assert read_preset("./parabola")["lr"] == (7.0,)


def test_json_of_a_preset_names_its_function() -> None:
    ran = run("--preset", "double-well", "--starts", "1", "-n", "1", "--size", "160x120", "--json", "-q")
    assert json.loads(ran.out)["function"] == "double-well"
