"""The man page: as the commands are now, and read cleanly by the programs that show it."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from support.manual import ENVIRONMENT, manual

from gdanim.cli import app
from gdanim.settings import options

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "gdanim/cli/gdanim.1"


def shown(*command: str) -> str:
    """The page as a program sets it in plain text; it says nothing beside."""
    ran = subprocess.run([*command, str(PAGE)], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    return re.sub(".\b", "", ran.stdout)


def test_the_page_is_as_the_commands_are_now() -> None:
    assert PAGE.read_text(encoding="utf-8") == manual(), "python tests/house/test_manual.py writes it anew"


def test_the_wheel_brings_it_where_man_looks_for_it() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    ((source, target),) = build["wheel"]["shared-data"].items()
    assert (ROOT / source).samefile(PAGE)
    assert target == "share/man/man1/gdanim.1"


@pytest.mark.program("mandoc")
def test_mandoc_finds_nothing_wrong() -> None:
    # That it has no date is meant: it changes with the commands, not with the day.
    ran = subprocess.run(["mandoc", "-Tlint", "-Wwarning", str(PAGE)], capture_output=True, text=True, check=False)
    assert [line for line in ran.stdout.splitlines() if "missing date" not in line] == []


@pytest.mark.program("groff")
def test_groff_shows_every_option_and_command_without_a_warning() -> None:
    page = " ".join(shown("groff", "-man", "-Tutf8", "-wall", "-rHY=0", "-P-c").split())
    for attribute, option, _ in options():
        assert attribute == "function" or option.name in page
    for name, command in app.gdanim.commands.items():
        assert name == "render" or f"gdanim {name}" in page
        assert not {one for parameter in command.params for one in parameter.opts if one.startswith("--")} - set(
            re.findall(r"--[a-z0-9-]+", page)
        )
    assert all(variable in page for variable in ENVIRONMENT)
    assert 'gdanim "x**4 - 3*x**2 + x" -o formula.gif' in page  # as it is pasted: ASCII, nothing turned


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(manual(), encoding="utf-8")
