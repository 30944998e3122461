"""`--snippet`: what to paste into a page or a text so that it shows the files: sizes, alternatives, words for all."""

from __future__ import annotations

from html import escape
from pathlib import PurePath
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from gdanim.descent.alt_text import alt_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gdanim.catalogue.request import Planned
    from gdanim.descent.descend import Descent

# By format, smallest first: a browser takes the first that it can show. What follows is for all others.
IMAGES: Final = {
    "avif": "image/avif", "webp": "image/webp", "apng": "image/apng", "svg": "image/svg+xml", "png": "image/png",
    "gif": "image/gif",
}  # fmt: skip
VIDEOS: Final = {"av1": "video/webm; codecs=av01", "webm": "video/webm", "mp4": "video/mp4", "mov": "video/quicktime"}
_STILL, _DARK = "(prefers-reduced-motion: reduce)", "(prefers-color-scheme: dark)"
_DARK_BELOW: Final = 0.5  # the mean of red, green and blue of a dark ground


def snippet(kind: str, descent: Descent, outputs: Sequence[Planned], poster: str | None) -> str:
    """HTML, or Markdown where that can say it, for the files that are written; poster: the one that stands still."""
    moving = [output for output in outputs if output.file != poster]
    stills = [output for output in outputs if output.file == poster]
    alt, size = escape(alt_text(descent)), 'width="{}" height="{}"'.format(*descent.settings.size)
    images, videos = (_ordered(moving, types) for types in (IMAGES, VIDEOS))
    if kind == "markdown" and len(images) == 1 and not videos and not stills:
        return f"![{alt_text(descent).replace('[', '(').replace(']', ')')}]({_address(images[0])})\n"
    lines = list(_picture(images, stills, alt, size))
    if videos:
        still = "".join(f' poster="{_address(one)}"' for one in stills if not _is_other(one, stills))
        sources = [
            f"  {_source(one, 'src', VIDEOS[one.format.name], dark=_is_other(one, videos))}"
            for one in _dark_first(videos)
        ]
        opening = f'<video controls loop muted playsinline {size}{still} aria-label="{alt}">'
        lines = [opening, *sources, *(f"  {line}" for line in lines), "</video>"]
    for output in moving:
        if output.format.name == "html":
            lines.append(f'<iframe src="{_address(output)}" {size} title="{alt}" loading="lazy"></iframe>')
        elif output not in (*images, *videos):
            lines.append(f'<a href="{_address(output)}">{alt}</a>')
    return "".join(f"{line}\n" for line in lines)


def _ordered(outputs: Sequence[Planned], types: dict[str, str]) -> list[Planned]:
    """Those of some types, in the order of these; for light pages before dark ones."""
    names = list(types)
    found = [output for output in outputs if output.format.name in types]
    return sorted(found, key=lambda output: (names.index(output.format.name), _is_dark(output)))


def _dark_first(outputs: Sequence[Planned]) -> list[Planned]:
    """In the order in which a browser asks: what holds under a condition comes first."""
    return sorted(outputs, key=lambda output: not _is_dark(output))


def _picture(images: Sequence[Planned], stills: Sequence[Planned], alt: str, size: str) -> Iterator[str]:
    """An image, in a <picture> where others may take its place."""
    light = [image for image in images if not _is_dark(image)] or list(images)
    if not light:
        return
    last = light[-1]
    several = len({image.format.name for image in images}) > 1
    others = [image for image in _dark_first(images) if image is not last]
    sources = [_source(one, "srcset", "", dark=_is_other(one, stills), still=True) for one in _dark_first(stills)]
    sources += [
        _source(one, "srcset", IMAGES[one.format.name] if several else "", dark=_is_other(one, images))
        for one in others
    ]
    image = f'<img src="{_address(last)}" {size} alt="{alt}">'
    yield from ["<picture>", *(f"  {source}" for source in sources), f"  {image}", "</picture>"] if sources else [image]


def _source(output: Planned, attribute: str, kind: str, *, dark: bool, still: bool = False) -> str:
    media = " and ".join([_STILL] * still + [_DARK] * dark)
    said = (f'{attribute}="{_address(output)}"', f'type="{kind}"' * bool(kind), f'media="{media}"' * bool(media))
    return f"<source {' '.join(filter(None, said))}>"


def _is_other(output: Planned, among: Sequence[Planned]) -> bool:
    """Whether a file is for dark pages alone: among others of which some are for light ones."""
    return _is_dark(output) and not all(map(_is_dark, among))


def _is_dark(output: Planned) -> bool:
    """Whether a file is for dark pages."""
    from gdanim.drawing.mpl import to_rgb

    if output.style.names == ("auto",):
        return False
    return sum(to_rgb(output.style.loaded.background)) / 3 < _DARK_BELOW


def _address(output: Planned) -> str:
    return escape(quote(PurePath(output.path).as_posix()))
