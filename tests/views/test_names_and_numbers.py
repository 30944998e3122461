"""Titles that name the function, the bar of the limit, and numbers that neither jump nor stand still."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.colours import contrast
from support.extents import lines_of, live
from support.problems import scene_of, solved

from gdanim.catalogue.functions import FORMULAS
from gdanim.descent.stability import ratio_text
from gdanim.drawing.lettering import HAIR, Lettering, minus
from gdanim.drawing.styles import DARK, LIGHT, load_style

if TYPE_CHECKING:
    from gdanim.drawing.scene import Scene

Pieces = list[tuple[str, str]]


def title_of(function: str, width: int) -> str:
    with scene_of(solved(function, iterations=1, size=f"{width}x240", dpi=100)) as scene:
        found = [text for text in scene.figure.texts if text.get_text()]
        assert all(text.get_window_extent().x1 <= width for text in found)
        return found[0].get_text()


WIDTHS = (240, 320, 400, 480, 560, 640, 800, 1280)


def test_a_title_has_the_name_and_as_much_of_the_formula_as_fits() -> None:
    name, formula = "Rosenbrock", "$f(x, y) = 100(y - x^{2})^{2} + (1 - x)^{2}$"
    forms = list(dict.fromkeys(title_of("rosenbrock", width) for width in WIDTHS))
    assert (forms[0], forms[-1]) == (name, f"{name}   {formula}")
    assert all(form.startswith(name) for form in forms)
    assert sorted(forms, key=len) == forms
    # Its formula is longer than any of these pictures is wide.
    for width in WIDTHS[:-1]:
        assert title_of("goldstein_price", width).startswith("Goldstein–Price")


def test_a_picture_says_that_gradients_are_noisy() -> None:
    for rates in ((0.1,), (0.1, 0.2)):
        with scene_of(solved("parabola", iterations=2, lr=rates, noise=2.5)) as scene:
            assert "noise 2.5" in " ".join(live(scene, 1))


def test_a_typed_formula_has_no_name() -> None:
    assert {title_of("x**2 + y**2", width) for width in (320, 640)} == {"$f(x, y) = x^{2} + y^{2}$"}


def test_every_function_of_the_catalogue_has_a_title_for_people() -> None:
    for row in FORMULAS:
        title = solved(row.name, iterations=0).objective.title
        assert title[0].isupper(), title
        assert not set(title) & set("_$\\"), title


@cache
def readout_of(**options: Any) -> tuple[list[Pieces], Lettering]:
    """The pieces of the readout at each frame."""
    with scene_of(solved(**{"size": "640x480", **options})) as scene:
        line = lines_of(scene)[0]
        return [list(line.pieces_at(scene.timeline.moment(i))) for i in range(scene.timeline.frames)], line.lettering


@pytest.mark.parametrize(
    "options",
    [
        {"function": "parabola", "lr": 0.95},
        {"function": "parabola", "lr": 0.3, "iterations": 40},
        {"function": "quartic", "lr": 0.05, "start": -1.8},
        {"function": "rosenbrock", "iterations": 30},
        {"function": "x**2 + 1e6", "lr": 0.3, "iterations": 30},
    ],
)
def test_every_number_begins_behind_its_name_and_never_moves(options: dict[str, Any]) -> None:
    frames, lettering = readout_of(**options)
    ends = [tuple(np.cumsum([lettering.width(text) for text, _ in pieces])) for pieces in frames]
    numbers = min(map(len, ends)) - 1  # what became of the run is said behind them, in words of any length
    assert numbers >= 6
    assert len({end[:numbers] for end in ends}) == 1
    for pieces in frames:
        names = [text for text, colour in pieces[:numbers:2] if colour == LIGHT.muted]
        assert all(name.endswith(" ") and not name.endswith("  ") for name in names if name.strip())


def values_of(frames: list[Pieces], name: str) -> list[str]:
    lines = ["".join(text for text, _ in pieces) for pieces in frames]
    found = [re.search(rf"{re.escape(name)}(?: [−+] \S+)? (\S+)", line.replace("\u2007", "")) for line in lines]
    return [match[1] for match in found if match]


@pytest.mark.parametrize("constant", ["1e6", "1234567.891", "-4e8", "777"])
def test_a_readout_goes_on_changing_while_f_does_on_a_large_constant(constant: str) -> None:
    lr, iterations = 0.1, 40  # f − c falls by 0.64 a step, from 18.49 to 3·10⁻⁷
    options = {"function": f"x**2 + {constant}", "start": 4.3, "lr": lr, "iterations": iterations}
    frames, _ = readout_of(**options)
    f = solved(**options).trajectory.f[0]
    shown = values_of(frames, "f(x)")
    assert len(shown) == len(f)
    changed = np.flatnonzero(np.diff(f))
    frozen = [k for k in changed if shown[k] == shown[k + 1]]
    assert len(frozen) <= len(changed) / 4


def bar_of(**options: Any) -> Pieces:
    frames, _ = readout_of(**{"function": "parabola", "iterations": 3, "size": "1280x960", "dpi": 120, **options})
    return [(text, colour) for text, colour in frames[0] if text and set(text) <= set("━╸╋")]


@pytest.mark.parametrize("style", [LIGHT, DARK])
def test_the_bar_of_the_limit_is_filled_as_far_as_the_rate_reaches(style: Any) -> None:
    # f = x² has λ = 2: the limit 2/λ is 1, and the share is the rate.
    def filled(lr: float) -> int:  # half cells
        (done, colour), *rest = bar_of(lr=lr, style=style.name)
        assert colour == style.muted
        assert len(done) + sum(len(text) for text, _ in rest) == 10
        assert all(contrast(colour, style.muted) >= 2 for _, colour in rest)
        return 2 * done.count("━") + done.count("╸")

    assert [filled(lr) for lr in (0.1, 0.35, 0.5, 0.96, 0.9999)] == [2, 7, 10, 19, 19]


@pytest.mark.parametrize("style", ["notebook", "ggplot", "dark_background"])
def test_in_borrowed_styles_too_what_a_rate_leaves_of_its_bar_is_seen_and_told_from_the_rest(style: str) -> None:
    (_, filled), (_, rest) = bar_of(lr=0.5, style=style)
    assert contrast(rest, filled) >= 2
    assert contrast(rest, load_style(style).background) >= 1.4


def test_beyond_the_limit_the_bar_goes_on_in_the_colour_of_warnings() -> None:
    for lr, over in ((1.05, 1), (1.15, 2), (40, 3)):
        pieces = bar_of(lr=lr)
        assert "".join(text for text, _ in pieces) == "━" * 10 + "╋" + "━" * over
        assert len({colour for _, colour in pieces} - {LIGHT.muted}) == 1


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(0.1, "10 %"), (1.05, "105 %"), (0.998, "99.8 %"), (1.0001, "100.01 %"), (1, "100 %"), (0.003, "0.3 %"),
     (1e-7, "10⁻⁵ %"), (250, "2×10⁴ %")],
)  # fmt: skip
def test_a_share_of_the_limit_is_never_rounded_to_the_limit(ratio: float, text: str) -> None:
    assert minus(ratio_text(ratio)) == text


def test_powers_are_written_as_powers() -> None:
    assert minus("lr 1e-05, eps=2.5e+08") == "lr 10⁻⁵, eps=2.5×10⁸"
    assert minus("1.00e-04") == "1.00×10⁻⁴"
    assert minus("the-1e5x") == "the−1e5x"


def log_axis(scene: Scene) -> tuple[float, float]:
    axes = next(one for one in scene.figure.axes if one.get_ylabel() == "$f - f^*$")
    assert axes.get_yscale() == "log"
    low, high = axes.get_ylim()
    return low, high


def test_a_log_axis_ends_at_the_rounding_of_the_values() -> None:
    # L-BFGS falls below 10⁻²⁰⁰ on a quadratic.
    descent = solved("ellipse", view="panels", optimizer=("lbfgs", "gd"))
    assert descent.trajectory.f[0].min() < 1e-100
    with scene_of(descent) as scene:
        low, high = log_axis(scene)
    assert 1e-18 < low / high < 1e-15  # whole powers of ten around twice the 53 bits of a float
    # f* = −1.9132…: what is left of f − f* near it is rounding.
    descent = solved("mccormick", view="panels", iterations=400)
    with scene_of(descent) as scene:
        low, _ = log_axis(scene)
    assert low >= 1e-16


def test_a_hair_is_a_pixel() -> None:
    lettering = Lettering(size_pt=9.5, dpi=100)
    assert lettering.width(f"x{HAIR * 7}y") == lettering.width("xy") + 7
