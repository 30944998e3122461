"""--explain: the tangent is a tangent, the step is the step, and what is written follows from the shown digits."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.commandline import crossed
from support.problems import composed, redrawn, scene_of, solved

from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.marks.tangent import StepAlong, Tangent
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import load_style
from gdanim.errors import UsageError
from gdanim.rendering import draw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gdanim.descent.descend import Descent
    from gdanim.drawing.scene import Scene

SLACK = Decimal("1.000001")  # for the binary fractions behind the numbers
NUMBER = r"−?\d+(?:\.\d+)?(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"
CASES: dict[str, dict[str, Any]] = {
    "gd": {"lr": 0.1},
    "both sides": {"lr": 0.9},
    "adam": {"optimizer": ("adam",)},
    "momentum": {"optimizer": ("momentum",), "iterations": 40},
    "noise": {"lr": 0.1, "noise": 2.0},
    "cosine": {"lr": 0.4, "schedule": ("cosine",)},
    "tiny": {"function": "x**4", "start": 0.05, "lr": 0.1},
    "diverging": {"lr": 1.05, "iterations": 30},
    "small": {"function": "double_well", "size": "250x180"},
    "two variables": {"function": "rosenbrock", "iterations": 40},
    "two variables, small": {"function": "himmelblau", "size": "320x240"},
    "two variables, adam": {"function": "booth", "optimizer": ("adam",)},
}
each_case = pytest.mark.parametrize("case", CASES)


def explained(**options: Any) -> Descent:
    return solved(**{"function": "parabola", "explain": True, "size": "640x480", **options})


def line(scene: Scene) -> Caption:
    """The caption with the update: it comes after the readout."""
    return [mark for mark in scene.marks if isinstance(mark, Caption) and not mark.plate][-1]


def words(scene: Scene, frame: int) -> str:
    return "".join(text for text, _ in line(scene).pieces_at(scene.timeline.moment(frame)))


def number(text: str) -> Decimal:
    digits, _, power = text.replace("−", "-").partition("×10")
    return Decimal(digits).scaleb(int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0))


def half_unit(text: str) -> Decimal:
    """Half of what the last shown digit is worth."""
    exponent = number(text).as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(1).scaleb(exponent) / 2


class Equation:
    """The printed numbers of an update, as texts: before, after, rate and gradient, or step."""

    def __init__(self, text: str, dim: int) -> None:
        text = text.replace("\u2007", "").replace("\u2006", "")
        name, equation = text.split(" = ", 1)
        self.index = int("".join(str("₀₁₂₃₄₅₆₇₈₉".index(sign)) for sign in re.findall("[₀-₉]", name)))
        left, self.sign, right = re.split("( [=≈] )", equation)
        self.after = re.findall(NUMBER, right)
        before, joint, change = re.split(r" ([+−]) ", left, maxsplit=1)
        self.before = re.findall(NUMBER, before)
        factor = -1 if joint == "−" else 1
        self.rate: str
        self.rate, _, rest = change.rpartition(" · ")
        self.change = re.findall(NUMBER, rest)
        self.factor = factor * (number(self.rate) if self.rate else Decimal(1))
        assert len(self.before) == len(self.after) == len(self.change) == dim


@cache
def told(case: str) -> tuple[Descent, list[str], NDArray[np.float64]]:
    """A descent, and for each frame the line of its update, and where its pieces end, in pixels (frames, pieces)."""
    descent = explained(**CASES[case])
    with scene_of(descent) as scene:
        caption = line(scene)
        pieces = [caption.pieces_at(scene.timeline.moment(frame)) for frame in range(scene.timeline.frames)]
        ends = [np.cumsum([caption.lettering.width(text) for text, _ in each]) for each in pieces]
    return descent, ["".join(text for text, _ in each) for each in pieces], np.array(ends)


@each_case
def test_the_printed_numbers_are_those_of_the_trajectory_rounded(case: str) -> None:
    descent, lines, _ = told(case)
    trajectory, dim = descent.trajectory, descent.objective.dim
    for k in range(int(trajectory.last[0])):
        shown = Equation(lines[k], dim)
        assert shown.index == k + 1
        before, after, grad = trajectory.x[0, k], trajectory.x[0, k + 1], trajectory.grad[0, k]
        change = grad if shown.rate else (after - before) * float(shown.factor)
        for texts, true in ((shown.before, before), (shown.after, after), (shown.change, change)):
            for text, value in zip(texts, true.tolist(), strict=True):
                assert abs(number(text) - Decimal(value)) <= half_unit(text) * SLACK


@each_case
def test_an_equation_holds_to_its_last_digit_and_an_approximation_to_rounding(case: str) -> None:
    descent, lines, _ = told(case)
    signs = set()
    for k in range(int(descent.trajectory.last[0])):
        shown = Equation(lines[k], descent.objective.dim)
        exact = []
        for before, change, after in zip(shown.before, shown.change, shown.after, strict=True):
            error = abs(number(before) + shown.factor * number(change) - number(after))
            exact.append(error <= half_unit(after))
            rounding = half_unit(before) + half_unit(after) + abs(shown.factor) * half_unit(change)
            if shown.rate:
                rounding += half_unit(shown.rate) * abs(number(change))
            assert error <= rounding * SLACK
        assert (shown.sign == " = ") == all(exact)
        signs.add(shown.sign)
    assert " = " in signs


def test_the_first_update_of_the_parabola_reads_as_on_a_blackboard() -> None:
    with scene_of(explained(lr=0.1, iterations=9)) as scene:
        assert words(scene, 0) == "x₁ = 4.3000 − 0.1 · 8.6000 = 3.4400"
    with scene_of(explained(optimizer=("adam",), iterations=9, lr=0.12)) as scene:
        assert words(scene, 0) == "x₁ = 4.3000 − 0.1200 = 4.1800"
    with scene_of(explained(lr=0.1, start=-4.3, iterations=9)) as scene:
        assert words(scene, 0) == "x₁ = −4.3000 − 0.1 · (−8.6000) = −3.4400"
    with scene_of(explained(function="booth", lr=0.02, start="-8,2", iterations=1)) as scene:
        # ∇f = (2(x+2y−7) + 4(2x+y−5), 4(x+2y−7) + 2(2x+y−5)) = (−98, −82)
        assert words(scene, 0) == "(x, y)₁ = (−8.0000, 2.0000) − 0.02 · (−98.0000, −82.0000) = (−6.0400, 3.6400)"


@pytest.mark.parametrize(
    ("options", "by_gradient"),
    [
        ({"lr": 0.1}, True),
        ({"lr": 0.1, "schedule": ("cosine",)}, True),
        ({"lr": 0.1, "optimizer": ("momentum:momentum=0",)}, True),
        ({"lr": 0.1, "noise": 1.0}, False),
        ({"lr": 0.1, "optimizer": ("momentum",)}, False),
        ({"optimizer": ("signsgd",)}, False),
    ],
)
def test_rate_and_gradient_are_written_only_where_they_make_the_step(
    options: dict[str, Any], by_gradient: bool
) -> None:
    with scene_of(explained(**options)) as scene:
        assert (" · " in words(scene, 0)) == by_gradient


def test_the_last_frame_shows_the_last_update() -> None:
    with scene_of(explained(iterations=12)) as scene:
        assert words(scene, 12) == words(scene, 11)
        assert Equation(words(scene, 12), 1).index == 12


def test_a_run_without_a_step_has_a_tangent_and_no_equation() -> None:
    with scene_of(explained(iterations=0)) as scene:
        assert sum(isinstance(mark, Caption) for mark in scene.marks) == 1
        scene.update(0)
        assert next(mark for mark in scene.marks if isinstance(mark, StepAlong)).way() is None


@each_case
def test_no_digit_moves(case: str) -> None:
    _, lines, ends = told(case)
    # Where a number goes over to an exponent, its e is up to a pixel narrower than a digit.
    has_exponents = any("×" in line for line in lines)
    assert np.ptp(ends, axis=0).max() <= (4 if has_exponents else 0)


@pytest.mark.parametrize("function", ["parabola", "double_well", "sin(3*x) + x**2/4", "exp(x) - 2*x"])
def test_the_tangent_passes_through_the_point_with_the_slope_of_the_function(function: str) -> None:
    descent = explained(function=function, iterations=10)
    f = descent.objective.value
    with scene_of(descent) as scene:
        tangent = next(mark for mark in scene.marks if isinstance(mark, Tangent))
        (axes,) = scene.figure.axes
        for k in range(11):
            scene.update(k)
            (x0, y0), (x1, y1) = axes.transData.inverted().transform(tangent.ends_of(0))
            x, h = descent.trajectory.x[0, k], 1e-6
            numeric = float((f(x + h) - f(x - h)) / (2 * h))
            assert (y1 - y0) / (x1 - x0) == pytest.approx(numeric, rel=1e-6, abs=1e-6)
            assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx((float(x[0]), float(f(x))), rel=1e-9, abs=1e-9)


def test_the_tangent_is_as_long_at_every_slope() -> None:
    with scene_of(explained(function="double_well", iterations=20)) as scene:
        tangent = next(mark for mark in scene.marks if isinstance(mark, Tangent))
        lengths = []
        for k in range(21):
            scene.update(k)
            lengths.append(float(np.hypot(*np.diff(tangent.ends_of(0), axis=0)[0])))
        assert np.ptp(lengths) < 1e-6
        assert min(lengths) > 50


def test_the_step_leads_along_x_to_the_next_point() -> None:
    descent = explained(lr=0.9, iterations=8)
    x, f = descent.trajectory.x[0, :, 0], descent.trajectory.f[0]
    with scene_of(descent) as scene:
        step = next(mark for mark in scene.marks if isinstance(mark, StepAlong))
        (axes,) = scene.figure.axes
        for k in range(8):
            scene.update(k)
            way = step.way()
            assert way is not None
            expected = [(x[k], f[k]), (x[k + 1], f[k]), (x[k + 1], f[k + 1])]
            np.testing.assert_allclose(axes.transData.inverted().transform(way), expected, atol=1e-9)
        scene.update(8)
        assert step.way() is None


OF_ONE_VARIABLE: tuple[dict[str, Any], ...] = (
    {},
    {"lr": 0.9, "style": "dark"},
    {"lr": 1.05},
    {"optimizer": ("momentum",), "tween": 3},
    {"xlim": "-1,3", "ylim": "2,12"},
    {"function": "double_well", "starts": 3, "order": "in-turn"},
    {"function": "quartic", "lr": 0.6},
    {"arrows": "gradient"},
)


@pytest.mark.parametrize(("view", "options"), crossed(["curve", "panels"], OF_ONE_VARIABLE))
def test_composed_boxes_equal_a_full_redraw_in_one_variable(view: str, options: dict[str, Any]) -> None:
    check_against_redraw(view=view, **options)


@pytest.mark.parametrize(
    "options",
    [
        {"function": "himmelblau"},
        {"function": "rosenbrock", "style": "dark", "tween": 2},
        {"function": "booth", "lr": 0.12},
        {"function": "booth", "starts": 3, "order": "in-turn", "arrows": "step"},
    ],
)
def test_composed_boxes_equal_a_full_redraw_in_two_variables(options: dict[str, Any]) -> None:
    check_against_redraw(**options)


def check_against_redraw(**options: Any) -> None:
    with scene_of(explained(**{"size": "320x240", "iterations": 6, **options})) as scene:
        for i, picture in enumerate(composed(Raster(scene))):
            kept = picture.copy()
            if i % 3 == 1 or i == scene.timeline.frames - 1:
                scene.update(i)
                assert np.array_equal(kept, redrawn(scene, i)), f"frame {i}"


@pytest.mark.parametrize("function", ["parabola", "himmelblau"])
def test_several_runs_at_once_are_refused_before_anything_is_drawn(function: str) -> None:
    descent = explained(function=function, lr=(0.01, 0.02))
    with load_style("light").applied(), pytest.raises(UsageError, match="explains one run: give one --lr, or --order"):
        draw(descent)


def test_of_runs_in_turn_the_current_one_is_explained() -> None:
    descent = explained(function="double_well", starts=3, order="in-turn", iterations=5)
    with scene_of(descent) as scene:
        for run in range(3):
            opens = 6 * run
            assert scene.timeline.moment(opens).current == run
            (shown,) = Equation(words(scene, opens + 2), 1).before
            assert float(number(shown)) == pytest.approx(descent.trajectory.x[run, 2, 0], abs=6e-5)
