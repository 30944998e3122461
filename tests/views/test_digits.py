"""Numbers in pictures have the digits that tell apart what is seen: on axes, in readouts, in labels and in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib.ticker import MaxNLocator
from support.commandline import LONG
from support.extents import lines_of
from support.problems import scene_of, solved

from gdanim.cli.summary import details
from gdanim.descent.alt_text import alt_text
from gdanim.drawing.numbers import numbers
from gdanim.formatting import distinct
from gdanim.views.digits import digits_of, number
from gdanim.views.surface.axes import SurfaceAxes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from gdanim.descent.descend import Descent

long = [pytest.mark.long, pytest.mark.skipif(not LONG, reason="more of the same: set GDANIM_LONG=1")]
POWER = re.compile(r"(?:([−\d.]+)×|(−?))10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$")
SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")

AROUND_0 = {"xlim": "-6,6", "start": 4.3, "lr": 0.1}
CASES: dict[str, dict[str, Any]] = {
    "the issue's 10⁹": {"function": "x**2+1e9", **AROUND_0},
    "the issue's 10⁵": {"function": "x**2+1e5", **AROUND_0},
    "the issue's 169.62": {"function": "169.62+0.01*x**2", **AROUND_0, "lr": 10.0},
    "far below": {"function": "x**2-123456789", **AROUND_0},
    "hardly bent": {"function": "5000+1e-3*x**2", **AROUND_0, "lr": 100.0},
    "a wave high up": {"function": "sin(x)+3e6", **AROUND_0, "lr": 0.5},
    "tiny": {"function": "1e-9*x**2", **AROUND_0, "lr": 1e8},
    "huge": {"function": "1e9*x**4", **AROUND_0, "lr": 1e-12},
    "huge and far": {"function": "1e9*x**2+1e15", **AROUND_0, "lr": 1e-10},
    "near rounding": {"function": "x**2+1e12", **AROUND_0},
    "far aside": {"function": "(x-1e6)**2", "xlim": "999994,1000006", "start": 1000004.3, "lr": 0.1},
    "far aside and up": {
        "function": "(x+3e8)**2+7e7",
        "xlim": "-300000006,-299999994",
        "start": -299999996.0,
        "lr": 0.1,
    },
    "usual": {"function": "double_well"},
}
WINDOW = {"xlim": "-6,6", "ylim": "-6,6", "lr": 0.1, "start": "4,3"}
OF_TWO: dict[str, dict[str, Any]] = {
    "far up": {"function": "x**2+y**2+1e9", **WINDOW},
    "far below": {"function": "x**2+2*y**2-4e8", **WINDOW},
    "far aside": {
        "function": "(x-1e6)**2+(y+2e5)**2", "xlim": "999994,1000006", "ylim": "-200006,-199994", "lr": 0.1,
        "start": "1000004,-199998",
    },
    "tiny": {"function": "1e-10*(x**2+y**2)", **WINDOW, "lr": 1e9},
    "huge": {"function": "1e10*(x**2+y**4)+1e18", **WINDOW, "lr": 1e-13},
}  # fmt: skip


def value(text: str) -> float:
    """The number that a text shows, with an exponent or a power of ten."""
    power = POWER.fullmatch(text)
    if power is None:
        return float(text.strip("\u2007").translate(SUPERSCRIPT))
    mantissa = float(power[1].translate(SUPERSCRIPT)) if power[1] else float(f"{power[2].translate(SUPERSCRIPT)}1")
    return mantissa * 10.0 ** int(power[3].translate(SUPERSCRIPT))


def offset(name: str) -> float:
    """What the name of an axis says is to be added: 10⁹ of `y − 10⁹`."""
    found = re.fullmatch(r"\S+(?: [^−+]*)? ([−+]) (\S+)", name)
    return 0.0 if found is None else value(found[2]) * (1 if found[1] == "−" else -1)


def check(labels: Sequence[tuple[str, float]], name: str, span: float) -> None:
    """Labels of some places differ, and say where they stand."""
    texts = [text for text, _ in labels]
    assert len(texts) >= 2
    assert len(set(texts)) == len(texts), texts
    for text, place in labels:
        assert len(text) <= 9, text
        assert offset(name) + value(text) == pytest.approx(place, abs=1e-3 * span, rel=0), (name, text, place)


def labels_of(axes: Axes) -> dict[str, list[tuple[str, float]]]:
    found = {}
    for name, axis, (low, high) in (("x", axes.xaxis, axes.get_xlim()), ("y", axes.yaxis, axes.get_ylim())):
        places = zip(axis.get_ticklabels(), axis.get_majorticklocs().tolist(), strict=False)  # inner axes have none
        slack = 1e-9 * (high - low)
        found[name] = [(text.get_text(), at) for text, at in places if low - slack <= at <= high + slack]
    return found


def check_axes(axes: Axes) -> None:
    for axis, name, limits in (
        ("x", axes.get_xlabel(), axes.get_xlim()),
        ("y", axes.get_ylabel(), axes.get_ylim()),
    ):
        check(labels_of(axes)[axis], name, limits[1] - limits[0])
    assert not axes.xaxis.get_offset_text().get_text()
    assert not axes.yaxis.get_offset_text().get_text()


def readouts(descent: Descent) -> list[str]:
    """What the readout says at each iteration."""
    with scene_of(descent) as scene:
        (line,) = lines_of(scene)
        moments = [scene.timeline.moment(frame) for frame in range(scene.timeline.frames)]
        return ["".join(text for text, _ in line.pieces_at(moment)) for moment in moments]


def solved_as(options: dict[str, Any], **more: Any) -> Descent:
    return solved(**{"iterations": 6, "size": "480x360", **options, **more})


@pytest.mark.parametrize("case", CASES)
def test_the_labels_of_an_axis_differ_and_stand_where_they_say(case: str) -> None:
    with scene_of(solved_as(CASES[case])) as scene:
        (axes,) = scene.figure.axes
        check_axes(axes)
        # The curve fills its axes.
        curve = axes.get_lines()[0]
        low, high = np.nanmin(curve.get_ydata()), np.nanmax(curve.get_ydata())
        bottom, top = axes.get_ylim()
        assert min(high, top) - max(low, bottom) >= 0.5 * (top - bottom)


@pytest.mark.parametrize("case", ["far aside and up", pytest.param("tiny", marks=long)])
def test_so_they_do_in_panels_and_facets(case: str) -> None:
    with scene_of(solved_as(CASES[case], view="panels", size="640x480")) as scene:
        for axes in scene.figure.axes:
            check_axes(axes)
    lr = CASES[case]["lr"]
    with scene_of(solved_as(CASES[case], lr=(lr, 2 * lr), facet="lr", size="640x480")) as scene:
        first, second = scene.figure.axes
        check_axes(first)
        check(labels_of(second)["x"], second.get_xlabel(), np.ptp(second.get_xlim()))


@pytest.mark.parametrize("case", [*CASES][:-1:2])
def test_the_readout_changes_with_what_is_seen_to_change(case: str) -> None:
    descent = solved_as(CASES[case], title="")
    words = readouts(descent)
    x, f = descent.trajectory.x[0, :, 0], descent.trajectory.f[0]
    names = (r"(?:^| )x(?P<x> [−+] \S+)? +(?P<value>\S+)", r"f\(x\)(?P<x> [−+] \S+)? +(?P<value>\S+)")
    for values, pattern in zip((x, f), names, strict=True):
        found = [re.search(pattern, line.replace("\u2007", " ")) for line in words]
        shown = [value(match["value"]) + offset(f"f{match['x'] or ''}") for match in found if match]
        assert len(shown) == len(values)
        span = np.ptp(values)
        assert np.array(shown) == pytest.approx(values, abs=span / 300 + 1e-300, rel=0)


@pytest.mark.parametrize(
    "case", ["far up", "far aside", "huge", *[pytest.param(case, marks=long) for case in ("far below", "tiny")]]
)
def test_contours_and_surfaces_do_so_too(case: str) -> None:
    with scene_of(solved_as(OF_TWO[case])) as scene:
        (axes,) = scene.figure.axes
        check_axes(axes)
        assert len(axes.collections) >= 2  # levels, filled and lines
    with scene_of(solved_as(OF_TWO[case], view="surface")) as scene:
        (relief,) = scene.figure.axes
        assert isinstance(relief, SurfaceAxes)
        labels = [label for label, _ in relief.labels()]
        for name in (label.text for label in labels if label.is_name):
            numbered = [label for label in labels if not label.is_name and _belongs(label.at, name)]
            places = [(label.text, _place(relief, label.at, name)) for label in numbered]
            span = relief.heightmap.scale.span if name[0] == "f" else 12.0
            check(places, name, span)


def _belongs(at: Any, name: str) -> bool:
    """Whether a label stands at the edge of that name: the floor lies at the least height."""
    upright = at[2] > -0.5 and abs(abs(at[0]) - 1) < 1e-9 and abs(abs(at[1]) - 1) < 1e-9
    return bool(upright) if name[0] == "f" else not upright and abs(abs(at["yx".index(name[0])]) - 1) < 1e-9


def _place(axes: SurfaceAxes, at: Any, name: str) -> float:
    if name[0] == "f":
        return float(axes.heightmap.scale.value(np.array(at[2])))
    low, high = axes.heightmap.limits["xy".index(name[0])]
    return low + (float(at["xy".index(name[0])]) + 1) / 2 * (high - low)


def test_a_function_that_rounding_makes_flat_is_drawn_flat() -> None:
    with scene_of(solved_as({"function": "x**2+1e19", **AROUND_0})) as scene:
        (axes,) = scene.figure.axes
        assert axes.get_ylim()[0] < 1e19 < axes.get_ylim()[1]


@pytest.mark.parametrize(
    ("values", "digits"),
    [([0.1, 0.10000001], 8), ([1.0, 2.0], 6), ([1e6 + 1, 1e6 + 2], 7), ([3.0], 6), ([1 / 3, 1 / 3 + 1e-15], 15)],
)
def test_values_that_differ_have_labels_that_do(values: list[float], digits: int) -> None:
    assert distinct(values) == [f"{one:.{digits}g}" for one in values]


def test_runs_that_differ_in_the_seventh_digit_have_names_that_do() -> None:
    asked = {"lr": (0.1, 0.10000001), "start": ((1000001.0,), (1000002.0,)), "xlim": "999990,1000010"}
    descent = solved("(x-1e6)**2", iterations=3, **asked)
    assert len({one.label for one in descent.runs}) == 4
    assert "start 1000002" in alt_text(descent)


def test_words_have_the_digits_that_tell_an_end_from_the_minimum() -> None:
    said = details(solved("(x-1e6)**2+1e9", xlim="999994,1000006", start=1000004.3, lr=0.1, iterations=3))
    assert "from 1000004.3 at" in said
    # 4.3 · 0.8³ = 2.2016, and its square is 4.84704.
    assert "x = 1000002.202, f = 1000000004.847" in said


DRAWN = 20_000 if LONG else 300


def drawn_ranges(seed: int) -> list[tuple[float, float]]:
    """Middles and widths over 30 decades, those that rounding leaves a shape."""
    rng = np.random.default_rng(seed)
    width = 10 ** rng.uniform(-14, 14, DRAWN)
    middle = rng.choice([0, 1, -1], DRAWN) * 10 ** rng.uniform(-14, 16, DRAWN)
    kept = np.abs(middle) <= 1e11 * width
    return list(zip(middle[kept].tolist(), width[kept].tolist(), strict=True))


def test_ticks_of_any_range_differ_and_say_where_they_stand() -> None:
    for middle, width in drawn_ranges(1):
        ticks = MaxNLocator(nbins=5, steps=[1, 2, 5, 10]).tick_values(middle - width / 2, middle + width / 2).tolist()
        step = min(np.diff(ticks))
        for alike in (True, False):
            found = numbers(ticks, ticks[-1] - ticks[0], alike=alike)
            assert len(set(found.texts)) == len(ticks), found
            assert max(map(len, found.texts)) <= 12, found
            places = [offset(found.named("y")) + value(text) for text in found.texts]
            assert places == pytest.approx(ticks, abs=0.02 * step, rel=0), found


def test_readouts_of_any_range_tell_its_five_hundredth() -> None:
    for place, (middle, width) in enumerate(drawn_ranges(2)):
        values = middle + width * (0.5 - place % 3 * 0.7) ** np.arange(12)
        digits = digits_of(values)
        shown = [value(number(one, digits)) + digits.offset for one in (values - digits.offset).tolist()]
        assert shown == pytest.approx(values.tolist(), abs=np.ptp(values) / 499, rel=0), digits
