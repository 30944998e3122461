"""What large pictures take, measured by the system, against what is said before one is drawn."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from support.commandline import ENVIRONMENT, LONG, command, run
from support.outputs import posix

from gdanim.catalogue.registry import FORMATS
from gdanim.preflight import BASE_BYTES, RASTER_PIXEL_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from gdanim.catalogue.specs import Format

pytestmark = posix
SIDE = 2048
PIXELS = [form for form in FORMATS.values() if form.pixel_bytes and form.extensions]


def peak_bytes(words: list[str]) -> int:
    """The largest memory of a command, or of a program that it starts, as another process is told."""
    script = "import resource, subprocess, sys; subprocess.run(sys.argv[1:]); print(resource.getrusage(-1)[2])"
    done = subprocess.run([words[0], "-c", script, *words], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    return 1024 * int(done.stdout)


@pytest.mark.long
@pytest.mark.skipif(not LONG, reason="seconds for each format: set GDANIM_LONG=1")
@pytest.mark.parametrize("form", PIXELS, ids=[form.name for form in PIXELS])
def test_a_large_picture_takes_no_more_memory_than_is_said(form: Format, tmp_path: Path) -> None:
    path = tmp_path / f"a{form.extensions[0]}"
    words = command("himmelblau", "-n", "2", "-q", "--size", f"{SIDE}x{SIDE}", "--hold", "0.1", "-o", path)
    said = BASE_BYTES + (RASTER_PIXEL_BYTES + form.pixel_bytes) * SIDE**2
    assert peak_bytes(words) <= 1.1 * said


def test_outputs_that_are_written_side_by_side_count_together() -> None:
    size = ("--size", "4000x4000", "--dry-run")
    assert [run("parabola", "-o", name, *size).code for name in ("a.gif", "b.mp4", "c.webp")] == [0, 0, 0]
    together = run("parabola", "-o", "a.gif", "-o", "b.mp4", "-o", "c.webp", *size)
    assert (together.code, len(together.lines)) == (2, 1)
    assert "gif, mp4 and webp" in together.err


def test_unlimited_lifts_the_limit_and_the_size_that_is_offered_keeps_to_it() -> None:
    asked = ("parabola", "-o", "a.gif", "--dry-run", "--size")
    refused = run(*asked, "8192x6144")
    assert refused.code == 2
    offered = refused.err.rpartition(": --size ")[2].split()[0]
    width, height = map(int, offered.split("x"))
    assert abs(width / height - 4 / 3) < 0.01
    assert run(*asked, offered).code == 0
    assert run(*asked, f"{width + 40}x{height + 30}").code == 2
    assert run(*asked, "8192x6144", "--unlimited").code == 0
