"""What large pictures take, measured by the system or counted, against what is said before one is drawn."""

from __future__ import annotations

import io
import subprocess
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageSequence
from support.commandline import ENVIRONMENT, LONG, command, run
from support.films import Film
from support.outputs import posix

from gdanim.catalogue.registry import FORMATS
from gdanim.drawing.frame import Box, difference
from gdanim.output import webp
from gdanim.output.base import Quality
from gdanim.output.changes import Change
from gdanim.preflight import BASE_BYTES, GROUND_PIXEL_BYTES, RASTER_PIXEL_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from gdanim.catalogue.specs import Format

pytestmark = posix
SIDE = 4096
PIXELS = [form for form in FORMATS.values() if form.pixel_bytes and form.extensions]


def peak_bytes(words: list[str]) -> int:
    """The largest memory of a command, or of a program that it starts, as another process is told."""
    script = "import resource, subprocess, sys; subprocess.run(sys.argv[1:]); print(resource.getrusage(-1)[2])"
    done = subprocess.run([words[0], "-c", script, *words], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    return 1024 * int(done.stdout)


@pytest.mark.long
@pytest.mark.skipif(not LONG, reason="seconds for each format: set GDANIM_LONG=1")
@pytest.mark.parametrize("form", PIXELS, ids=[form.name for form in PIXELS])
def test_a_large_picture_takes_no_more_memory_than_is_said(form: Format, tmp_path: Path) -> None:
    path = tmp_path / f"a{form.extensions[0]}"
    words = command("himmelblau", "-n", "9", "-q", "--size", f"{SIDE}x{SIDE}", "--hold", "0.1", "-o", path)
    said = BASE_BYTES + (RASTER_PIXEL_BYTES + form.pixel_bytes) * SIDE**2
    assert peak_bytes(words) <= 1.1 * said


@pytest.mark.long
@pytest.mark.skipif(not LONG, reason="seconds for each ground: set GDANIM_LONG=1")
@pytest.mark.parametrize(
    ("ground", "options"),
    [("basins", ("--basins",)), ("facet", ("--facet", "start", "--start", "1,1", "--start", "2,2")),
     ("surface", ("--view", "surface"))],
)  # fmt: skip
def test_a_large_ground_takes_no_more_memory_than_is_said(
    ground: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    words = command("himmelblau", "-n", "2", "-q", "--size", f"{SIDE}x{SIDE}", *options, "-o", tmp_path / "a.png")
    assert peak_bytes(words) <= 1.1 * (BASE_BYTES + GROUND_PIXEL_BYTES[ground] * SIDE**2)


def large_film(height: int, width: int) -> Film:
    """A plot of few colours, a mark that moves in it, and a picture in which everything is another."""
    plot = np.full((height, width, 4), 255, np.uint8)
    plot[:, :, 0] = np.arange(height)[:, np.newaxis] // 64 % 256
    moved, last = plot.copy(), 255 - plot
    moved[100:200, 100:200, 1] = 0
    last[..., 3] = 255
    return Film(pictures=np.stack([plot, moved, last]), ends_s=(0.1, 0.2, 0.3), margin_px=0)


@pytest.mark.parametrize(
    ("name", "quality"), [("gif", "medium"), ("gif", "high"), ("apng", "medium"), ("png", "medium")]
)
def test_a_writer_takes_no_more_memory_for_each_pixel_than_is_said(name: str, quality: str, tmp_path: Path) -> None:
    form, film = FORMATS[name], large_film(8192, 256)
    target: Any = tmp_path / "a" if form.needs_path else io.BytesIO()
    frames = list(film.frames())
    tracemalloc.start()
    try:
        with form.load()(target, film.info_in(Quality(quality))) as writer:
            for frame in frames:
                writer.write(frame)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= form.pixel_bytes * 8192 * 256


def test_images_are_compared_in_bands_and_the_box_is_that_of_all_of_them() -> None:
    one = np.zeros((700, 9), np.uint32)
    other = one.copy()
    other[[5, 130, 690], [4, 7, 2]] = 1
    assert difference(one, other) == Box(2, 5, 6, 686)
    assert difference(one, one).empty


def test_outputs_that_are_written_side_by_side_count_together() -> None:
    size = ("--size", "4000x4000", "--dry-run")
    assert [run("parabola", "-o", name, *size).code for name in ("a.gif", "b.webm", "c.avif")] == [0, 0, 0]
    together = run("parabola", "-o", "a.gif", "-o", "b.webm", "-o", "c.avif", *size)
    assert (together.code, len(together.lines)) == (2, 1)
    assert "gif, webm and avif" in together.err


@pytest.mark.parametrize(("name", "full"), [("a.mp4", {"lossless"}), ("a.mov", {"high", "lossless"})])
def test_a_video_in_full_colours_is_held_to_more_memory_than_one_in_420(name: str, full: set[str]) -> None:
    refused = {
        quality
        for quality in ("medium", "high", "lossless")
        if run("parabola", "-o", name, "--quality", quality, "--size", "6000x6000", "--dry-run").code == 2
    }
    assert refused == full


def test_unlimited_lifts_the_limit_and_the_size_that_is_offered_keeps_to_it() -> None:
    asked = ("parabola", "-o", "a.webm", "--dry-run", "--size")
    refused = run(*asked, "8192x6144")
    assert refused.code == 2
    offered = refused.err.rpartition(": --size ")[2].split()[0]
    width, height = map(int, offered.split("x"))
    assert abs(width / height - 4 / 3) < 0.01
    assert run(*asked, offered).code == 0
    assert run(*asked, f"{width + 40}x{height + 30}").code == 2
    assert run(*asked, "8192x6144", "--unlimited").code == 0


def test_a_large_webp_is_exact_too_and_its_first_picture_is_not_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film, made = large_film(200, 300), {}
    for name, large_px in (("small", 1 << 30), ("large", 0)):
        monkeypatch.setattr(webp, "LARGE_PX", large_px)
        with webp.WebpWriter(tmp_path / name, film.info_in(Quality.MEDIUM)) as writer:
            for frame in film.frames():
                writer.write(frame)
        made[name] = (tmp_path / name).read_bytes()
        with Image.open(tmp_path / name) as image:
            shown = [np.asarray(picture.convert("RGBA")) for picture in ImageSequence.Iterator(image)]
        assert np.array_equal(shown, film.pictures)
    assert made["small"] != made["large"]
    whole = Change(Box(0, 0, 300, 200), film.pictures[0], np.broadcast_to(np.True_, (200, 300)), ticks=1)
    assert np.shares_memory(whole.sparse_pixels, film.pictures)
