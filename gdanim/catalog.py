"""Every registry, as data: what there is, what it is called, where it is loaded from. Imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from gdanim.errors import UnknownNameError, UsageError, shown
from gdanim.objectives.formulas import FORMULAS, Formula

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One name: a sentence for people, and the object `module:attribute` that is imported on first use."""

    name: str
    target: str
    summary: str

    def load(self) -> Any:
        """Import the object."""
        module, _, attribute = self.target.partition(":")
        return getattr(import_module(module), attribute)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format(Entry):
    """A file format.

    extensions   the suffixes that mean it, the usual one first
    needs_path   the writer needs a real, seekable file
    even_size    the format holds even sizes only; the last row or column is repeated
    max_fps      the fastest that plays as asked
    loops        whether --loop means anything
    """

    extensions: tuple[str, ...]
    needs_path: bool
    even_size: bool
    max_fps: int
    loops: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View(Entry):
    """A way to draw. dims: the numbers of variables that it draws."""

    dims: tuple[int, ...]


E = TypeVar("E", bound=Entry | Formula)


def _by_name(*entries: E) -> Mapping[str, E]:
    return MappingProxyType({entry.name: entry for entry in entries})


FUNCTIONS: Mapping[str, Formula] = _by_name(*FORMULAS)

OPTIMIZERS = _by_name(
    Entry(name="gd", target="gdanim.optimizers.gd:gd", summary="gradient descent: x ← x − ηg"),
)

VIEWS = _by_name(
    View(
        name="curve",
        target="gdanim.views.curve:build",
        summary="the function with trail and spot; one variable",
        dims=(1,),
    ),
    View(
        name="panels",
        target="gdanim.views.panels:build",
        summary="the curve, and beside it x and y against the iteration; one variable",
        dims=(1,),
    ),
    View(
        name="contour",
        target="gdanim.views.contour:build",
        summary="levels from above with trail and spot; two variables",
        dims=(2,),
    ),
)

STYLES = _by_name(
    Entry(name="light", target="gdanim.styles:LIGHT", summary="dark ink on white (default)"),
    Entry(name="dark", target="gdanim.styles:DARK", summary="light ink on near black"),
)

FORMATS = _by_name(
    Format(
        name="gif",
        target="gdanim.writers.gif:GifWriter",
        summary="plays everywhere; 256 colours, transparent unchanged pixels",
        extensions=(".gif",),
        needs_path=False,
        even_size=False,
        # Browsers play delays of 1 cs and less at 10 cs, so 50 fps is the fastest that plays.
        max_fps=50,
        loops=True,
    ),
    Format(
        name="mp4",
        target="gdanim.writers.video:Mp4Writer",
        summary="H.264 video in 4:2:0, BT.709; for slides and the web",
        extensions=(".mp4", ".m4v"),
        needs_path=True,
        even_size=True,
        max_fps=240,
        loops=False,
    ),
)

KINDS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"functions": FUNCTIONS, "optimizers": OPTIMIZERS, "views": VIEWS, "formats": FORMATS, "styles": STYLES}
)


def find(registry: Mapping[str, E], kind: str, name: str) -> E:
    """Look a name up, hyphens as underscores. Raises UnknownNameError with the nearest name."""
    for key in (name, name.replace("-", "_")):
        if key in registry:
            return registry[key]
    raise UnknownNameError(kind, name, registry, see=f"gdanim list {kind}s")


def format_of(path: str, name: str | None) -> Format:
    """The format of an output: by name, else by suffix; standard output is GIF. Raises UsageError."""
    if name is not None:
        return find(FORMATS, "format", name)
    suffix = Path(path).suffix.lower()
    if path == "-" or (not suffix and path.startswith("/dev/")):
        return FORMATS["gif"]
    for entry in FORMATS.values():
        if suffix in entry.extensions:
            return entry
    if not suffix:
        raise UsageError(
            f"Output {shown(path)} has no suffix that tells the format: write {Path(path).name or 'out'}.gif, or -f gif"
        )
    known = [extension for entry in FORMATS.values() for extension in entry.extensions]
    raise UnknownNameError("suffix", suffix, known, see="gdanim list formats; -f NAME writes a format to any path")


def presets() -> Mapping[str, Path]:
    """The presets that ship with gdanim: name → file."""
    package = Path(__file__).parent
    # Inside a wheel they lie in the package, in a checkout beside it.
    for folder in (package / "presets", package.parent / "presets"):
        if folder.is_dir():
            return MappingProxyType({file.stem: file for file in sorted(folder.glob("*.toml"))})
    return MappingProxyType({})
