"""The names of a batch's outputs: templates such as out/{function}-{lr}.gif, filled in with safe parts of names."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import PurePath
from typing import Any, Final

from gdanim.errors import UsageError, shown

MAX_PART: Final = 80  # characters of a value in a name
_SIGN: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_EDGES: Final = "-._"  # a part that is hidden, or leads to another folder, begins or ends with one of them


def placeholders(template: str, known: Mapping[str, Any] | frozenset[str], source: str) -> tuple[str, ...]:
    """The names in braces, each once, in their order. Raises UsageError where one is not known, or a brace is alone."""
    return tuple(dict.fromkeys(_names(template, known, source)))


def _names(template: str, known: Mapping[str, Any] | frozenset[str], source: str) -> Iterator[str]:
    for sign in _SIGN.finditer(template):
        if sign[0] in "{}":
            raise UsageError(f"{source}: {shown(template)} has a brace without its other one: write {{{{ for a brace")
        if sign[1] is None:
            continue
        if sign[1] not in known:
            able = ", ".join(f"{{{name}}}" for name in sorted(known)) or "none here"
            raise UsageError(f"{source}: nothing gives {{{sign[1]}}} in {shown(template)} a value. There is {able}")
        yield sign[1]


def filled(template: str, value_of: Callable[[str], Any], source: str) -> str:
    """A template with each placeholder replaced by its value, as a part of a name. Raises UsageError."""

    def part(sign: re.Match[str]) -> str:
        if sign[1] is None:
            return sign[0][0]
        value = value_of(sign[1])
        found = safe(value)
        if not found:
            raise UsageError(f"{source}: {sign[1]} {shown(as_text(value))} leaves no letter or digit for {{{sign[1]}}}")
        return found

    return _SIGN.sub(part, template)


def safe(value: Any) -> str:
    """A value as a part of a file name, of letters, digits, `.`, `-` and `_`: adam:lr=0.1 becomes adam-lr-0.1."""
    plain = unicodedata.normalize("NFKD", as_text(value)).replace("*", "x")
    return _UNSAFE.sub("-", plain.encode("ascii", "ignore").decode()).strip(_EDGES)[:MAX_PART].rstrip(_EDGES)


def as_text(value: Any) -> str:
    """A value as the command line has it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float() | Fraction():
            return f"{float(value):.10g}"
        case tuple() | list():
            return "-".join(map(as_text, value))
        case Mapping():
            return "-".join(f"{key}-{as_text(item)}" for key, item in value.items())
        case _:
            return str(value)


def escaping(path: str) -> str:
    """Why a path leads out of the folder that the job file is run in; empty where it does not."""
    place = PurePath(path)
    if place.is_absolute() or place.drive:
        return "an absolute path"
    return "a path with .. in it" if ".." in place.parts else ""
