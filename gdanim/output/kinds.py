"""Whether a file that stands at a target is of a kind that gdanim writes, told by how it begins. Imports no numpy."""

import re
from pathlib import Path
from typing import Final

from gdanim.output.metadata import carries

_HEAD: Final = 4096  # bytes: more than stands before the first element of a picture in markup
_SVG: Final = re.compile(rb"(\xef\xbb\xbf)?(\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*<svg\b", re.DOTALL)
# People write pages by hand, too: of those, only gdanim's own begin like this (html/player/page.html, player.html).
_PAGE: Final = re.compile(
    rb"<!DOCTYPE html>\s*<html[^>]*>\s*<head>\s*<meta charset=\"utf-8\">\s*"
    rb"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-|"
    rb"<figure class=\"gdanim-player"
)
_MARKUP: Final = re.compile(rb"(\xef\xbb\xbf)?\s*<")


def is_picture(path: Path) -> bool:
    """Whether a file is an animation or a picture as gdanim writes them, by whomever. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if _MARKUP.match(head):
        return bool(_SVG.match(head) or _PAGE.match(head))
    return carries(head)
