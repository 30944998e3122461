"""The animated SVG as Chromium shows it, inside of a page and as an image, beside the frames of the raster."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pages import LEAST_SSIM, grey, ssim
from support.commandline import run

from gdanim.descent.descend import descend
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import load_style
from gdanim.presets import read_preset
from gdanim.rendering import draw, render
from gdanim.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Heard
    from playwright.sync_api import Page


SHORT = {"iterations": 6}
ASKED: dict[str, dict[str, Any]] = {
    "parabola": read_preset("parabola"),
    "double-well": read_preset("double-well"),
    "transparent": {"function": "parabola", "view": "panels", "transparent": True, **SHORT},
    "tween": {"function": "double_well", "tween": 3, "rewind": True, **SHORT},
    "levels": {"function": "himmelblau", **SHORT},
    "swarm": {"function": "himmelblau", "starts": 200, **SHORT},
    "eight runs": {"function": "double_well", "view": "panels", "starts": 8, "size": (481, 361), **SHORT},
    "long hold": {"function": "parabola", "fps": Fraction(50), "hold": 20.0, **SHORT},
    "turning": {"function": "booth", "view": "surface", "turn": 20.0, **SHORT},
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_three_moments_look_like_the_frames(
    asked: dict[str, Any], tmp_path: Path, visit: Callable[..., Page], heard: Heard
) -> None:
    path = tmp_path / "a.svg"
    settings = Settings(**{**asked, "output": (str(path),)})
    render(settings)
    with load_style(settings.style).applied():
        scene = draw(descend(settings))
        count, ends = scene.timeline.frames, [0.0, *scene.timeline.end_s.tolist()]
        wanted, frames = (0, count // 2, count - 1), {}
        canvas = None
        for frame in Raster(scene).frames():
            canvas = np.zeros((*frame.pixels.shape[:2], 4), dtype=np.uint8) if canvas is None else canvas
            canvas[frame.box.slices] = frame.pixels
            if frame.index in wanted:
                frames[frame.index] = grey(canvas.copy())
    width, height = settings.size
    page = visit(path, viewport={"width": width, "height": height})
    page.evaluate("document.documentElement.pauseAnimations()")
    for index in wanted:
        page.evaluate(f"document.documentElement.setCurrentTime({(ends[index] + ends[index + 1]) / 2})")
        assert ssim(grey(page.screenshot()), frames[index]) >= LEAST_SSIM
    assert not heard.messages


def test_an_image_tag_plays_it(tmp_path: Path, visit: Callable[..., Page]) -> None:
    assert run("parabola", "--size", "320x240", "-n", "8", "-q", "-o", tmp_path / "a.svg").code == 0
    (tmp_path / "a.html").write_text('<img src="a.svg">')
    page = visit(tmp_path / "a.html", reduced_motion="no-preference")
    assert len({page.screenshot() for _ in range(4) if page.wait_for_timeout(300) is None}) > 1


def test_it_stands_still_for_those_who_ask(tmp_path: Path, visit: Callable[..., Page], heard: Heard) -> None:
    assert run("parabola", "--size", "320x240", "-n", "8", "-q", "-o", tmp_path / "a.svg").code == 0
    page = visit(tmp_path / "a.svg", reduced_motion="reduce")
    assert len({page.screenshot() for _ in range(4) if page.wait_for_timeout(300) is None}) == 1
    assert len(heard.requests) == 1
    assert not heard.messages
