"""What the tests of atomic output share: an old file, new bytes, scripts in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from gdanim.output.files.atomic import open_output
from support.commandline import ENVIRONMENT, default_signals

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW = b"old bytes", b"new bytes" * 10_000

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")
as_root = pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs root")
both_ways = pytest.mark.parametrize("needs_path", [False, True], ids=["stream", "path"])


def temporary_files(folder: Path) -> list[Path]:
    """The temporary files of gdanim in `folder`."""
    return [path for path in folder.iterdir() if ".gdanim-" in path.name]


def put(path: Path | str, content: bytes = NEW, *, needs_path: bool = False) -> None:
    """Write `content` as a writer would."""
    with open_output(str(path), needs_path=needs_path) as output:
        if needs_path:
            output.path.write_bytes(content)
        else:
            output.stream.write(content)


def command(script: str, *arguments: object) -> list[str]:
    """The command that runs `script` in a Python of its own."""
    return [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)]


def start(script: str, *arguments: object, **options: Any) -> subprocess.Popen[bytes]:
    """Run `script` beside us. Its pipes have no buffer, which would keep from communicate() what was read ahead."""
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "bufsize": 0, "env": ENVIRONMENT}
    if os.name != "nt":
        pipes["preexec_fn"] = default_signals
    process: subprocess.Popen[bytes] = subprocess.Popen(command(script, *arguments), **(pipes | options))
    return process


def start_until_ready(script: str, *arguments: object, **options: Any) -> subprocess.Popen[bytes]:
    """Run `script` beside us, and return when it has printed the line `ready`."""
    process = start(script, *arguments, **options)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n", process.communicate()[1]
    return process
