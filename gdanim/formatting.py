"""Numbers and lists as parts of sentences."""

from collections.abc import Iterable, Sequence


def count(number: int, noun: str) -> str:
    """A number of things: `1 frame`, `26 frames`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def seconds(duration_s: float) -> str:
    """A duration, to the millisecond: `3.5 s`."""
    return f"{duration_s:.3f}".rstrip("0").rstrip(".") + " s"


def coordinates(x: Iterable[float], *, digits: int = 6) -> str:
    """A point: `-1.5, 2`."""
    return ", ".join(f"{value:.{digits}g}" for value in x)


def listed(parts: Sequence[str]) -> str:
    """Items of a sentence: `a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
