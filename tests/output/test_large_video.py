"""Large pictures wait in gdanim, not in ffmpeg: each is sent once the encoder has those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.decoders import video_durations, video_pictures
from support.films import Film, bars, evenly, psnr_db
from support.outputs import posix

from gdanim.errors import EncoderError
from gdanim.output import video
from gdanim.output.encoding import codecs, ffmpeg

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = posix
FILM = Film(pictures=bars(9), ends_s=evenly(9))


@pytest.fixture(autouse=True)
def every_picture_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codecs, "LARGE_PX", 0)


def write(writer: Any, path: Path, film: Film = FILM) -> Path:
    with writer(path, film.info) as sink:
        for frame in film.frames():
            sink.write(frame)
    return path


@pytest.mark.parametrize("writer", [video.Mp4Writer, video.WebmWriter, video.Av1Writer, video.AvifWriter])
def test_a_picture_is_sent_once_the_encoder_has_all_before_it(
    writer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_begun, waiting = 0, []
    takes, told = ffmpeg.takes, ffmpeg.told

    def counted(descriptor: int, wait_s: float) -> bytes | None:
        nonlocal n_begun
        said = told(descriptor, wait_s)
        n_begun += len((said or b"").splitlines())
        return said

    def seen(descriptor: int, wait_s: float) -> bool:
        waiting.append(sink._n_sent - n_begun)
        return takes(descriptor, wait_s)

    monkeypatch.setattr(ffmpeg, "told", counted)
    monkeypatch.setattr(ffmpeg, "takes", seen)
    with writer(tmp_path / "film", FILM.info) as sink:
        for frame in FILM.frames():
            sink.write(frame)
    assert (len(waiting) >= 9, max(waiting), n_begun >= 8) == (True, 0, True)


def test_one_by_one_the_same_bytes_come_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paced = write(video.WebmWriter, tmp_path / "paced").read_bytes()
    monkeypatch.setattr(codecs, "LARGE_PX", 1 << 30)
    assert write(video.WebmWriter, tmp_path / "at-once").read_bytes() == paced


def test_x264_on_one_thread_keeps_the_times_of_pictures_that_stay_for_minutes(tmp_path: Path) -> None:
    film = Film(pictures=bars(3), ends_s=(0.1, 30.0, 330.0))
    path = write(video.Mp4Writer, tmp_path / "film", film)
    begins_s = np.cumsum([0, *video_durations(path)])[:-1].astype(float)
    assert begins_s == pytest.approx([0, 0.1, 29.9, 30, 329.9], abs=1e-6)
    for picture, index in zip(video_pictures(path, 96, 64), (0, 1, 1, 2, 2), strict=True):
        nearest = max(range(3), key=lambda other: psnr_db(picture, film.pictures[other, ..., :3]))
        assert nearest == index


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("cat > /dev/null", "ffmpeg hangs: it read and wrote nothing"),
        ("head -c 1 > /dev/null; echo; exec sleep 1000", "ffmpeg hangs: it read and wrote nothing"),
        ("exec >&-; cat > /dev/null", "the encoded file cannot be read: No such file"),
        ("head -c 9000 > /dev/null; kill -KILL $$", "was ended by a signal"),
        ("head -c 1 > /dev/null; exec yes", "ffmpeg hangs: it read and wrote nothing"),
    ],
)
def test_an_ffmpeg_that_counts_wrong_or_not_is_found_out(
    script: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "hangs" in message:
        monkeypatch.setattr(video, "PATIENCE_S", 0.0)
        monkeypatch.setattr(video, "PATIENCE_S_PER_MEGAPIXEL", 0.0)
    monkeypatch.setattr(ffmpeg, "queues", lambda _: True)
    fake_ffmpeg(tmp_path, monkeypatch, script)
    with pytest.raises(EncoderError, match=message):
        write(video.WebmWriter, tmp_path / "film")


def fake_ffmpeg(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    fake = folder / "ffmpeg"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(fake))
    return fake


@pytest.mark.parametrize(
    ("version", "queues"),
    [("5.1.9-0+deb12u1", False), ("n6.1.2", False), ("7.0.2-static", True), ("n10.0", True), ("N-1234-gab12", True)],
)
def test_an_ffmpeg_too_old_to_queue_pictures_is_not_asked_to_count_them(
    version: str, queues: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = f"ffmpeg version {version} Copyright (c) 2000-2026 the FFmpeg developers"
    assert ffmpeg.queues(str(fake_ffmpeg(tmp_path, monkeypatch, f"echo '{said}'"))) is queues
