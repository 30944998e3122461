"""Several processes draw the film that one draws; what ends or fails in one of them is said, and nothing is left."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from support.commandline import QUICK, run
from support.problems import scene_of, solved

from gdanim.drawing.painting import drawers, forks
from gdanim.drawing.painting.drawers import Drawers, worth_drawers
from gdanim.drawing.raster import Raster
from gdanim.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from gdanim.drawing.frame import Frame

    Picture = NDArray[np.uint8]

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs fork and /proc, as Linux has them")


@pytest.fixture
def raster() -> Iterator[Raster]:
    """A box that turns: every frame is new."""
    turning = solved("saddle", view="surface", turn=40.0, iterations=7, size="160x120", start=((0.5, 0.01),))
    with scene_of(turning) as scene:
        yield Raster(scene)
    assert not multiprocessing.active_children()


def put_together(frames: Iterable[Frame]) -> list[tuple[int, float, Picture]]:
    """Each frame's index, end and whole picture."""
    found: list[tuple[int, float, Picture]] = []
    canvas = np.zeros((120, 160, 4), np.uint8)
    for frame in frames:
        canvas[frame.box.slices] = frame.pixels
        found.append((frame.index, frame.end_s, canvas.copy()))
    return found


def test_they_draw_what_one_process_draws(raster: Raster) -> None:
    with Drawers(raster, 3) as several:
        found = put_together(several.sample()) + put_together(several.frames())
    expected = put_together(raster.sample()) + put_together(raster.frames())
    assert [frame[:2] for frame in found] == [frame[:2] for frame in expected]
    assert all(np.array_equal(one, other) for (*_, one), (*_, other) in zip(found, expected, strict=True))


def test_boxes_are_as_small_as_what_is_new(raster: Raster) -> None:
    with Drawers(raster, 2) as several:
        boxes = [frame.box for frame in several.frames()]
    pictures = [picture for *_, picture in put_together(raster.frames())]
    for before, after, box in zip(pictures, pictures[1:], boxes[1:], strict=False):
        rows, columns = np.nonzero((before != after).any(axis=-1))
        assert (box.y, box.y + box.height, box.x, box.x + box.width) == (
            rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
        )  # fmt: skip


def test_one_that_is_killed_is_told_of(raster: Raster) -> None:
    with Drawers(raster, 2) as several:
        frames = several.frames()
        os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
        with pytest.raises(OutputError, match=r"^A process that drew frames was killed by SIGKILL$"):
            put_together(frames)


@pytest.mark.parametrize(
    ("raised", "told"),
    [(ValueError("odd"), "^Cannot draw frame 3: .*ValueError: odd"), (OutputError("no font"), "^no f")],
)
def test_what_goes_wrong_in_one_is_told(
    raster: Raster, monkeypatch: pytest.MonkeyPatch, raised: Exception, told: str
) -> None:
    usual = raster.still

    def still(index: int) -> Picture:
        if index == 3:
            raise raised
        return usual(index)

    monkeypatch.setattr(raster, "still", still)
    drawn = []
    with Drawers(raster, 2) as several, pytest.raises(OutputError, match=told):
        drawn.extend(frame.index for frame in several.frames())
    assert drawn == [0, 1, 2]


def test_memory_that_runs_out_in_one_runs_out(raster: Raster, monkeypatch: pytest.MonkeyPatch) -> None:
    def still(_index: int) -> Picture:
        raise MemoryError

    monkeypatch.setattr(raster, "still", still)
    with Drawers(raster, 2) as several, pytest.raises(MemoryError):
        next(several.frames())


def test_they_end_where_nobody_asks_them_any_more(raster: Raster) -> None:
    with Drawers(raster, 2) as several:
        processes = multiprocessing.active_children()
        for connection in several.connections:  # as the end of the parent closes them
            connection.close()
        for process in processes:
            process.join(60)
        assert [process.exitcode for process in processes] == [0, 0]


def test_they_are_for_long_films_of_a_program_without_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "are_handled", lambda: True)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    monkeypatch.setattr(os, "cpu_count", lambda: 99)
    assert worth_drawers((640, 480), 100) == 4
    assert worth_drawers((640, 480), 20) == 2  # to fork takes its time
    assert worth_drawers((640, 480), 9) == 0
    assert worth_drawers((3840, 2160), 100) == 2  # each takes its memory
    assert worth_drawers((8192, 8192), 100) == 0
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert worth_drawers((640, 480), 100) == 0
    monkeypatch.undo()
    assert worth_drawers((640, 480), 100) == 0  # this program is not gdanim


def test_a_film_is_the_same_byte_for_byte(in_tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ("saddle", "--view", "surface", "--turn", "9", *QUICK, "-o")
    forks: list[int] = []
    usual = Drawers.__enter__

    def counted(several: Drawers) -> Drawers:
        forks.append(1)
        if len(forks) == 2:
            raise BlockingIOError  # no more processes here
        return usual(several)

    assert run(*command, "one.gif").code == 0
    monkeypatch.setattr(drawers, "worth_drawers", lambda *_: 2)
    monkeypatch.setattr(Drawers, "__enter__", counted)
    assert [run(*command, name).code for name in ("two.gif", "none.gif", "still.svg")] == [0, 0, 0]
    assert len(forks) == 2
    assert len({(in_tmp_path / name).read_bytes() for name in ("one.gif", "two.gif", "none.gif")}) == 1
