"""Every registry, as data: what there is, what it is called, where it is loaded from. Imports nothing heavy.

Installed packages add rows of their own to all registries but that of styles (plugins.py).
"""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from gdanim.catalogue import optimizers, schedules
from gdanim.catalogue.choices import Choice, MethodChoice, chosen_method, chosen_schedule
from gdanim.catalogue.functions import FORMULAS, Formula
from gdanim.catalogue.plugins import Registry
from gdanim.catalogue.specs import Entry, Format, Method, Schedule, View
from gdanim.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping


E = TypeVar("E", bound=Entry | Formula)


FUNCTIONS = Registry(FORMULAS, row_type=Formula, group="gdanim.functions")
OPTIMIZERS = Registry(optimizers.METHODS, row_type=Method, group="gdanim.optimizers")
SCHEDULES = Registry(schedules.SCHEDULES, row_type=Schedule, group="gdanim.schedules")

_VIEWS = (
    View(
        name="curve",
        target="gdanim.views.curve:build",
        summary="the function with trail and spot; one variable",
        dims=(1,),
        takes=("facet", "explain", "basins", "arrows"),
    ),
    View(
        name="panels",
        target="gdanim.views.panels:build",
        summary="the curve, and beside it x and y against the iteration; or the contour, with f and ‖∇f‖",
        dims=(1, 2),
        takes=("explain", "basins", "arrows", "cmap"),
    ),
    View(
        name="contour",
        target="gdanim.views.contour:build",
        summary="levels from above with trail and spot; two variables",
        dims=(2,),
        takes=("facet", "explain", "basins", "arrows", "cmap"),
    ),
    View(
        name="surface",
        target="gdanim.views.surface.view:build",
        summary="relief with the paths on it, and their shadows below; two variables",
        dims=(2,),
        takes=("camera", "turn", "cmap"),
    ),
)

VIEWS = Registry(_VIEWS, row_type=View, group="gdanim.views")

_STYLES = (
    Entry(
        name="auto",
        target="gdanim.drawing.styles:LIGHT",
        summary="light; an .html turns dark with its reader (default)",
    ),
    Entry(name="light", target="gdanim.drawing.styles:LIGHT", summary="dark ink on white"),
    Entry(name="dark", target="gdanim.drawing.styles:DARK", summary="light ink on near black"),
    Entry(name="notebook", target="gdanim.drawing.styles:NOTEBOOK", summary="matplotlib's box, with a red trail"),
    Entry(name="print", target="gdanim.drawing.styles:PRINT", summary="told apart without colours, too"),
    Entry(name="slides", target="gdanim.drawing.styles:SLIDES", summary="large type and lines"),
)

STYLES: Mapping[str, Entry] = MappingProxyType({style.name: style for style in _STYLES})

_GRAINS = {
    "low": "placed to tenths of a pixel",
    "medium": "to hundredths; the fine lines of the ground to tenths",
    "high": "to thousandths; the fine lines of the ground to hundredths",
}
# An exact format has nothing to gain from more.
_EXACT = {"medium": "exact", "high": "exact", "lossless": "exact"}

_FORMATS = (
    Format(
        name="gif",
        target="gdanim.output.gif:GifWriter",
        summary="plays everywhere; 256 colours, transparent unchanged pixels",
        extensions=(".gif",),
        needs_path=False,
        even_size=False,
        # Browsers play delays of 1 cs and less at 10 cs, so 50 fps is the fastest that plays.
        max_fps=50,
        loops=True,
        qualities={
            "low": "63 colours",
            "medium": "255 colours; where few pixels need others, more as changes come, until the picture is at 62 dB",
            "high": "255 colours, and more as changes come, until the picture is at 70 dB",
        },
        takes=("dither",),
    ),
    Format(
        name="mp4",
        target="gdanim.output.video:Mp4Writer",
        summary="H.264 video in 4:2:0, BT.709; for slides and the web",
        extensions=(".mp4", ".m4v"),
        needs_path=True,
        even_size=True,
        max_fps=240,
        loops=False,
        qualities={
            "low": "crf 28",
            "medium": "crf 18",
            "high": "crf 10",
            "lossless": "exact, in RGB; for editors, not for browsers",
        },
    ),
    Format(
        name="webm",
        target="gdanim.output.video:WebmWriter",
        summary="VP9 video in 4:2:0, BT.709; for the web, transparent too",
        extensions=(".webm",),
        needs_path=True,
        even_size=False,
        max_fps=240,
        loops=False,
        transparent=True,
        opaque_only=("lossless",),
        qualities={"low": "crf 32", "medium": "crf 20", "high": "crf 8", "lossless": "exact, in RGB (profile 1)"},
    ),
    Format(
        name="av1",
        target="gdanim.output.video:Av1Writer",
        summary="AV1 video in WebM: smaller than VP9, and not yet played by every device; needs -f av1",
        extensions=(),
        borrows=(".webm",),
        needs_path=True,
        even_size=False,
        max_fps=240,
        loops=False,
        qualities={"low": "crf 40", "medium": "crf 20", "high": "crf 8", "lossless": "exact, in RGB (profile High)"},
    ),
    Format(
        name="mov",
        target="gdanim.output.video:MovWriter",
        summary="QuickTime for slides and editors: H.264, or ProRes 4444 where transparent",
        extensions=(".mov",),
        needs_path=True,
        even_size=True,
        max_fps=240,
        loops=False,
        transparent=True,
        qualities={
            "low": "H.264, crf 28",
            "medium": "H.264, crf 18",
            "high": "ProRes 4444",
            "lossless": "exact, QuickTime Animation",
        },
    ),
    Format(
        name="webp",
        target="gdanim.output.webp:WebpWriter",
        summary="animated WebP, exact; for pages",
        extensions=(".webp",),
        needs_path=True,
        even_size=False,
        # Browsers play delays of 10 ms and less at 100 ms, so 90 fps is the fastest that plays.
        max_fps=90,
        loops=True,
        transparent=True,
        qualities={"low": "63 colours"} | _EXACT,
    ),
    Format(
        name="apng",
        target="gdanim.output.apng:ApngWriter",
        summary="animated PNG, exact; programs that know only PNG show its first frame",
        extensions=(".apng",),
        needs_path=True,
        even_size=False,
        max_fps=90,
        loops=True,
        transparent=True,
        qualities={"low": "63 colours"} | _EXACT,
    ),
    Format(
        name="avif",
        target="gdanim.output.video:AvifWriter",
        summary="animated AVIF: AV1 with colours in full resolution; for pages, the smallest",
        extensions=(".avif",),
        needs_path=True,
        even_size=False,
        max_fps=240,
        loops=True,
        transparent=True,
        qualities={
            "low": "crf 40 in 4:2:0",
            "medium": "crf 20 in 4:4:4",
            "high": "crf 8 in 4:4:4",
            "lossless": "exact",
        },
    ),
    Format(
        name="png",
        target="gdanim.output.png:PngWriter",
        summary="the last frame as a still, exact",
        extensions=(".png",),
        needs_path=False,
        even_size=False,
        max_fps=240,
        loops=False,
        transparent=True,
        still=True,
        qualities={"low": "63 colours"} | _EXACT,
    ),
    Format(
        name="png_sequence",
        target="gdanim.output.png:PngSequenceWriter",
        summary="every frame as a PNG of its own, exact: -o name-%04d.png",
        extensions=(),
        needs_path=True,
        even_size=False,
        max_fps=240,
        loops=False,
        transparent=True,
        sequence=True,
        qualities={"low": "63 colours"} | _EXACT,
    ),
    Format(
        name="html",
        target="gdanim.output.html.page:write_html",
        summary="a page that plays, steps and scrubs, with live text; nothing else needed, or --fragment for your own",
        extensions=(".html", ".htm"),
        needs_path=False,
        even_size=False,
        max_fps=240,
        loops=True,
        vector=True,
        redraws=True,
        takes=("fragment", "svg_text", "style"),
        qualities=_GRAINS,
    ),
    Format(
        name="svg",
        target="gdanim.output.svg.writer:write",
        summary="animated SVG without a script, sharp at every size; works as an image of a page",
        extensions=(".svg",),
        needs_path=False,
        even_size=False,
        max_fps=240,
        loops=True,
        transparent=True,
        vector=True,
        takes=("svg_text",),
        qualities=_GRAINS,
    ),
    Format(
        name="filmstrip",
        target="gdanim.output.filmstrip.strip:write_filmstrip",
        summary="--frames N moments in a row, for print: .pdf, .svg or .png; --size is that of the whole strip",
        extensions=(),
        needs_path=False,
        even_size=False,
        max_fps=240,
        loops=False,
        transparent=True,
        vector=True,
        suffixes=(".pdf", ".svg", ".png"),
        redraws=True,
        takes=("frames", "dpi", "style"),
        refuses=("facet",),
        qualities=_EXACT,
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


def optimizer(text: str) -> MethodChoice:
    """The optimizer that `-O` names, `adam:lr=0.05,beta1=0.8`. Raises UsageError, naming what is wrong."""
    return chosen_method(find(OPTIMIZERS, "optimizer", text.partition(":")[0]), text)


def schedule(text: str) -> Choice[Schedule]:
    """The schedule that `--schedule` names, `cosine:eta_min=0.001`. Raises UsageError, naming what is wrong."""
    return chosen_schedule(find(SCHEDULES, "schedule", text.partition(":")[0]), text)


def presets() -> Mapping[str, Path]:
    """The presets that ship with gdanim: name → file."""
    package = Path(__file__).parents[1]
    # Inside a wheel they lie in the package, in a checkout beside it.
    for folder in (package / "presets", package.parent / "presets"):
        if folder.is_dir():
            return MappingProxyType({file.stem: file for file in sorted(folder.glob("*.toml"))})
    return MappingProxyType({})
