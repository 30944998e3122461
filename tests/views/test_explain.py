"""--explain: the tangent is a tangent, the step is the step, and what is written follows from the shown digits."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.colours import contrast
from support.commandline import crossed
from support.problems import check_against_redraw, scene_of, solved

from gdanim.catalogue import optimizers as catalogue
from gdanim.drawing.marks.arrows import Arrows, OpenArrows
from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.marks.spots import Spots
from gdanim.drawing.marks.tangent import StepAlong, StepEnds, Tangent
from gdanim.drawing.styles import load_style
from gdanim.errors import UsageError
from gdanim.rendering import draw

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from gdanim.descent.descend import Descent
    from gdanim.drawing.scene import Scene

SLACK = Decimal("1.000001")  # for the binary fractions behind the numbers
NUMBER = r"(?<![×\d.])10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|−?\d+(?:\.\d+)?(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"
SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
BLANKS = str.maketrans("", "", "\u2007\u2006\u200a")
METHODS = [row.name for row in catalogue.METHODS]
SPECIAL = [
    "momentum:dampening=0.3",
    "rmsprop:momentum=0.5,centered=yes",
    "adagrad:lr_decay=0.1",
    "lion:weight_decay=0.1",
]
SPECIAL += ["gd:weight_decay=0.2", "adam:weight_decay=0.1", "newton:damping=0.1", "qhadam:nu2=0.5"]
CASES: dict[str, dict[str, Any]] = {
    "gd": {"lr": 0.1},
    "both sides": {"lr": 0.9},
    "noise": {"lr": 0.1, "noise": 2.0},
    "cosine": {"lr": 0.4, "schedule": ("cosine",)},
    "tiny": {"function": "x**4", "start": 0.05, "lr": 0.1},
    "diverging": {"lr": 1.05, "iterations": 30},
    "small": {"function": "double_well", "size": "250x180"},
    "two variables": {"function": "rosenbrock", "iterations": 40},
    "two variables, small": {"function": "himmelblau", "size": "320x240"},
    **{f"{method}, one variable": {"function": "double_well", "optimizer": (method,), "iterations": 9}
       for method in (*METHODS, *SPECIAL)},
    **{f"{method}, two variables": {"function": "rosenbrock", "optimizer": (method,), "iterations": 4}
       for method in (*METHODS[::3], *SPECIAL[1::4])},
}  # fmt: skip
each_case = pytest.mark.parametrize("case", CASES)


def explained(**options: Any) -> Descent:
    return solved(**{"function": "parabola", "explain": True, "size": "640x480", **options})


def lines_of(scene: Scene) -> list[Caption]:
    """The captions with the update: they come after the readout."""
    captions = [mark for mark in scene.marks if isinstance(mark, Caption) and not mark.plate]
    return [one for one in captions if one.pieces_at(scene.timeline.moment(0)) and _is_of_update(scene, one)]


def _is_of_update(scene: Scene, caption: Caption) -> bool:
    return "iteration" not in "".join(text for text, _ in caption.pieces_at(scene.timeline.moment(0)))


def words(scene: Scene, frame: int, line: int = 1) -> str:
    pieces = lines_of(scene)[line].pieces_at(scene.timeline.moment(frame))
    return re.sub(r"\s+", " ", "".join(text for text, _ in pieces).translate(BLANKS)).strip()


def number(text: str) -> Decimal:
    digits, _, power = text.replace("−", "-").partition("×10")
    if digits.startswith("10") and digits[2:3] in "⁻⁰¹²³⁴⁵⁶⁷⁸⁹" and digits[2:]:
        digits, power = "1", digits[2:]
    return Decimal(digits).scaleb(int(power.translate(SUPERSCRIPT) or 0))


def half_unit(text: str) -> Decimal:
    """Half of what the last shown digit is worth; nothing for a number that is given in full, such as a rate."""
    exponent = number(text).as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(1).scaleb(exponent) / 2


class Sum:
    """What a line of numbers says of one coordinate: the result, its sign, and the sum, worked out by Python."""

    def __init__(self, text: str, coordinate: int) -> None:
        text = re.sub(r"\(\s*([^(),]+), *([^(),]+)\)", lambda pair: pair[coordinate + 1], text)
        self.after, self.sign, self.text = re.split(" *([=≈]) *", text)
        self.numbers = re.findall(NUMBER, re.sub(r"(?<=\d) − ", " - ", self.text))

    def value(self, place: int = -1, off: Decimal = Decimal(0)) -> Decimal:
        """The sum, with one of its numbers moved."""
        values = [number(text) + (off if i == place else 0) for i, text in enumerate(self.numbers)]
        taken = iter(f"Decimal('{value}')" for value in values)
        code = re.sub(NUMBER, lambda found: next(taken), re.sub(r"(?<=[\d)⁰-⁹¹²³]) − ", " - ", self.text))
        return Decimal(eval(code.replace("·", "*").replace("−", "-"), {"Decimal": Decimal}))

    def slack(self) -> Decimal:
        """How far rounding of the shown numbers moves the sum, to first order."""
        total, here = Decimal(0), self.value()
        for i, text in enumerate(self.numbers):
            h = half_unit(text)
            total += max(abs(self.value(i, h) - here), abs(self.value(i, -h) - here))
        return total * Decimal("1.05")


@cache
def told(case: str) -> tuple[Descent, list[list[str]], NDArray[np.float64], float]:
    """A descent; for each frame the lines of its update; where their pieces end (frames, pieces); the size."""
    descent = explained(**CASES[case])
    with scene_of(descent) as scene:
        captions = lines_of(scene)
        moments = [scene.timeline.moment(frame) for frame in range(scene.timeline.frames)]
        pieces = [[caption.pieces_at(moment) for caption in captions] for moment in moments]
        width = captions[0].lettering.width
        ends = [np.cumsum([width(text) for line in lines for text, _ in line]) for lines in pieces]
        size_px = captions[0].lettering.size_pt * float(scene.figure.dpi) / 72
        frames = range(scene.timeline.frames)
        texts = [[words(scene, frame, line) for line in range(len(captions))] for frame in frames]
    return descent, texts, np.array(ends), size_px


def sums(case: str, k: int) -> list[Sum]:
    """What is shown of each coordinate at an iteration."""
    descent, texts, _, _ = told(case)
    dim, numbers = descent.objective.dim, texts[k][1:]
    assert len(numbers) in (1, dim)
    return [Sum(numbers[i if len(numbers) > 1 else 0], i) for i in range(dim)]


@each_case
def test_the_printed_terms_give_the_step_to_the_printed_digits(case: str) -> None:
    descent, texts, _, _ = told(case)
    x = descent.trajectory.x[0]
    signs = set()
    for k in range(int(descent.trajectory.last[0])):
        index = "".join(str("₀₁₂₃₄₅₆₇₈₉".index(sign)) for sign in re.findall("[₀-₉]", texts[k][0].split("=")[0]))
        assert int(index) == k + 1
        for one, before, after in zip(sums(case, k), x[k].tolist(), x[k + 1].tolist(), strict=True):
            assert abs(number(one.after) - Decimal(after)) <= half_unit(one.after) * SLACK
            assert abs(number(one.numbers[0]) - Decimal(before)) <= half_unit(one.numbers[0]) * SLACK
            off = abs(one.value() - number(one.after))
            assert off <= one.slack() + half_unit(one.after) * SLACK, (texts[k], off)
            if descent.objective.dim == 1 or len(texts[k]) > 2:
                assert (one.sign == "=") == (off <= half_unit(one.after) * SLACK) or off < SLACK * half_unit(one.after)
            signs.add(one.sign)
    assert "=" in signs or descent.settings.optimizer


@each_case
def test_a_method_is_explained_by_its_own_rule(case: str) -> None:
    _, texts, _, size_px = told(case)
    assert "Δ" not in texts[0][0].replace("Δ₁ · sgn", ""), texts[0]  # rprop's own Δ
    assert size_px >= {"640x480": 13, "320x240": 9, "250x180": 8}[CASES[case].get("size", "640x480")]


@pytest.mark.parametrize("method", METHODS)
def test_the_type_has_13_pixels_at_480(method: str) -> None:
    with scene_of(explained(optimizer=(method,), iterations=9, size="480x380")) as scene:
        line = lines_of(scene)[0]
        assert line.lettering.size_pt * float(scene.figure.dpi) / 72 >= 13


def test_the_first_update_of_the_parabola_reads_as_on_a_blackboard() -> None:
    with scene_of(explained(lr=0.1, iterations=9)) as scene:
        assert [words(scene, 0, line) for line in (0, 1)] == ["x₁ = x₀ − lr · f′(x₀)", "3.4400 = 4.3000 − 0.1 · 8.6000"]
    with scene_of(explained(lr=0.1, start=-4.3, iterations=9)) as scene:
        assert words(scene, 0) == "−3.4400 = −4.3000 − 0.1 · (−8.6000)"
    with scene_of(explained(function="booth", lr=0.02, start="-8,2", iterations=1)) as scene:
        # ∇f = (2(x+2y−7) + 4(2x+y−5), 4(x+2y−7) + 2(2x+y−5)) = (−98, −82)
        assert words(scene, 0, 0) == "(x, y)₁ = (x, y)₀ − lr · ∇f₀"
        assert words(scene, 0) == "(−6.0400, 3.6400) = (−8.0000, 2.0000) − 0.02 · (−98.0000, −82.0000)"
    with scene_of(explained(optimizer=("momentum:momentum=0.5",), lr=0.1, iterations=9)) as scene:
        assert words(scene, 1, 0) == "x₂ = x₁ − lr · (μ · v₁ + f′(x₁))"
        # v₁ = 8.6, f′(3.44) = 6.88: 3.44 − 0.1 · 11.18
        assert words(scene, 1) == "2.3220 = 3.4400 − 0.1 · (0.5 · 8.6000 + 6.8800)"
    with scene_of(explained(optimizer=("adam",), lr=0.12, iterations=9)) as scene:
        assert words(scene, 0, 0) == "x₁ = x₀ − lr · m̂₁ / (√v̂₁ + ε)"
        assert words(scene, 0) == "4.1800 = 4.3000 − 0.12 · 8.6000 / (8.6000 + 10⁻⁸)"


def test_symbols_have_the_colours_of_what_they_draw() -> None:
    with scene_of(explained(lr=0.1, iterations=9)) as scene:
        symbols, numbers = (one.pieces_at(scene.timeline.moment(3)) for one in lines_of(scene))
        colour = {text.translate(BLANKS).strip(): ink for text, ink in symbols}
        marks = {type(mark): mark for mark in scene.marks}
        tangent, ends, step = marks[Tangent], marks[StepEnds], marks[StepAlong]
        assert isinstance(tangent, Tangent)
        assert isinstance(ends, StepEnds)
        assert isinstance(step, StepAlong)
        assert colour["f′(x₃)"] == tangent.colour
        assert colour["lr"] == colour["x₄"] == step.colour == ends.colour
        assert colour["x₃"] == ends.run_styles[0].colour
        assert len({colour["f′(x₃)"], colour["lr"], colour["x₃"]}) == 3
        assert [ink for _, ink in numbers] == [ink for _, ink in symbols]


@pytest.mark.parametrize("style", ["ggplot", "Solarize_Light2", "fivethirtyeight"])
def test_symbols_can_be_read_where_the_colours_of_a_style_are_pale(style: str) -> None:
    with scene_of(solved("parabola", lr=0.1, iterations=4, explain=True, style=style)) as scene:
        moment = scene.timeline.moment(3)
        update = [mark for mark in scene.marks if isinstance(mark, Caption) and "=" in str(mark.pieces_at(moment))]
        assert len(update) == 2
        for text, ink in (piece for line in update for piece in line.pieces_at(moment) if piece[0].strip()):
            assert contrast(ink, load_style(style).background) >= 4.5, text


@pytest.mark.parametrize("case", ["gd", "adamw, two variables", "two variables, small"])
def test_symbols_stand_above_their_numbers(case: str) -> None:
    with scene_of(explained(**CASES[case])) as scene:
        captions = lines_of(scene)
        width = captions[0].lettering.width
        columns = [[width(text) for text, _ in one.pieces_at(scene.timeline.moment(2))] for one in captions]
        assert all(line == columns[0] for line in columns[1:])
        assert len({one.at[0] for one in captions}) == 1


def test_the_last_frame_shows_the_last_update_and_its_own_tangent() -> None:
    descent = explained(lr=0.2, iterations=12)
    x, f = descent.trajectory.x[0, :, 0], descent.trajectory.f[0]
    with scene_of(descent) as scene:
        assert words(scene, 12) == words(scene, 11)
        scene.update(12)
        tangent = next(mark for mark in scene.marks if isinstance(mark, Tangent))
        (axes,) = scene.figure.axes
        (x0, y0), (x1, y1) = axes.transData.inverted().transform(tangent.ends_of(0))
        assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx((x[11], f[11]), rel=1e-9)
        assert (y1 - y0) / (x1 - x0) == pytest.approx(2 * x[11], rel=1e-6)
        step = next(mark for mark in scene.marks if isinstance(mark, StepAlong))
        way = step.way()
        assert way is not None
        assert axes.transData.inverted().transform(way)[0] == pytest.approx((x[11], f[11]))
        # More than a quarter of the picture's shorter side, to both sides of the spot.
        assert np.hypot(*(tangent.ends_of(0)[1] - tangent.ends_of(0)[0])) > 0.25 * 480


def test_a_run_without_a_step_has_a_tangent_and_no_equation() -> None:
    with scene_of(explained(iterations=0)) as scene:
        assert lines_of(scene) == []
        scene.update(0)
        assert next(mark for mark in scene.marks if isinstance(mark, StepAlong)).way() is None


@each_case
def test_no_digit_moves(case: str) -> None:
    _, _, ends, _ = told(case)
    assert np.ptp(ends, axis=0).max() == 0


@pytest.mark.parametrize(
    "options",
    [
        {"function": "rosenbrock", "iterations": 30},
        {"function": "booth", "optimizer": ("momentum",)},
        {"function": "himmelblau", "optimizer": ("adam",), "style": "dark", "size": "480x360"},
        {"function": "ellipse", "style": "print", "size": "320x240"},
        {"function": "beale", "optimizer": ("lbfgs",), "iterations": 20},
    ],
)
def test_gradient_and_step_are_both_seen_outside_the_spot_and_apart(options: dict[str, Any]) -> None:
    with scene_of(explained(**options)) as scene:
        (gradient,) = [mark for mark in scene.marks if isinstance(mark, OpenArrows)]
        (step,) = [mark for mark in scene.marks if type(mark) is Arrows]
        spots = next(mark for mark in scene.marks if isinstance(mark, Spots))
        assert gradient.colour != step.colour or options.get("style") == "print"
        runs, radius = np.array([0]), spots.px(spots.size_pt) / 2
        for frame in range(scene.timeline.frames):
            scene.update(frame)
            row = min(frame, int(scene.timeline.last[0]) - 1)
            foot = step.pixels[0, row]
            if not step.in_view(foot[np.newaxis])[0]:
                continue
            for arrows in (gradient, step):
                if not arrows.vectors[0, row].any():
                    continue
                (corners,) = arrows.corners(runs)
                tip = corners[5]
                assert np.hypot(*(tip - foot)) > radius + 8 * spots.px(1.0), frame
            if gradient.vectors[0, row].any() and step.vectors[0, row].any():
                tips = gradient.corners(runs)[0, 5], step.corners(runs)[0, 5]
                one, other = (tip - foot for tip in tips)
                across = abs(one[0] * other[1] - one[1] * other[0]) / min(np.hypot(*one), np.hypot(*other))
                assert one @ other < 0 or across > 3 * spots.px(1.0), frame


@pytest.mark.parametrize("function", ["parabola", "double_well", "sin(3*x) + x**2/4", "exp(x) - 2*x"])
def test_the_tangent_passes_through_the_point_with_the_slope_of_the_function(function: str) -> None:
    descent = explained(function=function, iterations=10)
    f = descent.objective.value
    with scene_of(descent) as scene:
        tangent = next(mark for mark in scene.marks if isinstance(mark, Tangent))
        (axes,) = scene.figure.axes
        for k in range(10):
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
    with scene_of(explained(**{"size": "320x240", "iterations": 6, "view": view, **options})) as scene:
        check_against_redraw(scene)


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
    with scene_of(explained(**{"size": "320x240", "iterations": 6, **options})) as scene:
        check_against_redraw(scene)


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
            before = Sum(words(scene, opens + 2), 0).numbers[0]
            assert float(number(before)) == pytest.approx(descent.trajectory.x[run, 2, 0], abs=6e-5)


def test_of_methods_in_turn_each_is_explained_by_its_own_rule() -> None:
    with scene_of(explained(optimizer=("gd", "adam"), order="in-turn", iterations=3)) as scene:
        assert words(scene, 0, 0) == "x₁ = x₀ − lr · f′(x₀)"
        assert words(scene, 5, 0) == "x₂ = x₁ − lr · m̂₂ / (√v̂₂ + ε)"


def test_a_replayed_path_is_explained_by_its_steps(tmp_path: Path) -> None:
    path = tmp_path / "path.csv"
    path.write_text("iteration,x\n0,4\n1,3\n2,2.5\n", encoding="utf-8")
    with scene_of(explained(trajectory=(str(path),))) as scene:
        assert [words(scene, 0, line) for line in (0, 1)] == ["x₁ = x₀ + Δ₀", "3.0000 = 4.0000 + (−1.0000)"]


def test_the_readout_leaves_to_the_equation_what_that_says() -> None:
    with scene_of(explained(lr=0.1, iterations=9)) as scene:
        readout = next(mark for mark in scene.marks if isinstance(mark, Caption))
        names = [text.strip() for text, _ in readout.pieces_at(scene.timeline.moment(3))]
        assert {"iteration", "f(x)"} <= set(names)
        assert not {"x", "lr"} & set(names)
