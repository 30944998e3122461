"""The exact frames of a preset as pictures in a folder, and how near a file comes to them.

python exact.py gifski     makes theirs.gif of the pictures in ./exact, with gifski
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import imageio_ffmpeg
import numpy as np
from PIL import Image

from gdanim.descent.descend import descend
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import load_style
from gdanim.presets import read_preset
from gdanim.rendering import draw
from gdanim.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]  # (h, w, 3)


class Exact:
    """The frames of a preset as pictures in a folder, the way encoders read them, and their times."""

    def __init__(self, preset: str, folder: Path) -> None:
        folder.mkdir()
        settings = Settings(**read_preset(preset))
        self.fps, self.ends_s, self.folder = float(settings.fps), [0.0], folder
        with load_style(*settings.style).applied():
            raster = Raster(draw(descend(settings)))
            self.size = raster.size
            picture = np.empty((*self.size[::-1], 4), np.uint8)
            for frame in raster.frames():
                picture[frame.box.slices] = frame.pixels
                Image.fromarray(picture[..., :3]).save(folder / f"{frame.index:05}.png", compress_level=1)
                self.ends_s.append(frame.end_s)
        (folder / "fps").write_text(json.dumps(self.fps), encoding="utf-8")

    def psnr_db(self, path: Path, *, in_time: bool) -> float:
        """Of what a file shows in the middle of each frame, or picture by picture where it keeps no times."""
        shown, error = _played(path, self.size), 0.0
        for index, end_s in enumerate(self.ends_s[1:]):
            exact = np.asarray(Image.open(self.folder / f"{index:05}.png")).astype(int)
            at_s = (self.ends_s[index] + end_s) / 2 if in_time else (index + 0.5) / self.fps
            error += float(np.square(exact - shown(at_s)).mean())
        return float(10 * np.log10(255**2 * (len(self.ends_s) - 1) / error)) if error else float("inf")


def _played(path: Path, size: tuple[int, int]) -> Callable[[float], Picture]:
    """A function from a time in seconds to the picture that is shown then; times must rise."""
    return _played_gif(path) if path.suffix == ".gif" else _played_video(path, size)


def _played_gif(path: Path) -> Callable[[float], Picture]:
    image: Any = Image.open(path)
    ends_s = [image.info["duration"] / 1000]

    def at(time_s: float) -> Picture:
        while time_s > ends_s[-1] and len(ends_s) < image.n_frames:
            image.seek(len(ends_s))
            ends_s.append(ends_s[-1] + image.info["duration"] / 1000)
        return np.asarray(image.convert("RGB"))

    return at


def _played_video(path: Path, size: tuple[int, int]) -> Callable[[float], Picture]:
    width, height = size
    exe = imageio_ffmpeg.get_ffmpeg_exe()
    stream: Any = imageio_ffmpeg.read_frames(str(path))
    fps, (coded_width, coded_height) = (about := next(stream))["fps"], about["source_size"]
    stream.close()
    command = [exe, "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    # It complains where it is left before its end, as the last picture stands long.
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    shown: list[Any] = [-1, None]

    def at(time_s: float) -> Picture:
        while shown[0] < int(time_s * fps) and process.stdout is not None:
            if len(content := process.stdout.read(coded_width * coded_height * 3)) < coded_width * coded_height * 3:
                break
            shown[:] = shown[0] + 1, np.frombuffer(content, np.uint8).reshape(coded_height, coded_width, 3)
        return shown[1][:height, :width]

    return at


def _gifski() -> None:
    """Become gifski, which is given the pictures by their names."""
    fps = json.loads(Path("exact/fps").read_text(encoding="utf-8"))
    pictures = sorted(map(str, Path("exact").glob("*.png")))
    width, height = Image.open(pictures[0]).size
    size = ("--width", str(width), "--height", str(height))
    os.execvp("gifski", ["gifski", "-q", "--fps", str(fps), *size, "-o", "theirs.gif", *pictures])


if __name__ == "__main__":
    {"gifski": _gifski}[sys.argv[1]]()
