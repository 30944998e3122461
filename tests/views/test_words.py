"""What a person calls a picture and its axes is what stands there; pictures say how large they are on paper."""

from __future__ import annotations

import struct
import tomllib
from pathlib import Path
from typing import Any

import matplotlib.text
import pytest
from support.commandline import run
from support.objectives import objective

from gdanim import Settings
from gdanim.catalogue.request import StyleChoice
from gdanim.descent.descend import carry_out
from gdanim.formula.symbols import FUNCTIONS, RELATIONS, named
from gdanim.formula.titles import from_preset, has_math
from gdanim.preflight import resolve
from gdanim.rendering import draw


def texts(**settings: Any) -> dict[str, bool]:
    """The texts of a picture, and whether each is read as mathtext."""
    descent = carry_out(resolve(Settings(iterations=3, dry_run=True, **settings)))
    with StyleChoice("light").loaded.applied():
        figure = draw(descent).figure
        figure.canvas.draw()
        found = figure.findobj(matplotlib.text.Text)
    return {text.get_text(): text.get_parse_math() for text in found if text.get_text()}


@pytest.mark.parametrize("view", ["curve", "panels"])
def test_axes_have_the_names_that_are_asked_for(view: str) -> None:
    found = texts(function="parabola", view=view, xlabel="weight $w$", ylabel="loss")
    assert found["weight $w$"] is found["loss"] is False
    assert ("$x$" in found) == (view == "panels")  # which have a second axis of that name


@pytest.mark.parametrize(
    ("function", "view"),
    [
        ("rosenbrock", "panels"),
        ("parabola", "panels"),
        ("x^2 + |x|", "curve"),
        ("rosenbrock", "contour"),
        ("rosenbrock", "surface"),
    ],
)
def test_no_picture_shows_a_dollar_that_nobody_typed(function: str, view: str) -> None:
    found = texts(function=function, view=view, lr=(0.001, 0.002))
    assert [text for text, is_math in found.items() if "$" in text and not is_math] == []


@pytest.mark.parametrize("view", ["contour", "surface"])
def test_axes_of_a_plane_have_them_too(view: str) -> None:
    assert {"left", "deep"} <= texts(function="himmelblau", view=view, xlabel="left", ylabel="deep").keys()


def test_an_empty_name_leaves_an_axis_without_one() -> None:
    found = texts(function="parabola", xlabel="", ylabel="")
    assert not {"$x$", "$f(x)$"} & found.keys()


@pytest.mark.parametrize(
    ("title", "shown", "math"),
    [
        (r"Cost $\mathcal{L}(\theta)$", r"Cost $\mathcal{L}(\theta)$", True),
        (r"$\frac{1}{2}x^2$ for \$5", r"$\frac{1}{2}x^2$ for \$5", True),
        (r"bad $\nosuch{x}$", r"bad $\nosuch{x}$", False),
        (r"half $x", "half $x", False),
        (r"\$5 and \$6", "$5 and $6", False),
        ("$" + "{" * 9 + "x" + "}" * 9 + "$", "$" + "{" * 9 + "x" + "}" * 9 + "$", False),
    ],
)
def test_mathematics_in_a_title_is_set_where_it_can_be(title: str, shown: str, math: bool) -> None:
    assert texts(function="parabola", title=title)[shown] is math


@pytest.mark.parametrize("math", [r"\mathcal{L}", r"\operatorname{evil}", r"\overline{x}", r"\fracx"])
def test_a_preset_sets_no_more_than_gdanim_itself_does(math: str) -> None:
    title = from_preset({"title": f"a ${math}$ b"})["title"]
    assert not has_math(title)
    assert title == rf"a \${math}\$ b"
    assert from_preset({"title": r"own $\frac{x^2}{\sqrt{\pi}}$"})["title"] == r"own $\frac{x^2}{\sqrt{\pi}}$"


def test_titles_and_names_are_carried_and_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ("--title", r"$\frac{x^2}{2}$", "--xlabel", "w", "--ylabel", "", "--size", "320x240")
    assert run("parabola", "-n", "3", *asked, "-o", "a.png").code == 0
    assert run("--preset", "a.png", "-o", "b.png").code == 0
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()
    saved = tomllib.loads(run("recipe", "a.png").out.decode())
    assert (saved["title"], saved["xlabel"], saved["ylabel"]) == (r"$\frac{x^2}{2}$", "w", "")


@pytest.mark.parametrize("name", ["a.png", "a.apng", "f-%d.png"])
def test_a_png_says_its_dots_per_metre_where_dots_per_inch_are_asked_for(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("parabola", "-n", "1", "--size", "160x120", "--dpi", "30", "-o", name).code == 0
    content = Path(name.replace("%d", "1")).read_bytes()
    place = content.index(b"pHYs")
    assert place < content.index(b"IDAT")
    assert struct.unpack(">IIB", content[place + 4 : place + 13]) == (1181, 1181, 1)  # 30 / 0.0254 m


@pytest.mark.parametrize(("dpi", "points"), [(72, (640, 480)), (300, (153.6, 115.2))])
def test_a_page_is_as_large_as_its_pixels_over_its_dots_per_inch(
    dpi: int, points: tuple[float, float], tmp_path: Path
) -> None:
    path = tmp_path / "a.pdf"
    assert run("parabola", "-n", "1", "-f", "pages", "--stops", "end", "--dpi", dpi, "-o", path).code == 0
    width, height = (f"{side:g}".encode() for side in points)
    assert b"/MediaBox [ 0 0 " + width + b" " + height + b" ]" in path.read_bytes()


@pytest.mark.parametrize("name", ["booth", "goldstein_price", "levy13", "himmelblau", "ackley"])
def test_a_preset_may_say_in_its_title_what_gdanim_says_itself(name: str) -> None:
    for form in objective(name, {}).typeset:
        assert from_preset({"title": f"${form}$"}) == {"title": f"${form}$"}


@pytest.mark.parametrize("command", [*FUNCTIONS.values(), *RELATIONS.values(), r"2 \times 10^{15}", named("theta_1")])
def test_each_sign_of_gdanims_typesetting_may_stand_in_a_presets_title(command: str) -> None:
    title = f"a ${command} x$"
    assert from_preset({"title": title}) == {"title": title}
