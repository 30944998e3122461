"""Methods and schedules from a person's own file: raced, checked, refused in one line, and never run unasked."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from support.commandline import QUICK, run

from gdanim.catalogue.choices import python_rule
from gdanim.descent.descend import descend
from gdanim.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

pytestmark = pytest.mark.usefixtures("in_tmp_path")

RULES = """
import numpy as np

def plain(weight=0.0):
    return lambda x: (), lambda grad, state, x, lr, oracle: (-lr * (grad + weight * x), state)

class Heavy:
    def __init__(self, mu, *, nesterov=False, kept="dict"):
        assert isinstance(nesterov, bool)
        self.mu, self.ahead, self.kept = mu, nesterov, kept
    def init(self, x):
        return {"v": np.zeros_like(x), "k": 0} if self.kept == "dict" else [np.zeros_like(x), 0]
    def update(self, grad, state, x, lr, oracle):
        v, k = state.values() if self.kept == "dict" else state
        assert k == oracle.iteration
        v = self.mu * v + grad
        step = -lr * (grad + self.mu * v if self.ahead else v)
        return step, {"v": v, "k": k + 1} if self.kept == "dict" else [v, k + 1]

def halving(every=3):
    print("on standard error, please")
    return lambda k, lr, n: lr * 0.5 ** (k // every)

def fails(after=2):
    def update(grad, state, x, lr, oracle):
        return -lr * grad / (oracle.iteration - after and 1) if oracle.iteration < after else [][0], ()
    return np.zeros_like, update

def keeps_one(): return np.zeros_like, lambda grad, state, x, lr, oracle: -lr * grad
def one_for_all(): return np.zeros_like, lambda grad, state, x, lr, oracle: (-lr[0] * grad[0], state)
def complex_(): return np.zeros_like, lambda grad, state, x, lr, oracle: (-1j * grad, state)
def in_place(): return np.zeros_like, lambda grad, state, x, lr, oracle: (grad.__imul__(-1), state)
def odd_state(): return lambda x: np.zeros((7, 2)), lambda grad, state, x, lr, oracle: (-lr * grad, state)
def no_pair(): return np.zeros_like
def unborn(): raise KeyError("nowhere")
def leaves(): raise SystemExit(0)
def with_lr(lr=0.1): return None
def positional(beta, /): return None
def infinite(): return lambda k, lr, n: lr / abs(k - 1)
def too_few(): return lambda k, lr, n: lr
def no_rates(): return 0.1
SCALE = 3
"""


@pytest.fixture(autouse=True)
def _rules(in_tmp_path: None) -> None:
    Path("opt.py").write_text(RULES)


def path_of(method: str, **options: object) -> NDArray[np.float64]:
    """x (n+1, d) of one run on rosenbrock."""
    given = {"lr": (0.0005,), "iterations": 12} | options
    descent = descend(Settings(function="rosenbrock", optimizer=(method,), **given))
    return descent.trajectory.x[0]


@pytest.mark.parametrize(
    ("own", "listed"),
    [
        ("opt.py:plain", "gd"),
        ("./opt.py:plain", "gd"),
        ("opt:plain", "gd"),
        ("opt.py:plain:weight=0.5", "gd:weight_decay=0.5"),
        ("opt.py:Heavy:mu=0.9", "momentum"),
        ("opt.py:Heavy:mu=0.5,nesterov=yes", "nesterov:momentum=0.5"),
        ("opt.py:Heavy:mu=0.5,kept=list,lr=0.001", "momentum:momentum=0.5,lr=0.001"),
    ],
)
def test_a_method_of_ones_own_goes_where_the_same_rule_of_the_catalogue_goes(own: str, listed: str) -> None:
    assert path_of(own).tobytes() == path_of(listed).tobytes()


def test_a_schedule_of_ones_own_sets_every_rate() -> None:
    descent = descend(Settings(function="parabola", schedule=("opt.py:halving:every=2",), lr=(0.2, 0.1), iterations=5))
    assert descent.trajectory.lr.tolist() == [[0.2, 0.2, 0.1, 0.1, 0.05], [0.1, 0.1, 0.05, 0.05, 0.025]]


@pytest.mark.parametrize("kept", ["dict", "list"])
def test_a_state_of_any_kind_loses_the_runs_that_end(kept: str) -> None:
    # Some of the cells diverge or come to rest, and are dropped while the others go on.
    words = ("x**4 - 3*x**2 + x", "--lr", "0.05", "--start", "0.5", "-n", "60", "--basins", "--size", "120x90")
    for method, name in ((f"opt.py:Heavy:mu=0.5,kept={kept}", "a.png"), ("momentum:momentum=0.5", "b.png")):
        assert run(*words, "-O", method, "-q", "-o", name).code == 0
    one, other = (Image.open(name).tobytes() for name in ("a.png", "b.png"))
    assert one == other


def test_the_readmes_race_runs_and_names_each_rule(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n# mine\.py\n(import numpy as np\n\ndef clipped.*?)```", readme, re.DOTALL)
    command = re.search(r"```console\n\$ (gdanim rosenbrock .*mine\.py:clipped.*)\n", readme)
    assert code is not None
    assert command is not None
    assert len(re.findall("^.*[^ ].*$", code[1], re.MULTILINE)) <= 10
    Path("mine.py").write_text(code[1])
    ran = run(*shlex.split(command[1].replace("-n 80", "-n 5"))[1:], "--size", "160x120", "--json", "-q")
    runs = json.loads(ran.out)["runs"]
    assert [made["label"].partition(", lr")[0] for made in runs] == ["clipped", "clipped, beta 0.5", "adam"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.py", "opt.py", "rules.gif"]


def test_a_recipe_holds_no_word_of_it_and_says_so() -> None:
    for words in (("-O", "opt.py:plain", "-O", "gd"), ("--schedule", "opt.py:halving")):
        ran = run("parabola", *words, *QUICK, "-o", "a.gif")
        assert ran.code == 0
        assert "cannot be made again from the file alone: it was made with Python code of your own" in ran.lines[-1]
        assert b"opt.py" not in Path("a.gif").read_bytes()
        assert [run(*command, "a.gif").code for command in (("recipe",), ("check",), ("--preset",))] == [1, 1, 1]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("-O opt.py:fails", 1, "opt.py:26 in update: IndexError: list index out of range"),
        ("-O opt.py:unborn", 1, "in unborn: KeyError: 'nowhere'"),
        ("-O opt.py:leaves", 1, "in leaves: SystemExit: 0"),
        (
            "-O opt.py:keeps_one",
            1,
            "opt.py:keeps_one failed: its update gave a ndarray, where a step and a state are due",
        ),
        (
            "-O opt.py:one_for_all",
            1,
            "opt.py:one_for_all failed: the step of its update has the shape (1,), not (1, 1)",
        ),
        ("-O opt.py:complex_", 1, "the step of its update is of complex128, not of float64"),
        ("-O opt.py:in_place", 1, "in <lambda>: ValueError: "),
        ("-O opt.py:odd_state", 1, "has the shape (7, 2), not (…, 1, variables), as x has"),
        ("-O opt.py:no_pair", 1, "it gave no pair of functions init and update, nor an object with both"),
        ("-O opt.py:with_lr", 2, "lr is no hyperparameter: gdanim passes the rate to what it returns"),
        ("-O opt.py:positional", 2, "opt.py:positional has arguments that cannot be given by name"),
        ("-O opt.py:Heavy", 2, "give mu: write opt.py:Heavy:mu=VALUE. It takes hyperparameters, and returns init(x)"),
        ("-O opt.py:Heavy:mu=0.9,nesterov=2", 2, "nesterov: give yes or no"),
        ("-O opt.py:plain:wight=1", 2, "Unknown hyperparameter of opt.py:plain 'wight'. Did you mean 'weight'?"),
        ("-O opt.py:plain:weight=heavy", 2, "weight: give a finite number"),
        ("-O opt.py:SCALE", 2, "opt.py:SCALE is int 3: name a function"),
        ("-O opt.py:plein", 2, "Unknown name in opt.py: 'plein'. Did you mean 'plain'?"),
        ("-O opp.py:plain", 2, "No file 'opp.py'. Did you mean 'opt.py'?"),
        ("-O adam:beta1", 2, "write NAME:KEY=VALUE"),
        ("--schedule opt.py:infinite", 1, "it gave the rate inf for k = 1; a rate is finite and at least 0"),
        ("--schedule opt.py:too_few", 1, "what it gave as rates has the shape (1, 1), not (1, 3)"),
        ("--schedule opt.py:no_rates", 1, "it gave a float, which cannot be called for rates"),
        ("--schedule opt.py:halving --schedule opt.py:hlving", 2, "Did you mean 'halving'?"),
    ],
)
def test_what_is_wrong_with_it_is_one_line(words: str, code: int, said: str) -> None:
    ran = run("parabola", *words.split(), "-n", "3", "-o", "a.gif")
    assert (ran.code, ran.out) == (code, b"")
    assert said in ran.lines[-1], ran.err
    assert len([line for line in ran.lines if line.startswith("gdanim: ")]) == 1
    assert not Path("a.gif").exists()


@pytest.mark.parametrize(
    ("preset", "given", "key"),
    [
        ("optimizer = 'wicked.py:f'", (), "optimizer"),
        ("optimizer = ['gd', 'wicked:f:beta=2']", (), "optimizer"),
        ("schedule = 'wicked.py:f'", (), "schedule"),
        ("schedule = 'wicked.py:f'", ("-O", "opt.py:plain"), "schedule"),
    ],
)
def test_a_preset_runs_none_unless_the_command_line_allows_it(
    preset: str, given: tuple[str, ...], key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = "halving" if key == "schedule" else "plain"
    monkeypatch.delitem(sys.modules, "wicked", raising=False)
    Path("wicked.py").write_text(f"open('pwned', 'w').close()\nimport opt\ndef f(beta=1): return opt.{made}()")
    Path("p.toml").write_text(f"function = 'parabola'\n{preset}\n")
    refused = run("--preset", "p.toml", *given, "-o", "a.gif")
    assert (refused.code, len(refused.lines)) == (2, 1)
    assert refused.err.startswith(f"gdanim: p.toml: {key} ")
    assert "--allow-python" in refused.err
    assert not Path("pwned").exists()
    assert run("--preset", "p.toml", *given, "--dry-run", "--allow-python").code == 0
    assert Path("pwned").exists()


def test_a_table_that_names_a_method_runs_none() -> None:
    Path("wicked.py").write_text("open('pwned', 'w').close()\ndef f(): pass")
    Path("run.csv").write_text("run,optimizer,iteration,x1\n0,wicked.py:f,0,3\n0,wicked.py:f,1,2\n")
    assert run("parabola", "--trajectory", "run.csv", *QUICK, "-o", "a.gif").code == 0
    assert not Path("pwned").exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("adam", None),
        ("adam:lr=0.05,beta1=0.8", None),
        ("inverse-time:decay_rate=2", None),
        ("adam:beta1", None),
        ("opt.py:mine", ("opt.py:mine", "")),
        ("my lab/opt.py:mine:beta=0.9,lr=1", ("my lab/opt.py:mine", "beta=0.9,lr=1")),
        ("C:\\lab\\opt.py:mine:beta=0.9", ("C:\\lab\\opt.py:mine", "beta=0.9")),
        ("lab.opt:Mine", ("lab.opt:Mine", "")),
    ],
)
def test_the_text_alone_tells_whether_it_is_python(text: str, expected: tuple[str, str] | None) -> None:
    assert python_rule(text) == expected
