"""Light and dark: a page without a style is as its reader has it, a fragment as the page around it, and a style that is
asked for stays. The truth are the frames of each style, drawn by the raster.
"""

from __future__ import annotations

import io

import numpy as np
import pytest
from pages import LEAST_SSIM, Player, grey, host, pixels, quiet, ssim, written

LAST = 6
OTHER = {"light": "dark", "dark": "light"}
ASKED = {
    "panels": ("parabola", "--view", "panels"),
    "levels": ("himmelblau", "--lr", "0.005", "-O", "gd", "-O", "adam"),
    "an image": ("double_well", "--basins"),
    "images": ("himmelblau", "--view", "surface", "--turn", "20"),
    "text": ("parabola", "--svg-text", "text", "--no-readout", "--title", 'fill="#fff"'),
}


@pytest.fixture
def drawn(tmp_path):
    """A function that writes a fragment, and the frames of both styles: {style: {frame: pixels (h, w, 3)}}."""

    def drawn(function, *asked, style=None):
        asked = (*asked, "-n", str(LAST), "--size", "480x360")
        plain = [word for word in asked if word not in ("--svg-text", "text")]
        written(tmp_path / "%d.png", *plain, "--themes", ",".join(OTHER), function=function)
        truth = {
            style: {frame: pixels(tmp_path / f"{frame}-{style}.png") for frame in range(LAST + 1)} for style in OTHER
        }
        pinned = ["--style", style] if style else []
        return written(tmp_path / "fragment.html", *asked, *pinned, "--fragment", function=function), truth

    return drawn


def go_to(player, frame):
    player.scrub.focus()
    player.press("Home")
    for _ in range(frame):
        player.press("ArrowRight")


def shown(player):
    return player.root.locator("[data-part=picture] > svg").screenshot()


def colour_of(player):
    """Of the paper around the controls."""
    found = player.root.evaluate("root => getComputedStyle(root).backgroundColor")
    return [int(part) for part in found.removeprefix("rgb(").removesuffix(")").split(",")]


def assert_is(player, truth, style, frame):
    """The picture is that frame in that style, by its lightness and by its colours."""
    picture = shown(player)
    wanted = truth[style][frame]
    assert ssim(grey(picture), grey(wanted.astype(np.uint8))) >= LEAST_SSIM
    off = {name: np.abs(pixels(io.BytesIO(picture)) - truth[name][frame]).mean() for name in truth}
    assert off[style] < off[OTHER[style]] / 10


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_the_picture_is_drawn_in_the_style_of_the_scheme_also_when_that_changes(visit, heard, tmp_path, drawn, asked):
    fragment, truth = drawn(*asked)
    page = visit(host(tmp_path / "host.html", fragment), color_scheme="light")
    player = Player(page)
    for frame in (0, LAST // 2, LAST):
        go_to(player, frame)
        for scheme in ("light", "dark", "light"):
            page.emulate_media(color_scheme=scheme)
            assert player.frame == frame
            assert_is(player, truth, scheme, frame)
    assert quiet(heard, tmp_path / "host.html")


@pytest.mark.parametrize("style", OTHER)
def test_a_style_that_is_asked_for_stays(visit, tmp_path, drawn, style):
    fragment, truth = drawn("himmelblau", style=style)
    page = visit(host(tmp_path / "host.html", fragment))
    player = Player(page)
    go_to(player, 3)
    for scheme in OTHER:
        page.emulate_media(color_scheme=scheme)
        assert_is(player, truth, style, 3)


@pytest.mark.parametrize(
    ("declared", "reader", "expected"),
    [
        ("normal", "dark", "light"),
        ("light", "dark", "light"),
        ("dark", "light", "dark"),
        ("light dark", "dark", "dark"),
    ],
)
def test_a_fragment_is_as_the_page_around_it_and_its_controls_with_it(
    visit, tmp_path, drawn, declared, reader, expected
):
    fragment, truth = drawn("himmelblau")
    player = Player(visit(host(tmp_path / "host.html", fragment, scheme=declared), color_scheme=reader))
    go_to(player, 2)
    assert_is(player, truth, expected, 2)
    assert colour_of(player) == truth[expected][2][0, 0].tolist()


def test_it_plays_on_when_the_scheme_changes(visit, heard, tmp_path):
    path = written(tmp_path / "page.html")
    page = visit(path, color_scheme="light")
    player = Player(page)
    player.wait_for(2)
    before = player.frame
    page.emulate_media(color_scheme="dark")
    assert player.playing
    player.wait_for(before + 1)
    assert quiet(heard, path)


def test_paper_is_printed_light(visit, tmp_path, drawn):
    fragment, truth = drawn("double_well", "--basins")
    page = visit(host(tmp_path / "host.html", fragment), color_scheme="dark")
    player = Player(page)
    go_to(player, LAST)
    page.emulate_media(media="print", color_scheme="dark")
    assert_is(player, truth, "light", LAST)


def test_without_a_script_it_follows_its_reader_too(visit, tmp_path):
    page = visit(written(tmp_path / "page.html"), java_script_enabled=False, color_scheme="dark")
    picture = pixels(io.BytesIO(page.locator("[data-part=picture] > svg").screenshot()))
    # A corner of the page goes on in the picture.
    assert pixels(io.BytesIO(page.screenshot()))[-1, 0].tolist() == picture[0, picture.shape[1] // 2].tolist()
    assert picture[0].max() < 64
