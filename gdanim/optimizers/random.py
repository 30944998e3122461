"""The random numbers of a descent: the same for a start, whatever runs beside it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gdanim.arrays import Vector

NOISE, METHOD, ORDER = range(3)  # what the numbers are for: keys of NormalStreams
BLOCK = 64  # iterations drawn at a time: one call of each stream's generator


class NormalStreams:
    """Standard normal numbers for every iteration, from one generator for each stream.

    streams (runs,)   runs of one stream see the same numbers: optimizers that start at one point get the same noise
    key               numbers for another purpose, of the same seed

    Iterations have to be asked for in rising order; the last one may be asked for again.
    """

    def __init__(self, seed: int, key: int, streams: Sequence[int], dim: int) -> None:
        column = {stream: i for i, stream in enumerate(dict.fromkeys(streams))}
        self._seeds = [[seed, key, stream] for stream in column]
        self._columns = np.array([column[stream] for stream in streams])
        self._first = 0
        self._block = np.empty((0, len(column), dim))  # of the iterations from _first on

    @cached_property
    def _generators(self) -> list[np.random.Generator]:
        return [np.random.default_rng(seed) for seed in self._seeds]

    def at(self, iteration: int) -> Vector:
        """The numbers of an iteration: (runs, d), or (1, d) where all runs have one stream.

        Raises ValueError for an iteration that has passed.
        """
        if iteration < self._first:
            raise ValueError(f"the numbers of iteration {iteration} are gone")
        while iteration >= self._first + len(self._block):
            self._first += len(self._block)
            size = BLOCK, self._block.shape[2]
            self._block = np.stack([generator.standard_normal(size) for generator in self._generators], axis=1)
            self._block.flags.writeable = False
        numbers: Vector = self._block[iteration - self._first]
        return numbers if len(numbers) == 1 else numbers[self._columns]

    def keep(self, runs: NDArray[np.bool_]) -> None:
        """Go on with only some of the runs."""
        self._columns = self._columns[runs]
