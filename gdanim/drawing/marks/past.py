"""Trails of other lengths: the last steps of a swarm, and the whole paths of runs that are over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.drawing.marks.fade import OF_SWARM
from gdanim.drawing.marks.trails import Trail, moment_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.arrays import Index
    from gdanim.drawing.geometry import Polylines
    from gdanim.drawing.marks.track import Track
    from gdanim.drawing.run_styles import RunStyle


class ShortTrails(Trail):
    """The last few steps of each run of a swarm. There are too many of them for stripes."""

    striped = False
    fade = OF_SWARM


class PastTrails(Trail):
    """The whole paths of runs that are over, where runs are shown one after another."""

    striped = False

    def __init__(self, track: Track, run_styles: Sequence[RunStyle], last: Index, *, width_pt: float) -> None:
        super().__init__(track, run_styles, width_pt=width_pt, dot_pt=0.0)
        self.last = last
        self.set_zorder(8.5)

    def _shown(self) -> Index:
        return moment_of(self).over

    def _lines(self, runs: Index) -> Polylines:
        since, until = np.zeros(len(runs)), self.last[runs].astype(np.float64)
        return self.track.lines(runs, since, until, self.pixels[runs, self.last[runs]], self.plane, self.dpi)
