"""The animated SVG as Chromium shows it, inside of a page and as an image, beside the frames of the raster."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pages import LEAST_SSIM, grey, ssim
from support.commandline import run

import gdanim
from gdanim.descent.descend import descend
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import load_style
from gdanim.presets import read_preset
from gdanim.rendering import draw
from gdanim.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Heard
    from playwright.sync_api import Page


# What is warned of is in the file, and no matter of how a browser shows it.
pytestmark = pytest.mark.filterwarnings("ignore::gdanim.GdanimWarning")

SHORT = {"iterations": 6}
STAND = "() => document.querySelectorAll('svg').forEach(svg => { svg.pauseAnimations(); svg.setCurrentTime(0.35) })"
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
    gdanim.render(settings)
    with load_style(*settings.style).applied():
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


TOGETHER: dict[str, tuple[str, ...]] = {
    "outlines": ("parabola",),
    "other outlines": ("himmelblau", "-O", "gd", "-O", "adam"),
    "text": ("double_well", "--svg-text", "text"),
    "panels": ("quartic", "--view", "panels", "--style", "dark"),
    "a surface": ("booth", "--view", "surface", "--turn", "20"),
    "a strip": ("parabola", "-f", "filmstrip", "--frames", "3"),
    "another strip": ("rosenbrock", "-f", "filmstrip", "--frames", "2"),
}


def test_files_that_stand_in_one_page_look_as_each_does_alone(tmp_path: Path, visit: Callable[..., Page]) -> None:
    markup = []
    for place, asked in enumerate(TOGETHER.values()):
        path = tmp_path / f"{place}.svg"
        assert run(*asked, "-n", "5", "--size", "320x240", "-q", "-o", path).code == 0
        markup.append(path.read_text(encoding="utf-8"))
    host = "<!DOCTYPE html><meta charset='utf-8'><style>div{height:400px}</style>"
    pictures = {}
    for name, shown in {"together": markup, **{str(place): [one] for place, one in enumerate(markup)}}.items():
        path = tmp_path / f"{name}.html"
        path.write_text(host + "".join([f"<div>{one}</div>" for one in shown]), encoding="utf-8")
        page = visit(path, viewport={"width": 1000, "height": 400})
        page.evaluate(STAND)
        pictures[name] = [svg.screenshot() for svg in page.locator("svg").all()]
    for place, picture in enumerate(pictures["together"]):
        alone = pictures[str(place)][0]
        # Chromium smooths edges a little differently from tile to tile.
        assert np.abs(grey(picture) - grey(alone)).max() <= 48, list(TOGETHER)[place]


def test_text_stands_where_the_frames_have_it_blanks_and_all(tmp_path: Path, visit: Callable[..., Page]) -> None:
    path = tmp_path / "a.svg"
    asked = ("double_well", "--title", "a  title   with blanks", "-n", "5", "--size", "640x480", "-q")
    assert run(*asked, "-o", path, "--svg-text", "text", "-o", tmp_path / "a.png").code == 0
    page = visit(path, viewport={"width": 640, "height": 480})
    page.evaluate("document.documentElement.setCurrentTime(9)")
    assert ssim(grey(page.screenshot()), grey((tmp_path / "a.png").read_bytes())) >= LEAST_SSIM
    # What stretches letters is the length that is asked for, where it is not the text's own.
    stretched = page.evaluate("""() => [...document.querySelectorAll('text[textLength]')].filter(text => {
        const asked = text.textLength.baseVal.value;
        text.removeAttribute('textLength');
        const own = text.getComputedTextLength();  // 0 where it is not shown
        return own && Math.abs(own / asked - 1) > 0.2;
    }).map(text => text.textContent)""")
    assert stretched == []
