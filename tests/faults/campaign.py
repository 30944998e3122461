"""What the campaigns share: the real command at work on a file, and what must be true of that file afterwards.

    GDANIM_LONG=1 python -m pytest tests/faults -s
    GDANIM_LONG=1 GDANIM_FAULT_RUNS=30 python -m pytest tests/faults -s     the quick form

Two runs of one command write the same bytes. So a file is whole when it equals the one of a run that nobody disturbed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.commandline import ENVIRONMENT, LONG, default_signals

N_RUNS = int(os.environ.get("GDANIM_FAULT_RUNS", "200"))
FORMATS = ("gif", "mp4")

campaign = [
    pytest.mark.long,
    pytest.mark.skipif(not LONG, reason="a campaign of minutes: set GDANIM_LONG=1"),
    pytest.mark.skipif(os.name == "nt", reason="POSIX only"),
]


def descent(target: Path | str, *options: object, n: int = 200) -> list[str]:
    """The command whose output is put at risk."""
    return [sys.executable, "-m", "gdanim", "parabola", "-q", "-n", str(n), "-o", str(target), *map(str, options)]


def start(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
    """Run `command` beside us, minding signals even where the tests themselves run under nohup."""
    settings: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    settings |= {"preexec_fn": default_signals} | options
    settings["env"] = ENVIRONMENT | options.get("env", {})
    process: subprocess.Popen[bytes] = subprocess.Popen(command, **settings)
    return process


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A target with an old film in it, and what a run that nobody disturbs would put there.

    target      the file at risk, in a folder of its own
    old, new    the film of a shorter run, and the undisturbed one
    duration_s  how long the undisturbed run took
    """

    target: Path
    old: bytes
    new: bytes
    duration_s: float

    def restore(self) -> None:
        """Put the old film back."""
        self.target.write_bytes(self.old)

    def state(self) -> str:
        """Which of the two films stands there: `old`, `new`, or `partial` for anything else."""
        found = self.target.read_bytes()
        return "old" if found == self.old else "new" if found == self.new else f"partial ({len(found)} bytes)"

    def strays(self) -> list[str]:
        """What lies beside the target."""
        return sorted(path.name for path in self.target.parent.iterdir() if path != self.target)

    def children(self) -> list[str]:
        """The command lines of processes that still work on something in the target's folder (Linux only)."""
        needle = os.fsencode(self.target.parent)
        return [line.replace(b"\0", b" ").decode() for line in map(_command_line, _processes()) if needle in line]

    def wait_for_children(self) -> list[str]:
        """The children that are left when those that were killed had time to go."""
        for _ in range(100):
            if not self.children():
                break
            time.sleep(0.02)
        return self.children()


def subject(folder: Path, suffix: str) -> Subject:
    """Make the old and the new film with runs that nobody disturbs."""
    films = []
    for n in (20, 200):
        scratch = folder / f"undisturbed-{n}.{suffix}"
        began = time.monotonic()
        process = start(descent(scratch, n=n))
        _, complaints = process.communicate()
        assert process.returncode == 0, complaints.decode()
        films.append(scratch.read_bytes())
    shutil.rmtree(folder / "risk", ignore_errors=True)
    (folder / "risk").mkdir()
    made = Subject(
        target=folder / "risk" / f"out.{suffix}", old=films[0], new=films[1], duration_s=time.monotonic() - began
    )
    made.restore()
    return made


def _processes() -> list[Path]:
    return [path for path in Path("/proc").glob("[0-9]*") if int(path.name) != os.getpid()]


def _command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()  # empty for those that only wait to be reaped
    except OSError:
        return b""


def one_line(complaints: bytes) -> bool:
    """Whether a failure was told in one line, and not in a traceback."""
    return complaints.count(b"\n") == 1 and complaints.endswith(b"\n") and b"Traceback" not in complaints
