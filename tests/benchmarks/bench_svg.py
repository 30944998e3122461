"""Animated SVG of the presets against the package svganim, on the same figure and the same frames, in the same run.

    python tests/benchmarks/bench_svg.py

Each is a whole process: `gdanim --preset NAME -o OUT.svg`, and this file with the names of a preset and of a file,
which draws trail, spot and landings as Line2D artists through FuncAnimation and svganim's writer.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from matplotlib.animation import FuncAnimation

from gdanim.descent.descend import descend
from gdanim.drawing.marks.spots import EndMarkers, Spots
from gdanim.drawing.marks.trails import Trail
from gdanim.drawing.styles import load_style
from gdanim.presets import read_preset
from gdanim.rendering import draw
from gdanim.settings import Settings

LEAST_FASTER = {"parabola": 4.0, "double-well": 10.0}


def as_line(mark):
    """A Line2D that looks like a mark, and the function that moves it."""
    looks = {
        Trail: {"linewidth": 1.8, "marker": "o", "markersize": 4.0, "markeredgewidth": 0},
        Spots: {"linestyle": "", "marker": "o", "markersize": 9.0, "markeredgecolor": "white"},
        EndMarkers: {"linestyle": "", "marker": "o", "markersize": 4.5, "markeredgewidth": 0},
    }[type(mark)]
    (line,) = mark.axes.plot([], [], color=mark.run_styles[0].colour, zorder=mark.get_zorder(), **looks)

    def move(moment) -> None:
        if isinstance(mark, EndMarkers):
            line.set_data(*mark.track.points[moment.over, mark.last[moment.over]].T)
            return
        run = moment.visible[0]
        row = moment.iteration(run)
        line.set_data(*mark.track.points[run, (0 if isinstance(mark, Trail) else row) : row + 1].T)

    return line, move


def peer(preset: str, target: str) -> None:
    """Save the animation of a preset with svganim."""
    from svganim import SvgAnimWriter

    settings = Settings(**read_preset(preset))
    descent = descend(settings)
    with load_style(*settings.style).applied():
        scene = draw(descent)
        marks = [mark for mark in scene.marks if isinstance(mark, Trail | Spots | EndMarkers)]
        found = [as_line(mark) for mark in marks]
        for mark in scene.marks:
            mark.remove()

        def update(frame: int):
            for _, move in found:
                move(scene.timeline.moment(frame))
            return [line for line, _ in found]

        writer = SvgAnimWriter(fps=float(settings.fps), hold=float(settings.hold), precision=2)
        film = FuncAnimation(scene.figure, update, frames=scene.timeline.frames, init_func=list)
        film.save(target, writer=writer)


def timed(command: list[str], runs: int) -> float:
    """The shortest wall time of a whole process, in seconds."""
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - begin)
    return float(np.min(times))


def main() -> None:
    """Print sizes and times as ratios; exit 1 where one is not reached."""
    reached = True
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "ours.svg", Path(folder) / "theirs.svg"
        for preset, least in LEAST_FASTER.items():
            ours_s = timed([sys.executable, "-m", "gdanim", "--preset", preset, "-q", "-o", str(ours)], 3)
            theirs_s = timed([sys.executable, __file__, preset, str(theirs)], 1)
            size = ours.stat().st_size / theirs.stat().st_size
            print(
                f"{preset}: {theirs_s / ours_s:.1f} x as fast ({ours_s:.2f} s, {theirs_s:.2f} s), "
                f"{size:.2f} of the size ({ours.stat().st_size}, {theirs.stat().st_size} bytes)"
            )
            reached = reached and size < 1 and theirs_s >= least * ours_s
    raise SystemExit(not reached)


if __name__ == "__main__":
    peer(*sys.argv[1:]) if len(sys.argv) > 1 else main()
