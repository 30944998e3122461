"""The index of a batch in a browser: it sorts, filters, plays when asked, and asks for nothing but its pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.commandline import run

from gdanim.batch.index import Entry, write_index

JOBS = """\
output = "{lr}.gif"
[defaults]
function = "parabola"
iterations = 2
size = "160x120"
[matrix]
lr = [0.1, 0.25, 1.5, 0.0625]
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("index")
    (folder / "jobs.toml").write_text(JOBS)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert run("batch", "jobs.toml", "-q", "-j", 1, "--index", "index.html").code == 0
    return folder / "index.html"


def rates(page):
    """The rates of the rows that are shown, from the top."""
    return page.locator("tbody tr:visible td:nth-child(2)").all_inner_texts()


def shows_pixels(page, name):
    """Whether an image is visible, rather than a still in its place."""
    return page.locator(f"img[src='{name}.gif']").evaluate("image => getComputedStyle(image).visibility === 'visible'")


def test_columns_sort_as_numbers_and_back(visit, index):
    page = visit(index)
    assert rates(page) == ["0.1", "0.25", "1.5", "0.0625"]
    head = page.get_by_role("button", name="lr")
    head.click()
    assert rates(page) == ["0.0625", "0.1", "0.25", "1.5"]
    head.click()
    assert rates(page) == ["1.5", "0.25", "0.1", "0.0625"]
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("lr")


def test_a_filter_keeps_the_rows_that_hold_all_words(visit, index):
    page = visit(index)
    page.get_by_role("searchbox").fill("lost 1.5")
    assert rates(page) == ["1.5"]
    assert page.get_by_role("status").inner_text() == "1 of 4"
    page.get_by_role("searchbox").fill("")
    assert len(rates(page)) == 4


def test_it_asks_for_its_pictures_alone_and_says_nothing(visit, heard, index):
    page = visit(index)
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth === 160)")
    asked = {Path(address).name for address in heard.requests}
    assert asked == {"index.html", *(f"{lr}.gif" for lr in (0.1, 0.25, 1.5, 0.0625))}
    assert heard.messages == []


def test_pictures_stand_still_until_asked_where_no_motion_is_wanted(visit, heard, index):
    page = visit(index, reduced_motion="reduce")
    play = page.get_by_role("button", name="Play 0.25.gif")
    page.wait_for_function("document.querySelectorAll('canvas').length === 4")
    assert not any(shows_pixels(page, lr) for lr in (0.1, 0.25, 1.5))
    play.click()
    assert shows_pixels(page, 0.25)
    assert not shows_pixels(page, 0.1)
    play.click()
    assert not shows_pixels(page, 0.25)
    assert heard.messages == []


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing(visit, index, colours, motion):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    page = visit(index, color_scheme=colours, reduced_motion=motion)
    found = axe.Axe().run(page).response
    assert found["violations"] == []
    assert "color-contrast" in [rule["id"] for rule in found["passes"]]


def test_of_five_hundred_pictures_those_in_view_are_loaded(visit, heard, index):
    lr = [f"{k / 1000:g}" for k in range(1, 501)]
    entries = [
        Entry(str(index.parent / f"{one}.gif"), {"lr": float(one)}, "arrived", 1000, size=(160, 120)) for one in lr
    ]
    path = index.parent / "many.html"
    path.write_bytes(write_index(path, entries, "many"))
    page = visit(path)
    assert len(rates(page)) == 500
    assert sum(address.endswith(".gif") for address in heard.requests) < 60


def test_on_a_narrow_screen_nothing_is_cut_off_beside_the_table(visit, index):
    page = visit(index, viewport={"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
