"""Themes and posters: several files of one descent, each what a request of its own would write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.commandline import QUICK, digest, run

if TYPE_CHECKING:
    from pathlib import Path


def test_each_theme_is_the_file_that_its_style_alone_would_be(tmp_path: Path) -> None:
    assert run("parabola", *QUICK, "--themes", "light,dark", "-o", str(tmp_path / "hero.gif")).code == 0
    for style in ("light", "dark"):
        assert run("parabola", *QUICK, "--style", style, "-o", str(tmp_path / "alone.gif")).code == 0
        assert digest(tmp_path / f"hero-{style}.gif") == digest(tmp_path / "alone.gif")
    assert not (tmp_path / "hero.gif").exists()


def test_every_output_and_the_poster_come_in_every_theme(tmp_path: Path) -> None:
    ran = run(
        *("parabola", *QUICK, "--themes", "light,dark", "--poster", str(tmp_path / "p.png")),
        *("-o", str(tmp_path / "a.gif"), "-o", str(tmp_path / "a.webp")),
    )
    assert ran.code == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{stem}-{theme}{suffix}" for stem, suffix in [("a", ".gif"), ("a", ".webp"), ("p", ".png")]
        for theme in ("light", "dark")
    }  # fmt: skip


def test_a_style_beside_themes_is_said_to_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    ran = run("parabola", *QUICK, "--themes", "light,dark", "--style", "print", "-o", path)
    assert ran.lines[0] == "gdanim: --themes light,dark takes the place of --style print"
    assert len(run("parabola", *QUICK, "--themes", "light,dark", "--style", "dark", "-o", path).lines) == 2


@pytest.mark.parametrize(
    ("options", "is_said"), [((), True), (("--style", "dark"), False), (("--themes", "light,dark"), False)]
)
def test_a_transparent_picture_whose_style_nobody_chose_says_which_pages_it_suits(
    options: tuple[str, ...], is_said: bool, tmp_path: Path
) -> None:
    ran = run("parabola", *QUICK, "--transparent", *options, "-o", tmp_path / "a.webp")
    assert ran.code == 0
    assert any("--transparent: dark ink, for light pages" in line for line in ran.lines) is is_said


def test_a_poster_is_the_last_frame(tmp_path: Path) -> None:
    assert run("parabola", *QUICK, "-o", str(tmp_path / "a.gif"), "--poster", str(tmp_path / "p.png")).code == 0
    assert run("parabola", *QUICK, "-o", str(tmp_path / "b.png")).code == 0
    assert digest(tmp_path / "p.png") == digest(tmp_path / "b.png")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--themes", "light,dark", "-o", "-"), "--themes writes several files"),
        (("--themes", "light,drak"), "drak"),
        (("--themes", "light,,dark"), "names with commas"),
        (("-o", "a.pdf"), "Add -f pages or -f filmstrip"),
        (("--themes", "auto,dark"), "the same for every reader"),
        (("--themes", "light", "-o", "a.gif", "-o", "./a.gif"), "named twice"),
        (("--poster", "p.gif"), "ends in .png"),
        (("--poster", "p"), "ends in .png"),
        (("-o", "a.png", "--poster", "a.png"), "named twice"),
        (("--fragment",), "--fragment goes with"),
        (("--frames", "4"), "--frames goes with"),
        (("--svg-text", "text"), "--svg-text goes with"),
        (("--max-size", "big"), "number of bytes"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("parabola", *words)
    assert ran.code == 2
    assert said in ran.err
    assert ran.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
