"""APNG and animated WebP: decoded again, they are the film, exactly and to the millisecond."""

from __future__ import annotations

import errno
import os
import tracemalloc
from functools import partial

import numpy as np
import pytest
from PIL import Image
from support.commandline import QUICK, digest, run
from support.decoders import animation, ask_ffmpeg, chunks, silent, video_pictures
from support.films import Film, bars, evenly, line_plot, noise, psnr_db, see_through

from gdanim.drawing.frame import Box, Frame
from gdanim.output.animation import AnimationWriter
from gdanim.output.apng import ApngWriter
from gdanim.output.base import FilmInfo, Quality
from gdanim.output.webp import WebpWriter

WRITERS = {"apng": ApngWriter, "webp": WebpWriter}
pytestmark = pytest.mark.parametrize("kind", WRITERS)


def write(kind, path, film, quality=Quality.MEDIUM):
    with WRITERS[kind](path, film.info_in(quality)) as writer:
        for frame in film.frames():
            writer.write(frame)
    return path


@pytest.fixture
def written(kind, tmp_path):
    return partial(write, kind, tmp_path / f"film.{kind}")


@pytest.mark.parametrize("quality", [Quality.MEDIUM, Quality.HIGH, Quality.LOSSLESS])
@pytest.mark.parametrize(
    "pictures", [bars(5, 97, 65), see_through(), noise(), line_plot(6, 121, 90)], ids=["bars", "alpha", "noise", "line"]
)
def test_every_picture_is_exact(pictures, quality, written):
    film = Film(pictures=pictures, ends_s=evenly(len(pictures), hold_s=0.7))
    shown, durations = animation(written(film, quality))
    assert durations == [100] * (len(pictures) - 1) + [800]
    visible = film.pictures[..., 3:] > 0  # what is not seen has no colour
    assert np.array_equal(shown * visible, film.pictures * visible)


def test_delays_are_differences_of_rounded_ends(written):
    film = Film(pictures=bars(12), ends_s=evenly(12, 15, hold_s=0.3))
    _, durations = animation(written(film))
    assert durations[:3] == [67, 66, 67]
    assert sum(durations) == round(1000 * film.ends_s[-1])


def test_equal_pictures_are_stored_once(written):
    picture = bars(3)[1]
    shown, durations = animation(written(Film(pictures=np.stack([picture] * 5), ends_s=evenly(5, hold_s=1.0))))
    assert len(shown) == 1
    assert sum(durations) == 1500


@pytest.mark.parametrize(("loop", "said"), [(0, 0), (1, 1), (7, 7), (65535, 65535)])
def test_loop_is_the_number_of_plays(loop, said, written):
    with Image.open(written(Film(pictures=bars(3), ends_s=evenly(3), loop=loop))) as image:
        assert image.info["loop"] == said


@pytest.mark.parametrize("pictures", [bars(3), see_through(3)], ids=["opaque", "alpha"])
@pytest.mark.parametrize("hold_s", [65.435, 65.436, 200.0, 20_000.0])
def test_long_hold_keeps_its_time_and_its_picture(hold_s, pictures, written):
    film = Film(pictures=pictures, ends_s=evenly(3, hold_s=hold_s))
    shown, durations = animation(written(film))
    assert sum(durations) == round(1000 * film.ends_s[-1])
    visible = pictures[-1, ..., 3:] > 0
    assert np.array_equal(shown[-1] * visible, pictures[-1] * visible)


def test_low_quality_has_63_colours_and_is_smaller(written):
    film = Film(pictures=line_plot(8, 230, 173), ends_s=evenly(8))
    exact = written(film).stat().st_size
    low = written(film, Quality.LOW)
    assert low.stat().st_size < exact
    shown, _ = animation(low)
    assert len(np.unique(shown.reshape(-1, 4), axis=0)) <= 63
    assert psnr_db(shown, film.pictures) >= 40


def test_low_quality_keeps_alpha(written):
    film = Film(pictures=see_through(), ends_s=evenly(6))
    shown, _ = animation(written(film, Quality.LOW))
    assert np.array_equal(shown[..., 3], film.pictures[..., 3])


@pytest.mark.parametrize("quality", Quality)
@pytest.mark.program("pngcheck", "webpinfo")
@pytest.mark.parametrize("pictures", [bars(5, 97, 65), see_through(), bars(1)], ids=["opaque", "alpha", "still"])
def test_checker_of_the_format_accepts_it(pictures, quality, kind, written):
    path = written(Film(pictures=pictures, ends_s=evenly(len(pictures), hold_s=70)), quality)
    assert silent(*{"apng": ("pngcheck", "-q"), "webp": ("webpinfo", "-quiet")}[kind], path) == b""


@pytest.mark.parametrize("quality", Quality)
def test_same_film_gives_the_same_bytes(quality, written):
    film = Film(pictures=line_plot(4, 121, 91), ends_s=evenly(4))
    assert digest(written(film, quality)) == digest(written(film, quality))


def test_memory_does_not_grow_with_the_number_of_frames(kind, tmp_path):
    def peak(n):
        info = FilmInfo(width=200, height=150, fps=10, loop=0, duration_s=n / 10, sample=lambda: iter(()))
        tracemalloc.start()
        with WRITERS[kind](tmp_path / "film", info) as writer:
            for index in range(n):
                pixels = np.random.default_rng(index).integers(0, 256, (150, 200, 4), np.uint8)
                writer.write(Frame(index=index, end_s=(index + 1) / 10, box=Box(0, 0, 200, 150), pixels=pixels))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(3)  # what is imported and cached once
    assert peak(60) < peak(6) + 60_000  # half a picture


def test_leaving_by_an_error_lets_it_through(kind, tmp_path):
    film = Film(pictures=bars(3), ends_s=evenly(3))
    error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt) as caught, WRITERS[kind](tmp_path / "film", film.info):
        raise error
    assert caught.value is error


@pytest.mark.parametrize("path", ["gone/film", "/dev/full"])
def test_file_that_cannot_be_written_is_an_error_of_the_system(path, kind, tmp_path):
    film = Film(pictures=noise(40, 300, 200), ends_s=evenly(40))
    with pytest.raises(OSError, match=r"No such file|No space left"):
        write(kind, tmp_path / path, film)


def test_ffmpeg_reads_an_apng_exactly(kind, written):
    if kind == "apng":
        film = Film(pictures=line_plot(6, 121, 90), ends_s=evenly(6))
        path = written(film)
        assert np.array_equal(video_pictures(path, 121, 90, "rgba"), film.pictures)
        assert b"#dimensions 0: 121x90" in ask_ffmpeg(path, "-f", "framecrc")


def test_apng_numbers_its_chunks_through_and_counts_its_frames(kind, written):
    if kind == "apng":
        found = chunks(written(Film(pictures=bars(4), ends_s=evenly(4))).read_bytes())
        assert [name for name, _ in found] == [b"IHDR", b"acTL", b"fcTL", b"IDAT", *[b"fcTL", b"fdAT"] * 3, b"IEND"]
        numbers = [int.from_bytes(content[:4]) for name, content in found if name in (b"fcTL", b"fdAT")]
        assert numbers == list(range(7))
        assert dict(found)[b"acTL"] == bytes((0, 0, 0, 4, 0, 0, 0, 0))


def test_refusal_of_the_system_names_the_output(kind, tmp_path, monkeypatch):
    def refuse(writer: AnimationWriter, *parts: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(AnimationWriter, "_append", refuse)
    ran = run("parabola", *QUICK, "-o", tmp_path / f"out.{kind}")
    assert ran.code == 1
    assert ran.lines == [f"gdanim: Cannot write '{tmp_path}/out.{kind}': {os.strerror(errno.ENOSPC)}"]
    assert list(tmp_path.iterdir()) == []
