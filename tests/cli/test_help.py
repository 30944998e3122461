"""--help: complete, in its groups, with units and defaults, and nothing in it that does not work."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.commandline import ENVIRONMENT, command, run
from support.outputs import posix

import gdanim
from gdanim.catalogue.registry import FORMATS
from gdanim.cli.parameters import EPILOG, USAGE
from gdanim.settings import GROUPS, Settings, options

if TYPE_CHECKING:
    from gdanim.options.option import Option

OPTIONS = [pytest.param(option, default, id=option.name) for name, option, default in options() if name != "function"]
PACKAGE = Path(gdanim.__file__).parent


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> str:
    """The page as a terminal of 100 columns shows it."""
    return wide(monkeypatch, 100)


def wide(monkeypatch: pytest.MonkeyPatch, columns: int) -> str:
    monkeypatch.setenv("COLUMNS", str(columns))
    return run("--help").out.decode()


def entries(page: str) -> dict[str, str]:
    """What the page says of each option, by its long name, with the lines joined."""
    found: dict[str, str] = {}
    name = ""
    for line in page.splitlines():
        opening = re.match(r"  (?:-\w, |    )--(?:\[no-\])?([a-z0-9-]+)", line)
        if opening:
            name = "--" + opening[1]
            found[name] = line
        elif name and line.startswith(" " * 20):
            found[name] += " " + line.strip()
        else:
            name = ""
    return {name: re.sub(r"  +", "  ", text).strip() for name, text in found.items()}


@pytest.mark.parametrize(("option", "default"), OPTIONS)
def test_every_option_says_what_it_takes_what_it_does_and_its_default(
    option: Option, default: object, page: str
) -> None:
    entry = entries(page)[option.name]
    assert option.help.replace("`", "") in entry.replace("`", "")
    assert option.help.endswith(".")
    assert option.help[0].isupper()
    if option.short:
        assert entry.startswith(f"{option.short}, {option.name}")
    if not isinstance(default, bool):
        assert f"{option.name} {option.metavar}  " in entry
        assert option.metavar
    if default not in (None, (), False):
        shown = option.shown or (f"{default:g}" if isinstance(default, float) else str(default))
        assert entry.endswith(f"[default: {shown}]")


def test_shown_defaults_are_the_defaults() -> None:
    settings = Settings()
    read = {name: option.read for name, option, default in options() if option.shown and default not in (None, ())}
    shown = {name: option.shown for name, option, _ in options()}
    assert read.keys() == {"readout", "verdict", "size", "style"}
    assert read["size"](shown["size"]) == settings.size
    assert read["style"](shown["style"]) == settings.style
    assert settings.readout is settings.verdict is True


def test_groups_stand_in_their_order(page: str) -> None:
    headings = re.findall(r"^([A-Z][a-z ]+):$", page, flags=re.MULTILINE)
    assert headings == [*GROUPS, "Commands", "Help", "Examples"]


@pytest.mark.parametrize("columns", [72, 80, 100, 200])
def test_lines_fit_and_columns_line_up(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    page = wide(monkeypatch, columns)
    assert max(map(len, page.splitlines())) <= min(columns, 100)
    terms = [re.match(r"  (?:-\w, |    )--\S+(?: \S+)?  +(?=\S)", line) for line in page.splitlines()]
    assert len({term.end() for term in terms if term}) == 1


def test_no_default_is_torn_over_two_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    page = wide(monkeypatch, 80)
    assert page.count("[default: ") >= 20
    assert not re.search(r"\[default[^]]*\n", page)
    assert page.isascii()


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_the_help_of_every_command_keeps_to_the_width_and_tears_neither_words_nor_defaults(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in USAGE:
        monkeypatch.setenv("COLUMNS", str(columns))
        page = run(name, "--help").out.decode()
        assert max(map(len, page.splitlines())) <= min(columns, 100)
        assert not re.search(r"\[default[^]]*\n", page)
        assert page.isascii()
        monkeypatch.setenv("COLUMNS", "100")
        assert page.split() == run(name, "--help").out.decode().split()


def test_help_is_one_page_wherever_it_is_asked_for() -> None:
    page = run("--help").out
    for arguments in (("-h",), ("render", "--help"), ("parabola", "--help"), ("parabola", "--lr", "0.1", "-h")):
        ran = run(*arguments)
        assert (ran.code, ran.out, ran.err) == (0, page, "")


def test_help_names_help_and_version_and_list(page: str) -> None:
    assert re.search(r"^  -h, --help +\S", page, flags=re.MULTILINE)
    assert re.search(r"^      --version +\S", page, flags=re.MULTILINE)
    assert re.search(r"^  list \[KIND\] +\S", page, flags=re.MULTILINE)


def test_list_has_its_own_help() -> None:
    ran = run("list", "--help")
    assert ran.code == 0
    assert b"families of any dimension, models for --points" in b" ".join(ran.out.split())


EXAMPLES = [line.strip() for line in EPILOG.splitlines() if line.strip().startswith("gdanim ")]


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_run(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(*shlex.split(example)[1:], "--dry-run")
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("attribute", [name for name, _, _ in options()])
def test_something_reads_every_option(attribute: str) -> None:
    sources = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "settings.py"]
    # What a preset may run is asked before there are Settings.
    reading = re.compile(rf'\bsettings\.{attribute}\b|\bchosen\.get\("{attribute}"\)')
    taken = any(attribute in form.takes for form in FORMATS.values())
    assert taken or any(reading.search(source) for source in sources)


def test_no_default_is_shown_as_python_writes_it() -> None:
    assert not re.search(r"default: [\[({]|default: (None|True|False)", run("--help").out.decode())


@posix
def test_the_name_alone_gets_a_person_going_and_its_commands_are_requests() -> None:
    terminal, end = os.openpty()
    subprocess.run(command(), stdout=end, env=ENVIRONMENT, check=True)
    os.close(end)
    shown = os.read(terminal, 1 << 16).decode().splitlines()
    os.close(terminal)
    assert len(shown) == 10
    assert max(map(len, shown)) <= 100
    examples = [re.split("  +", line.strip())[0] for line in shown if line.startswith("  gdanim ")]
    assert len(examples) == 6
    for example in examples:
        assert run(*shlex.split(example)[1:], "--dry-run").code == 0, example
