"""Pipes, devices and standard output are streamed to; what cannot be written is refused before the first frame."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.commandline import ENVIRONMENT, PATIENCE_S
from support.outputs import NEW, OLD, as_root, both_ways, command, posix, put, start

from gdanim.errors import TargetError
from gdanim.output.files.atomic import open_output
from gdanim.output.files.targets import check_target

if TYPE_CHECKING:
    from collections.abc import Iterator


@posix
@both_ways
def test_a_fifo_is_streamed_to_and_stays_a_fifo(tmp_path: Path, needs_path: bool) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(fifo.read_bytes()))
    reader.start()
    put(fifo, needs_path=needs_path)
    reader.join(timeout=PATIENCE_S)
    assert received == [NEW]
    assert fifo.is_fifo()


@posix
@both_ways
def test_dev_null_takes_everything_and_stays_a_device(needs_path: bool) -> None:
    put("/dev/null", needs_path=needs_path)
    assert Path("/dev/null").is_char_device()


@both_ways
@pytest.mark.parametrize("name", ["-", pytest.param("/dev/stdout", marks=posix), pytest.param("link", marks=posix)])
def test_standard_output_goes_on_where_it_stood_even_if_it_is_a_file(
    tmp_path: Path, name: str, needs_path: bool
) -> None:
    if name == "link":
        (tmp_path / "link").symlink_to("/dev/stdout")
    script = """
        import sys
        from gdanim.output.files.atomic import open_output
        from gdanim.output.files.targets import check_target
        print("before,", end="")
        check_target(sys.argv[1])
        with open_output(sys.argv[1], needs_path=bool(sys.argv[2])) as output:
            if sys.argv[2]:
                output.path.write_bytes(b"the bytes")
            else:
                output.stream.write(b"the bytes")
        print(", after", end="")
    """
    with (tmp_path / "everything").open("wb") as everything:
        process = subprocess.run(
            command(script, name, "yes" if needs_path else ""),
            cwd=tmp_path,
            env=ENVIRONMENT,
            stdout=everything,
            check=False,
        )
    assert process.returncode == 0
    assert (tmp_path / "everything").read_bytes() == b"before,the bytes, after"


@both_ways
def test_a_standard_output_without_a_descriptor_takes_the_bytes(
    monkeypatch: pytest.MonkeyPatch, needs_path: bool
) -> None:
    replaced = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", replaced)
    put("-", needs_path=needs_path)
    replaced.flush()
    assert isinstance(replaced.buffer, io.BytesIO)
    assert replaced.buffer.getvalue() == NEW


def test_a_streamed_output_has_no_path() -> None:
    with open_output(os.devnull, needs_path=False) as output, pytest.raises(io.UnsupportedOperation):
        _ = output.path


def test_an_exception_writes_nothing_of_a_copied_output_to_standard_output(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    with pytest.raises(ValueError, match="stop"), open_output("-", needs_path=True) as output:  # noqa: PT012
        output.path.write_bytes(NEW)
        raise ValueError("stop")
    assert capfdbinary.readouterr().out == b""


@posix
@both_ways
def test_a_reader_that_goes_away_is_a_broken_pipe_and_not_an_output_error(needs_path: bool) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        with pytest.raises(BrokenPipeError):
            put(f"/dev/fd/{writer}", needs_path=needs_path)
    finally:
        os.close(writer)


@posix
def test_head_ends_a_streaming_run_quietly_by_sigpipe(tmp_path: Path) -> None:
    script = """
        from gdanim import signals
        from gdanim.output.files.atomic import open_output
        signals.install()
        try:
            with open_output("-", needs_path=False) as output:
                while True:
                    output.stream.write(bytes(1000))
        except BrokenPipeError:
            signals.die_of_broken_pipe()
    """
    process = start(script)
    assert process.stdout is not None
    assert process.stdout.read(10) == bytes(10)
    process.stdout.close()
    assert process.communicate(timeout=PATIENCE_S)[1] == b""
    assert process.returncode == -signal.SIGPIPE


# --- refused ---


def refusal(path: Path | str) -> str:
    with pytest.raises(TargetError) as refused:
        check_target(str(path))
    with pytest.raises(TargetError):
        put(path)
    assert "\n" not in str(refused.value)
    assert refused.value.exit_code == 2
    return str(refused.value)


@pytest.mark.parametrize("path", ["", " ", "a\0b.gif"])
def test_a_path_that_names_nothing_is_refused(path: str) -> None:
    assert repr(path) in refusal(path)


def test_a_missing_folder_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "'no/such' does not exist" in refusal("no/such/out.gif")


def test_a_folder_is_refused_and_a_name_in_it_suggested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    for path in ("here", "here/"):
        assert "it is a folder. Name a file in it, such as 'here/out.gif'" in refusal(path)
    assert "it is a folder" in refusal("not/made/yet/")


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(OLD)
    assert "is not a folder" in refusal(tmp_path / "notes.txt" / "out.gif")


def test_a_name_that_no_file_system_takes_is_refused(tmp_path: Path) -> None:
    assert "File name too long" in refusal(tmp_path / ("x" * 300))


def test_a_link_into_a_missing_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "no" / "out.gif")
    assert "does not exist" in refusal(tmp_path / "link")


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    refusal(tmp_path / "loop")


def test_a_read_only_file_is_refused_and_kept(tmp_path: Path) -> None:
    target = tmp_path / "out.gif"
    target.write_bytes(OLD)
    target.chmod(0o444)
    assert "read-only" in refusal(target)
    assert target.read_bytes() == OLD


@posix
def test_a_descriptor_that_is_not_open_is_refused() -> None:
    refusal("/dev/fd/999")


@posix
@pytest.mark.skipif(not os.access("/dev", os.W_OK), reason="the system refuses it anyway")
def test_a_new_file_among_devices_is_refused_and_one_in_memory_is_not(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="Cannot write '/dev/nul': there is no such device"):
        check_target("/dev/nul")
    (tmp_path / "link").symlink_to("/dev/nul")
    with pytest.raises(TargetError, match="there is no such device"):
        check_target(str(tmp_path / "link"))
    if os.path.ismount("/dev/shm"):
        check_target("/dev/shm/gdanim-test.gif")


def test_a_closed_standard_output_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert "standard output is closed" in refusal("-")


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that other users reach; those of pytest are for its user alone."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@as_root
@pytest.mark.parametrize(
    ("folder_mode", "file_mode"), [(0o755, None), (0o755, 0o666), (0o1777, 0o666)], ids=["new", "old", "sticky"]
)
def test_an_ordinary_user_is_refused_what_the_folder_does_not_allow(
    public_folder: Path, folder_mode: int, file_mode: int | None
) -> None:
    script = """
        import os, sys
        from gdanim.output.files.targets import check_target
        from gdanim.errors import TargetError
        os.chdir(sys.argv[1])
        os.setuid(65534)
        try:
            check_target("out.gif")
        except TargetError as error:
            sys.exit(str(error))
    """
    public_folder.chmod(folder_mode)
    if file_mode is not None:
        (public_folder / "out.gif").write_bytes(OLD)
        (public_folder / "out.gif").chmod(file_mode)
    process = start(script, public_folder)
    _, complaints = process.communicate(timeout=PATIENCE_S)
    assert complaints == b"Cannot write 'out.gif': no permission to put a file into '.'. Choose another path\n"


@as_root
@pytest.mark.parametrize("path", ["closed/out.gif", "closed/a/out.gif", "closed/f-%d.png"])
def test_an_ordinary_user_is_refused_what_lies_in_a_closed_folder(public_folder: Path, path: str) -> None:
    script = f"""
        import os, sys
        from gdanim.output.files.targets import check_target
        from gdanim.errors import TargetError
        os.chdir(sys.argv[1])
        os.setuid(65534)
        try:
            check_target({path!r})
        except TargetError as error:
            sys.exit(str(error))
    """
    (public_folder / "closed").mkdir(mode=0o000)
    _, complaints = start(script, public_folder).communicate(timeout=PATIENCE_S)
    assert b"no permission to put a file into 'closed" in complaints
    assert complaints.count(b"\n") == 1


@as_root
def test_a_read_only_file_system_is_refused_to_root_too() -> None:
    if not os.statvfs("/sys").f_flag & os.ST_RDONLY:
        pytest.skip("/sys is writable here")
    assert "no permission" in refusal("/sys/out.gif")


def test_checking_a_target_touches_nothing(tmp_path: Path) -> None:
    check_target(str(tmp_path / "out.gif"))
    assert list(tmp_path.iterdir()) == []
