"""A temporary file takes the target's place, links and mode, goes with its run, and spares its neighbours'."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import pytest
from support.commandline import PATIENCE_S
from support.outputs import NEW, OLD, as_root, posix, put, start, start_until_ready, temporary_files

from gdanim.output.files import temporary
from gdanim.output.files.atomic import open_output
from gdanim.output.files.folders import Folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Path]:
    """An old file; and, after every test, no temporary file beside it."""
    path = tmp_path / "out.gif"
    path.write_bytes(OLD)
    yield path
    assert temporary_files(tmp_path) == []


@posix
@pytest.mark.parametrize("existing", [True, False], ids=["file", "dangling"])
def test_a_symlink_is_kept_and_what_it_leads_to_is_written(tmp_path: Path, existing: bool) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    here.mkdir()
    if existing:
        (there / "real.gif").write_bytes(OLD)
    (here / "link").symlink_to("../there/middle")
    (there / "middle").symlink_to("real.gif")
    put(here / "link")
    assert (here / "link").is_symlink()
    assert (there / "middle").is_symlink()
    assert (there / "real.gif").read_bytes() == NEW
    assert temporary_files(here) + temporary_files(there) == []


@posix
@pytest.mark.parametrize("mode", [0o640, 0o600, 0o664, 0o755])
def test_the_mode_of_the_old_file_is_kept(target: Path, mode: int) -> None:
    target.chmod(mode)
    put(target)
    assert stat.S_IMODE(target.stat().st_mode) == mode


@posix
@pytest.mark.parametrize(("mask", "mode"), [(0o027, 0o640), (0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_has_the_mode_that_the_umask_gives(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        put(tmp_path / "out.gif")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out.gif").stat().st_mode) == mode


@as_root
def test_root_hands_a_file_back_to_its_owner(target: Path) -> None:
    os.chown(target, 12_345, 23_456)
    put(target)
    assert (target.stat().st_uid, target.stat().st_gid) == (12_345, 23_456)


@posix
def test_where_owners_cannot_be_set_the_mode_is_kept_all_the_same(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where Python 3.13 has fchmod and no fchown."""
    monkeypatch.delattr(os, "fchown")
    target.chmod(0o640)
    put(target)
    assert target.read_bytes() == NEW
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


# --- killed runs and neighbours ---


FOREVER = """
    import itertools, sys
    from gdanim import signals
    from gdanim.output.files.atomic import open_output
    signals.install()
    print("ready", flush=True)
    for i in itertools.count(1):
        with open_output(sys.argv[1], needs_path=False) as output:
            for _ in range(20):
                output.stream.write(bytes([i % 256]) * (1000 + i % 256))
                output.stream.flush()
"""


def is_whole(content: bytes) -> bool:
    """Whether `content` is OLD or what one complete round of FOREVER writes."""
    return content == OLD or content == content[:1] * 20 * (1000 + content[0])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, which Windows has not")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_process_leaves_what_is_its_parent_s(tmp_path: Path) -> None:
    with ExitStack() as stack:
        folder = stack.enter_context(temporary.open_temporary_folder("recipe"))
        file = stack.enter_context(temporary.open_temporary(tmp_path, "a.gif"))
        child = os.fork()
        if not child:
            with suppress(BaseException):
                stack.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert folder.is_dir()
        assert (tmp_path / file.name).is_file()
    assert not folder.exists()
    assert list(tmp_path.iterdir()) == []


@posix
def test_a_run_killed_at_any_moment_leaves_no_part_and_the_next_one_sweeps_up(target: Path) -> None:
    moments = random.Random(0)
    left_behind = 0
    for _ in range(12):
        process = start_until_ready(FOREVER, target)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=moments.uniform(0, 0.02))
        process.kill()
        process.communicate()
        assert is_whole(target.read_bytes())
        assert len(temporary_files(target.parent)) <= 1
        left_behind += len(temporary_files(target.parent))
    assert left_behind > 0
    put(target)


@posix
@pytest.mark.parametrize("fatal", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda s: s.name)
def test_a_signal_at_any_moment_leaves_no_part_and_no_temporary_file(target: Path, fatal: signal.Signals) -> None:
    moments = random.Random(int(fatal))
    for _ in range(5):
        process = start_until_ready(FOREVER, target)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=moments.uniform(0, 0.02))
        process.send_signal(fatal)
        _, complaints = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, complaints) == (-fatal, b"")
        assert is_whole(target.read_bytes())
        assert temporary_files(target.parent) == []


WAITING = """
    import sys
    from gdanim.output.files.atomic import open_output
    with open_output(sys.argv[1], needs_path=True) as output:
        output.path.write_bytes(b"from the other process")
        print("ready", flush=True)
        sys.stdin.read()
"""


@posix
def test_the_temporary_file_of_a_writer_at_work_is_kept_and_that_of_a_killed_one_removed(target: Path) -> None:
    alive, killed = (start_until_ready(WAITING, target, stdin=subprocess.PIPE) for _ in range(2))
    killed.kill()
    killed.communicate()
    assert len(temporary_files(target.parent)) == 2
    put(target)
    assert len(temporary_files(target.parent)) == 1
    assert target.read_bytes() == NEW
    alive.communicate(timeout=PATIENCE_S)
    assert target.read_bytes() == b"from the other process"


@posix
def test_only_orphans_of_the_same_target_are_removed(target: Path) -> None:
    orphan = target.parent / ".out.gif.gdanim-0123456789abcdef.tmp"
    others = [
        target.parent / ".other.gif.gdanim-0123456789abcdef.tmp",
        target.parent / ".out.gif.gdanim-notes.tmp",
        target.parent / "out.gif.gdanim-0123456789abcdef.tmp",
    ]
    for path in [orphan, *others]:
        path.write_bytes(b"")
    put(target)
    assert sorted(temporary_files(target.parent)) == sorted(others)
    for path in others:
        path.unlink()


@posix
def test_a_temporary_file_taken_for_an_orphan_before_it_is_locked_is_made_again(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Path] = []
    lock = temporary.lock

    def lock_too_late(descriptor: int | None, *, wait: bool = False) -> bool | None:
        if wait and not taken:  # a neighbour comes between the making and the locking
            taken.extend(temporary_files(target.parent))
            with Folder.opened(target.parent) as folder:
                temporary._remove_orphans(folder, ".out.gif.gdanim-", Folder.remove)
        return lock(descriptor, wait=wait)

    monkeypatch.setattr(temporary, "lock", lock_too_late)
    put(target)
    assert len(taken) == 1
    assert target.read_bytes() == NEW


@posix
def test_two_writers_of_one_target_leave_the_whole_file_of_one_of_them(target: Path) -> None:
    script = """
        import sys
        from gdanim.output.files.atomic import open_output
        print("ready", flush=True)
        for _ in range(20):
            sys.stdin.readline()
            with open_output(sys.argv[1], needs_path=False) as output:
                for _ in range(50):
                    output.stream.write(sys.argv[2].encode() * 1000)
                    output.stream.flush()
            print("done", flush=True)
    """
    writers = [start(script, target, letter, stdin=subprocess.PIPE) for letter in "ab"]
    for _ in range(20):
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdin is not None
            writer.stdout.readline()
            writer.stdin.write(b"go\n")
        # The slower one may be at work still: what stands there is whole at every moment.
        assert target.read_bytes() in (OLD, b"a" * 50_000, b"b" * 50_000)
    for writer in writers:
        assert writer.communicate(timeout=PATIENCE_S) == (b"done\n", b"")
        assert writer.returncode == 0
    assert target.read_bytes() in (b"a" * 50_000, b"b" * 50_000)


@pytest.mark.parametrize("name", ["x" * 251 + ".gif", "é" * 125 + ".gif", "漢" * 83 + ".gif"], ids=["ascii", "é", "漢"])
def test_the_longest_name_leaves_room_for_a_temporary_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    try:
        path.write_bytes(OLD)
    except OSError:
        pytest.skip("this file system takes no name that long")
    with open_output(str(path), needs_path=True) as output:
        assert len(os.fsencode(output.path.name)) <= 255
        output.path.name.encode()  # no half of a character
        output.path.write_bytes(NEW)
    assert path.read_bytes() == NEW


def test_without_fcntl_outputs_are_written_and_no_temporary_file_is_taken_for_an_orphan(tmp_path: Path) -> None:
    script = """
        import sys
        sys.modules["fcntl"] = None
        from gdanim.output.files.atomic import open_output
        with open_output(sys.argv[1], needs_path=False) as output:
            output.stream.write(b"whole")
    """
    orphan = tmp_path / ".out.gif.gdanim-0123456789abcdef.tmp"
    orphan.write_bytes(b"it cannot be known whether a writer lives")
    process = start(script, tmp_path / "out.gif")
    assert process.communicate(timeout=PATIENCE_S) == (b"", b"")
    assert (tmp_path / "out.gif").read_bytes() == b"whole"
    assert temporary_files(tmp_path) == [orphan]
