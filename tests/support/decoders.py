"""Readers of films that are not gdanim's: Pillow with libwebp and libavif, ffmpeg, and the checkers of each format."""

from __future__ import annotations

import re
import subprocess
from fractions import Fraction

import imageio_ffmpeg
import numpy as np
from PIL import Image

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


def silent(*command):
    """What a program answers that must accept a file without a word on standard error."""
    answer = subprocess.run([str(part) for part in command], capture_output=True)
    assert answer.returncode == 0, answer.stderr.decode() or answer.stdout.decode()
    assert answer.stderr == b""
    return answer.stdout


def ask_ffmpeg(path, *arguments, reading=()):
    strict = ("-nostdin", "-v", "error", "-xerror", "-err_detect", "explode")
    return silent(FFMPEG, *strict, *reading, "-i", path, *arguments, "-")


def video_pictures(path, width, height, channels="rgb24", reading=()):
    """All pictures (n, h, w, 3 or 4)."""
    raw = ask_ffmpeg(path, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", channels, reading=reading)
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width, 4 if channels == "rgba" else 3)


def video_durations(path):
    """One exact duration for each picture: until the next one begins, and of the last, what the container says."""
    listing = ask_ffmpeg(path, "-c", "copy", "-f", "framecrc").decode()
    (unit,) = re.findall(r"^#tb 0: (.*)$", listing, re.MULTILINE)
    packets = [line.split(",") for line in listing.splitlines() if not line.startswith("#")]
    begins = [int(packet[2]) for packet in packets]
    ends = [*begins[1:], begins[-1] + int(packets[-1][3])]
    return [(end - begin) * Fraction(unit) for begin, end in zip(begins, ends, strict=True)]


def animation(path):
    """The pictures (n, h, w, 4) that Pillow shows, and how long each stays in ms."""
    pictures, durations = [], []
    with Image.open(path) as image:
        for index in range(image.n_frames):
            image.seek(index)
            pictures.append(np.asarray(image.convert("RGBA")))
            durations.append(image.info["duration"])
    return np.stack(pictures), durations


def chunks(png):
    """Kinds and contents of the chunks of a PNG, their lengths and order as they stand."""
    found, position = [], 8
    while position < len(png):
        size = int.from_bytes(png[position : position + 4])
        found.append((png[position + 4 : position + 8], png[position + 8 : position + 8 + size]))
        position += 12 + size
    return found
