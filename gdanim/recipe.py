"""Recipes: the text that every file carries, from which it can be made again and its trajectory be checked.

A recipe is a preset (presets.py) with the table [made], between two lines that mark it (output/metadata.py):

[made]
gdanim       the version that made the file
lacks        where the file cannot be made again: `python`, or `size`
digest       sha256 over `last` (runs,), int64, and x (runs, n+1, d), float64, little-endian, in C order
runs         how many there were; the others are of as many of them as MAX_NUMBERS allows, evenly spread:
last         the index of the last finite point of each
outcome      how each ended, or the one way in which all did
end          where each ended, to the last bit
iterations   0, 1 and every tenth, or every 20th, 30th, … where there were many
x            where each run was at these iterations, to 12 digits

Nothing in it tells where, when or by whom the file was made, so that a file that is made again carries the same.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Index, Vector
from gdanim.catalogue.request import python_in
from gdanim.catalogue.specs import Format
from gdanim.descent.descend import Descent
from gdanim.descent.recording.replay import UNKNOWN
from gdanim.descent.trajectory import Trajectory
from gdanim.drawing.styles import style_file
from gdanim.errors import UsageError
from gdanim.output.metadata import END, MAX_RECIPE, START
from gdanim.presets import PYTHON, SIZE, as_ascii, read_text, renamed, write_files, write_request
from gdanim.settings import DEFAULTS, FORMAT_OPTIONS, MAX_ITERATIONS, Picture, Settings, __version__, to_saved
from gdanim.tables.files import STDIN, labelled, stem_of

MAX_NUMBERS: Final = 1000  # coordinates in a recipe
ENDS_SHARE: Final = 0.2  # of these
ITERATIONS_STEP: Final = 10
HASHED_AT_ONCE: Final = 1 << 20  # numbers
PLAIN: Final = (".csv", ".tsv", ".jsonl", ".ndjson", ".txt", ".dat")  # texts


class Recipe(NamedTuple):
    """The recipe of a descent, for files of any format."""

    settings: Picture  # of the request, after all choices, without paths
    files: Mapping[str, str]  # the contents of the files that it names
    made: str  # the table [made] as text
    lacks: str = ""  # PYTHON or SIZE, where the file cannot be made again

    def text(self, form: Format | None = None) -> str:
        """The recipe in a file of this format, without options that the format does not read; by default, with all."""
        changes = {name: DEFAULTS[name] for name in FORMAT_OPTIONS if form is not None and name not in form.takes}
        if form is not None and not (form.extensions or form.sequence):
            changes["format"] = form.name  # no suffix says so
        request = write_request(replace(self.settings, **changes))
        return f"{START}{as_ascii(request + self.made + write_files(self.files))}{END}"


def recipe_of(descent: Descent) -> Recipe:
    """What the files of a descent carry."""
    settings, files = _portable(descent)
    made = summary_of(descent.trajectory)
    if left_out := {name: DEFAULTS[name] for name, _ in python_in(to_saved(settings))}:
        return Recipe(replace(settings, **left_out), files, write_made(made, PYTHON), PYTHON)
    recipe = Recipe(settings, files, write_made(made))
    return recipe if len(recipe.text()) <= MAX_RECIPE else Recipe(Settings(), {}, write_made(made, SIZE), SIZE)


# --- the request -----------------------------------------------------------------------------------------------------


def _portable(descent: Descent) -> tuple[Picture, dict[str, str]]:
    """The settings without paths and options of single outputs, and the contents of the files that they name."""
    settings = replace(descent.settings, format=None, max_size=None, themes=())
    files: dict[str, str] = {}
    if settings.trajectory:
        settings, files = _recorded(settings, descent)
    names = {}
    for style in settings.style:
        path = style_file(style)
        if path is not None and style not in names:
            names[style] = _free(path.name, files)
            files[names[style]] = read_text(path, MAX_RECIPE + 1)
    return replace(settings, style=tuple(names.get(style, style) for style in settings.style)), files


def _free(name: str, files: Mapping[str, str]) -> str:
    """The name of a style file, or a longer one where files have that."""
    while name in files:
        name = f"{name}.mplstyle"
    return name


def _recorded(settings: Picture, descent: Descent) -> tuple[Picture, dict[str, str]]:
    """The settings with the last names of replayed files, and the contents of these.

    A file of text is held as it is, and the runs of any other as `--data` writes them.
    """
    names: dict[str, str] = {}  # by paths
    files: dict[str, str] = {}  # contents by names
    plain = all(map(_is_plain, settings.trajectory))
    for text in settings.trajectory:
        path = labelled(text)[1]
        if path in names:
            continue
        stem = UNKNOWN if path == STDIN else stem_of(path).replace("=", "-")  # else a label would end there
        name = f"{stem}{Path(path).suffix.lower() if plain else '.csv'}"
        number = 2
        while name in files:
            name, number = f"{number}-{name}", number + 1
        names[path], files[name] = name, read_text(Path(path), MAX_RECIPE + 1) if plain else _as_csv(descent, text)
    fields = renamed({"trajectory": settings.trajectory}, lambda path: names[path])
    return replace(settings, columns=settings.columns if plain else (), **fields), files


def _is_plain(text: str) -> bool:
    """Whether a replayed file is a text that a recipe holds as it is."""
    path = labelled(text)[1]
    if Path(path).suffix.lower() not in PLAIN or not Path(path).is_file():
        return False
    try:
        return not read_text(Path(path), MAX_RECIPE + 1).startswith("\ufeff")
    except UnicodeDecodeError:
        return False


def _as_csv(descent: Descent, source: str) -> str:
    from gdanim.descent.recording.export import as_csv

    its = [place for place, run in enumerate(descent.runs) if run.source == source]
    return as_csv(descent.trajectory.picked(its), tuple(descent.runs[run] for run in its), MAX_RECIPE)


# --- the trajectory --------------------------------------------------------------------------------------------------


class Made(NamedTuple):
    """A trajectory in short, see the module; arrays are of the runs (m,) that are listed."""

    digest: str
    runs: int
    last: Index  # (m,)
    stop: tuple[str, ...]  # (m,)
    end: Vector  # (m, d)
    iterations: Index  # (k,)
    x: Vector  # (m, k, d)

    @property
    def listed(self) -> Index:
        """Which runs (m,) are listed."""
        return listed_runs(self.runs, len(self.last))


def summary_of(trajectory: Trajectory) -> Made:
    """The trajectory in short."""
    n_listed, iterations = _sampling(trajectory)
    runs = listed_runs(trajectory.runs, n_listed)
    last, stop = trajectory.last[runs], tuple(trajectory.stop[run].name for run in runs)
    ends, points = trajectory.x[runs, last], trajectory.x[np.ix_(runs, iterations)]
    return Made(digest(trajectory), trajectory.runs, last, stop, ends, iterations, points)


def digest(trajectory: Trajectory) -> str:
    """The digest of the whole trajectory, see the module."""
    found = hashlib.sha256(trajectory.last.astype("<i8").tobytes())
    runs, rows, dim = trajectory.x.shape
    step = max(HASHED_AT_ONCE // (rows * dim), 1)
    for begin in range(0, runs, step):
        found.update(trajectory.x[begin : begin + step].astype("<f8", order="C").tobytes())
    return f"sha256:{found.hexdigest()}"


def _sampling(trajectory: Trajectory) -> tuple[int, Index]:
    """How many runs are listed, and at which iterations: as many as keep within MAX_NUMBERS."""
    runs, rows, dim = trajectory.x.shape
    n_listed = min(runs, int(ENDS_SHARE * MAX_NUMBERS) // dim)
    most = int((1 - ENDS_SHARE) * MAX_NUMBERS) // (n_listed * dim) - 1  # beside iteration 1
    step = ITERATIONS_STEP * -(-rows // (ITERATIONS_STEP * most))
    return n_listed, np.array(sorted({*range(0, rows, step), min(1, rows - 1)}))


def listed_runs(runs: int, n_listed: int) -> Index:
    """Which of the runs (n_listed,) a recipe lists: evenly spread, so that all methods of a race are among them."""
    return np.arange(n_listed) * runs // n_listed


def write_made(made: Made, lacks: str = "") -> str:
    """The table [made]."""
    stop = made.stop[:1] if len(set(made.stop)) == 1 else made.stop
    lines = {
        "gdanim": f'"{__version__}"',
        **({"lacks": f'"{lacks}"'} if lacks else {}),
        "digest": f'"{made.digest}"',
        "runs": str(made.runs),
        "last": _listed(map(str, made.last.tolist())),
        "outcome": _listed(f'"{name}"' for name in stop),
        "end": _listed(_point(end, "{!r}") for end in made.end.tolist()),
        "iterations": _listed(map(str, made.iterations.tolist())),
        "x": _listed((_listed(_point(at, "{:.12g}") for at in path) for path in made.x.tolist()), ",\n  "),
    }
    return "\n[made]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())


def _point(coordinates: Sequence[float], form: str) -> str:
    """A number, or the pair of a point in a plane."""
    numbers = [form.format(value) for value in coordinates]
    return numbers[0] if len(numbers) == 1 else _listed(numbers)


def _listed(items: Iterable[Any], separator: str = ", ") -> str:
    return f"[{separator.join(items)}]"


def read_made(table: Mapping[str, Any], source: str) -> Made:
    """The table [made] of a file from anywhere. Raises UsageError where write_made() cannot have written it."""
    try:
        last, iterations = _counts(table["last"]), _counts(table["iterations"])
        stop = tuple(map(str, table["outcome"]))
        stop = stop * len(last) if len(stop) == 1 else stop
        end = _numbers(table["end"]).reshape(len(last), -1)
        x = _numbers(table["x"]).reshape(len(last), len(iterations), -1)
        made = Made(str(table["digest"]), int(table["runs"]), last, stop, end, iterations, x)
        if len(made.stop) != len(last) or len(last) > made.runs or made.end.shape[1] != made.x.shape[2]:
            raise ValueError("its parts do not fit")
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        raise UsageError(f"{source} carries a recipe whose table [made] is damaged") from None
    return made


def _numbers(value: Any) -> NDArray[np.float64]:
    """Finite numbers, at least one. Raises TypeError, ValueError or OverflowError."""
    numbers = np.array(value, dtype=np.float64)
    if not numbers.size or not np.isfinite(numbers).all():
        raise ValueError("no finite numbers")
    return numbers


def _counts(value: Any) -> Index:
    """Numbers of iterations (m,). Raises as _numbers does."""
    numbers = _numbers(value)
    if numbers.ndim != 1 or not ((numbers >= 0) & (numbers <= MAX_ITERATIONS)).all():
        raise ValueError("no numbers of iterations")
    return numbers.astype(np.int64)
