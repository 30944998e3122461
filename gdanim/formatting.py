"""Numbers and lists as parts of sentences; texts that are safe to print, whoever wrote them."""

import re
from collections.abc import Iterable, Sequence
from math import ceil, inf, log10
from typing import Any, Final

MOST_DIGITS: Final = 15  # that a float holds whatever its value
MOST_COORDINATES: Final = 6  # of a point that are written out
NOTHING: Final = 1e-10  # share of the difference that is shown, 1e-5 or less of a range: so little of it is rounding

MAX_LINE: Final = 2000  # characters of a message: twice the longest path that is quoted whole

_BREAKS: Final = re.compile(r"[\t-\r\x1c-\x1e\x85\u2028\u2029]\s*")


def one_line(text: str, most: int = MAX_LINE) -> str:
    """A text on one line that no terminal obeys: breaks are blanks, what is not printable is escaped; cut at `most`."""
    line = _BREAKS.sub(" ", text)
    if not line.isprintable():
        line = "".join(letter if _is_shown(letter) else repr(letter)[1:-1] for letter in line)
    return line if len(line) <= most else f"{line[:most]}… ({len(line):,} characters)"


def _is_shown(letter: str) -> bool:
    import unicodedata  # late, and so is json: few messages need them

    return letter.isprintable() or unicodedata.category(letter) == "Zs"


def as_json(content: Any) -> str:
    """JSON with letters as they are, those apart that a terminal could obey. Raises ValueError for NaN."""
    import json

    lines = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False).split("\n")
    return "".join(f"{line if line.isprintable() else _escaped(line)}\n" for line in lines)


def as_json_line(content: Any) -> str:
    """The same on one line. Raises ValueError for NaN."""
    import json

    return f"{_escaped(json.dumps(content, ensure_ascii=False, allow_nan=False))}\n"


def _escaped(line: str) -> str:
    import json

    return "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in line)


def count(number: int, noun: str) -> str:
    """A number of things: `1 frame`, `26 frames`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def seconds(duration_s: float) -> str:
    """A duration, to the millisecond: `3.5 s`."""
    return f"{duration_s:.3f}".rstrip("0").rstrip(".") + " s"


def distinct(values: Sequence[float], *, digits: int = 6) -> list[str]:
    """Numbers in as many digits as tell them apart, `digits` at least."""
    return distinct_points([(value,) for value in values], digits=digits)


def distinct_points(points: Sequence[Sequence[float]], *, digits: int = 4) -> list[str]:
    """Points in as many digits as tell them apart, `digits` at least."""
    unlike = len(set(map(tuple, points)))
    for more in range(digits, 17):
        texts = [coordinates(point, digits=more) for point in points]
        if len(set(texts)) == unlike:
            return texts
    return [coordinates(point, digits=17) for point in points]


def significant(value: float, resolution: float, *, digits: int = 6) -> str:
    """A number in as many digits as show a difference of `resolution`, `digits` at least.

    Where rounding hides that difference, as in a number far out of the picture, no more digits are of use. A number
    that is nothing beside it is 0, never −0.
    """
    value = 0.0 if abs(value) <= NOTHING * resolution else value + 0.0
    ratio = abs(value) / resolution if resolution > 0 else 0.0
    if 1 < ratio < inf:
        needed = ceil(log10(ratio))
        digits = max(digits, needed) if needed <= MOST_DIGITS else digits
    return f"{value:.{digits}g}"


def coordinates(x: Iterable[float], *, digits: int = 6, resolution: float = 0.0) -> str:
    """A point: `-1.5, 2`; in as many digits as show a difference of `resolution`, `digits` at least.

    Of very many coordinates, the first and the last ones.
    """
    values = list(x)
    shown = values if len(values) <= MOST_COORDINATES else [*values[:3], *values[-1:]]
    texts = [significant(value, resolution, digits=digits) for value in shown]
    return ", ".join(texts if shown is values else [*texts[:3], "…", texts[-1]])


def listed(parts: Sequence[str], *, last: str = "and") -> str:
    """Items of a sentence: `a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}"
