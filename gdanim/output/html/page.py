"""HTML: the animated SVG in a player, as a page that needs nothing else, or as a fragment of a page.

The player (player/) pauses the clock of the SVG and sets it itself: to play, to step, to scrub. Without a script the
SVG plays by itself. Unless a style is asked for, the picture is light or dark as the CSS property color-scheme says
(colour_schemes.py): a page of its own leaves this to its reader, a fragment to the page around it.

A <script type="application/json"> holds what the player must know besides the picture:

spans   [[frames, seconds each], …]: how long the frames last
loop    how often it plays; 0 for ever
rest    the frame that is shown where motion is not wanted: the one that is held
words   the columns of each line of live text: a text that never changes, or the texts of all frames, in which 0
        repeats the one before
heard   the same of lines that are not shown: where each run of a race stands
page    whether the page is the player's own
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from itertools import groupby, pairwise, zip_longest
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from gdanim.drawing.fallback import shown_text
from gdanim.drawing.lettering import HAIR
from gdanim.output.html.colour_schemes import Schemes, in_both
from gdanim.output.svg.writer import SCOPE, inline_svg

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gdanim.catalogue.request import StyleChoice
    from gdanim.descent.timeline import Timeline
    from gdanim.drawing.scene import Scene
    from gdanim.output.base import FilmInfo

    Redraw = Callable[..., Scene]

PLAYER: Final = Path(__file__).parent / "player"
_BLANK_LINES: Final = re.compile(r"\n\s*\n")
NAME: Final = "gdanim-player"  # the class that all rules and the script are restricted to


def write_html(
    stream: BinaryIO,
    scene: Scene,
    info: FilmInfo,
    *,
    fragment: bool,
    svg_text: str,
    style: StyleChoice,
    redraw: Redraw,
) -> None:
    """Write the page, or with `fragment` only what belongs into the body of another; see SceneWriter.

    redraw   draws the picture anew with other settings or in another style
    """

    def svg_of(scene: Scene) -> str:
        return inline_svg(scene, info, svg_text=svg_text, prefix=SCOPE)

    picture = Schemes(svg=svg_of(scene))
    if (dark := style.in_the_dark) is not None:
        with dark.loaded.applied(shown_text(scene.figure)):
            picture = in_both(picture.svg, svg_of(redraw(style=dark)), prefix=SCOPE)
    figure = _figure(scene, info, picture, fragment=fragment)
    # Two fragments on one page share no name unless they are the same.
    name = f"{NAME}-{sha256(figure.encode()).hexdigest()[:10]}"
    figure = figure.replace(SCOPE, name)
    if fragment:  # a blank line would end the block of HTML in Markdown, and what follows be read as text
        figure = _BLANK_LINES.sub("\n", figure)
    content = figure if fragment else _page(figure, info, _style(picture).replace(SCOPE, name))
    stream.write(content.encode())


def _asset(name: str) -> str:
    return (PLAYER / name).read_text(encoding="utf-8").replace(NAME, SCOPE)


def _style(picture: Schemes) -> str:
    return _asset("player.css").replace("/* PAINTS */", picture.rules)


def _figure(scene: Scene, info: FilmInfo, picture: Schemes, *, fragment: bool) -> str:
    """The player. A page shows the alt text below the picture; a fragment has it for screen readers only."""
    times = {"spans": _spans(scene.timeline), "loop": info.loop, "rest": scene.timeline.forward - 1}
    texts = {"words": _live_text(scene), "heard": _standings(scene, info)}
    film = times | texts | {"page": not fragment}
    return Template(_asset("player.html")).substitute(
        label=escape(info.alt_text if fragment else info.title),
        width=f' style="max-width: {info.width}px"' if fragment else "",
        svg=picture.svg,
        caption=f"<figcaption>{escape(info.alt_text)}</figcaption>\n" if info.alt_text and not fragment else "",
        film=_escaped(json.dumps(film, ensure_ascii=False, separators=(",", ":"))),
        recipe=f'<script type="application/toml">{_escaped(info.recipe)}</script>\n' if info.recipe else "",
        style=f"<style>\n{_style(picture)}</style>\n" if fragment else "",
        script=_asset("player.js"),
    )


def _page(figure: str, info: FilmInfo, style: str) -> str:
    script = figure[figure.rindex("<script>") + len("<script>") : figure.rindex("</script>")]
    page_style = _asset("page.css").replace("SHAPE", f"{info.width / info.height:.4f}")
    return Template(_asset("page.html")).substitute(
        script_hash=b64encode(sha256(script.encode()).digest()).decode(),
        title=escape(info.title),
        heading=f"<h1>{escape(info.title)}</h1>\n" if info.title else "",
        style=f"{page_style}{style}",
        figure=figure,
    )


def _escaped(text: str) -> str:
    """JSON or TOML that neither ends a <script> nor opens a comment in it; both read the escape as the same letter."""
    return text.replace("<", "\\u003c")


def _spans(timeline: Timeline) -> list[tuple[int, float]]:
    """How many frames last how many seconds, in order; rounded to the nanosecond."""
    spans = np.diff(timeline.end_s, prepend=0.0).round(9).tolist()
    return [(len(list(frames)), span) for span, frames in groupby(spans)]


def _live_text(scene: Scene) -> list[list[str | list[str | int]]]:
    """The columns of each line of live text."""
    frames = range(scene.timeline.frames)
    moments = [[[text.replace(HAIR, "") for text, _ in line] for line in scene.text_lines(i)] for i in frames]
    return [_columns(line) for line in zip(*moments, strict=True)]


def _standings(scene: Scene, info: FilmInfo) -> list[list[str | list[str | int]]]:
    """The columns of a line for each run of a race."""
    return [_columns(line) for line in zip(*map(info.standings, range(scene.timeline.frames)), strict=True)]


def _columns(line: Sequence[Sequence[str]]) -> list[str | list[str | int]]:
    """The columns of a line, given its pieces at each frame; neighbours that never change are joined."""
    columns = zip_longest(*line, fillvalue="")
    joined: list[str | list[str | int]] = []
    for changes, group in groupby(columns, key=lambda column: len(set(column)) > 1):
        if changes:
            joined += [[one[0], *(0 if text == before else text for before, text in pairwise(one))] for one in group]
        else:
            joined.append("".join(column[0] for column in group))
    return joined
