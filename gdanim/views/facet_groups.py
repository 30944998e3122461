"""The runs of a descent grouped by what `--facet` names, with the labels of each group and of the runs in it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from gdanim.arrays import Index
from gdanim.descent.descend import Descent
from gdanim.descent.recording.file_types import UNKNOWN
from gdanim.descent.runs import Run, batch_label
from gdanim.descent.trajectory import picked
from gdanim.drawing.lettering import minus
from gdanim.drawing.styles import Style
from gdanim.formatting import distinct, distinct_points
from gdanim.views.told import Told, tell

# What a run started from, by the names that `--facet` has for it, in the order of labels: exact value, and text.
_Traits = dict[str, tuple["Hashable", str]]


SHORT = 2  # digits of a start in few letters, at least


class Group(NamedTuple):
    """The runs of one panel.

    runs (m,)   their numbers in the whole descent
    descent     of these runs alone, labelled by what tells them apart
    value       of what `--facet` names: `lr 0.1`
    short       the same in fewer letters, of a start: `−4.6, 2`
    more        what else these runs share and not all runs do: `adam`
    told        how its runs ended; None where nothing is to be said
    limit       the rate as a multiple of its stability limit, `95 % of stable limit`; empty where that is unknown
    """

    runs: Index
    descent: Descent
    value: str
    short: str
    more: str
    told: Told | None
    limit: str


def group_runs(descent: Descent, style: Style) -> tuple[Group, ...]:
    """Group the runs by the value of what `--facet` names, in the order of the request."""
    facet = descent.settings.facet or "lr"
    traits, limit = _traits(descent), descent.limit_shares()
    members: dict[Hashable, list[int]] = {}
    for run, its in enumerate(traits):
        members.setdefault(its[facet][0], []).append(run)
    telling = [name for name in traits[0] if name != facet and _tells(descent, name, traits)]
    shared = [name for name in telling if all(len({traits[i][name] for i in part}) == 1 for part in members.values())]
    apart = [name for name in telling if name not in shared]

    short = _short_starts(descent) if facet == "start" else {}

    def group(part: list[int]) -> Group:
        own = _only(descent, part, [_listed(traits[run], apart) for run in part])
        return Group(
            runs=np.array(part),
            descent=own,
            value=minus(value := traits[part[0]][facet][1]),
            short=minus(short.get(part[0], value)),
            more=minus(_listed(traits[part[0]], shared)),
            told=next(iter(tell(own, [np.arange(len(part))], style, heights=True)), None),
            limit=minus(limit[part[0]]) if len({limit[run] for run in part}) == 1 else "",
        )

    return tuple(map(group, members.values()))


def _traits(descent: Descent) -> list[_Traits]:
    """What each run started from: those of the request know, of replayed ones only what the file says."""
    rates, starts = [run.lr for run in descent.runs], descent.trajectory.x[:, 0]
    rate_texts = dict(zip(known := sorted({rate for rate in rates if np.isfinite(rate)}), distinct(known), strict=True))
    points = list(dict.fromkeys(map(tuple, starts.tolist())))
    start_texts = dict(zip(points, distinct_points(points), strict=True))
    return [
        {
            "optimizer": ((run.spec, _source(run)), _method_words(run)),
            # NaN is not equal to itself.
            "lr": (run.lr, f"lr {rate_texts[run.lr]}") if np.isfinite(run.lr) else (None, "lr not known"),
            "start": (start.tobytes(), f"start {start_texts[tuple(start.tolist())]}"),
            "batch": (run.batch, batch_label(run.batch)),
            "schedule": ("", "no schedule") if run.schedule is None else (run.schedule.spec, run.schedule.label),
        }
        for run, start in zip(descent.runs, starts, strict=True)
    ]


def _short_starts(descent: Descent) -> dict[int, str]:
    """The start of each run in as few digits as tell them apart."""
    starts = list(map(tuple, descent.trajectory.x[:, 0].tolist()))
    points = list(dict.fromkeys(starts))
    texts = dict(zip(points, distinct_points(points, digits=SHORT), strict=True))
    return {run: texts[start] for run, start in enumerate(starts)}


def _source(run: Run) -> str:
    """What tells replayed runs apart whose method is the same, or not known: what they are called."""
    return run.title or (run.label if run.spec == UNKNOWN else "")


def _method_words(run: Run) -> str:
    if run.title:
        return run.title
    if run.method is not None:
        return run.method.label
    return run.label or run.spec if run.spec == UNKNOWN else run.spec


def _tells(descent: Descent, name: str, traits: Sequence[_Traits]) -> bool:
    """Whether a trait differs between runs in a way that helps a reader: random starts do not."""
    if name == "start" and descent.settings.starts is not None:
        return False
    return len({its[name][0] for its in traits}) > 1


def _listed(traits: _Traits, names: Sequence[str]) -> str:
    return ", ".join(traits[name][1] for name in names)


def _only(descent: Descent, chosen: Sequence[int], labels: Sequence[str]) -> Descent:
    """A descent of some of its runs, with other labels."""
    trajectory, timeline = descent.trajectory, descent.timeline
    return replace(
        descent,
        runs=tuple(descent.runs[run]._replace(label=label) for run, label in zip(chosen, labels, strict=True)),
        trajectory=trajectory.picked(chosen),
        verdict=picked(descent.verdict, chosen),
        arrived_at=picked(descent.arrived_at, chosen),
        limit=picked(descent.limit, chosen),
        timeline=timeline.among(np.array(chosen)),
        plane=None if descent.plane is None else descent.plane.of_runs(chosen),
        whole=None if descent.whole is None else _only(descent.whole, chosen, labels),
    )
