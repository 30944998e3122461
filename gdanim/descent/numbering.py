"""Numbering: when runs reach their rows, where they count iterations in other ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from gdanim.arrays import Index, Scalar


class Numbering(NamedTuple):
    """When runs reach their rows, where they count iterations from other numbers or in other steps.

    reached (m,)   the tick of each row of each run, run by run; `ticks` are added from one run to the next
    first (runs,)  the first row of each run in it
    ticks          how many there are, one for each iteration that any run has
    """

    reached: Index
    first: Index
    ticks: int

    @classmethod
    def of(cls, k: Index, last: Index) -> Numbering | None:
        """That of runs whose rows are the iterations k (runs, n+2) up to `last`; None where row i comes at tick i."""
        if (k == k[:1]).all():
            return None
        own = np.arange(k.shape[1]) <= last[:, np.newaxis]
        shared, tick = np.unique(k[own], return_inverse=True)
        first = np.cumsum(last + 1) - (last + 1)
        row = np.arange(len(tick)) - np.repeat(first, last + 1)
        if (tick == row).all():
            return None
        return cls(tick + len(shared) * np.repeat(np.arange(len(last)), last + 1), first, len(shared))

    def rows(self, tick: float) -> Scalar:
        """Where each run is: (runs,), between two rows where a frame lies between two ticks; NaN before its first."""
        begin = int(tick)
        there, share = self._rows(begin), tick - begin
        return there if share == 0 else there + share * (self._rows(begin + 1) - there)

    def _rows(self, tick: int) -> Scalar:
        wanted = self.ticks * np.arange(len(self.first)) + tick
        row = np.searchsorted(self.reached, wanted, side="right") - 1 - self.first
        return np.where(row < 0, np.nan, row)

    def tick_of(self, runs: Index, row: Index) -> Index:
        """The ticks (m,) at which runs (m,) reach rows (m,)."""
        found: Index = self.reached[self.first[runs] + row] - self.ticks * runs
        return found

    def among(self, runs: Index, last: Index) -> Numbering:
        """That of some runs, with their `last` rows."""
        length = last + 1
        first = np.cumsum(length) - length
        row = np.arange(int(length.sum())) - np.repeat(first, length)
        run = np.repeat(np.arange(len(runs)), length)
        return Numbering(self.tick_of(runs[run], row) + self.ticks * run, first, self.ticks)
