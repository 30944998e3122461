"""Names of axes: a long one is cut to the length of its axis, a short one stands as it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.problems import scene_of, solved

from gdanim.drawing.lettering import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LONG = "a name of an axis that no picture holds, " * 6
VIEWS: list[dict[str, Any]] = [
    {"function": "parabola"},
    {"function": "booth", "style": "slides"},
    {"function": "booth", "view": "panels"},
    {"function": "booth", "lr": (0.01, 0.02, 0.03), "facet": "lr"},
]


def names(axes: Axes) -> list[Any]:
    return [axes.xaxis.label, axes.yaxis.label]


@pytest.mark.parametrize("options", VIEWS)
def test_long_names_are_cut_and_leave_the_axes_their_room(options: dict[str, Any]) -> None:
    with scene_of(solved(iterations=2, xlabel=LONG, ylabel=LONG, **options)) as scene:
        width, height = scene.figure.bbox.size
        usual = scene.figure.axes[0].get_window_extent()
        for axes in scene.figure.axes:
            box = axes.get_tightbbox()
            assert box is not None
            assert box.x0 >= 0
            assert box.y0 >= 0
            assert box.x1 <= width
            assert box.y1 <= height
        assert [name.get_text()[-1] for name in names(scene.figure.axes[0]) if name.get_text()] == ["…", "…"]
    with scene_of(solved(iterations=2, xlabel="a", ylabel="b", **options)) as scene:
        named = scene.figure.axes[0].get_window_extent()
    assert usual.width == pytest.approx(named.width, abs=2)
    assert usual.height == pytest.approx(named.height, abs=2)


@pytest.mark.parametrize("turn", [0.0, 20.0])
def test_long_names_leave_a_surface_its_room(turn: float) -> None:
    def side(xlabel: str) -> float:
        with scene_of(solved("booth", iterations=2, view="surface", turn=turn, xlabel=xlabel)) as scene:
            axes: Any = scene.figure.axes[0]
            return float(abs(axes.projection.pixels(axes.projection.camera.eye * 0 + 1.0)[0] - axes.bbox.x0))

    assert side(LONG) > 0.6 * side("x")


def test_names_that_fit_stand_as_they_are_typed() -> None:
    with scene_of(solved("parabola", iterations=2, xlabel="the weight w, in $kg", ylabel="loss")) as scene:
        assert [name.get_text() for name in names(scene.figure.axes[0])] == ["the weight w, in $kg", "loss"]


def test_a_text_keeps_as_many_letters_as_fit() -> None:
    assert shortened("abcdefgh", 8, len) == "abcdefgh"
    assert shortened("abcdefgh", 6, len) == "abcde…"
    assert shortened("abcdefgh", -1, len) in ("…", "abc…")
    assert shortened("abcd", 1, len) == "abcd"
