"""The summary of a descent: how every run went, as a table for people and as JSON for programs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gdanim import formatting
from gdanim.catalogue.choices import CONSTANT
from gdanim.catalogue.families import BY_NAME
from gdanim.catalogue.registry import FUNCTIONS
from gdanim.catalogue.specs import Rate
from gdanim.descent.alt_text import alt_text
from gdanim.descent.descend import Descent
from gdanim.descent.outcomes.endings import endings, kind_of
from gdanim.descent.outcomes.reasons import limit_explains, reasons
from gdanim.descent.runs import DAMPED_SHARE
from gdanim.descent.stability import distances, limit_formula
from gdanim.formatting import NOTHING, coordinates, count, significant
from gdanim.objectives.edges import are_at_edges
from gdanim.objectives.objective import Objective
from gdanim.outputs import Written
from gdanim.settings import __version__

PLAIN = ("x", "y")
SHARE = 1e-5  # of the bounds, or of what f falls by: that is seen in numbers
MAX_NAMED = 8  # runs that share a reason
MAX_LISTED = 40  # runs; of more, the table says how many ended how


def details(descent: Descent) -> str:
    """What --verbose adds: where the rates are stable, what gdanim chose, and how each run went."""
    objective, runs = descent.objective, descent.trajectory.runs
    lines = [f"read as {objective.f_of} = {objective.reading}"] if objective.reading else []
    if objective.dim <= len(PLAIN) and objective.symbols != PLAIN[: objective.dim]:
        named = zip(PLAIN, objective.symbols, strict=False)  # options and --data call them x and y
        lines.append(f"options and data call {' and '.join([f'{theirs} {ours}' for ours, theirs in named])}")
    if objective.curvature is not None:
        lines.append(
            f"λ = {objective.curvature:.6g}{_condition(objective)} at the minimum "
            f"{_point(descent, objective.minimizers[0].tolist())}: "
            f"gradient descent is stable there below lr = 2/λ = {2 / objective.curvature:.6g}"
        )
    at_edge = are_at_edges(objective.functions, objective.minimizers[:1], np.ptp(objective.bounds, axis=1))
    if at_edge.any():
        edge = _point(descent, objective.minimizers[0].tolist())
        lines.append(f"the minimum {edge} is at the edge of where f has values")
    if objective.continuum:
        fall = float(np.abs(descent.trajectory.f[:, 0] - objective.valley).max())
        valley = significant(objective.valley, SHARE * fall)
        local, lower = ("local ", ", and f is lower elsewhere") if objective.is_local_valley else ("", "")
        lines.append(f"{local}minima form a valley, f = {valley}{lower}: none of them is the nearest")
    if objective.suggested:
        lines.append("bounds, start, lr and iterations that were not given are gdanim's choice, found by trying")
    lines += _scaled_rates(descent)
    if runs == 1:
        lines.append(_sentence(descent))
    elif runs <= MAX_LISTED:
        lines += _table(descent)
        lines += _reasons(descent)
    else:
        lines += _counts(descent)
    return "\n".join(lines)


def _scaled_rates(descent: Descent) -> Iterator[str]:
    """A line for each method whose rate was not given, and is the objective's times DAMPED_SHARE·(1 − μ)."""
    if descent.settings.lr:
        return
    of = {run.spec: run for run in descent.runs if run.method is not None and not run.replayed}
    for spec, run in of.items():
        if run.method is not None and run.method.lr is None and run.method.entry.rate is Rate.DAMPED:
            base = f"{descent.objective.lr:g}, times {DAMPED_SHARE:g}(1 − μ)"
            yield f"{spec}: lr = {run.lr:g} is that of gradient descent, {base}"


def _reasons(descent: Descent) -> Iterator[str]:
    """A line for each reason why runs were lost or did not arrive, with the runs it holds for."""
    of: dict[str, list[int]] = {}
    for run, reason in reasons(descent).items():
        if not _is_said_by_share(descent, run):
            of.setdefault(reason, []).append(run)
    for reason, runs in of.items():
        named = list(dict.fromkeys(descent.runs[run].label or f"run {run + 1}" for run in runs))
        which = ", ".join(named) if len(named) <= MAX_NAMED else f"{len(named)} of {descent.trajectory.runs} runs"
        yield f"{which}: {reason}"


def _is_said_by_share(descent: Descent, run: int) -> bool:
    """Whether the verdict says already why a run did not arrive: at which multiple of its limit its rate stood."""
    return descent.has_constant_rate(run) and limit_explains(descent, run)


def _condition(objective: Objective) -> str:
    """The condition number, where there is more than one eigenvalue."""
    if objective.dim == 1 or objective.condition is None:
        return ""
    return f" and κ = λ/λmin = {objective.condition:.6g}"


def as_json(descent: Descent, written: Sequence[Written]) -> str:
    """The summary as JSON. Numbers that are not finite are null."""
    return formatting.as_json(as_dict(descent, written))


def as_dict(descent: Descent, written: Sequence[Written]) -> dict[str, Any]:
    """The summary, of what JSON can hold."""
    objective, timeline, settings = descent.objective, descent.timeline, descent.settings
    width, height = settings.size
    return {
        "gdanim": __version__,
        "function": _typed(objective.name),
        "formula": objective.formula,
        "variables": list(objective.variables or objective.symbols),
        "parameters": dict(objective.parameters),
        "source": objective.source,
        "minimizers": (objective.minimizers + 0.0).tolist(),
        "continuum": objective.continuum,
        "curvature": objective.curvature,
        "remarks": list(objective.remarks),
        "condition": objective.condition,
        **{name: getattr(settings, name) for name in ("budget", "noise", "seed")},
        "frames": timeline.frames,
        "iterations_per_frame": timeline.every,
        "tween": timeline.tween,
        "duration_s": max((item.duration_s for item in written if item.duration_s), default=timeline.duration_s),
        "width": width,
        "height": height,
        "outputs": [
            {"path": item.path, "format": item.format, "bytes": item.bytes, "duration_s": item.duration_s}
            | {"error": item.error and str(item.error), "fitted": item.fitted and item.fitted.as_json()}
            for item in written
        ],
        "alt_text": alt_text(descent),
        "runs": list(records(descent)),
    }


def _typed(function: str) -> str:
    """The name of a function of the catalogue as `gdanim list` has it; another one as it is."""
    return function.replace("_", "-") if function in BY_NAME or function in FUNCTIONS else function


def records(descent: Descent) -> Iterator[dict[str, Any]]:
    """How every run went.

    name, final       its label, and the point where it ended: `label` and `end`, which jq reserves, say the same until
                      version 0.3
    lr, schedule      the base rate, and the schedule that made the rates of its steps of it; None of a replay
    evaluations       points at which f or ∇f was asked to come to its end, and d for each Hessian; None of a replay
    distance          from its end to the nearest minimizer; None where that is not known, or minima form a valley
    outcome, motion   what became of it, and how it moved (descent/verdicts.py)
    verdict           the same in the words that pictures have for it (descent/outcomes/endings.py)
    reason            why it was lost or did not arrive, where that is known; of the first runs only
    arrived_at        the iteration from which on it stayed by the minimizer where it arrived
    stop, ending      how the solver stopped it
    stability_limit   the rate above which its method could not settle there; None where that is not known, and of a run
                      that rests elsewhere than at a minimum
    iterations        how many passed from its first to its last; a recording may count from any number
    lr_over_limit     the highest rate of its steps as a multiple of that
    """
    trajectory = descent.trajectory
    ends = trajectory.x[np.arange(trajectory.runs), trajectory.last]
    away, why, over_limit = distances(descent.objective, ends), reasons(descent), descent.over_limit
    ended = endings(descent)
    for run, (made, verdict) in enumerate(zip(descent.runs, descent.verdict, strict=True)):
        last, first = int(trajectory.last[run]), int(trajectory.k[run, 0])
        yield {
            "name": made.label,
            "label": made.label,
            "optimizer": made.spec,
            "lr": _finite(made.lr),
            "schedule": made.schedule and made.schedule.spec,
            "start": (trajectory.x[run, 0] + 0.0).tolist(),  # no −0
            "final": (ends[run] + 0.0).tolist(),
            "end": (ends[run] + 0.0).tolist(),
            "f": _finite(trajectory.f[run, last] + 0.0),
            "distance": _finite(away[run]),
            "first_iteration": first,
            "last_iteration": int(trajectory.k[run, last]),
            "iterations": int(trajectory.k[run, last]) - first,
            "evaluations": None if made.replayed else int(trajectory.evaluations[run, last]),
            "outcome": verdict.outcome.value,
            "motion": verdict.motion.value,
            "verdict": ended[run].forms[0],
            "reason": why.get(run),
            "arrived_at": int(trajectory.k[run, descent.arrived_at[run]]) if descent.arrived_at[run] >= 0 else None,
            "stop": trajectory.stop[run].name,
            "ending": trajectory.ending(run),
            "stability_limit": _finite(descent.limit[run]),
            "lr_over_limit": _finite(over_limit[run]),
        }


def _sentence(descent: Descent) -> str:
    """How the only run went."""
    (run,) = records(descent)
    rate = f" at {_rate(run)}" if _rate(run) else ""
    schedule = descent.runs[0].schedule
    if schedule is not None and schedule.entry.name != CONSTANT:
        rate += f" ({schedule.entry.typed})"
    cost = "" if run["evaluations"] is None else f", {count(run['evaluations'], 'evaluation')}"
    (ended,) = endings(descent, explained=0)
    is_said = run["distance"] is None or ended.outcome.endswith("away")
    away = "" if is_said else f", {_away(descent, run['distance'])} from the nearest minimum"
    verdict = ended.words + _against(descent, run, 0)
    why = f"; {run['reason']}" if run["reason"] and not _is_said_by_share(descent, 0) else ""
    start, end = _point(descent, run["start"]), _point(descent, run["end"])
    return (
        f"{run['optimizer']} from {start}{rate}: {count(run['iterations'], 'iteration')}{cost}; "
        f"{descent.objective.point_name} = {end}, f = {_height(descent, 0)}{away}; {verdict}: {run['ending']}{why}"
    )


def _against(descent: Descent, run: dict[str, Any], number: int) -> str:
    """The rate of a run as a share of its limit, where both are known; of rates that change, the highest."""
    if run["lr_over_limit"] is None:
        return ""
    formula, value = limit_formula(descent.runs[number].method), f"{run['stability_limit']:.6g}"
    most = "" if descent.has_constant_rate(number) else "up to "
    return f" at {most}{_share(run['lr_over_limit'])} of {formula if formula == value else f'{formula} = {value}'}"


def _share(ratio: float) -> str:
    """A share of a limit, in as many digits as tell it from the whole."""
    return next(text for digits in range(3, 18) if float(text := f"{ratio:.{digits}g}") != 1 or ratio == 1)


def _rate(run: dict[str, Any]) -> str:
    return "" if run["lr"] is None else f"lr {run['lr']:g}"


def _table(descent: Descent) -> list[str]:
    """How several runs went, a row each, in columns."""
    runs, ended = list(records(descent)), endings(descent, explained=0)
    rows = [("run", "iterations", "evaluations", "f", "distance", "verdict", "ending")]
    named = Counter(run["label"] for run in runs)
    for place, run in enumerate(runs):
        label = run["label"]
        if named[label] > 1:
            label = ", ".join(filter(None, [label or _rate(run), f"start {_point(descent, run['start'])}"]))
        evaluations = "–" if run["evaluations"] is None else f"{run['evaluations']:,}"
        away = "–" if run["distance"] is None else _away(descent, run["distance"], digits=3)
        verdict = ended[place].words + _against(descent, run, place)
        height = _height(descent, place)
        rows.append((label, f"{run['iterations']:,}", evaluations, height, away, verdict, run["ending"]))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    aligned = "  ".join(f"{{:{side}{width}}}" for side, width in zip("<>>>><<", widths, strict=True))
    return [aligned.format(*row).rstrip() for row in rows]


def _counts(descent: Descent) -> list[str]:
    """Of very many runs: how many ended how, how many went how, and what the best of them reached."""
    trajectory = descent.trajectory
    ended = Counter(stop.value for stop in trajectory.stop)
    went = Counter(map(kind_of, descent.verdict))
    final = trajectory.f[np.arange(trajectory.runs), trajectory.last]
    best, name = int(np.argmin(final)), descent.objective.point_name
    return [
        f"{count(trajectory.runs, 'run')}: {', '.join(f'{n:,} {word}' for word, n in went.most_common())}",
        "; ".join(f"{n:,}: {words}" for words, n in ended.most_common()),
        f"lowest: f = {_height(descent, best)} at {name} = {_point(descent, trajectory.x[best, -1].tolist())}",
    ]


def _point(descent: Descent, x: Sequence[float]) -> str:
    """A point in as many digits as its place in the bounds takes."""
    return coordinates(x, resolution=_resolution(descent))


def _away(descent: Descent, distance: float, digits: int = 6) -> str:
    """A distance in some digits; one that is rounding is 0."""
    return f"{distance:.{digits}g}" if distance > NOTHING * _resolution(descent) else "0"


def _resolution(descent: Descent) -> float:
    """What is seen of a point's place in the bounds."""
    return SHARE * float(np.diff(descent.objective.bounds).min())


def _height(descent: Descent, run: int) -> str:
    """f at the end of a run, in as many digits as its way there takes."""
    f = descent.trajectory.f[run, [0, descent.trajectory.last[run]]]
    return significant(float(f[1]), SHARE * abs(float(f[1] - f[0])))


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
