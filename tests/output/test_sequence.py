"""A sequence is there as a whole, or what stood before is: also where naming fails, or the process dies at it."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest
from support.commandline import PATIENCE_S, run
from support.outputs import posix, start, temporary_files

from gdanim.errors import OutputError, TargetError
from gdanim.output.files.sequence import check_sequence, open_sequence, size_of

if TYPE_CHECKING:
    from pathlib import Path

PATTERN = "f-%02d.png"


def put(folder: Path, *contents: str) -> None:
    """Write a sequence of files with these contents."""
    with open_sequence(str(folder / PATTERN), len(contents)) as place:
        for index, content in enumerate(contents):
            (place / f"{index}.png").write_text(content)


def found(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_files_have_their_names_when_all_are_there_and_nothing_else_is_left(tmp_path):
    put(tmp_path, "a", "b", "c")
    assert found(tmp_path) == {"f-00.png": "a", "f-01.png": "b", "f-02.png": "c"}
    assert size_of(str(tmp_path / PATTERN)) == 3


def test_no_file_has_its_name_before_the_last_is_written(tmp_path):
    with open_sequence(str(tmp_path / PATTERN), 2) as place:
        (place / "0.png").write_text("a")
        assert [path for path in tmp_path.iterdir() if not path.name.startswith(".")] == []
        (place / "1.png").write_text("b")


def _fail_after_one(folder):
    with open_sequence(str(folder / PATTERN), 2) as place:
        (place / "0.png").write_text("new")
        raise OutputError("the disk is full")


def test_a_writer_that_fails_leaves_the_old_files_and_no_temporary_file(tmp_path):
    put(tmp_path, "a", "b")
    with pytest.raises(OutputError):
        _fail_after_one(tmp_path)
    assert found(tmp_path) == {"f-00.png": "a", "f-01.png": "b"}


def test_a_file_that_is_missing_is_an_error_and_the_old_ones_stay(tmp_path):
    put(tmp_path, "a", "b")
    with pytest.raises(OutputError, match=r"f-%02d\.png"), open_sequence(str(tmp_path / PATTERN), 2) as place:
        (place / "0.png").write_text("new")
    assert found(tmp_path) == {"f-00.png": "a", "f-01.png": "b"}


def test_a_run_at_work_keeps_its_temporary_file_beside_another_with_the_same_names(tmp_path):
    with open_sequence(str(tmp_path / PATTERN), 1) as place:
        (place / "0.png").write_text("first")
        put(tmp_path, "second")
        assert len(temporary_files(tmp_path)) == 2  # the temporary file and its folder
    assert found(tmp_path) == {"f-00.png": "first"}


def test_a_longer_sequence_that_would_stay_behind_is_named_and_nothing_is_touched(tmp_path):
    put(tmp_path, "a", "b", "c", "d")
    with pytest.raises(TargetError, match=r"ends at 'f-01.png', and 'f-02.png' … 'f-03.png' of a longer one"):
        put(tmp_path, "A", "B")
    assert len(found(tmp_path)) == 4
    assert found(tmp_path)["f-00.png"] == "a"


def test_files_of_other_names_are_let_be(tmp_path):
    for name in ("f-0.png", "f-000.png", "f-99.jpg", "g-99.png"):
        (tmp_path / name).write_text("mine")
    put(tmp_path, "a")
    assert found(tmp_path)["f-00.png"] == "a"
    assert list(found(tmp_path).values()).count("mine") == 4


@posix
def test_the_mode_of_a_file_that_is_replaced_is_kept_and_a_new_one_follows_the_umask(tmp_path):
    put(tmp_path, "a")
    (tmp_path / "f-00.png").chmod(0o640)
    before = os.umask(0o027)
    try:
        put(tmp_path, "A", "B")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "f-00.png").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "f-01.png").stat().st_mode) == 0o640


@posix
def test_what_is_no_file_is_not_replaced(tmp_path):
    (tmp_path / "elsewhere").write_text("kept")
    (tmp_path / "f-03.png").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TargetError, match=r"f-03.png.*replaces files only"):
        check_sequence(str(tmp_path / PATTERN))
    (tmp_path / "f-03.png").unlink()
    (tmp_path / "f-03.png").mkdir()
    with pytest.raises(TargetError, match=r"f-03.png.*folder"):
        check_sequence(str(tmp_path / PATTERN))


def test_a_read_only_frame_is_refused_before_anything_is_drawn(tmp_path):
    put(tmp_path, "a")
    (tmp_path / "f-00.png").chmod(0o444)
    ran = run("parabola", "-n", "3", "-o", tmp_path / PATTERN)
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "f-00.png" in ran.err
    assert "read-only" in ran.err


def test_the_command_says_what_it_wrote(tmp_path):
    ran = run("parabola", "-n", "3", "--size", "160x120", "-o", tmp_path / PATTERN)
    assert ran.code == 0
    assert ran.lines[-1].startswith(f"{tmp_path}/f-00.png … f-03.png: 4 frames, to be shown at 10 per second")


@pytest.mark.parametrize(
    "outputs",
    [("f-%d.png", "f-3.png"), ("f-%d.png", "f-%04d.png")],
)
def test_a_file_that_two_outputs_would_write_is_refused(outputs, tmp_path):
    ran = run("parabola", "-n", "3", *(part for name in outputs for part in ("-o", tmp_path / name)))
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "a path of its own" in ran.err


@posix
def test_a_limit_on_the_size_of_files_is_one_line_that_names_the_path_and_the_old_frames_stay(tmp_path):
    pattern = tmp_path / PATTERN
    put(tmp_path, "a", "b")
    process = start(
        """
        import resource, sys
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        from gdanim.cli.app import main
        main(["parabola", "-n", "1", "--force", "-o", sys.argv[1]])
        """,
        pattern,
    )
    _, complaints = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert complaints.decode().splitlines() == [f"gdanim: Cannot write '{pattern}': File too large"]
    assert found(tmp_path) == {"f-00.png": "a", "f-01.png": "b"}
