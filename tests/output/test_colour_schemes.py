"""One SVG in two colour schemes: in each, it is the picture that the style of that scheme alone would give."""

from __future__ import annotations

import re

import pytest
from support.commandline import QUICK, digest, run, spread

from gdanim.descent.descend import descend
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import load_style
from gdanim.output.base import FilmInfo
from gdanim.output.html.colour_schemes import blended, in_both
from gdanim.output.metadata import read_recipe
from gdanim.output.svg.writer import inline_svg
from gdanim.rendering import draw
from gdanim.settings import Settings

VARIABLE = re.compile(r"(--paint-\d+): light-dark\((#\w+), (#\w+)\);")
MASK = re.compile(r'<mask id="x-(light|dark)" [^>]*><path [^>]*fill="(#\w+)"/></mask>')
ASKED = {
    "curve": {"function": "parabola", "lr": (0.1, 1.1)},
    "levels": {"function": "himmelblau", "optimizer": ("gd", "adam", "lion")},
    "a map of its own": {"function": "himmelblau", "cmap": "viridis"},
    "basins": {"function": "himmelblau", "basins": True, "trail": 2},
    "surface": {"function": "booth", "view": "surface", "turn": 20.0},
    "facets": {"function": "himmelblau", "facet": "lr", "lr": (0.001, 0.005), "arrows": "step"},
    "explained": {"function": "parabola", "explain": True, "tween": 2},
    "in turn": {"function": "double_well", "starts": 4, "order": "in-turn"},
}


def picture(asked, style):
    settings = Settings(**asked, style=style, iterations=4, size=(320, 240))
    descent = descend(settings)
    with load_style(style).applied():
        scene = draw(descent)
        width, height = Raster(scene).size
        info = FilmInfo(
            width=width, height=height, fps=settings.fps, loop=0, duration_s=1.0, sample=lambda: iter(()),
        )  # fmt: skip
        return inline_svg(scene, info, svg_text="paths", prefix="x")


def seen(schemes, scheme):
    """What a browser shows in a scheme: variables replaced by their values, and what is masked left out."""
    values = {name: (light, dark)[scheme == "dark"] for name, light, dark in VARIABLE.findall(schemes.rules)}
    svg = re.sub(r"var\((--paint-\d+),#\w+\)", lambda found: values[found[1]], schemes.svg)
    shown = {name for name, paint in MASK.findall(svg) if paint == "#fff"}
    svg = MASK.sub("", svg)
    for name in ("light", "dark"):
        svg = re.sub(rf'<image mask="url\(#x-{name}\)"', "<image" if name in shown else "<masked", svg)
        svg = svg.replace(f'<g mask="url(#x-{name})">', "<g>" if name in shown else "<masked>")
    return re.sub(r"<masked [^>]*>", "", svg)


@pytest.mark.parametrize("asked", spread(ASKED, 5))
def test_each_scheme_shows_the_picture_that_its_style_alone_would_and_what_both_share_is_there_once(asked):
    light, dark = (picture(ASKED[asked], style) for style in ("light", "dark"))
    both = in_both(light, dark, prefix="x")
    assert seen(both, "light") == blended(light)
    assert seen(both, "dark") == blended(dark)
    assert light != dark
    of_images = sum(len(found) for found in re.findall("<image [^>]*>", dark))
    colours = 24 * len(re.findall('(?:fill|stroke)="#', light))
    assert len(both.svg) < len(light) + of_images + colours + 500


def test_the_opacity_of_a_stroke_is_that_of_its_colour():
    svg = '<g fill="none" stroke="#fa0" stroke-width="1" stroke-opacity=".2"/><g stroke="#102030" stroke-opacity="1"/>'
    assert blended(svg) == '<g fill="none" stroke="#ffaa0033" stroke-width="1"/><g stroke="#102030ff"/>'
    assert blended('<g stroke="#fff"/><g stroke-opacity=".5"/>') == '<g stroke="#fff"/><g stroke-opacity=".5"/>'


def test_a_browser_that_knows_no_light_dark_shows_the_light_colours():
    light, dark = picture(ASKED["curve"], "light"), picture(ASKED["curve"], "dark")
    both = in_both(light, dark, prefix="x")
    assert re.sub(r"var\(--paint-\d+,(#\w+)\)", r"\1", both.svg) == light


def test_pictures_of_different_parts_stand_there_whole_under_names_of_their_own():
    light = '<svg viewBox="0 0 9 9"><g id="x-a" fill="#111"/><use href="#x-a"/></svg>'
    dark = '<svg viewBox="0 0 9 9"><path id="x-a" d="M0 0h9"/><use href="#x-a"/></svg>'
    both = in_both(light, dark, prefix="x")
    head, one, other = re.split(r'<g mask="url\(#x-(?:light|dark)\)">', both.svg)
    assert head.startswith('<svg viewBox="0 0 9 9"><mask id="x-light"')
    assert one == '<g id="x-a" fill="#111"/><use href="#x-a"/></g>'
    assert other == '<path id="x-dark-a" d="M0 0h9"/><use href="#x-dark-a"/></g></svg>'


def test_pictures_that_are_the_same_stay_as_they_are():
    svg = '<svg viewBox="0 0 9 9"><path fill="#111" d="M0 0h9"/></svg>'
    both = in_both(svg, svg, prefix="x")
    assert (both.svg, both.rules) == (svg, "")


def test_a_colour_that_is_only_written_about_is_no_paint():
    svg = '<svg><text fill="{}">fill="#fff" &lt;image &gt;</text></svg>'
    both = in_both(svg.format("#000"), svg.format("#fff"), prefix="x")
    assert both.svg == svg.format("var(--paint-0,#000)")


def page(tmp_path, name, *options):
    path = tmp_path / name
    assert run(*options, *QUICK, "-q", "-o", path).code == 0
    return path


def test_a_page_is_made_again_from_its_recipe_as_it_was_followed_or_pinned(tmp_path):
    for style in ((), ("--style", "light"), ("--style", "dark")):
        path = page(tmp_path, "page.html", "himmelblau", *style)
        again = page(tmp_path, "again.html", "--preset", path)
        assert digest(again) == digest(path)
        assert ("--paint-0:" in path.read_text(encoding="utf-8")) == (not style)
        assert ("style = " in read_recipe(str(path))) == bool(style)


def test_a_pinned_preset_is_set_free_by_auto(tmp_path):
    pinned = page(tmp_path, "pinned.html", "parabola", "--style", "dark")
    free = page(tmp_path, "free.html", "--preset", pinned, "--style", "auto")
    assert digest(free) == digest(page(tmp_path, "plain.html", "parabola"))


def test_each_theme_of_a_page_is_pinned(tmp_path):
    page(tmp_path, "a.html", "parabola", "--themes", "light,dark")
    for style in ("light", "dark"):
        alone = page(tmp_path, "alone.html", "parabola", "--style", style)
        assert digest(tmp_path / f"a-{style}.html") == digest(alone)
        assert "--paint-0" not in alone.read_text(encoding="utf-8")


def test_every_other_format_is_light_unless_asked(tmp_path):
    plain = page(tmp_path, "plain.png", "parabola")
    light = page(tmp_path, "light.png", "parabola", "--style", "light")
    from PIL import Image, ImageChops

    assert ImageChops.difference(Image.open(plain).convert("RGB"), Image.open(light).convert("RGB")).getbbox() is None
