"""Whole renders against matplotlib's own animation writers: time, size and fidelity, as ratios.

    python tests/benchmarks/bench_peer.py [RUNS]

Each pair runs in turn, as whole processes: `gdanim --preset NAME -o OUT` and `peer.py NAME OUT`, which draws the same
figure and the same frames through FuncAnimation with PillowWriter or FFMpegWriter. The median of the paired ratios is
what counts; the machine may be busy. Then memory with 4000 frames against 400, and the PSNR of the GIF's frames.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

PEER = Path(__file__).with_name("peer.py")
GDANIM = [sys.executable, "-m", "gdanim"]
SMALL = ["--size", "320x240", "--fps", "50", "--lr", "0.001", "-q"]


def timed(command: list[str]) -> tuple[float, int]:
    """Wall seconds and peak memory in kB of a whole process."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return time.perf_counter() - begin, usage.ru_maxrss


def paired(preset: str, suffix: str, folder: Path, runs: int, *, readout: bool = False) -> None:
    """Print how much faster and smaller we are."""
    ours, theirs = folder / f"ours{suffix}", folder / f"theirs{suffix}"
    option = ["--readout"] if readout else []
    ratios = []
    for _ in range(runs):
        mine, _ = timed([*GDANIM, "--preset", preset, "-q", *option, "-o", str(ours)])
        peer, _ = timed([sys.executable, str(PEER), preset, str(theirs), *option])
        ratios.append(peer / mine)
    size = ours.stat().st_size / theirs.stat().st_size
    name = f"{preset}{suffix}{' with readout' if readout else ''}"
    print(
        f"{name:32} {statistics.median(ratios):5.1f} x as fast (from {min(ratios):.1f} to {max(ratios):.1f}), "
        f"{size:.3f} of the size",
        flush=True,
    )


def memory(folder: Path) -> None:
    """Print the peak with ten times the frames."""
    few, many = (
        timed([*GDANIM, "parabola", *SMALL, "-n", str(n - 1), "-o", str(folder / "m.gif")])[1] for n in (400, 4000)
    )
    print(f"{'peak memory, 4000 frames':32} {many / few:5.2f} x that with 400")


def fidelity(preset: str, folder: Path) -> None:
    """Print the PSNR of the GIF's frames against the exact ones, over the whole timeline."""
    from gdanim.descent.descend import descend
    from gdanim.drawing.raster import Raster
    from gdanim.drawing.styles import load_style
    from gdanim.presets import read_preset
    from gdanim.rendering import draw
    from gdanim.settings import Settings

    path = folder / "psnr.gif"
    timed([*GDANIM, "--preset", preset, "-q", "-o", str(path)])
    decoded = played(path)
    descent = descend(Settings(**read_preset(preset)))
    error = count = 0.0
    with load_style(*descent.settings.style).applied():
        raster = Raster(draw(descent))
        width, height = raster.size
        exact = np.empty((height, width, 4), np.uint8)
        begin_s = 0.0
        for frame in raster.frames():
            exact[frame.box.slices] = frame.pixels
            shown = decoded((begin_s + frame.end_s) / 2)
            error += float(np.square(exact[..., :3].astype(float) - shown).sum())
            count += shown.size
            begin_s = frame.end_s
    print(f"{preset + '.gif, PSNR':32} {10 * np.log10(255**2 / (error / count)):5.1f} dB")


def played(path: Path):
    """A function from a time in seconds to the picture (h, w, 3) that a GIF shows then; times must rise."""
    image = Image.open(path)
    state = {"frame": 0, "end_s": image.info["duration"] / 1000}

    def at(time_s: float) -> np.ndarray:
        while time_s > state["end_s"] and state["frame"] + 1 < image.n_frames:
            state["frame"] += 1
            image.seek(state["frame"])
            state["end_s"] += image.info["duration"] / 1000
        return np.asarray(image.convert("RGB"))

    return at


def main(runs: int = 3) -> None:
    """Run everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for readout in (False, True):
            for preset, suffix in (("parabola", ".gif"), ("double-well", ".gif"), ("double-well", ".mp4")):
                paired(preset, suffix, folder, runs, readout=readout)
        memory(folder)
        for preset in ("parabola", "double-well"):
            fidelity(preset, folder)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
