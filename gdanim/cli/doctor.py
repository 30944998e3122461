"""`gdanim doctor`: what works on this machine. Formats are tried: a small film is written in each."""

from __future__ import annotations

import platform
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gdanim.catalogue.registry import FORMATS
from gdanim.errors import GdanimError, unforeseen
from gdanim.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gdanim.catalogue.specs import Format

NAME_WIDTH: Final = 17
FILM: Final[dict[str, Any]] = {"function": "parabola", "iterations": 1, "size": (160, 120)}
STRIP: Final[dict[str, Any]] = {"size": (320, 120), "frames": 2}
CJK: Final = "学習率"


class Finding(NamedTuple):
    """What was looked at, what was found, and whether it works."""

    name: str
    words: str
    works: bool = True

    @property
    def line(self) -> str:
        """The finding on one line."""
        return f"{self.name:<{NAME_WIDTH}}{self.words}"


def findings() -> Iterator[Finding]:
    """Everything, one after another: versions, fonts, formats."""
    from gdanim.batch.remote import versions

    yield Finding("python", f"{platform.python_version()} on {platform.platform(terse=True)}")
    yield from (Finding(name, version, version != "missing") for name, version in versions().items())
    yield from _fonts()
    yield from map(_tried, FORMATS.names())


def _fonts() -> Iterator[Finding]:
    from gdanim.drawing.fallback import fallback_for
    from gdanim.drawing.lettering import SANS

    font = Path(SANS.path)
    yield Finding("font", f"{font.name}, of matplotlib" if font.is_file() else f"missing: {font}", font.is_file())
    family = fallback_for(CJK)
    yield Finding("font for CJK", family or "none: Chinese, Japanese and Korean titles need one, such as Noto Sans CJK")


def _tried(name: str) -> Finding:
    """Write a film of two frames in a format."""
    from gdanim.api.calls import render

    typed = name.replace("_", "-")
    with tempfile.TemporaryDirectory() as folder:
        try:
            form = FORMATS.choose(name)
            film = FILM | (STRIP if "frames" in form.takes else {})
            path = Path(folder, "film-%d" if form.sequence else "film").with_suffix(_suffix(form))
            (written,) = render(Settings(**film, format=typed, output=(str(path),)))
        except GdanimError as error:
            return Finding(typed, str(error).replace(f"{folder}/", ""), works=False)
        except Exception as error:  # what nobody foresaw is what this command is for
            return Finding(typed, unforeseen(error), works=False)
    return (
        Finding(typed, f"works: {form.summary}")
        if written.error is None
        else Finding(typed, str(written.error), works=False)
    )


def _suffix(form: Format) -> str:
    return (*form.extensions, *form.suffixes, *form.borrows, ".png")[0]
