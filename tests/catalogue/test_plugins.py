"""Rows from installed packages: they work as gdanim's own do, they cost nothing unasked, and a broken one is alone."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from support.commandline import ENVIRONMENT, QUICK, Ran, command, digest, without_recipe

from gdanim.catalogue import plugins
from gdanim.catalogue.registry import OPTIMIZERS, Registry
from gdanim.catalogue.specs import Method
from gdanim.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def install(
    site: Path, distribution: str, modules: Mapping[str, str], points: Mapping[str, Mapping[str, str]] | str
) -> None:
    """Put a distribution into a folder as pip would: its modules, and a dist-info beside them."""
    info = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    if not isinstance(points, str):
        lines = [f"[{group}]\n" + "".join(f"{n} = {v}\n" for n, v in named.items()) for group, named in points.items()]
        points = "\n".join(lines)
    (info / "entry_points.txt").write_text(points)
    for name, source in modules.items():
        (site / f"{name}.py").write_text(dedent(source), encoding="utf-8")


def seeing(site: Path) -> Mapping[str, str]:
    return {**ENVIRONMENT, "PYTHONPATH": os.pathsep.join([ENVIRONMENT["PYTHONPATH"], str(site)])}


def gdanim(site: Path, *arguments: object, cwd: Path) -> Ran:
    """Run the command in a process of its own that sees what is installed in `site`."""
    ended = subprocess.run(command(*arguments), cwd=cwd, env=seeing(site), capture_output=True, check=False)
    return Ran(code=ended.returncode, out=ended.stdout, err=ended.stderr.decode())


def block(text: str, mark: str) -> str:
    """The indented example of a docstring that holds `mark`."""
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", text, flags=re.MULTILINE)
    (found,) = [found for found in blocks if mark in found]
    return dedent(found)


EXAMPLE = block(plugins.__doc__ or "", "NORMALISED = Method(")
PYPROJECT = block(plugins.__doc__ or "", "[project.entry-points")

# One row for each of the other groups. SPY tells whether the module was imported.
OTHERS = """
    import os
    from gdanim.catalogue.specs import Format, Schedule, View
    from gdanim.catalogue.specs import Formula

    if "SPY" in os.environ:
        open(os.environ["SPY"], "w").close()

    HALVED = Schedule(name="halved", target="others:halved", summary="lr/2^k")
    TILT = Formula(
        name="tilt", formula="x**2 + a*x", bounds=((-3.0, 3.0),), start=(2.0,), lr=0.1, iterations=9,
        minimizers=((-0.5,),), minimum=-0.25, curvature=2.0, parameters=(("a", 1.0),), source="ours",
    )
    PLAIN = View(name="plain_curve", target="others:plain", summary="the curve again", dims=(1,))
    BOXES = Format(
        name="boxes", target="others:Boxes", summary="what changed, as text", extensions=(".boxes", ".gif"),
        needs_path=False, even_size=False, max_fps=100, loops=False, qualities={"medium": "exact"},
    )

    def halved():
        return lambda k, lr, n: lr / 2.0**k

    def plain(descent):
        from gdanim.views.curve import build

        return build(descent)

    class Boxes:
        def __init__(self, stream, reel):
            self.stream = stream

        def __enter__(self):
            return self

        def __exit__(self, *raised):
            pass

        def write(self, frame):
            self.stream.write(f"{frame.index} {frame.box.width}x{frame.box.height}\\n".encode())
"""
OTHER_POINTS = {
    "gdanim.schedules": {"halved": "others:HALVED"},
    "gdanim.functions": {"tilt": "others:TILT"},
    "gdanim.views": {"plain-curve": "others:PLAIN"},
    "gdanim.writers": {"boxes": "others:BOXES"},
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two packages that are as they should be."""
    site = tmp_path_factory.mktemp("good")
    install(site, "gdanim-descents", {"descents": EXAMPLE}, tomllib.loads(PYPROJECT)["project"]["entry-points"])
    install(site, "gdanim-others", {"others": OTHERS}, OTHER_POINTS)
    return site


def test_rows_of_all_five_groups_work_together(good: Path, tmp_path: Path) -> None:
    ran = gdanim(
        good, "tilt", "-O", "normalised:eps=0", "--lr", "0.5", "--schedule", "halved", "--view", "plain-curve",
        "-n", "3", "--size", "160x120", "-o", "out.boxes", "--data", "steps.csv", cwd=tmp_path,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    # f′ > 0 all along, so that each step is as long as its rate: ½, ¼, ⅛.
    with (tmp_path / "steps.csv").open() as file:
        assert [float(row["x1"]) for row in csv.DictReader(file)] == [2.0, 1.5, 1.25, 1.125]
    frames = (tmp_path / "out.boxes").read_text().splitlines()
    assert frames[0] == "0 160x120"
    assert [line.split()[0] for line in frames] == ["0", "1", "2", "3"]


def test_a_preset_may_name_what_a_plugin_brings(good: Path, tmp_path: Path) -> None:
    saved = gdanim(good, "tilt", "-O", "normalised:eps=0.1", "-f", "boxes", "--dry-run", cwd=tmp_path)
    assert saved.code == 0, saved.err
    (tmp_path / "mine.toml").write_bytes(saved.out)
    again = gdanim(good, "--preset", "mine.toml", "--dry-run", cwd=tmp_path)
    assert again.out.splitlines()[1:] == saved.out.splitlines()[1:]  # the first line is the file's name
    assert b'"normalised:eps=0.1"' in saved.out


def test_a_list_marks_them_with_their_distribution(good: Path, tmp_path: Path) -> None:
    listed = gdanim(good, "list", cwd=tmp_path)
    marked = [line.split()[0] for line in listed.out.decode().splitlines() if line.endswith("  [gdanim-others]")]
    assert marked == ["tilt", "halved", "plain-curve", "boxes"]
    (row,) = [
        row
        for row in json.loads(gdanim(good, "list", "optimizers", "--json", cwd=tmp_path).out)
        if row["distribution"] is not None
    ]
    assert row == {
        "name": "normalised",
        "summary": "d = g/(‖g‖ + ε): every step as long as the rate",
        "hyperparameters": [{"name": "eps", "default": 1e-8, "meaning": None}],
        "ordered": [],
        "rate": "2 % of the width of the function's bounds",
        "follows_schedule": True,
        "source": "Hazan et al. 2015, arXiv 1507.02030",
        "distribution": "gdanim-descents",
    }
    assert listed.err == ""


def test_gdanims_own_format_keeps_its_suffix(good: Path, tmp_path: Path) -> None:
    ran = gdanim(good, "parabola", *QUICK, "-o", "out.gif", cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert (tmp_path / "out.gif").read_bytes().startswith(b"GIF89a")


def test_a_misspelt_name_of_a_plugin_is_recognised_and_nothing_imported(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spy = tmp_path / "imported"
    monkeypatch.setitem(ENVIRONMENT, "SPY", str(spy))
    assert "Did you mean 'tilt'?" in gdanim(good, "tlit", cwd=tmp_path).err
    assert not spy.exists()
    assert gdanim(good, "list", "functions", cwd=tmp_path).code == 0
    assert spy.exists()


def test_what_names_only_gdanims_own_reads_no_entry_points(tmp_path: Path) -> None:
    script = """
        import contextlib, io, json, sys
        from gdanim.cli import app
        for request in json.loads(sys.argv[1]):
            with contextlib.redirect_stdout(io.StringIO()):
                try:
                    app.main(request)
                except SystemExit as end:
                    assert end.code == 0, request
            assert "importlib.metadata" not in sys.modules, request
    """
    own = ["-O", "adam", "-O", "momentum", "--schedule", "constant", "--view", "curve"]
    requests = [
        ["--help"], ["--version"], ["list", "--help"], ["parabola", "--dry-run", "-o", "out.mp4", *own],
        ["two-wells", "--dry-run"], ["x**2", "--dry-run"], ["x-1", "--dry-run", "--start", "1"],
    ]  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-c", dedent(script), json.dumps(requests)], cwd=tmp_path, env=ENVIRONMENT,
        capture_output=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr.decode()


METHOD = """
    from gdanim.catalogue.specs import Hyperparameter, Method, Rate
    from gdanim.readers import number
    ROW = Method(name="{name}", target="{target}", summary="{summary}", rate={rate}, source="ours", {more})
"""
FORMULA = """
    from gdanim.catalogue.specs import Formula
    ROW = Formula(
        name="{name}", formula="{formula}", bounds=((-1, 1),), start=(0.5,), lr=0.1, iterations=9, minimizers=((0,),),
        minimum=0, curvature=2, source="ours",
    )
"""


def method(name: str, target: str = "", summary: str = "s", rate: str = "Rate.ONE", more: str = "") -> str:
    target = target or "gdanim.optimizers.gd:gd"
    return METHOD.format(name=name, target=target, summary=summary, rate=rate, more=more)


@dataclass(frozen=True, slots=True)
class Broken:
    """A plug-in that cannot be used: the text of its module, what must be said, and what it should have been."""

    source: str
    says: str
    kind: str = "optimizer"


# By the name of the entry point, which is that of the module without its `b_`, and of the distribution.
BROKEN: Mapping[str, Broken] = {
    "absent": Broken("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module' ("),
    "syntax": Broken("ROW = (", "SyntaxError: '(' was never closed ("),
    "rowless": Broken("", "AttributeError: module 'b_rowless' has no attribute 'ROW'"),
    "leaves": Broken("import sys; sys.exit(0)", "SystemExit: 0 ("),
    "many_lines": Broken("raise ValueError('one\\ntwo')", "ValueError: one two ("),
    "untold": Broken(
        "class E(Exception):\n        def __str__(self): raise TypeError\n    raise E", "cannot be used: E ("
    ),
    "number": Broken("ROW = 3", "its entry point names a int, not a Method"),
    "schedule": Broken(
        "from gdanim.catalogue.specs import Schedule\n    ROW = Schedule(name='schedule', target='a:b', summary='s')",
        "its entry point names a Schedule, not a Method",
    ),
    "renamed": Broken(method("other"), "its row is called 'other'"),
    "rated": Broken(method("rated", rate="'big'"), "rate 'big': give a Rate"),
    "escape": Broken(method("escape", summary=r"\x1b[31m"), "summary '\\x1b[31m': give a text of one line"),
    "greedy": Broken(
        method("greedy", more="hyperparameters=(Hyperparameter(name='lr', default=1.0, read=number()),)"),
        "hyperparameter 'lr': give a name of Python's, and not lr",
    ),
    "damped": Broken(method("damped", rate="Rate.DAMPED"), "rate DAMPED: it goes with a hyperparameter `momentum`"),
    "unread": Broken(FORMULA.format(name="unread", formula="x**"), "Formula 'x**'", "function"),
    "x_cubed": Broken(FORMULA.format(name="x_cubed", formula="x**3"), "with hyphens it would be a formula", "function"),
    "planar": Broken(
        FORMULA.format(name="planar", formula="x*y"), "bounds: the formula has x and y", "function"
    ),
}  # fmt: skip

# These are only found out when they are asked for: a list does not import what a row names.
LATE: Mapping[str, Broken] = {
    "rule_less": Broken(method("rule_less", "b_rule_less:rule"), "AttributeError: module 'b_rule_less' has no"),
    "rule_broken": Broken(method("rule_broken", "no_such_rule:rule"), "ModuleNotFoundError: No module named 'no_such_"),
    "rule_constant": Broken(method("rule_constant", "gdanim:__version__"), "is a str, and cannot be called"),
    "rule_stubborn": Broken(
        method("rule_stubborn", more="hyperparameters=(Hyperparameter(name='eps', default=1.0, read=number()),)"),
        "TypeError: got an unexpected keyword argument 'eps'",
    ),
}


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that is broken, each in a package of its own, and a package that talks."""
    site = tmp_path_factory.mktemp("bad")
    for name, plugin in {**BROKEN, **LATE}.items():
        points = {f"gdanim.{plugin.kind}s": {name: f"b_{name}:ROW"}}
        install(site, f"dist-{name.replace('_', '-')}", {f"b_{name}": f"    {plugin.source.strip()}\n"}, points)
    install(site, "dist-clash", {"b_clash": method("adam")}, {"gdanim.optimizers": {"adam": "b_clash:ROW"}})
    for number_ in "12":
        module = f"b_twin_{number_}"
        install(
            site, f"dist-twin-{number_}", {module: method("twin")}, {"gdanim.optimizers": {"twin": f"{module}:ROW"}}
        )
    install(site, "dist-scrawl", {}, "[gdanim.optimizers]\nno equals sign\n")
    install(site, "dist-astray", {}, {"gdanim.optimizer": {"astray": "b_astray:ROW"}})
    install(
        site,
        "dist-loud",
        {"b_loud": f"    import warnings; print('LOUD'); warnings.warn('LOUD')\n{method('loud')}"},
        {"gdanim.optimizers": {"loud": "b_loud:ROW"}},
    )
    return site


@pytest.fixture(scope="module")
def listed(bad: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """What `gdanim list` says where every broken plug-in is installed."""
    return gdanim(bad, "list", cwd=tmp_path_factory.mktemp("cwd"))


def test_a_list_beside_broken_plugins_holds_all_the_rest(listed: Ran, tmp_path: Path) -> None:
    bare, beside = (
        [" ".join(line.split()) for line in ran.out.decode().splitlines()]
        for ran in (gdanim(tmp_path, "list", cwd=tmp_path), listed)
    )
    assert listed.code == 0
    assert [line for line in beside if not line.endswith("]")] == bare
    marked = {line.split()[0].replace("-", "_") for line in beside if line.endswith("]")}
    assert marked == {"loud", *LATE}


@pytest.mark.parametrize("name", BROKEN)
def test_a_list_names_each_broken_one_in_one_line(listed: Ran, name: str) -> None:
    plugin, distribution = BROKEN[name], f"dist-{name.replace('_', '-')}"
    start = f"gdanim: The {plugin.kind} '{name}' of {distribution} cannot be used: "
    (line,) = [line for line in listed.lines if line.startswith(start)]
    assert plugin.says in line


def in_one_process(site: Path, requests: list[list[str]], cwd: Path) -> list[Ran]:
    """What each request leaves. One process for all of them costs less than one for each."""
    script = """
        import contextlib, io, json, sys
        from gdanim.cli import app
        for request in json.loads(sys.argv[1]):
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    app.main(request)
                except SystemExit as end:
                    code = end.code
            print(json.dumps([code, out.getvalue(), err.getvalue()]))
    """
    ended = subprocess.run(
        [sys.executable, "-c", dedent(script), json.dumps(requests)], cwd=cwd, env=seeing(site),
        capture_output=True, check=True,
    )  # fmt: skip
    said = map(json.loads, ended.stdout.splitlines())
    return [Ran(code=code, out=out.encode(), err=err) for code, out, err in said]


@pytest.fixture(scope="module")
def refused(bad: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Ran]:
    """What is said where each of them is asked for."""
    names = [*BROKEN, *LATE, "twin"]
    functions = {name for name, plugin in BROKEN.items() if plugin.kind == "function"}
    requests = [[name] if name in functions else ["parabola", "-O", name] for name in names]
    folder = tmp_path_factory.mktemp("cwd")
    ran = in_one_process(bad, requests, folder)
    assert list(folder.iterdir()) == []
    return dict(zip(names, ran, strict=True))


@pytest.mark.parametrize("name", [*BROKEN, *LATE])
def test_asking_for_a_broken_one_is_refused_in_one_line(refused: Mapping[str, Ran], name: str) -> None:
    plugin, ran = {**BROKEN, **LATE}[name], refused[name]
    (line,) = ran.lines
    assert (ran.code, ran.out) == (2, b"")
    assert line.startswith(f"gdanim: The {plugin.kind} '{name}' of dist-{name.replace('_', '-')} cannot be used: ")
    assert plugin.says in line


# Rows that are as they should be, of code that is not, as is found out when it works. Words in braces are filled in.
RULE = """
    from gdanim.catalogue.specs import Method, Rate
    ROW = Method(name="{name}", target="w_{name}:make", summary="s", rate=Rate.ONE, source="ours")

    def make():
        import numpy as np
        from gdanim.optimizers.optimizer import Optimizer, stateless

        def init(x):
            {init}

        def update(grad, state, x, lr, oracle):
            {update}

        {made}
"""
PLAN = """
    from gdanim.catalogue.specs import Schedule
    ROW = Schedule(name="{name}", target="w_{name}:make", summary="s")

    def make():
        import numpy as np

        def rates(k, lr, n):
            {rates}

        {made}
"""
PICTURE = """
    from gdanim.catalogue.specs import View
    ROW = View(name="{name}", target="w_{name}:build", summary="s", dims=(1,))

    def build(descent):
        from dataclasses import replace
        from gdanim.views import curve

        def fail(*arguments):
            raise ValueError("no picture")

        scene = curve.build(descent)
        {drawn}
"""
FILE = """
    from gdanim.catalogue.specs import Format
    ROW = Format(
        name="{name}", target="w_{name}:Writer", summary="s", extensions=(), needs_path=False, even_size=False,
        max_fps=100, loops=False, qualities={"medium": "exact"},
    )

    class Writer:
        def __init__(self, stream, reel):
            {init}
        def __enter__(self):
            {enter}
        def __exit__(self, *raised):
            {leave}
        def write(self, frame):
            {write}
"""


@dataclass(frozen=True, slots=True)
class Failing:
    """A plug-in that fails at work: the text of its module, what must be said, and its group."""

    source: str
    says: str
    kind: str


def filled(text: str, **parts: str) -> str:
    """A text with its words in braces replaced; other braces stay."""
    return re.sub(r"\{(\w+)\}", lambda word: parts.get(word[1], word[0]), text)


def rule(says: str, *, init: str = "return ()", update: str = "return -lr * grad, state", made: str = "") -> Failing:
    made = made or "return Optimizer(init=init, update=update)"
    return Failing(filled(RULE, init=init, update=update, made=made), says, "optimizer")


def plan(says: str, *, rates: str = "return lr / 2.0**k", made: str = "return rates") -> Failing:
    return Failing(filled(PLAN, rates=rates, made=made), says, "schedule")


def picture(says: str, drawn: str) -> Failing:
    return Failing(filled(PICTURE, drawn=drawn), says, "view")


def file(says: str, **bodies: str) -> Failing:
    bodies = {"init": "pass", "enter": "return self", "leave": "pass", "write": "pass"} | bodies
    return Failing(filled(FILE, **bodies), says, "writer")


FAILING: Mapping[str, Failing] = {
    "nothing": rule("it gave nothing, not its Optimizer", made="pass"),
    "unmade": rule("KeyError: 'k' (", made="return {}['k']"),
    "uninitialised": rule("ZeroDivisionError: division by zero (", init="return 1 / 0"),
    "raising": rule("RuntimeError: one two (", update="raise RuntimeError('one\\ntwo')"),
    "leaving": rule("SystemExit: 0 (", update="raise SystemExit(0)"),
    "lonely": rule("its update gave a ndarray, where a step and a state are due", update="return -lr * grad"),
    "scalar": rule("the step of its update is a float, not an array", update="return 0.1, state"),
    "narrow": rule(
        "the step of its update has the shape (1, 1), not (2, 1)", update="return -lr[:1] * grad[:1], state"
    ),
    "complex": rule("the step of its update is of complex128, not of float64", update="return grad * 1j, state"),
    "moving": rule("ValueError: assignment destination is read-only (", update="x[:] = 0; return -lr * grad, state"),
    "slowing": rule("read-only", update="lr *= 0.5; return -lr * grad, state"),
    "spoken": plan("it gave a str, which cannot be called for rates", made="return 'slow'"),
    "spelt": plan("what it gave as rates is a str, not an array", rates="return 'slow'"),
    "falling": plan("it gave the rate -0.1 for k = 2", rates="return lr - 0.1 * k"),
    "undefined": plan("it gave the rate nan for k = 1", rates="return np.where(k == 1, np.nan, lr)"),
    "flat": plan("what it gave as rates has the shape (3,), not (2, 3)", rates="return lr[0] + 0.0 * k"),
    "planless": plan("ValueError: no plan (", rates="raise ValueError('no plan')"),
    "blind": picture("ValueError: no picture (", "fail()"),
    "empty": picture("it gave nothing, not its Scene", "return None"),
    "unmoved": picture("ValueError: no picture (", "scene.marks[0].show = fail; return scene"),
    "undrawn": picture("ValueError: no picture (", "scene.figure.axes[0].draw = fail; return scene"),
    "boundless": picture("touched() gave ", "scene.marks[0].touched = lambda: [float('nan')] * 4; return scene"),
    "timeless": picture("its scene has as timeline nothing", "return replace(scene, timeline=None)"),
    "closed": file("KeyError: 'lid' (", init="raise KeyError('lid')"),
    "absent_minded": file("AttributeError: 'NoneType' object has no attribute 'write'", enter="pass"),
    "stuck": file("RuntimeError: ink (", write="raise RuntimeError('ink')"),
    "hushed": file("RuntimeError: ink (", write="raise RuntimeError('ink')", leave="return True"),
    "endless": file("SystemExit: 1 (", leave="raise SystemExit(1)"),
}
ASKED = {"optimizer": "-O", "schedule": "--schedule", "view": "--view", "writer": "-f"}


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Ran]:
    """What is said where each of them is put to work, on two runs at the rate 0.1."""
    site, folder = tmp_path_factory.mktemp("failing"), tmp_path_factory.mktemp("cwd")
    for name, plugin in FAILING.items():
        source = filled(plugin.source, name=name)
        install(site, f"dist-{name}", {f"w_{name}": source}, {f"gdanim.{plugin.kind}s": {name: f"w_{name}:ROW"}})
    runs = ["--start", "1", "--start", "2", "--lr", "0.1", *QUICK]
    requests = [["parabola", *runs, ASKED[plugin.kind], name, "-o", name] for name, plugin in FAILING.items()]
    for request in requests:
        request += [] if "-f" in request else ["-f", "gif"]
    ran = in_one_process(site, requests, folder)
    assert list(folder.iterdir()) == []
    return dict(zip(FAILING, ran, strict=True))


@pytest.mark.parametrize("name", FAILING)
def test_one_that_fails_at_work_ends_the_request_in_one_line_that_names_it(
    failed: Mapping[str, Ran], name: str
) -> None:
    plugin, ran = FAILING[name], failed[name]
    (line,) = ran.lines
    assert (ran.code, ran.out) == (1, b"")
    assert f"The {plugin.kind} '{name}' of dist-{name} failed: " in line
    assert plugin.says in line


def test_a_place_is_a_line_of_the_plugin(failed: Mapping[str, Ran]) -> None:
    for name in ("raising", "planless", "blind", "stuck"):
        assert re.search(rf"w_{name}\.py:\d+\)$", failed[name].lines[0])


def test_a_writer_that_fails_takes_no_other_output_with_it(tmp_path: Path) -> None:
    points = {"gdanim.writers": {"stuck": "w_stuck:ROW"}}
    source = filled(FAILING["stuck"].source, name="stuck").replace("extensions=()", 'extensions=(".ink",)')
    install(tmp_path / "site", "dist-stuck", {"w_stuck": source}, points)
    ran = gdanim(tmp_path / "site", "parabola", *QUICK, "-o", "out.ink", "-o", "out.gif", cwd=tmp_path)
    assert ran.code == 1
    assert [line for line in ran.lines if "The writer 'stuck' of dist-stuck failed: RuntimeError: ink" in line]
    assert (tmp_path / "out.gif").read_bytes()[-1:] == b";"
    assert not (tmp_path / "out.ink").exists()


def test_what_a_plugin_prints_at_work_stays_off_standard_output(tmp_path: Path) -> None:
    chatty = filled(rule("", update="print('LOUD'); return -lr * grad, state").source, name="chatty")
    install(tmp_path / "site", "dist-chatty", {"w_chatty": chatty}, {"gdanim.optimizers": {"chatty": "w_chatty:ROW"}})
    ran = gdanim(tmp_path / "site", "parabola", "-O", "chatty", "--lr", "0.1", *QUICK, "-o", "-", cwd=tmp_path)
    own = gdanim(tmp_path / "site", "parabola", "--lr", "0.1", *QUICK, "-o", "-", cwd=tmp_path)
    assert without_recipe(ran.out) == without_recipe(own.out)  # the rule is that of gd
    assert ran.lines.count("LOUD") == 3


def test_a_hyperparameter_whose_reader_fails_is_named(tmp_path: Path) -> None:
    more = "hyperparameters=(Hyperparameter(name='damping', default=1, read=lambda value: value + 0),)"
    source = method("adder", "gdanim.optimizers.curvature:newton", more=more)
    install(tmp_path / "site", "dist-adder", {"w_adder": source}, {"gdanim.optimizers": {"adder": "w_adder:ROW"}})
    (line,) = gdanim(tmp_path / "site", "parabola", "-O", "adder:damping=1", cwd=tmp_path).lines
    assert line.startswith("gdanim: The optimizer 'adder' of dist-adder failed: TypeError: ")


def test_a_clash_is_reported_and_gdanims_own_row_stands(bad: Path, listed: Ran, tmp_path: Path) -> None:
    assert "gdanim: The optimizer 'adam' of dist-clash cannot be used: gdanim has one of that name" in listed.lines
    rows = json.loads(gdanim(bad, "list", "optimizers", "--json", cwd=tmp_path).out)
    assert [row["source"] for row in rows if row["name"] == "adam"] == [OPTIMIZERS["adam"].source]


def test_of_two_packages_with_one_name_neither_is_taken(listed: Ran, refused: Mapping[str, Ran]) -> None:
    (line,) = [line for line in listed.lines if "'twin'" in line]
    assert "dist-twin-1" in line
    assert "dist-twin-2" in line
    assert refused["twin"].lines == [line]


def test_a_package_whose_entry_points_cannot_be_read_is_named(listed: Ran) -> None:
    assert [line for line in listed.lines if "gdanim: The entry_points.txt of dist-scrawl cannot be read: " in line]


def test_a_group_that_is_none_is_named(listed: Ran) -> None:
    said = "gdanim: Unknown entry point group of dist-astray: 'gdanim.optimizer'. Did you mean 'gdanim.optimizers'?"
    assert said in listed.lines


def test_what_a_plugin_prints_while_it_is_imported_stays_off_standard_output(listed: Ran) -> None:
    assert b"LOUD" not in listed.out
    assert listed.lines.count("LOUD") == 1
    assert not any("UserWarning" in line for line in listed.lines)  # its warnings are for its author: python -W


def test_a_render_beside_broken_plugins_is_untouched(bad: Path, tmp_path: Path) -> None:
    for name, site in (("with", bad), ("without", tmp_path / "nothing")):
        (tmp_path / name).mkdir()
        ran = gdanim(site, "parabola", *QUICK, "-o", "out.gif", cwd=tmp_path / name)
        assert (ran.code, ran.out, len(ran.lines)) == (0, b"", 1), ran.err
    assert digest(tmp_path / "with/out.gif") == digest(tmp_path / "without/out.gif")


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder on sys.path whose distributions are found anew, in this process."""
    monkeypatch.syspath_prepend(tmp_path)
    plugins.installed.cache_clear()
    yield tmp_path
    plugins.installed.cache_clear()


def test_a_registry_holds_what_can_be_used(fresh: Path) -> None:
    gd = OPTIMIZERS["gd"]
    points = {"gdanim.optimizers": {"here": "p_here:ROW", "gd": "p_here:ROW", "gone": "p_gone:ROW"}}
    install(fresh, "dist-p", {"p_here": method("here")}, points)
    registry = Registry([gd], row_type=Method, group="gdanim.optimizers")
    assert list(registry) == ["gd", "here"]
    assert len(registry) == 2
    assert registry["gd"] is gd
    assert (registry.origin("gd"), registry.origin("here")) == ("", "dist-p")
    assert "gone" not in registry
    assert "nowhere" not in registry
    assert registry.names() == ["gd", "gone", "here"]
    with pytest.raises(UsageError, match="'gone' of dist-p"):
        registry["gone"]
    with pytest.raises(KeyError):
        registry["nowhere"]


def test_a_module_that_fails_is_imported_once(fresh: Path) -> None:
    count = fresh / "count"
    source = f"    with open({str(count)!r}, 'a') as file: file.write('1')\n    raise ValueError\n"
    install(fresh, "dist-q", {"q_fails": source}, {"gdanim.optimizers": {"q": "q_fails:ROW"}})
    registry = Registry([], row_type=Method, group="gdanim.optimizers")
    for _ in range(3):
        with pytest.raises(UsageError):
            registry["q"]
        assert list(registry) == []
    assert count.read_text() == "1"


def test_the_first_of_two_copies_of_a_distribution_hides_the_other(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("later", "first"):
        install(fresh / folder, "dist-r", {"r_row": method("r")}, {"gdanim.optimizers": {"r": "r_row:ROW"}})
        monkeypatch.syspath_prepend(fresh / folder)
    registry = Registry([], row_type=Method, group="gdanim.optimizers")
    assert list(registry) == ["r"]
    assert registry.broken() == []
