"""Presets: saved command lines in TOML, read and written, as files of their own or from files that gdanim made.

A recipe is a preset that a file carries. Beside the keys of the request, its text, and that of a preset, may hold

[made]    what made the file, and its trajectory in short (recipe.py); no part of the request
[files]   the attachments: the contents of the files that the request reads, by their last names

A recipe may come from anybody: only attachments that its own request names are unpacked, into a new folder.
"""

import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

from gdanim.catalogue.registry import FORMATS, presets
from gdanim.catalogue.request import python_in
from gdanim.errors import RecipeError, UnknownNameError, UsageError, shown
from gdanim.formula.titles import from_preset
from gdanim.output import metadata
from gdanim.output.files.temporary import open_temporary_folder
from gdanim.output.metadata import MAX_RECIPE as MAX_BYTES
from gdanim.output.metadata import STDIN
from gdanim.settings import DEFAULTS, Picture, Settings, from_saved, to_saved
from gdanim.tables.files import beside, labelled, opened
from gdanim.tables.packed import PACKED, as_text, content_of
from gdanim.toml_text import parse_toml, write_file, write_value

FILE_FIELDS: Final = ("trajectory", "points", "style")  # of Settings, that may name a file
PYTHON: Final = "python"
SIZE: Final = "size"
# Why a recipe may not suffice, as [made] says it: lacks = "python".
LACKS: Final = {
    PYTHON: "it was made with Python code of your own, which a recipe does not hold",
    SIZE: f"what it was made from, data included, is more than the {MAX_BYTES:,} characters that a recipe holds",
}
_VERSION: Final = re.compile("[0-9A-Za-z.+-]{1,40}")
_folders: Final[dict[int, str]] = {}  # where attachments are unpacked, by the process that made the folder


class Saved(NamedTuple):
    """What a preset or a recipe says."""

    source: str  # what messages call it
    fields: Mapping[str, Any]  # of Settings; attachments are named as in `files`
    files: Mapping[str, str]  # the contents of the attachments
    made: Mapping[str, Any]  # the table [made], unchecked

    def unpacked(self) -> dict[str, Any]:
        """The fields, with paths of attachments, which are files for as long as this process runs."""
        paths = {}
        for name in set(_names(self.fields)) & self.files.keys():
            path = Path(tempfile.mkdtemp(dir=_folder()), name)
            path.write_bytes(content_of(name, self.files[name]))
            paths[name] = str(path)
        return renamed(self.fields, lambda name: paths.get(name, name))

    def check_complete(self) -> None:
        """Raise RecipeError where something that made the file is not in the recipe."""
        lacks = self.made.get("lacks")
        if any(python_in(self.fields)):
            lacks = PYTHON
        if lacks is not None:
            reason = LACKS.get(str(lacks), "its recipe is not complete")
            raise RecipeError(f"{self.source} cannot be made again: {reason}")


# --- reading ----------------------------------------------------------------------------------------------------------


def read_preset(name: str) -> dict[str, Any]:
    """Fields of Settings from a preset: one that ships with gdanim, by name, a TOML file, or a file with a recipe.

    Raises UsageError, naming the file and the key, where it is not one, and RecipeError where a recipe does not
    suffice.
    """
    shipped = presets()
    path = shipped.get(name.replace("_", "-"), Path(name))
    is_output = any(path.suffix.lower() in form.extensions for form in FORMATS.values())
    try:
        with opened(path) as file:
            text = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        if is_output:
            raise UsageError(f"No file {name!r}") from None
        if path.suffix or "/" in name:
            raise UsageError(f"No preset file {name!r}. See: gdanim list presets") from None
        raise UnknownNameError("preset", name, shipped, see="gdanim list presets") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"Cannot read preset {name!r}: {reason}") from None
    if metadata.carries(text[: metadata.HEAD]):
        recipe = read_recipe(name)
        recipe.check_complete()
        return recipe.unpacked()
    if is_output:
        raise UsageError(f"{path.name} carries no recipe: it is of no format that gdanim writes")
    if len(text) > MAX_BYTES:
        raise UsageError(f"{path.name} has more than {MAX_BYTES:,} bytes: that is no preset")
    saved = saved_in(text, source=path.name)
    # What lies beside the preset comes first; else the path is seen from here, as on the command line.
    return renamed(saved.unpacked(), partial(beside, path.parent), ("trajectory", "points"))


def read_recipe(path: str) -> Saved:
    """The recipe that a file carries; "-" is standard input.

    Raises UsageError where it carries none, or where the request names a file that is no attachment.
    """
    saved = saved_in(metadata.read_recipe(path).encode(), source=metadata.name_of(path))
    for field in FILE_FIELDS:
        for name in _names(saved.fields, (field,)):
            # A style may be one of ours or of matplotlib's, by its name.
            is_style_name = field == "style" and Path(name).name == name
            if name not in saved.files and not is_style_name:
                raise UsageError(f"{saved.source}: {field} {shown(name)} is a file that the recipe does not hold")
    return saved


def _names(fields: Mapping[str, Any], of: Sequence[str] = FILE_FIELDS) -> list[str]:
    """The files that fields name."""
    texts = [fields.get(field) or () for field in of]
    each = [(text,) if isinstance(text, str) else text for text in texts]
    return [labelled(text)[1] for text in chain.from_iterable(each)]


def renamed(fields: Mapping[str, Any], new: Callable[[str], str], of: Sequence[str] = FILE_FIELDS) -> dict[str, Any]:
    """The fields with other names for the files that they name; labels stay."""

    def changed(text: str) -> str:
        name = labelled(text)[1]
        return text.removesuffix(name) + new(name)

    found = dict(fields)
    for field in of:
        value = found.get(field)
        if value:
            found[field] = changed(value) if isinstance(value, str) else tuple(map(changed, value))
    return found


def saved_in(text: bytes, *, source: str) -> Saved:
    """What the text of a preset or a recipe says. Raises UsageError, naming the source and the key."""
    saved = parse_toml(text, source=source)
    made, files = saved.pop("made", {}), saved.pop("files", {})
    for name, table in {"made": made, "files": files}.items():
        if not isinstance(table, dict):
            raise UsageError(f"{source}: {name} is not a table")
    fields = from_preset(from_saved(saved, source=source))
    _check_files(files, fields, source)
    return Saved(source, fields, files, made)


def _check_files(files: Mapping[str, Any], fields: Mapping[str, Any], source: str) -> None:
    """Raise UsageError unless [files] holds texts, each under the last name of a file that the request reads."""
    for name, content in files.items():
        if Path(name).name != name or name in ("", ".", "..", STDIN) or "\0" in name:
            raise UsageError(f"{source}: files: {shown(name)} is not the name of a file")
        if name not in _names(fields):
            raise UsageError(f"{source}: files: nothing reads {shown(name)}")
        if not isinstance(content, str):
            raise UsageError(f"{source}: files: {shown(name)} is not a text")
        try:
            content_of(name, content)
        except ValueError as error:
            raise UsageError(f"{source}: files: {shown(name)} is damaged: {error}") from None


def refuse_python(merged: Mapping[str, Any], given: Mapping[str, Any], *, source: str) -> None:
    """Refuse a Python callable that a preset names, rather than the command line itself. Raises UsageError.

    `merged` are the fields of the request, `given` those of the command line; `source` names the preset.
    """
    for key, name in python_in(merged):
        if key not in given:
            raise UsageError(
                f"{source}: {key} {shown(name)} is Python code, which a preset may run only with --allow-python"
            )


# --- attachments ------------------------------------------------------------------------------------------------------


def _attachments(fields: Mapping[str, Any]) -> dict[str, Path]:
    """The unpacked files that fields name."""
    paths = {name: Path(name) for name in _names(fields)}
    return {name: path for name, path in paths.items() if str(path.parent.parent) in _folders.values()}


def _folder() -> str:
    """A folder that is removed when the process ends, also by a signal. One that was forked has its own."""
    import atexit

    process = os.getpid()
    if process not in _folders:
        stack = ExitStack()
        atexit.register(stack.close)
        _folders[process] = str(stack.enter_context(open_temporary_folder("recipe")))
    return _folders[process]


# --- writing ----------------------------------------------------------------------------------------------------------


def preset_in(path: str) -> str:
    """The recipe that a file carries, as a preset for people and for --preset. Raises as read_recipe; RecipeError."""
    saved = read_recipe(path)
    saved.check_complete()
    version = str(saved.made.get("gdanim"))
    maker = f"gdanim {version}" if _VERSION.fullmatch(version) else "a gdanim that does not say which"
    return f"# Made by {maker}.\n{write_request(Settings(**saved.fields))}{write_files(saved.files)}"


def write_preset(settings: Picture) -> str:
    """The TOML text of a preset that makes the same picture, with its attachments."""
    fields = {field: getattr(settings, field) for field in FILE_FIELDS}
    paths = _attachments(fields)
    names = renamed(fields, lambda name: paths[name].name if name in paths else name)
    return _write_keys(replace(settings, **names)) + write_files(
        {path.name: read_file(path) for path in paths.values()}
    )


def write_request(settings: Picture) -> str:
    """The keys of a recipe, without tables: the seed is among them in any case."""
    return _write_keys(settings) + (f"seed = {settings.seed}\n" if settings.seed == DEFAULTS["seed"] else "")


def write_files(files: Mapping[str, str]) -> str:
    """The table [files]; no text where there are none."""
    return "\n[files]\n" + "".join(write_file(name, content) for name, content in files.items()) if files else ""


def _write_keys(settings: Picture) -> str:
    return "".join(f"{key} = {write_value(value)}\n" for key, value in to_saved(settings).items())


def read_file(path: Path, most: int = MAX_BYTES) -> str:
    """A file as text; one of arrays as tables/packed.py writes it. Any longer text where it has more than `most`."""
    return as_text(path, most) if path.suffix.lower() in PACKED else read_text(path, most + 1)


def read_text(path: Path, most: int = -1) -> str:
    """The text of a file, cut to `most` characters."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read(most)
