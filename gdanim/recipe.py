"""Recipes: the text that every file carries, from which it can be made again and its trajectory be checked.

A recipe is a preset with a table beside it (presets.py reads both), between two lines that mark it (carriers.py):

[made]
gdanim       the version that made the file
lacks        where the file cannot be made again: `python`, or `size`
digest       sha256 over `last` (runs,), int64, and x (runs, n+1, d), float64, little-endian, in C order
runs         how many there were; of as many of them as NUMBERS allow, evenly spread:
last         the index of the last finite point of each
outcome      how each ended, or the one way in which all did
end          where each ended, to the last bit
iterations   0, 1 and every tenth, or every 20th, 30th, … where there were many
x            where each run was at these iterations, to 12 digits

Nothing in it tells where, when or by whom the file was made, so that a file that is made again carries the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gdanim import __version__
from gdanim.descent.recording.export import as_csv
from gdanim.descent.recording.file_types import form_of
from gdanim.descent.recording.replay import UNKNOWN
from gdanim.drawing.styles import style_file
from gdanim.objectives.kinds import Kind, kind_of
from gdanim.output.metadata import END, MAX_RECIPE, START
from gdanim.presets import PYTHON, SIZE, as_ascii, write_files, write_request
from gdanim.settings import DEFAULTS, FORMAT_OPTIONS, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gdanim.arrays import Index
    from gdanim.catalogue.specs import Format
    from gdanim.descent.descend import Descent
    from gdanim.descent.trajectory import Outcome, Trajectory

NUMBERS: Final = 1000  # coordinates that a recipe holds at most
EVERY: Final = 10  # iterations
ENDS_SHARE: Final = 0.2
HASHED_AT_ONCE: Final = 1 << 20  # numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The recipe of a descent, for files of any format.

    settings   what is to be asked for again: the outcome of choices, no paths
    files      the contents of the files that it names
    made       the table [made] as text
    lacks      PYTHON or SIZE, where the file cannot be made again; else empty
    """

    settings: Settings
    files: Mapping[str, str]
    made: str
    lacks: str = ""

    def text(self, form: Format | None = None) -> str:
        """The recipe of a file of this format, in which only what the format reads is asked for; of any, everything."""
        changes = {name: DEFAULTS[name] for name in FORMAT_OPTIONS if form is not None and name not in form.takes}
        if form is not None and not (form.extensions or form.sequence):
            changes["format"] = form.name  # no suffix says so
        request = write_request(replace(self.settings, **changes))
        return f"{START}{as_ascii(request + self.made + write_files(self.files))}{END}"


def recipe_of(descent: Descent) -> Recipe:
    """What the files of a descent carry."""
    settings, files = _portable(descent)
    if settings.gradient is not None or kind_of(settings.function) is Kind.CALLABLE:
        settings = replace(settings, function="", gradient=None)
        return Recipe(settings=settings, files=files, made=made(descent.trajectory, PYTHON), lacks=PYTHON)
    recipe = Recipe(settings=settings, files=files, made=made(descent.trajectory))
    if len(recipe.text()) > MAX_RECIPE:
        return Recipe(settings=Settings(), files={}, made=made(descent.trajectory, SIZE), lacks=SIZE)
    return recipe


# --- the request -----------------------------------------------------------------------------------------------------


def _portable(descent: Descent) -> tuple[Settings, dict[str, str]]:
    """The settings without what belongs to one output or one machine, and the files that they name."""
    settings = replace(descent.settings, format=None, max_size=None, themes=())
    files = {}
    if settings.trajectory is not None:
        name, content = _recording(settings.trajectory, descent.trajectory)
        settings, files[name] = replace(settings, trajectory=name), content
    path = style_file(settings.style)
    if path is not None:
        name = path.name if path.name not in files else f"{path.name}.mplstyle"
        settings, files[name] = replace(settings, style=name), _content(path)
    return settings, files


def _recording(path: str, trajectory: Trajectory) -> tuple[str, str]:
    """A replayed file: as it is where it is a text, else, as from a pipe or an .npz, as `--data` writes its runs."""
    place = Path(path)
    if place.is_file() and form_of(path) in (".csv", ".jsonl"):
        return place.name, _content(place)
    replayed = int(np.count_nonzero(trajectory.evaluations[:, 0] < 0))
    return f"{place.stem if place.is_file() else UNKNOWN}.csv", as_csv(trajectory, replayed, MAX_RECIPE)


def _content(path: Path) -> str:
    """A text, or as much of it as is too much."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read(MAX_RECIPE + 1)


# --- what came of it -------------------------------------------------------------------------------------------------


def made(trajectory: Trajectory, lacks: str | None = None) -> str:
    """The table [made]."""
    listed, iterations = _chosen(trajectory)
    runs = spread(trajectory.runs, listed)
    last = trajectory.last[runs]
    ends, x = trajectory.x[runs, last], trajectory.x[np.ix_(runs, np.array(iterations))]
    lines = {
        "gdanim": f'"{__version__}"',
        **({"lacks": f'"{lacks}"'} if lacks else {}),
        "digest": f'"{digest(trajectory)}"',
        "runs": str(trajectory.runs),
        "last": _listed(map(str, last.tolist())),
        "outcome": _listed(f'"{outcome.name}"' for outcome in _folded([trajectory.outcome[run] for run in runs])),
        "end": _listed(_point(end, "{!r}") for end in ends.tolist()),
        "iterations": _listed(map(str, iterations)),
        "x": _listed((_listed(_point(at, "{:.12g}") for at in path) for path in x.tolist()), ",\n  "),
    }
    return "\n[made]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())


def digest(trajectory: Trajectory) -> str:
    """The digest of the whole trajectory; see the module."""
    found = hashlib.sha256(trajectory.last.astype("<i8").tobytes())
    runs, rows, dim = trajectory.x.shape
    step = max(HASHED_AT_ONCE // (rows * dim), 1)
    for begin in range(0, runs, step):
        found.update(trajectory.x[begin : begin + step].astype("<f8", order="C").tobytes())
    return f"sha256:{found.hexdigest()}"


def _chosen(trajectory: Trajectory) -> tuple[int, list[int]]:
    """How many runs are listed, and at which iterations: as many as keep within NUMBERS."""
    runs, rows, dim = trajectory.x.shape
    listed = min(runs, int(ENDS_SHARE * NUMBERS) // dim)
    most = int((1 - ENDS_SHARE) * NUMBERS) // (listed * dim) - 1  # beside iteration 1
    step = EVERY * -(-rows // (EVERY * most))
    return listed, sorted({*range(0, rows, step), min(1, rows - 1)})


def spread(runs: int, listed: int) -> Index:
    """Which runs (listed,) a recipe lists: one of each neighbours, so that all methods of a race are among them."""
    return np.arange(listed) * runs // listed


def _folded(outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """The outcomes, or the only one of all runs."""
    return outcomes[:1] if len(set(outcomes)) == 1 else outcomes


def _point(coordinates: Sequence[float], form: str) -> str:
    """A number, or the pair of a point in a plane."""
    numbers = [form.format(value) for value in coordinates]
    return numbers[0] if len(numbers) == 1 else _listed(numbers)


def _listed(items: Iterable[Any], separator: str = ", ") -> str:
    return f"[{separator.join(items)}]"
