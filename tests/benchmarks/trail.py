"""The CPU time of 100 frames at the beginning or at the end of a trail of 10⁵ points: python trail.py first|last."""

from __future__ import annotations

import sys
import time
from itertools import islice

from gdanim.descent.descend import descend
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import load_style
from gdanim.rendering import draw
from gdanim.settings import Settings

POINTS, FRAMES = 100_000, 100


def main(which: str) -> None:
    """Print the CPU seconds of the frames."""
    settings = Settings(
        function="himmelblau", optimizer=("gd",), noise=2.0, lr=1e-5, start=(0, 0), iterations=POINTS,
        every=POINTS // 1000, size="640x480", view="contour",
    )  # fmt: skip
    descent = descend(settings)
    with load_style(*settings.style).applied():
        frames = Raster(draw(descent)).frames()
        next(frames)
        skipped = 0 if which == "first" else descent.timeline.frames - FRAMES - 1
        for _ in islice(frames, skipped):
            pass
        begun = time.process_time()
        for _ in islice(frames, FRAMES):
            pass
        print(time.process_time() - begun)


if __name__ == "__main__":
    main(*sys.argv[1:])
