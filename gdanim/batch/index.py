"""The index of a batch: one page that shows all pictures, with what tells them apart in columns that can be sorted.

The page needs nothing but the pictures, which it loads as they come into view, and which stand still where their reader
wants no motion. Without its script it is a plain table.
"""

from __future__ import annotations

import os
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

from gdanim.batch.naming import as_text
from gdanim.formatting import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PAGE: Final = Path(__file__).parent / "page"
_IMAGES: Final = frozenset({".gif", ".png", ".apng", ".webp", ".avif", ".svg"})
_STILL: Final = frozenset({".png"})
_VIDEOS: Final = frozenset({".mp4", ".mov", ".webm"})


class Entry(NamedTuple):
    """A job as the index shows it.

    path      its first output
    values    its settings, as presets have them
    verdicts  what became of its runs, in words; what is wrong, where it failed
    n_bytes   of its output; None where there is none
    """

    path: str
    values: Mapping[str, Any]
    verdicts: str
    n_bytes: int | None = None
    alt: str = ""
    size: tuple[int, int] = (640, 480)
    failed: bool = False


def write_index(path: Path, entries: Sequence[Entry], title: str) -> bytes:
    """The page, to stand at a path."""
    keys = _unlike(entries)
    style, script = ((_PAGE / name).read_text(encoding="utf-8") for name in ("index.css", "index.js"))
    heads = ["Picture", *keys, "Outcome", "kB"]
    page = Template((_PAGE / "index.html").read_text(encoding="utf-8"))
    return page.substitute(
        title=escape(title), count=escape(count(len(entries), "picture")), style=style, script=script,
        style_hash=_hash(style), script_hash=_hash(script), heads="".join(map(_head, heads)),
        rows="".join(_row(entry, keys, path.parent) for entry in entries),
    ).encode()  # fmt: skip


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _unlike(entries: Sequence[Entry]) -> list[str]:
    """The keys in which entries differ, in the order of the first that has them."""
    keys = dict.fromkeys(key for entry in entries for key in entry.values)
    return [key for key in keys if len({as_text(entry.values.get(key, "")) for entry in entries}) > 1]


def _head(name: str) -> str:
    if name == "Picture":
        return '<th scope="col">Picture</th>'
    kind = ' class="number"' if name == "kB" else ""
    return f'<th scope="col"{kind} aria-sort="none"><button>{escape(name)}</button></th>'


def _row(entry: Entry, keys: Sequence[str], folder: Path) -> str:
    cells = [_cell(as_text(entry.values[key])) if key in entry.values else "<td></td>" for key in keys]
    kind = ' class="failed"' if entry.failed else ""
    kilobytes = "" if entry.n_bytes is None else f"{entry.n_bytes / 1000:.1f}"
    return (
        f'<tr><td><div class="picture">{_picture(entry, folder)}</div><a href="{_address(entry, folder)}">'
        f"{escape(Path(entry.path).name)}</a></td>{''.join(cells)}<td{kind}>{escape(entry.verdicts)}</td>"
        f'<td class="number">{kilobytes}</td></tr>\n'
    )


def _cell(text: str) -> str:
    return f"<td>{escape(text)}</td>"


def _address(entry: Entry, folder: Path) -> str:
    return escape(quote(os.path.relpath(entry.path, folder).replace(os.sep, "/")))


def _picture(entry: Entry, folder: Path) -> str:
    """What shows the file in the table; nothing for pages and strips, which their link opens."""
    suffix, address = Path(entry.path).suffix.lower(), _address(entry, folder)
    width, height = entry.size
    if entry.n_bytes is None:
        return ""
    if suffix in _IMAGES:
        moving = "" if suffix in _STILL else ' class="moving"'
        return (
            f'<img loading="lazy" decoding="async" src="{address}" alt="{escape(entry.alt)}" width="{width}" '
            f'height="{height}" data-name="{escape(Path(entry.path).name)}"{moving}>'
        )
    if suffix in _VIDEOS:
        return (
            f'<video controls loop muted playsinline preload="none" src="{address}" width="{width}" '
            f'height="{height}" aria-label="{escape(entry.alt)}"></video>'
        )
    return ""
