"""What a request asks for without its paths: settings and the contents of the files that they name.

Imports neither numpy nor matplotlib for requests without files of their own.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from gdanim.catalogue.choices import python_rule
from gdanim.catalogue.registry import STYLES
from gdanim.catalogue.request import python_in
from gdanim.catalogue.specs import Format
from gdanim.descent.recording.file_types import UNKNOWN
from gdanim.options.objects import NamedObject
from gdanim.output.metadata import MAX_RECIPE
from gdanim.presets import read_file, read_text, renamed, write_request
from gdanim.settings import AUTO_STYLE, DEFAULTS, FORMAT_OPTIONS, Picture, to_saved
from gdanim.tables.files import STDIN, labelled, stem_of
from gdanim.tables.packed import PACKED

if TYPE_CHECKING:
    from gdanim.models.points import Points

PLAIN: Final = (".csv", ".tsv", ".jsonl", ".ndjson", ".txt", ".dat")  # texts

AsCsv = Callable[[str], str]  # the runs of a replayed file, named as in the settings, as a table of text
POINTS: Final = "points"  # what a table is called that came through a pipe


class Portable(NamedTuple):
    """A request without paths.

    files    the contents of the files that the settings name, by their last names
    python   what it named of Python code, as (field, text): the settings have none of it
    """

    settings: Picture
    files: Mapping[str, str]
    python: tuple[tuple[str, str], ...] = ()


def portable(settings: Picture, as_csv: AsCsv, points: Points | None = None) -> Portable:
    """The settings without paths and options of single outputs, and the contents of the files that they name.

    `points` are those that a model is fitted to.
    """
    settings = replace(settings, format=None, max_size=None, themes=())
    files: dict[str, str] = {}
    if settings.trajectory:
        settings, files = _recorded(settings, as_csv)
    if settings.points is not None and points is not None:
        settings = _fitted(settings, points, files)
    names: dict[str, str] = {}
    for style in settings.style:
        path = None if isinstance(style, NamedObject) else _style_file(style)
        if path is not None and style not in names:
            names[style] = _free(path.name, files)
            files[names[style]] = read_text(path, MAX_RECIPE + 1)
    settings = replace(settings, style=tuple(names.get(style, style) for style in settings.style))
    python = tuple(python_in(to_saved(settings)))
    return Portable(replace(settings, **{name: DEFAULTS[name] for name, _ in python}), files, python)


def write_asked(settings: Picture, form: Format | None = None) -> str:
    """The keys of a portable request, without options that a format does not read; by default, with all."""
    changes = {name: DEFAULTS[name] for name in FORMAT_OPTIONS if form is not None and name not in form.takes}
    if form is not None and not (form.extensions or form.sequence):
        changes["format"] = form.name  # no suffix says so
    return write_request(replace(settings, **changes))


def _free(name: str, files: Mapping[str, str]) -> str:
    """The name of a file, or a longer one where files have that."""
    while name in files:
        name = f"{name}{Path(name).suffix}"
    return name


def _style_file(name: str) -> Path | None:
    if name == AUTO_STYLE or name in STYLES:
        return None
    from gdanim.drawing.styles import style_file  # late: it asks matplotlib, which has styles of its own

    return style_file(name)


def _recorded(settings: Picture, as_csv: AsCsv) -> tuple[Picture, dict[str, str]]:
    """The settings with the last names of replayed files, and the contents of these.

    Files of text are held as they are, and so is an array of points; the runs of any other as `--data` writes them.
    """
    names: dict[str, str] = {}  # by paths
    files: dict[str, str] = {}  # contents by names
    plain = is_plain(settings)
    for text in settings.trajectory:
        path = labelled(text)[1]
        if path in names:
            continue
        stem = UNKNOWN if path == STDIN else stem_of(path).replace("=", "-")  # else a label would end there
        kept = plain or _is_dense(path)
        name = f"{stem}{Path(path).suffix.lower() if kept else '.csv'}"
        number = 2
        while name in files:
            name, number = f"{number}-{name}", number + 1
        names[path], files[name] = name, read_file(Path(path), MAX_RECIPE) if kept else as_csv(text)
    fields = renamed({"trajectory": settings.trajectory}, lambda path: names[path])
    return replace(settings, columns=settings.columns if plain else (), **fields), files


def _fitted(settings: Picture, points: Points, files: dict[str, str]) -> Picture:
    """The settings with the last name of the table of points, whose content is added to `files`.

    A file of text is held as it is, and of any other the columns that the model reads.
    """
    path = str(settings.points)
    plain = _is_plain(path)
    stem = POINTS if path == STDIN else stem_of(path).replace("=", "-")
    name = _free(f"{stem}{Path(path).suffix.lower() if plain else '.csv'}", files)
    files[name] = read_text(Path(path), MAX_RECIPE + 1) if plain else points.as_csv(MAX_RECIPE)
    return replace(settings, points=name, target=settings.target if plain else points.target)


def _is_dense(path: str) -> bool:
    """Whether a replayed file holds an array of points that no table holds."""
    if Path(path).suffix.lower() not in PACKED:
        return False
    from gdanim.descent.recording.dense import is_dense  # late: it takes numpy

    return is_dense(path)


def is_plain(settings: Picture) -> bool:
    """Whether all files that are replayed are texts that a recipe holds as they are."""
    return all(map(_is_plain, settings.trajectory))


def _is_plain(text: str) -> bool:
    """Whether a replayed file is a text that a recipe holds as it is."""
    path = labelled(text)[1]
    if Path(path).suffix.lower() not in PLAIN or not Path(path).is_file():
        return False
    try:
        return not read_text(Path(path), MAX_RECIPE + 1).startswith("\ufeff")
    except UnicodeDecodeError:
        return False


def python_digest(named: tuple[tuple[str, str], ...]) -> str:
    """A sha256 over the sources of Python code, as (field, text): what the code is, wherever it lies.

    Empty where a source is not to be had, as of a function that was passed as an object.
    """
    found = hashlib.sha256()
    try:
        if any(isinstance(text, NamedObject) for _, text in named):
            return ""
        for field, text in named:
            rule = python_rule(text) if field in ("optimizer", "schedule") else None
            source, _, name = (text if rule is None else rule[0]).rpartition(":")
            found.update(f"{field} {name} {'' if rule is None else rule[1]}\n".encode())
            found.update(_source_of(source).read_bytes())
    except (OSError, ImportError, ValueError, TypeError, AttributeError):
        return ""
    return f"sha256:{found.hexdigest()}"


def _source_of(source: str) -> Path:
    """The file of a module, FILE.py or package.module; a package's folder is imported, the module is not."""
    if source.endswith(".py"):
        return Path(source)
    found = importlib.util.find_spec(source)
    if found is None or found.origin is None:
        raise ImportError(source)
    return Path(found.origin)
