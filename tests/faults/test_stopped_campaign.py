"""Killed or told to stop at any moment, the command leaves the old film or the new one, never a part of one."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from campaign import FORMATS, N_RUNS, campaign, descent, start, subject
from support.commandline import PATIENCE_S

if TYPE_CHECKING:
    from pathlib import Path

    from campaign import Subject

pytestmark = campaign


def stop_at_a_random_moment(risk: Subject, number: signal.Signals, moments: random.Random) -> tuple[int, bytes]:
    """Start the command, send it the signal; return its exit status and what it said."""
    process = start(descent(risk.target))
    try:
        process.wait(timeout=moments.uniform(0, 1.05 * risk.duration_s))
    except subprocess.TimeoutExpired:
        process.send_signal(number)
    _, complaints = process.communicate(timeout=PATIENCE_S)
    return process.returncode, complaints


@pytest.mark.parametrize("suffix", FORMATS)
def test_sigkill_leaves_no_part_and_the_next_run_sweeps_up(suffix: str, tmp_path: Path) -> None:
    risk = subject(tmp_path, suffix)
    moments = random.Random(0)
    tally: Counter[str] = Counter()
    for _ in range(N_RUNS):
        risk.restore()
        status, _ = stop_at_a_random_moment(risk, signal.SIGKILL, moments)
        tally[f"{risk.state()}, exit {status}, {len(risk.strays())} drafts"] += 1
        assert status in (0, -signal.SIGKILL)
        assert risk.state() == "new" if status == 0 else risk.state() in ("old", "new")
        assert risk.wait_for_children() == []  # an ffmpeg whose input ends comes to its end, too
    print(f"\nSIGKILL, {suffix}: {dict(tally)}")
    process = start(descent(risk.target))
    assert process.communicate(timeout=PATIENCE_S)[1] == b""
    assert risk.state() == "new"
    assert risk.strays() == []


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_leaves_no_part_no_draft_and_no_ffmpeg(number: signal.Signals, suffix: str, tmp_path: Path) -> None:
    risk = subject(tmp_path, suffix)
    moments = random.Random(int(number))
    tally: Counter[str] = Counter()
    for _ in range(N_RUNS):
        risk.restore()
        status, complaints = stop_at_a_random_moment(risk, number, moments)
        tally[f"{risk.state()}, exit {status}{', a traceback' if b'Traceback' in complaints else ''}"] += 1
        # Before our first line runs, Python answers Ctrl-C with a traceback, which nothing of ours can prevent;
        # before it has found its modules, with exit code 1.
        at_start = number == signal.SIGINT and b"KeyboardInterrupt" in complaints
        assert status in (0, -number) or (at_start and status == 1)
        assert complaints == b"" or at_start
        assert risk.state() == "new" if status == 0 else risk.state() in ("old", "new")
        assert risk.wait_for_children() == []
        assert risk.strays() == []
    print(f"\n{number.name}, {suffix}: {dict(tally)}")


@pytest.mark.parametrize("suffix", FORMATS)
def test_two_writers_at_once_leave_the_whole_film_of_one_of_them(suffix: str, tmp_path: Path) -> None:
    risk = subject(tmp_path, suffix)
    films: dict[bytes, str] = {}
    rates = ("0.1", "0.35")
    for rate in rates:
        process = start(descent(risk.target, "--lr", rate))
        assert process.communicate(timeout=PATIENCE_S)[1] == b""
        films[risk.target.read_bytes()] = rate
    assert len(films) == len(rates)
    tally: Counter[str] = Counter()
    for _ in range(max(1, N_RUNS // 2)):
        risk.restore()
        writers = [start(descent(risk.target, "--lr", rate)) for rate in rates]
        for writer in writers:
            _, complaints = writer.communicate(timeout=PATIENCE_S)
            assert (writer.returncode, complaints) == (0, b"")
        tally[films.get(risk.target.read_bytes(), "neither")] += 1
        assert risk.strays() == []
    print(f"\ntwo writers, {suffix}: {dict(tally)}")
    assert not tally["neither"]


def test_a_reader_that_goes_away_ends_the_command_quietly(tmp_path: Path) -> None:
    for suffix in FORMATS:
        process = start(descent("-", "-f", suffix), cwd=tmp_path)
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr is not None
        with process.stderr:
            assert process.stderr.read() == b""
        # A film that fits into the pipe is written before the reader is found to be gone.
        assert process.wait(timeout=PATIENCE_S) in (-signal.SIGPIPE, 0)
        assert list(tmp_path.iterdir()) == []


def test_sigkill_leaves_a_whole_sequence_or_hidden_drafts_that_the_next_run_removes(tmp_path: Path) -> None:
    moments = random.Random(0)
    folder = tmp_path / "frames"
    folder.mkdir()
    pattern = folder / "f-%03d.png"
    began = time.monotonic()
    assert start(descent(pattern, n=20)).communicate(timeout=PATIENCE_S)[1] == b""
    duration_s = time.monotonic() - began
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}
    tally: Counter[str] = Counter()
    for _ in range(N_RUNS):
        process = start(descent(pattern, "--lr", "0.2", n=20))
        try:
            process.wait(timeout=moments.uniform(0, 1.05 * duration_s))
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate(timeout=PATIENCE_S)
        found = {path.name: path.read_bytes() for path in folder.glob("f-*.png")}
        same = sum(whole[name] == content for name, content in found.items())
        # While files are being named, in milliseconds, some are missing; those there are all of one run.
        tally["old" if same == 21 else "new" if (same, len(found)) == (0, 21) else "missing some"] += 1
        assert same in (0, len(found))
        assert start(descent(pattern, n=20)).communicate(timeout=PATIENCE_S)[1] == b""
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == whole
    print(f"\nSIGKILL, sequence: {dict(tally)}")
