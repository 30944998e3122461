"""`--inset`: a small axes in a free corner that shows a part of the picture enlarged, with all that moves there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox, IdentityTransform

from gdanim.descent.descend import Descent
from gdanim.descent.timeline import Timeline
from gdanim.drawing.geometry import PixelPoints
from gdanim.drawing.layout import TICK_PT, Layout
from gdanim.drawing.marks.tangent import Tangent
from gdanim.drawing.marks.trails import Trail
from gdanim.drawing.painting.mark import Mark
from gdanim.errors import SettingError
from gdanim.formatting import coordinates
from gdanim.objectives.surroundings import nearest_known

LATE: Final = 0.5  # of a run: what comes after is seen in the neighbourhood of the minimum
NEAR: Final = 0.12  # of the width of the bounds: a minimum so far from the end of a run is where it ends
MARGIN: Final = 1.3  # around that
LEAST_SHARE, MOST_SHARE = 0.01, 0.06  # of the axes, from its middle to its ends
SIZES: Final = (0.46, 0.4, 0.34, 0.3, 0.26, 0.22)  # of the axes, the largest first
FLAT: Final = 0.65  # of its height, what an inset of a curve may have
PLACES: Final = tuple(place / 8 for place in range(9))  # from the left or the bottom to the other side
LEAST_PX: Final = 30.0
FARTHEST_PX: Final = 2000.0  # beyond the axes: as far away, lines are followed
STEP_PX: Final = 3.0  # between points along a line that must not be covered
# To whatever moves, and to the edges, where arrows stand for spots outside; the less only where else there is no room.
CLEAR_PT: Final = (8.0, 4.0)
FRAME_PT: Final = 0.9
LEAST_MARK_PX: Final = 7.0  # of the frame around the part that is enlarged


def zoomed(descent: Descent) -> Descent:
    """The same descent, seen in the part that the inset shows. Raises SettingError where there is none."""
    if descent.settings.facet is not None:
        raise SettingError("--facet", descent.settings.facet, "has no room for insets; leave out --inset")
    limits = _limits(descent)
    xlim, ylim = limits if len(limits) == 2 else (limits[0], _heights(descent, limits[0]))
    return replace(
        descent,
        settings=replace(descent.settings, xlim=xlim, ylim=ylim, aspect="free", basins=False, xlabel="", ylabel=""),
    )


def place_inset(layout: Layout, axes: Axes, inset: Axes, marks: Sequence[Mark], descent: Descent) -> None:
    """Give the inset its place in axes, where no curve, path or other mark ever comes, and frame what it shows.

    Raises SettingError where there is none.
    """
    asked, timeline = descent.settings.inset, descent.timeline
    told = asked if isinstance(asked, str) else coordinates(asked or ())
    style, box = layout.style, axes.get_window_extent()
    label_px = layout.px(1.5 * TICK_PT)
    part = _part(axes, inset)
    taken = [part, *_extents(marks, timeline)]
    shapes = (1.0, FLAT) if descent.objective.dim == 1 else (1.0,)
    sizes = [(size, size * shape) for size, shape in product(SIZES, shapes)]
    lines = list(_lines(axes, marks, timeline))
    places = (_free(box, sizes, lines, taken, layout.px(clear), label_px) for clear in CLEAR_PT)
    found = next(filter(None, places), None)
    if found is None:
        allowed = "finds no corner that curve and path leave free; give a larger --size, or other --xlim and --ylim"
        raise SettingError("--inset", told, allowed)
    layout.place(inset, (found.x0, found.y0, found.x1, found.y1 - label_px))
    inset.set_zorder(axes.get_zorder() + 1)
    inset.patch.set(visible=True, facecolor=style.background)
    inset.tick_params(left=False, bottom=False, labelleft=False, labelbottom=False)
    inset.grid(visible=False)
    for spine in inset.spines.values():
        spine.set(visible=True, color=style.muted, linewidth=FRAME_PT)
    factor = np.ptp(axes.get_xlim()) / np.ptp(inset.get_xlim()) * (found.width / box.width)
    inset.text(  # in the inset, where spots on its edge lie above
        round(found.x0), round(found.y1 - label_px + layout.px(3.0)), f"×{factor:.2g}", color=style.text,
        fontsize=TICK_PT, transform=IdentityTransform(), parse_math=False,
        bbox={"facecolor": style.background, "edgecolor": "none", "pad": 1.0},
    )  # fmt: skip
    axes.add_patch(
        Rectangle(
            part.min, part.width, part.height, transform=IdentityTransform(), fill=False, edgecolor=style.muted,
            linewidth=FRAME_PT, zorder=3.5,
        )
    )  # fmt: skip


def _limits(descent: Descent) -> tuple[tuple[float, float], ...]:
    asked, dim = descent.settings.inset, descent.objective.dim
    if asked is None or isinstance(asked, str):
        return _around_minimum(descent)
    if len(asked) == 2 and dim == 2:
        raise SettingError("--inset", coordinates(asked), "give the ends along both axes, x0,x1,y0,y1")
    ends = [float(end) for end in asked]
    return tuple((low, high) for low, high in zip(ends[::2], ends[1::2], strict=True))


def _around_minimum(descent: Descent) -> tuple[tuple[float, float], ...]:
    """The ends of a part around the minimum that a run came nearest to, in which the second half of its way lies."""
    objective, trajectory = descent.objective, descent.trajectory
    ends, width = trajectory.x[np.arange(trajectory.runs), trajectory.last], np.ptp(objective.bounds, axis=1)
    failed = np.array([stop.failed for stop in trajectory.stop])
    nearest, away = nearest_known(objective, ends)
    run = int(np.argmin(np.where(failed, np.inf, away))) if len(objective.minimizers) else trajectory.runs - 1
    last, end = int(trajectory.last[run]), ends[run]
    path = trajectory.x[run, : last + 1]
    if len(objective.minimizers) and (failed[run] or away[run] <= NEAR * width.max()):
        end = objective.minimizers[0 if failed[run] else nearest[run]]
    late = np.abs(path[int(LATE * last) :] - end) / width
    share = float(np.clip(MARGIN * late.max(), LEAST_SHARE, MOST_SHARE))
    return tuple((float(low), float(high)) for low, high in zip(end - share * width, end + share * width, strict=True))


def _heights(descent: Descent, xlim: tuple[float, float]) -> tuple[float, float]:
    """Ends of the vertical axis that hold the function between the ends of the other."""
    with np.errstate(all="ignore"):
        f = descent.objective.value(np.linspace(*xlim, 201)[:, np.newaxis])
    f = f[np.isfinite(f)]
    if not len(f) or np.ptp(f) == 0:
        raise SettingError("--inset", coordinates(xlim), "the function has no finite values that differ there")
    return float(f.min() - 0.12 * np.ptp(f)), float(f.max() + 0.08 * np.ptp(f))


def _lines(axes: Axes, marks: Sequence[Mark], timeline: Timeline) -> Iterator[PixelPoints]:
    """Points along the lines of axes that must stay visible: the curve, paths, and all tangents."""
    for line in axes.get_lines():
        points = np.asarray(line.get_xydata(), dtype=np.float64)
        pixels = axes.transData.transform(points[np.isfinite(points).all(axis=1)])
        yield from [pixels] if line.get_linestyle() == "None" else _dense(pixels, axes)
    for mark in marks:
        if isinstance(mark, Trail):
            for path in mark.pixels:
                yield from _dense(path, axes)
        elif isinstance(mark, Tangent):
            for frame in range(timeline.frames):
                mark.show(timeline.moment(frame))
                for run in timeline.moment(frame).visible.tolist():
                    yield from _dense(mark.ends_of(run), axes)


def _dense(line: PixelPoints, axes: Axes) -> Iterator[PixelPoints]:
    """Points along a line (m, 2) in pixels, a few apart, as far as it may be seen."""
    low, high = np.array(axes.bbox.min), np.array(axes.bbox.max)
    line = np.clip(line, low - FARTHEST_PX, high + FARTHEST_PX)
    yield line
    lengths = np.abs(np.diff(line, axis=0)).max(axis=1, initial=0.0)
    for row in np.flatnonzero(lengths > STEP_PX).tolist():
        share = np.linspace(0, 1, int(lengths[row] / STEP_PX) + 2)[:, np.newaxis]
        yield line[row] + share * (line[row + 1] - line[row])


def _extents(marks: Sequence[Mark], timeline: Timeline) -> list[Bbox]:
    """What all other marks may ever touch."""
    others = [mark for mark in marks if not isinstance(mark, Trail | Tangent)]
    found = set()
    for frame in range(timeline.frames):
        moment = timeline.moment(frame)
        for mark in others:
            mark.show(moment)
            found.add(mark.touched())
    return [Bbox.from_extents(*box) for box in found if box is not None]


def _free(
    box: Bbox, sizes: Sequence[tuple[float, float]], lines: Sequence[PixelPoints], taken: Sequence[Bbox],
    clear: float, label: float,
) -> Bbox | None:  # fmt: skip
    """The first of some sizes, as shares of a box, that finds a free place there, and the place nearest to a corner."""
    points = np.concatenate([np.empty((0, 2)), *lines])
    for across, up in sizes:
        width, height = across * box.width, up * box.height + label
        room = box.width - width - 2 * clear, box.height - height - 2 * clear
        if min(width, height - label) < LEAST_PX or min(room) < 0:
            continue
        for right, above in sorted(product(PLACES, PLACES), key=_from_corner):
            x, y = box.x0 + clear + right * room[0], box.y0 + clear + above * room[1]
            wide = Bbox.from_extents(x - clear, y - clear, x + width + clear, y + height + clear)
            inside = np.all((points > wide.min) & (points < wide.max), axis=1)
            if not inside.any() and not any(wide.overlaps(other) for other in taken):
                return Bbox.from_bounds(round(x), round(y), round(width), round(height))
    return None


def _from_corner(place: tuple[float, float]) -> float:
    return sum(min(share, 1 - share) for share in place)


def _part(axes: Axes, inset: Axes) -> Bbox:
    """The part of axes that the inset shows, in pixels, and never so small that its frame is a dot."""
    corners = np.array([[inset.get_xlim()[i], inset.get_ylim()[i]] for i in (0, 1)])
    low, high = axes.transData.transform(corners)
    middle, half = (low + high) / 2, np.maximum(np.abs(high - low), LEAST_MARK_PX) / 2
    return Bbox([middle - half, middle + half])
