"""`gdanim list`: every registry as a table for people, or as JSON. Imports neither numpy nor matplotlib."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

from gdanim.catalogue.choices import format_value
from gdanim.catalogue.registry import KINDS, Registry, presets
from gdanim.catalogue.specs import Entry, Format, Formula, Method, Rule, Schedule, View
from gdanim.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gdanim.catalogue.specs import Hyperparameter

    Rows = Mapping[str, Any]

WIDTH = 100  # of a line, in characters; a name and its summary may need more
_UNBROKEN = "\xa0"  # a blank at which textwrap does not break


def as_text(kind: str | None) -> str:
    """One registry with details, or every registry with a line for each entry. Raises UnknownNameError."""
    kinds = _chosen(kind)
    if kind is not None:
        return "".join(_table(rows, detailed=True) for rows in kinds.values())
    tables = {title.capitalize(): _table(rows, detailed=False) for title, rows in kinds.items()}
    return "\n".join(f"{title}\n{textwrap.indent(table, '  ')}" for title, table in tables.items())


def as_json(kind: str | None) -> str:
    """One registry as a list of objects, or all of them by kind. Raises UnknownNameError."""
    content = {
        title: [_as_object(name, entry) | {"distribution": _origin(rows, name)} for name, entry in rows.items()]
        for title, rows in _chosen(kind).items()
    }
    return json.dumps(content if kind is None else content[next(iter(content))], indent=2, ensure_ascii=False) + "\n"


def broken(kind: str | None) -> list[str]:
    """A sentence about each plug-in that is missing in the list because it cannot be used."""
    from gdanim.catalogue.plugins import installed

    registries = [rows for rows in _chosen(kind).values() if isinstance(rows, Registry)]
    return [*(line for rows in registries for line in rows.broken()), *(installed().faults if registries else ())]


def _chosen(kind: str | None) -> Mapping[str, Rows]:
    kinds = {**KINDS, "presets": presets()}
    if kind is None:
        return kinds
    for name in (kind, kind + "s"):
        if name in kinds:
            return {name: kinds[name]}
    raise UnknownNameError("kind", kind, kinds, see="gdanim list --help")


def _origin(rows: Rows, name: str) -> str | None:
    """The distribution that brings an entry; None for gdanim's own."""
    return (rows.origin(name) or None) if isinstance(rows, Registry) else None


def _table(rows: Rows, *, detailed: bool) -> str:
    """A line for each entry in aligned columns; with `detailed`, its hyperparameters and source on lines below."""
    cells = {name: _columns(name, entry) for name, entry in rows.items()}
    widths = [max(map(len, column)) for column in zip(*(row[:-1] for row in cells.values()), strict=True)]
    lines = []
    for name, row in cells.items():
        origin = _origin(rows, name)
        last = f"{row[-1]}  [{origin}]" if origin else row[-1]
        padded = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)]
        lines.append("  ".join([*padded, last]).rstrip())
        if detailed:
            lines += _indented(_details(rows[name]), widths[0] + 2)
    return "".join(f"{line}\n" for line in lines)


def _indented(details: Iterable[str], by: int) -> list[str]:
    margin = " " * by
    return [
        line.replace(_UNBROKEN, " ")
        for detail in details
        for line in textwrap.wrap(detail, WIDTH, initial_indent=margin, subsequent_indent=margin + "  ")
    ]


def _columns(name: str, entry: Any) -> tuple[str, ...]:
    name = name.replace("_", "-")
    match entry:
        case Formula():
            minimum = f"minimum {entry.minimum:.6g}" if entry.minimum is not None else "no minimum"
            return name, f"{len(entry.bounds)}-D", minimum, entry.formula
        case Format():
            return name, " ".join(entry.extensions), entry.summary
        case Entry():
            return name, entry.summary
    return name, _first_comment(entry)


def _details(entry: Any) -> list[str]:
    """Lines below an entry: its hyperparameters or qualities, and its source."""
    match entry:
        case Method():
            once = [] if entry.follows_schedule else ["read once: it takes no --schedule"]
            return [_joined([*_hyperparameters(entry), f"lr: {entry.rate.value}", *once]), entry.source]
        case Schedule():
            return [_joined(_hyperparameters(entry)), entry.source]
        case Format():
            return ["--quality " + _joined(f"{quality}: {meaning}" for quality, meaning in entry.qualities.items())]
    return []


def _hyperparameters(entry: Rule) -> list[str]:
    """The hyperparameters with their defaults, and pairs that must be in order: `beta1 < beta2`."""
    return [*map(default, entry.hyperparameters), *(f"{lower} < {upper}" for lower, upper in entry.ordered)]


def default(item: Hyperparameter) -> str:
    """`beta1=0.9` as a person writes it; `f_min: f at the lowest minimizer` where the request decides."""
    if item.default is None:
        return f"{item.name}: {item.shown}"
    value = item.default
    return f"{item.name}={value:g}" if type(value) is float else f"{item.name}={format_value(value)}"


def _joined(parts: Iterable[str]) -> str:
    """Parts with commas; lines may end only between parts."""
    return ", ".join(part.replace(" ", _UNBROKEN) for part in parts)


def _as_object(name: str, entry: Any) -> dict[str, Any]:
    match entry:
        case Formula():
            return {
                "name": name,
                "dim": len(entry.bounds),
                "formula": entry.formula,
                "bounds": entry.bounds,
                "start": entry.start,
                "lr": entry.lr,
                "iterations": entry.iterations,
                "parameters": dict(entry.parameters),
                "minimizers": entry.minimizers,
                "minimum": entry.minimum,
                "curvature": entry.curvature,
                "source": entry.source,
            }
        case Rule():
            return {
                "name": name,
                "summary": entry.summary,
                "hyperparameters": [
                    {"name": item.name, "default": item.default, "meaning": item.shown or None}
                    for item in entry.hyperparameters
                ],
                "ordered": entry.ordered,
                **_of_rate(entry),
                "source": entry.source,
            }
        case Format():
            return {
                "name": name,
                "extensions": entry.extensions,
                "max_fps": entry.max_fps,
                "qualities": dict(entry.qualities),
                "transparent": entry.transparent,
                "summary": entry.summary,
            }
        case View():
            return {"name": name, "dims": entry.dims, "summary": entry.summary}
        case Entry():
            return {"name": name, "summary": entry.summary}
    return {"name": name, "summary": _first_comment(entry)}


def _of_rate(entry: Rule) -> dict[str, Any]:
    """The part of an optimizer's object about its rate; empty for a schedule."""
    if not isinstance(entry, Method):
        return {}
    return {"rate": entry.rate.value, "follows_schedule": entry.follows_schedule}


def _first_comment(preset: Any) -> str:
    """The first line of a preset, which says what it shows."""
    with preset.open(encoding="utf-8") as file:
        return str(file.readline()).lstrip("# ").strip()
