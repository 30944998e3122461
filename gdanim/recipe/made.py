"""The table [made] of a recipe: a trajectory in short, so that `gdanim check` can say where one drifted.

gdanim       the version that made the file
lacks        where the file cannot be made again: `python`, or `size`
python       of such a file, the digest of the Python code that made it (portable.py)
digest       sha256 over `last` (runs,), int64, and x (runs, n+1, d), float64, little-endian, in C order
runs         how many there were; the others are of as many of them as MAX_NUMBERS allows, evenly spread:
last         the index of the last finite point of each
outcome      how each ended, or the one way in which all did
end          where each ended, to the last bit; of very many variables, the first MOST_VARIABLES of them
iterations   0, 1 and every tenth, or every 20th, 30th, … where there were many
x            where each run was at these iterations, to 12 digits, in the same variables

Nothing in it tells where, when or by whom the file was made, so that a file that is made again carries the same.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Index, Vector
from gdanim.descent.trajectory import Trajectory
from gdanim.errors import UsageError
from gdanim.settings import MAX_ITERATIONS, __version__
from gdanim.tables.mapped import let_go

MAX_NUMBERS: Final = 1000  # coordinates in a recipe
MOST_VARIABLES: Final = 50
ENDS_SHARE: Final = 0.2  # of these
ITERATIONS_STEP: Final = 10
HASHED_AT_ONCE: Final = 1 << 20  # numbers


class Made(NamedTuple):
    """A trajectory in short, see the module; arrays are of the runs (m,) that are listed."""

    digest: str
    runs: int
    last: Index  # (m,)
    stop: tuple[str, ...]  # (m,)
    end: Vector  # (m, d)
    iterations: Index  # (k,)
    x: Vector  # (m, k, d)

    @property
    def listed(self) -> Index:
        """Which runs (m,) are listed."""
        return listed_runs(self.runs, len(self.last))


def summary_of(trajectory: Trajectory) -> Made:
    """The trajectory in short."""
    n_listed, iterations = _sampling(trajectory)
    runs, x = listed_runs(trajectory.runs, n_listed), trajectory.x[..., :MOST_VARIABLES]
    last, stop = trajectory.last[runs], tuple(trajectory.stop[run].name for run in runs)
    ends, points = x[runs, last], x[np.ix_(runs, iterations)]
    return Made(digest(trajectory), trajectory.runs, last, stop, ends, iterations, points)


def digest(trajectory: Trajectory) -> str:
    """The digest of the whole trajectory, see the module."""
    found = hashlib.sha256(trajectory.last.astype("<i8").tobytes())
    runs, rows, dim = trajectory.x.shape
    step = max(HASHED_AT_ONCE // (rows * dim), 1)
    for begin in range(0, runs, step):
        for part in _pieces(trajectory.x[begin : begin + step]):
            found.update(part.astype("<f8", order="C").tobytes())
            let_go(trajectory.x)
    return f"sha256:{found.hexdigest()}"


def _pieces(x: Vector) -> Iterator[Vector]:
    """Points (m, n+1, d) as they are; of one long run, some rows at a time."""
    together = max(HASHED_AT_ONCE // x.shape[2], 1)
    if len(x) > 1 or x.shape[1] <= together:
        yield x
    else:
        yield from (x[0, row : row + together] for row in range(0, x.shape[1], together))


def _sampling(trajectory: Trajectory) -> tuple[int, Index]:
    """How many runs are listed, and at which iterations: as many as keep within MAX_NUMBERS."""
    runs, rows, dim = trajectory.x[..., :MOST_VARIABLES].shape
    n_listed = min(runs, int(ENDS_SHARE * MAX_NUMBERS) // dim)
    most = int((1 - ENDS_SHARE) * MAX_NUMBERS) // (n_listed * dim) - 1  # beside iteration 1
    step = ITERATIONS_STEP * -(-rows // (ITERATIONS_STEP * most))
    return n_listed, np.array(sorted({*range(0, rows, step), min(1, rows - 1)}))


def listed_runs(runs: int, n_listed: int) -> Index:
    """Which of the runs (n_listed,) a recipe lists: evenly spread, so that all methods of a race are among them."""
    return np.arange(n_listed) * runs // n_listed


def write_made(made: Made, lacks: str = "", python: str = "") -> str:
    """The table [made]; `lacks` and `python` are left out where they are empty."""
    stop = made.stop[:1] if len(set(made.stop)) == 1 else made.stop
    lines = {
        "gdanim": f'"{__version__}"',
        **({"lacks": f'"{lacks}"'} if lacks else {}),
        **({"python": f'"{python}"'} if python else {}),
        "digest": f'"{made.digest}"',
        "runs": str(made.runs),
        "last": _listed(map(str, made.last.tolist())),
        "outcome": _listed(f'"{name}"' for name in stop),
        "end": _listed(_point(end, "{!r}") for end in made.end.tolist()),
        "iterations": _listed(map(str, made.iterations.tolist())),
        "x": _listed((_listed(_point(at, "{:.12g}") for at in path) for path in made.x.tolist()), ",\n  "),
    }
    return "\n[made]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())


def _point(coordinates: Sequence[float], form: str) -> str:
    """A number, or the pair of a point in a plane."""
    numbers = [form.format(value) for value in coordinates]
    return numbers[0] if len(numbers) == 1 else _listed(numbers)


def _listed(items: Iterable[Any], separator: str = ", ") -> str:
    return f"[{separator.join(items)}]"


def read_made(table: Mapping[str, Any], source: str) -> Made:
    """The table [made] of a file from anywhere. Raises UsageError where write_made() cannot have written it."""
    try:
        last, iterations = _counts(table["last"]), _counts(table["iterations"])
        stop = tuple(map(str, table["outcome"]))
        stop = stop * len(last) if len(stop) == 1 else stop
        end = _numbers(table["end"]).reshape(len(last), -1)
        x = _numbers(table["x"]).reshape(len(last), len(iterations), -1)
        made = Made(str(table["digest"]), int(table["runs"]), last, stop, end, iterations, x)
        if len(made.stop) != len(last) or len(last) > made.runs or made.end.shape[1] != made.x.shape[2]:
            raise ValueError("its parts do not fit")
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        raise UsageError(f"{source} carries a recipe whose table [made] is damaged") from None
    return made


def _numbers(value: Any) -> NDArray[np.float64]:
    """Finite numbers, at least one. Raises TypeError, ValueError or OverflowError."""
    numbers = np.array(value, dtype=np.float64)
    if not numbers.size or not np.isfinite(numbers).all():
        raise ValueError("no finite numbers")
    return numbers


def _counts(value: Any) -> Index:
    """Numbers of iterations (m,). Raises as _numbers does."""
    numbers = _numbers(value)
    if numbers.ndim != 1 or not ((numbers >= 0) & (numbers <= MAX_ITERATIONS)).all():
        raise ValueError("no numbers of iterations")
    return numbers.astype(np.int64)
