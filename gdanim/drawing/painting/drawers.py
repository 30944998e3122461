"""Drawers: forked processes that draw the frames of a film, so that several cores draw at once.

Worth it where every frame is new, as of a box that turns. Each drawer has the whole picture, as it was when it was
forked, and draws every so manieth frame as a picture of its own into memory that is shared. What comes out is what one
process draws: the same pixels, in the same order.
"""

from __future__ import annotations

import mmap
import multiprocessing
from contextlib import ExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gdanim.drawing.frame import Box, Frame, difference
from gdanim.drawing.painting.forks import forked, n_cores
from gdanim.errors import GdanimError, OutputError, unforeseen
from gdanim.signals import death, on_signal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from typing import Self

    from numpy.typing import NDArray

    from gdanim.drawing.raster import Raster

MOST: Final = 8
MAX_PIXELS: Final = 20_000_000  # of all drawers: each takes some 30 bytes for each of its picture
FEWEST_FRAMES: Final = 8  # for each drawer: to fork it takes as long as to draw one or two
AHEAD: Final = 2  # pictures of each drawer that are asked for, so that it has work while one is encoded


def worth_drawers(size: tuple[int, int], n_frames: int) -> int:
    """How many drawers are worth it for a film of which every frame is new; 0 where one process is as good."""
    drawers = min(n_cores(), MOST, MAX_PIXELS // (size[0] * size[1]), n_frames // FEWEST_FRAMES)
    return drawers if drawers > 1 else 0


class Drawers:
    """Draws the frames of a film in forked processes; see Raster. Within `with`: they end with it."""

    def __init__(self, raster: Raster, count: int) -> None:
        self._raster, self._count = raster, count
        self._ends_s = raster.scene.timeline.end_s
        width, height = raster.size
        memory = mmap.mmap(-1, AHEAD * count * height * width * 4)
        self._places = np.frombuffer(memory, np.uint32).reshape(AHEAD * count, height, width)
        self.connections: list[Connection[Any, Any]] = []
        self._processes: list[BaseProcess] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        _ = self._raster.background  # drawn once for all of them
        with ExitStack() as stack:
            stack.enter_context(on_signal(self._kill))
            stack.callback(self._end)
            for _ in range(self._count):
                self._fork()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def frames(self) -> Iterator[Frame]:
        """Every frame of the timeline, in order."""
        return self._drawn(range(len(self._ends_s)))

    def sample(self) -> Iterator[Frame]:
        """Some frames over the timeline; boxes since the one before."""
        return self._drawn(self._raster.sampled())

    def _drawn(self, indices: Sequence[int]) -> Iterator[Frame]:
        """The frames, from each drawer in turn, and boxes of what is new in them. To be iterated to its end."""
        shown = np.empty_like(self._places[0])
        pixels = shown.view(np.uint8).reshape(*shown.shape, 4)
        pixels.flags.writeable = False
        ahead = len(self._places)
        for place, index in enumerate(indices[:ahead]):
            self._ask(place, index)
        for place, index in enumerate(indices):
            self._wait(place)
            drawn = self._places[place % ahead]
            box = difference(drawn, shown) if place else Box(0, 0, *self._raster.size)
            shown[box.slices] = drawn[box.slices]
            if place + ahead < len(indices):
                self._ask(place + ahead, indices[place + ahead])
            yield Frame(index=index, end_s=float(self._ends_s[index]), box=box, pixels=pixels[box.slices])

    def _ask(self, place: int, index: int) -> None:
        with suppress(BrokenPipeError):  # one that died: that is said where its picture is waited for
            self.connections[place % self._count].send((index, place % len(self._places)))

    def _wait(self, place: int) -> None:
        """Wait for a picture. Raises what its drawer answered in its place, and OutputError where that is gone."""
        try:
            error = self.connections[place % self._count].recv()
        except (EOFError, OSError):
            process = self._processes[place % self._count]
            process.join()
            raise OutputError(f"A process that drew frames {death(process.exitcode or 0)}") from None
        if error is not None:
            raise error

    def _fork(self) -> None:
        """One more drawer."""
        ours, its = multiprocessing.Pipe()
        self.connections.append(ours)
        self._processes.append(forked(partial(_draw, self._raster, its, self._places, tuple(self.connections))))
        its.close()

    def _kill(self) -> None:
        """Kill the drawers, whatever they are at: nothing is theirs to clean up."""
        for process in self._processes:
            process.kill()

    def _end(self) -> None:
        self._kill()
        for process in self._processes:
            process.join()
        for connection in self.connections:
            connection.close()


def _draw(
    raster: Raster,
    asked: Connection[Any, Any],
    places: NDArray[np.uint32],
    of_parent: tuple[Connection[Any, Any], ...],
) -> None:
    """What a drawer does: it draws what it is asked for, until nobody is there to ask."""
    for connection in of_parent:  # so that each drawer sees when the parent is gone
        connection.close()
    with suppress(EOFError, OSError):
        while True:
            index, place = asked.recv()
            asked.send(_error_of(raster, index, places[place]))


def _error_of(raster: Raster, index: int, place: NDArray[np.uint32]) -> Exception | None:
    """Draw a frame into a place; what went wrong is said in an error that can be sent."""
    try:
        place[:] = raster.still(index).view(np.uint32)[..., 0]
    except MemoryError:
        return MemoryError()
    except GdanimError as error:
        return OutputError(str(error))
    except Exception as error:
        return OutputError(f"Cannot draw frame {index}: {unforeseen(error)}")
    return None
