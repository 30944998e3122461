"""Runs of the command in forks of a process that has imported everything: a tenth of a second each, so that thousands
can be disturbed, each at another of the calls that it makes to the system.

    GDANIM_LONG=1 LD_PRELOAD=faulty.so python -m forked FOLDER error|KILL|INT|TERM|HUP [FORMAT…]

faulty_calls.c says what may happen at a call. One line of JSON for each format and call: how often which end was met.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from support.commandline import default_signals, run

from gdanim.output.containers.whole import is_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

CALLS: Final = (
    "write", "read", "open", "close", "fsync", "rename", "unlink", "mkdir", "rmdir", "chmod", "lock", "truncate",
    "seek", "stat", "dup",
)  # fmt: skip
# What has hundreds of calls, each alike, is disturbed at so many of them.
MOST: Final = 12
ALL: Final = 40
OFTEN: Final = frozenset({"read", "open", "stat", "seek"})
ERRORS: Final = {"write": errno.ENOSPC, "open": errno.EMFILE, "unlink": errno.EACCES, "mkdir": errno.ENOSPC}
# File names of each format, and options.
SUBJECTS: Final[dict[str, tuple[str, ...]]] = {
    "gif": ("a.gif",), "mp4": ("a.mp4",), "webm": ("a.webm",), "av1": ("a.webm", "-f", "av1"), "mov": ("a.mov",),
    "webp": ("a.webp",), "apng": ("a.apng",), "avif": ("a.avif",), "png": ("a.png",), "png_sequence": ("a-%02d.png",),
    "html": ("a.html",), "svg": ("a.svg",), "vector_sequence": ("a-%02d.svg",), "pages": ("a.pdf", "-f", "pages"),
    "filmstrip": ("a.pdf", "-f", "filmstrip", "--size", "480x360"), "csv": ("b.png", "--data", "a.csv"),
    "jsonl": ("b.png", "--data", "a.jsonl"), "npz": ("b.png", "--data", "a.npz"),
    "several": ("a.gif", "-o", "a-%02d.png", "-o", "a.mp4", "--poster", "a.png", "--data", "a.csv"),
}  # fmt: skip
PATIENCE_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its exit code, or minus the signal; what it said; how long it took; the calls that it made."""

    code: int
    said: str
    took_s: float
    counts: list[int]


def words_of(name: str, folder: Path, lr: float) -> list[str]:
    """The command that writes a subject into a folder."""
    path, *options = SUBJECTS[name]
    rest = [str(folder / word) if word.startswith(("a.", "a-")) else word for word in options]
    rest += () if "--size" in rest else ("--size", "160x120")
    return ["parabola", "-q", "-n", "4", "--lr", str(lr), "-o", str(folder / path), *rest]


def forked(words: list[str], log: Path, *arming: int, delay_s: float | None = None, number: int = 0) -> Ended:
    """Run a command in a fork; `arming` are the arguments of faulty_arm, or a signal comes after a delay."""
    began = time.monotonic()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _work(words, log, writer, arming)
    os.close(writer)
    if delay_s is not None:
        time.sleep(delay_s)
        os.kill(child, number)
    while not os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        if time.monotonic() > began + 60 * PATIENCE_S:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)
    # Without what it waited for a processor: on a busy machine that is most of it.
    waited_ns = int(Path(f"/proc/{child}/schedstat").read_text().split()[1])
    took_s = time.monotonic() - began - waited_ns / 1e9
    done = os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    code = os.waitstatus_to_exitcode(done[1])
    return Ended(code, log.read_text("utf-8", "replace"), took_s, json.loads(text) if text else [])


def _work(words: list[str], log: Path, writer: int, arming: tuple[int, ...]) -> None:
    """What the child does; it never returns."""
    code = 70
    try:
        default_signals()
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        sys.argv = ["gdanim", *words]
        from gdanim.__main__ import main

        faults = ctypes.CDLL(None)
        faults.faulty_arm(*(arming or (-1, 0, 0, 0)))
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        sys.stderr.flush()
        sys.stdout.flush()
        counts = list((ctypes.c_long * len(CALLS)).in_dll(faults, "faulty_counts"))
        faults.faulty_arm(-1, 0, 0, 0)
        os.write(writer, json.dumps(counts).encode())
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(code)


class Risk:
    """A folder with an old output of a subject at risk, and what an undisturbed run would put there."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder, self.log = name, folder / "risk", folder / "log"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.usual_s = 0.0  # how long an undisturbed run takes: what more a disturbed one takes may be a hang
        self.old = self._made(0.3)
        self.new = self._made(0.1)
        self.words = words_of(name, self.folder, 0.1)

    def _made(self, lr: float) -> dict[str, bytes]:
        ended = forked(words_of(self.name, self.folder, lr), self.log)
        assert ended.code == 0, ended.said
        self.usual_s = ended.took_s
        return self.found()

    def found(self) -> dict[str, bytes]:
        """The files that bear the names of the subject."""
        return {path.name: path.read_bytes() for path in self.folder.glob("a*") if path.is_file()}

    def restore(self) -> None:
        """Put the old files back, and remove what else there is."""
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        for name, content in self.old.items():
            (self.folder / name).write_bytes(content)

    def state(self) -> str:
        """old, new, or what else; of several outputs some may be new. The frames of a sequence are one output."""
        found = self.found()
        names = sorted({*found, *self.old, *self.new})
        outputs = [[name] for name in names if name.startswith("a.")] + [[name for name in names if name[1] == "-"]]
        states = {self._state_of(found, output) for output in filter(None, outputs)}
        return " and ".join(sorted(states)) if "PARTIAL" not in states else f"PARTIAL {sorted(found)}"

    def _state_of(self, found: Mapping[str, bytes], output: list[str]) -> str:
        for state, films in (("old", self.old), ("new", self.new)):
            if all(found.get(name) == films.get(name) for name in output):
                return state
        return "PARTIAL"

    def strays(self) -> int:
        """How many files lie beside."""
        return sum(path.name.startswith(".") for path in self.folder.iterdir())


def places(n: int, name: str) -> list[int]:
    """At which of n calls, from 1, a run is disturbed."""
    most = MOST if name in OFTEN else ALL
    return sorted({1 + i * (n - 1) // max(min(n, most) - 1, 1) for i in range(min(n, most))})


def state_after(risk: Risk, ended: Ended, kind: str, call: str) -> str:
    """The state of the target, in capitals where that must not be."""
    state = risk.state()
    if kind == "KILL" and any("%" in word for word in SUBJECTS[risk.name]):
        return state.lower()  # no system renames many files at once: the next run does the rest
    if call == "stat" and state.startswith("PARTIAL") and all(map(is_whole, risk.folder.glob("a*"))):
        return "new"  # matplotlib takes another font where it cannot see one
    return state


def verdict(risk: Risk, ended: Ended, kind: str, state: str) -> str:
    """What became of a run: its end and the state of the target, in capitals where that must not be."""
    lines = ended.said.count("\n")  # one for each output that failed
    parts = [f"exit {ended.code}", state]
    if "Traceback" in ended.said:
        parts.append("TRACEBACK")
    if ended.took_s > PATIENCE_S + 3 * risk.usual_s:
        parts.append(f"HANG {ended.took_s:.0f} s")
    if kind == "error":
        if ended.code not in (0, 1, 2):
            parts.append("CODE")
        if ended.code == 0 and state != "new":
            parts.append("LOST")
        outputs = 1 + sum(word in ("-o", "--poster", "--data") for word in SUBJECTS[risk.name])
        if not (1 <= lines <= outputs if ended.code else lines == 0):
            parts.append(f"{lines} LINES")
    elif ended.code not in (0, -getattr(signal, f"SIG{kind}")) and "was ended by a signal" not in ended.said:
        parts.append("CODE")  # the signal may also meet ffmpeg, while it is being started
    if risk.strays():
        parts.append(f"{'' if kind == 'KILL' else 'STRAYS '}drafts")
    return ", ".join(parts)


def campaign(name: str, folder: Path, kind: str) -> None:
    """Disturb a subject at every call; print what came of it."""
    risk = Risk(name, folder)
    counts = forked(risk.words, risk.log).counts
    for call, n in enumerate(counts):
        tally: Counter[str] = Counter()
        bad: list[Any] = []
        for nth in places(n, CALLS[call]) if n else ():
            risk.restore()
            number = 0 if kind == "error" else int(getattr(signal, f"SIG{kind}"))
            ended = forked(risk.words, risk.log, call, nth, ERRORS.get(CALLS[call], errno.EIO), number)
            found = verdict(risk, ended, kind, state_after(risk, ended, kind, CALLS[call]))
            tally[found] += 1
            if any(word.isupper() and len(word) > 2 for word in found.replace(",", "").split()):
                bad.append((nth, found, ended.said[-600:]))
            if kind == "KILL":
                after = forked(risk.words, risk.log)
                if (after.code, risk.state(), risk.strays()) != (0, "new", 0):
                    bad.append((nth, "NEXT RUN", after.code, risk.state(), risk.strays(), after.said[-300:]))
        if tally:
            print(json.dumps([kind, name, CALLS[call], n, tally, bad]), flush=True)


if __name__ == "__main__":
    folder, kind, *names = sys.argv[1:]
    for name in SUBJECTS:  # import what each needs, once
        Path(folder).mkdir(parents=True, exist_ok=True)
        prepared = run(*words_of(name, Path(folder), 0.1))
        assert prepared.code == 0, prepared.err
    for name in names or SUBJECTS:
        campaign(name, Path(folder, name), kind)
