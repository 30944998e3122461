"""The same animation with other libraries: the same figure, the same frames.

    python peer.py PRESET OUT pillow|ffmpeg|svganim|loom

All that moves is drawn by matplotlib's own artists (artists.py). All but svganim draw every frame in full.
"""

from __future__ import annotations

import sys
from typing import Any

import imageio_ffmpeg
import matplotlib as mpl
from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter

from gdanim.descent.descend import descend
from gdanim.drawing.styles import load_style
from gdanim.presets import read_preset
from gdanim.rendering import draw
from gdanim.settings import Settings
from tests.benchmarks.artists import moved


class Film:
    """A preset's figure, its rate and the function that shows a frame of it. Use it inside its style."""

    def __init__(self, settings: Settings) -> None:
        scene = draw(descend(settings))
        parts = [moved(mark) for mark in scene.marks]
        for mark in scene.marks:
            mark.remove()
        self.figure, self.fps, self.frames = scene.figure, float(settings.fps), scene.timeline.frames
        for artist in self.figure.findobj():
            artist.set_gid(None)  # type: ignore[arg-type]
        self._parts, self._timeline = parts, scene.timeline

    def show(self, frame: int) -> list[Any]:
        """Show a frame; returns what has changed."""
        moment = self._timeline.moment(frame)
        for _, move in self._parts:
            move(moment)
        return [artist for artists, _ in self._parts for artist in artists]


def with_matplotlib(film: Film, target: str, writer: Any) -> None:
    """Save through FuncAnimation."""
    animation = FuncAnimation(film.figure, film.show, frames=film.frames, init_func=list)
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
    settings = Settings(**read_preset(preset))
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
