"""Lettering against matplotlib's own text, and the promise that digits keep their places."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import IdentityTransform
from support.problems import scene_of, solved

from gdanim.drawing.lettering import Lettering
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import LIGHT, Style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gdanim.drawing.scene import Scene

OPEN_FILES = Path("/proc/self/fd")
SIZES = [(9.5, 100.0), (7.0, 72.0), (14.0, 180.0), (9.5, 34.7)]
INK = "#204080"

each_size = pytest.mark.parametrize(("size_pt", "dpi"), SIZES)


def lettering_at(size_pt: float, dpi: float, style: Style = LIGHT) -> Lettering:
    with style.applied():
        return Lettering(size_pt=size_pt, dpi=dpi)


def ink(text: str, lettering: Lettering) -> NDArray[np.float64]:
    """How much ink of a text lies on each pixel, from 0 to 1."""
    return lettering.image((text, INK))[..., 3] / 255


def matplotlib_ink(text: str, size_pt: float, dpi: float, style: Style = LIGHT) -> NDArray[np.float64]:
    """The same from matplotlib, with room around it."""
    with style.applied():
        figure = Figure(figsize=(600 / dpi, 100 / dpi), dpi=dpi)
        # On whole pixels, where ours stands as well.
        figure.text(20, 40, text, fontsize=size_pt, color="black", parse_math=False, transform=IdentityTransform())
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return 1 - np.asarray(canvas.buffer_rgba())[..., 0] / 255


def cropped(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
    return picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def likeness(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """The correlation of two pictures' ink where they match best, one pixel of shift either way allowed."""
    height, width = max(a.shape[0], b.shape[0]) + 2, max(a.shape[1], b.shape[1]) + 2
    here = np.zeros((height, width))
    here[1 : 1 + a.shape[0], 1 : 1 + a.shape[1]] = a
    best = 0.0
    for down in range(height - b.shape[0] + 1):
        for across in range(width - b.shape[1] + 1):
            there = np.zeros_like(here)
            there[down : down + b.shape[0], across : across + b.shape[1]] = b
            best = max(best, float(np.corrcoef(here.ravel(), there.ravel())[0, 1]))
    return best


@each_size
def test_digits_sign_and_figure_space_are_equally_wide(size_pt: float, dpi: float) -> None:
    lettering = lettering_at(size_pt, dpi)
    assert len({lettering.width(digit) for digit in "0123456789−\u2007"}) == 1


@settings(deadline=None)
@given(st.floats(-9999, 9999), st.floats(-9999, 9999), st.sampled_from(SIZES))
def test_numbers_of_equal_form_have_their_digits_at_the_same_places(
    a: float, b: float, size: tuple[float, float]
) -> None:
    lettering = lettering_at(*size)
    one, other = (f"{number:\u2007=10.4f}".replace("-", "−") for number in (a, b))
    places = [[lettering.width(text[:i]) for i in range(len(text) + 1)] for text in (one, other)]
    assert places[0] == places[1]


@each_size
def test_a_digit_paints_the_same_pixels_wherever_its_neighbours_change(size_pt: float, dpi: float) -> None:
    lettering = lettering_at(size_pt, dpi)
    step = lettering.width("0")
    before, after = ink("1.0471", lettering), ink("1.0472", lettering)
    # A glyph may reach one pixel to the left of its pen.
    assert np.array_equal(before[:, : -step - 1], after[:, : -step - 1])
    assert not np.array_equal(before[:, -step:], after[:, -step:])


@each_size
@pytest.mark.parametrize("text", ["iteration", "f(x)", "lr", "diverged", "0.3582", "46.5892", "2.64e", "Ag"])
def test_glyphs_resemble_those_of_matplotlib(text: str, size_pt: float, dpi: float) -> None:
    ours, theirs = ink(text, Lettering(size_pt=size_pt, dpi=dpi)), matplotlib_ink(text, size_pt, dpi)
    ours, theirs = cropped(ours), cropped(theirs)
    assert abs(np.subtract(ours.shape, theirs.shape)).max() <= 1
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.1)
    assert likeness(ours, theirs) > 0.95


@pytest.mark.parametrize(
    "rc",
    [
        {"font.family": "serif"},
        {"font.family": "monospace"},
        {"font.weight": "bold"},
        {"font.style": "italic"},
        {"font.family": "sans-serif", "font.sans-serif": ["No Such Font", "STIXGeneral", "DejaVu Sans"]},
        {"font.family": "cmr10", "axes.formatter.use_mathtext": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("text", ["iteration", "lr", "2.64", "(Ag)"])
def test_letters_are_those_of_the_style(rc: Mapping[str, Any], text: str) -> None:
    style = replace(LIGHT, rc=rc)
    # The blank gives room to an oblique letter, which leans out of its own width.
    ours, theirs = cropped(ink(f"{text} ", lettering_at(14, 180, style))), cropped(matplotlib_ink(text, 14, 180, style))
    assert abs(np.subtract(ours.shape, theirs.shape)).max() <= 2
    assert likeness(ours, theirs) > 0.9


@pytest.mark.parametrize("family", ["serif", "monospace", "cmr10", "STIXGeneral"])
def test_every_font_has_signs_and_digits_that_keep_their_places(family: str) -> None:
    lettering = lettering_at(9.5, 100, replace(LIGHT, rc={"font.family": family, "axes.formatter.use_mathtext": True}))
    assert len({lettering.width(figure) for figure in "0123456789−\u2007"}) == 1
    minus = cropped(ink("−", lettering))
    assert minus.shape[1] > 2 * minus.shape[0]  # cmr10 has none, and would draw a box
    assert not ink("\u2007", lettering).any()


@each_size
def test_no_letter_is_cut_off(size_pt: float, dpi: float) -> None:
    lettering = lettering_at(size_pt, dpi)
    for letter in "fgjpqyQÂ()|0−.,%ABCdlr":
        with_room = ink(f"  {letter}  ", lettering)
        alone = cropped(ink(f"  {letter}  ", lettering)).sum()
        assert with_room.sum() == pytest.approx(alone)
        assert alone == pytest.approx(matplotlib_ink(letter, size_pt, dpi).sum(), rel=0.15), letter


def test_pieces_have_their_own_colours_and_follow_one_another() -> None:
    lettering = Lettering(size_pt=10, dpi=100)
    image = lettering.image(("x ", "#ff0000"), ("12", "#0000ff"))
    middle = lettering.width("x ")
    assert image.shape == (lettering.ascent + lettering.descent, middle + lettering.width("12"), 4)
    assert (image[:, :middle, :3] == (255, 0, 0)).all()
    assert (image[:, middle:, :3] == (0, 0, 255)).all()
    assert np.array_equal(image[:, middle:, 3], lettering.image(("12", "#000000"))[..., 3])


@each_size
def test_the_minus_touches_neither_neighbour(size_pt: float, dpi: float) -> None:
    lettering = lettering_at(size_pt, dpi)
    apart = ink("1", lettering).sum() + ink(" − ", lettering).sum() + ink("4", lettering).sum()
    assert ink("1−4", lettering).sum() == pytest.approx(apart, rel=0.02)


def test_letters_and_digits_stand_on_one_baseline() -> None:
    for size_pt, dpi in SIZES:
        lettering = lettering_at(size_pt, dpi)
        feet = {
            text: int(np.flatnonzero((ink(text, lettering) > 0.3).any(axis=1))[-1]) for text in ("x", "lr", "1", "e2")
        }
        assert set(feet.values()) == {lettering.ascent - 1}, feet


def test_no_text_is_an_empty_image() -> None:
    assert not Lettering(size_pt=10, dpi=100).image(("", INK))[..., 3].any()


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="open files are listed on Linux alone")
def test_pictures_of_one_size_share_their_open_fonts() -> None:
    # A process may have 256 files open on some systems, and what holds them is not freed at once.
    def open_files() -> int:
        with scene_of(solved(size="160x120", iterations=1)) as scene:
            next(iter(Raster(scene).frames()))
            kept.append(scene)
        return len(list(OPEN_FILES.iterdir()))

    kept: list[Scene] = []
    open_files()
    assert open_files() == open_files()


def test_type_grows_with_the_resolution() -> None:
    once, twice = (Lettering(size_pt=10, dpi=dpi) for dpi in (100, 200))
    assert twice.width("iteration 12") == pytest.approx(2 * once.width("iteration 12"), abs=6)
    assert twice.ascent == pytest.approx(2 * once.ascent, abs=2)
