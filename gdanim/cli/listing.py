"""`gdanim list`: every registry as a table for people, or as JSON. Imports neither numpy nor matplotlib."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from gdanim import formatting
from gdanim.catalogue.choices import format_value
from gdanim.catalogue.registry import KINDS, Registry, presets
from gdanim.catalogue.specs import Entry, Format, Formula, Hyperparameter, Method, Rule, View
from gdanim.cli.screen.letters import in_letters
from gdanim.errors import UnknownNameError, UsageError

Rows = Mapping[str, Any]

WIDTH = 100  # of a line, in characters; a name and its summary may need more
LEAST_COLUMN = 24  # characters, in which sentences can be read
_INDENT = "  "
_UNBROKEN = "\xa0"  # a blank at which textwrap does not break


def as_text(kind: str | None, width: int | None = None) -> str:
    """One registry with details, or every registry with a line for each entry. Raises UnknownNameError.

    width   of the terminal, to which lines keep; else each entry has one, however long
    """
    kinds = _chosen(kind)
    if kind is not None:
        return "".join(_table(rows, detailed=True, width=width) for rows in kinds.values())
    inner = width and width - len(_INDENT)
    tables = {title.capitalize(): _table(rows, detailed=False, width=inner) for title, rows in kinds.items()}
    return "\n".join(f"{title}\n{textwrap.indent(table, _INDENT)}" for title, table in tables.items())


def as_json(kind: str | None) -> str:
    """One registry as a list of objects, or all of them by kind. Raises UnknownNameError."""
    content = {
        title: [
            _as_object(name.replace("_", "-"), entry) | {"distribution": _origin(rows, name)}
            for name, entry in rows.items()
        ]
        for title, rows in _chosen(kind).items()
    }
    return formatting.as_json(content if kind is None else content[next(iter(content))])


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
    if kind.rstrip("s") == "job":
        raise UsageError("Job files are your own; what they may hold: gdanim list jobs --schema")
    raise UnknownNameError("kind", kind, kinds, see="gdanim list --help", few=True)


def _origin(rows: Rows, name: str) -> str | None:
    """The distribution that brings an entry; None for gdanim's own."""
    return (rows.origin(name) or None) if isinstance(rows, Registry) else None


def _table(rows: Rows, *, detailed: bool, width: int | None) -> str:
    """A line for each entry in aligned columns; with `detailed`, its hyperparameters and source on lines below."""
    cells = {name: tuple(map(in_letters, _columns(name, entry))) for name, entry in rows.items()}
    widths = [max(map(len, column)) for column in zip(*(row[:-1] for row in cells.values()), strict=True)]
    lines, margin = [], " " * (widths[0] + 2)
    for name, row in cells.items():
        origin = _origin(rows, name)
        last = f"{row[-1]}  [{origin}]" if origin else row[-1]
        padded = [cell.ljust(room) for cell, room in zip(row[:-1], widths, strict=True)]
        lines += _kept_to(width, "  ".join([*padded, last]).rstrip(), sum(widths) + 2 * len(widths))
        for detail in _details(rows[name]) if detailed else ():
            text = _UNBROKEN.join(map(in_letters, detail.split(_UNBROKEN)))
            room = min(width or WIDTH, WIDTH)
            wrapped = textwrap.wrap(text, room, initial_indent=margin, subsequent_indent=margin + "  ")
            lines += [line.replace(_UNBROKEN, " ") for line in wrapped]
    return "".join(f"{line}\n" for line in lines)


def _kept_to(width: int | None, line: str, left: int) -> list[str]:
    """A line of a table as lines of a width: its last column, from `left` on, goes on below itself or the name."""
    if width is None or len(line) <= width:
        return [line]
    head, text = (line[:left], line[left:]) if width - left >= LEAST_COLUMN else ("", line)
    margin = " " * (left if head else 4)
    return textwrap.wrap(text, width, initial_indent=head, subsequent_indent=margin, break_on_hyphens=False)


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
    with entry.open(encoding="utf-8") as preset:  # its first line says what it shows
        return name, str(preset.readline()).lstrip("# ").strip()


def _details(entry: Any) -> list[str]:
    """Lines below an entry: its hyperparameters or qualities, and its source."""
    if isinstance(entry, Format):
        return ["--quality " + _joined(f"{quality}: {meaning}" for quality, meaning in entry.qualities.items())]
    if not isinstance(entry, Rule):
        return []
    parts = [*map(default, entry.hyperparameters), *(f"{lower} < {upper}" for lower, upper in entry.ordered)]
    if isinstance(entry, Method):
        parts += [f"lr: {entry.rate.value}"]
        parts += [] if entry.follows_schedule else ["read once: it takes no --schedule"]
    return [_joined(parts), entry.source]


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
            keys = "formula bounds start lr iterations parameters minimizers minimum curvature trap source"
            return (
                {"name": name, "dim": len(entry.bounds)} | _fields(entry, keys) | {"parameters": dict(entry.parameters)}
            )
        case Rule():
            items = [
                {"name": item.name, "default": item.default, "meaning": item.shown or None}
                for item in entry.hyperparameters
            ]
            own = {"name": name, "summary": entry.summary, "hyperparameters": items, "ordered": entry.ordered}
            rate = {"rate": entry.rate.value, **_fields(entry, "follows_schedule")} if isinstance(entry, Method) else {}
            return {**own, **rate, "source": entry.source}
        case Format():
            keys = "extensions max_fps qualities transparent summary"
            return {"name": name} | _fields(entry, keys) | {"qualities": dict(entry.qualities)}
        case View():
            return {"name": name} | _fields(entry, "dims summary")
    return {"name": name, "summary": _columns(name, entry)[-1]}


def _fields(entry: Any, names: str) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in names.split()}
