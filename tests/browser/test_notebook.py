"""The example notebook, executed by a real kernel and made a page by nbconvert, as its readers meet it in Chromium."""

from __future__ import annotations

import base64
import io
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pages import Player, pixels, quiet
from PIL import Image
from support.commandline import ENVIRONMENT

import gdanim

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Heard
    from playwright.sync_api import Page

EXAMPLE = Path(__file__).parent / "example.ipynb"
README = Path(__file__).parents[2] / "README.md"
OF_JUPYTER = {"light": {"color-contrast"}, "dark": set()}  # what axe finds in its prompts and its colours of code
PAPER = {"light": (255, 255, 255), "dark": (15, 20, 25)}  # of the styles


@pytest.fixture(scope="module")
def notebook() -> Any:
    """The example, executed."""
    reason = "needs nbclient, which is not installed here"
    client = pytest.importorskip("nbclient", reason=reason)
    nbformat = pytest.importorskip("nbformat", reason=reason)
    found = nbformat.read(EXAMPLE, as_version=4)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", ENVIRONMENT["PYTHONPATH"])
        client.NotebookClient(found, timeout=120, kernel_name="python3").execute()
    return found


@pytest.fixture
def as_page(notebook: Any, tmp_path: Path) -> Callable[..., Path]:
    """Makes a page of it, as the README says: without what nbconvert takes from the network."""
    nbconvert = pytest.importorskip("nbconvert", reason="needs nbconvert, which is not installed here")

    def convert(**options: Any) -> Path:
        networked = dict.fromkeys(re.findall(r"--HTMLExporter\.(\w+)=", README.read_text("utf-8")), "")
        assert networked
        path = tmp_path / "page.html"
        path.write_text(nbconvert.HTMLExporter(**networked, **options).from_notebook_node(notebook)[0], "utf-8")
        return path

    return convert


def shown(notebook: Any) -> list[Any]:
    """The animations that its cells show."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [output for output in outputs if "text/html" in output.get("data", {})]


def test_cells_show_a_player_and_a_picture_with_words_and_print_nothing(notebook: Any) -> None:
    first, second = shown(notebook)
    animation = gdanim.animate("parabola", lr=0.1, iterations=12)
    assert first.metadata["image/png"]["alt"] == animation.alt_text
    picture = Image.open(io.BytesIO(base64.b64decode(first.data["image/png"])))
    assert (pixels(io.BytesIO(base64.b64decode(first.data["image/png"]))) == animation.frame(-1)[..., :3]).all()
    assert picture.size == (640, 480)
    assert second.metadata["image/png"]["alt"].startswith("2 runs of descent on ")
    assert not [
        output for cell in notebook.cells for output in cell.get("outputs", ()) if output.output_type == "stream"
    ]


def test_a_player_has_no_blank_line_that_would_end_its_block_in_markdown(notebook: Any) -> None:
    assert all(re.search(r"\n\s*\n", output.data["text/html"]) is None for output in shown(notebook))


@pytest.mark.parametrize("theme", PAPER)
def test_the_page_asks_for_nothing_keeps_nobody_out_and_stands_still_where_motion_is_not_wanted(
    theme: str, as_page: Callable[..., Path], visit: Callable[..., Page], heard: Heard
) -> None:
    path = as_page(theme=theme)
    page = visit(path, reduced_motion="reduce", viewport={"width": 900, "height": 1400})
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs playwright")
    found = axe.Axe().run(page).response["violations"]
    places = [node["target"][0] for one in found for node in one["nodes"]]
    assert {one["id"] for one in found} <= OF_JUPYTER[theme]
    assert not any(page.locator(place).evaluate("one => one.closest('.gdanim-output')") for place in places)
    players = [Player(page, place) for place in range(page.locator("figure").count())]
    assert [player.frame for player in players] == [12, 20]
    assert not any(player.playing for player in players)
    corner = pixels(io.BytesIO(players[0].root.screenshot()))[40, 4]
    assert tuple(corner.tolist()) == PAPER[theme]  # with the page, not with the reader's system
    assert quiet(heard, path)


def test_each_player_of_a_page_plays_for_itself(as_page: Callable[..., Path], visit: Callable[..., Page]) -> None:
    page = visit(as_page(), reduced_motion="reduce")
    first, second = Player(page, 0), Player(page, 1)
    first.root.get_by_role("button", name="Step back").click()
    assert (first.frame, second.frame) == (11, 20)


def test_where_no_html_is_shown_the_picture_has_its_words(notebook: Any, as_page: Any, visit: Any) -> None:
    config = pytest.importorskip("traitlets.config").Config()
    config.NbConvertBase.display_data_priority = ["image/png", "text/plain"]
    page = visit(as_page(config=config, template_name="classic"))  # the one of nbconvert's that says such words
    words = [output.metadata["image/png"]["alt"] for output in shown(notebook)]
    assert [image.get_attribute("alt") for image in page.locator("img").all()] == words


@pytest.mark.program("pandoc")
def test_a_page_of_quarto_s_has_the_player_whole_and_its_paper_the_picture(
    notebook: Any, tmp_path: Path, visit: Callable[..., Page], heard: Heard
) -> None:
    # As its Jupyter engine hands a cell to pandoc: HTML as a raw block for pages, a picture for LaTeX.
    shows = shown(notebook)[0].data["text/html"]
    page, paper = tmp_path / "page.html", tmp_path / "paper.tex"
    _pandoc(page, f"Above\n\n::: {{.cell-output-display}}\n```{{=html}}\n{shows}\n```\n:::\n\nBelow\n")
    _pandoc(paper, "::: {.cell-output-display}\n![](last.png)\n:::\n")
    assert r"\includegraphics{last.png}" in paper.read_text("utf-8")
    seen = visit(page, reduced_motion="reduce")
    player = Player(seen)
    player.root.get_by_role("button", name="Step back").click()
    assert (player.frame, player.iteration, player.playing) == (11, 11, False)
    assert seen.locator("p").all_inner_texts() == ["Above", "Below"]  # nothing of the player was taken for text
    assert quiet(heard, page)


def _pandoc(path: Path, text: str) -> None:
    words = ["pandoc", "--standalone", "--metadata", "title=cells", "--from", "markdown", "-o", str(path)]
    subprocess.run(words, input=text, text=True, check=True)


def test_the_frame_that_marimo_shows_holds_a_player_that_plays(
    tmp_path: Path, visit: Callable[..., Page], heard: Heard
) -> None:
    kind, frame = gdanim.animate("parabola", iterations=3, size=(240, 180))._mime_()
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><title>cells</title>{frame}", "utf-8")
    inside = visit(path, reduced_motion="reduce").frame_locator("iframe")
    inside.get_by_role("button", name="Step back").click()
    assert "iteration 2" in inside.locator("[data-part=words]").inner_text()
    assert (kind, quiet(heard, path)) == ("text/html", True)
