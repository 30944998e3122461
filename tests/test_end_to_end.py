"""One command, two films and a table, judged by programs that know nothing of gdanim."""

from __future__ import annotations

import csv
import re
import struct
import subprocess
from fractions import Fraction
from typing import TYPE_CHECKING

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image, ImageSequence
from support.commandline import ENVIRONMENT, command

if TYPE_CHECKING:
    from pathlib import Path

FRAMES, DURATION_S = 26, 4.1  # 25 iterations and the start at 10 fps, which is held for 0.5 s more, and the last 1 s


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the command ran, in a process of its own."""
    folder = tmp_path_factory.mktemp("made")
    arguments = ("parabola", "--lr", "0.1", "-n", "25", "--data", "t.csv", "-o", "out.gif", "-o", "out.mp4")
    ended = subprocess.run(command(*arguments), cwd=folder, capture_output=True, env=ENVIRONMENT, check=False)
    assert (ended.returncode, ended.stdout) == (0, b"")
    assert ended.stderr.decode().count("\n") == 2
    assert sorted(path.name for path in folder.iterdir()) == ["out.gif", "out.mp4", "t.csv"]
    return folder


def said(*words: object) -> str:
    """What a program says of a file on both its streams; it must be content with it."""
    ended = subprocess.run([str(word) for word in words], capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    return (ended.stdout + ended.stderr).decode(errors="replace")


def test_iterates_are_4_3_times_0_8_to_the_k(made: Path) -> None:
    with (made / "t.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["run", "optimizer", "lr", "iteration", "x1", "f", "g1", "label", "outcome"]
    assert [int(row["iteration"]) for row in rows] == list(range(FRAMES))
    for k, row in enumerate(rows):
        exact = Fraction(43, 10) * Fraction(8, 10) ** k
        x, f, g = (Fraction(float(row[name])) for name in ("x1", "f", "g1"))
        assert abs(x / exact - 1) < Fraction(1, 10**14)
        assert abs(f / x**2 - 1) < Fraction(1, 2**52)
        assert g == 2 * x
        assert all(repr(float(row[name])) == row[name] for name in ("lr", "x1", "f", "g1"))
        assert (row["run"], row["optimizer"], row["lr"]) == ("0", "gd", "0.1")


# --- gif --------------------------------------------------------------------------------------------------------------


def test_pillow_sees_26_frames_that_last_as_long_as_planned(made: Path) -> None:
    with Image.open(made / "out.gif") as image:
        assert image.size == (640, 480)
        assert image.info["loop"] == 0
        delays_ms = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
        first = image.convert("RGB")
    assert delays_ms == [600] + [100] * (FRAMES - 2) + [1100]
    assert abs(sum(delays_ms) / 1000 - DURATION_S) <= 0.005
    assert first.getpixel((0, 0)) == (255, 255, 255)
    assert (made / "out.gif").read_bytes()[-1] == 0x3B


@pytest.mark.program("giftext")
def test_giftext_reads_26_images(made: Path) -> None:
    text = said("giftext", made / "out.gif")
    assert len(re.findall(r"^Image #\d+:", text, flags=re.MULTILINE)) == FRAMES
    assert "GIF file terminated normally" in text


@pytest.mark.program("gifsicle")
def test_gifsicle_reads_26_images_without_a_warning(made: Path) -> None:
    text = said("gifsicle", "--info", made / "out.gif")
    assert f"{FRAMES} images" in text
    assert "loop forever" in text
    assert "warning" not in text
    assert said("gifsicle", "--no-ignore-errors", "-o", "/dev/null", made / "out.gif") == ""


@pytest.mark.program("ffmpeg")
def test_the_system_s_ffmpeg_decodes_the_gif_in_silence(made: Path) -> None:
    assert said("ffmpeg", "-nostdin", "-v", "warning", "-xerror", "-i", made / "out.gif", "-f", "null", "-") == ""


# --- mp4 --------------------------------------------------------------------------------------------------------------


def decode(path: Path, *options: str) -> bytes:
    """What the bundled ffmpeg makes of a film, when every error counts."""
    strict = ("-nostdin", "-v", "error", "-xerror", "-err_detect", "explode", "-i", str(path))
    ended = subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), *strict, *options, "-"], capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
    return ended.stdout


def test_every_frame_of_the_mp4_decodes_and_white_is_255(made: Path) -> None:
    pixels = decode(made / "out.mp4", "-f", "rawvideo", "-pix_fmt", "rgb24")
    frames = np.frombuffer(pixels, dtype=np.uint8).reshape(-1, 480, 640, 3)
    assert len(frames) / 10 == pytest.approx(DURATION_S, abs=0.005)
    assert (frames[:, :8, :8] == 255).all()
    assert (frames[:6] == frames[0]).mean() > 0.99
    assert (frames[FRAMES + 5 - 1 :] == frames[-1]).mean() > 0.99
    assert (frames[0] != frames[-1]).any()


def boxes(content: bytes) -> dict[str, int]:
    """Where the boxes of an MP4 begin, on its top level."""
    found, at = {}, 0
    while at < len(content):
        size, kind = struct.unpack_from(">I4s", content, at)
        found[kind.decode()] = at
        assert size >= 8
        at += size
    assert at == len(content)
    return found


def test_the_mp4_can_play_before_it_is_loaded_and_says_bt709(made: Path) -> None:
    content = (made / "out.mp4").read_bytes()
    where = boxes(content)
    assert where["ftyp"] == 0
    assert where["moov"] < where["mdat"]
    # nclx: primaries, transfer, matrix (1 is BT.709 in each), and a flag for the full range
    colours = content.index(b"colrnclx") + 8
    assert struct.unpack_from(">HHHB", content, colours) == (1, 1, 1, 0)


@pytest.mark.program("mediainfo")
def test_mediainfo_reads_the_plan_s_size_rate_and_duration(made: Path) -> None:
    form = "--Inform=Video;%Width% %Height% %FrameRate% %Duration% %Format% %ChromaSubsampling%"
    width, height, rate, duration_ms, codec, chroma = said("mediainfo", form, made / "out.mp4").split()
    assert (width, height, float(rate), codec, chroma) == ("640", "480", 10.0, "AVC", "4:2:0")
    assert abs(float(duration_ms) / 1000 - DURATION_S) <= 0.005
