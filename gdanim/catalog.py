"""Every registry, as data: what there is, what it is called, where it is loaded from. Imports nothing heavy.

Installed packages add rows of their own to all registries but that of styles (plugins.py).
"""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from gdanim.entries import Choice, Entry, Format, Method, Schedule, View, chosen
from gdanim.errors import UnknownNameError, UsageError, shown
from gdanim.objectives.formulas import FORMULAS, Formula
from gdanim.optimizers import methods, plans
from gdanim.plugins import Registry
from gdanim.values import number

if TYPE_CHECKING:
    from collections.abc import Mapping


E = TypeVar("E", bound=Entry | Formula)

READ_RATE = number(above=0)


FUNCTIONS = Registry(FORMULAS, row_type=Formula, group="gdanim.functions")
OPTIMIZERS = Registry(methods.METHODS, row_type=Method, group="gdanim.optimizers")
SCHEDULES = Registry(plans.SCHEDULES, row_type=Schedule, group="gdanim.schedules")

_VIEWS = (
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

VIEWS = Registry(_VIEWS, row_type=View, group="gdanim.views")

_STYLES = (
    Entry(name="light", target="gdanim.styles:LIGHT", summary="dark ink on white (default)"),
    Entry(name="dark", target="gdanim.styles:DARK", summary="light ink on near black"),
)

STYLES: Mapping[str, Entry] = MappingProxyType({style.name: style for style in _STYLES})

_FORMATS = (
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

FORMATS = Registry(_FORMATS, row_type=Format, group="gdanim.writers")

KINDS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "functions": FUNCTIONS,
        "optimizers": OPTIMIZERS,
        "schedules": SCHEDULES,
        "views": VIEWS,
        "formats": FORMATS,
        "styles": STYLES,
    }
)


def find(registry: Registry[E], kind: str, name: str) -> E:
    """Look a name up, hyphens as underscores.

    Raises UnknownNameError with the nearest name, UsageError where the plug-in of that name is broken.
    """
    try:
        return registry.choose(name.replace("-", "_"))
    except KeyError:
        raise UnknownNameError(kind, name, registry.names(), see=f"gdanim list {kind}s") from None


def optimizer(text: str) -> Choice:
    """The optimizer that `-O` names, `adam:lr=0.05,beta1=0.8`. Raises UsageError, naming what is wrong."""
    entry = find(OPTIMIZERS, "optimizer", text.partition(":")[0])
    return chosen(entry, text, option="--optimizer", read_lr=READ_RATE)


def schedule(text: str) -> Choice:
    """The schedule that `--schedule` names, `cosine:eta_min=0.001`. Raises UsageError, naming what is wrong."""
    entry = find(SCHEDULES, "schedule", text.partition(":")[0])
    return chosen(entry, text, option="--schedule", read_lr=READ_RATE)


def format_of(path: str, name: str | None) -> Format:
    """The format of an output: by name, else by suffix; standard output is GIF. Raises UsageError."""
    if name is not None:
        return find(FORMATS, "format", name)
    suffix = Path(path).suffix.lower()
    if path == "-" or (not suffix and path.startswith("/dev/")):
        return FORMATS["gif"]
    for entry in FORMATS.values():
        if suffix in entry.extensions:
            return find(FORMATS, "format", entry.name)
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
