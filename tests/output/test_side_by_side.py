"""Files of several styles are written side by side: the same bytes, and what goes wrong in one process is told."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.commandline import QUICK, run

from gdanim.drawing.painting import forks
from gdanim.errors import EncoderError, GdanimError, OutputError, SettingError, UsageError
from gdanim.output import side_by_side as module
from gdanim.output.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable

    Report = Callable[[int, int], None]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, which Windows has not")


@pytest.fixture(autouse=True)
def _nothing_is_left() -> object:
    yield
    assert not multiprocessing.active_children()


def own_process(report: Report, *, steps: int = 0) -> int:
    """Report some steps; returns the number of the process."""
    for step in range(steps):
        report(step + 1, steps)
    return os.getpid()


def raises(error: Exception, _report: Report) -> int:
    raise error


def waits(_report: Report) -> int:
    time.sleep(600)
    return 0


def unheard(_done: int, _of: int) -> None: ...


def test_each_has_a_process_and_the_first_has_this_one() -> None:
    first, *others = side_by_side([own_process] * 3, unheard)
    assert first == os.getpid()
    assert len({first, *others}) == 3


def test_results_come_in_the_order_of_the_works() -> None:
    works = [lambda _, place=place: "abc"[place] * 100_000 for place in range(3)]  # more than a pipe holds
    assert side_by_side(works, unheard) == ["a" * 100_000, "b" * 100_000, "c" * 100_000]


def test_progress_is_that_of_all() -> None:
    heard: list[tuple[int, int]] = []

    def after_the_others(report: Report) -> None:
        for process in multiprocessing.active_children():
            process.join()
        report(5, 5)

    side_by_side([after_the_others, partial(own_process, steps=5), partial(own_process, steps=5)],
                 lambda *told: heard.append(told))  # fmt: skip
    assert heard == [(15, 5)]


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (SettingError("--dpi", 0, "more than 0"), UsageError, r"^--dpi 0: more than 0$"),
        (EncoderError("no such codec"), OutputError, r"^no such codec$"),
        (ValueError("odd"), OutputError, r"^a fault of gdanim's own: ValueError: odd"),
        (MemoryError(), OutputError, r"^there is not enough memory"),
    ],
)
def test_what_another_process_raises_is_raised(error: Exception, kind: type[GdanimError], text: str) -> None:
    with pytest.raises(kind, match=text):
        side_by_side([own_process, partial(raises, error)], unheard)


def test_a_process_that_is_killed_is_told_of() -> None:
    def kills(_report: Report) -> int:
        os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
        return 0

    with pytest.raises(OutputError, match=r"was killed by SIGKILL$"):
        side_by_side([kills, waits], unheard)


def test_where_the_first_fails_the_others_end() -> None:
    with pytest.raises(ValueError, match="odd"):
        side_by_side([partial(raises, ValueError("odd")), waits], unheard)


def test_one_that_nobody_hears_any_more_ends(tmp_path: Path) -> None:
    """Its parent is killed: it gives up what it is at, as the whole command would have."""
    told = tmp_path / "process"

    def works_on(report: Report) -> int:
        told.write_text(str(os.getpid()), encoding="ascii")
        while True:
            report(0, 1)
            time.sleep(0.01)

    def is_killed(_report: Report) -> int:
        while not told.exists() or not told.read_text(encoding="ascii"):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    parent = multiprocessing.get_context("fork").Process(target=side_by_side, args=([is_killed, works_on], unheard))
    parent.start()
    parent.join(60)
    assert parent.exitcode == -signal.SIGKILL
    process = Path("/proc", told.read_text(encoding="ascii"), "stat")
    for _ in range(600):
        if not process.exists() or process.read_text(encoding="ascii").split()[2] == "Z":
            return
        time.sleep(0.01)
    pytest.fail("it works on")


def test_where_no_process_is_left_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_work: object) -> None:
        raise BlockingIOError

    monkeypatch.setattr(module, "forked", refuse)
    assert side_by_side([own_process] * 3, unheard) == [os.getpid()] * 3


def test_themes_are_the_same_byte_for_byte(in_tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ("parabola", "--themes", "light,dark,print", "-o", "a.gif", "-o", "a.svg", *QUICK)
    assert run(*command).code == 0
    before = {path.name: path.read_bytes() for path in in_tmp_path.iterdir()}
    assert len(before) == 6
    begun: list[object] = []
    usual = module.forked
    monkeypatch.setattr(module, "forked", lambda work: begun.append(work) or usual(work))
    monkeypatch.setattr(forks, "n_cores", lambda: 2)
    ran = run(*command, "--force")
    assert ran.code == 0
    assert len(begun) == 1  # two at once, and then the third
    assert {path.name: path.read_bytes() for path in in_tmp_path.iterdir()} == before
