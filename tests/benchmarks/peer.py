"""The same animation with other libraries: the same figure, the same frames.

    python peer.py PRESET OUT pillow|ffmpeg|svganim|loom

A trail and a spot are Line2D artists that change their data. All but svganim draw every frame in full.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import imageio_ffmpeg
import matplotlib as mpl
from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter

from gdanim.descent.descend import descend
from gdanim.drawing.layout import SPOT_PT
from gdanim.drawing.marks.spots import EndMarkers, Spots
from gdanim.drawing.marks.trails import Trail
from gdanim.drawing.styles import load_style
from gdanim.presets import read_preset
from gdanim.rendering import draw
from gdanim.settings import Settings
from gdanim.views.base import DOT_PT, TRAIL_PT

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdanim.descent.timeline import Moment

LOOKS: dict[type, dict[str, Any]] = {
    Trail: {"linewidth": TRAIL_PT, "marker": "o", "markersize": DOT_PT, "markeredgewidth": 0},
    Spots: {"linestyle": "", "marker": "o", "markersize": SPOT_PT, "markeredgecolor": "white"},
    EndMarkers: {"linestyle": "", "marker": "o", "markersize": 4.5, "markeredgewidth": 0},
}


class Film:
    """A preset's figure, its rate and the function that shows a frame of it. Use it inside its style."""

    def __init__(self, settings: Settings) -> None:
        scene = draw(descend(settings))
        moved = [_as_line(mark) for mark in scene.marks if type(mark) in LOOKS]
        for mark in scene.marks:
            mark.remove()
        self.figure, self.fps, self.frames = scene.figure, float(settings.fps), scene.timeline.frames
        for artist in self.figure.findobj():
            artist.set_gid(None)  # type: ignore[arg-type]
        self.lines = [line for line, _ in moved]
        self._moves, self._timeline = [move for _, move in moved], scene.timeline

    def show(self, frame: int) -> list[Any]:
        """Show a frame; returns what has changed."""
        moment = self._timeline.moment(frame)
        for move in self._moves:
            move(moment)
        return self.lines


def _as_line(mark: Any) -> tuple[Any, Callable[[Moment], None]]:
    """A Line2D that looks like a mark, and the function that moves it."""
    colour = mark.run_styles[0].colour
    (line,) = mark.axes.plot([], [], color=colour, zorder=mark.get_zorder(), **LOOKS[type(mark)])

    def move(moment: Moment) -> None:
        if isinstance(mark, EndMarkers):
            line.set_data(*mark.track.points[moment.over, mark.last[moment.over]].T)
            return
        run = moment.visible[0]
        row = moment.iteration(run)
        line.set_data(*mark.track.points[run, (0 if isinstance(mark, Trail) else row) : row + 1].T)

    return line, move


def with_matplotlib(film: Film, target: str, writer: Any) -> None:
    """Save through FuncAnimation."""
    animation = FuncAnimation(film.figure, film.show, frames=film.frames, init_func=lambda: film.lines)
    animation.save(target, writer=writer, dpi=film.figure.dpi)


def with_loom(film: Film, target: str) -> None:
    """Save with matplotloom, which leaves each frame to ffmpeg as a file."""
    from matplotloom import Loom

    with Loom(target, fps=round(film.fps), overwrite=True, savefig_kwargs={"dpi": film.figure.dpi}) as loom:
        for frame in range(film.frames):
            film.show(frame)
            loom.save_frame(film.figure)


def main(preset: str, target: str, writer: str) -> None:
    """Save the animation of a preset."""
    settings = Settings(**{**read_preset(preset), "readout": False})
    with load_style(*settings.style).applied():
        mpl.rcParams["animation.ffmpeg_path"] = imageio_ffmpeg.get_ffmpeg_exe()
        film = Film(settings)
        if writer == "loom":
            with_loom(film, target)
        else:
            with_matplotlib(film, target, _writer(writer, settings))


def _writer(name: str, settings: Settings) -> Any:
    fps = float(settings.fps)
    if name == "svganim":
        from svganim import SvgAnimWriter

        return SvgAnimWriter(fps=fps, hold=float(settings.hold), precision=2)
    if name == "pillow":
        return PillowWriter(fps=fps)  # type: ignore[arg-type]
    # matplotlib's H.264 does not take odd sizes.
    even = ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2"] if any(side % 2 for side in settings.size) else []
    return FFMpegWriter(fps=fps, extra_args=even)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(*sys.argv[1:])
