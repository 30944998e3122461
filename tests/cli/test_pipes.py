"""Named pipes as outputs: who waits for whom is said, and what comes out is the whole file."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from support.commandline import ENVIRONMENT, PATIENCE_S, QUICK, command
from support.outputs import posix

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = posix


def test_that_a_pipe_waits_for_its_reader_is_said_before_it_waits(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe.gif"
    os.mkfifo(fifo)
    words = command("parabola", *QUICK, "-o", "pipe.gif")
    with subprocess.Popen(words, cwd=tmp_path, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "gdanim: pipe.gif is a pipe: it is written as soon as something reads it\n"
        film = fifo.read_bytes()
        assert process.wait(PATIENCE_S) == 0
    assert (film[:6], film[-1:]) == (b"GIF89a", b";")
