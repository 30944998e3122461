"""Job files: what is to be rendered, in TOML.

output     the name of each job's file, or a list of names; placeholders in braces are keys of the job
poster, data   the same for what stands beside it, see --poster and --data
[defaults]  keys of a preset, or preset = "NAME|FILE", for all jobs
[matrix]    keys of a preset, each with a list of values: every combination is a job
[[include]], [[exclude]]   keys with values, see matrix.py

A preset is a batch of one job, whose {preset} is its name.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from gdanim.batch.matrix import Matrix, Row, combinations
from gdanim.errors import UnknownNameError, UsageError, shown
from gdanim.output.metadata import MAX_RECIPE
from gdanim.presets import read_preset
from gdanim.settings import from_saved
from gdanim.tables.files import beside, is_file, opened
from gdanim.toml_text import parse_toml

TABLES: Final = ("defaults", "matrix", "include", "exclude")
NAMES: Final = ("output", "poster", "data")  # of what a job writes
PRESET: Final = "preset"


class JobFile(NamedTuple):
    """What a file asks for.

    source  the file, as messages call it
    read    the files that say what is to be rendered: itself, and a preset that it names
    names   templates of outputs by NAMES; none in a preset
    preset  the name that {preset} stands for; empty where there is none
    base    fields of Settings for all jobs
    rows    of each job, the values that tell it apart, in fields of Settings
    """

    source: str
    read: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]
    preset: str
    base: Mapping[str, Any]
    rows: Sequence[Row]


def read_job_file(path: str) -> JobFile:
    """Read a job file or a preset. Raises UsageError that names the file and the key, RecipeError as read_preset()."""
    saved = _content(path)
    if saved is None or not any(key in saved for key in (*TABLES, *NAMES)):
        return JobFile(path, (path,), {}, _stem(path), read_preset(path), [{}])
    known = (*NAMES, *TABLES)
    for key in saved:
        if key not in known:
            raise UnknownNameError(f"key in {path}:", key, known)
    defaults = dict(_table(saved, "defaults", path))
    preset = defaults.pop(PRESET, "")
    if not isinstance(preset, str):
        raise UsageError(f"{path}: defaults: preset {shown(preset)} is not a text")
    # A file is seen from where the job file lies, as its replays are.
    place = beside(Path(path).parent, preset)
    base = _base(place, path) if preset else {}
    base |= from_saved(defaults, source=f"{path}: defaults")
    matrix = Matrix(
        dict(_lists(_table(saved, "matrix", path), f"{path}: matrix")),
        list(_rows(saved, "exclude", path)),
        list(_rows(saved, "include", path)),
    )
    read = (path, place) if is_file(place) else (path,)
    return JobFile(path, read, dict(_templates(saved, path)), _stem(preset), base, combinations(matrix, path))


def _content(path: str) -> dict[str, Any] | None:
    """The tables of a file of TOML; None where it is no such file: a preset of gdanim's, or a film with a recipe."""
    place = Path(path)
    if place.suffix.lower() != ".toml":
        return None
    try:
        with opened(place) as file:
            text = file.read(MAX_RECIPE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"Cannot read {shown(path)}: {reason}") from None
    if len(text) > MAX_RECIPE:
        raise UsageError(f"{path} has more than {MAX_RECIPE:,} bytes: that is no job file")
    return parse_toml(text, source=path)


def _base(preset: str, path: str) -> dict[str, Any]:
    try:
        return read_preset(preset)
    except UsageError as error:
        raise UsageError(f"{path}: defaults: {error}") from None


def _stem(preset: str) -> str:
    return Path(preset).stem


def _table(saved: Mapping[str, Any], name: str, source: str) -> Mapping[str, Any]:
    table = saved.get(name, {})
    if not isinstance(table, dict):
        raise UsageError(f"{source}: {name} {shown(table)} is not a table: write it below [{name}]")
    return table


def _lists(table: Mapping[str, Any], source: str) -> Iterator[tuple[str, list[Any]]]:
    """The fields of a matrix and their values, each read by itself."""
    for key, values in table.items():
        if not isinstance(values, list) or not values:
            wrong = "is empty" if values == [] else "is not a list"
            raise UsageError(f"{source}: {key} {shown(values)} {wrong}: give the values that the jobs take")
        read = [next(iter(from_saved({key: value}, source=source).items())) for value in values]
        field, found = read[0][0], [value for _, value in read]
        twice = next((value for place, value in enumerate(found) if value in found[:place]), None)
        if twice is not None:
            raise UsageError(f"{source}: {key} has {shown(twice)} twice: leave one out")
        yield field, found


def _rows(saved: Mapping[str, Any], name: str, source: str) -> Iterator[Row]:
    tables = saved.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UsageError(f"{source}: {name} is not a list of tables: write each below [[{name}]]")
    for number, table in enumerate(tables, start=1):
        if not table:
            raise UsageError(f"{source}: {name} {number} is empty: give it a key, or leave it out")
        yield from_saved(table, source=f"{source}: {name} {number}")


def _templates(saved: Mapping[str, Any], source: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in NAMES:
        if name not in saved:
            continue
        given = saved[name]
        texts = given if isinstance(given, list) and name == "output" else [given]
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            raise UsageError(f"{source}: {name} {shown(given)} is not the name of a file")
        yield name, tuple(texts)
