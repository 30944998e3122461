"""What stands where a job would write: nothing, what another request made, or what the job would make."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from gdanim.errors import GdanimError
from gdanim.output.containers.whole import is_whole
from gdanim.output.files.numbering import Pattern
from gdanim.output.files.targets import is_replaceable
from gdanim.presets import read_recipe, saved_in, write_files
from gdanim.recipe.portable import portable, python_digest, write_asked
from gdanim.settings import DEFAULTS, SAVED, __version__
from gdanim.tables.files import is_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gdanim.catalogue.request import Planned, Request
    from gdanim.presets import Saved
    from gdanim.recipe.portable import AsCsv

# What --max-size may change in a file that would be too large: see max_size/steps.py.
GIVEN_UP: Final = frozenset({"quality", "size", "fps", "every", "duration", "dpi", "tween"})


class Standing(Enum):
    """What is to be done with an output."""

    NEW = "new"
    CHANGED = "changed"
    CURRENT = "current"


class State(NamedTuple):
    """What stands at the outputs of a request.

    changed   the keys that differ, where it is known which
    is_lost   whether the recipe of what is current says that a run diverged or left the domain
    """

    standing: Standing
    changed: tuple[str, ...] = ()
    is_lost: bool = False

    @property
    def is_current(self) -> bool:
        """Whether nothing is to be done."""
        return self.standing is Standing.CURRENT

    @property
    def words(self) -> str:
        """`changed (lr, size)`."""
        return f"{self.standing.value} ({', '.join(self.changed)})" if self.changed else self.standing.value


def state_of(request: Request) -> State:
    """The state of the outputs of a request together: all have to be current. --data has no recipe: it has to exist."""
    states = [_state(output, request) for output in request.outputs]
    data = request.settings.data
    if data is not None and not is_file(data):
        states.append(State(Standing.NEW))
    return _together(states)


def _together(states: Iterable[State]) -> State:
    found = list(states)
    for standing in (Standing.CHANGED, Standing.NEW):
        some = [state for state in found if state.standing is standing]
        if some:
            return State(standing, tuple(dict.fromkeys(key for state in some for key in state.changed)))
    return State(Standing.CURRENT, is_lost=any(state.is_lost for state in found))


def _state(output: Planned, request: Request) -> State:
    files = _files(output)
    if not files:
        return State(Standing.NEW)
    try:
        saved = read_recipe(str(files[0]))
        whole = all(map(is_whole, files)) and _is_gapless(output)
    except (GdanimError, OSError):
        return State(Standing.CHANGED, ("not a file with a recipe",))
    if not whole:
        return State(Standing.CHANGED, ("not whole",))
    differing = tuple(_differing(saved, request, output))
    return State(Standing.CHANGED, differing) if differing else State(Standing.CURRENT, is_lost=_is_lost(saved))


def _is_lost(saved: Saved) -> bool:
    """Whether a recipe lists a run that failed."""
    from gdanim.descent.trajectory import Stop  # late: it takes numpy

    return any(Stop[name].failed for name in saved.made.get("outcome", ()) if name in Stop.__members__)


def _files(output: Planned) -> list[Path]:
    """The files that stand at an output; none where it is a stream."""
    if output.format.sequence:
        pattern = Pattern.read(output.path)
        return list(pattern.present().values()) if pattern.folder.is_dir() else []
    if not is_file(output.path) or not is_replaceable(output.path):
        return []
    return [Path(output.path)]


def _is_gapless(output: Planned) -> bool:
    """Whether no frame is missing between those of a sequence that are there."""
    if not output.format.sequence:
        return True
    numbers = sorted(Pattern.read(output.path).present())
    return numbers == list(range(len(numbers)))


def _differing(saved: Saved, request: Request, output: Planned) -> Iterator[str]:
    """What differs between a carried recipe and a request: keys of presets, files, `gdanim` for its version."""
    if saved.made.get("gdanim") != __version__:
        yield "gdanim"
    settings = replace(request.settings.picture(), style=output.style.names)
    model = request.function.model
    asked = portable(settings, _as_csv_of(request), None if model is None else model.points)
    if asked.python and saved.made.get("python") != (python_digest(asked.python) or None):
        yield "python"
    text = write_asked(asked.settings, output.format) + write_files(asked.files)
    wanted = saved_in(text.encode(), source=output.path)
    fitted = _fitted(output, settings.max_size)
    for name in sorted(SAVED - fitted):
        if saved.fields.get(name, DEFAULTS[name]) != wanted.fields.get(name, DEFAULTS[name]):
            yield name.replace("_", "-")
    yield from (name for name in {**saved.files, **wanted.files} if saved.files.get(name) != wanted.files.get(name))


def _fitted(output: Planned, max_size: int | None) -> frozenset[str]:
    """The fields that --max-size may have chosen for a file that is within it."""
    if max_size is None or Path(output.path).stat().st_size > max_size:
        return frozenset()
    return GIVEN_UP


def _as_csv_of(request: Request) -> AsCsv:
    """What reads replays that a recipe holds as tables of text: the same way as drawing them does."""

    def as_csv(source: str) -> str:
        from gdanim.descent.descend import carry_out
        from gdanim.recipe.recipe import as_csv

        return as_csv(carry_out(request), source)

    return as_csv
