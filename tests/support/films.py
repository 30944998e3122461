"""Short films with known pixels, cut into frames the way the raster cuts them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

from gdanim.drawing.frame import Box, Frame
from gdanim.output.base import FilmInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gdanim.output.base import Quality

WHITE = np.array((255, 255, 255))
GRID = np.array((221, 221, 221))
GREY = np.array((136, 136, 136))
INK = np.array((38, 38, 38))
BLUE = np.array((31, 119, 180))
RED = np.array((214, 39, 40))


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """Whole pictures (n, h, w, 4), and when each ends."""

    pictures: NDArray[np.uint8]
    ends_s: tuple[float, ...]
    fps: Fraction = Fraction(10)
    loop: int = 0
    margin_px: int = 3  # how much larger the boxes are than the change, as the raster's are

    @property
    def info(self) -> FilmInfo:
        _, height, width, _ = self.pictures.shape
        return FilmInfo(
            width=width,
            height=height,
            fps=self.fps,
            loop=self.loop,
            duration_s=self.ends_s[-1],
            ends_s=self.ends_s,
            sample=self._sample,
        )

    def info_in(self, quality: Quality) -> FilmInfo:
        """The info in this quality; transparent where a picture is."""
        return replace(self.info, quality=quality, transparent=bool((self.pictures[..., 3] < 255).any()))

    def frames(self) -> Iterator[Frame]:
        before = None
        for index, (picture, end_s) in enumerate(zip(self.pictures, self.ends_s, strict=True)):
            box = changed_box(before, picture, self.margin_px)
            yield Frame(index=index, end_s=end_s, box=box, pixels=picture[box.slices])
            before = picture

    def _sample(self) -> Iterator[Frame]:
        n, height, width, _ = self.pictures.shape
        for index in np.unique(np.linspace(0, n - 1, 8).astype(int)):
            box = Box(0, 0, width, height)
            yield Frame(index=int(index), end_s=self.ends_s[index], box=box, pixels=self.pictures[index])


def changed_box(before: NDArray[np.uint8] | None, picture: NDArray[np.uint8], margin: int) -> Box:
    height, width, _ = picture.shape
    if before is None:
        return Box(0, 0, width, height)
    rows, columns = np.nonzero((before != picture).any(axis=2))
    if not rows.size:
        return Box(0, 0, 0, 0)
    x, y = max(int(columns.min()) - margin, 0), max(int(rows.min()) - margin, 0)
    right, bottom = min(int(columns.max()) + 1 + margin, width), min(int(rows.max()) + 1 + margin, height)
    return Box(x, y, right - x, bottom - y)


def evenly(n: int, fps: Fraction | int = 10, hold_s: float = 0.0) -> tuple[float, ...]:
    """When each of n frames ends; the last one holds longer."""
    return (*(float(Fraction(i, 1) / fps) for i in range(1, n)), float(Fraction(n, 1) / fps) + hold_s)


def line_plot(n: int, width: int = 460, height: int = 345) -> NDArray[np.uint8]:
    """An antialiased curve over a grid, on it a spot that moves and leaves a trail of smaller ones."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    u = (x[0] - width / 2) / (width / 4.5)
    curve = height * (0.75 - 0.12 * (u**4 - 2 * u**2 + 0.3 * u))
    canvas = np.broadcast_to(WHITE, (height, width, 3)).astype(float)
    canvas[:: height // 5] = GRID
    canvas[:, :: width // 6] = GRID
    blend(canvas, BLUE, 1.5 - np.abs(y - curve) / np.hypot(1, np.gradient(curve)))
    canvas[[8, -8]] = INK
    canvas[:, [8, -8]] = INK
    pictures = np.full((n, height, width, 4), 255, np.uint8)
    for i in range(n):
        at = int(width * (0.78 - 0.2 * i / n))
        picture = canvas.copy()
        blend(picture, RED, 6.5 - np.hypot(x - at - 0.3, y - curve[at]))
        pictures[i, ..., :3] = np.rint(picture)
        blend(canvas, GREY, 2.5 - np.hypot(x - at, y - curve[at]))
    return pictures


def race(n: int, runs: int, width: int, height: int) -> NDArray[np.uint8]:
    """A curve on white paper, on which so many spots move, each in a colour of its own, and leave their trails."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    u = (x[0] - width / 2) / (width / 4.5)
    curve = height * (0.75 - 0.12 * (u**4 - 2 * u**2 + 0.3 * u))
    canvas = np.broadcast_to(WHITE, (height, width, 3)).astype(float)
    blend(canvas, BLUE, 1.5 - np.abs(y - curve) / np.hypot(1, np.gradient(curve)))
    colours = np.random.default_rng(0).integers(0, 200, (runs, 3))
    pictures = np.full((n, height, width, 4), 255, np.uint8)
    for i in range(n):
        picture = canvas.copy()
        for run, colour in enumerate(colours):
            at = int(width * (0.15 + 0.7 * (run + 0.5 * (1 - 0.97**i)) / runs))
            near = slice(max(at - 6, 0), at + 6)
            distance = np.hypot(x - at - 0.3, y - curve[at])[:, near]
            blend(picture[:, near], colour, 4.5 - distance)
            blend(canvas[:, near], colour, 1.5 - distance)
        pictures[i, ..., :3] = np.rint(picture)
    return pictures


def see_through(n: int = 6, width: int = 97, height: int = 65) -> NDArray[np.uint8]:
    """The bars, with a hole in them and a half transparent field that grows."""
    pictures = bars(n, width, height)
    pictures[:, 20:40, 10:60, 3] = 0
    for i in range(n):
        pictures[i, 20:30, 60 : 66 + 4 * i, 3] = 128
    return pictures


def blend(canvas: NDArray[np.float64], colour: NDArray[np.int64], coverage: NDArray[np.float64]) -> None:
    share = np.clip(coverage, 0, 1)[..., None]
    canvas += share * (colour - canvas)


def bars(n: int = 12, width: int = 96, height: int = 64) -> NDArray[np.uint8]:
    """Flat areas without antialiasing: a red bar that grows from the left over white, above a blue and a grey field."""
    pictures = np.full((n, height, width, 4), 255, np.uint8)
    pictures[:, height // 2 :, : width // 2, :3] = BLUE
    pictures[:, height // 2 :, width // 2 :, :3] = GREY
    for i in range(n):
        pictures[i, 4:12, : (i + 1) * width // (n + 1), :3] = RED
    return pictures


def noise(n: int = 4, width: int = 70, height: int = 66, seed: int = 0) -> NDArray[np.uint8]:
    """Far more colours than a GIF can hold, none the same in the next picture."""
    pictures = np.random.default_rng(seed).integers(0, 256, (n, height, width, 4), np.uint8)
    pictures[..., 3] = 255
    return pictures


def far_from_edges(picture: NDArray[np.uint8], reach_px: int) -> NDArray[np.bool_]:
    """Where all pixels up to `reach_px` away are the same."""
    image, size = Image.fromarray(picture), 2 * reach_px + 1
    most, least = image.filter(ImageFilter.MaxFilter(size)), image.filter(ImageFilter.MinFilter(size))
    return (np.asarray(most) == np.asarray(least)).all(axis=2)


def psnr_db(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    error = np.mean((a.astype(float) - b.astype(float)) ** 2)
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))
