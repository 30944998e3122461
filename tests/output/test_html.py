"""The HTML page as a text: what it carries, what it escapes, and that it names nothing but its own."""

from __future__ import annotations

import io
import json
import re
import tomllib
from base64 import b64encode
from dataclasses import replace
from functools import cache, partial
from hashlib import sha256
from html.parser import HTMLParser
from itertools import accumulate

import numpy as np
import pytest
from support.commandline import QUICK, crossed, digest, run

from gdanim.descent.descend import descend
from gdanim.descent.outcomes.endings import seen_until
from gdanim.descent.outcomes.standings import standings
from gdanim.descent.timeline import plan
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import load_style
from gdanim.output.base import FilmInfo
from gdanim.output.html.page import write_html
from gdanim.output.metadata import read_recipe
from gdanim.rendering import draw
from gdanim.settings import Settings

HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "</title><svg onload=alert(1)>",
    '" onfocus="alert(1)',
    "<!--<script>",
    "gdanim-player",
    "<scope",
]
VOID = {"meta", "input", "img", "br", "link"}


class Tree(HTMLParser):
    """The elements of a page, as (name, attributes, text)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[int] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), []))
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag):
        assert self.elements[self._open.pop()][0] == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        if self._open:
            self.elements[self._open[-1]][2].append(data)

    def all(self, wanted_tag, **wanted):
        """The attributes and the text of the elements of a name that have these attributes."""
        found = [(attributes, "".join(text)) for tag, attributes, text in self.elements if tag == wanted_tag]
        return [(a, text) for a, text in found if all(a.get(key) == value for key, value in wanted.items())]

    @property
    def film(self):
        ((_, text),) = self.all("script", type="application/json")
        return json.loads(text)


def page_of(*, fragment=False, recipe="", **settings):
    """The descent and the page of it."""
    asked = Settings(**({"size": (160, 120)} | settings))
    descent = descend(asked)
    with load_style(*asked.style).applied():
        scene = draw(descent)
        raster = Raster(scene)
        width, height = raster.size
        info = FilmInfo(
            width=width,
            height=height,
            fps=asked.fps,
            loop=asked.loop,
            duration_s=descent.timeline.duration_s,
            sample=raster.sample,
            title=asked.title or "",
            standings=partial(standings, descent),
            alt_text=asked.title or "A descent.",
            recipe=recipe,
        )
        stream = io.BytesIO()

        def redraw(style):
            return draw(replace(descent, style=style))

        write_html(stream, scene, info, fragment=fragment, svg_text="paths", style=descent.style, redraw=redraw)
    return descent, stream.getvalue().decode()


def spoken(film, frame, kind="words"):
    """The lines of a frame, read as the docstring of the module says."""

    def text(column):
        if isinstance(column, str):
            return column
        return next(column[i] for i in range(frame, -1, -1) if column[i] != 0)

    return ["".join(text(column) for column in line) for line in film[kind]]


def test_live_text_has_the_numbers_of_every_iteration():
    descent, page = page_of(function="parabola", lr=(0.1,), iterations=12, size=(640, 480))
    film = Tree(page).film
    for k, x in enumerate(descent.trajectory.x[0, :, 0].tolist()):
        (line,) = spoken(film, k)
        assert re.match(rf"iteration\s+{k}\s", line)
        assert f"{x:.4f}".replace("-", "−") in line


def test_live_text_tells_of_a_run_that_diverged_from_then_on():
    descent, page = page_of(function="parabola", lr=(1.1,), iterations=12, size=(640, 480))
    film, since = Tree(page).film, seen_until(descent, 0)
    told = [any("lost at" in line for line in spoken(film, k)) for k in range(13)]
    assert told == [k >= since for k in range(13)]  # from where it is out of bounds


@pytest.mark.parametrize("facet", [None, "lr"])
def test_a_race_tells_screen_readers_where_each_run_stands(facet):
    _, page = page_of(function="parabola", lr=(0.1, 0.25), start=((4.0,),), iterations=4, facet=facet, size=(480, 360))
    film = Tree(page).film
    for k in range(5):
        heard = [re.split(" {2,}", line) for line in spoken(film, k, "heard")]
        # x ← (1 − 2 lr) x, and f = x².
        points = [4 * 0.8**k, 4 * 0.5**k]
        assert [label for label, _, _ in heard] == ["lr 0.1", "lr 0.25"]
        assert [float(x.removeprefix("x ")) for _, x, _ in heard] == pytest.approx(points, rel=1e-3)
        assert [float(f.removeprefix("f(x) ")) for _, _, f in heard] == pytest.approx([x * x for x in points], rel=1e-3)


@pytest.mark.parametrize("asked", [{}, {"starts": 13}, {"lr": (0.1, 0.2), "order": "in-turn"}], ids=str)
def test_a_single_run_many_and_those_in_turn_are_told_of_by_the_readout_alone(asked):
    _, page = page_of(function="parabola", iterations=2, **asked)
    assert Tree(page).film["heard"] == []


def test_panels_of_a_facet_speak_of_their_own_runs():
    _, page = page_of(function="parabola", lr=(0.1, 1.1), facet="lr", iterations=12, size=(640, 480))
    assert any("lr 1.1 lost at" in line for line in spoken(Tree(page).film, 12))


@pytest.mark.parametrize(
    "asked",
    [{}, {"fps": 240, "hold": 0.0}, {"duration": 7.3}, {"rewind": True}, {"tween": 3, "fps": 7}],
    ids=str,
)
def test_spans_add_up_to_the_times_of_the_plan(asked):
    descent, page = page_of(function="parabola", iterations=40, **asked)
    film = Tree(page).film
    ends = list(accumulate(span for frames, span in film["spans"] for _ in range(frames)))
    np.testing.assert_allclose(ends, descent.timeline.end_s, rtol=0, atol=1e-7)
    assert descent.timeline.moment(film["rest"]).position.tolist() == descent.trajectory.last.tolist()


def test_spans_of_the_longest_film_stay_within_a_frame():
    from gdanim.output.html.page import _spans

    timeline = plan(np.array([9_999]), fps=240, hold_s=1.0)
    ends = list(accumulate(span for frames, span in _spans(timeline) for _ in range(frames)))
    assert len(ends) == 10_000
    assert abs(np.array(ends) - timeline.end_s).max() < 0.1 / 240


@cache
def plain_page(fragment):
    return page_of(function="parabola", iterations=3, title="plain", fragment=fragment)[1]


@pytest.mark.parametrize(("title", "fragment"), crossed(HOSTILE, [False, True]))
def test_a_hostile_title_stays_text(title, fragment):
    _, page = page_of(function="parabola", iterations=3, title=title, recipe=title, fragment=fragment)
    tree, usual = Tree(page), Tree(plain_page(fragment))
    for name in ("img", "title", "script", "style", "h1", "figure", "button"):
        recipes = int(name == "script")
        assert len(tree.all(name)) == len(usual.all(name)) + recipes
    assert not [key for _, attributes, _ in tree.elements for key in attributes if key.startswith("on")]
    if fragment:
        assert tree.all("div", role="img")[0][0]["aria-label"] == title
    else:
        # HTMLParser gives the text of <title> and of <h1> with the references resolved.
        assert tree.all("h1")[0][1] == tree.all("figcaption")[0][1] == title


def test_colours_without_light_dark_are_those_of_the_light_scheme():
    _, page = page_of(function="parabola", iterations=3)
    (_, style), *_ = Tree(page).all("style")
    known = re.compile(r"@supports \(color: light-dark\(#000, #fff\)\) \{(?:[^{}]|\{[^{}]*\})*\}")
    plain = known.sub("", style)
    assert "light-dark(" in style
    assert "light-dark(" not in plain
    assert "light dark" not in plain
    for name in re.findall(r"var\((--[a-z]+)\)", plain):
        assert f"{name}: " in plain


def test_the_policy_admits_the_script_of_the_page_and_nothing_from_elsewhere():
    _, page = page_of(function="parabola", iterations=3)
    tree = Tree(page)
    ((attributes, _),) = tree.all("meta", **{"http-equiv": "Content-Security-Policy"})
    policy = dict(rule.strip().split(" ", 1) for rule in attributes["content"].split(";"))
    ((_, script),) = [found for found in tree.all("script") if not found[0]]
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


@pytest.mark.parametrize("function", ["parabola", "rosenbrock"])
@pytest.mark.parametrize("fragment", [False, True])
def test_nothing_is_asked_for_from_anywhere(function, fragment):
    _, page = page_of(function=function, iterations=3, fragment=fragment)
    named = [
        (key, value)
        for _, attributes, _ in Tree(page).elements
        for key, value in attributes.items()
        if key in ("src", "href", "xlink:href", "action", "poster", "srcset")
    ]
    assert all(value.startswith(("#", "data:")) for _, value in named)
    assert all(target.startswith(("#", "data:")) for target in re.findall(r"url\(['\"]?([^)]*)", page))
    assert "@import" not in page


def test_a_fragment_is_a_figure_whose_names_are_its_own():
    _, text = page_of(function="parabola", iterations=3, fragment=True)
    tree = Tree(text)
    assert {tag for tag, *_ in tree.elements}.isdisjoint({"html", "head", "body", "meta", "title", "h1"})
    assert tree.elements[0][0] == "figure"
    scope = tree.elements[0][1]["class"]
    ids = [attributes["id"] for _, attributes, _ in tree.elements if "id" in attributes]
    assert all(name.startswith(scope) for name in ids)
    ((_, style),) = tree.all("style")
    assert len(re.findall(r"^\S.*\{$", style, re.MULTILINE)) == 1
    assert style.strip().startswith(f".{scope} {{")


def test_fragments_share_a_name_only_where_they_are_the_same():
    names = [
        Tree(page_of(function="parabola", iterations=3, fragment=True, style=style)[1]).elements[0][1]["class"]
        for style in ("light", "dark", "light")
    ]
    assert names[0] == names[2] != names[1]


def test_the_command_line_writes_a_page_that_carries_its_recipe(tmp_path):
    path = tmp_path / "out.html"
    assert run("parabola", "--lr", "0.1", "--title", "a <b> & 'c'", *QUICK, "-q", "-o", path).code == 0
    saved = tomllib.loads(read_recipe(str(path)))
    assert saved["title"] == "a <b> & 'c'"
    tree = Tree(path.read_text(encoding="utf-8"))
    assert tree.all("html")[0][0]["lang"] == "en"
    assert tree.all("meta", name="viewport")
    assert tree.all("h1")[0][1] == "a <b> & 'c'"
    assert tree.all("figcaption")[0][1].startswith("Gradient descent")


def test_the_same_command_writes_the_same_bytes(tmp_path):
    paths = [tmp_path / name for name in ("a.html", "b.html")]
    run("rosenbrock", *QUICK, "-q", "-o", paths[0], "-o", paths[1])
    run("rosenbrock", *QUICK, "-q", "-o", paths[1])
    assert digest(paths[0]) == digest(paths[1])


def test_a_scene_says_what_it_says_without_being_shown():
    asked = Settings(function="parabola", iterations=5)
    descent = descend(asked)
    with load_style(*asked.style).applied():
        scene = draw(descent)
        scene.update(2)
        before = [mark.moment for mark in scene.marks]
        first, later = scene.text_lines(0), scene.text_lines(4)
        assert first != later
        assert [mark.moment for mark in scene.marks] == before
