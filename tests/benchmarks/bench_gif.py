"""The GIFs of gdanim against ffmpeg's palettegen/paletteuse and gifski, as ratios: fidelity, size, time.

    GIFSKI=path/to/gifski python tests/benchmarks/bench_gif.py [RUNS]

All are given the same exact frames, and are judged by what they show in the middle of each frame's time, since some
merge frames that look alike. Our time is that of the whole process, which also solves and draws; theirs is that of
the encoder alone, reading finished frames. gifski is left out where it is not found; the binary is in the npm package
of that name.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from bench_peer import GDANIM, played, timed
from PIL import Image

from gdanim.descent.descend import descend
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import load_style
from gdanim.presets import read_preset
from gdanim.rendering import draw
from gdanim.settings import Settings

SCENES = {
    "parabola": "",
    "double-well": "",
    "panels": 'function = "parabola"\nview = "panels"\n',
    "contour": 'function = "himmelblau"\nview = "contour"\n',
    "basins": 'function = "himmelblau"\nbasins = true\n',
    "surface": "",
}
QUALITIES = ("low", "medium", "high")


class Exact:
    """The frames of a scene as pictures in a folder, the way the other encoders read them, and their times."""

    def __init__(self, preset: str, folder: Path) -> None:
        settings = Settings(**read_preset(preset))
        descent = descend(settings)
        self.fps, self.ends_s, self.folder = float(settings.fps), [], folder
        with load_style(*settings.style).applied():
            raster = Raster(draw(descent))
            self.width, self.height = raster.size
            picture = np.empty((self.height, self.width, 4), np.uint8)
            for frame in raster.frames():
                picture[frame.box.slices] = frame.pixels
                Image.fromarray(picture[..., :3]).save(folder / f"{frame.index:05}.png", compress_level=1)
                self.ends_s.append(frame.end_s)

    @property
    def pictures(self) -> list[Path]:
        return sorted(self.folder.glob("*.png"))

    def psnr_db(self, gif: Path) -> float:
        """Of what a GIF shows in the middle of each frame."""
        shown_at, error, begin_s = played(gif), 0.0, 0.0
        for path, end_s in zip(self.pictures, self.ends_s, strict=True):
            exact = np.asarray(Image.open(path)).astype(int)
            error += float(np.square(exact - shown_at((begin_s + end_s) / 2)).mean())
            begin_s = end_s
        return float(10 * np.log10(255**2 * len(self.ends_s) / error)) if error else float("inf")


def encoders(exact: Exact, preset: str, out: Path) -> dict[str, list[str]]:
    """The commands that write `out`."""
    ours = {q: [*GDANIM, "--preset", preset, "-q", "--quality", q, "-o", str(out)] for q in QUALITIES}
    read = ["-framerate", str(exact.fps), "-i", str(exact.folder / "%05d.png")]
    two_pass = "split[a][b];[a]palettegen[p];[b][p]paletteuse"
    commands = ours | {"ffmpeg": [imageio_ffmpeg.get_ffmpeg_exe(), "-y", *read, "-vf", two_pass, str(out)]}
    if gifski := os.environ.get("GIFSKI") or shutil.which("gifski"):
        size = ["--width", str(exact.width), "--height", str(exact.height)]
        pictures = map(str, exact.pictures)
        commands["gifski"] = [gifski, "-q", "--fps", str(exact.fps), *size, "-o", str(out), *pictures]
    return commands


def compare(scene: str, folder: Path, runs: int) -> None:
    """Print fidelity, size and time of one scene, and their ratios to ours at the default quality."""
    preset = scene
    if text := SCENES[scene]:
        preset = str(folder / f"{scene}.toml")
        Path(preset).write_text(text, encoding="utf-8")
    pictures = folder / scene
    pictures.mkdir()
    exact, out, rows = Exact(preset, pictures), folder / "out.gif", {}
    for name, command in encoders(exact, preset, out).items():
        seconds = statistics.median(timed(command)[0] for _ in range(runs))
        rows[name] = exact.psnr_db(out), out.stat().st_size, seconds
    base_db, base_bytes, base_s = rows["medium"]
    print(f"{scene}, {exact.width}x{exact.height}, {len(exact.ends_s)} frames: to gdanim's medium quality")
    for name, (db, size, seconds) in rows.items():
        print(
            f"  {name:8} {db:5.1f} dB ({db - base_db:+5.1f})   {size / 1000:7.1f} kB ({size / base_bytes:5.2f} x)   "
            f"{seconds:5.2f} s ({seconds / base_s:4.2f} x)",
            flush=True,
        )


def main(runs: int = 3) -> None:
    """Compare every scene."""
    subprocess.run([*GDANIM, "--version"], check=True, stdout=subprocess.DEVNULL)
    for scene in SCENES:
        with tempfile.TemporaryDirectory() as name:
            compare(scene, Path(name), runs)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
