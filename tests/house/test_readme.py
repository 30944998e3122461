"""The README is true: its tables are generated, its commands run and print what it says.

After a change of options, formats or messages, `python tests/house/test_readme.py` writes it anew.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.commandline import run

from gdanim.catalogue.registry import FORMATS, FUNCTIONS, OPTIMIZERS, SCHEDULES
from gdanim.cli.listing import default

if TYPE_CHECKING:
    from gdanim.catalogue.specs import Method, Schedule

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"


def formats() -> str:
    rows = [
        f"| `{entry.name.replace('_', '-')}` | {' '.join(f'`{e}`' for e in entry.extensions)} | {entry.summary} |"
        for entry in FORMATS.values()
    ]
    return "\n".join(["| format | suffix | |", "|---|---|---|", *rows])


def optimizers() -> str:
    """Every optimizer with what it takes; the rules stand in `gdanim list optimizers`."""
    rows = ["| optimizer | `KEY=VALUE` and defaults | |", "|---|---|---|"]
    rows += [f"| `{entry.name}` | {_settable(entry)} | {_cell(entry.summary)} |" for entry in OPTIMIZERS.values()]
    rows += ["", "| schedule | `KEY=VALUE` and defaults | |", "|---|---|---|"]
    rows += [f"| `{entry.name}` | {_settable(entry)} | {_cell(entry.summary)} |" for entry in SCHEDULES.values()]
    return "\n".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _settable(entry: Method | Schedule) -> str:
    return ", ".join(
        f"`{default(item)}`" if item.default is not None else default(item) for item in entry.hyperparameters
    )


def functions() -> str:
    names = [
        ", ".join(f"`{row.name.replace('_', '-')}`" for row in FUNCTIONS.values() if len(row.bounds) == dim)
        for dim in (1, 2)
    ]
    return f"One variable: {names[0]}.\n\nTwo variables: {names[1]}."


def command_help() -> str:
    printed = _shell("gdanim --help", ROOT, COLUMNS="100").stdout
    return f"```text\n{printed.strip()}\n```"


GENERATED = {"formats": formats, "functions": functions, "optimizers": optimizers, "help": command_help}


def _shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, env={**os.environ, **environment, "PATH": path}, text=True,
        capture_output=True, check=False,
    )  # fmt: skip


def _between(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)


@pytest.mark.parametrize("name", GENERATED)
def test_generated_part_is_up_to_date(name: str) -> None:
    found = _between(name).search(README.read_text(encoding="utf-8"))
    assert found is not None
    assert found.group().strip() == GENERATED[name]()


CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```)", re.DOTALL | re.MULTILINE)
NAMED = re.compile(r"^```(?:python|toml)\n(# ([\w.]+)\n.*?)^```", re.DOTALL | re.MULTILINE)
SIZE = re.compile(r"(\d[\d.]*) kB")
WORK = re.compile(r"[\d.]+ s of work")


def _blocks() -> list[str]:
    return CONSOLE.findall(README.read_text(encoding="utf-8"))


def _commands(block: str) -> list[tuple[str, str]]:
    """Each command of a block, with what it is said to print."""
    steps = [step.partition("\n") for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(command, promised.strip()) for command, _, promised in steps]


def _clone(folder: Path) -> Path:
    """The folder with what the README says lies there: the presets, and the files that it has its reader write."""
    (folder / "presets").symlink_to(ROOT / "presets")
    for content, name in NAMED.findall(README.read_text(encoding="utf-8")):
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def _assert_printed(promised: str, printed: str) -> None:
    """The same lines, no more and no fewer, in which sizes differ by no more than versions of encoders do."""
    same = [WORK.sub("N s of work", SIZE.sub("N kB", text)) for text in (promised, printed)]
    assert same[0] == same[1]
    sizes = [[float(size) for size in SIZE.findall(text)] for text in (promised, printed)]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.1)


def _pasted(line: str, folder: Path) -> tuple[int, str]:
    """Exit code and all that is printed, where a shell runs a line."""
    ended = _shell(line, folder)
    return ended.returncode, ended.stdout + ended.stderr


def _carried_out(line: str, folder: Path) -> tuple[int, str]:
    """The same in this process, for a line that a shell does nothing with but split it into words."""
    with contextlib.chdir(folder):
        ran = run(*shlex.split(line)[1:])
    return ran.code, ran.out.decode() + ran.err


def _ran(command: str, folder: Path) -> str:
    """What a command prints that succeeds."""
    # A reader's first command, and what a shell has a part in, as they are pasted.
    is_plain = not _blocks()[0].startswith(f"$ {command}\n") and not set(command) & set("<>|&;$`~")
    code, printed = (_carried_out if is_plain else _pasted)(command, folder)
    assert code == 0, printed
    return printed.strip()


@pytest.mark.parametrize("block", _blocks(), ids=lambda block: block.splitlines()[0][2:])
def test_commands_run_and_print_what_the_readme_says(block: str, tmp_path: Path) -> None:
    folder = _clone(tmp_path)
    for command, promised in _commands(block):
        assert command.startswith("gdanim ")
        _assert_printed(promised, _ran(command, folder))


def test_no_two_commands_write_the_same_file() -> None:
    written = re.findall(r" -o (\S+)", "".join(_blocks()).replace(" --dry-run", ""))
    again = ["hero.webp", "out/{preset}.gif"]  # a page that shows what was written above; what a batch finds current
    assert sorted(written) == sorted([*set(written), *again])


def test_the_python_section_runs_and_prints_nothing(
    in_tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _, section = README.read_text(encoding="utf-8").split("## In Python\n")
    blocks = re.findall(r"```python\n(.*?)```", section.split("\n## ")[0], re.DOTALL)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        exec("\n".join(blocks), {})
    # Here there is no tqdm, and a function of one's own is in no recipe.
    assert [str(one.message).split(":")[0] for one in warned] == [
        "progress=True shows a bar where tqdm is installed, and it is not",
        "what was written cannot be made again from the file alone",
    ]
    assert {path.name for path in in_tmp_path.iterdir()} == {"out.gif", "race.gif", "race.mp4"}
    assert capfd.readouterr() == ("", "")


def _written_anew(block: str) -> str:
    """A block with what its commands print now."""
    with tempfile.TemporaryDirectory() as folder:
        clone = _clone(Path(folder))
        return "".join(f"$ {command}\n{_ran(command, clone)}".rstrip() + "\n" for command, _ in _commands(block))


if __name__ == "__main__":
    text = CONSOLE.sub(lambda found: _written_anew(found[0]), README.read_text(encoding="utf-8"))
    for part, make in GENERATED.items():
        text = _between(part).sub(lambda _, make=make: make() + "\n", text)
    README.write_text(text, encoding="utf-8")
