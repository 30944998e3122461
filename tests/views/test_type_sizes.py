"""Type: large type leaves the plot most of the picture, and small pictures can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from matplotlib.text import Text
from support.problems import scene_of, solved

from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.painting.mark import moment_of

if TYPE_CHECKING:
    from gdanim.drawing.scene import Scene

RACES: dict[str, dict[str, Any]] = {
    "parabola": {"lr": (0.1, 0.5, 0.9)},
    "himmelblau": {"optimizer": ("gd", "momentum", "adam")},
    "(x - 1)^2 + x*y + y^2": {"optimizer": ("gd", "momentum", "adam")},
}


def lines(scene: Scene) -> list[Caption]:
    """The live lines, as they stand in the last frame."""
    scene.update(scene.timeline.frames - 1)
    return [mark for mark in scene.marks if isinstance(mark, Caption)]


def said(line: Caption) -> str:
    """What a line says."""
    return "".join(text for text, _ in line.pieces_at(moment_of(line)))


@pytest.mark.parametrize("function", RACES)
def test_slides_give_the_plot_three_fifths_of_the_height_above_which_three_runs_are_named(function: str) -> None:
    with scene_of(solved(function, style="slides", iterations=30, **RACES[function])) as scene:
        box = scene.figure.axes[0].get_window_extent()
        assert box.height >= 0.6 * 480
        assert "iteration 30" in "".join(map(said, lines(scene)))


@pytest.mark.parametrize("style", ["light", "slides"])
@pytest.mark.parametrize(
    ("function", "view"), [("parabola", "curve"), ("parabola", "panels"), ("himmelblau", "contour")]
)
def test_digits_are_9_px_high_at_320x240(function: str, view: str, style: str) -> None:
    with scene_of(solved(function, view=view, style=style, size="320x240", iterations=3)) as scene:
        dpi = scene.figure.dpi
        digits = [
            label
            for axes in scene.figure.axes
            for label in (*axes.get_xticklabels(), *axes.get_yticklabels())
            if label.get_text()
        ]
        assert len(digits) >= 4
        assert min(Text.get_fontsize(label) for label in digits) * dpi / 72 >= 9
        numbers = [line for line in lines(scene) if any(map(str.isdigit, said(line)))]
        assert min(line.lettering.size_pt for line in numbers) * dpi / 72 >= 9
