"""Styles: the colours of a picture and the type it is set in."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gdanim.drawing.cycles import check_cycle
from gdanim.drawing.mpl import mpl, quietly, to_hex, to_rgb, to_rgba
from gdanim.errors import UnknownNameError, UsageError, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Colours by their role, as #rrggbb, and the matplotlib settings that go with them.

    levels  fills between contour lines from the lowest upwards; above them is the background
    runs    colours of several runs, told apart also by colour-blind readers: their hues follow Okabe & Ito 2008, moved
            until any two differ by ΔE76 ≥ 14 to every kind of colour vision, and most of them in lightness too
    scale  how much larger type and lines are than usual
    boxed  whether axes have a frame on all sides, and no grid
    greyscale  whether everything must differ in lightness alone
    """

    name: str
    background: str
    text: str
    muted: str
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
    greyscale: bool = False
    rc: Mapping[str, Any] = field(default_factory=dict)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Draw with matplotlib's own defaults and this style, whatever the user's matplotlibrc says."""
        with mpl.rc_context(), warnings.catch_warnings(), quietly():
            # gdanim warns in one line of its own, also of letters in mathematics: see missing_letters().
            warnings.filterwarnings("ignore", "Glyph .* missing from")
            _set_rc(self.rc)
            yield

    def missing_letters(self, text: str) -> tuple[str, str]:
        """The letters of a text that the style's font lacks, each once, and the name of the font."""
        from matplotlib.font_manager import FontProperties, findfont, get_font

        with mpl.rc_context(), quietly():
            _set_rc(self.rc)
            fonts = [get_font(findfont(FontProperties(family=[family]))) for family in mpl.rcParams["font.family"]]
        lacking = (letter for letter in text if not any(font.get_char_index(ord(letter)) for font in fonts))
        return "".join(dict.fromkeys(lacking)), fonts[0].family_name


# Reading these from the defaults would choose a backend, or warn.
_NOT_DRAWN = frozenset({"backend", "backend_fallback", "interactive", "toolbar", "webagg.port", "date.epoch"})

MAX_STYLE: Final = 1 << 16  # bytes of a file; a whole matplotlibrc has some 45,000

# What a style may set. The rest does more than colour: text.usetex runs a program, figure.autolayout moves the axes.
_STYLED = (
    *("axes.", "figure.edgecolor", "figure.facecolor", "font.", "grid.", "lines.", "mathtext.", "patch."),
    *("text.color", "xtick.", "ytick."),
)

# fmt: off
LIGHT = Style(
    name="light", background="#ffffff", text="#1f2328", muted="#636c76", line="#b6bdc5", grid="#e9ebee",
    function="#8c959f", trail="#d1242f", x_series="#1a7f37", f_series="#0b63ce",
    levels=("#a6c8e9", "#c8dcf0", "#e3eef7"),
    runs=("#c14600", "#0b64aa", "#038b61", "#883c6a", "#9e8338", "#289ad5", "#34373c", "#5a297d"),
)
DARK = Style(
    name="dark", background="#0f1419", text="#e8edf2", muted="#9aa4af", line="#4b5560", grid="#222930",
    function="#8c98a4", trail="#ff6b64", x_series="#4cc56a", f_series="#5aa9ff",
    levels=("#2d5578", "#1f3b56", "#16293c"),
    runs=("#ea8825", "#119ce5", "#2bd3a7", "#ba7292", "#ebc361", "#8db3c5", "#fff8f0", "#efc6ff"),
)
# The look of a notebook: matplotlib's box and blue curve, with a red trail and spot.
NOTEBOOK = replace(
    LIGHT, name="notebook", text="#000000", muted="#262626", line="#000000", boxed=True,
    function="#1f77b4", trail="#e60000", x_series="#007a00", f_series="#0000d6",
)
# All colours differ in lightness, so that nothing is lost on a printer without colour.
PRINT = replace(
    LIGHT, name="print", text="#000000", muted="#3d3d3d", line="#9c9c9c", grid="#e6e6e6", greyscale=True,
    function="#8e8e8e", trail="#000000", x_series="#3a3a3a", f_series="#3a3a3a",
    levels=("#bdbdbd", "#d6d6d6", "#ebebeb"),
    runs=("#120f2f", "#2771b0", "#a67350", "#4d0b1b", "#968e9b", "#043571", "#5d5771", "#614317"),
)
# To be read from the last row.
SLIDES = replace(
    LIGHT, name="slides", text="#101418", muted="#4a525a", line="#97a0a9", function="#6e7781", scale=1.4,
)
# fmt: on


def load_style(name: str) -> Style:
    """Find a style: one of ours, a matplotlib style, or an .mplstyle file.

    Raises UnknownNameError where there is none, UsageError where the file is not one or holds a wrong value.
    """
    from gdanim.catalogue.registry import STYLES

    if name in STYLES:
        style: Style = STYLES[name].load()
        return style
    # Only these two: given a dotted name or an address, matplotlib would import a package or open a connection.
    file = style_file(name)
    try:
        if file is not None and not file.is_file():
            from matplotlib.style import available

            raise UnknownNameError("style", name, [*STYLES, *available], see="gdanim list styles")
        if file is not None:
            _check_small(file)
        rc = _matplotlib_rc(name)
    except PermissionError:
        raise UsageError(f"Style {shown(name)}: no permission to read it. Choose another file") from None
    except (OSError, UnicodeError):
        raise UsageError(f"{shown(name)} cannot be read as a style: give an .mplstyle file") from None
    except ValueError as error:
        raise UsageError(f"Style {shown(name)} holds a value that matplotlib refuses: {error}") from None
    if not 0 <= rc.get("grid.alpha", 1.0) <= 1:
        raise UsageError(f"Style {shown(name)}: grid.alpha {rc['grid.alpha']:g}: give a number from 0 to 1")
    if not rc and file is not None:
        raise UsageError(f"{shown(name)} sets nothing that a style may set: give an .mplstyle file")
    return _from_rc(name, rc)


def _check_small(file: Path) -> None:
    """Raise ValueError where reading a style file would take long. Raises OSError, UnicodeError."""
    if file.stat().st_size > MAX_STYLE:
        raise ValueError(f"it has more than {MAX_STYLE:,} bytes")
    for line in file.read_text(encoding="utf-8").split("\n"):
        key, _, value = line.partition(":")
        if key.strip() == "axes.prop_cycle":
            check_cycle(value)


def style_file(name: str) -> Path | None:
    """The path of an .mplstyle file; None where the name is one of gdanim's or matplotlib's styles."""
    from gdanim.catalogue.registry import STYLES

    if name in STYLES or name == "default":
        return None
    with quietly():
        from matplotlib import style as library

    return None if name in library.library else Path(name)


def _matplotlib_rc(name: str) -> dict[str, Any]:
    """Settings of a matplotlib style or file that count and differ from the defaults. Raises OSError, ValueError."""
    from matplotlib import style

    defaults = _defaults()
    if name == "default":
        return {}
    with quietly(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # A Path: matplotlib would open a connection for a text such as file:….
        known = name in style.library
        rc: Any = style.library[name] if known else mpl.rc_params_from_file(Path(name), True, False)
        counts = (key for key in rc if key.startswith(_STYLED) and key in defaults)
        return {key: rc[key] for key in counts if rc[key] != defaults[key]}


def _defaults() -> dict[str, Any]:
    """matplotlib's default settings, those left out that draw nothing."""
    defaults: Any = mpl.rcParamsDefault  # matplotlib's own annotations name every key; for us the keys are text
    return {key: value for key, value in defaults.items() if key not in _NOT_DRAWN}


def _set_rc(values: Mapping[str, Any]) -> None:
    """Draw with matplotlib's own defaults, but for some values."""
    params: Any = mpl.rcParams
    params.update({**_defaults(), **values})


def _from_rc(name: str, rc: Mapping[str, Any]) -> Style:
    """A Style whose roles have the colours of a matplotlib style."""
    full = {**_defaults(), **rc}
    cycle = tuple(to_hex(colour) for colour in full["axes.prop_cycle"].by_key().get("color", LIGHT.runs))
    runs = tuple(dict.fromkeys(cycle)) or LIGHT.runs
    faces = [full["axes.facecolor"], LIGHT.background]
    if "figure.facecolor" in rc:
        faces.insert(0, full["figure.facecolor"])
    # A style that leaves its face transparent stands on paper.
    background = to_hex(next(face for face in faces if to_rgba(face)[3]))
    return Style(
        name=name, background=background, text=to_hex(full["text.color"]), muted=to_hex(full["axes.labelcolor"]),
        line=to_hex(full["axes.edgecolor"]), grid=to_hex(full["grid.color"]), function=to_hex(full["xtick.color"]),
        trail=runs[min(3, len(runs) - 1)], x_series=runs[min(2, len(runs) - 1)], f_series=runs[0],
        levels=LIGHT.levels if is_light(background) else DARK.levels, runs=runs, rc=dict(rc),
    )  # fmt: skip


def is_light(colour: str) -> bool:
    """Whether a colour is nearer to white than to black."""
    return sum(to_rgb(colour)) > 1.5
