"""The animated SVG: what it is made of, that it asks for nothing, and that it says the same every time."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.path import Path as MplPath
from matplotlib.transforms import Affine2D, IdentityTransform
from support.commandline import run
from support.problems import solved

from gdanim.drawing.shapes import circles
from gdanim.output.svg.items import DrawnPath
from gdanim.output.svg.paths import Defs, FixedPoint, clipped_segments
from gdanim.output.svg.recorder import Recorder
from gdanim.output.svg.timing import Clock, Lifetimes, split_by_lifetime
from gdanim.output.svg.writer import LayerSorter, markup

SVG = "{http://www.w3.org/2000/svg}"
ANIMATIONS = {f"{SVG}animate", f"{SVG}animateTransform"}
PICTURES = {
    "curve": ["double_well", "--explain", "--arrows", "gradient"],
    "panels": ["parabola", "--view", "panels", "--transparent"],
    "contour": ["himmelblau", "-O", "gd", "-O", "adam", "--iterations", "12", "--trail", "4"],
    "facets": ["himmelblau", "-O", "gd", "-O", "adam", "--iterations", "8", "--facet", "optimizer"],
    "basins": ["himmelblau", "--basins", "--iterations", "8", "--style", "dark"],
    "surface": ["himmelblau", "--view", "surface", "--iterations", "8"],
    "turning": ["booth", "--view", "surface", "--turn", "20", "--iterations", "4"],
    "swarm": ["himmelblau", "--starts", "200", "--iterations", "4"],
    "tween": ["double_well", "--tween", "3", "--rewind", "--iterations", "8"],
    "text": ["parabola", "--svg-text", "text", "--iterations", "8"],
}


def rendered(arguments: list[str], path: Path) -> bytes:
    ran = run(*arguments, "-q", "-o", path)
    assert ran.code == 0, ran.err
    return path.read_bytes()


@cache
def root_of(picture: str) -> ET.Element:
    """One of the pictures, which several tests read."""
    return ET.fromstring(rendered(PICTURES[picture], Path(mkdtemp()) / "a.svg"))


@pytest.mark.parametrize("picture", PICTURES)
def test_it_is_whole_and_asks_for_nothing(picture: str) -> None:
    root = root_of(picture)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in root.iter():
        assert element.tag.startswith(SVG)
        assert element.tag not in {f"{SVG}script", f"{SVG}foreignObject"}
        assert not any(name.startswith("on") for name in element.attrib)
        for target in (element.get("href") or "", *(element.get("values") or "").split(";")):
            assert not re.match("[a-z]+:", target) or target.startswith("data:image/png;base64,")
            assert not target.startswith("#") or target[1:] in ids


@pytest.mark.parametrize("picture", PICTURES)
def test_every_animation_has_a_time_for_each_value_and_rests_on_the_last(picture: str) -> None:
    root = root_of(picture)
    animations = [(parent, child) for parent in root.iter() for child in parent if child.tag in ANIMATIONS]
    assert animations
    for parent, animation in animations:
        values, keys = (animation.get(name, "").split(";") for name in ("values", "keyTimes"))
        times = [float(key) for key in keys]
        assert len(values) == len(times)
        assert times[0] == 0
        assert times == sorted(set(times))
        assert times[-1] < 1
        assert all(one != other for one, other in pairwise(values))
        assert animation.get("calcMode") == "discrete"
        attribute = animation.get("attributeName", "")
        resting = parent.get(attribute, "inline" if attribute == "display" else None)
        assert resting in (values[-1], f"translate({values[-1]})")
    assert len({animation.get("dur") for _, animation in animations}) == 1


def test_the_spot_of_a_run_has_one_place_for_each_frame(tmp_path: Path) -> None:
    root = ET.fromstring(rendered(["parabola", "--iterations", "9", "--hold", "1"], tmp_path / "a.svg"))
    places = [element.get("values", "").split(";") for element in root.iter(f"{SVG}animateTransform")]
    assert len(places) == 1
    assert len(places[0]) == 10


@pytest.mark.parametrize(("frames", "fps", "hold_s"), [(5, 50, 20), (31, 50, 300), (2, 240, 3600), (400, 30, 0)])
def test_every_frame_has_a_time_of_its_own_however_long_the_last_one_is_held(
    frames: int, fps: int, hold_s: float
) -> None:
    timeline = solved(iterations=frames - 1, fps=Fraction(fps), lead=0.0, hold=float(hold_s)).timeline
    assert timeline.frames == frames
    written = Clock.of(timeline, 0).animate("x", list(map(str, range(frames))))
    animation = ET.fromstring(written)
    keys = animation.get("keyTimes", "").split(";")
    assert keys[0] == "0"
    times = [float(key) for key in keys]
    assert len(times) == frames
    for time, end_s in zip(times[1:], timeline.end_s, strict=False):
        begin_s = time * timeline.duration_s
        assert begin_s <= end_s * (1 + 1e-12)
        assert begin_s > end_s - 0.02 / fps


@pytest.mark.parametrize(("loop", "count"), [("0", "indefinite"), ("3", "3")])
def test_loop_is_the_count_of_repeats(loop: str, count: str, tmp_path: Path) -> None:
    root = ET.fromstring(rendered(["parabola", "--iterations", "4", "--loop", loop], tmp_path / "a.svg"))
    assert {element.get("repeatCount") for element in root.iter() if element.tag in ANIMATIONS} == {count}


def test_text_can_be_found_as_text_and_paths_have_none(tmp_path: Path) -> None:
    as_text = ET.fromstring(
        rendered(["parabola", "--title", "Falling & <rising>", "--svg-text", "text"], tmp_path / "a.svg")
    )
    assert "Falling & <rising>" in ["".join(element.itertext()) for element in as_text.iter(f"{SVG}text")]
    as_paths = ET.fromstring(rendered(["parabola", "--title", "Falling"], tmp_path / "b.svg"))
    assert not list(as_paths.iter(f"{SVG}text"))


@pytest.mark.parametrize(
    "asked",
    [
        ["parabola", "--title", "a b  c"],
        ["x**2*sin(x)/3", "--title", "f(x) = x", "-n", "3"],
        ["himmelblau", "-O", "gd", "-O", "adam", "-n", "3"],
        ["parabola", "--explain", "-n", "3"],
        ["parabola", "--title", "a  b", "-f", "filmstrip", "--frames", "2"],
    ],
)
def test_each_text_keeps_its_blanks(asked: list[str], tmp_path: Path) -> None:
    root = ET.fromstring(rendered([*asked, "--svg-text", "text"], tmp_path / "a.svg"))
    texts = list(root.iter(f"{SVG}text"))
    assert len(texts) > 5
    assert {text.get("{http://www.w3.org/XML/1998/namespace}space") for text in texts} == {"preserve"}
    assert all("white-space: pre" in (text.get("style") or "").replace(":pre", ": pre") for text in texts)
    if "--title" in asked:
        assert asked[asked.index("--title") + 1] in ["".join(text.itertext()) for text in texts]


def test_letters_as_text_of_a_strip_are_refused_unless_it_is_an_svg(tmp_path: Path) -> None:
    able = "goes with html or svg or vector-sequence (.svg) or filmstrip (.svg), not with "
    for name, said in (("a.pdf", f"{able}filmstrip (.pdf)"), ("a.png", f"{able}filmstrip (.png)")):
        ran = run("parabola", "-f", "filmstrip", "-o", tmp_path / name, "--svg-text", "text")
        assert ran.code == 2
        assert ran.lines[0].endswith(f"--svg-text {said}")


def test_less_motion_shows_a_still_copy_of_the_last_frame(tmp_path: Path) -> None:
    root = ET.fromstring(rendered(["parabola", "--iterations", "5"], tmp_path / "a.svg"))
    (style,) = root.iter(f"{SVG}style")
    assert "prefers-reduced-motion:reduce" in (style.text or "")
    (still,) = (element for element in root.iter() if re.fullmatch(r"[a-z]\w{3}s", element.get("id", "")))
    assert still.get("display") == "none"
    assert len(list(still.iter(f"{SVG}path"))) >= 2
    assert not [element for element in still.iter() if element.tag in ANIMATIONS]


def test_twice_the_frames_of_a_growing_path_take_less_than_three_times_the_bytes(tmp_path: Path) -> None:
    # Written anew in every frame, it would be four times.
    few, many = (
        len(rendered(["double_well", "--lr", "0.0003", "--iterations", n], tmp_path / "a.svg")) for n in ("100", "200")
    )
    none = len(rendered(["double_well", "--iterations", "0"], tmp_path / "a.svg"))
    assert many - none < 3 * (few - none)


@given(st.integers(-(10**7), 10**7), st.integers(0, 3))
def test_numbers_are_read_back_as_they_were(units: int, decimals: int) -> None:
    assert float(FixedPoint(decimals).text(units)) == pytest.approx(units / 10**decimals, abs=1e-12)


@given(st.lists(st.frozensets(st.integers(0, 30)), min_size=1, max_size=40))
def test_each_piece_is_shown_in_its_frames_and_no_other(frames: list[frozenset[int]]) -> None:
    lifetimes: Lifetimes[int] = Lifetimes()
    for frame, pieces in enumerate(frames):
        lifetimes.see(frame, pieces)
    blocks, rest = split_by_lifetime(lifetimes.close(), len(frames), lambda _: 11)
    shown = [list(pieces) for pieces in rest]
    for (begin, end), pieces in blocks.items():
        for frame in range(begin, end):
            shown[frame] += pieces
    assert [sorted(pieces) for pieces in shown] == [sorted(pieces) for pieces in frames]


def test_a_letter_has_an_outline_of_its_own_for_each_size() -> None:
    square = [[0, 0], [50, 0], [50, 50], [0, 50], [0, 0]], [1, 2, 2, 2, 79]
    defs = Defs(numbers=FixedPoint(2), outlines={"a": square}, prefix="p-", as_text=False, canvas=(64, 64))
    names = [defs.glyph(outline, size) for outline, size in (("a", 10), ("a", 20), ("", 10), ("a", 10))]
    assert names[0] == names[3]
    assert len(set(names)) == 3
    paths = ET.fromstring(defs.markup).findall("path")
    assert [path.get("id") for path in paths] == names[:2]
    assert paths[0].get("d") != paths[1].get("d")


def stroked(path: MplPath) -> DrawnPath:
    """A path as the recorder takes it that is only stroked, in a picture 100 pixels high."""
    figure = Figure(figsize=(1, 1), dpi=100)
    canvas: Any = FigureCanvasAgg(figure)
    recorder = Recorder(canvas.get_renderer(), 100.0)
    gc = recorder.new_gc()
    gc.set_snap(False)
    gc.set_linewidth(1.0)
    gc.set_capstyle("round")
    gc.set_joinstyle("round")
    recorder.draw_path(gc, path, IdentityTransform(), None)
    (drawn,) = recorder.take_items()
    assert isinstance(drawn, DrawnPath)
    return drawn


def test_rings_that_are_only_stroked_are_arcs_around_their_centres() -> None:
    defs = Defs(numbers=FixedPoint(2), outlines={}, prefix="", as_text=False, canvas=(100, 100))
    sorter = LayerSorter(defs, Clock(["0"], ""))
    sorter.add(0, [stroked(circles(np.array([[30.0, 40.0], [50.0, 10.0]]), 8.0))])
    (group,) = ET.fromstring(f"<svg>{markup(sorter.layers)}</svg>")
    arcs = "a8 8 0 1 0 16 0 8 8 0 1 0-16 0z"  # from the left end, y growing downwards
    assert [path.get("d") for path in group] == [f"M22 60{arcs}M42 90{arcs}"]
    assert (group.get("fill"), group.get("stroke-linecap")) == ("none", None)


def test_an_oval_that_is_only_stroked_is_drawn_as_straight_pieces_around_its_centre() -> None:
    oval = circles(np.array([[30.0, 40.0]]), 8.0).transformed(Affine2D().scale(1, 0.5))
    drawn = stroked(oval)
    low, high = np.zeros(2), np.full(2, 100.0)
    pieces = np.asarray(clipped_segments(drawn.vertices, drawn.codes, low, high)).reshape(-1, 2)
    assert len(pieces) > 20
    np.testing.assert_allclose(np.hypot(*((pieces - [30, 80]) * [1, 2]).T), 8.0, atol=0.1)  # y grows downwards
