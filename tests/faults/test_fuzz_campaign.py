"""Whatever is given is read, or refused by an error of gdanim's own, within seconds of computing.

GDANIM_LONG=1 GDANIM_FUZZ=10 python -m pytest tests/faults/test_fuzz_campaign.py -s     ten times as many inputs
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import numpy as np
from campaign import campaign
from support.commandline import QUICK, run
from support.problems import formula

from gdanim.descent.recording.replay import read_trajectory
from gdanim.drawing.styles import load_style
from gdanim.errors import GdanimError
from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.parser import parse
from gdanim.presets import read_recipe, saved_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = campaign

MANY: Final = int(os.environ.get("GDANIM_FUZZ", "1"))
PATIENCE_S: Final = 3  # of computing, so that a busy machine changes nothing
WORDS: Final = """
x y x1 θ t a b e pi 0 1 2 3.5 1e300 1e-300 .5 + - * / ** ^ // % ( ) [ ] { } , ; = < > | ² ³ ½ π √ ∑ · − sin cos tan exp
log ln sqrt abs max min where sum i 5 prod floor gamma erf norm sinh tanh \\frac {x} \\sqrt \\left( \\right) $ lambda
f(x) 0x1 1_0 1j None if ! ' # . .. & ~ ∞ ｘ \u200b \u202e \0 5! exp( 2x
"""
PIECES: Final = (*WORDS.split(), "\n", "\t", '"')
BYTES: Final = (
    b'"', b"'", b"\n", b"\r", b",", b";", b"\t", b"nan", b"1e999", b"-", b"[", b"{", b"}", b"]", b"=", b"\0",
    b"\xff\xfe", b"\xef\xbb\xbf", b"9" * 400, b"0x" + b"f" * 20, b"null", b"1_0", b"\xe2\x80\xae",
    b"\x1b[31m", b"#", b".", b"e",
)  # fmt: skip
TABLES: Final = (
    b"iteration,x1,x2,f\n0,1,2,3\n1,0.5,1,2\n", b"step;x;loss\n0;1,5;2\n1;0,5;1\n", b"k\tx\n1\t2\n2\t1\n",
    b"1 2\n2 1\n", b'{"iteration":0,"x":[1,2]}\n{"iteration":1,"x":[0.5,1]}\n', b'{"x":[1,2,3],"f":[3,2,1]}',
    b'"","x1"\n"1",5\n"2",4\n',
    "iteration,x1\n0,1\n1,2\n".encode("utf-16"), b"sep=;\n# by hand\nx;y\n1;2\n3;4\n",
)  # fmt: skip
STYLES: Final = (
    b"axes.edgecolor: red\nlines.linewidth: 2\n", b"axes.prop_cycle: cycler('color', ['#f00', '0.5'])\n",
    b"font.size: 12\nfigure.facecolor: white\ngrid.alpha: 0.5\n", b"font.family: serif\ntext.color: 333333\n",
)  # fmt: skip


class HangError(BaseException):
    """The patience is over. Not an Exception: nobody is to take it for a mistake of the input."""


def _hang(_number: int, _frame: object) -> None:
    raise HangError


def mutated(random: Random, content: bytes) -> bytes:
    """Some bytes changed, put in, left out or repeated."""
    made = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        place, length = random.randrange(len(made) + 1), random.randrange(1, 20)
        change = random.randrange(5)
        if change == 0:
            made[place : place + 1] = random.randbytes(1)
        elif change == 1:
            del made[place : place + length]
        elif change == 2:
            made[place:place] = made[random.randrange(len(made) + 1) :][:200]
        else:
            made[place:place] = random.choice(BYTES) * random.choice((1, 1, 1, 2, 50, 1000))
    return bytes(made)


def tried(name: str, number: int, attempt: Callable[[Random], object]) -> None:
    """Try an input made from each of so many seeds. GdanimError is a refusal, of one line."""
    tally: Counter[str] = Counter()
    before = signal.signal(signal.SIGPROF, _hang)
    try:
        for seed in range(number * MANY):
            signal.setitimer(signal.ITIMER_PROF, PATIENCE_S)
            try:
                attempt(Random(f"{name}-{seed}"))
                tally["read"] += 1
            except GdanimError:
                tally["refused"] += 1
            except BaseException as error:
                raise AssertionError(f"{name}, seed {seed}: {error!r}") from error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    print(f"\n{name}: {dict(tally)}")
    assert tally["refused"]


def test_formulas() -> None:
    def attempt(random: Random) -> None:
        pieces = [random.choice(PIECES) for _ in range(random.choice((1, 2, 3, 5, 8, 15, 40)))]
        expression = parse(random.choice(("", " ")).join(pieces))
        if not expression.parameters:
            FormulaFunctions(expression, {}).gradient(np.ones(len(expression.variables)))

    tried("formulas", 20_000, attempt)


def test_recordings(tmp_path: Path) -> None:
    objectives = formula("x**2"), formula("x**2 + 3*y**2", (-5, 5), (-5, 5))

    def attempt(random: Random) -> None:
        path = tmp_path / f"a{random.choice(('.csv', '.tsv', '.json', '.jsonl', '.txt', '.npz', '.npy', ''))}"
        path.write_bytes(mutated(random, random.choice(TABLES)))
        read_trajectory(str(path), random.choice(objectives))

    tried("recordings", 5_000, attempt)


def test_presets() -> None:
    given = [path.read_bytes() for path in sorted((Path(__file__).parents[2] / "presets").glob("*.toml"))]

    def attempt(random: Random) -> None:
        saved_in(mutated(random, random.choice(given)), source="a.toml").check_complete()

    tried("presets", 5_000, attempt)


def test_recipes(tmp_path: Path) -> None:
    names = "a.gif", "a.png", "a.webp", "a.apng", "a.svg", "a.html", "a.mp4", "a.webm", "a.avif"
    outputs = [word for name in names for word in ("-o", tmp_path / name)]
    assert run("parabola", *QUICK, *outputs).code == 0
    given = [(path.suffix, path.read_bytes()) for path in sorted(tmp_path.iterdir())]

    def attempt(random: Random) -> None:
        suffix, content = random.choice(given)
        start = random.choice((0, max(content.find(b"function"), 0)))
        changed = content[:start] + mutated(random, content[start : start + 400]) + content[start + 400 :]
        path = tmp_path / f"b{suffix}"
        path.write_bytes(changed)
        read_recipe(str(path))

    tried("recipes", 5_000, attempt)


def test_styles(tmp_path: Path) -> None:
    def attempt(random: Random) -> None:
        path = tmp_path / "a.mplstyle"
        path.write_bytes(mutated(random, random.choice(STYLES)))
        load_style(str(path))

    tried("styles", 300, attempt)


def test_command_lines() -> None:
    def attempt(random: Random) -> None:
        ended = run("parabola", "--dry-run", *_options(random))
        assert ended.code in (0, 1, 2)
        if ended.code:
            assert len(ended.lines) == 1, ended.err
            raise GdanimError(ended.lines[0])

    tried("command lines", 500, attempt)


def _options(random: Random) -> Iterator[str]:
    for _ in range(random.choice((1, 1, 2, 3))):
        yield random.choice((
            "--lr", "--start", "-n", "-O", "--schedule", "--noise", "--tolerance", "-p", "--budget", "--starts",
            "--view", "--xlim", "--style", "--cmap", "--title", "--size", "--fps", "--every", "--duration", "--hold",
            "--loop", "-f", "--quality", "--max-size", "--frames", "--stops", "--themes", "--facet", "--camera",
        ))  # fmt: skip
        value = random.choice(
            ("1", "0.1", "adam", "5,5", "640x480", "x", "1e9", "cosine:period=3", "light", "2kB", "-1")
        )
        yield (
            value
            if random.random() < 0.5
            else mutated(random, value.encode()).replace(b"\0", b"").decode("utf-8", "replace")
        )
