"""Values in styles that matplotlib reads, and then cannot draw, or not in years."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from gdanim.errors import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LEAST_DASH_PT: Final = 0.1  # of a dash and its gap: a line of shorter ones has more than can be seen, and takes long
_LETTERING: Final = ("weight", "stretch", "style", "variant")
_LETTERED: Final = ("font.", "axes.title", "axes.label")


def check_drawable(rc: Mapping[str, Any]) -> None:
    """Raise ValueError, naming the key, where a value cannot be drawn."""
    for key, value in rc.items():
        if allowed := _allowed(key, value):
            raise ValueError(f"{key} {shown(value)}: give {allowed}")


def _allowed(key: str, value: Any) -> str:
    """What may stand in place of a value that cannot be drawn; empty of one that can."""
    found = list(_numbers(value))
    if not all(map(math.isfinite, found)):
        return "finite numbers"
    if key.endswith(".alpha") and not all(0 <= number <= 1 for number in found):
        return "a number from 0 to 1"
    if key.endswith(("linestyle", "_pattern")) and not _is_dashing(value):
        return f"dashes of 0 points or more, together at least {LEAST_DASH_PT}"
    if not _is_known(key, value):
        return "one that matplotlib knows"
    return ""


def _numbers(value: Any) -> Iterator[float]:
    """The numbers in a value, whatever they stand in."""
    if isinstance(value, (int, float)):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _numbers(item)


def _is_dashing(value: Any) -> bool:
    """Whether a line can be dashed so: [6, 4], or (0, [6, 4]) from where the first begins; a name is one of ours."""
    dashes = value[1] if isinstance(value, tuple) and len(value) == 2 and not isinstance(value[1], float) else value
    lengths = list(_numbers(dashes))
    return not lengths or (min(lengths) >= 0 and sum(lengths) >= LEAST_DASH_PT)


def _is_known(key: str, value: Any) -> bool:
    from matplotlib.font_manager import FontProperties
    from matplotlib.markers import MarkerStyle

    kind = next((kind for kind in _LETTERING if key.startswith(_LETTERED) and key.endswith(kind)), "")
    try:
        if kind:
            getattr(FontProperties(), f"set_{kind}")(value)
        elif key.endswith(".marker"):
            MarkerStyle(value)
    except ValueError:
        return False
    return True
