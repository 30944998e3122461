"""A filmstrip shows the frames themselves: pixel by pixel as PNG, as vectors in PDF and SVG; always the same bytes."""

from __future__ import annotations

import io
import re
import subprocess
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image
from support.commandline import run
from support.problems import composed, scene_of, solved

from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import LIGHT
from gdanim.output.filmstrip.strip import SETTLED, caption, choose_frames
from gdanim.output.filmstrip.strip_layout import StripLayout, header

VIEWS = {"curve": "parabola", "panels": "parabola", "contour": "himmelblau", "surface": "himmelblau", "fit": "linear"}
SVG = "{http://www.w3.org/2000/svg}"
EMBEDDED = ("-f", "filmstrip", "-q")


def strip(path, *options):
    ran = run("parabola", *EMBEDDED, "-o", path, *options)
    assert ran.code == 0, ran.err
    return path.read_bytes()


def kept_layout(monkeypatch, function, *options):
    """The layout of a strip that is written."""
    kept = []
    of = StripLayout.of
    monkeypatch.setattr(StripLayout, "of", lambda *given, **how: kept.append(of(*given, **how)) or kept[-1])
    ran = run(function, *EMBEDDED, *options)
    assert ran.code == 0, ran.err
    return kept[0]


def said(line):
    """What a live line says, without blanks where it is an equation."""
    text = "".join(text for text, _ in line._pieces)
    return re.sub(r"\s", "", text) if "=" in text else text


# --- moments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 3, 5, 12, 40])
def test_first_and_last_are_always_shown_and_none_twice(count):
    with scene_of(solved(iterations=25)) as scene:
        chosen = choose_frames(scene, count)
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(count, 26)
    assert chosen[-1] == 25
    assert chosen[0] == (0 if count > 1 else 25)


@pytest.mark.parametrize("lr", [0.05, 0.1, 0.3])
def test_a_run_is_seen_to_move_from_each_moment_to_the_next(lr):
    """On x² with bounds of width 12, x_k = 4.3 (1 − 2 lr)^k."""
    with scene_of(solved(lr=lr, iterations=60)) as scene:
        chosen = choose_frames(scene, 5)
    x = 4.3 * (1 - 2 * lr) ** np.array(chosen[:-1], dtype=float)
    assert (np.abs(x) > SETTLED * 12 / 2).all() or (np.abs(36 * (x / 6) ** 2) > SETTLED * 40 / 2).all()
    assert chosen[-1] == 60
    steps = np.diff(chosen[:-1])
    assert steps.max() - steps.min() <= 1


def test_frames_between_iterations_are_not_shown():
    with scene_of(solved(iterations=20, tween=4)) as scene:
        assert all(frame % 4 == 0 for frame in choose_frames(scene, 6))


def test_the_way_back_is_not_shown():
    with scene_of(solved(iterations=20, rewind=True)) as scene:
        assert choose_frames(scene, 4)[-1] == 20


def test_a_caption_is_the_iteration_and_the_run_where_they_go_in_turn():
    with scene_of(solved("double_well", starts=3, order="in-turn", seed=3, iterations=4)) as scene:
        said = [caption(scene.timeline.moment(frame), in_turn=True) for frame in (0, 4, 5, 14)]
    assert said == ["run 1, $k = 0$", "run 1, $k = 4$", "run 2, $k = 0$", "run 3, $k = 4$"]


# --- pictures --------------------------------------------------------------------------------------------------------


def _panels_of(tmp_path, view, frames):
    """The strip as pixels, and for each moment the same panel as the animation itself draws it."""
    size = {"panels": "900x900", "fit": "900x900"}.get(view, "900x400")
    descent = solved(VIEWS[view], view=view, iterations=6, size=size)
    kept = []
    of = StripLayout.of

    def keep(*given, **how):
        kept.append(of(*given, **how))
        return kept[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StripLayout, "of", keep)
        path = tmp_path / "strip.png"
        ran = run(VIEWS[view], *EMBEDDED, "--view", view, "-n", 6, "--size", size, "--frames", frames, "-o", path)
        assert ran.code == 0, ran.err
    (layout,) = kept
    return np.asarray(Image.open(path).convert("RGBA")), layout, descent


@pytest.mark.parametrize("view", VIEWS)
def test_each_panel_has_the_pixels_of_its_frame(view, tmp_path):
    pixels, layout, descent = _panels_of(tmp_path, view, 3)
    with scene_of(descent) as scene:
        chosen = choose_frames(scene, 3)
        frames = [picture.copy() for picture in composed(Raster(layout.panel))]
    x0, y0, x1, y1 = (round(edge) for edge in layout.box.extents)
    height = pixels.shape[0]
    for frame, place in zip(chosen, layout.places(), strict=True):
        panel = frames[frame]
        its = panel[len(panel) - y1 + 1 : len(panel) - y0 - 1, x0 + 1 : x1 - 1]
        right, up = round(place.left - layout.box.x0), round(place.bottom - layout.box.y0)
        found = pixels[height - up - y1 + 1 : height - up - y0 - 1, right + x0 + 1 : right + x1 - 1]
        # Coordinates that are moved are rounded anew: where an edge is blended, that may be seen in the last digit.
        assert np.abs(found.astype(int) - its).max() <= 2


@pytest.mark.parametrize("options", [("--size", "1600x400"), ("--size", "640x480"), ("--size", "500x900")])
def test_panels_stand_equally_far_apart_and_inside_the_strip(options, tmp_path, monkeypatch):
    layout = kept_layout(monkeypatch, "parabola", *options, "--frames", 5, "-o", tmp_path / "strip.png")
    places = list(layout.places())
    lefts = sorted({place.left for place in places})
    bottoms = sorted({place.bottom for place in places})
    for steps in (np.diff(lefts), np.diff(bottoms)):
        assert steps.size == 0 or steps.max() - steps.min() <= 1
    width, height = layout.size
    assert min(lefts) - layout.overhang[0] >= 0
    assert max(lefts) + layout.box.width + layout.overhang[2] <= width
    assert min(bottoms) - layout.overhang[1] >= 0
    assert max(bottoms) + layout.box.height < layout.top <= height
    if len(lefts) > 1:
        assert np.diff(lefts).min() > layout.box.width


@pytest.mark.parametrize("frames", [2, 5])
def test_side_panels_stand_below_the_function_and_are_large_enough_to_be_read(frames, tmp_path, monkeypatch):
    layout = kept_layout(
        monkeypatch, "parabola", "--view", "panels", "-n", 4, "--frames", frames, "-o", tmp_path / "s.png"
    )
    function, *series = (axes.bbox for axes in layout.panel.figure.axes)
    assert [box.y1 < function.y0 and box.x0 == function.x0 for box in series] == [True, True]
    assert min(min(box.size) for box in series) >= 80


def test_the_strip_of_a_surface_keeps_the_title(tmp_path, monkeypatch):
    options = "--view", "surface", "-n", 2, "--frames", 2, "--size", "800x200", "-o", tmp_path / "s.png"
    layout = kept_layout(monkeypatch, "himmelblau", *options)
    title, _ = header(layout.whole)  # and the readout
    assert title.get_text().startswith("Himmelblau")
    above = title.get_window_extent().y0 + layout.header_shift(0.0)[1]
    assert layout.top < above < 200


@pytest.mark.parametrize(("frames", "room_in_panels"), [(3, True), (10, False)])
def test_a_strip_says_once_by_which_method_how_it_ended_and_in_each_panel_its_step(
    frames, room_in_panels, tmp_path, monkeypatch
):
    # x shrinks by 0.8 with each iteration: 4.3 · 0.8²¹ is the first below 0.04.
    options = "--lr", 0.1, "--explain", "-n", 25, "--frames", frames, "--size", "1200x500", "-o", tmp_path / "s.png"
    layout = kept_layout(monkeypatch, "parabola", *options)
    layout.whole.update(25)
    captions = [mark for mark in header(layout.whole, has_all=layout.has_all) if isinstance(mark, Caption)]
    assert re.search("iteration 25 .* gd .*arrived at k 21", said(captions[0]))
    last = ["x₂₅=x₂₄−lr·f′(x₂₄)", "0.0162=0.0203−0.1·0.0406"]
    assert list(map(said, captions[1:])) == ([] if room_in_panels else last)
    if room_in_panels:
        layout.panel.update(0)
        assert list(map(said, layout.belonging)) == ["x₁=x₀−lr·f′(x₀)", "3.4400=4.3000−0.1·8.6000"]
        layout.panel.update(25)
        assert list(map(said, layout.belonging)) == last
        steps = np.diff([place.left for place in layout.places()])
        assert max(line.get_window_extent().width for line in layout.belonging) < steps.min()


def test_facets_in_a_strip_have_their_titles_at_each_moment_and_what_became_of_each_from_when_it_is_true(tmp_path):
    path = tmp_path / "strip.pdf"
    ran = run("parabola", *EMBEDDED, "--lr", 0.5, "--lr", 1.05, "--facet", "lr", "-n", 12, "--frames", 2, "-o", path)
    assert ran.code == 0, ran.err
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    shown = [line.split() for line in text.splitlines() if "lr" in line]
    # x_k = 4.3 (1 − 2 lr)^k is 0 from k = 1 on, and 4.3 · 1.1⁴ leaves the bounds at 6.
    assert list(map(" ".join, shown)) == ["lr 0.5 lr 1.05", "lr 0.5 arrived at k 1, f 0 lr 1.05 lost at 4: overshoots"]


# --- files -----------------------------------------------------------------------------------------------------------


def test_svg_is_well_formed_says_what_it_shows_and_holds_no_image(tmp_path):
    root = ET.fromstring(strip(tmp_path / "strip.svg", "--size", "1600x400"))
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}title").text == "f(x) = x²"
    assert "25 iterations" in root.find(f"{SVG}desc").text
    assert root.find(f"{SVG}metadata").text.startswith("# gdanim recipe\n")
    assert list(root.iter(f"{SVG}image")) == []
    assert [element for element in root.iter() if element.tag.endswith(("script", "text"))] == []


def test_every_id_that_an_svg_names_is_in_it_once(tmp_path):
    text = strip(tmp_path / "strip.svg").decode()
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', text)) <= {(i, "") for i in ids} | {("", i) for i in ids}


@pytest.mark.program("pdftotext")
@pytest.mark.program("pdfinfo")
def test_pdf_has_its_words_as_text_its_size_and_no_date(tmp_path):
    path = tmp_path / "strip.pdf"
    content = strip(path, "--size", "1600x400", "--dpi", 200)
    words = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    # In columns: pdftotext puts a blank after the sign of an equation.
    assert re.sub(r"\s", "", words).startswith("f(x)=x2") or "f(x)=x" in re.sub(r"\s", "", words)
    assert re.sub(r"\s", "", words).count("k=") == 5
    about = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True)
    assert about.stderr == ""
    assert "576 x 144 pts" in about.stdout  # 8 in × 2 in
    assert "Title:           f(x) = x²" in about.stdout
    assert "CreationDate" not in about.stdout
    assert b"/Subtype /Image" not in content


@pytest.mark.program("pdfimages")
def test_pdf_of_a_contour_holds_no_image(tmp_path):
    path = tmp_path / "strip.pdf"
    assert run("booth", *EMBEDDED, "-n", 3, "-o", path, "--frames", 2).code == 0
    listed = subprocess.run(["pdfimages", "-list", path], capture_output=True, text=True, check=True).stdout
    assert len(listed.splitlines()) == 2  # the head of an empty table


def test_png_has_the_size_that_was_asked_for(tmp_path):
    picture = Image.open(io.BytesIO(strip(tmp_path / "strip.png", "--size", "901x333")))
    assert picture.size == (901, 333)


def test_transparent_png_lets_the_page_show_through(tmp_path):
    picture = np.asarray(Image.open(io.BytesIO(strip(tmp_path / "strip.png", "--transparent"))))
    assert picture[0, 0, 3] == 0


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("-o", "strip.gif"), "writes .pdf, .svg or .png"),
        (("-o", "-"), "writes .pdf, .svg or .png"),
        (
            ("-o", "strip.pdf", "--facet", "lr", "--lr", "0.1", "--lr", "0.2", "--size", "600x400"),
            "has no room for 5 moments",
        ),
        (("-o", "strip.pdf", "--frames", "48", "--size", "600x400"), "has no room for"),
        (("-o", "strip.pdf", "--view", "panels", "--size", "900x400"), "has no room for 5 moments with 3 axes of 80"),
        (("-o", "strip.pdf", "--quality", "low"), "--quality 'low'"),
        (("-o", "strip.pdf", "--frames", "0"), "--frames '0'"),
    ],
)
def test_what_makes_no_strip_is_refused_in_one_line_and_nothing_is_written(options, complaint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = run("parabola", "-n", "60", "-f", "filmstrip", *options)
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert complaint in ran.err
    assert list(tmp_path.iterdir()) == []


def test_frames_go_with_a_filmstrip_only(tmp_path):
    ran = run("parabola", "--frames", 3, "-o", tmp_path / "a.gif")
    assert ran.code == 2
    assert "--frames goes with filmstrip, not with gif" in ran.err


@pytest.mark.parametrize("function", ["parabola", "himmelblau"])
def test_an_explained_step_is_drawn_in_every_panel(function, tmp_path):
    def inked(name, *options):
        """The numbers of pixels in the colours of a slope and of a step, left and right half."""
        ran = run(function, *EMBEDDED, "-n", 6, "--frames", 2, *options, "-o", tmp_path / name)
        assert ran.code == 0, ran.err
        pixels = np.asarray(Image.open(tmp_path / name).convert("RGB"))
        halves = np.array_split(pixels, 2, axis=1)
        inks = [tuple(bytes.fromhex(ink[1:])) for ink in (LIGHT.f_series, LIGHT.x_series)]
        return [[int(np.all(half == ink, axis=2).sum()) for ink in inks] for half in halves]

    assert np.array(inked("plain.png")).max() <= 3  # blended edges
    found = np.array(inked("explained.png", "--explain"))
    assert found[:, 0].min() > 10  # slope
    assert found[0, 1] > 10  # step
