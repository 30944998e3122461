"""Readers: from what a person writes, on the command line, in a preset or in Python, to checked values.

Each reader takes text or a typed value and returns the typed one; it raises ValueError with a sentence that says what
is allowed. Reading a typed value again returns it unchanged.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from fractions import Fraction

from gdanim.errors import number_hint, shown, whole_hint

T = TypeVar("T")
Reader = Callable[[Any], T]

SIZE_RANGE_PX = (64, 8192)
# Ends of an axis lie within ±MAX_END, and farther apart than this share of the larger one.
MAX_END, LEAST_SHARE = 1e100, 1e-9

# Matched before Python reads a text: float() and Fraction() would accept "1_000" and digits of other scripts, and
# Fraction() would spend minutes on "1e999999999".
_DECIMAL = re.compile(r"\s*[+-]?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*", re.ASCII)
_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,18}\s*", re.ASCII)
_RATIO = re.compile(r"\s*([0-9]{1,40}(/[0-9]{1,40}|\.[0-9]{0,40})?|\.[0-9]{1,40})\s*", re.ASCII)
_BYTES = re.compile(r"\s*([0-9]{1,15}\.?[0-9]{0,15})\s*([kmg]?i?b?)\s*", re.ASCII | re.IGNORECASE)
_UNITS = {
    prefix + inner + "b" * written: (1024 if inner else 1000) ** power
    for power, prefix in enumerate(["", "k", "m", "g"])
    for inner in ("", "i")
    for written in (0, 1)
    if prefix or not inner
}
# Control characters, line separators, and the surrogates that stand for bytes that are not UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NO_LETTERS = re.compile("[\ud800-\udfff]")


def number(
    *, above: float = -math.inf, least: float = -math.inf, most: float = math.inf, below: float = math.inf
) -> Reader[float]:
    """Read a finite float with above < value < below and least ≤ value ≤ most."""
    noun = f"a{'' if math.isfinite(min(most, below)) else ' finite'} number"
    allowed = _sentence(noun, above=above, least=least, most=most, below=below)

    def read(value: Any) -> float:
        try:
            if isinstance(value, bool) or (isinstance(value, str) and not _DECIMAL.fullmatch(value)):
                raise ValueError
            found = float(value)
            if not (math.isfinite(found) and above < found < below and least <= found <= most):
                raise ValueError
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"give {allowed}{number_hint(value)}") from None
        return found

    return read


def whole(*, least: int, most: int) -> Reader[int]:
    """Read an integer with least ≤ value ≤ most."""
    allowed = _sentence("a whole number", least=least, most=most)

    def read(value: Any) -> int:
        text = value if isinstance(value, str) else "" if isinstance(value, bool) else shown(value)
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            raise ValueError(f"give {allowed}{whole_hint(text)}")
        return int(text)

    return read


def ratio(value: Any) -> Fraction:
    """Read a positive rate, exactly: 25, 29.97 or 100/7."""
    from fractions import Fraction  # late: --help needs none

    try:
        if isinstance(value, bool) or (isinstance(value, str) and not _RATIO.fullmatch(value)):
            raise ValueError
        # repr: 29.97 means the decimal that was written, not its neighbour in base two.
        found = Fraction(repr(value) if isinstance(value, float) else value)
        if not Fraction(1, 1000) <= found <= 1000:
            raise ValueError
    except (TypeError, ValueError, ZeroDivisionError):
        raise ValueError(f"give a rate from 0.001 to 1000, such as 10, 29.97 or 100/7{number_hint(value)}") from None
    return found


def point(value: Any) -> tuple[float, ...]:
    """Read finite coordinates of a point: `4.3`, `-1.5,2` or `1,0,-2`."""
    return _coordinates(value, "4.3 or -1.5,2")


def points(value: Any) -> tuple[float, ...]:
    """Read finite coordinates, however many: `-3,3`."""
    return _coordinates(value, "-3,3")


def interval(value: Any) -> tuple[float, float]:
    """Read two finite ends in rising order: `-6,6`."""
    ends = _numbers(value)
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise ValueError("give two finite numbers, the lower first, such as -6,6")
    # Beyond these, the ticks between the ends can no longer be told apart in floating point.
    largest = max(abs(ends[0]), abs(ends[1]))
    if largest > MAX_END or ends[1] - ends[0] < LEAST_SHARE * largest:
        raise ValueError(f"give ends up to {MAX_END:g}, farther apart than {LEAST_SHARE:g} of them")
    return ends[0], ends[1]


def camera(value: Any) -> tuple[float, float]:
    """Read the elevation and azimuth of a camera in degrees: `35,-60`."""
    angles = _numbers(value)
    if len(angles) != 2 or not 0 <= angles[0] <= 90 or not -360 <= angles[1] <= 360:
        raise ValueError("give ELEVATION,AZIMUTH in degrees, from 0 to 90 and from -360 to 360, such as 35,-60")
    return angles[0], angles[1]


def size(value: Any) -> tuple[int, int]:
    """Read a canvas in pixels: `640x480`."""
    least, most = SIZE_RANGE_PX
    parts = re.split("[xX×]", value) if isinstance(value, str) else several(value)
    try:
        width, height = map(whole(least=least, most=most), parts)
    except ValueError:
        raise ValueError(f"give WIDTHxHEIGHT in pixels, each from {least} to {most}, such as 640x480") from None
    return width, height


def bytes_of(value: Any) -> int:
    """Read a number of bytes: 800000, 500kB, 1.5MB or 2MiB; 1 kB is 1000 bytes, 1 KiB is 1024."""
    found = _BYTES.fullmatch(value) if isinstance(value, str) else None
    amount = float(found[1]) * _UNITS[found[2].lower()] if found else value
    try:
        return whole(least=1, most=10**12)(math.floor(amount) if isinstance(amount, float) else amount)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("give a number of bytes, such as 500kB, 1MB or 2MiB") from None


def names(value: Any) -> tuple[str, ...]:
    """Read names with commas between them, or a list of them, each once."""
    found = tuple(name.strip() for item in several(value) for name in text(item).split(","))
    if not all(found):
        raise ValueError("give names with commas between them, such as light,dark")
    return tuple(dict.fromkeys(found))


def stops(value: Any) -> tuple[str, ...]:
    """Read numbers of iterations, and `end` for the last: `0,5,20,end`; each once."""
    found = tuple(str(item).strip() for part in several(value) for item in str(part).split(","))
    if not all(re.fullmatch("0|[1-9][0-9]{0,6}|end", item) for item in found):
        raise ValueError("give numbers of iterations, and end for the last, such as 0,5,20,end")
    return tuple(dict.fromkeys(found))


class Choice:
    """Reads one of a few words, which it can tell."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def __call__(self, value: Any) -> str:
        """The word. Raises ValueError for any other."""
        if value not in self.words:
            raise ValueError(f"give one of {', '.join(self.words)}")
        return str(value)


def text(value: Any) -> str:
    """Read a text of one line."""
    if not isinstance(value, str) or len(value) > 1000 or _UNPRINTABLE.search(value):
        if isinstance(value, str) and _NO_LETTERS.search(value):
            raise ValueError("give a text of one line in UTF-8: some bytes of it are no letters")
        raise ValueError("give a text of one line, at most 1000 characters")
    return value


def flag(value: Any) -> bool:
    """Read a switch."""
    if not isinstance(value, bool):
        raise ValueError("give true or false")
    return value


def yes_or_no(value: Any) -> bool:
    """Read a switch from a word: yes, no, true or false."""
    words = {"yes": True, "true": True, "no": False, "false": False}
    found = words.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise ValueError("give yes or no")
    return found


def parameters(value: Any) -> tuple[tuple[str, float], ...]:
    """Read parameters of a function: `l=1`, several of those, or a mapping. Sorted by name; the last of a name wins."""
    pairs = value.items() if isinstance(value, Mapping) else map(_pair, several(value))
    return tuple(sorted((name, number()(amount)) for name, amount in dict(pairs).items()))


# What a column of a recorded path may be.
ROLES = ("iteration", "x1", "x2", "f", "g1", "g2", "lr", "run", "optimizer", "label", "outcome")
_ROLE = re.compile(rf"\s*(?:{'|'.join(ROLES)}|x|y)\s*=", re.ASCII)
_NEXT_ROLE = re.compile(rf",(?={_ROLE.pattern})")


def columns(value: Any) -> tuple[tuple[str, str], ...]:
    """Read what columns are: `x1=w0,f=loss`, several of those, or a mapping. A name may hold commas."""
    if isinstance(value, Mapping):
        value = [f"{role}={name}" for role, name in value.items()]
    items = [item if isinstance(item, tuple) else text(item) for item in several(value)]
    found: dict[str, str] = {}
    for item in items:
        for part in ["=".join(item)] if isinstance(item, tuple) else _NEXT_ROLE.split(item):
            role, _, name = part.partition("=")
            role = {"x": "x1", "y": "x2"}.get(role.strip(), role.strip())
            if role not in ROLES or not name.strip() or found.setdefault(role, name.strip()) != name.strip():
                raise ValueError(f"give ROLE=NAME, such as x1=w0,f=loss, each once; roles are {', '.join(ROLES)}")
    return tuple(found.items())


def several(value: Any) -> Iterable[Any]:
    """The values that a list, another sequence or an array holds; what is none of these is a value itself."""
    if getattr(value, "ndim", 0):
        value = value.tolist()
    return value if isinstance(value, Sequence) and not isinstance(value, (str, bytes)) else [value]


def several_points(value: Any) -> Iterable[Any]:
    """The same of points: a tuple of numbers is one point, as commas in a text part its coordinates."""
    is_point = isinstance(value, tuple) and len(value) > 0 and all(isinstance(one, (int, float)) for one in value)
    return [value] if is_point else several(value)


def many(read: Reader[T], split: Callable[[Any], Iterable[Any]] = several) -> Reader[tuple[T, ...]]:
    """Read one value or several; where commas part several in one text, say how several are given."""

    def read_one(item: Any) -> T:
        try:
            return read(item)
        except ValueError as refusal:
            parts = item.split(",") if isinstance(item, str) else []
            if len(parts) > 1 and all(_is_read(read, part) for part in parts):
                raise ValueError(f"{refusal}; for several, repeat the option") from None
            raise

    return lambda value: tuple(map(read_one, split(value)))


def _is_read(read: Reader[Any], value: str) -> bool:
    try:
        return read(value) is not None
    except ValueError:
        return False


def optional(read: Reader[T]) -> Reader[T | None]:
    """Read a value; None passes."""
    return lambda value: None if value is None else read(value)


def _pair(item: Any) -> tuple[str, Any]:
    if isinstance(item, tuple) and len(item) == 2:
        return item
    name, equals, amount = str(item).partition("=")
    if not equals or not re.fullmatch("[A-Za-z_][A-Za-z_0-9]{0,30}", name.strip()):
        raise ValueError("give NAME=NUMBER, such as l=1")
    return name.strip(), amount


def _coordinates(value: Any, such_as: str) -> tuple[float, ...]:
    if coordinates := _numbers(value):
        return coordinates
    raise ValueError(f"give finite coordinates, such as {such_as}")


def _numbers(value: Any) -> tuple[float, ...]:
    """Numbers from `1,2` or a list; empty where one of them is not a finite number."""
    read = number()
    try:
        return tuple(read(item) for item in (value.split(",") if isinstance(value, str) else several(value)))
    except ValueError:
        return ()


def _sentence(noun: str, *, least: float, most: float, above: float = -math.inf, below: float = math.inf) -> str:
    bounds = [f"above {above:g}"] if math.isfinite(above) else []
    if math.isfinite(least) and math.isfinite(most):
        bounds.append(f"from {least:g} to {most:{',.15g' if most >= 10_000 else 'g'}}")
    elif math.isfinite(least):
        bounds.append("of 0 or more" if least == 0 else f"of at least {least:g}")
    elif math.isfinite(most):
        bounds.append(f"up to {most:g}")
    if math.isfinite(below):
        bounds.append(f"below {below:g}" if not bounds else f"and below {below:g}")
    return " ".join([noun, *bounds])
