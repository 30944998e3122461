"""An ffmpeg that is missing, dies, lies or stops early is found out: exit 1, one line, and the old film stays."""

from __future__ import annotations

import random
import sys
import textwrap
from typing import TYPE_CHECKING

import imageio_ffmpeg
import pytest
from campaign import N_RUNS, campaign, descent, one_line, start, subject
from support.commandline import PATIENCE_S

if TYPE_CHECKING:
    from pathlib import Path

    from campaign import Subject

pytestmark = campaign

FRAME_BYTES = 640 * 480 * 4

# Stands in for ffmpeg. It hands everything that reads no pictures (-version, -encoders) to the real one.
PRELUDE = """\
    #!{python}
    import os, signal, subprocess, sys
    REAL = {real!r}
    COMMAND = [REAL, *sys.argv[1:]]
    if not any(argument in ("-", "pipe:", "pipe:0") for argument in sys.argv):
        os.execv(REAL, COMMAND)
    TARGET = sys.argv[-1].removeprefix("file:")

    def feed(sink, n_bytes):
        while n_bytes > 0 and (chunk := os.read(0, min(n_bytes, 65536))):
            sink.write(chunk)
            n_bytes -= len(chunk)

    def drain():
        while os.read(0, 65536):
            pass
"""

DIES_MID_FILM = """
    real = subprocess.Popen(COMMAND, stdin=subprocess.PIPE)
    feed(real.stdin, {n_bytes})
    real.kill()
    real.wait()
    os.kill(os.getpid(), signal.SIGKILL)
"""

LIES = {
    "half a file": """
        status = subprocess.run(COMMAND).returncode
        os.truncate(TARGET, os.path.getsize(TARGET) // 2)
        sys.exit(status)
    """,
    "a file without its last byte": """
        status = subprocess.run(COMMAND).returncode
        os.truncate(TARGET, os.path.getsize(TARGET) - 1)
        sys.exit(status)
    """,
    "a film of half the frames": f"""
        real = subprocess.Popen(COMMAND, stdin=subprocess.PIPE)
        feed(real.stdin, 100 * {FRAME_BYTES})
        real.stdin.close()
        drain()
        sys.exit(real.wait())
    """,
    "a film that lacks its last frame": f"""
        data = sys.stdin.buffer.read()
        real = subprocess.run(COMMAND, input=data[:-{FRAME_BYTES}])
        sys.exit(real.returncode)
    """,
    "no file": """
        drain()
        try:
            os.unlink(TARGET)
        except FileNotFoundError:
            pass
    """,
    "an empty file": """
        drain()
    """,
    "nothing read": """
        sys.exit(0)
    """,
    "a whole film and a complaint": """
        subprocess.run(COMMAND)
        print("av_interleaved_write_frame(): No space left on device", file=sys.stderr)
    """,
    "a complaint and exit 0": """
        drain()
        print("Error writing trailer: No space left on device", file=sys.stderr)
    """,
}


@pytest.fixture(scope="module")
def risk(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return subject(tmp_path_factory.mktemp("encoder"), "mp4")


def stand_in(folder: Path, behaviour: str) -> Path:
    """An executable in the place of ffmpeg."""
    path = folder / "ffmpeg"
    prelude = textwrap.dedent(PRELUDE).format(python=sys.executable, real=imageio_ffmpeg.get_ffmpeg_exe())
    path.write_text(prelude + textwrap.dedent(behaviour))
    path.chmod(0o755)
    return path


def run_with(ffmpeg: Path, risk: Subject) -> tuple[int, bytes]:
    risk.restore()
    process = start(descent(risk.target), env={"IMAGEIO_FFMPEG_EXE": str(ffmpeg)})
    _, complaints = process.communicate(timeout=PATIENCE_S)
    return process.returncode, complaints


def test_the_stand_in_that_does_its_work_makes_the_undisturbed_film(risk: Subject, tmp_path: Path) -> None:
    assert run_with(stand_in(tmp_path, "sys.exit(subprocess.run(COMMAND).returncode)"), risk) == (0, b"")
    assert risk.state() == "new"


def assert_refused(risk: Subject, status: int, complaints: bytes) -> None:
    assert (status, one_line(complaints)) == (1, True), complaints.decode()
    assert risk.state() == "old"
    assert risk.strays() == []
    assert risk.wait_for_children() == []


@pytest.mark.parametrize("lie", LIES)
def test_an_ffmpeg_that_lies_is_found_out(lie: str, risk: Subject, tmp_path: Path) -> None:
    assert_refused(risk, *run_with(stand_in(tmp_path, LIES[lie]), risk))


def test_an_ffmpeg_that_dies_at_any_frame_is_found_out(risk: Subject, tmp_path: Path) -> None:
    frames = random.Random(0)
    for _ in range(max(1, N_RUNS // 4)):
        n_bytes = int(frames.uniform(0, 200) * FRAME_BYTES)
        ffmpeg = stand_in(tmp_path, DIES_MID_FILM.format(n_bytes=n_bytes))
        assert_refused(risk, *run_with(ffmpeg, risk))


def test_a_missing_ffmpeg_is_one_line(risk: Subject, tmp_path: Path) -> None:
    assert_refused(risk, *run_with(tmp_path / "no-such-ffmpeg", risk))


def test_an_ffmpeg_that_may_not_run_is_one_line(risk: Subject, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a program")
    assert_refused(risk, *run_with(tmp_path / "notes.txt", risk))
