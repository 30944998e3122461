"""Alternative text: what an animation shows and how it ends, in a sentence or two, for those who do not see it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.descent.outcomes.endings import endings
from gdanim.descent.outcomes.motion import Motion
from gdanim.descent.outcomes.reasons import reason_of
from gdanim.descent.trajectory import Stop
from gdanim.descent.verdicts import Outcome
from gdanim.formatting import MOST_COORDINATES, count, listed, significant
from gdanim.objectives.surroundings import is_in_valley, nearest_known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gdanim.arrays import Vector
    from gdanim.descent.descend import Descent
    from gdanim.descent.trajectory import Trajectory
    from gdanim.models.model import Model
    from gdanim.objectives.objective import Objective

MAX_NAMED = 8  # runs; more of them are counted
SHARE: Final = 1e-3  # of what a run passes through, that its numbers show
NEAR: Final = 0.02  # of the distance from the start: the minimizer by which a run arrived is the known one so near
_GOING: Final = {
    Motion.STEADY: "Going steadily down, it",
    Motion.WINDING: "Winding, it",
    Motion.BOUNCING: "Bouncing, it",
    Motion.STALLED: "It",
    Motion.NONE: "It",
}
_BECAME: Final = {
    Outcome.ARRIVED: "arrives at a minimum",
    Outcome.SADDLE: "ends at a saddle",
    Outcome.FLAT: "ends on a flat place",
    Outcome.BOUNCING: "goes on without progress",
    Outcome.START: "stays at its start",
    Outcome.MOVING: "ends still moving",
    Outcome.RECORDED: "ends",
}

_PLAIN: Final = "as paths on plain ground"
_LOSSES: Final = {
    "mse": "mean squared error",
    "mae": "mean absolute error",
    "huber": "mean Huber loss",
    "log": "mean logistic loss",
}
_RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def alt_text(descent: Descent) -> str:
    """What the animation shows and how it ends: two sentences, on one line."""
    return f"{_opening(descent)} {_ending(descent)}".strip()


def _opening(descent: Descent) -> str:
    trajectory = descent.trajectory
    starts = {start.tobytes(): start for start in trajectory.x[:, 0]}
    first = _point(descent.objective, trajectory.x[0, 0])
    whence = f"from {first}" if len(starts) == 1 else f"from {len(starts):,} starts"
    scene = _PLAIN if descent.objective.recorded else descent.view.scene or f"as {descent.view.name}"
    length = f"{count(trajectory.span, 'iteration')}, drawn {scene}"
    turns = ", one after another" if descent.timeline.in_turn and trajectory.runs > 1 else ""
    if descent.objective.recorded:
        runs = "A recorded run" if trajectory.runs == 1 else f"{trajectory.runs:,} recorded runs"
        return f"{runs} of {count(descent.objective.dim, 'variable')} {whence}, {length}{turns}."
    return f"{_descents(descent)} on {spoken(descent.objective)} {whence}, {length}{turns}."


def _descents(descent: Descent) -> str:
    """What descends: the method, and the rate where all runs have the same."""
    trajectory = descent.trajectory
    methods = list(dict.fromkeys(run.method_name for run in descent.runs))
    what = {"gd": "gradient descent"}.get(methods[0], methods[0]) if len(methods) == 1 else "descent"
    rates = np.unique([run.lr for run in descent.runs])
    rate = f" at the learning rate {rates[0]:g}" if len(rates) == 1 and np.isfinite(rates[0]) else ""
    if trajectory.runs == 1:
        return f"{what[0].upper()}{what[1:]}{rate}"
    return f"{trajectory.runs:,} runs of {what}{rate}"


def _ending(descent: Descent) -> str:
    trajectory = descent.trajectory
    ends = trajectory.x[np.arange(trajectory.runs), trajectory.last]
    places = list(_places(descent, ends))
    if trajectory.runs == 1:
        height = f", f = {_height(trajectory, 0)}" if trajectory.heights_known else ""
        at_saddle = descent.verdict[0].outcome is Outcome.SADDLE  # the place says it all
        why = "" if at_saddle else "".join(f"; {it}".replace("-", "−") for it in [reason_of(descent, 0)] if it)
        end = _point(descent.objective, ends[0])
        return f"{_GOING[descent.verdict[0].motion]} {places[0]}: {end}{height}{why}."
    if all(verdict.outcome is Outcome.RECORDED for verdict in descent.verdict):
        lowest = _lowest(descent).removeprefix("; t")
        return f"T{lowest}." if lowest else ""
    counted = []
    for place, number in Counter(places).most_common():
        they = re.sub(r"^(\w+)s\b", r"\1", place)
        counted.append(f"{number:,} {place if number == 1 else they}")
    return f"Of the runs, {listed(counted)}{_by_label(descent)}."


def _places(descent: Descent, ends: Vector) -> Iterator[str]:
    """Where each run ends, in words that follow `it`."""
    objective, trajectory = descent.objective, descent.trajectory
    nearest, away = nearest_known(objective, ends)
    valley = is_in_valley(objective, ends, trajectory.f[np.arange(trajectory.runs), trajectory.last])
    for run, verdict in enumerate(descent.verdict):
        arrived = verdict.outcome is Outcome.ARRIVED
        if verdict.outcome is Outcome.LOST:
            yield "leaves the function's domain" if trajectory.stop[run] is Stop.LEFT_DOMAIN else "diverges"
        elif arrived and _is_at(objective, trajectory.x[run, 0], int(nearest[run]), float(away[run])):
            yield f"ends near the minimum at {_point(objective, objective.minimizers[nearest[run]])}"
        elif arrived and valley[run]:
            yield f"ends in a valley of {'local ' * objective.is_local_valley}minima"
        elif verdict.outcome is Outcome.MOVING and verdict.motion is Motion.STALLED:
            yield "stalls"
        else:
            yield _BECAME[verdict.outcome]


def _is_at(objective: Objective, start: Vector, nearest: int, away: float) -> bool:
    """Whether a run from a start (d,) ended by the minimizer that is known to be nearest to its end, so far away."""
    return away <= NEAR * float(np.linalg.norm(start - objective.minimizers[nearest])) if away > 0 else away == 0


def _by_label(descent: Descent) -> str:
    """Where each run has a name of its own: which of a few did what on its way, and which comes lowest."""
    labels = [run.label for run in descent.runs]
    if not all(labels) or len(set(labels)) < len(labels):
        return ""
    groups: dict[str, list[str]] = {}
    for label, ended in zip(labels, endings(descent, explained=0), strict=True):
        groups.setdefault(ended.words, []).append(label)
    parts = [f"; {words}: {listed(group)}" for words, group in groups.items() if len(labels) <= MAX_NAMED]
    return "".join([*parts, _lowest(descent)])


def _lowest(descent: Descent) -> str:
    """Which of the runs that have names comes lowest; empty where f is not known, or none is alone."""
    trajectory, labels = descent.trajectory, [run.label for run in descent.runs]
    final = trajectory.f[np.arange(trajectory.runs), trajectory.last]
    lowest = np.flatnonzero(final == final.min())
    if len(lowest) > 1 or not (all(labels) and trajectory.heights_known):
        return ""
    return f"; the lowest is {labels[lowest[0]]}, f = {_height(trajectory, int(lowest[0]))}"


def spoken(objective: Objective) -> str:
    """The function as f(x) = x², in letters that are read aloud well enough."""
    if not objective.formula:
        return objective.name
    powers = re.sub(
        r"\s*\*\*\s*(\d+)\b", lambda power: power[1].translate(_RAISED), objective.reading or objective.formula
    )
    formula = powers.replace("**", "^").replace("*", "·").replace("-", "−")
    for name, value in objective.parameters.items():
        formula = re.sub(rf"\b{name}(?![A-Za-z_])", _number(value) if value >= 0 else f"({_number(value)})", formula)
    formula = re.sub(r"(?<![\w.])1·", "", formula)
    if objective.model is not None:
        return _spoken_loss(objective.model, formula)
    return f"{objective.f_of} = {formula}"


def _spoken_loss(model: Model, formula: str) -> str:
    """The loss of a model, with what it predicts from how many rows."""
    rows = f"over {count(model.points.rows, 'row')}"
    return f"the {_LOSSES[model.loss]} of {model.points.target} ≈ {formula} {rows}"


def _number(value: float, resolution: float = 0.0) -> str:
    return significant(value, resolution, digits=4).replace("-", "−")


def _height(trajectory: Trajectory, run: int) -> str:
    """f at the end of a run."""
    f = trajectory.f[run, trajectory.last[run]]
    return _number(float(f), SHARE * abs(float(f - trajectory.f[run, 0])))


def _point(objective: Objective, x: Vector) -> str:
    resolution = SHARE * float(np.diff(objective.bounds).min())
    seen = x.tolist() if len(x) <= MOST_COORDINATES else [*x[:3].tolist(), *x[-1:].tolist()]
    numbers = [_number(value, resolution) for value in seen]
    if len(x) > MOST_COORDINATES:
        numbers.insert(-1, "…")
    return f"{objective.symbols[0]} = {numbers[0]}" if len(numbers) == 1 else f"({', '.join(numbers)})"
