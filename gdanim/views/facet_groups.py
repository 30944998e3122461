"""The runs of a descent grouped by what `--facet` names, with the labels of each group and of the runs in it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gdanim.descent.recording.replay import UNKNOWN
from gdanim.descent.runs import point
from gdanim.descent.trajectory import Trajectory
from gdanim.drawing.lettering import minus
from gdanim.views.legend import tally

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from gdanim.arrays import Index
    from gdanim.descent.descend import Descent
    from gdanim.descent.runs import Run
    from gdanim.descent.verdicts import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The runs of one panel.

    runs (m,)   their numbers in the whole descent
    descent     of these runs alone, labelled by what tells them apart
    value       of what `--facet` names: `lr 0.1`
    more        what else these runs share and not all runs do: `adam`
    verdict     of the runs
    limit       the rate as a multiple of its stability limit, `0.95 × 2/λ`; empty where that is unknown
    """

    runs: Index
    descent: Descent
    value: str
    more: str
    verdict: str
    limit: str


class _Trait(NamedTuple):
    """Something by which runs may differ: its exact value, and its text."""

    value: Hashable
    text: str


_Traits = dict[str, _Trait]  # by the names that `--facet` has for them, in the order of labels


def group_runs(descent: Descent) -> tuple[Group, ...]:
    """Group the runs by the value of what `--facet` names, in the order of the request."""
    facet = descent.settings.facet or "lr"
    traits = _traits(descent)
    members: dict[Hashable, list[int]] = {}
    for run, its in enumerate(traits):
        members.setdefault(its[facet].value, []).append(run)
    parts = list(members.values())
    telling = [name for name in traits[0] if name != facet and _tells(descent, name, traits)]
    shared = [name for name in telling if all(len({traits[run][name] for run in part}) == 1 for part in parts)]
    apart = [name for name in telling if name not in shared]
    limit = descent.limit_shares()
    return tuple(
        Group(
            runs=np.array(part),
            descent=_only(descent, part, [_listed(traits[run], apart) for run in part]),
            value=minus(traits[part[0]][facet].text),
            more=minus(_listed(traits[part[0]], shared)),
            verdict=_verdict([descent.verdict[run] for run in part]),
            limit=minus(limit[part[0]]) if len({limit[run] for run in part}) == 1 else "",
        )
        for part in parts
    )


def _verdict(verdicts: Sequence[Verdict]) -> str:
    """The verdict of all runs, or the commonest one with its count."""
    return verdicts[0].value if len(set(verdicts)) == 1 else tally(verdicts)


def _traits(descent: Descent) -> list[_Traits]:
    """What each run started from: those of the request know, of replayed ones only what the file says."""
    return [
        {
            "optimizer": _Trait(run.spec, _method_words(run)),
            "lr": _rate(run.lr),
            "start": _Trait(start.tobytes(), f"start {point(start)}"),
            "schedule": _schedule(run),
        }
        for run, start in zip(descent.runs, descent.trajectory.x[:, 0], strict=True)
    ]


def _rate(rate: float) -> _Trait:
    # NaN is not equal to itself.
    return _Trait(rate, f"lr {rate:g}") if np.isfinite(rate) else _Trait(None, "lr not known")


def _schedule(run: Run) -> _Trait:
    return _Trait("", "no schedule") if run.schedule is None else _Trait(run.schedule.spec, run.schedule.label)


def _method_words(run: Run) -> str:
    if run.method is not None:
        return run.method.label
    return run.label or run.spec if run.spec == UNKNOWN else run.spec


def _tells(descent: Descent, name: str, traits: Sequence[_Traits]) -> bool:
    """Whether a trait differs between runs in a way that helps a reader: random starts do not."""
    if name == "start" and descent.settings.starts is not None:
        return False
    return len({its[name].value for its in traits}) > 1


def _listed(traits: _Traits, names: Sequence[str]) -> str:
    return ", ".join(traits[name].text for name in names)


def _only(descent: Descent, chosen: Sequence[int], labels: Sequence[str]) -> Descent:
    """A descent of some of its runs, with other labels."""
    trajectory, timeline = descent.trajectory, descent.timeline
    parts: dict[str, Any] = {
        field.name: _picked(getattr(trajectory, field.name), chosen) for field in fields(Trajectory)
    }
    return replace(
        descent,
        runs=tuple(descent.runs[run]._replace(label=label) for run, label in zip(chosen, labels, strict=True)),
        trajectory=Trajectory(**parts),
        verdict=_picked(descent.verdict, chosen),
        limit=_picked(descent.limit, chosen),
        timeline=replace(timeline, opens=timeline.opens[chosen], last=timeline.last[chosen]),
    )


def _picked(values: Any, runs: Sequence[int]) -> Any:
    return tuple(values[run] for run in runs) if isinstance(values, tuple) else values[np.array(runs)]
