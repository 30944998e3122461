"""The files that a request reads, inside of its recipe: a replayed trajectory, a style of matplotlib.

A recipe names them by their last names and holds their contents. What comes from a file of somebody else's is believed
in nothing: only the files that its own request names are unpacked, into a fresh folder.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gdanim.descent.recording.file_types import STDIN
from gdanim.errors import UsageError, shown
from gdanim.output.files.temporary import open_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdanim.settings import Settings

FIELDS: Final = ("trajectory", "style")  # of Settings, that may name a file


def checked(files: Mapping[str, Any], fields: Mapping[str, Any], source: str) -> Mapping[str, str]:
    """The table of files, if it is one. Raises UsageError."""
    for name, content in files.items():
        if Path(name).name != name or name in ("", ".", "..", STDIN) or "\0" in name:
            raise UsageError(f"{source}: files: {shown(name)} is not the name of a file")
        if name not in [fields.get(field) for field in FIELDS]:
            raise UsageError(f"{source}: files: nothing reads {shown(name)}")
        if not isinstance(content, str):
            raise UsageError(f"{source}: files: {shown(name)} is not a text")
    return files


def check_alone(fields: Mapping[str, Any], files: Mapping[str, str], *, source: str) -> None:
    """Raise UsageError where a recipe names a file that it does not hold."""
    for field in FIELDS:
        name = fields.get(field)
        if name is None or name in files:
            continue
        # A style may be one of ours or of matplotlib's; of files, only the recipe's own are read.
        if field != "style" or Path(name).name != name:
            raise UsageError(f"{source}: {field} {shown(name)} is a file that the recipe does not hold")


def unpacked(fields: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, str]:
    """The fields that name files of the table, with the paths where these were unpacked."""
    found = {}
    for field in FIELDS:
        name = fields.get(field)
        if isinstance(name, str) and name in files:
            folder = Path(tempfile.mkdtemp(dir=_folder()))
            (folder / name).write_text(files[name], encoding="utf-8", newline="")
            found[field] = str(folder / name)
    return found


def packed(settings: Settings) -> tuple[dict[str, Any], dict[str, str]]:
    """For settings that name unpacked files: the fields with their last names, and the contents of the files."""
    names: dict[str, Any] = {}
    files: dict[str, str] = {}
    for field in FIELDS:
        path = Path(getattr(settings, field) or "")
        if _folder.cache_info().currsize and path.parent.parent == Path(_folder()):
            names[field] = path.name
            files[path.name] = _text(path)
    return names, files


def _text(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


@cache
def _folder() -> str:
    """A folder that goes when the process ends, be it by a signal."""
    import atexit

    place = ExitStack()
    atexit.register(place.close)
    return str(place.enter_context(open_folder("recipe")))
