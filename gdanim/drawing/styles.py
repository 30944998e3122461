"""Styles: the colours of a picture and the type it is set in."""

from __future__ import annotations

import os
import threading
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gdanim.drawing.colours.borrowed import defaults, rc_of, roles_in
from gdanim.drawing.colours.mending import is_grey, mended
from gdanim.drawing.colours.vision import nearer_to
from gdanim.drawing.fallback import families_with
from gdanim.drawing.mpl import mpl, quietly, to_rgb
from gdanim.errors import SettingError, UnknownNameError, UsageError, shown
from gdanim.options.objects import NamedObject
from gdanim.settings import AUTO_STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


# A page between light and dark, and the least contrast to it of words, and of lines that stand still.
GREY_PAGE: Final = "#808080"
ON_GREY: Final = {"text": 3.0, "muted": 3.0, "function": 2.0, "line": 2.0}
GRID_OPACITY: Final = 28  # of 255

_drawing = threading.RLock()


def _unlocked() -> None:
    """Let a forked worker draw, whose parent drew in another thread as it forked."""
    global _drawing
    _drawing = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlocked)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Wait for other threads that draw: matplotlib's settings and the filters of warnings are those of the process."""
    with _drawing:
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Colours by their role, as #rrggbb, and the matplotlib settings that go with them.

    levels  fills between contour lines from the lowest upwards, even steps of lightness; above them is the background
    runs    colours of several runs, told apart also by colour-blind readers: their hues follow Okabe & Ito 2008, moved
            until any two differ by ΔE76 ≥ 14 to every kind of colour vision, and most of them in lightness too
    warning  text about runs that were lost
    scale  how much larger type and lines are than usual
    boxed  whether axes have a frame on all sides
    gridded  whether there is a grid behind a curve
    greyscale  whether everything must differ in lightness alone
    """

    name: str
    background: str
    text: str
    muted: str
    warning: str
    line: str
    grid: str
    function: str
    trail: str
    x_series: str
    f_series: str
    levels: tuple[str, ...]
    runs: tuple[str, ...]
    scale: float = 1.0
    boxed: bool = False
    gridded: bool = True
    greyscale: bool = False
    rc: Mapping[str, Any] = field(default_factory=dict)

    @contextmanager
    def applied(self, text: str = "") -> Iterator[None]:
        """Draw with matplotlib's own defaults and this style, whatever the user's matplotlibrc says.

        Letters of a text that its font lacks are set in a font of the system that has them, if there is one.
        """
        with _one_at_a_time(), mpl.rc_context(), warnings.catch_warnings(), quietly():
            # gdanim warns in one line of its own, also of letters in mathematics: see missing_letters().
            warnings.filterwarnings("ignore", "Glyph .* missing from")
            _set_rc(self.rc)
            if not text.isascii() and (letters := self.missing_letters(text)[0]):
                mpl.rcParams["font.family"] = families_with(letters)
            yield

    def missing_letters(self, text: str) -> tuple[str, str]:
        """The letters of a text that the style's font lacks, each once, and the name of the font."""
        from matplotlib.font_manager import FontProperties, findfont, get_font

        with mpl.rc_context(), quietly():
            _set_rc(self.rc)
            fonts = [get_font(findfont(FontProperties(family=[family]))) for family in mpl.rcParams["font.family"]]
        lacking = (letter for letter in text if not any(font.get_char_index(ord(letter)) for font in fonts))
        return "".join(dict.fromkeys(lacking)), fonts[0].family_name


# fmt: off
LIGHT = Style(
    name="light", background="#ffffff", text="#1f2328", muted="#636c76", line="#b6bdc5", grid="#e9ebee",
    warning="#b3261e", function="#8c959f", trail="#d1242f", x_series="#1a7f37", f_series="#0b63ce",
    levels=("#2f74b5", "#63a0d2", "#98c3e4", "#cfe2f2"),
    runs=("#c14600", "#0b64aa", "#038b61", "#883c6a", "#9e8338", "#289ad5", "#34373c", "#5a297d"),
)
DARK = Style(
    name="dark", background="#0f1419", text="#e8edf2", muted="#9aa4af", line="#4b5560", grid="#222930",
    warning="#ff8f85", function="#8c98a4", trail="#ff6b64", x_series="#4cc56a", f_series="#5aa9ff",
    levels=("#3d80bd", "#2b5f92", "#1c426a", "#152c45"),
    runs=("#ea8825", "#119ce5", "#2bd3a7", "#ba7292", "#ebc361", "#8db3c5", "#fff8f0", "#efc6ff"),
)
# The look of a notebook: matplotlib's box and blue curve, with a red trail and spot.
NOTEBOOK = replace(
    LIGHT, name="notebook", text="#000000", muted="#262626", line="#000000", boxed=True, gridded=False,
    function="#1f77b4", trail="#e60000", x_series="#007a00", f_series="#0000d6",
)
# All colours differ in lightness, so that nothing is lost on a printer without colour.
PRINT = replace(
    LIGHT, name="print", text="#000000", muted="#3d3d3d", line="#9c9c9c", grid="#e6e6e6", greyscale=True,
    warning="#000000", function="#8e8e8e", trail="#000000", x_series="#3a3a3a", f_series="#3a3a3a",
    levels=("#757575", "#9a9a9a", "#bdbdbd", "#dedede"),
    runs=("#120f2f", "#2771b0", "#a67350", "#4d0b1b", "#968e9b", "#043571", "#5d5771", "#614317"),
)
# To be read from the last row.
SLIDES = replace(
    LIGHT, name="slides", text="#101418", muted="#4a525a", line="#97a0a9", function="#6e7781", scale=1.25,
)
# fmt: on

_DERIVED: Final = frozenset({"notebook", "slides"})  # LIGHT, but for what they have of their own
_FIELDS: Final = frozenset(role.name for role in fields(Style)) - {"name", "rc"}
_COLOURS: Final = _FIELDS - {"scale", "boxed", "gridded"}


def load_style(*names: str) -> Style:
    """Find styles: ours, those of matplotlib, .mplstyle files. Each is laid on top of those before it; none is `auto`.

    Raises UnknownNameError where there is none, UsageError where a file is not one or holds a wrong value.
    """
    names = names or (AUTO_STYLE,)
    if len(names) == 1 and (own := _own(names[0])) is not None:
        return own
    style = LIGHT
    for place, name in enumerate(names):
        own = _own(name)
        changes = _changes_of_rc(name, style, alone=not place) if own is None else _changes_of(own, style)
        style = replace(style, **changes)
    ours = LIGHT if is_light(style.background) else DARK
    return replace(style, name=" ".join(names), **mended(_roles(style, _COLOURS), _roles(ours, _COLOURS)))


def on_any_page(style: Style) -> Style:
    """A style for pictures without a background: what is soft on its own page is seen on a grey one, too.

    Its grid is a veil of the darkest ink, or the lightest, with a fourth pair of digits: as quiet on every page.
    """
    end = "#000000" if is_light(style.background) else "#ffffff"
    inks: dict[str, Any] = {
        role: nearer_to(end, getattr(style, role), GREY_PAGE, least) for role, least in ON_GREY.items()
    }
    return replace(style, grid=f"{end}{GRID_OPACITY:02x}", **inks)


def _own(name: str) -> Style | None:
    """The style of ours that a name stands for, or the one that a program passed."""
    if isinstance(name, NamedObject):
        passed: Style = name.object
        return passed
    from gdanim.catalogue.registry import STYLES

    return STYLES[name].load() if name in STYLES else None


def _changes_of(own: Style, below: Style) -> dict[str, Any]:
    """What a style of ours sets on top of another one.

    The derived ones set what they have of their own; their colours are for a light ground. The others set all colours.
    """
    apart = {role for role in _FIELDS if getattr(own, role) != getattr(LIGHT, role)}
    if own.name not in _DERIVED:
        apart |= _COLOURS
    elif not is_light(below.background):
        apart -= _COLOURS
    return _roles(own, apart)


def _roles(style: Style, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(style, name) for name in names}


def _changes_of_rc(name: str, below: Style, *, alone: bool) -> dict[str, Any]:
    """What a style of matplotlib, or a file, sets on top of another one; alone, on top of matplotlib's defaults."""
    rc = _rc(name)
    roles = roles_in(rc)
    if alone:
        roles = {**roles_in(defaults()), "gridded": True, **roles}
    if "runs" in roles:
        roles["greyscale"] = all(map(is_grey, roles["runs"]))
    if roles.get("greyscale"):
        roles["levels"] = PRINT.levels
    elif "background" in roles:
        roles["levels"] = (LIGHT if is_light(roles["background"]) else DARK).levels
    return roles | {"rc": {**below.rc, **rc}}


def _rc(name: str) -> dict[str, Any]:
    """The settings of a style of matplotlib, or of a file. Raises UnknownNameError and UsageError."""
    # Only these two: given a dotted name or an address, matplotlib would import a package or open a connection.
    file = style_file(name)
    try:
        if file is not None and not file.is_file():
            from matplotlib.style import available

            from gdanim.catalogue.registry import STYLES

            if all(part in STYLES for part in name.split(",")):
                raise SettingError("--style", name, f"write --style {name.replace(',', ' --style ')}")
            raise UnknownNameError("style", name, [*STYLES, *available], see="gdanim list styles")
        rc = rc_of(name)
    except PermissionError:
        raise UsageError(f"Style {shown(name)}: no permission to read it. Choose another file") from None
    except (OSError, UnicodeError):
        raise UsageError(f"{shown(name)} cannot be read as a style: give an .mplstyle file") from None
    except ValueError as error:
        raise UsageError(f"Style {shown(name)} holds a value that cannot be drawn: {error}") from None
    if not rc and file is not None:
        raise UsageError(f"{shown(name)} sets nothing that a style may set: give an .mplstyle file")
    return rc


def style_file(name: str) -> Path | None:
    """The path of an .mplstyle file; None where the name is one of gdanim's or matplotlib's styles."""
    from gdanim.catalogue.registry import STYLES

    if name in STYLES or name == "default":
        return None
    with quietly():
        from matplotlib import style as library

    return None if name in library.library else Path(name)


def _set_rc(values: Mapping[str, Any]) -> None:
    """Draw with matplotlib's own defaults, but for some values."""
    params: Any = mpl.rcParams
    # contourpy's serial algorithm takes half the time of matplotlib's default.
    params.update({**defaults(), "contour.algorithm": "serial", **values})


def is_light(colour: str) -> bool:
    """Whether a colour is nearer to white than to black."""
    return sum(to_rgb(colour)) > 1.5
