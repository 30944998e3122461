"""gdanim below make: the README's rule renders what a preset's edit has made old, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from support.commandline import ENVIRONMENT, digest, program_in
from support.outputs import posix

README = Path(__file__).parents[2] / "README.md"
NAMES = ("one", "two", "three")
PRESET = 'function = "parabola"\niterations = {n}\nsize = "160x120"\n'


@posix
@pytest.mark.program("make")
def test_make_renders_all_then_nothing_then_what_was_edited(in_tmp_path: Path) -> None:
    (rule,) = (text for text in re.findall(r"```make\n(.*?)```", README.read_text(), re.DOTALL) if "--depfile" in text)
    Path("Makefile").write_text(f"all: {' '.join(f'out/{name}.gif' for name in NAMES)}\n{rule}")
    for n, name in enumerate(NAMES):
        Path(f"{name}.toml").write_text(PRESET.format(n=n))
    Path("out").mkdir()

    def made() -> list[str]:
        """The names of what make renders; a file is older than what is made of it by a second at least."""
        for preset in Path().glob("*.toml"):
            os.utime(preset, (preset.stat().st_mtime - 1,) * 2)
        variables = ENVIRONMENT | {"PATH": f"{program_in(in_tmp_path)}:{os.environ['PATH']}"}
        ran = subprocess.run(["make", "-j2", "all"], env=variables, capture_output=True, text=True, check=True)
        return sorted(re.findall(r"gdanim batch (\w+)\.toml", ran.stdout))

    assert made() == sorted(NAMES)
    before = {name: digest(f"out/{name}.gif") for name in NAMES}
    assert made() == []
    Path("two.toml").write_text(PRESET.format(n=7))
    os.utime("two.toml", (Path("out/two.gif").stat().st_mtime + 2,) * 2)
    assert made() == ["two"]
    assert {name for name in NAMES if digest(f"out/{name}.gif") != before[name]} == {"two"}
