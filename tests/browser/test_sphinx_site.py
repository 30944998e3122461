"""A site of Sphinx in a browser: its picture follows the reader, keeps nobody out, and asks for nothing elsewhere."""

from __future__ import annotations

import functools

import pytest
from support.sphinx_site import built, write_site

pytest.importorskip("sphinx.application", reason="needs sphinx, which is not installed here")


@pytest.fixture(scope="module")
def page_of(tmp_path_factory):
    @functools.cache
    def page(theme):
        pages = {"index": "Site\n====\n\n.. gdanim:: parabola -n 3\n"}
        folder = write_site(tmp_path_factory.mktemp("site"), pages, f'html_theme = "{theme}"\n')
        assert built(folder, "html").stderr == ""
        return folder / "out-html" / "index.html"

    return page


@pytest.mark.parametrize(
    ("emulated", "ending"),
    [
        ({}, "-light.webp"),
        ({"color_scheme": "dark"}, "-dark.webp"),
        ({"reduced_motion": "reduce"}, "-light.png"),
        ({"color_scheme": "dark", "reduced_motion": "reduce"}, "-dark.png"),
    ],
    ids=str,
)
def test_the_picture_is_the_one_that_its_reader_wants(visit, heard, page_of, emulated, ending):
    page = page_of("alabaster")
    picture = visit(page, **emulated).locator(".gdanim img")
    assert picture.evaluate("one => one.decode().then(() => one.currentSrc)").endswith(ending)
    assert picture.evaluate("one => one.naturalWidth") == 160
    assert all(url.startswith(f"file://{page.parent}/") for url in heard.requests)
    assert heard.messages == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_whole_page(visit, page_of, scheme):
    from axe_playwright_python.sync_playwright import Axe

    # Of Sphinx's own themes, the one that keeps nobody out: what is found on its pages is ours.
    found = Axe().run(visit(page_of("scrolls"), color_scheme=scheme, reduced_motion="reduce"))
    assert [one["id"] for one in found.response["violations"]] == []
