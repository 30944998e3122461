"""Edges: minima at the edge of where a function has values, as sqrt(x) has one at 0."""

from typing import Final

import numpy as np

from gdanim.arrays import Flags, Scalar, Vector
from gdanim.objectives.objective import Functions
from gdanim.objectives.rings import EPS

BISECTIONS: Final = 100
READABLE: Final = 12  # digits of the interval: an edge at 0 is found as a number that is a little larger
# Shares of a distance at which f has to be higher than at the edge, ever more.
INWARD: Final = (1e-10, 1e-5, 1e-1)
POLE: Final = 0.5  # of what f rises on the last, more than that on the first: f falls without end
MOST_SEARCHED: Final = 4  # the lowest
RING_STEPS, SMALLEST = 80, 1e-10  # of a search in two variables; in cells
ANGLES, HALVINGS = 32, 50  # of a ring, and of the angle between a point with a value and one without
RADII: Final = (0.2, 1.0)  # cells about what was found, where f has to be higher all around
JITTER: Final = 8  # rounding errors of x
BESIDE: Final = 1e-9  # share of the width: a point without a value so near shows an edge


def minima_at_edges(functions: Functions, ticks: list[Scalar], f: Scalar, cell: Vector) -> Vector:
    """Minimizers (m, d) at edges of the domain, for f (n,) or (n, n) on a grid of some ticks (n,), cells (d,) apart.

    Of two variables, isolated ones only: no line of an edge along which f is level.
    """
    with np.errstate(all="ignore"):
        if functions.dim == 1:
            found = edges_between(functions, *_crossings(ticks[0], np.isfinite(f)))
            return found[:, np.newaxis]
        return _corners(functions, ticks, f, cell)


def edges_between(functions: Functions, inside: Scalar, outside: Scalar) -> Scalar:
    """Where f, of one variable, is lowest at its last value between points with (m,) and without one (m,): (k,)."""
    far = inside - outside
    edge = _last_inside(functions, inside[:, np.newaxis], outside[:, np.newaxis])[:, 0]
    # 3/10 and not 3·0.1 is the number that people write.
    per_unit = 10.0 ** np.clip(READABLE - np.ceil(np.log10(np.abs(far))), -300, 300)
    plain = np.round(edge * per_unit) / per_unit
    # Any other number without a value beside the edge may be the edge but for rounding.
    is_open = np.isinf(_values(functions, plain)) & (plain == 0)
    edge = np.where(_values(functions, plain) <= _values(functions, edge), plain, edge)
    rise = np.stack([_values(functions, edge + share * far) for share in INWARD]) - _values(functions, edge)
    lowest: Flags = (rise[0] >= 0) & (np.diff(rise, axis=0) > 0).all(axis=0) & np.isfinite(rise[-1])
    found: Scalar = edge[lowest & ~is_open & (rise[0] <= POLE * rise[-1])]
    return found


def _last_inside(functions: Functions, inside: Vector, outside: Vector) -> Vector:
    """The last points with a value on the ways from points with one (m, d) to points without (m, d)."""
    for _ in range(BISECTIONS if len(inside) else 0):
        middle = inside + (outside - inside) / 2
        has_value = np.isfinite(functions.value(middle))[:, np.newaxis]
        inside, outside = np.where(has_value, middle, inside), np.where(has_value, outside, middle)
    return inside


def are_at_edges(functions: Functions, x: Vector, width: Vector) -> Flags:
    """Whether f has no value just beside points (m, d), of a picture so wide (d,): (m,)."""
    ways = np.stack([*np.diag(width), *-np.diag(width)])
    with np.errstate(all="ignore"):
        beside = functions.value(x[:, np.newaxis] + BESIDE * ways)
    return np.asarray(~np.isfinite(beside).all(axis=1))


def is_lowest_at_edge(functions: Functions, ticks: list[Scalar], f: Scalar) -> bool:
    """Whether f (n,) or (n, n), on a grid of some ticks (n,), is lowest beside a point without a value, and ends there.

    It does not where it falls without end.
    """
    finite = np.isfinite(f)
    if finite.all() or not finite.any():
        return False
    at = np.unravel_index(np.argmin(np.where(finite, f, np.inf)), f.shape)
    here = np.array([tick[k] for tick, k in zip(ticks, at, strict=True)])
    steps = np.array([tick[1] - tick[0] for tick in ticks])
    ways = np.concatenate([np.diag(steps), -np.diag(steps)])
    with np.errstate(all="ignore"):
        outside = here + ways[~np.isfinite(functions.value(here + ways))]
        inside = np.broadcast_to(here, outside.shape)
        edge = _last_inside(functions, inside, outside)
        low, near, far = (functions.value(edge + share * (inside - edge)) for share in (0.0, INWARD[0], 1.0))
        return len(edge) > 0 and bool(np.all((near - low <= POLE * (far - low)) & (low > -np.inf)))


def _crossings(tick: Scalar, known: Flags) -> tuple[Scalar, Scalar]:
    """The points with a value (m,), and those without (m,), between which values end."""
    first = np.flatnonzero(known[1:] != known[:-1])
    here, after = tick[first], tick[first + 1]
    return np.where(known[first], here, after), np.where(known[first], after, here)


def _values(functions: Functions, x: Scalar) -> Scalar:
    """f of one variable at points (m,), infinite where there is none."""
    return _finite_or_high(functions.value(x[:, np.newaxis]))


def _beside_others(flags: Flags) -> Flags:
    """Which points of a grid have a flag or have a neighbour with one, corner to corner too."""
    found = flags.copy()
    for axis in range(flags.ndim):
        along = np.moveaxis(found, axis, 0)
        before = along.copy()
        along[1:] |= before[:-1]
        along[:-1] |= before[1:]
    return found


def _corners(functions: Functions, ticks: list[Scalar], f: Scalar, cell: Vector) -> Vector:
    """The isolated minimizers (m, 2) at edges of two variables, by rings that shrink about the lowest point seen."""
    finite = np.isfinite(f)
    filled = np.pad(np.where(finite, f, np.inf), 1, constant_values=np.inf)
    around = np.lib.stride_tricks.sliding_window_view(filled, (3, 3)).min(axis=(2, 3))
    at = np.argwhere(finite & _beside_others(~finite) & (f <= around))
    at = at[np.argsort(f[tuple(at.T)], kind="stable")[:MOST_SEARCHED]]
    x = np.stack([tick[at[:, axis]] for axis, tick in enumerate(ticks)], axis=1)
    f_at, radius = functions.value(x), np.ones(len(x))
    for _ in range(RING_STEPS if len(x) else 0):
        there, lowest = _lowest_on_ring(functions, x, radius, cell)
        lower = lowest < f_at - 2 * EPS * np.abs(f_at)
        x, f_at = np.where(lower[:, np.newaxis], there, x), np.where(lower, lowest, f_at)
        radius = np.where(lower, radius, radius / 8)
        if np.all(radius < SMALLEST):
            break
    strict = are_at_edges(functions, x, cell)
    noise = _rounding(functions, x, f_at, cell)
    for share in RADII if len(x) else ():
        strict &= _lowest_on_ring(functions, x, np.full(len(x), share), cell)[1] > f_at + noise
    return x[strict]


def _rounding(functions: Functions, x: Vector, f: Scalar, cell: Vector) -> Scalar:
    """What f (m,) may be wrong by at points x (m, 2) of an edge, at which roots of rounding errors are seen: (m,)."""
    ways = _at_angles(2 * np.pi * np.arange(ANGLES) / ANGLES)
    around = functions.value(x[:, np.newaxis] + JITTER * EPS * (np.abs(x) + cell)[:, np.newaxis] * ways)
    return np.asarray(4 * np.nanmax(np.abs(around - f[:, np.newaxis]), axis=1, initial=0.0) + 64 * EPS * np.abs(f))


def _at_angles(angle: Scalar) -> Vector:
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def _lowest_on_ring(functions: Functions, x: Vector, radius: Scalar, cell: Vector) -> tuple[Vector, Scalar]:
    """The lowest points with values on ellipses about points x (m, 2), and f there: (m, 2), (m,)."""
    angle = 2 * np.pi * np.arange(ANGLES) / ANGLES
    half = radius[:, np.newaxis] * cell
    points = x[:, np.newaxis] + half[:, np.newaxis] * _at_angles(angle)
    known = np.isfinite(functions.value(points))
    for way in (1, -1):  # the last points with values beside those without one, both ways round
        row, place = np.nonzero(known & ~np.roll(known, -way, axis=1))
        inside, outside = angle[place], angle[place] + way * 2 * np.pi / ANGLES
        for _ in range(HALVINGS if len(row) else 0):
            middle = (inside + outside) / 2
            has_value = np.isfinite(functions.value(x[row] + half[row] * _at_angles(middle)))
            inside, outside = np.where(has_value, middle, inside), np.where(has_value, outside, middle)
        points[row, place] = _lower(functions, points[row, place], x[row] + half[row] * _at_angles(inside))
    f = _finite_or_high(functions.value(points))
    row, place = np.arange(len(x)), f.argmin(axis=1)
    return points[row, place], f[row, place]


def _lower(functions: Functions, x: Vector, other: Vector) -> Vector:
    """Of two points each (m, d), the one that is lower."""
    return np.where((functions.value(other) < functions.value(x))[:, np.newaxis], other, x)


def _finite_or_high(f: Scalar) -> Scalar:
    return np.where(np.isfinite(f), f, np.inf)
