"""Normals: the random numbers of a descent, the same for a start whatever runs beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.arrays import Vector

NOISE, METHOD = range(2)  # what the numbers are for: keys of Normals
BLOCK = 64  # iterations drawn at a time: one call of each run's generator


class Normals:
    """Standard normal numbers (runs, d) for every iteration, from a generator of its own for each stream.

    streams (runs,)   runs of the same stream see the same numbers: optimizers that race from one start are shaken alike
    key               numbers for another purpose, of the same seed

    Iterations have to be asked for in rising order; the last one may be asked for again.
    """

    def __init__(self, seed: int, key: int, streams: Sequence[int], dim: int) -> None:
        self._seed, self._key, self._dim = seed, key, dim
        place = {stream: i for i, stream in enumerate(dict.fromkeys(streams))}
        self._streams, self._place = tuple(place), np.array([place[stream] for stream in streams])
        self._generators: list[np.random.Generator] | None = None
        self._first = -1
        self._block = np.empty((0, len(streams), dim))

    def at(self, iteration: int) -> Vector:
        """The numbers of an iteration: (runs, d). Raises ValueError for one that has passed."""
        if iteration < self._first:
            raise ValueError(f"the numbers of iteration {iteration} are gone")
        while not 0 <= iteration - self._first < len(self._block):
            self._draw()
        numbers: Vector = self._block[iteration - self._first]
        return numbers

    def _draw(self) -> None:
        if self._generators is None:
            self._first = 0
            self._generators = [np.random.default_rng([self._seed, self._key, stream]) for stream in self._streams]
        else:
            self._first += BLOCK
        drawn = np.stack([generator.standard_normal((BLOCK, self._dim)) for generator in self._generators], axis=1)
        # Shared, not copied: of the cells of basins all have one stream.
        shape = BLOCK, len(self._place), self._dim
        self._block = drawn[:, self._place] if len(self._streams) > 1 else np.broadcast_to(drawn, shape)
        self._block.flags.writeable = False
