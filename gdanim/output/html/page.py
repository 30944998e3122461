"""HTML: the animated SVG with a player around it, as a page that needs nothing else, or as a fragment of one.

The player (player/) stops the clock of the SVG and sets it itself: to play, to step, to scrub. Without a script, the
SVG plays on its own. Unless a style is asked for, the picture is light or dark as the rest of the page is, by the CSS
property color-scheme (html_schemes.py): a page of our own leaves that to its reader, a fragment to the page around it.

What the player has to know beside the picture stands in a <script type="application/json">:

spans   [[frames, seconds each], …]: how long the frames last
loop    how often it plays; 0 for ever
rest    the frame that is shown where motion is not wanted: the one that is held
words   for each line of live text, its columns: a text that never changes, or the texts of all frames, in which 0
        stands for the one before
page    whether the page is the player's own
"""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from itertools import groupby, zip_longest
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

from gdanim.drawing.styles import load_style
from gdanim.output.html.colour_schemes import Schemes, in_both
from gdanim.output.svg.writer import inline_svg
from gdanim.settings import AUTO_STYLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gdanim.descent.timeline import Timeline
    from gdanim.drawing.scene import Scene
    from gdanim.output.base import FilmInfo

PLAYER: Final = Path(__file__).parent / "player"
NAME: Final = "gdanim-player"  # the class that all rules and the script keep to
# What stands for it until a file's own name is known. No text of a person holds it, for there < is always escaped.
SCOPE: Final = "<scope"
DARK: Final = "dark"

Column = str | list[str | int]


def write_html(
    stream: BinaryIO,
    scene: Scene,
    reel: FilmInfo,
    *,
    fragment: bool,
    svg_text: str,
    style: str,
    redraw: Callable[..., Scene],
) -> None:
    """Write the page, or with `fragment` only what belongs into the body of another; see SceneWriter.

    `redraw` draws the picture anew with other settings.
    """

    def drawn(scene: Scene) -> str:
        return inline_svg(scene, reel, svg_text=svg_text, prefix=SCOPE)

    picture = Schemes(svg=drawn(scene))
    if style == AUTO_STYLE:
        with load_style(DARK).applied():
            picture = in_both(picture.svg, drawn(redraw(style=DARK)), prefix=SCOPE)
    figure = _figure(scene, reel, picture, fragment=fragment)
    # Two fragments on one page share no name unless they are the same.
    name = f"{NAME}-{sha256(figure.encode()).hexdigest()[:10]}"
    figure = figure.replace(SCOPE, name)
    content = figure if fragment else _page(figure, reel, _style(picture).replace(SCOPE, name))
    stream.write(content.encode())


def _asset(name: str) -> str:
    return (PLAYER / name).read_text(encoding="utf-8").replace(NAME, SCOPE)


def _style(picture: Schemes) -> str:
    return _asset("player.css").replace("/* PAINTS */", picture.rules)


def _figure(scene: Scene, reel: FilmInfo, picture: Schemes, *, fragment: bool) -> str:
    """The player. The page says below the picture what a fragment says of it to those alone who do not see it."""
    return Template(_asset("player.html")).substitute(
        label=escape(reel.alt_text if fragment else reel.title),
        width=f' style="max-width: {reel.width}px"' if fragment else "",
        svg=picture.svg,
        caption=f"<figcaption>{escape(reel.alt_text)}</figcaption>\n" if reel.alt_text and not fragment else "",
        film=_as_json(_film(scene, reel, page=not fragment)),
        recipe=_recipe(reel.recipe),
        style=f"<style>\n{_style(picture)}</style>\n" if fragment else "",
        script=_asset("player.js"),
    )


def _page(figure: str, reel: FilmInfo, style: str) -> str:
    script = figure[figure.rindex("<script>") + len("<script>") : figure.rindex("</script>")]
    page_style = _asset("page.css").replace("SHAPE", f"{reel.width / reel.height:.4f}")
    return Template(_asset("page.html")).substitute(
        script_hash=b64encode(sha256(script.encode()).digest()).decode(),
        title=escape(reel.title),
        heading=f"<h1>{escape(reel.title)}</h1>\n" if reel.title else "",
        style=f"{page_style}{style}",
        figure=figure,
    )


def _recipe(recipe: str) -> str:
    # A recipe holds no < of its own; TOML reads the escape as the same letter.
    escaped = recipe.replace("<", "\\u003c")
    return f'<script type="application/toml">{escaped}</script>\n' if recipe else ""


def _as_json(value: Any) -> str:
    """Compact JSON that neither ends a <script> nor opens a comment in it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


# --- what the player knows -------------------------------------------------------------------------------------------


def _film(scene: Scene, reel: FilmInfo, *, page: bool) -> dict[str, Any]:
    timeline = scene.timeline
    return {
        "spans": _spans(timeline),
        "loop": reel.loop,
        "rest": timeline.forward - 1,
        "words": _words(scene),
        "page": page,
    }


def _spans(timeline: Timeline) -> list[tuple[int, float]]:
    """How many frames last how many seconds, in order; to the nanosecond, which 10,000 frames do not make seen."""
    spans = np.diff(timeline.end_s, prepend=0.0).round(9).tolist()
    return [(len(list(frames)), span) for span, frames in groupby(spans)]


def _words(scene: Scene) -> list[list[Column]]:
    """The lines of the whole film, each as its columns."""
    moments = [[[text for text, _ in line] for line in scene.words(i)] for i in range(scene.timeline.frames)]
    return [_columns(line) for line in zip(*moments, strict=True)]


def _columns(line: Sequence[Sequence[str]]) -> list[Column]:
    """A line that has so many pieces at each frame, as columns; those that never change are joined."""
    columns = list(zip_longest(*line, fillvalue=""))
    joined: list[Column] = []
    for changes, group in groupby(columns, key=lambda column: len(set(column)) > 1):
        if changes:
            joined += [list(_changes(column)) for column in group]
        else:
            joined.append("".join(column[0] for column in group))
    return joined


def _changes(column: Sequence[str]) -> Iterator[str | int]:
    """The texts, and 0 for each that is the one before."""
    before = None
    for text in column:
        yield 0 if text == before else text
        before = text
