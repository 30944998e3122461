"""The catalogue of file formats, as data. Imports no writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gdanim.catalogue.specs import Format

if TYPE_CHECKING:
    from collections.abc import Mapping

_COORDINATES = {
    "low": "placed to tenths of a pixel",
    "medium": "to hundredths; the fine lines of the ground to tenths",
    "high": "to thousandths; the fine lines of the ground to hundredths",
}
# An exact format has nothing to gain from more.
_EXACT = {"medium": "exact", "high": "exact", "lossless": "exact"}

# max_fps: browsers play delays of 10 ms and less at 100 ms, so that 50 fps is the fastest that plays in a GIF, whose
# delays are whole hundredths of a second, and 90 fps elsewhere.
# pixel_bytes: of video, for sizes near the limit of memory, whose pictures are sent one by one. VP9 takes 48 for its
# tokens, AV1 holds seven pictures that it may refer to, each with borders.
# fmt: off
FORMATS: Final = (
    Format(name="gif", target="gdanim.output.gif:GifWriter", extensions=(".gif",), max_fps=50, ticks_per_s=100,
        loops=True, takes=("dither",), pixel_bytes=14,
        summary="plays everywhere; 256 colours, transparent unchanged pixels",
        qualities={"low": "63 colours",
            "medium": "255 colours; where few pixels need others, more as changes come, till the picture is at 59.5 dB",
            "high": "255 colours, and more as changes come, until the picture is at 70 dB"}),
    Format(name="mp4", target="gdanim.output.video:Mp4Writer", extensions=(".mp4", ".m4v"), needs_path=True,
        even_size=True, constant_rate=True, pixel_bytes=24, full_pixel_bytes=51,
        summary="H.264 video in 4:2:0, BT.709; for slides and the web",
        qualities={"low": "crf 34", "medium": "crf 26", "high": "crf 14",
            "lossless": "exact, in RGB; for editors, not for browsers"}),
    Format(name="webm", target="gdanim.output.video:WebmWriter", extensions=(".webm",), needs_path=True,
        constant_rate=True, transparent=True, opaque_only=("lossless",),
        pixel_bytes=84, full_pixel_bytes=108, summary="VP9 video in 4:2:0, BT.709; for the web, transparent too",
        qualities={"low": "crf 32", "medium": "crf 20", "high": "crf 8", "lossless": "exact, in RGB (profile 1)"}),
    Format(name="av1", target="gdanim.output.video:Av1Writer", extensions=(), borrows=(".webm",), needs_path=True,
        constant_rate=True,
        pixel_bytes=35, full_pixel_bytes=67,
        summary="AV1 video in WebM: smaller than VP9, and not yet played by every device; needs -f av1",
        qualities={"low": "crf 40", "medium": "crf 20", "high": "crf 8", "lossless": "exact, in RGB (profile High)"}),
    Format(name="mov", target="gdanim.output.video:MovWriter", extensions=(".mov",), needs_path=True, even_size=True,
        constant_rate=True, transparent=True, pixel_bytes=24, full_pixel_bytes=46, in_full=("high", "lossless"),
        summary="QuickTime for slides and editors: H.264, or ProRes 4444 where transparent",
        qualities={"low": "H.264, crf 34", "medium": "H.264, crf 26", "high": "ProRes 4444",
            "lossless": "exact, QuickTime Animation"}),
    Format(name="webp", target="gdanim.output.webp:WebpWriter", extensions=(".webp",), needs_path=True, max_fps=90,
        ticks_per_s=1000, loops=True, transparent=True, pixel_bytes=15, summary="animated WebP, exact; for pages",
        qualities={"low": "63 colours"} | _EXACT),
    Format(name="apng", target="gdanim.output.apng:ApngWriter", extensions=(".apng",), needs_path=True, max_fps=90,
        ticks_per_s=1000, loops=True, transparent=True,
        pixel_bytes=11, summary="animated PNG, exact; programs that know only PNG show its first frame",
        qualities={"low": "63 colours"} | _EXACT),
    Format(name="avif", target="gdanim.output.video:AvifWriter", extensions=(".avif",), needs_path=True, loops=True,
        constant_rate=True, transparent=True,
        pixel_bytes=67, summary="animated AVIF: AV1 with colours in full resolution; for pages, the smallest",
        qualities={"low": "crf 40 in 4:2:0", "medium": "crf 20 in 4:4:4", "high": "crf 8 in 4:4:4",
            "lossless": "exact"}),
    Format(name="png", target="gdanim.output.png:PngWriter", extensions=(".png",), transparent=True, still=True,
        pixel_bytes=5, summary="the last frame as a still, exact", qualities={"low": "63 colours"} | _EXACT),
    Format(name="png_sequence", target="gdanim.output.png:PngSequenceWriter", extensions=(), needs_path=True,
        transparent=True, sequence=True, pixel_bytes=5,
        summary="every frame as a PNG of its own, exact: -o name-%04d.png",
        qualities={"low": "63 colours"} | _EXACT),
    Format(name="html", target="gdanim.output.html.page:write_html", extensions=(".html", ".htm"), loops=True,
        vector=True, redraws=True, takes=("fragment", "svg_text", "style"),
        summary="a page that plays, steps and scrubs, with live text; nothing else needed, or --fragment for your own",
        qualities=_COORDINATES),
    Format(name="svg", target="gdanim.output.svg.writer:write", extensions=(".svg",), loops=True, transparent=True,
        vector=True, takes=("svg_text",),
        summary="animated SVG without a script, sharp at every size; works as an image of a page",
        qualities=_COORDINATES),
    Format(name="vector_sequence", target="gdanim.output.pages:write_sequence", extensions=(),
        suffixes=(".svg", ".pdf"), needs_path=True, transparent=True, vector=True, sequence=True,
        takes=("stops", "svg_text"),
        summary="every frame, or those at --stops, as an .svg or .pdf of its own: -o name-%03d.svg",
        qualities=_COORDINATES),
    Format(name="pages", target="gdanim.output.pages:write_pages", extensions=(), suffixes=(".pdf",), transparent=True,
        vector=True, takes=("stops",),
        summary="every frame, or those at --stops, as a page of one .pdf: -f pages -o talk.pdf; for slides",
        qualities=_EXACT),
    Format(name="filmstrip", target="gdanim.output.filmstrip.strip:write_filmstrip", extensions=(),
        suffixes=(".pdf", ".svg", ".png"), transparent=True, vector=True, redraws=True,
        takes=("frames", "dpi", "style", "svg_text"),
        summary="--frames N moments in a row, for print: .pdf, .svg or .png; --size is that of the whole strip",
        qualities=_EXACT),
)
# fmt: on

# What people ask for that no writer makes, by its suffix, and the endings of what is near.
_FILMS, _STILLS, _DRAWINGS = ".mp4 or {}.webm", ".png, the last frame, or {}.gif", ".svg, or -f filmstrip and {}.pdf"
NOT_WRITTEN: Final[Mapping[str, str]] = {
    **dict.fromkeys([".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".heic", ".ppm", ".ico"], _STILLS),
    **dict.fromkeys([".mkv", ".avi", ".wmv", ".flv", ".mpg", ".mpeg", ".ogv", ".ogg", ".3gp"], _FILMS),
    **dict.fromkeys([".eps", ".ps", ".ai", ".emf", ".wmf", ".tex", ".pgf"], _DRAWINGS),
}
