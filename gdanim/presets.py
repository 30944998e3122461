"""Presets: saved command lines in TOML, in and out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from gdanim.catalog import presets
from gdanim.errors import UnknownNameError, UsageError, shown
from gdanim.objectives.naming import Kind, kind_of
from gdanim.settings import Settings, from_saved, to_saved

MAX_BYTES = 1_000_000
STDIN = "-"


def read_preset(name: str) -> dict[str, Any]:
    """Fields of Settings from a preset: one that ships with gdanim, by name, or a TOML file.

    Raises UsageError, naming the file and the key, where it is not one.
    """
    shipped = presets()
    path = shipped.get(name.replace("_", "-")) or Path(name)
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        if path.suffix or "/" in name:
            raise UsageError(f"No preset file {name!r}. See: gdanim list presets") from None
        raise UnknownNameError("preset", name, shipped, see="gdanim list presets") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"Cannot read preset {name!r}: {reason}") from None
    if len(text) > MAX_BYTES:
        raise UsageError(f"{path.name} has more than {MAX_BYTES:,} bytes: that is no preset")
    try:
        saved = tomllib.loads(text.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise UsageError(f"{path.name} is not TOML: {reason}") from None
    fields = from_saved(saved, source=path.name)
    if fields.get("trajectory") not in (None, STDIN):
        beside = path.parent / fields["trajectory"]
        # What lies beside the preset comes first; else the path is seen from here, as on the command line.
        fields["trajectory"] = str(beside) if beside.exists() else fields["trajectory"]
    return fields


def refuse_python(merged: Mapping[str, Any], given: Mapping[str, Any], *, source: str) -> None:
    """Refuse a Python callable that a preset names, rather than the command line itself. Raises UsageError.

    `merged` are the fields of the request, `given` those of the command line; `source` names the preset.
    """
    for key in ("function", "gradient"):
        name = None if key in given else merged.get(key)
        if name is not None and (key == "gradient" or kind_of(name) is Kind.CALLABLE):
            raise UsageError(
                f"{source}: {key} {shown(name)} is Python code, which a preset may run only with --allow-python"
            )


def write_preset(settings: Settings) -> str:
    """The TOML text of a preset that makes the same picture."""
    return "".join(f"{key} = {_toml(value)}\n" for key, value in to_saved(settings).items())


def _toml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        case Fraction():
            return _toml(str(value)) if value.denominator > 1 else str(value.numerator)
        case Mapping():
            return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
        case tuple() if value and all(isinstance(item, tuple) and isinstance(item[0], str) for item in value):
            return _toml(dict(value))
        case tuple() if len(value) == 1 and not _is_point_in_a_plane(value[0]):
            return _toml(value[0])
        case tuple():
            return "[" + ", ".join(_toml(item) for item in value) + "]"
        case _:
            return repr(value)


def _is_point_in_a_plane(item: Any) -> bool:
    """Whether [item] means one point: without its brackets, [x, y] would be two starts."""
    return isinstance(item, tuple) and len(item) > 1
