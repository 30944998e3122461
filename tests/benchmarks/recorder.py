"""Encodes the raw frames that gdanim sent to ffmpeg, with the arguments that it gave: python recorder.py OUT."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import imageio_ffmpeg


def main(out: str) -> None:
    """Become that ffmpeg, which reads a file in the place of a pipe."""
    *arguments, _ = Path("arguments").read_text(encoding="utf-8").rstrip("\0").split("\0")
    exe = imageio_ffmpeg.get_ffmpeg_exe()
    with open("frames.raw", "rb") as frames:  # noqa: PTH123
        os.dup2(frames.fileno(), 0)
    os.execv(exe, [exe, *arguments, out])


if __name__ == "__main__":
    main(*sys.argv[1:])
