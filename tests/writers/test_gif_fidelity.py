"""How true the GIFs of real scenes are: in decibels, and against the best palette that k-means finds offline."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import pytest
from films import psnr_db
from PIL import Image

from gdanim.descent import descend
from gdanim.pipeline import draw
from gdanim.raster import Raster
from gdanim.settings import Settings
from gdanim.styles import load_style
from gdanim.writers.base import Quality, Reel
from gdanim.writers.gif import GifWriter

SCENES = {
    "curve": {"function": "double_well", "view": "curve"},
    "panels": {"function": "parabola", "view": "panels"},
    "contour": {"function": "himmelblau", "view": "contour"},
    "basins": {"function": "himmelblau", "basins": True},
    "surface": {"function": "himmelblau", "view": "surface"},
}
# Eight colours of marks ask for more than one palette holds.
EIGHT_RUNS = {"eight runs": {"function": "parabola", "starts": 8, "size": (480, 360), "iterations": None}}
SMALL = {"size": (320, 240), "iterations": 12}


@cache
def shown(scene, quality=Quality.MEDIUM):
    """The exact pictures (n, h, w, 3) of a scene, and what its GIF shows at the middle of each."""
    given = Settings(**SMALL | (SCENES | EIGHT_RUNS)[scene])
    descent = descend(given)
    stream, pictures, ends_s = io.BytesIO(), [], []
    with load_style(given.style).applied():
        raster = Raster(draw(descent))
        width, height = raster.size
        duration_s = descent.timeline.duration_s
        reel = Reel(
            width=width, height=height, fps=given.fps, loop=0, duration_s=duration_s, sample=raster.sample,
            quality=quality,
        )  # fmt: skip
        picture = np.empty((height, width, 4), np.uint8)
        with GifWriter(stream, reel) as writer:
            for frame in raster.frames():
                writer.write(frame)
                picture[frame.box.slices] = frame.pixels
                pictures.append(picture[..., :3].copy())
                ends_s.append(frame.end_s)
    middles_s = (np.array([0.0, *ends_s[:-1]]) + ends_s) / 2
    return np.stack(pictures), played(stream, middles_s)


def played(gif, times_s):
    """The pictures that a GIF shows at such times."""
    pictures, ends_s = [], []
    with Image.open(gif) as image:
        for index in range(image.n_frames):
            image.seek(index)
            pictures.append(np.asarray(image.convert("RGB")))
            ends_s.append(image.info["duration"] / 1000)
    return np.stack(pictures)[np.searchsorted(np.cumsum(ends_s), times_s)]


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


@pytest.mark.parametrize("scene", SCENES)
def test_gif_is_within_2_db_of_the_best_255_colours_that_k_means_finds(scene):
    exact, seen = shown(scene)
    # As one number per colour: np.unique of rows takes a hundred times as long.
    numbers, counts = np.unique(exact.astype(int) @ (65536, 256, 1), return_counts=True)
    colours = np.stack([numbers >> 16, numbers >> 8 & 255, numbers & 255], axis=1)
    assert len(colours) > 255
    best_db = 10 * np.log10(255**2 / lloyd(colours.astype(float), counts.astype(float), 255))
    assert psnr_db(seen, exact) >= best_db - 2


@pytest.mark.parametrize("scene", ["curve", "panels", *EIGHT_RUNS])
def test_gif_of_a_function_of_one_variable_is_at_60_db(scene):
    assert psnr_db(*shown(scene)) >= 60


@pytest.mark.parametrize("scene", SCENES)
def test_high_quality_is_at_least_3_db_truer_than_medium(scene):
    assert psnr_db(*shown(scene, Quality.HIGH)) >= psnr_db(*shown(scene)) + 3
