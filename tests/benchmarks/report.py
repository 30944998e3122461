"""What was measured, as a table, as JSON, and beside what was measured before."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.benchmarks.measuring import Cost, medians, ratio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.benchmarks.rows import Row

PACKAGES = ("click", "imageio-ffmpeg", "matplotlib", "numpy", "pillow")
MARKS = ("<!-- benchmarks -->", "<!-- /benchmarks -->")
SLOWER = 1.15  # ratios that grew by less are noise: pairs on a busy machine differ by a tenth
_ABOUT = """
gdanim / the other side, as whole processes that ran in turn. The ratio is that of CPU time, or of peak memory where the
job says so; loops, formulas and trails count without imports and preparation. ✗: more than was asked.

"""
_PEER = """
FuncAnimation, matplotloom and svganim draw the same figure and frames, with all that moves in gdanim's, by artists of
matplotlib of which each frame sets the data (`tests/benchmarks/artists.py`): a trail is a line with dots for each of
its shades; a spot and the ring around a start are markers; paths and ends of earlier runs are a line for each colour;
of the readout, tallies and names each piece of its own colour is a text.
"""
_HEAD = (
    "| job | beside | costs, of the other | asked | pairs | CPU | peak | size | PSNR |\n"
    "|---|---|---|---|---|---|---|---|---|\n"
)


class Side(NamedTuple):
    """One side of a row: medians, and its file."""

    cost: Cost
    size: int = 0
    psnr_db: float | None = None


class Result(NamedTuple):
    """A row as it was measured. ratio: what gdanim costs, of what the other side does; pairs: how often both ran."""

    name: str
    beside: str
    figure: str
    ratio: float
    at_most: float
    ours: Side
    theirs: Side
    pairs: int

    @property
    def key(self) -> str:
        """What the row is known by."""
        return f"{self.name} | {self.beside} | {self.figure}"


def result(row: Row, ours: Sequence[Cost], theirs: Sequence[Cost], files: Sequence[tuple[int, float | None]]) -> Result:
    """The figures of a row: medians of each side, and the median of the paired ratios."""
    theirs = [each._replace(cpu_s=each.cpu_s * row.times, wall_s=each.wall_s * row.times) for each in theirs]
    found = ratio(ours, theirs, row.figure)
    sides = [Side(medians(costs), *file) for costs, file in zip((ours, theirs), files, strict=True)]
    return Result(row.name, row.beside, row.figure, found, row.at_most, *sides, len(ours))


def machine() -> dict[str, str]:
    """What the figures were measured with."""
    versions = {package: version(package) for package in PACKAGES}
    system = {"machine": platform.machine(), "system": platform.system(), "cores": str(os.cpu_count())}
    return {**system, "python": platform.python_version(), **versions}


def as_json(results: Sequence[Result]) -> str:
    """Everything, for a later run to be compared with."""
    rows = {each.key: _row(each) for each in results}
    return json.dumps({"with": machine(), "rows": rows}, indent=1, ensure_ascii=False) + "\n"


def _row(each: Result) -> dict[str, Any]:
    return {"ratio": each.ratio, "pairs": each.pairs, "ours": _side(each.ours), "theirs": _side(each.theirs)}


def _side(side: Side) -> dict[str, Any]:
    return {**side.cost._asdict(), "size": side.size, "psnr_db": side.psnr_db}


def slower(results: Sequence[Result], before: Mapping[str, Any]) -> list[str]:
    """A line for each row that costs more beside the other side than it did."""
    pairs = ((each, before["rows"][each.key]["ratio"]) for each in results if each.key in before["rows"])
    return [
        f"{each.name} beside {each.beside}: {_times(each.ratio)}, was {_times(was)}"
        for each, was in pairs
        if each.ratio > SLOWER * was
    ]


def table(results: Sequence[Result], missing: Mapping[str, str]) -> str:
    """The table of the README."""
    rows = "".join(f"| {' | '.join(_cells(each))} |\n" for each in results)
    left_out = "".join(f"\n{name}: {why}.\n" for name, why in missing.items())
    found = machine()
    using = ", ".join(f"{name} {found[name]}" for name in ("python", *PACKAGES))
    where = f"{found['system']}, {found['machine']}, {found['cores']} cores"
    measured = f"\nMedians over the pairs, measured on {where},\nwith {using}.\n"
    return f"{_ABOUT}{_HEAD}{rows}{left_out}{_PEER}{measured}"


def told(each: Result) -> str:
    """A row on one line, without its name."""
    return ", ".join(filter(None, _cells(each)[2:]))


def _cells(each: Result) -> list[str]:
    ours, theirs = each.ours, each.theirs
    verdict = "" if each.ratio <= each.at_most else " ✗"
    sizes = [f"{side.size / 1000:.0f} kB" if side.size else "" for side in (ours, theirs)]
    truth = ["" if side.psnr_db is None else f"{side.psnr_db:.1f} dB" for side in (ours, theirs)]
    return [
        each.name, each.beside, f"{_times(each.ratio)}{verdict}", _times(each.at_most), str(each.pairs),
        f"{ours.cost.cpu_s:.2f} / {theirs.cost.cpu_s:.2f} s",
        f"{ours.cost.peak_kb / 1000:.0f} / {theirs.cost.peak_kb / 1000:.0f} MB",
        _beside(sizes), _beside(truth),
    ]  # fmt: skip


def _beside(texts: Sequence[str]) -> str:
    return " / ".join(texts) if any(texts) else ""


def _times(found: float) -> str:
    """A ratio as people say it: 1.32 ×, or 1/31.4."""
    return f"{found:.2f} ×" if found >= 0.5 else f"1/{1 / found:.1f}"


def put_into(page: str, new: str) -> str:
    """The page with the table between its marks. Raises ValueError where it has none."""
    before, begin, rest = page.partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not (begin and end):
        raise ValueError(f"the page has no {MARKS[0]}")
    return f"{before}{begin}\n{new}{end}{after}"
