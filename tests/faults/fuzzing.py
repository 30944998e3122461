"""Random inputs of every kind that people give, and what each is given to. From a seed, always the same input.

    PYTHONPATH=.:tests:tests/faults python -m fuzzing FOLDER FIRST ROUNDS

One line of JSON for each round: how many inputs of each kind there were so far, and what went wrong.
"""

from __future__ import annotations

import io
import json
import signal
import sys
import tempfile
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import numpy as np
from support.commandline import QUICK, run
from support.problems import formula

from gdanim import preflight
from gdanim.batch.jobs import Wanted, planned_jobs
from gdanim.catalogue import registry
from gdanim.cli import app
from gdanim.cli.completion import answer
from gdanim.descent.recording.replay import read_trajectory
from gdanim.drawing.styles import load_style
from gdanim.errors import GdanimError, shown
from gdanim.formatting import one_line
from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.parser import parse
from gdanim.models.model import model_of
from gdanim.objectives.grounds.recorded import recording
from gdanim.presets import read_recipe, saved_in
from gdanim.settings import Settings, options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Attempt = Callable[[Random], object]

PATIENCE_S: Final = 3  # of computing, so that a busy machine changes nothing
PRESETS: Final = Path(__file__).parents[2] / "presets"
WORDS: Final = """
x y x1 θ t a b e pi 0 1 2 3.5 1e300 1e-300 .5 + - * / ** ^ // % ( ) [ ] { } , ; = < > | ² ³ ½ π √ ∑ · − sin cos tan exp
log ln sqrt abs max min where sum i 5 prod floor gamma erf norm sinh tanh \\frac {x} \\sqrt \\left( \\right) $ lambda
f(x) 0x1 1_0 1j None if ! ' # . .. & ~ ∞ ｘ \u200b \u202e \0 5! exp( 2x
"""
PIECES: Final = (*WORDS.split(), "\n", "\t", '"')
LINES: Final = (
    "x**2 + 3*y**2", "x^4 - 3x² + x", "(1-x)^2 + 100(y-x^2)^2", "sin(3x)*exp(-x**2)", "sum(i, 1, 5, i*cos((i+1)*x+i))",
    "\\frac{x^2}{2} + \\sqrt{|x|}", "a*x + b", "max(x, 0) + abs(y)", "-cos(x)*cos(y)*exp(-((x-pi)**2+(y-pi)**2))",
    "parabola", "double-well", "rosenbrock", "fit.py:loss", "f(x) = ½x²", "where(x>0, sqrt(x), 0)", "θ₁² + θ₂²", "-",
)  # fmt: skip
RULES: Final = (
    "adam:beta1=0.8,eps=1e-7", "momentum:beta=0.9", "cosine:T_max=30,eta_min=1e-3", "step:step_size=5,gamma=0.5",
    "one_cycle:total_steps=20,anneal_strategy=linear", "warmup:total_iters=5", "cosine_restarts:T_0=5,T_mult=2",
    "lbfgs:history=5", "inverse_time:decay_rate=1,decay_steps=3", "exponential:gamma=0.9", "rmsprop:centered=yes",
)  # fmt: skip
VALUES: Final = (
    "1", "0.1", "-2.5", "adam", "5,5", "640x480", "x", "1e9", "cosine:T_max=3", "light", "2kB", "-1", "yes", "end",
    "0,5,20,end", "a=b", "x1=w0,f=loss", "100/7", "minimum", "pca", "out.gif", "a-%03d.png", "1MB", "light,dark", "",
)  # fmt: skip
BYTES: Final = (
    b'"', b"'", b"\n", b"\r", b",", b";", b"\t", b"nan", b"1e999", b"-", b"[", b"{", b"}", b"]", b"=", b"\0",
    b"\xff\xfe", b"\xef\xbb\xbf", b"9" * 400, b"0x" + b"f" * 20, b"null", b"1_0", b"\xe2\x80\xae",
    b"\x1b[31m", b"#", b".", b"e",
)  # fmt: skip
TABLES: Final = (
    b"iteration,x1,x2,f\n0,1,2,3\n1,0.5,1,2\n", b"step;x;loss\n0;1,5;2\n1;0,5;1\n", b"k\tx\n1\t2\n2\t1\n",
    b"1 2\n2 1\n", b'{"iteration":0,"x":[1,2]}\n{"iteration":1,"x":[0.5,1]}\n', b'{"x":[1,2,3],"f":[3,2,1]}',
    b'"","x1"\n"1",5\n"2",4\n', b"run,k,x,y\na,0,1,2\na,1,1,1\nb,0,2,2\n", b'[{"step":0,"x":1},{"step":1,"x":null}]',
    "iteration,x1\n0,1\n1,2\n".encode("utf-16"), b"sep=;\n# by hand\nx;y\n1;2\n3;4\n",
)  # fmt: skip
SUFFIXES: Final = (".csv", ".tsv", ".json", ".jsonl", ".txt", ".npz", ".npy", ".csv.gz", "")
STYLES: Final = (
    b"axes.edgecolor: red\nlines.linewidth: 2\n", b"axes.prop_cycle: cycler('color', ['#f00', '0.5'])\n",
    b"font.size: 12\nfigure.facecolor: white\ngrid.alpha: 0.5\n", b"font.family: serif\ntext.color: 333333\n",
)  # fmt: skip
JOBS: Final = (
    b"""output = "{function}-{lr}.gif"
[defaults]
iterations = 5
[matrix]
function = ["parabola", "x**4"]
lr = [0.1, 0.01]
[[exclude]]
lr = 0.1
function = "parabola"
[[include]]
lr = 0.2
function = "x**2"
""",
    b"""output = ["{preset}.gif", "{preset}-{seed:03d}.png"]
data = "{preset}-{seed}.csv"
[defaults]
preset = "double-well"
[matrix]
seed = [1, 2, 3]
""",
)
OPTIONS: Final = (
    "--lr", "--start", "-n", "-O", "--schedule", "--noise", "--tolerance", "-p", "--budget", "--starts", "--view",
    "--xlim", "--style", "--cmap", "--title", "--size", "--fps", "--every", "--duration", "--hold", "--loop", "-f",
    "--quality", "--max-size", "--frames", "--stops", "--themes", "--facet", "--camera",
)  # fmt: skip


class HangError(BaseException):
    """The patience is over. Not an Exception: nobody is to take it for a mistake of the input."""


def _hang(_number: int, _frame: object) -> None:
    raise HangError


# --- inputs -----------------------------------------------------------------------------------------------------------


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


def text_like(random: Random, given: Sequence[str]) -> str:
    """One of some texts, as often as not with a mistake in it; no NUL, which no command line can hold."""
    text = random.choice(given)
    if random.random() < 0.5:
        return text
    return mutated(random, text.encode()).replace(b"\0", b"").decode("utf-8", "surrogateescape")


def value_like(random: Random) -> object:
    """A value as TOML has them."""
    text = text_like(random, VALUES)
    return random.choice((text, text, len(text), -len(text) / 7, True, [text], [1, 2.5], {text: 1}, float("nan"), [[]]))


def table_file(random: Random, folder: Path) -> str:
    """A damaged table."""
    path = folder / f"a{random.choice(SUFFIXES)}"
    path.write_bytes(mutated(random, random.choice(TABLES)))
    return str(path)


# --- what they are given to -------------------------------------------------------------------------------------------


def formulas(_folder: Path) -> Attempt:
    """Formulas are parsed, differentiated and evaluated."""

    def attempt(random: Random) -> None:
        pieces = [random.choice(PIECES) for _ in range(random.choice((1, 2, 3, 5, 8, 15, 40)))]
        typed = random.choice((random.choice(("", " ")).join(pieces), text_like(random, LINES)))
        expression = parse(typed)
        if not expression.parameters:
            FormulaFunctions(expression, {}).gradient(np.ones(len(expression.variables)))

    return attempt


def values(_folder: Path) -> Attempt:
    """Values of options, as they are typed and as presets have them."""
    known = [item for _, item, _ in options()]

    def attempt(random: Random) -> None:
        item = random.choice(known)
        try:
            if random.random() < 0.5:
                item.read(text_like(random, VALUES + RULES))
            else:
                item.read_saved(value_like(random))
        except ValueError as refusal:
            raise GdanimError(str(refusal)) from None

    return attempt


def rules(_folder: Path) -> Attempt:
    """Optimizers and schedules, with their hyperparameters; the rates of some steps."""
    k, lr = np.array([0, 1, 7, 999_999]), np.array([[0.1], [1e-300]])

    def attempt(random: Random) -> None:
        text = text_like(random, RULES)
        if random.random() < 0.3:
            registry.optimizer(text).build()
        else:
            with np.errstate(all="ignore"):
                rates = registry.schedule(text).build()(k, lr, random.choice((0, 1, 50, 1_000_000)))
            assert np.isfinite(rates).all(), rates
            assert (rates >= 0).all(), rates

    return attempt


def requests(_folder: Path) -> Attempt:
    """Functions with some options, looked up and checked against each other."""
    known = [attribute for attribute, item, _ in options() if attribute not in ("function", "optimizer", "schedule")]

    def attempt(random: Random) -> None:
        given: dict[str, object] = {random.choice(known): value_like(random) for _ in range(random.choice((0, 1, 2)))}
        settings: Callable[..., Settings] = Settings
        preflight.resolve(settings(function=text_like(random, LINES), **given))

    return attempt


def recordings(folder: Path) -> Attempt:
    """Tables are read as paths, on a function and as recorded runs alone."""
    objectives = formula("x**2"), formula("x**2 + 3*y**2", (-5, 5), (-5, 5)), recording(1)

    def attempt(random: Random) -> None:
        read_trajectory(table_file(random, folder), random.choice(objectives))

    return attempt


def points(folder: Path) -> Attempt:
    """Tables are read as the points of models."""
    models = "linear", "logistic", "poly:degree=3", "a*x + b", "w0*x1 + w1*x2", "sigmoid(a*x + b)", "a*k + b"

    def attempt(random: Random) -> None:
        model_of(Settings(function=random.choice(models), points=table_file(random, folder)))

    return attempt


def presets(_folder: Path) -> Attempt:
    """Presets are parsed and their values read."""
    given = [path.read_bytes() for path in sorted(PRESETS.glob("*.toml"))]

    def attempt(random: Random) -> None:
        saved_in(mutated(random, random.choice(given)), source="a.toml").check_complete()

    return attempt


def recipes(folder: Path) -> Attempt:
    """Files of each format are searched for their recipe."""
    names = "a.gif", "a.png", "a.webp", "a.apng", "a.svg", "a.html", "a.mp4", "a.webm", "a.avif"
    outputs = [word for name in names for word in ("-o", folder / name)]
    assert run("parabola", *QUICK, *outputs).code == 0
    assert run("parabola", *QUICK, "-f", "pages", "-o", folder / "a.pdf").code == 0
    given = [(path.suffix, path.read_bytes()) for path in sorted(folder.iterdir())]

    def attempt(random: Random) -> None:
        suffix, content = random.choice(given)
        start = random.choice((0, max(content.find(b"function"), 0)))
        changed = content[:start] + mutated(random, content[start : start + 400]) + content[start + 400 :]
        path = folder / f"b{suffix}"
        path.write_bytes(changed)
        read_recipe(str(path))

    return attempt


def styles(folder: Path) -> Attempt:
    """Files of matplotlib's settings are read."""

    def attempt(random: Random) -> None:
        path = folder / "a.mplstyle"
        path.write_bytes(mutated(random, random.choice(STYLES)))
        load_style(str(path))

    return attempt


def jobs(folder: Path) -> Attempt:
    """Job files are read, and their jobs checked."""

    def attempt(random: Random) -> None:
        path = folder / "a.toml"
        path.write_bytes(mutated(random, random.choice(JOBS)))
        for job in planned_jobs([str(path)], Wanted())[:3]:
            preflight.resolve(job.settings)

    return attempt


def completions(_folder: Path) -> Attempt:
    """Words are completed after others; where nothing can be said, nothing is."""

    def attempt(random: Random) -> None:
        before = [random.choice((random.choice(OPTIONS), text_like(random, LINES))) for _ in range(random.randrange(4))]
        with redirect_stdout(io.StringIO()):
            answer("zsh", [*before, text_like(random, VALUES + LINES + OPTIONS)], app.gdanim.commands)

    return attempt


def command_lines(_folder: Path) -> Attempt:
    """Whole command lines are solved, and not drawn."""

    def attempt(random: Random) -> None:
        given = [word for _ in range(random.choice((1, 1, 2, 3))) for word in (random.choice(OPTIONS), _value(random))]
        ended = run("parabola", "--dry-run", *given)
        assert ended.code in (0, 1, 2)
        if ended.code:
            assert len(ended.lines) == 1, ended.err
            raise GdanimError(ended.lines[0])

    return attempt


def _value(random: Random) -> str:
    return text_like(random, VALUES)


# kind → what it is given to, and how many inputs a round has.
KINDS: Final[Mapping[str, tuple[Callable[[Path], Attempt], int]]] = {
    "formulas": (formulas, 3_000), "option values": (values, 8_000), "optimizers and schedules": (rules, 1_500),
    "requests": (requests, 1_000), "recordings": (recordings, 1_000), "points": (points, 800),
    "presets": (presets, 2_000), "recipes": (recipes, 1_500), "job files": (jobs, 800),
    "completions": (completions, 350), "styles": (styles, 20), "command lines": (command_lines, 50),
}  # fmt: skip


def outcome(attempt: Attempt, seed: str) -> str:
    """What became of the input of a seed: read, refused, or what went wrong."""
    try:
        signal.setitimer(signal.ITIMER_PROF, PATIENCE_S)
        attempt(Random(seed))
    except GdanimError as error:
        text = str(error)
        return "refused" if text and one_line(text).strip() else f"nothing was said: {error!r}"
    except BaseException as error:
        return f"{seed}: {shown(error)} ({type(error).__name__})"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return "read"


def tried(name: str, attempt: Attempt, seeds: range) -> Counter[str]:
    """How often which outcome was met, of the inputs of a kind that some seeds make."""
    before = signal.signal(signal.SIGPROF, _hang)
    try:
        return Counter(outcome(attempt, f"{name}-{seed}") for seed in seeds)
    finally:
        signal.signal(signal.SIGPROF, before)


def _campaign(folder: Path, first: int, rounds: int) -> None:
    attempts = {name: make(Path(tempfile.mkdtemp(dir=folder))) for name, (make, _) in KINDS.items()}
    tally: dict[str, Counter[str]] = {name: Counter() for name in KINDS}
    for number in range(first, first + rounds):
        for name, (_, many) in KINDS.items():
            tally[name] += tried(name, attempts[name], range(number * many, (number + 1) * many))
        total = sum(map(Counter.total, tally.values()))
        print(json.dumps({"round": number, "inputs": total, **tally}, ensure_ascii=True), flush=True)


if __name__ == "__main__":
    sys.stdin = io.TextIOWrapper(io.BytesIO())  # whatever names standard input finds nothing there
    _campaign(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
