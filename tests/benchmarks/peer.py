"""The same animation the usual way: matplotlib's FuncAnimation, with the same figure and the same frames.

    python tests/benchmarks/peer.py PRESET OUT.gif [--readout]

A trail and a spot are Line2D artists that change their data, the readout is a Text; save() draws every frame in full,
with PillowWriter for .gif and FFMpegWriter for .mp4.
"""

from __future__ import annotations

import sys

import matplotlib as mpl
import numpy as np
from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter

from gdanim.descent.descend import descend
from gdanim.drawing.layout import SPOT_PT
from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.marks.spots import EndMarkers, Spots
from gdanim.drawing.marks.trails import RunsMark, Trail
from gdanim.drawing.styles import load_style
from gdanim.presets import read_preset
from gdanim.rendering import draw
from gdanim.settings import Settings
from gdanim.views.base import DOT_PT, TRAIL_PT


def as_line(mark: RunsMark):
    """A Line2D that looks like a mark, and the function that moves it."""
    colour = mark.colours[0]
    looks = {
        Trail: {"linewidth": TRAIL_PT, "marker": "o", "markersize": DOT_PT, "markeredgewidth": 0},
        Spots: {"linestyle": "", "marker": "o", "markersize": SPOT_PT, "markeredgecolor": "white"},
        EndMarkers: {"linestyle": "", "marker": "o", "markersize": 4.5, "markeredgewidth": 0},
    }[type(mark)]
    (line,) = mark.axes.plot([], [], color=colour, zorder=mark.get_zorder(), clip_on=mark.get_clip_on(), **looks)

    def move(moment) -> None:
        if isinstance(mark, EndMarkers):
            line.set_data(*mark.track.points[moment.over, mark.last[moment.over]].T)
            return
        run = moment.visible[0]
        row = moment.iteration(run)
        line.set_data(*mark.track.points[run, (0 if isinstance(mark, Trail) else row) : row + 1].T)

    return line, move


def as_text(mark: Caption, figure):
    """A Text that says what a caption says, and the function that changes it."""
    text = figure.text(mark.at[0] / figure.bbox.width, mark.at[1] / figure.bbox.height, "", fontsize=9.5)
    return text, lambda moment: text.set_text("".join(piece for piece, _ in mark.pieces_at(moment)))


def main(preset: str, target: str, *options: str) -> None:
    """Save the animation of a preset."""
    settings = Settings(**{**read_preset(preset), "readout": "--readout" in options})
    descent = descend(settings)
    with load_style(*settings.style).applied():
        scene = draw(descent)
        moves, lines = [], []
        for mark in scene.marks:
            line, move = as_text(mark, scene.figure) if isinstance(mark, Caption) else as_line(mark)
            mark.remove()
            lines.append(line)
            moves.append(move)

        def update(frame: int):
            moment = scene.timeline.moment(frame)
            for move in moves:
                move(moment)
            return lines

        fps = float(settings.fps)
        if target.endswith(".gif"):
            writer = PillowWriter(fps=fps)
        else:
            import imageio_ffmpeg

            mpl.rcParams["animation.ffmpeg_path"] = imageio_ffmpeg.get_ffmpeg_exe()
            # matplotlib's H.264 does not take odd sizes.
            even = ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2"] if np.any(np.array(settings.size) % 2) else []
            writer = FFMpegWriter(fps=fps, extra_args=even)
        FuncAnimation(scene.figure, update, frames=scene.timeline.frames, init_func=lambda: lines).save(
            target, writer=writer, dpi=scene.figure.dpi
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
