"""What is asked for: a preset, and what a command line or a program says beside it. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from gdanim import preflight
from gdanim.errors import SettingError, UnknownNameError, UsageError, unforeseen
from gdanim.settings import Settings, options


class Asked(NamedTuple):
    """A request in full, and what its file is called where no output is given; empty for the function's name."""

    settings: Settings
    name: str


def asked(preset: str | None, chosen: Mapping[str, Any]) -> Asked:
    """Settings from a preset, or a file with a recipe, and from options that were read, which win.

    Raises UsageError, and RecipeError where a file's recipe does not suffice.
    """
    if preset is None:
        return Asked(Settings(**chosen), "")
    from gdanim.presets import read_preset, refuse_python

    merged = preflight.merged(read_preset(preset), chosen)
    if not chosen.get("allow_python"):
        refuse_python(merged, chosen, source=preset)
    return Asked(Settings(**merged), "" if "function" in chosen else _stem(preset))


def _stem(preset: str) -> str:
    # What is made from a file is not to take that file's place, if nobody says so.
    return Path(preset).stem.replace("_", "-") if Path(preset).suffix in ("", ".toml") else ""


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of Settings from the keywords of a call; None stands for what was not given.

    Raises UnknownNameError for a name that is no option, and SettingError for a value that its option does not take.
    """
    known = {attribute: item for attribute, item, _ in options()}
    found = {}
    for name, value in given.items():
        if name not in known:
            raise UnknownNameError("option", name, known, see="gdanim --help")
        try:
            if value is not None:
                found[name] = known[name].read(value)
        except ValueError as refusal:
            raise SettingError(known[name].name, value, str(refusal)) from None
    return found


@contextmanager
def files_at_fault() -> Iterator[None]:
    """Turn an OSError into a UsageError: before anything is solved or written, it is about files that are named."""
    try:
        yield
    except OSError as error:
        raise UsageError(unforeseen(error)) from error
