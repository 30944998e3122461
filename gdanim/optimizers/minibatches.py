"""Mini-batches: the rows whose gradient each step of a fit sees, drawn without replacement and shuffled each epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.optimizers.random import ORDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.arrays import Flags, Index, Vector
    from gdanim.models.fit import Fit

ALL: Final = "all"  # how a person writes that each step sees all rows


class MiniBatch(NamedTuple):
    """How many rows a step sees, out of how many. An epoch sees each once; its last batch may be shorter."""

    size: int
    rows: int

    @property
    def steps(self) -> int:
        """Of an epoch."""
        return -(-self.rows // self.size)

    @property
    def label(self) -> str:
        """As people read it."""
        return f"batch {self.size}"

    def seen(self, k: Index) -> Index:
        """How many rows the first k steps see (m,)."""
        found: Index = k // self.steps * self.rows + np.minimum(k % self.steps * self.size, self.rows)
        return found

    def epoch(self, k: int) -> int:
        """The epoch that step k belongs to, both counted from 1; of the start, the first."""
        return max(k - 1, 0) // self.steps + 1

    def part(self, k: int) -> slice:
        """Which rows of the order of its epoch the step after k others sees."""
        first = k % self.steps * self.size
        return slice(first, first + self.size)


def order_of(rows: int, seed: int, stream: int, epoch: int) -> Index:
    """The order in which an epoch, counted from 0, sees the rows (n,): the same for all runs of one stream."""
    found: Index = np.random.default_rng([seed, ORDER, stream, epoch]).permutation(rows)
    return found


def rows_of_step(batch: MiniBatch, seed: int, stream: int, k: int) -> Index:
    """The rows that the step after k others sees: (m,)."""
    return order_of(batch.rows, seed, stream, k // batch.steps)[batch.part(k)]


class Sampler:
    """The gradients that steps see, of runs whose orders come from streams (runs,)."""

    def __init__(self, fit: Fit, batch: MiniBatch, seed: int, streams: Sequence[int]) -> None:
        self._fit, self._batch, self._seed, self._streams = fit, batch, seed, list(streams)
        self._orders: dict[int, Index] = {}
        self._epoch = -1

    def gradient(self, w: Vector, k: int) -> Vector:
        """The gradients at w (runs, d) of the rows that the step after k others sees: (runs, d), column by column."""
        epoch = k // self._batch.steps
        if epoch != self._epoch:
            rows, seed = self._batch.rows, self._seed
            self._orders = {stream: order_of(rows, seed, stream, epoch) for stream in set(self._streams)}
            self._epoch = epoch
        found, part = np.empty_like(w, order="F"), self._batch.part(k)
        for run, stream in enumerate(self._streams):
            found[run] = self._fit.on_rows(w[run : run + 1], self._orders[stream][part])[1][0]
        return found

    def keep(self, runs: Flags) -> None:
        """Go on with only some of the runs."""
        self._streams = [stream for stream, kept in zip(self._streams, runs, strict=True) if kept]
