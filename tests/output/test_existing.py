"""What stands at a target and is no picture of gdanim's, is read, or runs gdanim, is left alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.commandline import ENVIRONMENT, PATIENCE_S, QUICK, Ran, run
from support.outputs import posix, put

import gdanim
from gdanim.descent.recording.file_types import is_export
from gdanim.errors import TargetError
from gdanim.output.files import existing
from gdanim.output.files.existing import Existing
from gdanim.output.files.targets import check_target, links_to
from gdanim.output.kinds import is_picture

TABLE = "run,iteration,x1\n0,0,4\n0,1,2\n0,2,1\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def render(*arguments: object) -> Ran:
    return run("parabola", *QUICK, *arguments)


def refused(ran: Ran, *words: str) -> bool:
    return (ran.code, len(ran.lines)) == (2, 1) and all(word in ran.err for word in words)


# --- files of other kinds ---

FOREIGN = {
    "thesis.tex": b"\\documentclass{article}\n",
    "run.sh": b"#!/bin/sh\necho hello\n",
    "notes.txt": b"x\n",
    "table.csv": TABLE.encode(),
    "data.json": b'{"a": 1}\n',
    "archive.zip": b"PK\x03\x04" + bytes(26) + b"a.txt",
    "index.html": b"<!DOCTYPE html>\n<html lang='en'><p>my page, by hand\n",
    "pom.xml": b'<?xml version="1.0"?>\n<project/>\n',
    "cut.gif": b"GIF",
    "icon.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8" viewBox="0 0 8 8" role="img"><title>A',
    "drawn.svg": b'<?xml version="1.0"?>\n<!-- By hand -->\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "thesis.pdf": b"%PDF-1.5\n1 0 obj\n<< /Creator (TeX) /Producer (pdfTeX) >>\nendobj\n",
    "annotated.pdf": b"%PDF-1.4\n1 0 obj\n<< /Creator (gdanim) /Producer (A viewer) >>\nendobj\n",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_of_another_kind_is_left_alone_unless_forced(name: str) -> None:
    Path(name).write_bytes(FOREIGN[name])
    assert refused(render("-f", "gif", "-o", name), repr(name), "--force")
    assert Path(name).read_bytes() == FOREIGN[name]
    Existing({}, force=True).check(name, is_picture)


def test_files_of_gdanim_and_empty_ones_are_replaced_without_a_word() -> None:
    names = ["a.gif", "a.png", "a.svg", "a.html"]
    for name in names:
        Path(name).touch()
    assert render("-q", *(part for name in names for part in ("-o", name))).lines == []
    assert render("-q", "-o", "fragment.html", "--fragment").code == 0
    assert render("-q", "-f", "pages", "--stops", "0", "-o", "pages.pdf").code == 0
    strips = ["strip.svg", "strip.pdf"]
    written = [part for name in strips for part in ("-o", name)]
    assert run("parabola", "-q", "-n", "1", "-f", "filmstrip", "--frames", "1", *written).code == 0
    assert render("-q", "--stops", "0,1", "-o", "f-%d.svg", "--title", "", "--svg-text", "text").code == 0
    for name in (*names, *strips, "fragment.html", "pages.pdf", "f-0.svg", "f-1.svg"):
        Existing({}, force=False).check(name, is_picture)
    assert render("-q", "-f", "gif", "-o", "a.png").lines == []  # one of our kinds in the place of another


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "npz"])
def test_a_table_is_replaced_by_data_where_data_wrote_it(suffix: str) -> None:
    name = f"t.{suffix}"
    for foreign in (TABLE.encode(), b"PK\x03\x04 other", b'{"step": 1}\n'):
        Path(name).write_bytes(foreign)
        assert refused(render("-o", "a.gif", "--data", name), repr(name), "--force")
        assert Path(name).read_bytes() == foreign
        assert not Path("a.gif").exists()
    Path(name).unlink()
    assert render("-o", "a.gif", "--data", name).code == 0
    Existing({}, force=False).check(name, is_export)
    assert refused(render("-f", "gif", "-o", name), "--force")


@posix
def test_what_may_be_executed_is_left_alone_also_behind_a_link() -> None:
    Path("tool").write_bytes(b"#!/bin/sh\n")
    Path("tool").chmod(0o755)
    Path("out.gif").symlink_to("tool")
    assert refused(render("-o", "out.gif"), "executed", "--force")
    assert Path("tool").read_bytes() == b"#!/bin/sh\n"
    put("film.gif", b"GIF89a" + bytes(9))
    Path("film.gif").chmod(0o744)
    assert refused(render("-o", "film.gif"), "executed", "--force")


def test_a_frame_that_is_no_picture_is_left_alone() -> None:
    assert render("-o", "f-%d.png").code == 0
    before = Path("f-0.png").stat().st_ino
    Path("f-2.png").write_bytes(b"my notes")
    assert refused(render("-o", "f-%d.png"), "'f-2.png'", "--force")
    assert (Path("f-2.png").read_bytes(), Path("f-0.png").stat().st_ino) == (b"my notes", before)
    assert render("-o", "f-%d.png", "--force").code == 0
    assert Path("f-2.png").read_bytes()[1:4] == b"PNG"


# --- what the command reads ---


@posix
@pytest.mark.parametrize("name", ["t.csv", "link.csv", "hard.csv"])
@pytest.mark.parametrize("option", ["-o", "--data"])
def test_the_trajectory_that_is_read_is_not_written_over(name: str, option: str) -> None:
    Path("t.csv").write_text(TABLE)
    Path("link.csv").symlink_to("t.csv")
    os.link("t.csv", "hard.csv")
    given = ("-f", "gif", "-o", name) if option == "-o" else ("-o", "a.gif", "--data", name)
    ran = run("parabola", *QUICK[2:], "--trajectory", "t.csv", "--force", *given)
    assert refused(ran, repr(name), "--trajectory")
    assert Path("t.csv").read_text() == TABLE


@pytest.mark.parametrize(
    ("name", "content", "given"),
    [
        ("mine.py", "def f(x):\n    return x**2\n", ("mine.py:f",)),
        ("mine.mplstyle", "font.size: 9\n", ("parabola", "--style", "mine.mplstyle")),
        ("mine.mplstyle", "font.size: 9\n", ("parabola", "--themes", "light,mine.mplstyle")),
        ("mine.toml", 'function = "parabola"\n', ("--preset", "mine.toml")),
        ("slope.py", "def g(x):\n    return 2*x\n", ("mine.py:f", "--gradient", "slope.py:g")),
    ],
)
def test_a_file_that_is_read_is_not_written_over(name: str, content: str, given: tuple[str, ...]) -> None:
    Path("mine.py").write_text("def f(x):\n    return x**2\n")
    Path(name).write_text(content)
    target = Path("target")
    target.symlink_to(name)
    poster = ("-o", "a.gif", "--poster", "target.png") if "--themes" in given else ("-o", "target", "-f", "gif")
    Path("target-light.png").symlink_to(name)
    assert refused(run(*given, *QUICK, "--force", *poster), "reads it")
    assert Path(name).read_text() == content


def test_a_film_is_not_the_preset_and_the_target_of_one_command() -> None:
    assert render("-o", "a.gif").code == 0
    before = Path("a.gif").read_bytes()
    assert refused(run("--preset", "a.gif", "-o", "a.gif"), "--preset")
    assert Path("a.gif").read_bytes() == before
    assert run("--preset", "a.gif", "-o", "b.gif").code == 0


# --- what runs gdanim: never tried on the real files ---


def test_a_module_of_gdanim_is_not_written_over_by_force_either() -> None:
    everything = Existing({}, force=True)
    for part in ("__init__.py", "output/gif.py", "output/html/player/player.js"):
        with pytest.raises(TargetError, match="gdanim runs by it"):
            everything.check(str(Path(gdanim.__file__).parent / part), lambda _: True)
    with pytest.raises(TargetError, match="gdanim runs by it"):
        everything.check(sys.executable, lambda _: True)


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A copy of the interpreter."""
    copy = tmp_path / "python"
    shutil.copy2(os.path.realpath(sys.executable), copy)
    return copy


@pytest.mark.skipif(not Path("/proc/self/exe").exists(), reason="Linux only")
@pytest.mark.parametrize("target", ["/proc/self/exe", "python", "hard.gif", "link.gif"])
def test_the_interpreter_that_runs_is_not_replaced(target: str, python: Path) -> None:
    before = python.read_bytes()
    os.link(python, "hard.gif")
    Path("link.gif").symlink_to("/proc/self/exe")
    environment = ENVIRONMENT | {"PYTHONHOME": sys.base_prefix, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [str(python), "-m", "gdanim", "parabola", "-f", "gif", "--force", "-o", target]
    ran = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=PATIENCE_S)
    assert (ran.returncode, ran.stderr.count(b"\n")) == (2, 1), ran.stderr.decode()
    assert python.read_bytes() == before


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="Linux only")
@pytest.mark.parametrize("path", ["cwd/out.gif", "root/out.gif", "comm"])
def test_links_and_files_of_the_system_lead_to_no_target(path: str) -> None:
    with pytest.raises(TargetError):
        check_target(f"/proc/self/{path}")


@posix
def test_a_descriptor_that_the_shell_opened_takes_the_film_and_one_for_reading_does_not(tmp_path: Path) -> None:
    film = tmp_path / "film.gif"
    for flags, code in ((os.O_WRONLY | os.O_CREAT, 0), (os.O_RDONLY, 2)):
        descriptor = os.open(film, flags)
        try:
            assert render("-f", "gif", "-o", f"/dev/fd/{descriptor}").code == code
        finally:
            os.close(descriptor)
    assert film.read_bytes()[-1:] == b";"


@posix
def test_the_links_on_the_way_are_found_where_they_lie(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "a" / "out.gif").symlink_to("../c")
    found = list(links_to("b/../b/out.gif"))
    assert [link.name for link in found] == ["b", "b", "out.gif"]
    assert found[-1] == Path(os.path.realpath("a")) / "out.gif"
    Path("loop").symlink_to("loop")
    assert len(list(links_to("loop"))) == 40


# --- what a file has beside its bytes ---


@posix
def test_another_name_of_the_old_file_is_said_and_keeps_the_old_bytes() -> None:
    assert render("-o", "a.gif").code == 0
    os.link("a.gif", "b.gif")
    before = Path("b.gif").read_bytes()
    ran = render("-o", "a.gif", "--lr", "0.3")
    assert any("hard links" in line for line in ran.lines)
    assert Path("b.gif").read_bytes() == before != Path("a.gif").read_bytes()


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="Linux only")
def test_extended_attributes_go_over_to_the_new_file() -> None:
    put("a.gif", b"GIF89a")
    try:
        os.setxattr("a.gif", "user.comment", b"figure 3")
    except OSError:
        pytest.skip("this file system has no attributes")
    put("a.gif")
    assert os.getxattr("a.gif", "user.comment") == b"figure 3"


@pytest.mark.parametrize(("options", "name"), [((), "parabola"), (("--style", "dark"), "dark"), (("-O", "gd"), "gd")])
def test_an_output_that_is_called_as_what_is_no_file_is_written_again(
    options: tuple[str, ...], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert render(*options, "-f", "gif", "-o", name).code == 0


def test_the_files_of_gdanim_are_looked_up_once_for_all_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    walked = []
    real = os.walk
    monkeypatch.setattr(existing.os, "walk", lambda *given: walked.append(given) or real(*given))
    existing._own_files.cache_clear()
    for _ in range(2):
        assert render("-o", "a-%02d.png").code == 0
    assert len(walked) == 1
