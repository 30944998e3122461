"""What the commands of the table read: presets, exact frames, and the raw frames that gdanim sends to ffmpeg."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.exact import Exact
from tests.benchmarks.rows import CONTOUR, FFMPEG, GDANIM, MANY

if TYPE_CHECKING:
    from tests.benchmarks.rows import Row

ROOT = Path(__file__).parents[2]
RAW, ARGUMENTS = "frames.raw", "arguments"
_CONTOUR = 'function = "rosenbrock"\nview = "contour"\nsize = "1920x1080"\niterations = 599\nfps = 30\n'
_MANY = 'function = "double-well"\nstart = [{start}]\niterations = 40\nfps = 25\nsize = "460x345"\n'


def variables() -> dict[str, str]:
    """The environment of every command: byte code is written once and then read, as where it is installed."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": path}


def prepare(row: Row, folder: Path) -> Exact | None:
    """Write what a row reads into the folder where it runs; returns the exact frames, where files are compared."""
    words = (*row.ours, *row.theirs)
    if CONTOUR in words:
        (folder / CONTOUR).write_text(_CONTOUR, encoding="utf-8")
    if any(word.endswith("recorder.py") for word in words):
        _record(folder)
    if any(word.startswith("many/") for word in words):
        (folder / "many").mkdir()
        for number in range(MANY):
            text = _MANY.format(start=round(0.2 + number / 100, 2))
            (folder / "many" / f"{number:03}.toml").write_text(text, encoding="utf-8")
    return Exact(row.exact, folder / "exact") if row.exact else None


def _record(folder: Path) -> None:
    """Render the contour once through an ffmpeg that keeps its arguments and what it is sent."""
    recorder = folder / "ffmpeg"
    raw, arguments = shlex.quote(str(folder / RAW)), shlex.quote(str(folder / ARGUMENTS))
    recorder.write_text(
        f'#!/bin/sh\nprintf "%s\\0" "$@" > {arguments}\ntee {raw} | {shlex.quote(FFMPEG)} "$@"\n', encoding="utf-8"
    )
    recorder.chmod(0o755)
    subprocess.run(
        [*GDANIM, "--preset", CONTOUR, "-q", "-o", "recorded.mp4"],
        cwd=folder, env=variables() | {"IMAGEIO_FFMPEG_EXE": str(recorder)}, check=True,
    )  # fmt: skip
