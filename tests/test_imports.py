"""Which module may import which, and what may not be imported until it is needed."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from commandline import ENVIRONMENT, REFUSALS

import gdanim

PACKAGE = Path(gdanim.__file__).parent
HEAVY = ("numpy", "matplotlib", "PIL", "imageio_ffmpeg")

# The way through the house, from the top down (DESIGN.md): a module imports from its own floor and from those above.
# A name with a dot at its end stands for everything in that package.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors", "blame", "frame", "interrupts", "draft", "atomic", "numbered", "sequence", "values", "wording"),
    (
        *("settings", "options", "entries", "choices", "vetting", "plugins", "catalog"),
        *("listing", "records.forms"),
        *(
            "objectives.formulas",
            "objectives.naming",
            "objectives.expression",
            "objectives.hints",
            "objectives.vocabulary",
            "optimizers.methods",
            "optimizers.plans",
        ),
    ),
    ("objectives.", "optimizers."),
    ("starts", "race", "trajectory", "solver", "stability", "verdicts", "flock", "destinations", "basins"),
    ("records.",),
    ("timeline",),
    ("descent",),
    (
        "plotting",
        "styles",
        "lettering",
        "track",
        "between",
        "shapes",
        "teams",
        "nesting",
        "spots",
        "marks",
        "arrows",
        "tangent",
        "caption",
        "scene",
        "views.",
    ),
    ("raster",),
    ("writers.",),
    ("vector.",),
    ("carriers", "embedded", "presets", "recipe"),
    ("preflight", "guests"),
    ("alternative", "ladder", "excerpt", "trials", "fitting", "pipeline"),
    ("summary", "reporting", "checking"),
    ("commands",),
    ("cli",),
    ("__main__",),
)

MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name != "__init__.py"
}


def floor(module: str) -> int:
    """How far down a module stands."""
    for depth, names in enumerate(FLOORS):
        if module in names:
            return depth
    for depth, names in enumerate(FLOORS):
        if any(name.endswith(".") and module.startswith(name) for name in names):
            return depth
    pytest.fail(f"gdanim.{module} stands on no floor: put it where DESIGN.md has it")


def imports(path: Path) -> set[str]:
    """The modules of gdanim that a file imports anywhere, for its types too; without the package's name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names] + [str(node.module)]
        found |= {name.removeprefix("gdanim.") for name in names if name.startswith("gdanim.")}
    return found & MODULES.keys()


@pytest.mark.parametrize("module", MODULES)
def test_arrows_point_only_downwards(module: str) -> None:
    upwards = {imported for imported in imports(MODULES[module]) if floor(imported) > floor(module)}
    assert not upwards, f"gdanim.{module} imports what is downstream of it"


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("writers.")])
def test_writers_know_frames_and_not_what_made_them(module: str) -> None:
    reached = {name.partition(".")[0] for name in imports(MODULES[module])}
    assert reached <= {"writers", "frame", "errors", "interrupts"}


@pytest.mark.parametrize("module", [module for module in MODULES if module != "cli"])
def test_only_the_command_line_prints_or_exits(module: str) -> None:
    calls = [node.func for node in ast.walk(ast.parse(MODULES[module].read_text())) if isinstance(node, ast.Call)]
    assert not {ast.unparse(call) for call in calls} & {
        "print",
        "exit",
        "quit",
        "sys.exit",
        "click.echo",
        "click.secho",
    }


@pytest.mark.parametrize("module", MODULES)
def test_nothing_imports_pyplot(module: str) -> None:
    assert "pyplot" not in MODULES[module].read_text(encoding="utf-8").replace("never pyplot", "")


@pytest.mark.parametrize("module", MODULES)
def test_nothing_that_windows_lacks_is_imported_with_a_module(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in top if isinstance(node, ast.ImportFrom)}
    assert not names & {"fcntl", "pty", "pwd", "resource", "termios"}


def loaded_after(requests: list[list[str]]) -> dict[str, list[str]]:
    """Run requests one after another in a fresh process; the heavy modules that are loaded after each."""
    script = """
        import contextlib, io, json, sys
        from gdanim import cli
        heavy, requests = json.loads(sys.argv[1]), json.loads(sys.argv[2])
        loaded = {}
        for request in requests:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                try:
                    cli.main(request)
                except SystemExit:
                    pass
            loaded[" ".join(request)] = [name for name in heavy if name in sys.modules]
        print(json.dumps(loaded))
    """
    lines = script.splitlines()
    dedented = "\n".join(line[8:] for line in lines)
    ended = subprocess.run(
        [sys.executable, "-c", dedented, json.dumps(HEAVY), json.dumps(requests)],
        capture_output=True,
        env=ENVIRONMENT,
        check=True,
    )
    found: dict[str, list[str]] = json.loads(ended.stdout)
    return found


def test_help_version_lists_and_usage_errors_load_nothing_heavy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    light = [["--help"], ["--version"], ["list"], ["list", "functions", "--json"], ["list", "--help"]]
    loaded = loaded_after([*light, *(list(arguments) for arguments, _ in REFUSALS)])
    assert len(loaded) == len(light) + len({" ".join(arguments) for arguments, _ in REFUSALS})
    assert {request: heavy for request, heavy in loaded.items() if heavy} == {}


def test_a_descent_loads_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above would pass on a machine where nothing works: here it would be seen."""
    monkeypatch.chdir(tmp_path)
    ((_, heavy),) = loaded_after([["parabola", "--dry-run"]]).items()
    assert "numpy" in heavy


def test_importing_the_package_loads_nothing_and_its_names_resolve() -> None:
    script = "import sys, gdanim; print([m for m in sys.modules if m.startswith('gdanim.') or m == 'numpy'])"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, env=ENVIRONMENT, check=True)
    assert ended.stdout.split() == [b"[]"]
    assert all(getattr(gdanim, name) is not None for name in gdanim.__all__)
    with pytest.raises(AttributeError, match="gdanim"):
        gdanim.no_such_name  # noqa: B018
