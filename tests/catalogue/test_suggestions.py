"""What people type by mistake: each message says what was meant, and that works."""

from __future__ import annotations

import shlex

import pytest
from support.commandline import run

from gdanim.catalogue.registry import KINDS
from gdanim.catalogue.suggestions import OPTION_SYNONYMS
from gdanim.cli.app import gdanim
from gdanim.errors import nearest
from gdanim.formula.parser import parse

TRIED = ("-n", "1", "--dry-run")


def said(*words: str) -> tuple[int, str]:
    """The exit code and the last line of a command."""
    ended = run(*words, *TRIED)
    return ended.code, (ended.lines or [""])[-1]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("race", "--preset race"), ("explain", "--preset explain"), ("adam", "-O adam"),
        ("cosine", "--schedule cosine"), ("contour", "--view contour"), ("styles", "gdanim list styles"),
        ("family", "gdanim list families"), ("presets", "gdanim list presets"), ("lis", "'gdanim list'"),
        ("chekc", "'gdanim check'"), ("help", "'gdanim --help'"), ("version", "'gdanim --version'"),
        ("fit.py", "fit.py:f"), ("mine.toml", "--preset mine.toml"), ("out.gif", "-o out.gif"),
        ("films/out.mp4", "-o films/out.mp4"), ("points.csv", "--trajectory points.csv"),
        ("log.csv.gz", "--trajectory log.csv.gz"), ("run.NDJSON", "--trajectory run.NDJSON"),
    ],
)  # fmt: skip
def test_a_word_of_another_kind_is_said_to_be_one(typed: str, meant: str) -> None:
    code, line = said(typed)
    assert code == 2
    assert meant in line


@pytest.mark.parametrize("typed", ["x-1", "2.5*x**2", "x", "t", "saddle", "x/2.5"])
def test_formulas_and_functions_are_taken_for_nothing_else(typed: str) -> None:
    _, line = said(typed)
    assert "no function, but" not in line
    assert "Unknown command" not in line


def test_what_stands_for_an_option_of_another_name_is_an_option() -> None:
    allowed = {name for parameter in gdanim.commands["render"].params for name in parameter.opts}
    for typed, meant in OPTION_SYNONYMS.items():
        assert shlex.split(meant)[0] in allowed, typed
        assert f"--{typed}" not in allowed, typed
        if meant.startswith("-O"):
            assert said("parabola", *shlex.split(meant))[0] == 0, typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("--learning-rate", "--lr"),
        ("--itertions", "--iterations"),
        ("--color", "--style"),
        ("--batch-size", "--batch"),
        ("--verison", "--version"),
        ("--seconds", "--duration"),
        ("--dark", "--style dark"),
        ("--Optimiser", "--optimizer"),
    ],
)
def test_an_unknown_option_suggests_the_one_that_does_it(typed: str, meant: str) -> None:
    assert f"Did you mean '{meant}'?" in said("parabola", typed, "1")[1]


@pytest.mark.parametrize(("typed", "meant"), [("sinx", "sin x"), ("log2x", "log2 x"), ("xsin2x", "x sin 2x")])
def test_a_bare_word_of_a_joined_function_is_told_the_formula(typed: str, meant: str) -> None:
    assert said(typed)[1].rstrip().endswith(f"; for a formula write '{meant}'")
    parse(meant)


@pytest.mark.parametrize("kind", ["functions", "optimizers", "schedules", "views", "formats"])
def test_letters_that_changed_places_are_put_right(kind: str) -> None:
    names = KINDS[kind].names()
    for name in names:
        swapped = {name[:i] + name[i + 1] + name[i] + name[i + 2 :] for i in range(len(name) - 1)}.difference(names)
        assert {nearest(word, names) for word in swapped} <= {name}


@pytest.mark.parametrize("typed", ["--zzz", "--gpu"])
def test_nothing_is_suggested_where_nothing_is_near(typed: str) -> None:
    assert "Did you mean" not in said("parabola", typed, "1")[1]


@pytest.mark.parametrize(("option", "value"), [("--lr", "0.05,0.5"), ("--lr", "1, 2, 3")])
def test_commas_between_values_of_an_option_that_repeats_say_so(option: str, value: str) -> None:
    assert "repeat the option" in said("parabola", option, value)[1]


def test_a_value_that_is_none_is_not_told_to_be_repeated() -> None:
    assert "repeat" not in said("parabola", "--lr", "0.05,fast")[1]


STRAYS = {
    "parabola out2.gif": ["-o out2.gif"],
    "parabola -O adam lbfgs": ["-O adam -O lbfgs"],
    "parabola -O lbfgs, adam": ["-O lbfgs -O adam"],
    "parabola -O adam lr=0.1": ["-O adam:lr=0.1"],
    "parabola -O adam:lr=0.1 beta1=0.5": ["-O adam:lr=0.1,beta1=0.5"],
    "rosenbrock --start 1 2": ["--start 1,2", "--start 1 --start 2"],
    "parabola --lr 0.1 0.5": ["--lr 0.1 --lr 0.5"],
    "parabola --style light dark": ["--style light --style dark"],
    "parabola --themes light dark": ["--themes light,dark"],
    "parabola --title a b": ['--title "a b"'],
    "double-well -p l=1 f=2": ["-p l=1 -p f=2"],
    "parabola adam": ["-O adam"],
    "parabola 0.1": ["--lr 0.1"],
    "parabola dark": ["--style dark"],
    "parabola points.csv": ["--trajectory points.csv", "--points points.csv"],
    "preset rates": ["gdanim --preset rates"],
    "run parabola": ["gdanim parabola"],
    "ln x": ['gdanim "ln x"'],
    "x ^ 2 - 1": ['gdanim "x ^ 2 - 1"'],
}
NEEDS_MORE = {"--start 1 --start 2", "--trajectory points.csv", "--points points.csv"}  # a function of as many, a file


@pytest.mark.parametrize("typed", STRAYS)
def test_a_word_too_many_is_told_what_was_meant_and_that_works(typed: str) -> None:
    code, line = said(*typed.split())
    _, _, after = line.partition("Did you mean ")
    meant = [text.strip("'") for text in after.partition("?")[0].split("' or '")]
    assert (code, meant) == (2, STRAYS[typed])
    stray = line.split("'")[1]
    for text in meant:
        instead = text.removeprefix("gdanim ")
        if instead == text:
            kept = typed.split()[: typed.split().index(stray)]
            kept = kept[:-2] if text.split()[0] in kept else kept
            instead = " ".join([*kept, text])
        assert said(*shlex.split(instead))[0] == (2 if text in NEEDS_MORE else 0), instead


@pytest.mark.parametrize("typed", ["-fps 3", "-lr 0.1", "-open", "-output a.gif", "-style=dark"])
def test_a_long_option_behind_one_dash_gets_its_second(typed: str) -> None:
    name = typed.replace("=", " ").split()[0]
    assert f"Did you mean '-{typed.split()[0]}'?" in said("parabola", *typed.split())[1]
    assert name not in said("parabola", "--title", name)[1]


RESPELT = {
    "-O Adam,lr=0.1": "adam:lr=0.1",
    "-O adam(lr=0.1,beta1=0.8)": "adam:lr=0.1,beta1=0.8",
    "-O adam,lbfgs": "--optimizer adam --optimizer lbfgs",
    "--schedule cosine(eta_min=0.01)": "cosine:eta_min=0.01",
    "--style light,dark": "--style light --style dark",
    "--lr 0,1": "0.1",
    "--fps 12,5": "12.5",
    "--duration 8s": "8",
    "-n 1e3": "1000",
    "-n 1,000": "1000",
    "-o out.jpg": "out.png",
    "-o out.avi": "out.mp4",
    "-o out.eps": "out.svg",
}


@pytest.mark.parametrize("typed", RESPELT)
def test_a_value_that_other_tools_take_is_told_as_gdanim_takes_it(typed: str) -> None:
    option, value = typed.split()
    *_, line = run("rosenbrock", option, value, "--dry-run").lines
    instead = RESPELT[typed]
    assert f" {instead}" in line
    words = instead.split() if instead.startswith("--") else [option, instead]
    assert run("rosenbrock", *words, "--dry-run").code == 0


def test_the_page_of_list_names_every_kind() -> None:
    printed = run("list", "--help").out.decode()
    assert not {kind for kind in (*KINDS, "presets", "jobs") if kind not in printed}
    assert "gdanim list jobs --schema" in run("list", "jobs").err
