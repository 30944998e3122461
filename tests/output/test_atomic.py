"""Under a target's name stands the whole of a finished run, or what stood there before, whatever goes wrong."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.commandline import ENVIRONMENT, PATIENCE_S
from support.outputs import NEW, OLD, as_root, both_ways, command, posix, put, start, temporary_files

from gdanim.errors import OutputError
from gdanim.output.files.atomic import open_output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Path]:
    """An old file; and, after every test, no temporary file beside it."""
    path = tmp_path / "out.gif"
    path.write_bytes(OLD)
    yield path
    assert temporary_files(tmp_path) == []


@both_ways
def test_the_old_bytes_stand_until_the_block_is_left_and_then_the_new_ones(target: Path, needs_path: bool) -> None:
    with open_output(str(target), needs_path=needs_path) as output:
        if needs_path:
            output.path.write_bytes(NEW)
        else:
            output.stream.write(NEW)
            output.stream.flush()
        assert target.read_bytes() == OLD
    assert target.read_bytes() == NEW


@given(chunks=st.lists(st.binary(max_size=20_000), min_size=1).filter(any))
def test_what_is_written_in_pieces_is_read_back_whole(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("pieces") / "out.gif"
    with open_output(str(path), needs_path=False) as output:
        for chunk in chunks:
            output.stream.write(chunk)
    assert path.read_bytes() == b"".join(chunks)


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, GeneratorExit, SystemExit, OSError])
@pytest.mark.parametrize("n_written", [0, 1, 5])
@both_ways
def test_an_exception_passes_and_the_old_bytes_stay(
    target: Path, kind: type[BaseException], n_written: int, needs_path: bool
) -> None:
    with pytest.raises(kind), open_output(str(target), needs_path=needs_path) as output:  # noqa: PT012
        for _ in range(n_written):
            output.stream.write(NEW)
        raise kind
    assert target.read_bytes() == OLD


def test_without_an_old_file_an_exception_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stop"), open_output(str(tmp_path / "out.gif"), needs_path=False):
        raise ValueError("stop")
    assert list(tmp_path.iterdir()) == []


def test_a_writer_may_close_the_stream_itself(target: Path) -> None:
    with open_output(str(target), needs_path=False) as output, output.stream as stream:
        stream.write(NEW)
    assert target.read_bytes() == NEW


def test_a_stream_that_outlives_its_block_takes_no_more_bytes(target: Path) -> None:
    with open_output(str(target), needs_path=False) as output:
        output.stream.write(NEW)
    with pytest.raises(ValueError, match="closed"):
        output.stream.write(b"more")


def test_a_file_into_which_nothing_was_written_does_not_replace_one_with_bytes(target: Path) -> None:
    with pytest.raises(OutputError, match="nothing was written"), open_output(str(target), needs_path=True):
        pass
    assert target.read_bytes() == OLD


@posix
def test_a_temporary_file_that_the_writer_replaced_is_not_taken_for_its_own(target: Path) -> None:
    with pytest.raises(OutputError), open_output(str(target), needs_path=True) as output:  # noqa: PT012
        output.path.unlink()
        output.path.write_bytes(NEW)
    assert target.read_bytes() == OLD


@posix
def test_a_temporary_file_is_private_while_it_is_written(target: Path) -> None:
    target.chmod(0o644)
    with open_output(str(target), needs_path=True) as output:
        assert stat.S_IMODE(output.path.stat().st_mode) == 0o600
        output.path.write_bytes(NEW)


# --- failures of the system ---


def failing(call: Callable[..., object], n_good: int, number: int) -> Callable[..., object]:
    """`call`, which fails with `number` from its call n_good + 1 on."""
    calls = iter(range(n_good))

    def faulty(*arguments: object, **options: object) -> object:
        if next(calls, None) is None:
            raise OSError(number, os.strerror(number))
        return call(*arguments, **options)

    return faulty


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EDQUOT], ids=errno.errorcode.get)
@pytest.mark.parametrize(("name", "n_good"), [("write", 0), ("write", 3), ("fsync", 0), ("replace", 0), ("open", 0)])
def test_a_call_that_fails_is_one_line_and_the_old_bytes_stay(
    target: Path, monkeypatch: pytest.MonkeyPatch, name: str, n_good: int, number: int
) -> None:
    monkeypatch.setattr(os, name, failing(getattr(os, name), n_good, number))
    with pytest.raises(OutputError) as failure, open_output(str(target), needs_path=False) as output:  # noqa: PT012
        for _ in range(6):
            output.stream.write(NEW)
    monkeypatch.undo()
    assert target.read_bytes() == OLD
    assert str(failure.value) == f"Cannot write {str(target)!r}: {os.strerror(number)}"


def test_a_folder_that_cannot_be_synced_does_not_spoil_a_file_that_is_whole(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", failing(os.fsync, 1, errno.EINVAL))
    put(target)
    assert target.read_bytes() == NEW


def test_descriptors_that_complain_when_they_are_closed_do_not_spoil_a_file_that_is_whole(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = os.close

    def complaining(descriptor: int) -> None:
        close(descriptor)  # as Linux does
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "close", complaining)
    put(target)
    monkeypatch.undo()
    assert target.read_bytes() == NEW


def test_a_failure_that_the_writer_swallowed_keeps_the_old_bytes(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", failing(os.write, 1, errno.EIO))
    with pytest.raises(OutputError), open_output(str(target), needs_path=False) as output:  # noqa: PT012
        for _ in range(3):
            try:
                output.stream.write(NEW)
            except OSError:
                monkeypatch.undo()
    assert target.read_bytes() == OLD


def test_the_failure_of_one_output_is_not_blamed_on_another(tmp_path: Path) -> None:
    inner = tmp_path / "inner.gif"
    with (  # noqa: PT012
        pytest.raises(OutputError, match=r"/dev/full.*No space left on device"),
        open_output("/dev/full", needs_path=False) as full,
        open_output(str(inner), needs_path=False) as output,
    ):
        output.stream.write(NEW)
        full.stream.write(NEW)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@both_ways
def test_a_full_device_is_an_output_error_that_names_it(needs_path: bool) -> None:
    with pytest.raises(OutputError, match=r"'/dev/full': No space left on device"):
        put("/dev/full", needs_path=needs_path)


@posix
def test_a_full_standard_output_is_one_line_and_python_adds_none_at_exit() -> None:
    script = """
        import sys
        from gdanim.output.files.atomic import open_output
        from gdanim.errors import OutputError
        try:
            with open_output("-", needs_path=False) as output:
                output.stream.write(b"few bytes, which wait in a buffer")
        except OutputError as error:
            sys.exit(str(error))
    """
    with Path("/dev/full").open("wb") as full:
        process = subprocess.run(
            command(script),
            env=ENVIRONMENT,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (process.returncode, process.stderr) == (1, b"Cannot write '-': No space left on device\n")


@posix
@pytest.mark.parametrize("limit", [0, 1000, 50_000, 89_999])
def test_a_limit_on_the_size_of_files_is_one_line_and_the_old_bytes_stay(target: Path, limit: int) -> None:
    script = """
        import resource, sys
        from gdanim.output.files.atomic import open_output
        from gdanim.errors import OutputError
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
        try:
            with open_output(sys.argv[1], needs_path=False) as output:
                for _ in range(90):
                    output.stream.write(bytes(1000))
        except OutputError as error:
            sys.exit(str(error))
    """
    process = start(script, target, limit)
    _, complaints = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert complaints.endswith(b"File too large\n")
    assert complaints.count(b"\n") == 1
    assert target.read_bytes() == OLD


@as_root
@pytest.mark.program("mount")
@pytest.mark.program("unshare")
def test_a_full_disk_is_one_line_and_the_old_bytes_stay(tmp_path: Path) -> None:
    script = f"""
        import subprocess, sys
        from pathlib import Path
        from gdanim.output.files.atomic import open_output
        from gdanim.errors import OutputError
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", sys.argv[1]]).returncode:
            sys.exit("no mount")
        target = Path(sys.argv[1], "out.gif")
        target.write_bytes({OLD!r})
        try:
            with open_output(str(target), needs_path=False) as output:
                output.stream.write({NEW!r})
        except OutputError as error:
            assert [path.name for path in target.parent.iterdir()] == ["out.gif"]
            assert target.read_bytes() == {OLD!r}
            sys.exit(str(error).rpartition(": ")[2])
    """
    process = subprocess.run(
        ["unshare", "--mount", *command(script, tmp_path)],
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
    )
    if b"no mount" in process.stderr or process.stderr.startswith(b"unshare:"):
        pytest.skip("this root may not mount")
    assert (process.returncode, process.stderr) == (1, b"No space left on device\n")
