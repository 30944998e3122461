"""Every format on the same films: independent readers accept the file, and see the plan.

    GDANIM_LONG=1 python -m pytest tests/output/test_every_format.py     the long form, 400 frames

A video holds its last frame by repeating it, the others by waiting; so films are compared at moments, not by number.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from support.commandline import crossed, crossed_twice, digest
from support.decoders import FFMPEG, animation, silent, video_durations, video_pictures
from support.films import Film, evenly, psnr_db, race, see_through

from gdanim.errors import SettingError
from gdanim.output.apng import ApngWriter
from gdanim.output.base import Quality
from gdanim.output.gif import GifWriter
from gdanim.output.metadata import END, START
from gdanim.output.video import Av1Writer, AvifWriter, MovWriter, Mp4Writer, WebmWriter
from gdanim.output.webp import WebpWriter

VIDEOS = {"mp4": Mp4Writer, "mov": MovWriter, "webm": WebmWriter, "av1": Av1Writer}
PICTURES = {"apng": ApngWriter, "webp": WebpWriter, "avif": AvifWriter, "gif": GifWriter}
WRITERS = VIDEOS | PICTURES
SUFFIXES = {"av1": "webm"}
CHECKERS = {
    "apng": ("pngcheck", "-q"),
    "webp": ("webpinfo", "-quiet"),
    "avif": ("avifdec", "--info"),
    "gif": ("giftext",),
    **dict.fromkeys(VIDEOS, ("mediainfo",)),
}
EVEN, ODD = (240, 180), (241, 181)
RECIPE = START + 500 * "# A race of many runs has a recipe of tens of kilobytes.\n" + END

long = [
    pytest.mark.long,
    pytest.mark.skipif(os.environ.get("GDANIM_LONG") != "1", reason="some minutes of encoding: set GDANIM_LONG=1"),
]
CASES = [
    *[(26, size, runs) for size, runs in crossed((EVEN, ODD), (8, 1))],
    *[pytest.param((400, size, runs), marks=long) for size in ((460, 344), (461, 345)) for runs in (1, 8)],
]


@cache
def film_of(n, size, runs):
    return Film(pictures=race(n, runs, *size), ends_s=evenly(n, hold_s=1.0))


def write(kind, folder, film, quality=Quality.MEDIUM, writer=None):
    path = folder / f"film.{SUFFIXES.get(kind, kind)}"
    path.touch()
    target = path.open("wb") if kind == "gif" else path
    with (writer or WRITERS[kind])(target, replace(film.info_in(quality), recipe=RECIPE)) as opened:
        for frame in film.frames():
            opened.write(frame)
    if kind == "gif":
        target.close()
    return path


def seen(kind, path, film):
    """The pictures (n, h, w, 3) and the absolute time at which each ends, in seconds."""
    _, height, width, _ = film.pictures.shape
    if kind in PICTURES:
        pictures, durations_ms = animation(path)
        return pictures[..., :3], np.cumsum(durations_ms) / 1000
    repeats = kind in ("mp4", "mov")
    pictures = video_pictures(path, width + width % 2 * repeats, height + height % 2 * repeats)
    return pictures[:, :height, :width], np.cumsum([float(s) for s in video_durations(path)])


def at_middles(film, pictures, ends_s):
    """What is shown in the middle of each frame."""
    middles = (np.array([0.0, *film.ends_s[:-1]]) + film.ends_s) / 2
    return pictures[np.searchsorted(ends_s, middles)]


def amid_white(pictures, reach_px):
    """Where everything up to `reach_px` away is white in all pictures: coding noise of an edge reaches one block."""
    ink = (pictures < 255).any(axis=(0, 3))
    sums = np.pad(ink.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    down, across = (np.arange(side)[:, None] + (-reach_px, reach_px + 1) for side in ink.shape)
    (top, bottom), (left, right) = (edges.clip(0, n).T for edges, n in ((down, len(down)), (across, len(across))))
    inked = sums[bottom][:, right] - sums[top][:, right] - sums[bottom][:, left] + sums[top][:, left]
    return inked == 0


def in_420(pictures):
    """Pictures after 4:2:0 and back, with nothing else lost: the best that crf 0 could do."""
    n, height, width, _ = pictures.shape
    raw = ("-f", "rawvideo", "-s:v", f"{width}x{height}")
    to_yuv = "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int"
    to_rgb = "scale=in_color_matrix=bt709:in_range=tv:flags=bicubic+accurate_rnd+full_chroma_int"
    command = [FFMPEG, "-v", "error", *raw, "-pix_fmt", "rgba", "-i", "-", "-vf", f"{to_yuv},format=yuv420p,{to_rgb}"]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    answer = subprocess.run(command, input=pictures.tobytes(), capture_output=True, check=True)
    return np.frombuffer(answer.stdout, np.uint8).reshape(n, height, width, 3)


@pytest.mark.program(*{command[0] for command in CHECKERS.values()})
@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("kind", WRITERS)
def test_readers_accept_the_film_and_see_the_plan(kind, case, tmp_path):
    film = film_of(*case)
    path = write(kind, tmp_path, film)
    silent(*CHECKERS[kind], path)
    pictures, ends_s = seen(kind, path, film)
    assert ends_s[-1] == pytest.approx(film.ends_s[-1], abs=0.0005)
    if kind in VIDEOS or kind == "avif":
        assert len(pictures) == round(film.ends_s[-1] * film.fps)
    else:
        news = [True, *(film.pictures[1:] != film.pictures[:-1]).any(axis=(1, 2, 3))]
        assert len(pictures) == sum(news)
    truth = film.pictures[..., :3]
    shown = at_middles(film, pictures, ends_s)
    white = amid_white(truth, 16 if kind in ("mp4", "mov") else 64)  # the blocks of H.264, and of VP9 and AV1
    assert white.any()
    assert shown[:, white].min() == 255
    if kind == "apng":  # one that ffmpeg takes for a still has one picture
        assert np.array_equal(video_pictures(path, *truth.shape[2:0:-1]), pictures)
    if kind in ("apng", "webp"):
        assert np.array_equal(shown, truth)
        return
    some = slice(None, None, len(truth) // 26)
    fidelity = psnr_db(shown[some], truth[some])
    assert fidelity >= (50 if kind == "gif" else psnr_db(in_420(film.pictures[some]), truth[some]) - 3)


EXACT = ("apng", "webp", "avif", "mp4", "mov", "webm", "av1")


@pytest.mark.parametrize("size", [EVEN, ODD], ids=str)
@pytest.mark.parametrize("kind", EXACT)
def test_lossless_is_exact(kind, size, tmp_path):
    film = film_of(12, size, 3)
    pictures, ends_s = seen(kind, write(kind, tmp_path, film, Quality.LOSSLESS), film)
    assert np.array_equal(at_middles(film, pictures, ends_s), film.pictures[..., :3])


@pytest.mark.parametrize("kind", [kind for kind in WRITERS if kind not in ("apng", "webp", "gif")])
def test_higher_quality_is_truer_and_larger(kind, tmp_path):
    film = film_of(26, EVEN, 8)
    sizes, fidelities = [], []
    for quality in (Quality.LOW, Quality.MEDIUM, Quality.HIGH):
        path = write(kind, tmp_path, film, quality)
        sizes.append(path.stat().st_size)
        fidelities.append(psnr_db(at_middles(film, *seen(kind, path, film)), film.pictures[..., :3]))
    assert sizes == sorted(sizes)
    assert fidelities == sorted(fidelities)


# Every kind in two of the qualities; in all of them in a campaign.
@pytest.mark.parametrize(("quality", "kind"), crossed_twice(Quality, WRITERS))
def test_same_film_gives_the_same_bytes(kind, quality, tmp_path):
    film = film_of(12, ODD, 3)
    assert digest(write(kind, tmp_path, film, quality)) == digest(write(kind, tmp_path, film, quality))


@pytest.mark.parametrize("quality", Quality)
@pytest.mark.parametrize("kind", ["mov", "avif", "webm"])
def test_transparent_film_keeps_its_alpha(kind, quality, tmp_path):
    film = Film(pictures=see_through(6, 98, 66), ends_s=evenly(6))
    if (kind, quality) == ("webm", Quality.LOSSLESS):
        with pytest.raises(SettingError, match="transparent webm has low, medium, high"):
            write(kind, tmp_path, film, quality)
        return
    path = write(kind, tmp_path, film, quality)
    if kind == "avif":
        shown, _ = animation(path)
    else:  # ffmpeg's own VP9 decoder leaves the alpha out
        shown = video_pictures(path, 98, 66, "rgba", ("-c:v", "libvpx-vp9") if kind == "webm" else ())
    assert psnr_db(shown[..., 3], film.pictures[..., 3]) >= 40
    if quality is Quality.LOSSLESS:
        assert np.array_equal(shown, film.pictures)


@pytest.mark.parametrize("kind", ["mp4", "av1"])
def test_format_without_alpha_refuses_a_transparent_film(kind, tmp_path):
    film = Film(pictures=see_through(), ends_s=evenly(6))
    with pytest.raises(SettingError, match=f"transparent {kind} has none"):
        write(kind, tmp_path, film)


@pytest.mark.parametrize(("loop", "plays"), [(0, None), (1, 1), (5, 5)])
def test_avif_plays_as_often_as_asked(loop, plays, tmp_path):
    film = replace(Film(pictures=see_through(), ends_s=evenly(6)), loop=loop)
    content = write("avif", tmp_path, film).read_bytes()
    once_ms = int.from_bytes(content.partition(b"elst")[2][8:12])
    track = content.partition(b"tkhd")[2]
    in_all_ms = int.from_bytes(track[28:36] if track[0] else track[20:24])  # version 1 has longer fields
    assert once_ms == 600
    assert in_all_ms // 600 > 2**40 if plays is None else in_all_ms == plays * 600


def test_avif_of_one_picture_is_a_still(tmp_path):
    film = Film(pictures=see_through(1), ends_s=(0.0,))
    shown, _ = animation(write("avif", tmp_path, film, Quality.LOSSLESS))
    assert np.array_equal(shown, film.pictures)
