"""Whatever happens between two moves, a sequence is the old set or the new one, and nobody else's files are touched."""

from __future__ import annotations

import json
import os
import shutil
import signal
from typing import TYPE_CHECKING

import pytest
from support.commandline import PATIENCE_S
from support.outputs import as_root, posix, start, start_until_ready, temporary_files

from gdanim.errors import OutputError
from gdanim.output.files import folders
from gdanim.output.files.folders import Folder
from gdanim.output.files.sequence import open_sequence
from gdanim.output.files.temporary import open_temporary_folder

if TYPE_CHECKING:
    from pathlib import Path

PATTERN = "f-%02d.png"
OLD_SET = {"f-00.png": "a", "f-01.png": "b", "f-02.png": "c"}
NEW_SET = dict.fromkeys(OLD_SET, "new")
N_MOVES = 6  # three frames away, three to their names


def put(folder: Path, *contents: str) -> None:
    """Write a sequence of files with these contents."""
    with open_sequence(str(folder / PATTERN), len(contents)) as place:
        for index, content in enumerate(contents):
            (place / f"{index}.png").write_text(content)


def found(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.name.startswith("f-")}


def listing(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def fail(folder: Path) -> None:
    """A run that comes to nothing, but for what it does first."""
    with pytest.raises(OutputError), open_sequence(str(folder / PATTERN), 3):
        raise OutputError("this run fails")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch):
    """Let the n-th move fail, and those that follow up to another."""
    move, calls = Folder.move, []

    def arm(first: int, last: int) -> None:
        def fails(folder, name, other, new_name):
            calls.append(name)
            if first <= len(calls) - 1 <= last:
                raise PermissionError(1, "Operation not permitted")
            move(folder, name, other, new_name)

        monkeypatch.setattr(Folder, "move", fails)

    return arm


# --- errors ---


@pytest.mark.parametrize("moment", range(N_MOVES))
def test_where_a_move_fails_all_that_was_moved_moves_back(moment, tmp_path, failing, monkeypatch):
    put(tmp_path, "a", "b", "c")
    failing(moment, moment)
    with pytest.raises(OutputError, match="not permitted"):
        put(tmp_path, "A", "B", "C")
    monkeypatch.undo()
    assert found(tmp_path) == OLD_SET
    assert temporary_files(tmp_path) == []


@posix
@pytest.mark.parametrize("moment", range(1, N_MOVES))
def test_where_moving_back_fails_too_the_next_run_finishes_the_swap(moment, tmp_path, failing, monkeypatch):
    put(tmp_path, "a", "b", "c")
    failing(moment, 100)
    with pytest.raises(OutputError, match="not permitted"):
        put(tmp_path, "new", "new", "new")
    monkeypatch.undo()
    fail(tmp_path)
    assert found(tmp_path) == NEW_SET
    assert temporary_files(tmp_path) == []


def test_without_room_for_the_journal_nothing_is_moved(tmp_path, monkeypatch):
    put(tmp_path, "a", "b", "c")
    write = os.write

    def full(descriptor, content):
        return write(descriptor, content[:3]) if b"swap" in content else write(descriptor, content)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OutputError, match="No space left"):
        put(tmp_path, "A", "B", "C")
    assert found(tmp_path) == OLD_SET
    assert temporary_files(tmp_path) == []


@posix
def test_a_frame_that_is_no_file_any_more_when_its_turn_comes_stops_the_swap(tmp_path):
    put(tmp_path, "a", "b", "c")
    with (  # noqa: PT012
        pytest.raises(OutputError, match=r"f-01\.png is no file any more"),
        open_sequence(str(tmp_path / PATTERN), 3) as place,
    ):
        for index in range(3):
            (place / f"{index}.png").write_text("new")
        (tmp_path / "f-01.png").unlink()
        (tmp_path / "f-01.png").symlink_to("f-00.png")
    assert found(tmp_path) == OLD_SET | {"f-01.png": "a"}


# --- kills ---

DIES = """
    import os, signal, sys
    from gdanim.output.files.folders import Folder
    from gdanim.output.files.sequence import open_sequence
    from gdanim.output.files.temporary import TemporaryFile
    from gdanim import signals
    calls = []
    def dying(call):
        def dies(*arguments, **facts):
            if len(calls) == int(sys.argv[2]):
                os.kill(os.getpid(), getattr(signal, sys.argv[3]))
            calls.append(None)
            return call(*arguments, **facts)
        return dies
    signals.install()
    with open_sequence(sys.argv[1], int(sys.argv[4])) as place:
        for index in range(int(sys.argv[4])):
            (place / f"{index}.png").write_text("new")
        # From here on: the note that the swap begins, its moves, the note that it has ended, and the clean-up.
        Folder.move, TemporaryFile.note = dying(Folder.move), dying(TemporaryFile.note)
        Folder.remove, Folder.remove_folder = dying(Folder.remove), dying(Folder.remove_folder)
"""
N_STEPS = 1 + N_MOVES + 1 + 3 + 1 + 2  # three old frames and their folder, then the private folder and the journal


@posix
@pytest.mark.parametrize("moment", [0, 2, 4, 6, 7, 9])
def test_a_signal_lets_a_swap_that_has_begun_end(moment, tmp_path):
    put(tmp_path, "a", "b", "c")
    process = start(DIES, tmp_path / PATTERN, moment, "SIGTERM", 3)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == -signal.SIGTERM
    assert found(tmp_path) == NEW_SET
    assert temporary_files(tmp_path) == []


@posix
@pytest.mark.parametrize("moment", range(N_STEPS))
def test_a_kill_between_any_two_steps_leaves_one_whole_set_after_the_next_run(moment, tmp_path):
    put(tmp_path, "a", "b", "c")
    process = start(DIES, tmp_path / PATTERN, moment, "SIGKILL", 3)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == -signal.SIGKILL
    assert len(set(found(tmp_path).values()) & {"new"}) + bool(set(found(tmp_path).values()) & {*"abc"}) <= 1
    shutil.copytree(tmp_path, tmp_path / "copy")
    fail(tmp_path)
    assert found(tmp_path) == (OLD_SET if moment <= 0 else NEW_SET)
    assert temporary_files(tmp_path) == []
    # In a copy, nothing is taken for one's own: it may be of anybody, such as an unpacked archive.
    before = {name: text for name, text in listing(tmp_path / "copy").items() if ".tmp" not in name}
    fail(tmp_path / "copy")
    assert listing(tmp_path / "copy").items() >= before.items()


@posix
@pytest.mark.parametrize("moment", [1, 3, 5])
def test_a_kill_while_the_next_run_finishes_is_finished_by_the_one_after(moment, tmp_path):
    put(tmp_path, "a", "b", "c")
    start(DIES, tmp_path / PATTERN, 2, "SIGKILL", 3).communicate(timeout=PATIENCE_S)
    script = """
        import os, signal, sys
        from gdanim.output.files.folders import Folder
        from gdanim.output.files.sequence import open_sequence
        move, calls = Folder.move, []
        def dies(*arguments):
            calls.append(None)
            if len(calls) == int(sys.argv[2]):
                os.kill(os.getpid(), signal.SIGKILL)
            move(*arguments)
        Folder.move = dies
        with open_sequence(sys.argv[1], 3):
            pass
    """
    process = start(script, tmp_path / PATTERN, moment)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == -signal.SIGKILL
    fail(tmp_path)
    assert found(tmp_path) == NEW_SET
    assert temporary_files(tmp_path) == []


# --- two writers ---

STOPS = """
    import sys
    from gdanim.output.files.folders import Folder
    from gdanim.output.files.sequence import open_sequence
    move, calls = Folder.move, []
    def stops(*arguments):
        calls.append(None)
        if len(calls) == int(sys.argv[2]):
            print("ready", flush=True)
            sys.stdin.readline()
        move(*arguments)
    Folder.move = stops
    with open_sequence(sys.argv[1], 3) as place:
        for index in range(3):
            (place / f"{index}.png").write_text("new")
"""


@posix
@pytest.mark.parametrize("moment", [1, 3, 4, 6])
def test_a_second_writer_waits_for_the_swap_of_the_first(moment, tmp_path, monkeypatch):
    put(tmp_path, "a", "b", "c")
    first = start_until_ready(STOPS, tmp_path / PATTERN, moment, stdin=-1)
    waits = []

    def wait(_pause):  # the second one would wait for ever: let the first one go on, and end
        waits.append(_pause)
        if len(waits) == 1:
            assert first.communicate(b"go\n", timeout=PATIENCE_S) == (b"", b"")
            assert found(tmp_path) == NEW_SET

    monkeypatch.setattr(folders.time, "sleep", wait)
    put(tmp_path, "A", "B", "C")
    assert waits
    assert found(tmp_path) == {"f-00.png": "A", "f-01.png": "B", "f-02.png": "C"}
    assert temporary_files(tmp_path) == []


@posix
def test_a_lock_that_is_never_freed_is_an_error_after_a_while(tmp_path, monkeypatch):
    waited = []
    monkeypatch.setattr(folders.time, "sleep", waited.append)
    with Folder.opened(tmp_path) as folder, folder.locked() as locked:
        assert locked
        with pytest.raises(OutputError, match="locked its folder for 60 s"):
            put(tmp_path, "a")
    assert sum(waited) == pytest.approx(folders.PATIENCE_S, abs=0.1)
    assert found(tmp_path) == {}


def test_a_longer_set_that_another_writer_put_there_meanwhile_is_not_mixed_with(tmp_path):
    with (  # noqa: PT012
        pytest.raises(OutputError, match=r"'f-02.png' of a longer one"),
        open_sequence(str(tmp_path / PATTERN), 2) as place,
    ):
        for index in range(2):
            (place / f"{index}.png").write_text("new")
        put(tmp_path, "a", "b", "c")
    assert found(tmp_path) == OLD_SET
    assert temporary_files(tmp_path) == []


# --- what others have put there ---

ORPHAN = ".f-%2d.png.gdanim-0123456789abcdef"


def plant(folder: Path, inode: int, *, swap: int = 3, names: tuple[object, ...] = ("f-", 2, ".png", ".png")) -> Path:
    """A temporary file that says that a swap has begun, and the place of its folder."""
    lines = [{"folder": inode, "names": list(names)}, {"swap": swap}]
    (folder / f"{ORPHAN}.tmp").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder / f"{ORPHAN}.set"


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A folder of one's own with files that look like frames, and one that does not."""
    place = tmp_path / "private"
    (place / "old").mkdir(parents=True)
    for name in ("0.png", "1.png", "2.png", "README.md", "old/f-00.png", "old/README.md"):
        (place / name).write_text(f"private {name}")
    return place


@posix
def test_a_link_in_the_place_of_an_orphans_folder_is_not_followed(tmp_path, private):
    before = listing(private)
    plant(tmp_path, private.stat().st_ino).symlink_to(private)
    put(tmp_path, "a", "b", "c")
    assert listing(private) == before
    assert found(tmp_path) == OLD_SET


@posix
@pytest.mark.parametrize("inner", ["old", "0.png"])
def test_a_link_in_an_orphans_folder_is_not_followed(inner, tmp_path, private):
    before = listing(private)
    planted = tmp_path / f"{ORPHAN}.set"
    planted.mkdir()
    (planted / "old").mkdir()
    shutil.rmtree(planted / "old") if inner == "old" else None
    (planted / inner).symlink_to(private / inner)
    plant(tmp_path, planted.stat().st_ino)
    put(tmp_path, "a", "b", "c")
    assert listing(private) == before
    assert found(tmp_path) == OLD_SET
    assert not any(path.is_symlink() for path in tmp_path.glob("f-*"))


@posix
def test_files_that_no_swap_has_put_into_an_orphans_folder_stay_there(tmp_path, private):
    planted = plant(tmp_path, private.stat().st_ino, swap=0)
    private.rename(planted)
    (tmp_path / "README.md").write_text("mine")
    put(tmp_path, "a", "b", "c")
    assert (tmp_path / "README.md").read_text() == "mine"
    assert (
        listing(planted).items() >= {"README.md": "private README.md", "old/README.md": "private old/README.md"}.items()
    )
    assert found(tmp_path) == OLD_SET


@posix
@pytest.mark.parametrize(
    "notes",
    ["", "\n", "[]\n", "{\n", '{"folder": 1}', "[" * 50_000 + "\n", '{"folder": 1}\n{"swap": 3}\n', "\xff\n", "7\n"],
)
def test_a_temporary_file_that_says_nothing_of_a_folder_touches_none(notes, tmp_path, private):
    planted = tmp_path / f"{ORPHAN}.set"
    private.rename(planted)
    before = listing(planted)
    (tmp_path / f"{ORPHAN}.tmp").write_text(notes, encoding="latin-1")
    put(tmp_path, "a", "b", "c")
    assert listing(planted) == before
    assert found(tmp_path) == OLD_SET


@posix
def test_a_swap_of_another_pattern_whose_file_is_called_the_same_is_let_be(tmp_path):
    planted = tmp_path / f"{ORPHAN}.set"
    (planted / "old").mkdir(parents=True)
    (planted / "0.png").write_text("another's")
    plant(tmp_path, planted.stat().st_ino, names=("f-%2d", 1, ".png", ".png"))
    put(tmp_path, "a", "b", "c")
    assert (planted / "0.png").read_text() == "another's"
    assert found(tmp_path) == OLD_SET


@posix
def test_an_orphan_with_another_name_is_let_be(tmp_path):
    (tmp_path / "mine").write_text("kept")
    os.link(tmp_path / "mine", tmp_path / f"{ORPHAN}.tmp")
    put(tmp_path, "a")
    assert (tmp_path / f"{ORPHAN}.tmp").exists()
    assert (tmp_path / "mine").read_text() == "kept"


@as_root
@pytest.mark.parametrize("whose", ["file", "folder"])
def test_an_orphan_of_another_user_is_let_be(whose, tmp_path):
    planted = tmp_path / f"{ORPHAN}.set"
    (planted / "old").mkdir(parents=True)
    for index in range(3):
        (planted / f"{index}.png").write_text("planted")
    plant(tmp_path, planted.stat().st_ino)
    os.chown(tmp_path / f"{ORPHAN}.tmp" if whose == "file" else planted, 12_345, 12_345)
    fail(tmp_path)
    assert found(tmp_path) == {}
    assert len(listing(planted)) == 3


@posix
def test_a_temporary_folder_that_a_killed_run_left_goes_and_a_renamed_one_stays(tmp_path, private, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    script = """
        import sys, tempfile
        tempfile.tempdir = sys.argv[1]
        from gdanim.output.files.temporary import open_temporary_folder
        with open_temporary_folder("recipe") as folder:
            (folder / "deep").mkdir()
            (folder / "deep" / "file").write_text("x")
            print("ready", flush=True)
            sys.stdin.read()
    """
    process = start_until_ready(script, tmp_path, stdin=-1)
    process.kill()
    process.communicate()
    assert len(temporary_files(tmp_path)) == 2
    planted = tmp_path / ".recipe.gdanim-0123456789abcdef.set"
    before = listing(private)
    private.rename(planted)
    (tmp_path / ".recipe.gdanim-0123456789abcdef.tmp").write_text('{"folder": 1}\n')
    with open_temporary_folder("recipe") as folder:
        (folder / "x").write_text("x")
    assert temporary_files(tmp_path) == [planted]
    assert listing(planted) == before
