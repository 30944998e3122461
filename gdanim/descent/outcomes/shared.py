"""Shared reasons: why all of several runs were lost, where it is one reason, in a few words for pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gdanim.descent.outcomes.reasons import in_brief, overshoot
from gdanim.descent.trajectory import Stop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.descent.descend import Descent

MOST: Final = 500  # runs of which each is asked: of more, nothing is said


def shared_reason(descent: Descent, runs: Sequence[int]) -> str:
    """Why all of some lost runs were lost; empty where they differ in it, where nothing is known, and of very many."""
    if not 0 < len(runs) <= MOST or descent.objective.recorded:
        return ""
    if all(descent.trajectory.stop[run] is Stop.LEFT_DOMAIN for run in runs):
        return "a step led where f has no value"
    first = in_brief(descent, runs[0])
    if all(in_brief(descent, run) == first for run in runs[1:]):
        return first
    return _overshot(descent, runs)


def _overshot(descent: Descent, runs: Sequence[int]) -> str:
    """That each run overshot, with the highest of the limits where they did."""
    found = [over for run in runs if (over := overshoot(descent, run)) is not None]
    if len(found) < len(runs):
        return ""
    rates, limit = {f"{over.rate:.4g}" for over in found}, max(over.limit for over in found)
    at = f"lr {rates.pop()}" if len(rates) == 1 else "each lr"
    return f"overshot ({at}, limit {limit:.4g} or less)"
