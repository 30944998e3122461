"""How true the GIFs of real scenes are: in decibels, and against the best palette that k-means finds offline.

GDANIM_LONG=1 python -m pytest tests/output/test_gif_fidelity.py     the long form, 400 frames
"""

from __future__ import annotations

import io
import os
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
from PIL import Image
from support.commandline import spread
from support.films import psnr_db

from gdanim.descent.descend import descend
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import load_style
from gdanim.output.base import FilmInfo, Quality
from gdanim.output.gif import GifWriter
from gdanim.rendering import draw
from gdanim.settings import Settings

SCENES = {
    "curve": {"function": "double_well", "view": "curve"},
    "panels": {"function": "parabola", "view": "panels"},
    "contour": {"function": "himmelblau", "view": "contour"},
    "basins": {"function": "himmelblau", "basins": True},
    "surface": {"function": "himmelblau", "view": "surface"},
}
SMALL = {"size": (320, 240), "iterations": 12}
FUNCTION_OF = {"curve": "double_well", "panels": "parabola"}
EVEN, ODD = (480, 360), (481, 361)

long = [
    pytest.mark.long,
    pytest.mark.skipif(os.environ.get("GDANIM_LONG") != "1", reason="a minute of drawing: set GDANIM_LONG=1"),
]
# Eight colours of marks, and what they are blended with, are more than one palette holds.
CASES = [
    *[(view, 26, size, runs) for view in FUNCTION_OF for size, runs in ((EVEN, 8), (ODD, 1))],
    *[pytest.param(*case, marks=long) for case in product(FUNCTION_OF, [400], [EVEN, ODD], [1, 8])],
]


@cache
def shown(scene, quality=Quality.MEDIUM):
    """The exact pictures (n, h, w, 3) of a scene, and what its GIF shows at the middle of each."""
    exact, seen = zip(*pairs(Settings(**SMALL | SCENES[scene]), quality), strict=True)
    return np.stack(exact), np.stack(seen)


def pairs(given, quality=Quality.MEDIUM):
    """Yields each exact picture (h, w, 3), and what the GIF shows at the middle of its time."""
    descent, stream, frames = descend(given), io.BytesIO(), []
    with load_style(*given.style).applied():
        raster = Raster(draw(descent))
        width, height = raster.size
        info = FilmInfo(
            width=width, height=height, fps=given.fps, loop=0, duration_s=descent.timeline.duration_s,
            sample=raster.sample, quality=quality,
        )  # fmt: skip
        with GifWriter(stream, info) as writer:
            for frame in raster.frames():
                writer.write(frame)
                frames.append(replace(frame, pixels=frame.pixels.copy()))
    yield from zip(composed(frames, width, height), played(stream, frames), strict=True)


def composed(frames, width, height):
    """Yields the picture after each of the frames."""
    picture = np.empty((height, width, 3), np.uint8)
    for frame in frames:
        picture[frame.box.slices] = frame.pixels[..., :3]
        yield picture.copy()


def played(gif, frames):
    """Yields what a GIF shows at the middle of the time of each of the frames."""
    begin_s = 0.0
    with Image.open(gif) as image:
        gone_s = image.info["duration"] / 1000
        for frame in frames:
            while gone_s < (begin_s + frame.end_s) / 2:
                image.seek(image.tell() + 1)
                gone_s += image.info["duration"] / 1000
            yield np.asarray(image.convert("RGB"))
            begin_s = frame.end_s


def lloyd(colours, weights, n_clusters, rounds=25):
    """The mean square error of each pixel with the palette of a plain weighted k-means over all colours (n, 3)."""
    centres, distances = [colours[weights.argmax()]], np.inf
    while len(centres) < n_clusters:
        distances = np.minimum(distances, ((colours - centres[-1]) ** 2).sum(axis=1))
        centres.append(colours[(weights * distances).argmax()])
    centres = np.array(centres)
    for _ in range(rounds):
        nearest = squares(colours, centres).argmin(axis=1)
        for cluster in np.unique(nearest):
            members = nearest == cluster
            centres[cluster] = np.average(colours[members], axis=0, weights=weights[members])
    errors = squares(colours, np.rint(centres)).min(axis=1)
    return np.average(errors, weights=weights) / 3


def squares(points, centres):
    """The squared distances (n, k)."""
    return (points**2).sum(axis=1)[:, None] - 2 * points @ centres.T + (centres**2).sum(axis=1)


@pytest.mark.parametrize("scene", spread(SCENES, 3))
def test_gif_is_within_2_db_of_the_best_255_colours_that_k_means_finds(scene):
    exact, seen = shown(scene)
    # As one number per colour: np.unique of rows takes a hundred times as long.
    numbers, counts = np.unique(exact.astype(int) @ (65536, 256, 1), return_counts=True)
    colours = np.stack([numbers >> 16, numbers >> 8 & 255, numbers & 255], axis=1)
    assert len(colours) > 255
    best_db = 10 * np.log10(255**2 / lloyd(colours.astype(float), counts.astype(float), 255))
    assert psnr_db(seen, exact) >= best_db - 2


@pytest.mark.parametrize(("view", "n", "size", "runs"), CASES)
def test_gif_of_a_function_of_one_variable_is_at_60_db(view, n, size, runs):
    starts = {"starts": runs} if runs > 1 else {}
    given = Settings(function=FUNCTION_OF[view], view=view, iterations=n - 1, size=size, **starts)
    errors = [np.square(seen.astype(int) - exact).mean() for exact, seen in pairs(given)]
    assert len(errors) == n
    assert 10 * np.log10(255**2 / np.mean(errors)) >= 60


@pytest.mark.parametrize("scene", spread(SCENES, 3))
def test_high_quality_is_at_least_3_db_truer_than_medium(scene):
    assert psnr_db(*shown(scene, Quality.HIGH)) >= psnr_db(*shown(scene)) + 3
