"""Styles: the colours of a picture and the type it is set in."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.colors import to_hex, to_rgb, to_rgba

from gdanim.errors import UnknownNameError, UsageError, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Colours by their role, as #rrggbb, and the matplotlib settings that go with them.

    levels  tints from the bottom of a valley upwards; the background follows at the top
    runs   colours of several runs, told apart also by colour-blind readers (after Okabe & Ito 2008)
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
    rc: Mapping[str, Any] = field(default_factory=dict)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Draw on the library's own defaults plus this style, whatever the user's matplotlibrc says."""
        with mpl.rc_context():
            _set_rc({**_defaults(), **self.rc})
            yield


# Reading these from the defaults would choose a backend, or warn.
_NOT_DRAWN = frozenset({"backend", "backend_fallback", "interactive", "toolbar", "webagg.port", "date.epoch"})

LIGHT = Style(
    name="light",
    background="#ffffff",
    text="#1f2328",
    muted="#636c76",
    line="#b6bdc5",
    grid="#e9ebee",
    function="#8c959f",
    trail="#d1242f",
    x_series="#1a7f37",
    f_series="#0b63ce",
    levels=("#9fc3e6", "#c4daef", "#e2edf7"),
    runs=("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#8f7000", "#3599d4", "#3b3f45", "#7647a2"),
)

DARK = Style(
    name="dark",
    background="#0f1419",
    text="#e8edf2",
    muted="#9aa4af",
    line="#4b5560",
    grid="#222930",
    function="#8c98a4",
    trail="#ff6b64",
    x_series="#4cc56a",
    f_series="#5aa9ff",
    levels=("#2d5578", "#1f3b56", "#16293c"),
    runs=("#ff8c42", "#4aa8e8", "#2fc59a", "#e59cc4", "#f0c649", "#a7d8ff", "#e8edf2", "#b79bf0"),
)


def load_style(name: str) -> Style:
    """Find a style: one of ours, a matplotlib style, or an .mplstyle file.

    Raises UnknownNameError where there is none, UsageError where the file is not one.
    """
    from gdanim.catalog import STYLES

    if name in STYLES:
        style: Style = STYLES[name].load()
        return style
    from matplotlib import style as library

    # Only these two: given a dotted name or an address, matplotlib would import a package or open a connection.
    if name != "default" and name not in library.library and not Path(name).is_file():
        raise UnknownNameError("style", name, [*STYLES, *library.available], see="gdanim list styles")
    try:
        rc = _matplotlib_rc(name)
    except (OSError, ValueError):
        raise UsageError(f"{shown(name)} cannot be read as a style: give an .mplstyle file") from None
    return _from_rc(name, rc)


def _matplotlib_rc(name: str) -> dict[str, Any]:
    import warnings

    from matplotlib import style

    with mpl.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _set_rc(_defaults())
        style.use(name)
        defaults = _defaults()
        return {key: value for key, value in _items(mpl.rcParams) if key in defaults and value != defaults[key]}


def _defaults() -> dict[str, Any]:
    """The settings of the library that a picture depends on."""
    return {key: value for key, value in _items(mpl.rcParamsDefault) if key not in _NOT_DRAWN}


def _items(params: Any) -> Iterator[tuple[str, Any]]:
    # matplotlib's own annotations name every key; for us the keys are text.
    yield from params.items()


def _set_rc(values: Mapping[str, Any]) -> None:
    params: Any = mpl.rcParams
    params.update(values)


def _from_rc(name: str, rc: Mapping[str, Any]) -> Style:
    """Give the roles the colours that a matplotlib style has for them."""
    full = {**_defaults(), **rc}
    cycle = tuple(to_hex(colour) for colour in full["axes.prop_cycle"].by_key().get("color", LIGHT.runs))
    faces = [full["axes.facecolor"], LIGHT.background]
    if "figure.facecolor" in rc:
        faces.insert(0, full["figure.facecolor"])
    # A style that leaves its face transparent stands on paper.
    background = to_hex(next(face for face in faces if to_rgba(face)[3]))
    runs = tuple(dict.fromkeys(cycle)) or LIGHT.runs
    return Style(
        name=name,
        background=background,
        text=to_hex(full["text.color"]),
        muted=to_hex(full["axes.labelcolor"]),
        line=to_hex(full["axes.edgecolor"]),
        grid=to_hex(full["grid.color"]),
        function=to_hex(full["xtick.color"]),
        trail=runs[min(3, len(runs) - 1)],
        x_series=runs[min(2, len(runs) - 1)],
        f_series=runs[0],
        levels=LIGHT.levels if _is_light(background) else DARK.levels,
        runs=runs,
        rc=dict(rc),
    )


def _is_light(colour: str) -> bool:
    return sum(to_rgb(colour)) > 1.5
