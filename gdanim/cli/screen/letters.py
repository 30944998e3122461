"""Letters for terminals that have no Unicode: each letter that gdanim prints in ASCII that reads the same.

A table keeps its columns: what stands in one has a single letter in its place.
"""

from __future__ import annotations

import codecs
import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TextIO

NAME: Final = "gdanim.ascii"  # of the way in which what ASCII lacks is encoded
# Of the largest curvature λ it is L that books have, as in 2/L.
_LETTERS: Final = {
    "−": "-", "–": "-", "—": "-", "‑": "-", "·": "*", "×": "x", "λ": "L", "κ": "k", "β": "b", "η": "h", "μ": "u",
    "ν": "n", "σ": "s", "ρ": "r", "ε": "e", "θ": "t", "π": "p", "∇": "D", "∂": "d", "√": "sqrt ", "Σ": "sum ", "‖": "|",
    "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "∞": "inf", "→": "->", "←": "<-", "↦": "->", "⁻": "-", "∈": "in",
    "‘": "'", "’": "'", "“": '"', "”": '"', "ø": "o", "ß": "ss",
}  # fmt: skip


def suit(stream: TextIO | Any) -> None:
    """Let a stream print ASCII alone where it is a terminal that shows no other letters."""
    if stream is None or not hasattr(stream, "reconfigure") or not stream.isatty():
        return
    if has_unicode(str(stream.encoding), os.environ):
        stream.reconfigure(errors="replace")
        return
    codecs.register_error(NAME, _in_ascii)
    stream.reconfigure(encoding="ascii", errors=NAME)


def has_unicode(encoding: str, variables: Mapping[str, str]) -> bool:
    """Whether a terminal shows all letters: by how Python would write to it, and by what the locale says.

    Where the locale is C, Python writes UTF-8 all the same, and sets LC_CTYPE for its children.
    """
    if not encoding.lower().replace("-", "").startswith("utf"):
        return False
    given = {name: variables.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG")}
    if sys.flags.utf8_mode and given["LC_CTYPE"] == "C.UTF-8":
        del given["LC_CTYPE"]
    locale = next(filter(None, given.values()), "")
    charset = locale.partition(".")[2].partition("@")[0].lower()
    return locale not in ("C", "POSIX") and charset.replace("-", "") in ("", "utf8")


def in_letters(text: str) -> str:
    """A text in the letters that standard output shows: it is as long then as it will be there."""
    return "".join(map(_plain, text)) if sys.stdout is not None and sys.stdout.errors == NAME else text


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    """What stands for letters that ASCII lacks, and where to go on: a handler of codecs."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_plain, error.object[error.start : error.end])), error.end


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter in _LETTERS:
        return _LETTERS[letter]
    import unicodedata  # late: most terminals show all letters

    raised = "^" * unicodedata.decomposition(letter).startswith("<super>")
    bare = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return raised + bare if bare else "" if unicodedata.combining(letter) else "?"
