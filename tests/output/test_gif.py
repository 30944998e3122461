"""GIF: what is written is decoded again and compared with the film, picture by picture."""

from __future__ import annotations

import gc
import io
import subprocess
import tracemalloc
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from support.films import Film, bars, evenly, line_plot, noise, psnr_db

from gdanim.drawing.frame import Box, Frame
from gdanim.output.base import Quality
from gdanim.output.gif import GifWriter


def written(film, quality=Quality.MEDIUM, *, dither=False):
    stream = io.BytesIO()
    with GifWriter(stream, film.info_in(quality), dither=dither) as writer:
        for frame in film.frames():
            writer.write(frame)
    return stream.getvalue()


def decoded(gif):
    """The pictures (n, h, w, 3) that a player shows, and each one's duration in centiseconds."""
    with Image.open(io.BytesIO(gif)) as image:
        pictures, durations_cs = [], []
        for index in range(image.n_frames):
            image.seek(index)
            pictures.append(np.asarray(image.convert("RGB")))
            durations_cs.append(round(image.info["duration"] / 10))
    return np.stack(pictures), durations_cs


def as_played(gif, film):
    """The picture that the GIF shows in the middle of every frame of the film."""
    pictures, durations_cs = decoded(gif)
    starts_s = np.array((0.0, *film.ends_s[:-1]))
    middles_cs = 50 * (starts_s + film.ends_s)
    return pictures[np.searchsorted(np.cumsum(durations_cs), middles_cs, side="right")]


def palette_of(gif):
    """All of the global colour table but index 0, read as the specification says."""
    n = 2 << (gif[10] & 7)
    return np.frombuffer(gif, np.uint8, 3 * n, 13).reshape(n, 3)[1:]


def still(*colours, end_s=1.0):
    """64×64 pictures, each of one colour."""
    pictures = np.full((len(colours), 64, 64, 4), 255, np.uint8)
    pictures[..., :3] = np.array(colours)[:, None, None]
    return Film(pictures=pictures, ends_s=evenly(len(colours), fps=Fraction(1) / Fraction(end_s)))


BLACK, WHITE, RED = (0, 0, 0), (255, 255, 255), (200, 0, 0)


@pytest.mark.parametrize(("width", "height"), [(64, 64), (101, 77), (96, 65)])
def test_film_of_few_colours_is_exact(width, height):
    film = Film(pictures=bars(9, width, height), ends_s=evenly(9))
    np.testing.assert_array_equal(as_played(written(film), film), film.pictures[..., :3])


def test_film_of_exactly_255_colours_is_exact():
    picture = np.full((64, 64, 4), 255, np.uint8)
    picture.reshape(-1, 4)[:255, 0] = np.arange(255)
    picture.reshape(-1, 4)[255:510, 0] = np.arange(255)
    picture.reshape(-1, 4)[510:, 0] = 7
    film = Film(pictures=np.stack([picture, picture[::-1]]), ends_s=evenly(2))
    np.testing.assert_array_equal(as_played(written(film), film), film.pictures[..., :3])


def test_line_plot_is_within_60_db_of_the_film():
    film = Film(pictures=line_plot(20), ends_s=evenly(20))
    assert len(np.unique(film.pictures.view("<u4"))) > 255
    assert psnr_db(as_played(written(film), film), film.pictures[..., :3]) >= 60


@pytest.mark.parametrize("pictures", [noise(), line_plot(6, 120, 90)], ids=["noise", "line plot"])
def test_every_pixel_shows_its_nearest_colour_of_the_table(pictures):
    film = Film(pictures=pictures, ends_s=evenly(len(pictures)))
    gif = written(film)
    table = palette_of(gif).astype(int)
    exact, shown = film.pictures[..., None, :3].astype(int), as_played(gif, film)[..., None, :].astype(int)
    for truth, colour in zip(exact, shown, strict=True):
        least = np.min([((truth[..., 0, :] - entry) ** 2).sum(axis=-1) for entry in table], axis=0)
        np.testing.assert_array_equal(((truth - colour) ** 2).sum(axis=-1)[..., 0], least)


def shaded(n, n_colours=1000):
    """A standing picture of so many colours, on which a red spot moves."""
    pictures = np.full((n, 64, 64, 4), 255, np.uint8)
    shades = np.random.default_rng(0).integers(0, 256, (n_colours, 3))
    pictures[..., :3] = shades[np.arange(64 * 64) % n_colours].reshape(64, 64, 3)
    for i in range(n):
        pictures[i, 8:12, 5 * i : 5 * i + 5, :3] = RED
    return Film(pictures=pictures, ends_s=evenly(n))


@pytest.mark.parametrize(
    "film",
    [shaded(12), Film(pictures=line_plot(12, 120, 90), ends_s=evenly(12)), Film(pictures=noise(), ends_s=evenly(4))],
    ids=["shaded", "line plot", "noise"],
)
def test_every_picture_of_high_quality_is_at_least_as_true_as_in_medium(film):
    high, medium = (as_played(written(film, quality), film) for quality in (Quality.HIGH, Quality.MEDIUM))
    for truth, shown, plain in zip(film.pictures[..., :3], high, medium, strict=True):
        assert psnr_db(shown, truth) >= psnr_db(plain, truth)


def test_high_quality_mends_a_standing_picture_to_70_db_as_something_moves():
    film = shaded(12)
    high, medium = (as_played(written(film, quality), film) for quality in (Quality.HIGH, Quality.MEDIUM))
    truth = film.pictures[..., :3]
    assert psnr_db(medium[-1], truth[-1]) < 40
    assert psnr_db(high[-1], truth[-1]) >= 70


def test_more_new_colours_than_a_table_holds_come_within_3_of_the_truth():
    """Four ramps of 256 shades each, on paper: a table of their own has every fourth of these shades."""
    pictures = np.full((2, 64, 64, 4), 255, np.uint8)
    for i, hue in enumerate(((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0))):
        ramp = 255 - np.outer(np.arange(256), hue)
        pictures[1, 4 * i : 4 * i + 4, :, :3] = ramp.reshape(4, 64, 3)
    film = Film(pictures=np.concatenate((pictures, noise(1, 64, 64))), ends_s=evenly(3))
    shown = as_played(written(film, Quality.HIGH), film)
    assert np.abs(shown[1].astype(int) - film.pictures[1, ..., :3]).max() <= 3


def test_high_quality_brings_no_table_where_one_palette_is_exact():
    film = Film(pictures=bars(9), ends_s=evenly(9))
    assert written(film, Quality.HIGH) == written(film)


def shades(n):
    """Patches of 8×8 pixels in 256 shades, each one flat, between columns of white; on the white a red spot moves."""
    pictures = np.full((n, 128, 144, 4), 255, np.uint8)
    patch = np.arange(16 * 16).reshape(16, 16).repeat(8, axis=0).repeat(8, axis=1)
    pictures[:, :, :128, :3] = np.stack([patch // 2 + 60, patch // 2 + 70, 240 - patch // 2], axis=-1)
    for i in range(n):
        pictures[i, 9 * i : 9 * i + 5, 132:140, :3] = RED
    return Film(pictures=pictures, ends_s=evenly(n))


def patch_means(pictures):
    """The mean colour of each of the patches."""
    return pictures[:, :, :128, :3].reshape(-1, 16, 8, 16, 8, 3).mean(axis=(2, 4))


def test_dithering_leaves_the_colours_of_the_table_exact():
    film = shades(4)
    gif = written(film, Quality.LOW, dither=True)
    truth, shown = film.pictures[..., :3], as_played(gif, film)
    held = np.isin(truth.astype(int) @ (1, 256, 65536), palette_of(gif).astype(int) @ (1, 256, 65536))
    assert held[..., 128:].all()
    np.testing.assert_array_equal(shown[held], truth[held])


def test_dithering_brings_the_means_of_flat_patches_closer_to_the_truth():
    film = shades(2)
    plain, dithered = (as_played(written(film, Quality.LOW, dither=dither), film) for dither in (False, True))
    truth = patch_means(film.pictures)
    assert np.square(patch_means(dithered) - truth).mean() < np.square(patch_means(plain) - truth).mean()


@pytest.mark.parametrize("quality", [Quality.LOW, Quality.MEDIUM])
def test_a_pixel_of_one_colour_dithers_alike_in_all_frames(quality):
    film = Film(pictures=shades(4).pictures[[0, 1, 2, 0]], ends_s=evenly(4))
    away = film.pictures.copy()
    away[1, :, :64, :3] = WHITE  # drawn anew by frame 2
    film = replace(film, pictures=away)
    shown = as_played(written(film, quality, dither=True), film)
    np.testing.assert_array_equal(shown[0, :, :128], shown[2, :, :128])
    np.testing.assert_array_equal(shown[0], shown[3])


def test_dithering_changes_nothing_where_one_palette_is_exact():
    film = Film(pictures=bars(9), ends_s=evenly(9))
    assert written(film, dither=True) == written(film)


def test_table_is_the_smallest_that_holds_the_colours_and_a_transparent_one():
    def table_size(n_colours):
        film = still(BLACK)
        film.pictures[0, ..., 0] = (np.arange(64 * 64) % n_colours).reshape(64, 64)
        return 2 << (written(film)[10] & 7)

    assert [table_size(n) for n in (1, 2, 3, 4, 7, 8, 127, 128, 255)] == [2, 4, 4, 8, 8, 16, 128, 256, 256]


@settings(max_examples=30, deadline=None)
@given(
    n=st.integers(1, 12),
    fps=st.one_of(st.integers(1, 50), st.fractions(Fraction(1, 2), 50, max_denominator=7)),
    hold_s=st.floats(0, 2000),
)
def test_film_lasts_as_planned_within_half_a_centisecond(n, fps, hold_s):
    film = Film(pictures=bars(n), ends_s=evenly(n, fps, hold_s))
    _, durations_cs = decoded(written(film))
    assert abs(sum(durations_cs) - 100 * film.ends_s[-1]) <= 0.5 + 1e-6
    assert min(durations_cs) > 0


def test_15_fps_is_7_6_7_centiseconds():
    film = Film(pictures=bars(6), ends_s=evenly(6, 15))
    assert decoded(written(film))[1] == [7, 6, 7, 7, 6, 7]


def test_delay_beyond_16_bits_is_split():
    film = still(BLACK, WHITE, end_s=1400)
    pictures, durations_cs = decoded(written(film))
    assert durations_cs == [65535, 65535, 8930, 65535, 65535, 8930]
    np.testing.assert_array_equal(pictures[:, 0, 0, 0], [0, 0, 0, 255, 255, 255])


def test_frames_that_look_the_same_prolong_the_one_before():
    pictures, durations_cs = decoded(written(still(BLACK, BLACK, WHITE, WHITE, WHITE, BLACK)))
    np.testing.assert_array_equal(pictures[:, 0, 0, 0], [0, 255, 0])
    assert durations_cs == [200, 300, 100]


def test_frame_too_short_to_be_seen_leaves_its_changes_to_the_next():
    film = Film(pictures=bars(3), ends_s=(1.0, 1.004, 2.0))
    gone = film.pictures.copy()
    gone[2, 40:44, 10:20, :3] = gone[1, 40:44, 10:20, :3] = RED  # in frame 1 it changes, in frame 2 it doesn't
    pictures, durations_cs = decoded(written(replace(film, pictures=gone)))
    np.testing.assert_array_equal(pictures, gone[[0, 2], ..., :3])
    assert durations_cs == [100, 100]


def test_changes_of_a_last_frame_without_duration_are_still_shown():
    film = replace(still(BLACK, WHITE), ends_s=(1.0, 1.0))
    pictures, durations_cs = decoded(written(film))
    np.testing.assert_array_equal(pictures[:, 0, 0, 0], [0, 255])
    assert durations_cs == [100, 0]


@pytest.mark.parametrize("end_s", [0.0, 3.0])
def test_single_frame_is_a_still(end_s):
    film = replace(still(RED), ends_s=(end_s,))
    pictures, _ = decoded(written(film))
    np.testing.assert_array_equal(pictures, film.pictures[..., :3])


def test_size_of_the_boxes_changes_nothing():
    film = Film(pictures=line_plot(8, 120, 90), ends_s=evenly(8))
    assert written(film) == written(replace(film, margin_px=0)) == written(replace(film, margin_px=200))


def test_same_film_gives_the_same_bytes():
    assert written(Film(pictures=noise(), ends_s=evenly(4))) == written(Film(pictures=noise(), ends_s=evenly(4)))


@pytest.mark.parametrize(("loop", "repeats"), [(0, 0), (2, 1), (3, 2), (300, 299)])
def test_loop_writes_the_number_of_repeats(loop, repeats):
    gif = written(replace(still(RED), loop=loop))
    assert b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + repeats.to_bytes(2, "little") + b"\0" in gif
    with Image.open(io.BytesIO(gif)) as image:
        assert image.info["loop"] == repeats


def test_playing_once_is_the_absence_of_a_loop_extension():
    assert b"NETSCAPE" not in written(replace(still(RED), loop=1))


def test_last_byte_is_the_trailer():
    assert written(still(RED))[-1] == 0x3B


def test_only_later_images_claim_transparency():
    gif = written(Film(pictures=line_plot(8, 120, 90), ends_s=evenly(8)))
    controls = [gif[i + 3] for i in range(len(gif) - 8) if gif[i : i + 3] == b"\x21\xf9\x04" and gif[i + 7] == 0]
    assert controls[0] == 0b100
    assert set(controls) == {0b100, 0b101}


def test_leaving_by_an_error_does_not_finish_the_file():
    stream = io.BytesIO()
    film = still(RED, BLACK)

    def fail_after_one_frame():
        with GifWriter(stream, film.info) as writer:
            writer.write(next(film.frames()))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_after_one_frame()
    assert not stream.getvalue().endswith(b"\x3b")


class Sink(io.RawIOBase):
    def write(self, octets):
        return len(octets)


def held_bytes(n_frames):
    """What a writer has taken and not given back, when a spot has walked over an empty canvas for so many frames."""
    film = still(WHITE, RED)
    white, red = film.pictures[0, :2, :2], film.pictures[1, :2, :2]
    tracemalloc.start()
    try:
        with GifWriter(Sink(), film.info) as writer:
            writer.write(next(film.frames()))
            for i in range(1, n_frames):
                box = Box(2 * (i % 31), 2 * (i // 31 % 31), 2, 2)
                writer.write(Frame(index=i, end_s=1 + i / 10, box=box, pixels=red if i // 961 % 2 == 0 else white))
            gc.collect()  # empties Python's own store of small tuples, too
            return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_number_of_frames():
    held_bytes(40)  # what is made once, on first use
    # Whatever is kept of a frame takes a reference of 8 bytes at least: half of that a frame is noise. Other threads,
    # such as that which runs tests side by side, take some thousand bytes now and then.
    assert held_bytes(3200) <= held_bytes(400) + 4 * 2800


@pytest.fixture(params=["bars", "line plot", "noise", "shaded", "still", "long"])
def gif_path(request, tmp_path):
    film = {
        "bars": lambda: Film(pictures=bars(9, 101, 77), ends_s=evenly(9, 15, 1)),
        "line plot": lambda: Film(pictures=line_plot(8, 120, 90), ends_s=evenly(8), loop=2),
        "noise": lambda: Film(pictures=noise(), ends_s=evenly(4), loop=1),
        "shaded": lambda: shaded(12),
        "still": lambda: still(RED),
        "long": lambda: still(BLACK, WHITE, end_s=1400),
    }[request.param]()
    path = tmp_path / "film.gif"
    path.write_bytes(written(film, Quality.HIGH if request.param == "shaded" else Quality.MEDIUM))
    return path


@pytest.mark.program("giftext")
def test_giftext_reads_to_the_end(gif_path):
    report = subprocess.run(["giftext", gif_path], capture_output=True, text=True, check=True)
    assert "GIF file terminated normally" in report.stdout
    assert report.stderr == ""


@pytest.mark.program("gifsicle")
def test_gifsicle_has_no_complaint(gif_path):
    assert subprocess.run(["gifsicle", "--info", gif_path], capture_output=True, check=True).stderr == b""


@pytest.mark.program("ffmpeg")
def test_ffmpeg_has_no_complaint(gif_path):
    command = ["ffmpeg", "-v", "error", "-xerror", "-err_detect", "explode", "-i", gif_path, "-f", "null", "-"]
    assert subprocess.run(command, capture_output=True, check=True, stdin=subprocess.DEVNULL).stderr == b""
