"""Styles of matplotlib and .mplstyle files: their settings, and the roles that these stand for."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gdanim.drawing.colours.cycles import check_cycle
from gdanim.drawing.colours.drawable import check_drawable
from gdanim.drawing.mpl import mpl, quietly, to_hex, to_rgba

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_STYLE: Final = 1 << 16  # bytes of a file; a whole matplotlibrc has some 45,000

# Reading these from the defaults would choose a backend, or warn.
_NOT_DRAWN = frozenset({"backend", "backend_fallback", "interactive", "toolbar", "webagg.port", "date.epoch"})
# What a style may set. The rest does more than colour: text.usetex runs a program, figure.autolayout moves the axes.
_STYLED = (
    *("axes.", "figure.edgecolor", "figure.facecolor", "font.", "grid.", "lines.", "mathtext.", "patch."),
    *("text.color", "xtick.", "ytick."),
)
_KEY_OF: Final = {
    "text": "text.color", "muted": "axes.labelcolor", "line": "axes.edgecolor", "grid": "grid.color",
    "function": "xtick.color",
}  # fmt: skip
# Which colour of the cycle, in a short one the last: usually a red, a green and a blue.
_PLACE_OF: Final = {"trail": 3, "x_series": 2, "f_series": 0}
PAPER: Final = "#ffffff"


def rc_of(name: str) -> dict[str, Any]:
    """What a matplotlib style or a file sets and a style may set. Raises OSError, UnicodeError, ValueError."""
    from matplotlib import style

    known = defaults()
    if name == "default":
        return {}
    with quietly(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # A Path: matplotlib would open a connection for a text such as file:….
        rc: Any = style.library[name] if name in style.library else _read(Path(name))
        found = {key: rc[key] for key in rc if key.startswith(_STYLED) and key in known}
    check_drawable(found)
    return found


def _read(file: Path) -> Any:
    """The settings in a file; ValueError where it would take long."""
    if file.stat().st_size > MAX_STYLE:
        raise ValueError(f"it has more than {MAX_STYLE:,} bytes")
    for line in file.read_text(encoding="utf-8").split("\n"):
        key, _, value = line.partition(":")
        if key.strip() == "axes.prop_cycle":
            check_cycle(value)
    try:
        return mpl.rc_params_from_file(file, True, False)
    except RuntimeError as error:  # of a margin
        raise ValueError(error) from None


def defaults() -> dict[str, Any]:
    """matplotlib's default settings, those left out that draw nothing."""
    known: Any = mpl.rcParamsDefault  # matplotlib's own annotations name every key; for us the keys are text
    return {key: value for key, value in known.items() if key not in _NOT_DRAWN}


def roles_in(rc: Mapping[str, Any]) -> dict[str, Any]:
    """The roles that some settings stand for; none for what they leave open."""
    roles: dict[str, Any] = {role: to_hex(rc[key]) for role, key in _KEY_OF.items() if key in rc}
    if "axes.grid" in rc:
        roles["gridded"] = bool(rc["axes.grid"])
    if "axes.prop_cycle" in rc:
        cycle = tuple(to_hex(colour) for colour in rc["axes.prop_cycle"].by_key().get("color", ()))
        roles |= _of_cycle(tuple(dict.fromkeys(cycle)))
    if faces := _faces(rc):
        roles["background"] = to_hex(faces[0])
    return roles


def _of_cycle(cycle: tuple[str, ...]) -> dict[str, Any]:
    """The colours of runs and of a single run; none where a cycle has no colours."""
    if not cycle:
        return {}
    return {"runs": cycle} | {role: cycle[min(place, len(cycle) - 1)] for role, place in _PLACE_OF.items()}


def _faces(rc: Mapping[str, Any]) -> list[Any]:
    """What may be the background, the best first. A style that leaves its face transparent stands on paper."""
    keys = [key for key in ("figure.facecolor", "axes.facecolor") if key in rc]
    # A plain page around coloured axes: the axes are what one looks at.
    keys.sort(key=lambda key: to_rgba(rc[key]) == to_rgba(PAPER))
    return [*(rc[key] for key in keys if to_rgba(rc[key])[3]), PAPER][: len(keys)]
