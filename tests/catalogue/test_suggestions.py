"""What people type by mistake: each message says what was meant, and that works."""

from __future__ import annotations

import shlex

import pytest
from support.commandline import run

from gdanim.catalogue.suggestions import OPTION_SYNONYMS
from gdanim.cli.app import gdanim
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
        ("cosine", "--schedule cosine"), ("contour", "--view contour"), ("lis", "'gdanim list'"),
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
        ("--Optimiser", "--optimizer"),
    ],
)
def test_an_unknown_option_suggests_the_one_that_does_it(typed: str, meant: str) -> None:
    assert f"Did you mean '{meant}'?" in said("parabola", typed, "1")[1]


@pytest.mark.parametrize(("typed", "meant"), [("sinx", "sin x"), ("log2x", "log2 x"), ("xsin2x", "x sin 2x")])
def test_a_bare_word_of_a_joined_function_is_told_the_formula(typed: str, meant: str) -> None:
    assert said(typed)[1].rstrip().endswith(f"; for a formula write '{meant}'")
    parse(meant)


@pytest.mark.parametrize("typed", ["--zzz", "--batch-size", "--gpu"])
def test_nothing_is_suggested_where_nothing_is_near(typed: str) -> None:
    assert "Did you mean" not in said("parabola", typed, "1")[1]


@pytest.mark.parametrize(("option", "value"), [("--lr", "0.05,0.5"), ("--lr", "1, 2, 3")])
def test_commas_between_values_of_an_option_that_repeats_say_so(option: str, value: str) -> None:
    assert "repeat the option" in said("parabola", option, value)[1]


def test_a_value_that_is_none_is_not_told_to_be_repeated() -> None:
    assert "repeat" not in said("parabola", "--lr", "0.05,fast")[1]
