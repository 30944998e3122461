"""Pictures of a site, each rendered once: they are kept by a digest of their recipe and of the files that it reads.

Each is a folder with its files and a note of what shows them. It appears whole or not at all, so that processes that
read documents side by side may render one picture at once.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from gdanim import preflight
from gdanim.cli.snippet import snippet
from gdanim.descent.alt_text import alt_text
from gdanim.descent.descend import carry_out
from gdanim.outputs import inputs_of
from gdanim.presets import write_request
from gdanim.rendering import render_descent
from gdanim.settings import AUTO_STYLE, Settings, __version__

PLACE: Final = "gdanim-images/"  # stands in the HTML for the address of the site's images
_THEMES: Final = ("light", "dark")
_NOTE: Final = "picture.json"


class Picture(NamedTuple):
    """A picture of a site.

    folder   where its files stand
    html     what shows it, with PLACE before the names of its files
    still    the file that does not move, for light pages
    alt      what it shows, in words
    """

    folder: str
    html: str
    still: str
    alt: str

    @property
    def files(self) -> list[Path]:
        """All files of it."""
        return [path for path in sorted(Path(self.folder).iterdir()) if path.name != _NOTE]


def picture_of(settings: Settings, cache: Path) -> Picture:
    """The picture of a request, rendered if it is not there. Raises GdanimError."""
    settings = replace(settings, themes=settings.themes or (_THEMES if settings.style == (AUTO_STYLE,) else ()))
    key = _digest(settings)
    folder = cache / key
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="new-") as made:
            whole = Path(made, key)
            whole.mkdir()
            _render(settings, whole, f"gdanim-{key}")
            _put_in_place(whole, folder)
    noted = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
    return Picture(str(folder), noted["html"], noted["still"], noted["alt"])


def _put_in_place(made: Path, folder: Path) -> None:
    try:
        made.rename(folder)
    except OSError:  # another process was faster: what it made is the same
        if not folder.is_dir():
            raise


def _render(settings: Settings, folder: Path, stem: str) -> None:
    """Write the files of a picture, and the note. Raises GdanimError."""
    poster = str(folder / f"{stem}.png")
    request = preflight.resolve(replace(settings, output=(str(folder / f"{stem}.webp"),), poster=poster))
    descent = carry_out(request)
    rendered = render_descent(descent, request)
    if rendered.errors:
        raise rendered.errors[0]
    shown = [replace(output, path=f"{PLACE}{Path(output.path).name}") for output in request.outputs]
    stills = [Path(output.path).name for output in request.outputs if output.file == poster]
    note = {"html": snippet("html", descent, shown, poster), "still": stills[0], "alt": alt_text(descent)}
    (folder / _NOTE).write_text(json.dumps(note), encoding="utf-8")


def _digest(settings: Settings) -> str:
    """A digest of a recipe and of the files that it reads."""
    found = sha256(f"{__version__}\n{write_request(settings)}".encode())
    for name in sorted(inputs_of(settings, None)):
        found.update(sha256(Path(name).read_bytes()).digest() if Path(name).is_file() else b"")
    return found.hexdigest()[:16]


def copy_to(picture: Picture, folder: Path, *, only: str = "") -> None:
    """Copy the files of a picture, or one of them, into a folder of the site."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in picture.files:
        if only in ("", path.name) and not (folder / path.name).exists():
            shutil.copyfile(path, folder / path.name)
