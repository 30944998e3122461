"""What is printed as JSON: names as people type them, and keys that jq takes bare."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.commandline import QUICK, run

if TYPE_CHECKING:
    from collections.abc import Iterator

# Of jq 1.7's manual: what its grammar keeps for itself. Releases before it refuse `.end`.
KEYWORDS = {
    *("__loc__", "and", "as", "catch", "def", "elif", "else", "end", "foreach", "if"),
    *("import", "include", "label", "module", "or", "reduce", "then", "try"),
}
RACE = ("double-well", *QUICK, "--lr", "0.01", "--lr", "0.02", "-q")


def keys(content: Any) -> Iterator[str]:
    """The keys of all objects in some JSON, apart from those that are names of a person's own."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield key
            if key not in ("parameters", "qualities"):
                yield from keys(value)
    elif isinstance(content, list):
        for item in content:
            yield from keys(item)


@pytest.fixture
def summary(in_tmp_path: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*RACE, "--json", "-o", "a.png").out)
    return found


def test_every_key_can_be_typed_bare_in_jq_or_has_one_beside_it_that_can(summary: dict[str, Any]) -> None:
    checked, listed = run("check", "a.png", "--json").out, run("list", "--json").out
    for content in (json.loads(checked), json.loads(listed)):
        assert not {key for key in keys(content) if key in KEYWORDS or not key.isidentifier()}
    assert {key for key in keys(summary) if key in KEYWORDS or not key.isidentifier()} == {"end", "label"}
    assert [(one["name"], one["final"]) for one in summary["runs"]] == [
        (one["label"], one["end"]) for one in summary["runs"]
    ]
    assert [one["name"] for one in summary["runs"]] == ["lr 0.01", "lr 0.02"]


@pytest.mark.parametrize("typed", ["double-well", "double_well"])
def test_a_function_is_called_as_the_list_calls_it(typed: str, in_tmp_path: object) -> None:
    told = json.loads(run(typed, *QUICK, "-q", "--json", "-o", "a.png").out)
    assert told["function"] == "double-well"
    assert "double-well" in [row["name"] for row in json.loads(run("list", "functions", "--json").out)]


def test_a_formula_keeps_its_own_underscores(in_tmp_path: object) -> None:
    assert json.loads(run("x_1^2 + x_2^2", *QUICK, "-q", "--json", "-o", "a.png").out)["function"] == "x_1^2 + x_2^2"


def test_check_tells_programs_of_every_file_and_people_only_of_what_is_wrong(in_tmp_path: object) -> None:
    assert run(*RACE, "-o", "good.png", "-o", "bad.webp").code == 0
    with open("bad.webp", "r+b") as file:  # noqa: PTH123
        content = file.read().replace(b"iterations = 3\n", b"iterations = 2\n")
        file.seek(0)
        file.write(content)
    with open("none.gif", "wb") as file:  # noqa: PTH123
        file.write(b"GIF89a" + bytes(50))
    files = ("good.png", "bad.webp", "none.gif")
    told = run("check", "--json", *files)
    rows = [json.loads(line) for line in told.out.decode().splitlines()]
    assert [(row["file"], row["same"], row["exact"], row["code"]) for row in rows] == [
        ("good.png", True, True, 0),
        ("bad.webp", False, False, 1),
        ("none.gif", None, False, 2),
    ]
    assert (told.code, told.err) == (1, "")
    quiet = run("check", "-q", *files)
    assert [line.partition(":")[0] for line in quiet.out.decode().splitlines()] == ["bad.webp"]
    assert "carries no recipe" in quiet.err
    assert run("check", "-q", "good.png").out == b""
