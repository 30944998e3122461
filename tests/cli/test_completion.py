"""Completion: what may stand next on a command line, and what bash, zsh and fish make of it."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.commandline import ENVIRONMENT, PATIENCE_S, program_in, run
from support.outputs import posix

from gdanim.catalogue.registry import FUNCTIONS, KINDS, OPTIMIZERS, presets
from gdanim.cli import app
from gdanim.cli.completion import FILES, OPEN, WORDS, Answer, complete, words_of
from gdanim.cli.shells import SCRIPTS
from gdanim.settings import options

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMANDS = app.gdanim.commands


def after(line: str) -> Answer:
    """What may stand at the end of a line."""
    *before, word = words_of(line)[1:]
    return complete(before, word, COMMANDS)


def words(line: str) -> list[str]:
    return [word for word, _ in after(line).words]


def test_the_first_word_is_a_command_a_function_or_a_model() -> None:
    found = words("gdanim ")
    assert {*COMMANDS, *(name.replace("_", "-") for name in FUNCTIONS), "linear"} <= set(found)
    assert words("gdanim para") == ["parabola"]
    assert words("gdanim rec") == ["recipe"]


@pytest.mark.parametrize(
    "line",
    ["gdanim fit.p", "gdanim --preset min", "gdanim x --style ./m", "gdanim check a", "gdanim x -O my.p"],
)
def test_where_no_name_begins_so_it_may_be_a_file(line: str) -> None:
    assert after(line) == Answer((), FILES)


@pytest.mark.parametrize("function", ["parabola", "'x**2 + 1'", '"x^2 - 3 x"', "--preset race", "render parabola"])
def test_every_option_is_completed_behind_a_function_a_formula_and_a_preset(function: str) -> None:
    long = {option.name for field, option, _ in options() if field != "function"}
    assert long <= set(words(f"gdanim {function} --"))
    assert words(f"gdanim {function} --min-s") == ["--min-separation"]


def test_an_option_that_does_not_repeat_is_offered_once() -> None:
    assert "--size" not in words("gdanim parabola --size 100x100 --s")
    assert "--seed" not in words("gdanim parabola --seed=1 --s")
    assert "--lr" in words("gdanim parabola --lr 0.1 --l")


OF_A_KIND = {
    "-O": "optimizers",
    "--optimizer": "optimizers",
    "--view": "views",
    "--schedule": "schedules",
    "-f": "formats",
    "--style": "styles",
}


@pytest.mark.parametrize(("option", "kind"), OF_A_KIND.items())
def test_values_are_the_names_that_list_shows(option: str, kind: str) -> None:
    names = [name.replace("_", "-") for name in KINDS[kind]]
    assert words(f"gdanim parabola {option} ") == names
    if option.startswith("--"):
        assert words(f"gdanim parabola {option}=") == [f"{option}={name}" for name in names]


def test_presets_and_kinds_and_shells_are_named() -> None:
    assert words("gdanim --preset ") == list(presets())
    assert words("gdanim list ") == [*KINDS, "presets"]
    assert words("gdanim completion ") == list(SCRIPTS)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_behind_a_colon_stand_the_hyperparameters_of_the_method(name: str) -> None:
    known = [one.name for one in OPTIMIZERS[name].hyperparameters]
    found = after(f"gdanim parabola -O {name}:")
    assert found == Answer(tuple((f"{name}:{key}=", "") for key in known), OPEN)
    for key in known:
        assert f"{name}:{key}=" not in words(f"gdanim parabola -O {name}:{key}=0.5,")


OF_FEW_WORDS = {
    "--order": ["together", "in-turn"],
    "--loss": ["mse", "mae", "huber", "log"],
    "--quality": ["low", "medium", "high", "lossless"],
}


@pytest.mark.parametrize(("option", "expected"), OF_FEW_WORDS.items())
def test_an_option_of_a_few_words_offers_them(option: str, expected: list[str]) -> None:
    assert words(f"gdanim parabola {option} ") == expected


def test_parameters_are_those_of_the_function() -> None:
    assert words("gdanim double-well -p ") == [f"{name}=" for name, _ in FUNCTIONS["double_well"].parameters]


def test_targets_are_the_columns_of_the_points(tmp_path: Path) -> None:
    (tmp_path / "my houses.csv").write_text("size,price\n1,2\n2,3\n")
    points = shlex.quote(str(tmp_path / "my houses.csv"))
    assert words(f"gdanim linear --points {points} --target ") == ["size", "price"]
    assert words(f"gdanim linear --points {points} --target pr") == ["price"]


def test_themes_are_completed_behind_a_comma() -> None:
    assert words("gdanim parabola --themes light,da") == ["light,dark"]


def test_a_value_that_looks_like_an_option_is_a_value() -> None:
    assert words("gdanim parabola --title --lr --min-s") == ["--min-separation"]


def test_what_cannot_be_completed_is_left_alone() -> None:
    assert after("gdanim parabola --lr 0.") == Answer((), WORDS)
    assert after("gdanim parabola other") == Answer((), WORDS)


def test_the_last_of_several_commands_counts() -> None:
    assert words("cd x && gdanim para") == words("ls; gdanim para") == words("(gdanim para") == ["parabola"]


def asked(shell: str, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("_GDANIM_COMPLETE", shell)
    ran = run(*arguments)
    assert (ran.code, ran.err) == (0, "")
    return ran.out.decode().splitlines()


@given(st.text("gdanim parabola-O:=,'\"\\ \n|&;x*(", max_size=40))
def test_whatever_was_typed_nothing_is_raised(line: str) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        answer = asked("bash", f"gdanim {line}", ":=", monkeypatch=monkeypatch)
        assert not answer or answer[0] in (FILES, OPEN, WORDS)
        assert asked("zsh", *line.split(), monkeypatch=monkeypatch)[:1] in ([], [FILES], [OPEN], [WORDS])


@pytest.mark.parametrize("words", [("x**2", "-p", ""), ("x", "-O", "nope:b"), ("linear", "--target", "")])
def test_names_that_nobody_knows_are_met_with_silence(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked("zsh", *words, monkeypatch=monkeypatch) == []


def test_bash_is_told_what_stands_behind_the_last_sign_at_which_it_breaks_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = "gdanim parabola -O adam:b"
    assert asked("bash", line, " \t\n:=", monkeypatch=monkeypatch) == ["open", "beta1=", "beta2="]
    assert asked("bash", line, " \t\n", monkeypatch=monkeypatch) == ["open", "adam:beta1=", "adam:beta2="]


@pytest.mark.parametrize("shell", SCRIPTS)
def test_a_shell_gets_its_script_and_another_one_is_refused(shell: str) -> None:
    assert "_GDANIM_COMPLETE" in run("completion", shell).out.decode()
    assert run("completion", shell[:-1]).code == 2
    assert "Give one of bash, zsh, fish." in run("completion", "tcsh").err


# --- real shells ------------------------------------------------------------------------------------------------------

# What is typed before the tab key, and the words of the line then. Unique, so that shells put the word in.
TYPED = {
    "gdanim para": "gdanim parabola",
    "gdanim parabola --min-s": "gdanim parabola --min-separation",
    "gdanim parabola --lr 0.1 -O adag": "gdanim parabola --lr 0.1 -O adagrad",
    "gdanim parabola -O momentum:mo": "gdanim parabola -O momentum:momentum=",
    "gdanim 'x**2 + 1' --order in": "gdanim 'x**2 + 1' --order in-turn",
    'gdanim "x*y - 2" --vi': 'gdanim "x*y - 2" --view',
    "gdanim --preset double-well --sty": "gdanim --preset double-well --style",
    "gdanim --preset race -O adam:beta1=0.9,be": "gdanim --preset race -O adam:beta1=0.9,beta2=",
    "gdanim 'x**2 + 1' -p 'a b' --schedule wa": "gdanim 'x**2 + 1' -p 'a b' --schedule warmup",
    "gdanim --preset ra": "gdanim --preset ra",  # race or rates
    "gdanim list opt": "gdanim list optimizers",
    "gdanim check my": "gdanim check my.gif",
    "gdanim linear --points t.csv --target pri": "gdanim linear --points t.csv --target price",
}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with files to be named."""
    (tmp_path / "my.gif").touch()
    (tmp_path / "t.csv").write_text("size,price\n1,2\n2,3\n")
    for shell, script in SCRIPTS.items():
        (tmp_path / f"script.{shell}").write_text(script)
    return tmp_path


def variables(here: Path) -> dict[str, str]:
    return {**ENVIRONMENT, "PATH": f"{program_in(here)}:{os.environ['PATH']}", "HOME": str(here), "TERM": "dumb"}


def completed_lines(here: Path, shell: str) -> Iterator[str]:
    """Each line of TYPED as a shell at a terminal has it after the tab key: it is asked to print its words."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(here)
        os.execvpe(shell, (shell, *AT_A_TERMINAL[shell]), variables(here))
    try:
        send(terminal, f"PS1=; PS2=; source ./script.{shell}; echo 'rea''dy'\n")
        until(terminal, "ready")
        for typed in TYPED:
            # Then to the beginning of the line and back to its end: the shell prints the words and does not run them.
            send(terminal, f"{typed}\t\x01printf '%s|' \x05; echo 'do''ne'\n")
            yield re.findall(r"([^\n]*)done", until(terminal, "|done"))[-1]
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)


def send(terminal: int, text: str) -> None:
    os.write(terminal, text.encode())


def until(terminal: int, words: str) -> str:
    """What a terminal shows up to some words."""
    shown, end = "", time.monotonic() + PATIENCE_S
    while words not in shown.replace("\r", ""):
        assert select.select([terminal], [], [], end - time.monotonic())[0], shown
        shown += os.read(terminal, 1 << 16).decode(errors="replace")
    return shown


def printed(line: str) -> str:
    return "".join(f"{word}|" for word in shlex.split(line))


AT_A_TERMINAL = {
    "bash": ("--norc", "--noprofile", "-i"),
    "zsh": ("-f", "-i"),
}


@posix
@pytest.mark.parametrize(
    "shell", [pytest.param(name, marks=pytest.mark.program(name)) for name in AT_A_TERMINAL], ids=str
)
def test_a_shell_completes_what_is_typed(shell: str, here: Path) -> None:
    found = dict(zip(TYPED, completed_lines(here, shell), strict=True))
    assert found == {typed: printed(line) for typed, line in TYPED.items()}


@posix
@pytest.mark.program("fish")
def test_fish_completes_what_is_typed(here: Path) -> None:
    asked = "; ".join(f"echo :; complete -C {shlex.quote(typed)}" for typed in TYPED)
    command = ["fish", "--no-config", "-c", f"source ./script.fish; {asked}"]
    ran = subprocess.run(command, cwd=here, env=variables(here), capture_output=True, text=True, check=True)
    lists = [[line.partition("\t")[0] for line in part.splitlines()] for part in ran.stdout.split(":\n")[1:]]
    for (typed, line), offered in zip(TYPED.items(), lists, strict=True):
        wanted = line.split()[-1]
        assert offered == (["race", "rates"] if typed == line else [wanted]), typed
