"""RGB to Y′CbCr against the formulas of BT.709 in floating point, and in parts against at once."""

from __future__ import annotations

import numpy as np
import pytest
from support.films import Film, line_plot, noise

from gdanim.drawing.frame import Box
from gdanim.output.encoding.yuv import Planes

HEIGHT, WIDTH = 300, 64
WHOLE = Box(0, 0, WIDTH, HEIGHT)


def planes_of(canvas):
    planes = Planes(HEIGHT, WIDTH)
    planes.update(canvas, WHOLE)
    return planes


def by_the_formulas(canvas):
    """Y′, Cb and Cr as ITU-R BT.709-6 defines them (3.2 to 3.5), each pixel of chroma from the mean of four."""
    rgb = canvas[..., :3] / 255
    squares = rgb.reshape(HEIGHT // 2, 2, WIDTH // 2, 2, 3).mean(axis=(1, 3))
    luma, of_squares = (colours @ [0.2126, 0.7152, 0.0722] for colours in (rgb, squares))
    chromas = [(squares[..., 2] - of_squares) / 1.8556, (squares[..., 0] - of_squares) / 1.5748]
    return np.concatenate([16 + 219 * luma.ravel(), *(128 + 224 * chroma.ravel() for chroma in chromas)])


def test_every_sample_is_the_nearest_to_the_formulas() -> None:
    canvas = noise(1, WIDTH, HEIGHT)[0]
    canvas[0, :24].view(np.uint32)[:, 0] = [0xFF000000, 0xFFFFFFFF, *([0xFF0000FF, 0xFF00FF00, 0xFFFF0000] * 7), 0]
    stored = np.frombuffer(planes_of(canvas).bytes, np.uint8)
    assert abs(stored - by_the_formulas(canvas)).max() <= 0.51


def test_greys_have_no_colour() -> None:
    canvas = np.repeat(np.arange(HEIGHT * WIDTH, dtype=np.uint8).reshape(HEIGHT, WIDTH, 1), 4, axis=2)
    assert set(bytes(planes_of(canvas).bytes[HEIGHT * WIDTH :])) == {128}


@pytest.mark.parametrize("margin_px", [0, 3])
def test_what_changed_makes_the_same_planes_as_the_whole_picture(margin_px: int) -> None:
    film = Film(pictures=line_plot(6, WIDTH, HEIGHT), ends_s=(1.0,) * 6, margin_px=margin_px)
    canvas, planes = np.zeros((HEIGHT, WIDTH, 4), np.uint8), Planes(HEIGHT, WIDTH)
    for frame in film.frames():
        canvas[frame.box.slices] = frame.pixels
        planes.update(canvas, frame.box)
        assert planes.bytes == planes_of(film.pictures[frame.index]).bytes
