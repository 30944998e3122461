"""Told to stop, gdanim cleans up and dies by the same signal, whatever the moment."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from support.commandline import PATIENCE_S
from support.outputs import posix, start_until_ready

from gdanim import signals

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = posix

FATAL = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP] if os.name != "nt" else []

CLEAN_AND_WAIT = """
    import signal
    from pathlib import Path
    from gdanim import signals
    signals.install()
    kept = Path("kept")
    with signals.on_signal(lambda: kept.write_text("cleaned")):
        print("ready", flush=True)
        signal.pause()
"""


@pytest.mark.parametrize("fatal", FATAL, ids=lambda s: s.name)
def test_a_signal_runs_the_clean_up_and_kills_by_the_same_signal(fatal: signal.Signals, tmp_path: Path) -> None:
    process = start_until_ready(CLEAN_AND_WAIT, cwd=tmp_path)
    process.send_signal(fatal)
    _, complaints = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, complaints) == (-fatal, b"")
    assert (tmp_path / "kept").read_text() == "cleaned"


@pytest.mark.parametrize("fatal", FATAL, ids=lambda s: s.name)
def test_a_signal_that_was_ignored_at_the_start_stays_ignored(fatal: signal.Signals, tmp_path: Path) -> None:
    script = """
        import os, signal
        from gdanim import signals
        signals.install()
        print("ready", flush=True)
        os.kill(os.getpid(), int(os.sys.argv[1]))
        print("alive")
    """
    process = start_until_ready(
        script, int(fatal), cwd=tmp_path, preexec_fn=lambda: signal.signal(fatal, signal.SIG_IGN)
    )
    said, _ = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, said) == (0, b"alive\n")


def test_clean_ups_run_latest_first_and_one_that_raises_stops_neither_the_others_nor_the_death(tmp_path: Path) -> None:
    script = """
        import os, signal
        from gdanim import signals

        def wrong():
            raise SystemExit("never seen")

        signals.install()
        print("ready", flush=True)
        with (
            signals.on_signal(lambda: os.write(1, b"first")),
            signals.on_signal(wrong),
            signals.on_signal(lambda: os.write(1, b"last ")),
        ):
            os.kill(os.getpid(), signal.SIGTERM)
    """
    process = start_until_ready(script, cwd=tmp_path)
    assert process.communicate(timeout=PATIENCE_S) == (b"last first", b"")
    assert process.returncode == -signal.SIGTERM


def test_a_second_signal_does_not_cut_the_clean_up_short(tmp_path: Path) -> None:
    script = """
        import os, signal
        from gdanim import signals

        def clean():
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                os.kill(os.getpid(), number)
            os.write(1, b"finished")

        signals.install()
        print("ready", flush=True)
        with signals.on_signal(clean):
            os.kill(os.getpid(), signal.SIGINT)
    """
    process = start_until_ready(script, cwd=tmp_path)
    assert process.communicate(timeout=PATIENCE_S) == (b"finished", b"")
    assert process.returncode == -signal.SIGINT


def test_the_death_cannot_be_swallowed_on_the_way_up(tmp_path: Path) -> None:
    script = """
        import os, signal
        from gdanim import signals

        class Swallower:
            def __del__(self):
                os.kill(os.getpid(), signal.SIGINT)

        signals.install()
        print("ready", flush=True)
        Swallower()
        print("survived", flush=True)
    """
    process = start_until_ready(script, cwd=tmp_path)
    assert process.communicate(timeout=PATIENCE_S) == (b"", b"")
    assert process.returncode == -signal.SIGINT


def test_a_clean_up_no_longer_runs_once_its_block_is_left(tmp_path: Path) -> None:
    script = """
        import os, signal
        from gdanim import signals
        signals.install()
        print("ready", flush=True)
        with signals.on_signal(lambda: os.write(1, b"too late")):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
    """
    process = start_until_ready(script, cwd=tmp_path)
    assert process.communicate(timeout=PATIENCE_S) == (b"", b"")


def test_a_registered_child_dies_with_its_parent(tmp_path: Path) -> None:
    script = """
        import os, signal, subprocess
        from gdanim import signals
        signals.install()
        child = subprocess.Popen(["sleep", "100000"], start_new_session=True)
        with signals.on_signal(lambda: os.killpg(child.pid, signal.SIGKILL)):
            print("ready", flush=True)
            signal.pause()
    """
    process = start_until_ready(script, cwd=tmp_path)
    process.terminate()
    process.communicate(timeout=PATIENCE_S)  # the child holds the same pipes: they end only when it is gone, too
    assert process.returncode == -signal.SIGTERM


def test_a_postponed_signal_acts_at_the_end_of_the_block(tmp_path: Path) -> None:
    script = """
        import os, signal
        from gdanim import signals
        signals.install()
        print("ready", flush=True)
        with signals.on_signal(lambda: os.write(1, b"cleaned")):
            with signals.postponed():
                with signals.postponed():
                    os.kill(os.getpid(), signal.SIGTERM)
                    os.kill(os.getpid(), signal.SIGINT)
                os.write(1, b"finished, ")
            os.write(1, b"survived")
    """
    process = start_until_ready(script, cwd=tmp_path)
    assert process.communicate(timeout=PATIENCE_S) == (b"finished, cleaned", b"")
    assert process.returncode == -signal.SIGTERM


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_worker_that_is_stopped_leaves_its_parents_files_alone(tmp_path: Path) -> None:
    script = """
        import os, signal
        from gdanim import signals
        signals.install()
        print("ready", flush=True)
        with signals.on_signal(lambda: os.write(1, b"cleaned")):
            worker = os.fork()
            if not worker:
                os.kill(os.getpid(), signal.SIGTERM)
                os._exit(1)
            os.write(1, b"worker %d\\n" % os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]))
    """
    process = start_until_ready(script, cwd=tmp_path)
    assert process.communicate(timeout=PATIENCE_S) == (b"worker %d\n" % -signal.SIGTERM, b"")


def test_without_install_nothing_is_run_and_the_callers_handlers_decide() -> None:
    class Stopped(Exception):  # noqa: N818
        pass

    def stop(*_: object) -> None:
        raise Stopped

    ran: list[str] = []
    before = signal.signal(signal.SIGTERM, stop)
    try:
        with pytest.raises(Stopped), signals.on_signal(lambda: ran.append("cleaned")):
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert not ran


def test_a_reader_that_goes_away_ends_us_quietly_by_sigpipe(tmp_path: Path) -> None:
    script = """
        import sys
        from gdanim import signals
        signals.install()
        print("ready", flush=True)
        try:
            while True:
                print("y" * 1000)
        except BrokenPipeError:
            signals.die_of_broken_pipe()
    """
    process = start_until_ready(script, cwd=tmp_path)
    assert process.stdout is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.communicate(timeout=PATIENCE_S)[1] == b""
    assert process.returncode == -signal.SIGPIPE


def test_without_sigpipe_a_broken_pipe_is_exit_141(tmp_path: Path) -> None:
    script = """
        import signal
        from gdanim import signals
        del signal.SIGPIPE
        print("ready", flush=True)
        signals.die_of_broken_pipe()
    """
    process = start_until_ready(script, cwd=tmp_path)
    assert process.communicate(timeout=PATIENCE_S) == (b"", b"")
    assert process.returncode == 141


def test_an_interrupt_before_there_are_handlers_kills_without_a_traceback(tmp_path: Path) -> None:
    script = """
        import sys
        from gdanim.__main__ import main

        class Interrupted:
            def find_spec(self, name, *_):
                sys.meta_path.remove(self)
                raise KeyboardInterrupt

        print("ready", flush=True)
        sys.meta_path.insert(0, Interrupted())
        main()
    """
    process = start_until_ready(script, cwd=tmp_path)
    assert process.communicate(timeout=PATIENCE_S) == (b"", b"")
    assert process.returncode == -signal.SIGINT


def test_what_comes_before_the_handlers_imports_nothing(tmp_path: Path) -> None:
    script = """
        import sys
        before = set(sys.modules)
        import gdanim.__main__
        print("ready")
        print(*sorted(set(sys.modules) - before))
    """
    process = start_until_ready(script, cwd=tmp_path)
    assert process.communicate(timeout=PATIENCE_S)[0].split() == [b"__future__", b"gdanim", b"gdanim.__main__"]


def test_signals_imports_nothing_that_delays_the_handlers(tmp_path: Path) -> None:
    script = """
        import sys
        from gdanim import signals
        print("ready")
        print(*sys.modules)
    """
    imported = start_until_ready(script, cwd=tmp_path).communicate(timeout=PATIENCE_S)[0].decode().split()
    assert "signal" in imported
    assert not {"numpy", "matplotlib", "click", "PIL", "pathlib", "subprocess"}.intersection(imported)
