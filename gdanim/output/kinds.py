"""Whether a file that stands at a target is one that gdanim may replace. Imports no numpy.

Films and pictures of pixels are, by whomever: they are made, not written. Drawings and pages are documents that people
work on: of those, only what is as gdanim writes it, which a program that changes them does not leave so.
"""

import re
from io import SEEK_END
from pathlib import Path
from typing import Final

from gdanim.output.metadata import carries

_HEAD: Final = 4096  # bytes: more than stands before the first element of a picture in markup
_TAIL: Final = 4_000_000  # bytes: more than the information of a PDF with the longest recipe, and what is behind it
# pages.py names no producer; programs that change a PDF do.
_CREATOR, _CHANGED = b"/Creator (gdanim)", b"/Producer"
# How animations begin (svg/writer.py), and filmstrips (filmstrip/strip.py).
_SVG: Final = re.compile(
    rb'<svg xmlns="[^"]*" width="\d+" height="\d+" viewBox="[\d ]+"( font-family="[^"]*")? role="img"'
    rb' aria-labelledby="([a-z][0-9a-z]{3,9}[td] ?){1,2}"><(title|desc) id="|'
    rb"<\?xml [^>]*>\s*<!DOCTYPE svg [^>]*>\s*"
    rb'<svg [^>]* version="1.1" stroke-linejoin="round" stroke-linecap="butt" role="img">'
)
# How pages begin, and parts of pages (html/player/page.html, player.html).
_PAGE: Final = re.compile(
    rb"<!DOCTYPE html>\s*<html[^>]*>\s*<head>\s*<meta charset=\"utf-8\">\s*"
    rb"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-|"
    rb"<figure class=\"gdanim-player"
)
_MARKUP: Final = re.compile(rb"(\xef\xbb\xbf)?\s*<")


def is_picture(path: Path) -> bool:
    """Whether a file is pixels in a format of gdanim's, by whomever, or a document by gdanim. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if head.startswith(b"%PDF-"):
            file.seek(max(file.seek(0, SEEK_END) - _TAIL, 0))
            about = file.read(_TAIL)
            return _CREATOR in about and _CHANGED not in about
    if _MARKUP.match(head):
        return bool(_SVG.match(head) or _PAGE.match(head))
    return carries(head)
