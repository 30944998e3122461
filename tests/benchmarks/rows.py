"""The table: what is done, beside what, and what is asked of it."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import NamedTuple

import imageio_ffmpeg

PYTHON = sys.executable
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
GDANIM = (PYTHON, "-m", "gdanim")
QUIET = ("-q", "-o", "ours{suffix}")
LIBRARIES = "import numpy, matplotlib.figure, matplotlib.backends.backend_agg, PIL.Image"
# 400 frames, and 20 000.
SLOW = ("parabola", "--size", "160x120", "--fps", "50", "--lead", "0", "--hold", "0", "--view", "curve")
CONTOUR = "contour.toml"
MANY = 100
RASTER = (".gif", ".mp4", ".webm", ".webp", ".png", ".avif")


class Row(NamedTuple):
    """One job and what does the same.

    ours, theirs   commands; {suffix} is that of the files, which are called ours and theirs
    figure         what is compared: `cpu_s`, or `peak_kb`
    at_most        the greatest ratio of ours to theirs that is asked
    suffix         of the files that both write; empty for none
    exact          the preset whose exact frames both files are compared with; empty for no comparison
    needs          the package or program of the other side
    is_told        the commands print the seconds that count
    is_long        it takes minutes
    times          how often the other side would have to run for the same: what one run took is multiplied
    """

    name: str
    beside: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    at_most: float
    suffix: str = ""
    exact: str = ""
    needs: str = ""
    figure: str = "cpu_s"
    is_told: bool = False
    is_long: bool = False
    times: int = 1

    @property
    def missing(self) -> str:
        """Why the row cannot be measured here; empty where it can."""
        there = not self.needs or which(self.needs) or find_spec(self.needs)
        return "" if there else f"{self.needs} is not installed"


def _preset(name: str) -> tuple[str, ...]:
    return (*GDANIM, "--preset", name, *QUIET)


def _part(module: str, *words: str) -> tuple[str, ...]:
    """A program of this folder."""
    return (PYTHON, str(Path(__file__).with_name(f"{module}.py")), *words)


def _beside(preset: str, suffix: str, writer: str, beside: str, faster: float, needs: str = "") -> Row:
    theirs = _part("peer", preset, f"theirs{suffix}", writer)
    return Row(f"{preset}{suffix}", beside, _preset(preset), theirs, 1 / faster, suffix, needs=needs)


def _frames(preset: str, beside: str, theirs: tuple[str, ...], suffix: str = ".gif", needs: str = "") -> Row:
    """Whole gdanim beside an encoder that is given the finished frames, which stand in a folder."""
    return Row(f"{preset}{suffix}, exact frames", beside, _preset(preset), theirs, 4, suffix, preset, needs)


def _memory(suffix: str) -> Row:
    many, few = ((*GDANIM, *SLOW, "--lr", "1e-4", "-n", str(n - 1)) for n in (20_000, 400))
    out = "{suffix}"
    ours, theirs = (*many, "-q", "-o", f"ours{out}"), (*few, "-q", "-o", f"theirs{out}")
    if suffix == ".png":  # an APNG
        ours, theirs = (*ours, "-f", "apng"), (*theirs, "-f", "apng")
    name = f"20 000 frames{suffix}, peak memory"
    return Row(name, "400 frames", ours, theirs, 1.05, suffix, figure="peak_kb", is_long=True)


_READ = (FFMPEG, "-v", "error", "-y", "-framerate", "{fps}", "-i", "exact/%05d.png")
_TWO_PASSES = "split[a][b];[a]palettegen[p];[b][p]paletteuse"

ROWS = (
    Row("--help", "import click", (*GDANIM, "--help"), (PYTHON, "-c", "import click"), 1.5),
    Row("parabola, plainest GIF", "importing its libraries", (*GDANIM, "parabola", *QUIET),
        (PYTHON, "-c", LIBRARIES), 1.5, ".gif"),
    _beside("parabola", ".gif", "pillow", "FuncAnimation, PillowWriter", 8),
    _beside("double-well", ".gif", "pillow", "FuncAnimation, PillowWriter", 30),
    _beside("double-well", ".mp4", "ffmpeg", "FuncAnimation, FFMpegWriter", 20),
    _beside("double-well", ".mp4", "loom", "matplotloom", 20, "matplotloom"),
    _beside("parabola", ".svg", "svganim", "svganim", 10, "svganim"),
    _beside("double-well", ".svg", "svganim", "svganim", 10, "svganim"),
    _frames("double-well", "ffmpeg palettegen", (*_READ, "-vf", _TWO_PASSES, "theirs{suffix}")),
    _frames("double-well", "gifski", _part("exact", "gifski"), needs="gifski"),
    _frames("double-well", "FFMpegWriter's arguments",
        (*_READ, "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "h264", "-pix_fmt", "yuv420p", "theirs{suffix}"),
        ".mp4"),
    Row("contour 1080p, 600 frames.mp4", "ffmpeg alone, same raw frames", _preset(CONTOUR),
        _part("recorder", "theirs.mp4"), 1.1, ".mp4", is_long=True),
    Row("contour 1080p, 600 frames.mp4", "FuncAnimation, FFMpegWriter", _preset(CONTOUR),
        _part("peer", CONTOUR, "theirs.mp4", "ffmpeg"), 1 / 6, ".mp4", is_long=True),
    Row("adam, 10 000 starts × 1000", "a loop in numpy", _part("solving", "adam", "ours"),
        _part("solving", "adam", "theirs"), 1.5, is_told=True),
    Row("gd, one run × 10⁶", "a loop in Python", _part("solving", "gd", "ours"),
        _part("solving", "gd", "theirs"), 4, is_told=True, is_long=True),
    Row("a formula at 160 000 points", "sympy's lambdify", _part("solving", "formula", "ours"),
        _part("solving", "formula", "theirs"), 1.5, needs="sympy", is_told=True),
    Row("last 100 frames of a trail of 10⁵ points", "its first 100", _part("trail", "last"),
        _part("trail", "first"), 1.3, is_told=True),
    Row(f"{MANY} presets in a batch -j 2", f"{MANY} × FuncAnimation, PillowWriter",
        (*GDANIM, "batch", "-q", "-j", "2", "--force", "-o", "many/{preset}.gif",
            *(f"many/{number:03}.toml" for number in range(MANY))),
        _part("peer", "many/000.toml", "theirs.gif", "pillow"), 1 / 60, is_long=True, times=MANY),
    *(_memory(suffix) for suffix in RASTER),
)  # fmt: skip
