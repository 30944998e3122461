"""`gdanim doctor`: a line for each thing, what works and what does not, and the exit code that says so."""

from __future__ import annotations

import errno
import os
from importlib import metadata
from typing import TYPE_CHECKING

from support.commandline import run
from support.outputs import posix

from gdanim.catalogue.registry import FORMATS
from gdanim.output import png

if TYPE_CHECKING:
    import pytest

OF_FFMPEG = {name for name, row in FORMATS.items() if row.target.startswith("gdanim.output.video:")}


def told(code: int) -> dict[str, str]:
    """What stands behind each name."""
    ran = run("doctor")
    assert (ran.code, ran.err) == (code, "")
    lines = [line.split(maxsplit=1) for line in ran.out.decode().splitlines()]
    assert all(len(line) == 2 for line in lines)
    return {name.replace("-", "_"): words for name, words in lines}


def test_every_format_is_tried_and_versions_are_those_of_the_packages() -> None:
    found = told(0)
    assert {name for name, words in found.items() if words.startswith("works: ")} == set(FORMATS)
    assert all(found[name] == metadata.version(name) for name in ("matplotlib", "numpy"))


@posix
def test_what_does_not_work_is_named_and_the_rest_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(png.PngWriter, "write", full)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/bin/false")
    found = told(1)
    assert {name for name in FORMATS if not found[name].startswith("works: ")} == {"png"} | OF_FFMPEG
    assert os.strerror(errno.ENOSPC) in found["png"]
