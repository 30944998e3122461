"""`gdanim list`: every registry as a table for people, or as JSON. Imports neither numpy nor matplotlib."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gdanim.catalog import KINDS, Entry, Format, presets
from gdanim.errors import UnknownNameError
from gdanim.objectives.formulas import Formula

if TYPE_CHECKING:
    from collections.abc import Mapping


def as_text(kind: str | None) -> str:
    """One table, or all of them."""
    kinds = _chosen(kind)
    tables = []
    for title, registry in kinds.items():
        rows = [_columns(name, entry) for name, entry in registry.items()]
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)] if rows else []
        lines = ["  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[-1]]) for row in rows]
        head = [title.capitalize()] if len(kinds) > 1 else []
        indent = "  " if head else ""
        tables.append("\n".join([*head, *(indent + line.rstrip() for line in lines)]) + "\n")
    return "\n".join(tables)


def as_json(kind: str | None) -> str:
    """One registry as a list of objects, or all of them by kind."""
    content = {
        title: [_described(name, entry) for name, entry in items.items()] for title, items in _chosen(kind).items()
    }
    return json.dumps(content if kind is None else content[next(iter(content))], indent=2, ensure_ascii=False) + "\n"


def _chosen(kind: str | None) -> Mapping[str, Mapping[str, Any]]:
    kinds = {**KINDS, "presets": presets()}
    if kind is None:
        return kinds
    for name in (kind, kind + "s"):
        if name in kinds:
            return {name: kinds[name]}
    raise UnknownNameError("kind", kind, kinds, see="gdanim list --help")


def _columns(name: str, entry: Any) -> tuple[str, ...]:
    match entry:
        case Formula():
            minimum = f"minimum {entry.minimum:.6g}" if entry.minimum is not None else "no minimum"
            return name.replace("_", "-"), f"{len(entry.bounds)}-D", minimum, entry.formula
        case Format():
            return name, " ".join(entry.extensions), entry.summary
        case Entry():
            return name, entry.summary
    return name, _first_comment(entry)


def _described(name: str, entry: Any) -> dict[str, Any]:
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
        case Format():
            return {"name": name, "extensions": entry.extensions, "max_fps": entry.max_fps, "summary": entry.summary}
        case Entry():
            return {"name": name, "summary": entry.summary}
    return {"name": name, "summary": _first_comment(entry)}


def _first_comment(preset: Any) -> str:
    """The first line of a preset, which says what it shows."""
    with preset.open(encoding="utf-8") as file:
        return str(file.readline()).lstrip("# ").strip()
