"""Stops: the frames that show the iterations which are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gdanim.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.descent.timeline import Timeline

END: Final = "end"  # the last iteration


def shown_frames(timeline: Timeline, stops: Sequence[str]) -> list[int]:
    """The frames of the way there that show some iterations, as `--stops` names them; without any, all frames.

    Iterations are counted as the picture does. Where runs play in turn, those of each run are shown. Raises
    SettingError where an iteration has no frame.
    """
    if not stops:
        return list(range(timeline.frames))
    whole = [frame for frame in range(timeline.forward) if timeline.tick[frame] % 1 == 0]
    moments = [timeline.moment(frame) for frame in whole]
    run = [moment.current if timeline.in_turn else 0 for moment in moments]
    ends = [place for place in range(len(whole)) if place + 1 == len(whole) or run[place] != run[place + 1]]
    chosen: set[int] = set()
    for stop in stops:
        places = ends if stop == END else [i for i, moment in enumerate(moments) if moment.number == int(stop)]
        if not places:
            raise SettingError("--stops", stop, _no_frame(int(stop), [moment.number for moment in moments]))
        chosen.update(whole[place] for place in places)
    return sorted(chosen)


def _no_frame(stop: int, shown: Sequence[int]) -> str:
    """Why an iteration has no frame, and which ones have."""
    if stop > max(shown):
        return f"the descent ends at iteration {max(shown)}: give numbers up to that, or {END}"
    if stop < min(shown):
        return f"the descent begins at iteration {min(shown)}: give numbers from that on"
    below, above = max(number for number in shown if number < stop), min(number for number in shown if number > stop)
    return f"this iteration has no frame, since not all are shown: near it are {below} and {above}"
