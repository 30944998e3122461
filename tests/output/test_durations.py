"""How long a file lasts, as gdanim says it, against what independent readers find in the file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
from support.commandline import LONG, run
from support.decoders import animation, video_durations, video_pictures

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES: Final = {"gif": ".gif", "webp": ".webp", "apng": ".apng", "mp4": ".mp4", "mov": ".mov", "avif": ".avif"}
# Matroska counts each of the ten pictures in whole milliseconds; of an AVIF, Pillow does.
VISIBLE: Final = 40  # more than what encoding changes in a picture that stands still
ROUNDED_S: Final = {".webm": 1e-2, ".avif": 1e-2}
PLANS: Final = {
    "a hold of half a picture": ("--fps", "2", "--lead", "0", "--hold", "0.25"),
    "thirds": ("--fps", "3", "--lead", "0", "--hold", "0"),
    "a duration": ("--fps", "8", "--duration", "1.734", "--hold", "0.2"),
    "a hold that is one long picture": ("--fps", "8", "--lead", "0", "--hold", "15"),
    "a lead of thousandths": ("--fps", "8", "--lead", "0.777", "--hold", "0.2"),
}
MORE_PLANS: Final = {
    "a ratio": ("--fps", "100/7", "--hold", "0.37"),
    "a hold of thousandths": ("--fps", "30", "--hold", "0.0149"),
    "back again": ("--fps", "12.5", "--rewind", "--hold", "0.333"),
}
long = [pytest.mark.long, pytest.mark.skipif(not LONG, reason="more of the same: set GDANIM_LONG=1")]


def measured_s(path: Path) -> float:
    """How long a file lasts, by the sum of its pictures, or as its player is told."""
    match path.suffix:
        case ".gif" | ".webp" | ".apng" | ".avif":
            return sum(animation(path)[1]) / 1000
        case ".svg":
            (seconds,) = set(re.findall(r'dur="([\d.]+)s"', path.read_text(encoding="utf-8")))
            return float(seconds)
        case ".html":
            spans = re.search(r'"spans":(\[\[.*?\]\])', path.read_text(encoding="utf-8"))
            assert spans is not None
            return sum(count * each for count, each in json.loads(spans[1]))
        case _:
            return float(sum(video_durations(path)))


@pytest.mark.parametrize(
    "plan",
    [
        *[pytest.param(plan, id=name) for name, plan in PLANS.items()],
        *[pytest.param(plan, id=name, marks=long) for name, plan in MORE_PLANS.items()],
    ],
)
def test_the_stated_duration_is_that_of_the_file(plan: tuple[str, ...], tmp_path: Path) -> None:
    paths = [tmp_path / f"film{suffix}" for suffix in (*SUFFIXES.values(), ".svg", ".html", ".webm")]
    outputs = [word for path in paths for word in ("-o", path)]
    said = run("parabola", "-n", "7", "--size", "64x64", *plan, "--json", "-v", *outputs)
    assert said.code == 0
    summary = json.loads(said.out)
    for path, output in zip(paths, summary["outputs"], strict=True):
        assert output["duration_s"] == pytest.approx(measured_s(path), abs=ROUNDED_S.get(path.suffix, 1e-6))
        (line,) = [line for line in said.lines if line.startswith(f"{path}:")]
        words = re.search(r", ([\d.]+) s, ", line)
        assert words is not None
        assert float(words[1]) == pytest.approx(output["duration_s"], abs=5.001e-4)
    assert summary["duration_s"] == max(output["duration_s"] for output in summary["outputs"])


def test_a_dry_run_says_the_same(tmp_path: Path) -> None:
    outputs = ("-o", tmp_path / "a.mp4", "-o", tmp_path / "a.gif")
    options = ("-n", "10", "--fps", "2", "--lead", "0", "--hold", "0.25", "--dry-run")
    planned = run("parabola", *options, *outputs).out.decode()
    assert "a.mp4: 11 frames, 6 s" in planned
    assert "a.gif: 11 frames, 5.75 s" in planned


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".apng", ".mp4"])
def test_the_first_picture_is_held_for_the_lead(suffix: str, tmp_path: Path) -> None:
    options = ("parabola", "--lr", "0.4", "-n", "3", "--size", "64x64", "--fps", "10", "--hold", "0.3")
    lengths_s = []
    for lead in ("0", "0.6"):
        path = tmp_path / f"lead-{lead}{suffix}"
        assert run(*options, "--lead", lead, "-o", path).code == 0
        if suffix == ".mp4":
            # Its pictures are all equally long: those that are like the first one.
            shown = video_pictures(path, 64, 64).astype(np.int64)
            changed = (np.abs(shown - shown[:1]).max(axis=(1, 2, 3)) > VISIBLE).tolist()
            lengths_s.append(changed.index(True) / 10)
        else:
            lengths_s.append(animation(path)[1][0] / 1000)
    assert lengths_s == pytest.approx([0.1, 0.7], abs=1e-6)


@pytest.mark.parametrize("name", ["a.png", "a-%d.png", "strip.pdf"])
def test_what_does_not_play_has_no_duration(name: str, tmp_path: Path) -> None:
    form = ("-f", "filmstrip", "--frames", "1") if name == "strip.pdf" else ()
    summary = json.loads(run("parabola", "-n", "1", "--size", "320x240", *form, "-o", tmp_path / name, "--json").out)
    assert summary["outputs"][0]["duration_s"] is None


def test_a_file_that_is_fitted_says_how_long_it_lasts_then(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    asked = ("--fps", "7", "--hold", "0.3", "--size", "320x240", "--max-size", "11kB")
    said = run("parabola", *asked, "-o", path, "--json", "-v")
    (output,) = json.loads(said.out)["outputs"]
    assert output["fitted"] is not None
    assert output["duration_s"] == pytest.approx(measured_s(path), abs=1e-6)


@pytest.mark.parametrize(
    ("option", "dim"), [("-v", 1), ("--json", 2), ("--alt-text", 1), ("--dry-run", 2), ("--facet", 1)]
)
def test_a_rate_that_is_not_known_is_not_said(option: str, dim: int, tmp_path: Path) -> None:
    rows = ["0,4,1", "1,-8,2", "2,60,3", "3,nan,1"]
    table = tmp_path / "lost.csv"
    head = "iteration,x1,x2" if dim == 2 else "iteration,x1"
    table.write_text("\n".join([head, *(row if dim == 2 else row.rpartition(",")[0] for row in rows)]))
    options = ("--facet", "lr") if option == "--facet" else (option,)
    picture = tmp_path / "a.svg"
    said = run("parabola" if dim == 1 else "booth", "--trajectory", table, *options, "-o", picture, "--svg-text=text")
    words = said.err + said.out.decode() + " ".join(re.findall(r">([^<>]*)<", picture.read_text()) if said.code else [])
    assert said.code == 0
    assert not re.search(r"\bnan\b|\bNone\b", words, re.IGNORECASE)
