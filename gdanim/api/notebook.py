"""An animation as notebooks show it: the player, and a picture of its end where a page shows no HTML."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import Any, Final

# Whether it is light or dark, notebooks say on the page, and not in the CSS property color-scheme.
_SCHEMES: Final = """<style>
:is([data-jp-theme-light="false"], .vscode-dark, .dark, [data-theme="dark"]) .gdanim-output { color-scheme: dark }
:is([data-jp-theme-light="true"], .vscode-light, .light, [data-theme="light"]) .gdanim-output { color-scheme: light }
</style>
"""

_BODY: Final = '<body style="margin: 0">'
_CONTROLS_PX: Final = 190  # the height of the controls and of the words below, on a narrow screen


def mimebundle(text: str, page: bytes, picture: bytes, **about: Any) -> tuple[dict[str, str], dict[str, Any]]:
    """A line of text, a player and a picture by their types, and what is said `about` the picture."""
    shown = {
        "text/html": f'<div class="gdanim-output">\n{_SCHEMES}{page.decode()}</div>\n',
        "image/png": b64encode(picture).decode(),
        "text/plain": text,
    }
    return shown, {"image/png": about}


def framed(player: bytes, width: int, height: int) -> tuple[str, str]:
    """A player in a frame, as HTML with its type: marimo runs no script that stands outside of one."""
    page = f'<meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Animation</title>{_BODY}'
    text = escape(page + player.decode())
    room = f"width: 100%; max-width: {width}px; height: {height + _CONTROLS_PX}px; border: 0"
    return "text/html", f'<iframe title="Animation" srcdoc="{text}" style="{room}"></iframe>'
