"""`gdanim list`: every registry, for people and for programs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from support.commandline import run

from gdanim.catalogue.registry import FORMATS, FUNCTIONS, KINDS, OPTIMIZERS, SCHEDULES, STYLES, VIEWS, presets
from gdanim.catalogue.specs import Method

ALL = {**KINDS, "presets": presets()}


@pytest.mark.parametrize("kind", ALL)
def test_every_entry_has_a_line_and_a_json_object(kind: str) -> None:
    text = run("list", kind).out.decode()
    objects = json.loads(run("list", kind, "--json").out)
    names = [name.replace("_", "-") for name in ALL[kind]]
    lines = [line for line in text.splitlines() if not line.startswith(" ")]
    assert [line.split()[0] for line in lines] == names
    assert [entry["name"] for entry in objects] == names
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines)


def test_a_kind_that_is_none_is_told_the_nearest_one_else_all() -> None:
    assert "Did you mean 'functions'?" in run("list", "functoins").err
    assert f"Unknown kind 'plot'. Give one of {', '.join(ALL)}. See: gdanim list --help" in run("list", "plot").err


def _entries(text: str) -> dict[str, str]:
    """The text about each entry by its name, its lines joined."""
    blocks = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    return {block.split()[0]: " ".join(block.split()) for block in blocks}


@pytest.mark.parametrize(("kind", "registry"), [("optimizers", OPTIMIZERS), ("schedules", SCHEDULES)])
def test_a_method_is_listed_with_its_rule_what_it_takes_and_its_source(kind: str, registry: Any) -> None:
    listed = _entries(run("list", kind).out.decode())
    for name, entry in registry.items():
        shown = name.replace("_", "-")
        text = listed[shown]
        assert text.startswith(f"{shown} {entry.summary}")
        assert text.endswith(entry.source)
        for item in entry.hyperparameters:
            assert re.search(rf"\b{item.name}(=|: )", text), item.name
        if isinstance(entry, Method):
            once = "" if entry.follows_schedule else ", read once: it takes no --schedule"
            assert f"lr: {entry.rate.value}{once} " in text
        assert all(f" {lower} < {upper}" in text for lower, upper in entry.ordered)


def test_defaults_are_listed_as_they_are_written() -> None:
    text = run("list", "optimizers").out.decode()
    rmsprop = _entries(text)["rmsprop"]
    assert (
        "alpha=0.99, eps=1e-08, momentum=0, centered=no, weight_decay=0, lr: 2 % of the width of the function's bounds"
        in rmsprop
    )
    assert "f_min: f at the lowest minimizer" in _entries(text)["polyak"]


@pytest.mark.parametrize("kind", ["optimizers", "schedules"])
def test_a_list_of_methods_fits_a_hundred_columns(kind: str) -> None:
    lines = run("list", kind).out.decode().splitlines()
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(("kind", "registry"), [("optimizers", OPTIMIZERS), ("schedules", SCHEDULES)])
def test_programs_are_told_every_default_to_its_last_digit(kind: str, registry: Any) -> None:
    for row in json.loads(run("list", kind, "--json").out):
        entry = registry[row["name"].replace("-", "_")]
        expected = [(item.name, item.default, item.shown or None) for item in entry.hyperparameters]
        assert [(item["name"], item["default"], item["meaning"]) for item in row["hyperparameters"]] == expected
        assert (row["summary"], row["source"], row["distribution"]) == (entry.summary, entry.source, None)
        assert row.get("rate") == (entry.rate.value if isinstance(entry, Method) else None)
        assert row.get("follows_schedule") == (entry.follows_schedule if isinstance(entry, Method) else None)
        assert row["ordered"] == list(map(list, entry.ordered))


@pytest.mark.parametrize("kind", ALL)
def test_one_of_a_kind_may_be_asked_for_in_the_singular(kind: str) -> None:
    assert run("list", kind[:-1]).out == run("list", kind).out


def test_the_whole_list_has_every_kind_under_its_heading() -> None:
    text = run("list").out.decode()
    assert [line.lower() for line in text.splitlines() if line and not line.startswith(" ")] == list(ALL)
    assert json.loads(run("list", "--json").out).keys() == ALL.keys()


def test_functions_tell_programs_all_that_a_row_knows() -> None:
    (row,) = [row for row in json.loads(run("list", "functions", "--json").out) if row["name"] == "double-well"]
    assert row["formula"] == "l*(x**2 - f**2)**2 + 2*x + 6"
    assert (row["dim"], row["parameters"]) == (1, {"l": 1, "f": 3})
    low, high = row["bounds"][0]
    assert low <= row["start"][0] <= high
    # The deeper of the two wells: 4 x (x² − 9) + 2 = 0 at the negative one.
    x = row["minimizers"][0][0]
    assert 4 * x * (x * x - 9) + 2 == pytest.approx(0, abs=1e-9)
    assert row["minimum"] == pytest.approx((x * x - 9) ** 2 + 2 * x + 6, abs=1e-12)
    assert row["curvature"] == pytest.approx(12 * x * x - 36, rel=1e-12)
    assert row["source"]


@pytest.mark.parametrize(
    "entry",
    [*OPTIMIZERS.values(), *SCHEDULES.values(), *VIEWS.values(), *STYLES.values(), *FORMATS.values()],
    ids=lambda entry: entry.target,
)
def test_every_entry_of_the_catalogue_can_be_loaded(entry: object) -> None:
    assert entry.load() is not None  # type: ignore[attr-defined]


def test_no_suffix_means_two_formats() -> None:
    suffixes = [suffix for entry in FORMATS.values() for suffix in entry.extensions]
    assert len(suffixes) == len(set(suffixes))


def test_every_function_has_one_spelling_besides_its_hyphens() -> None:
    assert all(name == name.lower().replace("-", "_") for name in FUNCTIONS)
