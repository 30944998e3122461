"""The README as a page of the width and type of a repository's: what is seen first, and that all of it is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
SCREEN = {"width": 1280, "height": 800}
# What decides where things stand: the column, the sizes of type, and the spaces between blocks and in cells.
STYLE = """
main { width: 830px; margin: 0 auto; padding: 32px 0; font: 16px/1.5 sans-serif }
p, ul, table, pre { margin: 0 0 16px }
h1, h2, h3 { margin: 24px 0 16px; padding-bottom: .3em; line-height: 1.25 }
h1 { font-size: 2em; margin-top: 0 }
code { font-size: 85%; padding: .2em .4em }
pre { padding: 16px; overflow: auto; font-size: 85%; line-height: 1.45 }
pre code { padding: 0; font-size: 100% }
table { display: block; max-width: 100%; overflow: auto; border-collapse: collapse }
td, th { padding: 6px 13px; border: 1px solid }
img { max-width: 100% }
"""
PEOPLE = ("For a teacher", "For a blogger", "For a student", "For the author of an optimizer", "For CI")


def anchor(heading: str) -> str:
    """The name by which links of a page reach a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.fixture
def page(tmp_path: Path, visit: Callable[..., Page]) -> Page:
    mistune = pytest.importorskip("mistune", reason="needs nbconvert, which is not installed here")
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    body = mistune.create_markdown(escape=False, plugins=["table"])(text)
    path = tmp_path / "readme.html"
    path.write_text(f'<!doctype html><base href="{ROOT.as_uri()}/"><style>{STYLE}</style><main>{body}</main>', "utf-8")
    return visit(path, viewport=SCREEN)


def test_the_gallery_lies_in_the_first_screen_and_a_half_and_each_person_has_a_page(page: Page) -> None:
    gallery = page.locator("table").first
    box = gallery.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 1.5 * SCREEN["height"]
    assert gallery.locator("img").count() == len(list((ROOT / "presets").glob("*.gif"))) - 1  # one stands above
    pictures = page.locator("img[src^=presets]")
    assert all(pictures.evaluate_all("all => all.map(one => one.naturalWidth > 0 && one.alt !== '')"))
    headings = page.locator("h2, h3").all_inner_texts()
    links = page.locator("a[href^='#']").evaluate_all("all => all.map(one => one.getAttribute('href').slice(1))")
    assert set(links) <= {anchor(heading) for heading in headings}
    sections = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## ")
    pages = [part for part in sections if part.splitlines()[0] in PEOPLE]
    assert [part.splitlines()[0] for part in pages] == list(PEOPLE)
    assert all("$ gdanim " in part and re.search(r"\(presets/|src=\"presets/", part) for part in pages)
