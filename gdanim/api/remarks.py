"""What a person should know about a picture and its files, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

import numpy as np

from gdanim.catalogue.request import Planned
from gdanim.catalogue.specs import Format
from gdanim.descent.descend import Descent
from gdanim.descent.outcomes.reasons import limit_explains, rate_above_limit, reason_of
from gdanim.descent.plane.looked_at import looked_at
from gdanim.descent.stability import limit_formula
from gdanim.descent.timeline import MAX_FRAMES
from gdanim.descent.verdicts import Outcome
from gdanim.formatting import count, listed, significant
from gdanim.outputs import Written, replacing
from gdanim.presets import LACKS
from gdanim.settings import AUTO_STYLE, Picture

MAX_NAMED = 4  # lost runs that are named beside the first


def of_picture(descent: Descent, outputs: Sequence[Planned]) -> Iterator[str]:
    """What a person should know about the picture and the files that hold it."""
    yield from of_descent(descent)
    yield from of_files(descent, outputs)


def of_descent(descent: Descent) -> Iterator[str]:
    """What a person should know about the runs, and of them in the picture."""
    timeline = descent.timeline
    for remark in (*descent.remarks, *descent.objective.remarks):
        yield f"{remark}"
    if descent.plane is not None and (remark := descent.plane.remark()):
        yield f"{remark}{'' if descent.objective.recorded else ': the ground there is not f of the run'}"
    yield from _of_starts(descent)
    yield from _of_runs(descent)
    yield from _of_limits(descent)
    if timeline.every > 1:
        iterations = round(timeline.every * timeline.stops)
        recorded = "" if timeline.k is None else "recorded "  # of a recording, only these can be shown and counted
        yield f"{iterations:,} {recorded}iterations are shown in {count(timeline.stops, 'frame')}"


def of_files(descent: Descent, outputs: Sequence[Planned]) -> Iterator[str]:
    """What a person should know about the files that hold the picture."""
    yield from _of_interpolation(descent, outputs)
    width, height = descent.settings.size
    for output in outputs:
        if output.format.even_size and (width % 2 or height % 2):
            yield (
                f"{output.format.typed} holds even sizes only; {width}x{height} is written as "
                f"{width + width % 2}x{height + height % 2}, the last row or column repeated"
            )
    yield from _of_transparency(descent)
    style, themes = descent.settings.style, descent.settings.themes
    if themes and not set(style) <= {AUTO_STYLE, *themes}:
        yield f"--themes {','.join(themes)} takes the place of --style {' --style '.join(style)}"
    for loss in replacing(outputs):
        yield f"{loss}"
    if descent.settings.loop and not any(output.format.loops for output in outputs):
        formats = ", ".join(dict.fromkeys(output.format.typed for output in outputs))
        yield f"--loop {descent.settings.loop} means nothing in {formats}: the player decides"


def of_letters(descent: Descent) -> Iterator[str]:
    """A line for each text of a person's whose letters the font of the style lacks."""
    # Late: it imports matplotlib.
    from gdanim.drawing.fallback import fallback_for

    settings = descent.settings
    labels = "".join(dict.fromkeys(run.label for run in descent.runs))
    asked = ("the title", settings.title), ("--xlabel", settings.xlabel), ("--ylabel", settings.ylabel)
    for name, text in (*asked, ("the legend", labels)):
        letters, font = descent.style.loaded.missing_letters(text) if text else ("", "")
        if letters:
            found = fallback_for(letters)
            instead = f"; they are set in {found}" if found else ""
            yield f"{name} has letters that the font {font} lacks: {letters}{instead}"


def of_recipes(written: Sequence[Written]) -> Iterator[str]:
    """A line for each reason why a file cannot be made again from its recipe."""
    for lacks in dict.fromkeys(result.lacks for result in written if result.error is None and result.lacks):
        yield f"what was written cannot be made again from the file alone: {LACKS[lacks]}"


def lost_runs(descent: Descent) -> Iterator[str]:
    """A line that names the runs that diverged or left the domain, and says why the first did."""
    trajectory = descent.trajectory
    failed = [run for run in range(trajectory.runs) if trajectory.stop[run].failed]
    if failed:
        run = failed[0]
        which = f"{descent.runs[run].label} ".lstrip()
        lr = descent.runs[run].lr  # the base rate, as in the labels and in the rate that is said to work
        rate = f" (lr {lr:g})" if not which and isfinite(lr) else ""
        yield f"the run {which}{trajectory.ending(run)}{rate}{_reason(descent, run)}{_others(descent, failed)}"


def _of_transparency(descent: Descent) -> Iterator[str]:
    """Which pages a transparent picture suits whose style nobody chose."""
    settings = descent.settings
    if settings.transparent and settings.style == (AUTO_STYLE,) and not settings.themes:
        yield "--transparent: dark ink, for light pages; --style dark suits dark ones, --themes light,dark both"


def _of_starts(descent: Descent) -> Iterator[str]:
    """How many of the random starts remain, where some were too near to others or to a minimum."""
    settings = descent.settings
    if settings.starts is None or not (settings.min_separation or settings.avoid_minima):
        return
    own = [run.schedule is not None for run in descent.runs]
    remain = len(np.unique(descent.trajectory.x[own, 0], axis=0))
    if remain < settings.starts:
        nearer = (("--min-separation", settings.min_separation), ("--avoid-minima", settings.avoid_minima))
        options = listed([f"{name} {least:g}" for name, least in nearer if least])
        yield f"{remain:,} of {count(settings.starts, 'random start')} remain: the others are nearer than {options}"


def _of_limits(descent: Descent) -> Iterator[str]:
    """A warning where limits that were asked for do not hold the paths of the runs that did not fail."""
    settings, trajectory = descent.settings, looked_at(descent).trajectory
    healthy = [not stop.failed for stop in trajectory.stop]
    # Along y lie the second coordinate of two, and f of one.
    ways = trajectory.x[healthy, :, 0], (trajectory.x[..., 1] if descent.objective.dim >= 2 else trajectory.f)[healthy]
    beyond = []
    for name, limits, way in zip("xy", (settings.xlim, settings.ylim), ways, strict=True):
        if limits is None or not way.size:
            continue
        low, high = float(way.min()), float(way.max())
        if low < min(limits) or high > max(limits):
            ends = [significant(end, 1e-3 * (high - low), digits=4) for end in (low, high)]
            asked = f"--{name}lim {limits[0]:.15g},{limits[1]:.15g}"
            beyond.append(f"{asked} does not hold {name} from {ends[0]} to {ends[1]}")
    if beyond:
        yield f"the path leaves the picture: {listed(beyond)}"


def _of_interpolation(descent: Descent, outputs: Sequence[Planned]) -> Iterator[str]:
    """Warnings about frames between iterations, where some are written."""
    timeline, settings = descent.timeline, descent.settings
    if timeline.stops == 1 or all(_shows_iterations(output.format, settings) for output in outputs):
        return
    if timeline.tween > 1:
        frames = f"{timeline.tween - 1} of {timeline.tween} frames"
        yield f"{frames} lie between iterations: they are interpolated, and keep the numbers of the last one"
    if timeline.tween < settings.tween:
        why = f"at most {MAX_FRAMES:,} are drawn" if settings.duration is None else "--duration leaves time for no more"
        yield f"an iteration takes {count(timeline.tween, 'frame')} in place of {settings.tween}: {why}"


def _shows_iterations(form: Format, settings: Picture) -> bool:
    """Whether a format has no frames between iterations: it is one picture, or shows chosen iterations."""
    return form.still or "frames" in form.takes or bool(settings.stops and "stops" in form.takes)


def _of_runs(descent: Descent) -> Iterator[str]:
    """Warnings about runs that were lost, and about rates above the stability limit."""
    yield from lost_runs(descent)
    above: dict[str, list[int]] = {}
    for run in np.flatnonzero(descent.over_limit > 1).tolist():
        if descent.verdict[run].outcome not in (Outcome.LOST, Outcome.ARRIVED) and limit_explains(descent, run):
            above.setdefault(f"{_limit(descent, run)}: {_name(descent, run)}", []).append(run)
    for limit, runs in above.items():
        rates = ", ".join(dict.fromkeys(rate_above_limit(descent, run).removeprefix("lr ") for run in runs[:4]))
        yield f"lr {rates} is above {limit} cannot settle at the minimum it is near"


def _others(descent: Descent, failed: list[int]) -> str:
    """Which runs were lost beside the first, or how many of all."""
    labels = list(dict.fromkeys(descent.runs[run].label for run in failed[1:]))
    if not labels:
        return ""
    if "" in labels or len(labels) > MAX_NAMED:
        return f"; {len(failed) - 1:,} more of {descent.trajectory.runs:,} runs were lost, too"
    return f"; lost, too: {'; '.join(labels)}"


def _reason(descent: Descent, run: int) -> str:
    if limit_explains(descent, run):
        above = "" if descent.has_constant_rate(run) else f"; it has {rate_above_limit(descent, run)}"
        return f": {_name(descent, run)} can settle only below lr = {_limit(descent, run)}{above}"
    why = reason_of(descent, run)
    return f": {why}" if why else ""


def _limit(descent: Descent, run: int) -> str:
    formula, limit = limit_formula(descent.runs[run].method), f"{descent.limit[run]:.4g}"
    return limit if formula == limit else f"{formula} = {limit}"


def _name(descent: Descent, run: int) -> str:
    name = descent.runs[run].method_name
    return "gradient descent" if name == "gd" else name
