"""Frames as vectors: pages and files that show what the animation shows, and only the stops that are asked for."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image
from support.commandline import LONG, run

from gdanim.descent.stops import shown_frames
from gdanim.descent.timeline import plan
from gdanim.errors import SettingError
from gdanim.output.files.numbering import respelled


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def planned(last: list[int], **options: object):
    from fractions import Fraction

    return plan(np.array(last), fps=Fraction(10), hold_s=1.0, **options)


# --- which frames ---


def test_without_stops_every_frame_is_shown() -> None:
    assert shown_frames(planned([4], rewind=True), ()) == list(range(planned([4], rewind=True).frames))


def test_stops_are_iterations_whatever_lies_between_and_behind() -> None:
    timeline = planned([10], tween=3, rewind=True)
    assert shown_frames(timeline, ("0", "5", "end")) == [0, 15, 30]
    assert [timeline.tick[frame] for frame in shown_frames(timeline, ("end", "7"))] == [7, 10]


def test_in_turn_stops_are_those_of_each_run() -> None:
    assert shown_frames(planned([2, 3], in_turn=True), ("0", "end")) == [0, 2, 3, 6]
    assert shown_frames(planned([2, 3]), ("0", "end")) == [0, 3]


@pytest.mark.parametrize(("stop", "words"), [("11", "ends at iteration 10"), ("5", "near it are 4 and 8")])
def test_an_iteration_without_a_frame_is_refused(stop: str, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        shown_frames(planned([10], every=4), (stop,))


# --- what they show ---


@pytest.mark.program("pdftoppm")
@pytest.mark.parametrize(
    "function",
    [
        "parabola",
        pytest.param("himmelblau", marks=pytest.mark.skipif(not LONG, reason="more of the same: set GDANIM_LONG=1")),
    ],
)
def test_pages_are_the_frames_of_the_animation_in_its_size(function: str) -> None:
    assert run(function, "-n", "2", "-f", "pages", "-o", "talk.pdf", "--stops", "0,end", "-q").lines == []
    assert run(function, "-n", "2", "-o", "f-%d.png", "-q").code == 0
    subprocess.run(["pdftoppm", "-r", "100", "-png", "talk.pdf", "page"], check=True)
    for page, frame in ((1, 0), (2, 2)):
        drawn = [
            np.asarray(Image.open(name).convert("RGB")).astype(int) for name in (f"page-{page}.png", f"f-{frame}.png")
        ]
        assert drawn[0].shape == drawn[1].shape == (480, 640, 3)
        assert np.abs(drawn[0] - drawn[1]).mean() < 4  # letters and edges are drawn by another program
    assert not Path("page-3.png").exists()


def test_vector_frames_are_files_that_nothing_moves_in_and_that_can_be_made_again() -> None:
    ran = run("parabola", "-n", "3", "--size", "160x120", "-o", "f-%02d.svg", "-o", "f-%02d.pdf")
    assert ran.code == 0
    assert "f-00.svg … f-03.svg: 4 frames" in ran.err
    assert sorted(path.name for path in Path.cwd().iterdir()) == [
        f"f-0{i}.{s}" for i in range(4) for s in ("pdf", "svg")
    ]
    texts = [Path(f"f-0{i}.svg").read_text() for i in range(4)]
    for text in texts:
        assert not re.search("<(animate|set|style)", text)
        assert ET.fromstring(text).get("width") == "160"
    assert len(set(texts)) == 4
    assert run("--preset", "f-02.svg", "-o", "g-%02d.svg", "-q").lines == []
    assert [Path(f"g-0{i}.svg").read_text() for i in range(4)] == texts
    assert [Path(f"f-0{i}.pdf").read_bytes()[:5] for i in range(4)] == [b"%PDF-"] * 4


def test_pages_are_the_same_bytes_again_and_carry_their_recipe() -> None:
    ran = run("parabola", "-n", "2", "--size", "160x120", "-f", "pages", "--stops", "0,end", "-o", "a.pdf")
    assert ran.lines[-1].startswith("a.pdf: 2 pages")
    assert run("--preset", "a.pdf", "-o", "c.pdf", "-q").lines == []
    assert Path("c.pdf").read_bytes() == Path("a.pdf").read_bytes()


# --- names ---


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("g-%3d.png", "g-%03d.png"),
        ("g-%i.png", "g-%d.png"),
        ("g-%03i.png", "g-%03d.png"),
        ("g-%(n)04d.png", "g-%04d.png"),
        ("g-####.svg", "g-%04d.svg"),
        ("g-{:03d}.pdf", "g-%03d.pdf"),
        ("g-{i:05}.png", "g-%05d.png"),
        ("g-{}.png", "g-%d.png"),
        ("frame_{i}.png", "frame_%d.png"),
        ("g-{0}.svg", "g-%d.svg"),
        ("g-%s.png", "g-%d.png"),
    ],
)
def test_a_number_that_is_spelled_otherwise_is_refused_with_the_right_name(name: str, ours: str) -> None:
    ran = run("parabola", "-n", "3", "-o", name)
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert ran.err.endswith(f"write {ours}\n")
    assert list(Path.cwd().iterdir()) == []
    assert respelled(ours) == ours


@pytest.mark.parametrize(
    "arguments",
    [
        ("-o", "g-%03d.gif"),
        ("-o", "g-###.mp4"),
        ("-f", "png", "-o", "g-%d.png"),
        ("-f", "pages", "-o", "g-%d.pdf"),
        ("-o", "a.gif", "--poster", "p-%d.png"),
        ("-o", "a.gif", "--data", "t-%d.csv"),
    ],
)
def test_a_number_in_the_name_of_a_single_file_is_refused(arguments: tuple[str, ...]) -> None:
    ran = run("parabola", "-n", "3", *arguments)
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "is one file: leave the number out" in ran.err
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize("name", ["100%.gif", "100% done.gif", "x^{2}.gif", "100%sure.gif", "C#.gif", "%%.gif"])
def test_other_signs_in_a_name_are_part_of_it(name: str) -> None:
    assert respelled(name) == name
