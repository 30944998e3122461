"""The command line as the tests call it: in this process, because a process of its own costs most of a second."""

from __future__ import annotations

import hashlib
import io
import os
import shlex
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gdanim
from gdanim.cli import app

if TYPE_CHECKING:
    from collections.abc import Iterable

# A small picture of a short descent: what it costs is little more than what the command line does.
QUICK = ("-n", "3", "--size", "160x120")

# What a process of its own needs to import the gdanim that is tested.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(gdanim.__file__).parents[1])}

# Whether campaigns of minutes run, too.
LONG = os.environ.get("GDANIM_LONG") == "1"


def examples(number: int) -> int:
    """How many random examples a claim is tried with: `number` in a campaign, else a third of them."""
    return number if LONG else -(-number // 3)


def spread(values: Iterable[Any], number: int) -> list[Any]:
    """All values in a campaign; else so many of them, evenly spread, the first and the last among them."""
    found = list(values)
    return found if LONG else [found[round(i * (len(found) - 1) / (number - 1))] for i in range(number)]


def crossed(*axes: Iterable[Any]) -> list[tuple[Any, ...]]:
    """All combinations in a campaign; else as few as meet each value of each axis, which run side by side.

    A shorter axis begins again, each time one further on, so that its values meet different ones of the others.
    """
    values = [tuple(axis) for axis in axes]
    if LONG:
        return list(product(*values))
    return [tuple(axis[(i + i // len(axis)) % len(axis)] for axis in values) for i in range(max(map(len, values)))]


def crossed_twice(some: Iterable[Any], others: Iterable[Any]) -> list[tuple[Any, ...]]:
    """The same of two axes, with two values of the shorter one for each of the longer one."""
    first, second = tuple(some), tuple(others)
    half = len(first) // 2
    return list(dict.fromkeys([*crossed(first, second), *crossed(first[half:] + first[:half], second)]))


# How long a test waits for a process that may hang: far more than the busiest machine takes.
PATIENCE_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command left: exit code, bytes on standard output, text on standard error."""

    code: int
    out: bytes
    err: str

    @property
    def lines(self) -> list[str]:
        """Standard error, line by line."""
        return self.err.splitlines()


def run(*arguments: object) -> Ran:
    """Run `gdanim` with the arguments, in this process. An exception that is no exit passes: it is a traceback."""
    out, err = _stream(), _stream()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            app.main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int)
    for stream in (out, err):
        stream.flush()
    return Ran(code=code, out=_content(out), err=_content(err).decode())


def command(*arguments: object) -> list[str]:
    """The same command for a process of its own."""
    return [sys.executable, "-m", "gdanim", *map(str, arguments)]


def script(*commands: Iterable[str], between: str = "") -> str:
    """For `python -c`: the same commands, one after another, and what is printed after each: importing costs most."""
    return f"""
import sys
from gdanim.cli.app import main
for words in {[list(words) for words in commands]!r}:
    try:
        main(words)
    except SystemExit as end:
        if end.code:
            raise
    print({between!r}, end="", flush=True)
"""


def program_in(folder: Path) -> Path:
    """A folder, below another, in which shells find a program `gdanim`."""
    program = folder / "bin" / "gdanim"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m gdanim "$@"\n')
    program.chmod(0o755)
    return program.parent


def default_signals() -> None:
    """For preexec_fn: undo what `nohup`, or `&` in a script, did to the tests themselves."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def digest(path: Path | str) -> str:
    """What two files share that have the same bytes. Of bytes that differ, pytest would look for the shortest diff."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def without_recipe(gif: bytes) -> bytes:
    """All bytes of a GIF but the comment that carries its recipe."""
    before, _, rest = gif.partition(b"\x21\xfe")
    place = 0
    while rest[place]:
        place += 1 + rest[place]
    return before + rest[place + 1 :]


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8")


def _content(stream: io.TextIOWrapper) -> bytes:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue()


# A request that is wrong, and what the one line about it must say: the option or the value, and the way out.
REFUSALS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("parabola", "--lr", "0"), ("--lr '0'", "above 0")),
    (("parabola", "--lr", "-0.1"), ("--lr '-0.1'", "above 0")),
    (("parabola", "--lr", "nan"), ("--lr 'nan'", "finite number")),
    (("parabola", "--lr", "inf"), ("--lr 'inf'", "finite number")),
    (("parabola", "--lr", "1_0"), ("--lr '1_0'", "number")),
    (("parabola", "--lr", "٣"), ("--lr", "number")),
    (("parabola", "--lr", ""), ("--lr ''", "number")),
    (("parabola", "--lr"), ("--lr", "gdanim --help")),
    (("parabola", "--start", "foo"), ("--start 'foo'", "4.3")),
    (("parabola", "--start", "1,2,3"), ("--start '1,2,3'", "takes one coordinate")),
    (("parabola", "--start", "nan"), ("--start 'nan'", "finite")),
    (("parabola", "-n", "-1"), ("--iterations '-1'", "from 0 to 1,000,000")),
    (("parabola", "-n", "1000001"), ("--iterations '1000001'", "from 0 to 1,000,000")),
    (("parabola", "-n", "1_000"), ("--iterations '1_000'", "whole number")),
    (("parabola", "-n", "2.5"), ("--iterations '2.5'", "whole number")),
    (("parabola", "-O", "adm"), ("optimizer 'adm'", "Did you mean 'adam'?", "gdanim list optimizers")),
    (("parabola", "-O", ""), ("optimizer ''", "gdanim list optimizers")),
    (("parabola", "-O", "adam:beta3=1"), ("hyperparameter of adam 'beta3'", "Did you mean", "gdanim list optimizers")),
    (("parabola", "-O", "adam:beta=0.9"), ("hyperparameter of adam 'beta'", "Did you mean 'beta1' or 'beta2'?")),
    (("parabola", "-O", "adam:beta1=1"), ("--optimizer 'adam:beta1=1'", "beta1", "below 1")),
    (("parabola", "-O", "adam:beta1"), ("--optimizer 'adam:beta1'", "NAME:KEY=VALUE")),
    (("parabola", "-O", "adam:beta1=0.8;eps=1"), ("--optimizer", "NAME:KEY=VALUE")),
    (("parabola", "-O", "adam:lr=0"), ("--optimizer 'adam:lr=0'", "lr", "above 0")),
    (("parabola", "-O", "rmsprop:centered=maybe"), ("centered", "yes or no")),
    (("parabola", "-O", "lbfgs:history=0"), ("history", "from 1")),
    (("parabola", "-O", "adam:beta1=0.8,beta1=0.9"), ("beta1", "twice")),
    (("parabola", "-O", "wolfe:c1=0.4,c2=0.1"), ("--optimizer 'wolfe:c1=0.4,c2=0.1'", "c1=0.4 is not below c2=0.1")),
    (("parabola", "-O", "cg:c1=0.2"), ("--optimizer 'cg:c1=0.2'", "c1=0.2 is not below c2=0.1")),
    (("parabola", "-O", "rprop:step_min=100"), ("step_min=100 is not below step_max=50",)),
    (("parabola", "--schedule", "cosin"), ("schedule 'cosin'", "Did you mean 'cosine'?", "gdanim list schedules")),
    (("parabola", "--schedule", "cosine:lr=1"), ("hyperparameter of cosine 'lr'", "gdanim list schedules")),
    (("parabola", "--budget", "0"), ("--budget '0'", "from 1")),
    (("parabola", "--noise", "-1"), ("--noise '-1'", "0 or more")),
    (("parabola", "--noise", "inf"), ("--noise 'inf'", "0 or more")),
    (("parabola", "--trajectory", "nowhere.csv"), ("'nowhere.csv'",)),
    (("parabola", "--trajectory", "/dev"), ("--trajectory '/dev'", "folder")),
    (("parabola", "--tolerance", "0"), ("--tolerance '0'", "above 0")),
    (("parabola", "-p", "q=3"), ("'q'", "no parameters")),
    (("double-well", "-p", "l"), ("--param 'l'", "NAME=NUMBER")),
    (("double-well", "-p", "l=much"), ("--param 'l=much'", "number")),
    (("parabola", "--starts", "0"), ("--starts '0'", "from 1")),
    (("parabola", "--starts", "3", "--start", "1"), ("--starts 3", "--start")),
    (("parabola", "--seed", "-1"), ("--seed '-1'", "from 0")),
    (("parabola", "--min-separation", "-1"), ("--min-separation '-1'", "0 or more")),
    (("parabola", "--avoid-minima", "nan"), ("--avoid-minima 'nan'", "0 or more")),
    (("parabola", "--avoid-minima", "1"), ("--avoid-minima", "--starts N")),
    (("parabola", "--start", "2", "--min-separation", "1"), ("--min-separation", "--starts N")),
    (("parabola", "--avoid", "1,x"), ("--avoid '1,x'", "-3,3")),
    (("parabola", "--starts", "3", "--avoid", "1,2"), ("--avoid '1,2'", "--avoid-minima R")),
    (("parabola", "--order", "in_turn"), ("--order 'in_turn'", "together, in-turn")),
    (("parabola", "--view", "curv"), ("view 'curv'", "Did you mean 'curve'?", "gdanim list views")),
    (("parabola", "--xlim", "6,-6"), ("--xlim '6,-6'", "-6,6")),
    (("parabola", "--ylim", "0"), ("--ylim '0'", "two finite numbers")),
    (("parabola", "--size", "10x10"), ("--size '10x10'", "from 64 to 8192")),
    (
        ("parabola", "--size", "8192x8192", "-o", "a.webm"),
        ("--size 8192x8192", "6.6 GB", "webm", "2 GB", "--unlimited"),
    ),
    (("parabola", "--size", "640"), ("--size '640'", "640x480")),
    (("parabola", "--dpi", "0"), ("--dpi '0'", "from 20 to 1200")),
    (("parabola", "--title", "two\nlines"), ("--title", "one line")),
    (("parabola", "--title", "\udcff"), ("--title", "one line")),
    (("parabola", "--fps", "0"), ("--fps '0'", "100/7")),
    (("parabola", "--fps", "nan"), ("--fps 'nan'", "100/7")),
    (("parabola", "--fps", "1/0"), ("--fps '1/0'", "100/7")),
    (("parabola", "--fps", "1e999999999"), ("--fps '1e999999999'", "100/7")),
    (("parabola", "--fps", "60"), ("--fps 60", "gif", "50")),
    (("parabola", "--fps", "241", "-o", "out.mp4"), ("--fps 241", "mp4", "240")),
    (("parabola", "--every", "0"), ("--every '0'", "from 1")),
    (("parabola", "--duration", "1", "--hold", "2"), ("--duration 1", "hold of 2 s")),
    (("parabola", "--duration", "9", "--every", "2"), ("--every 2", "--duration")),
    (("parabola", "--hold", "-1"), ("--hold '-1'", "from 0 to 3600")),
    (("parabola", "--loop", "-1"), ("--loop '-1'", "from 0")),
    (("parabola", "-o", "out.gfi"), ("suffix '.gfi'", "Did you mean '.gif'?", "gdanim list formats")),
    (("parabola", "-o", "out"), ("'out'", "out.gif", "-f")),
    (("parabola", "-o", ""), ("''", "out.gif")),
    (("parabola", "-o", "nowhere/out.gif"), ("'nowhere'", "does not exist")),
    (("parabola", "-o", "/", "-f", "gif"), ("'/'",)),
    (("parabola", "-o", "a.gif", "-o", "./a.gif"), ("'a.gif'", "twice")),
    (("parabola", "-o", "a.gif", "-o", "nowhere/../a.gif"), ("'a.gif'", "twice")),
    (("parabola", "-o", "/dev/stdout", "--json"), ("Standard output", "-o -", "--json")),
    (("parabola", "-o", "/dev/fd/1", "-o", "-"), ("Standard output",)),
    (("parabola", "-o", "-", "--json"), ("Standard output", "-o -", "--json")),
    (("parabola", "-o", "-", "-o", "-"), ("Standard output",)),
    (("parabola", "-f", "giff"), ("format 'giff'", "Did you mean 'gif'?")),
    (("parabola", "--data", "t.txt"), ("--data 't.txt'", ".csv, .jsonl, .npz")),
    (("parabola", "--data", "nowhere/t.csv"), ("'nowhere'", "does not exist")),
    (("parabola", "--preset", "double-wel"), ("preset 'double-wel'", "Did you mean 'double-well'?")),
    (("parabola", "--preset", "nowhere.toml"), ("'nowhere.toml'", "gdanim list presets")),
    (("parabola", "--preset", "."), ("'.'",)),
    (("parabola", "--lrr", "1"), ("option '--lrr'", "Did you mean '--lr'?", "gdanim --help")),
    (("parabola", "--iteratons", "1"), ("option '--iteratons'", "Did you mean '--iterations'?")),
    (("parabola", "-z"), ("option '-z'", "gdanim --help")),
    (("parabola", "--json=3"), ("--json", "gdanim --help")),
    (("parabola", "cubic"), ("'cubic'", "quotes")),
    (("parabla",), ("function 'parabla'", "Did you mean 'parabola'?", "gdanim list functions")),
    (("",), ("Name a function", "gdanim list functions")),
    (("-o", "out.gif"), ("Name a function", "gdanim list functions")),
    (("list", "functons"), ("kind 'functons'", "Did you mean 'functions'?", "gdanim list --help")),
    (("list", "functions", "views"), ("'views'",)),
    (("recipe",), ("FILE", "gdanim recipe --help")),
    (("recipe", "a.gif", "b.gif"), ("'b.gif'", "gdanim recipe --help")),
    (("recipe", "nowhere.gif"), ("'nowhere.gif'", "No such file")),
    (("check",), ("FILE", "gdanim check --help")),
    (("check", "a.gif", "--tolerance", "0"), ("--tolerance '0'", "at least 1e-11")),
    (("list", "--jsn"), ("option '--jsn'", "Did you mean '--json'?", "gdanim list --help")),
)
