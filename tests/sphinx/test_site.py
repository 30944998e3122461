"""The directive in a real site, built by Sphinx itself, with warnings as errors, and read and written side by side."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from support.sphinx_site import PAGES, built, write_site

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("sphinx.application", reason="needs sphinx, which is not installed here")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_site(tmp_path_factory.mktemp("site"))
    ran = built(folder, "html")
    assert (ran.returncode, ran.stderr) == (0, "")
    return folder


def shown(page: str) -> str:
    (found,) = re.findall(r'<div class="gdanim.*?</div>', page, re.DOTALL)
    return str(found)


@pytest.mark.parametrize("name", PAGES)
def test_each_page_shows_a_picture_that_is_there_and_moves_beside_one_that_does_not(site: Path, name: str) -> None:
    page = site / "out-html" / f"{name}.html"
    html = shown(page.read_text(encoding="utf-8"))
    for address in re.findall(r'(?:src|srcset)="([^"]*)"', html):
        with Image.open(page.parent / address) as picture:
            assert picture.size == (160, 120)
            assert getattr(picture, "n_frames", 1) == (3 + (name != "three") if address.endswith(".webp") else 1)
    assert 'width="160" height="120"' in html
    media = re.findall(r'media="([^"]*)"', html)
    still, dark = "(prefers-reduced-motion: reduce)", "(prefers-color-scheme: dark)"
    assert media == ([still] if name == "three" else [f"{still} and {dark}", still, dark])


def test_words_are_gdanim_s_or_the_author_s(site: Path) -> None:
    first, second = ((site / "out-html" / f"{name}.html").read_text(encoding="utf-8") for name in ("index", "part/two"))
    assert 'alt="Gradient descent at the learning rate' in shown(first)
    assert 'alt="My &quot;own&quot; words"' in shown(second)
    assert '<div class="gdanim wide">' in second


def test_one_picture_is_rendered_once_for_all_pages_builders_and_builds(site: Path) -> None:
    pictures = sorted((site / "trees" / "gdanim").iterdir())
    assert len(pictures) == 2  # one of five pages, and that of the third
    before = {path: path.stat().st_mtime_ns for folder in pictures for path in folder.iterdir()}
    for builder, options in {"latex": (), "text": (), "html": ("-E",)}.items():
        ran = built(site, builder, *options)
        assert (ran.returncode, ran.stderr) == (0, "")
    assert {path: path.stat().st_mtime_ns for folder in pictures for path in folder.iterdir()} == before
    assert sorted((site / "trees" / "gdanim").iterdir()) == pictures
    (tex,) = (site / "out-latex").glob("site.tex")
    names = re.findall(r"\\sphinxincludegraphics\{\{(.*?)\}\.png\}", tex.read_text(encoding="utf-8"))
    assert len(names) == len(PAGES)
    for name in names:
        with Image.open(site / "out-latex" / f"{name}.png") as picture:
            assert picture.format == "PNG"
    text = (site / "out-text" / "index.txt").read_text(encoding="utf-8")
    assert "Gradient descent at the learning rate" in " ".join(text.split())


# Each wrong directive, and words of what is said where it stands.
WRONG = {
    "parabola --lr fast": "--lr 'fast'",
    "parabola -o a.gif": "--output is for the command line",
    "parabola --allow-python": "--allow-python is for the command line",
    "mine.py:f": "gdanim_allow_python",
    "parabola 'x": "no command line",
    "parabola --nope": "--nope",
    "--help": "Unknown option '--help'",
    "": "Name a function",
}


def test_what_is_wrong_is_said_where_it_stands_and_nothing_is_run(tmp_path: Path) -> None:
    page = "Wrong\n=====\n\n" + "".join(f".. gdanim:: {words}\n\n" for words in WRONG)
    (tmp_path / "mine.py").write_text("import pathlib\npathlib.Path('run').touch()\n\ndef f(x):\n    return x * x\n")
    ran = built(write_site(tmp_path, {"index": page}), "html")
    assert ran.returncode != 0
    lines = [line for line in ran.stderr.splitlines() if "gdanim: " in line]
    assert len(lines) == len(WRONG)
    for place, (line, said) in enumerate(zip(lines, WRONG.values(), strict=True)):
        assert f"index.rst:{4 + 2 * place}:" in line
        assert said in line
    assert not list(tmp_path.rglob("run"))


def test_a_page_is_built_again_when_a_file_changes_that_its_picture_reads(tmp_path: Path) -> None:
    page = "Fit\n===\n\n.. gdanim:: linear --points t.csv -n 1\n"
    write_site(tmp_path, {"part/index": page, "index": "Site\n====\n\n.. toctree::\n\n   part/index\n"})
    table = tmp_path / "part" / "t.csv"  # beside the page
    table.write_text("x,y\n1,2\n2,3\n3,5\n")
    assert built(tmp_path, "html").stderr == ""
    first = shown((tmp_path / "out-html/part/index.html").read_text(encoding="utf-8"))
    table.write_text("x,y\n1,2\n2,3\n3,9\n")
    os.utime(table, (table.stat().st_atime, table.stat().st_mtime + 10))
    assert built(tmp_path, "html").stderr == ""
    assert shown((tmp_path / "out-html/part/index.html").read_text(encoding="utf-8")) != first
