"""The action and the hook for others' repositories: the shell steps run as they stand, as GitHub would run them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.commandline import ENVIRONMENT, QUICK, program_in, run
from support.outputs import posix

from gdanim.catalogue.registry import FORMATS

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / ".github/actions/render/action.yml").read_text(encoding="utf-8"))
JOBS = """
output = "out/{function}-{lr}.png"
[defaults]
function = "parabola"
iterations = 2
size = "160x120"
[matrix]
lr = [0.1, 0.2]
"""


def ran_steps(folder: Path, values: dict[str, str]) -> dict[str, Any]:
    """Run the shell steps one after another as a runner does; their outputs, by the step's id, and what they print."""
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    given = {name: one.get("default", "") for name, one in ACTION["inputs"].items()} | values
    told: dict[str, Any] = {"printed": ""}
    for step in ACTION["runs"]["steps"]:
        if "run" not in step:
            continue
        output = temporary / "output"
        output.write_text("")
        variables = {
            name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: given[found[1]], text)
            for name, text in step.get("env", {}).items()
        }
        runner = {"RUNNER_TEMP": str(temporary), "GITHUB_OUTPUT": str(output), "GITHUB_ACTION_PATH": str(folder)}
        path = f"{program_in(temporary)}:{os.environ['PATH']}"
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=folder, env={**ENVIRONMENT, **variables, **runner, "PATH": path}, capture_output=True, text=True,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        told["printed"] += ran.stdout + ran.stderr
        told[step.get("id", "")] = output.read_text()
    return told


@posix
@pytest.mark.program("git")
def test_the_steps_render_what_is_new_and_fetch_the_rest_from_before(in_tmp_path: Path) -> None:
    (in_tmp_path / "jobs.toml").write_text(JOBS)
    told = ran_steps(in_tmp_path, {"files": "jobs.toml\n"})
    assert told["plan"] == "paths<<end-of-paths\nout/parabola-0.1.png\nout/parabola-0.2.png\nend-of-paths\n"
    assert "2 rendered" in told["printed"]
    made = (in_tmp_path / "out/parabola-0.1.png").read_bytes()
    # The next day: a fresh clone, the same cache, and one value that has changed.
    for path in (in_tmp_path / "out").iterdir():
        path.unlink()
    again = ran_steps(in_tmp_path, {"files": "jobs.toml"})
    assert "2 current" in again["printed"]
    assert again["render"] == told["render"]
    assert re.fullmatch("recipes=[0-9a-f]{40,}\n", told["render"])
    assert (in_tmp_path / "out/parabola-0.1.png").read_bytes() == made
    (in_tmp_path / "jobs.toml").write_text(JOBS.replace("0.2", "0.3"))
    changed = ran_steps(in_tmp_path, {"files": "jobs.toml", "options": "--strict -j 1"})
    assert "1 current, 1 rendered" in changed["printed"] or "1 rendered, 1 current" in changed["printed"]
    assert changed["render"] != told["render"]


def test_no_text_of_a_workflow_is_a_part_of_a_script() -> None:
    # GitHub puts ${{ … }} into a script as it is: a name with $(…) in it would be run.
    assert not [step["run"] for step in ACTION["runs"]["steps"] if "${{" in step.get("run", "")]


def test_the_hook_takes_every_suffix_that_gdanim_writes_and_passes_over_others(in_tmp_path: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    for form in FORMATS.values():
        assert all(re.search(hook["files"], f"a{suffix}") for suffix in (*form.extensions, *form.suffixes))
    assert not re.search(hook["files"], "a.py")
    assert run("parabola", *QUICK, "-q", "-o", "a.png").code == 0
    Path("b.gif").write_bytes(b"GIF89a" + bytes(50))
    _, *words = hook["entry"].split()
    assert (run(*words, "a.png", "b.gif").code, run(*words, "a.png", "b.gif").out) == (0, b"")
    assert run("check", "b.gif").code == 2
    content = Path("a.png").read_bytes()
    Path("a.png").write_bytes(content.replace(b"iterations = 3\n", b"iterations = 2\n"))
    assert run(*words, "a.png", "b.gif").code != 0
