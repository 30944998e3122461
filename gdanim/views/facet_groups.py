"""Groups: the runs of a descent by what `--facet` names, and what each group and each run in it is called."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gdanim.catalogue import registry
from gdanim.descent.recording.replay import UNKNOWN
from gdanim.descent.runs import heats
from gdanim.descent.stability import shares_of_limits
from gdanim.descent.trajectory import Trajectory
from gdanim.drawing.lettering import minus
from gdanim.errors import UsageError
from gdanim.views.legend import tally

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from gdanim.arrays import Index, Vector
    from gdanim.descent.descend import Descent
    from gdanim.descent.verdicts import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The runs of one panel.

    runs (m,)   their numbers in the whole descent
    descent     of these runs alone, labelled by what tells them apart
    value       what they have in common: `lr 0.1`
    more        what else, of that which tells the runs of the request apart: `adam`
    verdict     how they went
    limit       the rate as a multiple of the largest at which a run could settle, `0.95 × 2/λ`; empty where not known
    """

    runs: Index
    descent: Descent
    value: str
    more: str
    verdict: str
    limit: str


class _Trait(NamedTuple):
    """Something by which runs may differ: what it is, exactly, and in words."""

    value: Hashable
    words: str


_Traits = dict[str, _Trait]  # by the names that `--facet` has for them, in the order of labels


def groups(descent: Descent) -> tuple[Group, ...]:
    """Part the runs by the value of what `--facet` names, in the order of the request."""
    facet = descent.settings.facet or "lr"
    traits = _traits(descent)
    members: dict[Hashable, list[int]] = {}
    for run, its in enumerate(traits):
        members.setdefault(its[facet].value, []).append(run)
    parts = list(members.values())
    telling = [name for name in traits[0] if name != facet and _tells(descent, name, traits)]
    shared = [name for name in telling if all(len({traits[run][name] for run in part}) == 1 for part in parts)]
    apart = [name for name in telling if name not in shared]
    limit = shares_of_limits(descent.objective, descent.trajectory)
    return tuple(
        Group(
            runs=np.array(part),
            descent=_only(descent, part, [_listed(traits[run], apart) for run in part]),
            value=minus(traits[part[0]][facet].words),
            more=minus(_listed(traits[part[0]], shared)),
            verdict=_verdict([descent.verdict[run] for run in part]),
            limit=minus(limit[part[0]]) if len({limit[run] for run in part}) == 1 else "",
        )
        for part in parts
    )


def _verdict(verdicts: Sequence[Verdict]) -> str:
    """The verdict that all share; else the commonest one with its count."""
    return verdicts[0].value if len(set(verdicts)) == 1 else tally(verdicts)


def _traits(descent: Descent) -> list[_Traits]:
    """What each run started from: those of the request know, of replayed ones only what the file says."""
    trajectory = descent.trajectory
    rates = trajectory.lr[:, 0] if trajectory.lr.shape[1] else np.full(trajectory.runs, np.nan)
    found = [
        {
            "optimizer": _Trait(spec, _optimizer_words(spec, label)),
            "lr": _rate(rate),
            "start": _Trait(start.tobytes(), f"start {_point(start)}"),
            "schedule": _Trait("", "no schedule"),
        }
        for spec, label, rate, start in zip(
            trajectory.optimizer, trajectory.label, rates.tolist(), trajectory.x[:, 0], strict=True
        )
    ]
    solved = np.flatnonzero(trajectory.evaluations[:, 0] >= 0).tolist()
    if solved:
        # The first step need not have the base rate: a warm-up begins below it.
        origin = [] if len(solved) == trajectory.runs else [trajectory.x[0, 0]]
        field = heats(descent.settings, descent.objective, origin)
        planned = [(rate, heat.schedule) for heat in field for rate in heat.lr.tolist()]
        for run, (rate, schedule) in zip(solved, planned, strict=True):
            found[run] |= {"lr": _rate(rate), "schedule": _Trait(schedule.spec, schedule.label)}
    return found


def _rate(rate: float) -> _Trait:
    # NaN is not equal to itself.
    return _Trait(rate, f"lr {rate:g}") if np.isfinite(rate) else _Trait(None, "lr not known")


def _point(x: Vector) -> str:
    return ", ".join(f"{value:.4g}" for value in x.tolist())


def _optimizer_words(spec: str, label: str) -> str:
    try:
        return registry.optimizer(spec).label
    except UsageError:  # a replayed run may have been made by anything
        return label or spec if spec == UNKNOWN else spec


def _tells(descent: Descent, name: str, traits: Sequence[_Traits]) -> bool:
    """Whether a trait tells runs apart, for people. Where a random start is says nothing."""
    if name == "start" and descent.settings.starts is not None:
        return False
    return len({its[name].value for its in traits}) > 1


def _listed(traits: _Traits, names: Sequence[str]) -> str:
    return ", ".join(traits[name].words for name in names)


def _only(descent: Descent, runs: Sequence[int], labels: Sequence[str]) -> Descent:
    """A descent of some of its runs, with other labels."""
    trajectory, timeline = descent.trajectory, descent.timeline
    parts: dict[str, Any] = {field.name: _picked(getattr(trajectory, field.name), runs) for field in fields(Trajectory)}
    return replace(
        descent,
        trajectory=Trajectory(**{**parts, "label": tuple(labels)}),
        verdict=_picked(descent.verdict, runs),
        timeline=replace(timeline, opens=timeline.opens[runs], last=timeline.last[runs]),
    )


def _picked(values: Any, runs: Sequence[int]) -> Any:
    return tuple(values[run] for run in runs) if isinstance(values, tuple) else values[np.array(runs)]
