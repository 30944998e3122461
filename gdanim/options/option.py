"""An option: how one field of Settings is written, read and explained."""

from collections.abc import Callable, Iterable
from dataclasses import field, fields
from typing import Any, NamedTuple

from gdanim import readers
from gdanim.options.objects import NamedObject
from gdanim.readers import Reader


class Option(NamedTuple):
    """How one field of Settings is written.

    many    may be given several times
    shown   the default, as --help words it
    after   the field behind which --help has it; empty where it follows the one above
    pairs   of names and values: may be given several times, for more of them
    words   all that may be given, where these are a few
    name    as it is typed
    """

    group: str
    help: str
    read: Reader[Any]
    many: bool
    metavar: str = ""
    short: str = ""
    shown: str = ""
    after: str = ""
    name: str = ""
    pairs: bool = False
    words: tuple[str, ...] = ()

    def read_saved(self, value: Any) -> Any:
        """Read what a file says, which names things and holds none. Raises ValueError."""
        found = self.read(value)
        if any(isinstance(one, NamedObject) for one in (found if isinstance(found, tuple) else (found,))):
            raise ValueError("give the name of a file")
        return found


class Fields:
    """A dataclass that is told and compared by its fields.

    As dataclass would write these methods, which compiles a text of all names for each: of ninety names, it took as
    long as all else that prints --help.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        names = [one.name for one in fields(self)]  # type: ignore[arg-type]
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if isinstance(other, type(self)) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, one.name) for one in fields(self))  # type: ignore[arg-type]


def option(
    group: str,
    summary: str,
    read: Reader[Any],
    *,
    default: Any = None,
    several: bool | Callable[[Any], Iterable[Any]] = False,
    **more: Any,
) -> Any:
    """A field of Settings, which may be left out; `more` are fields of Option.

    several   whether several values may be given, or what tells them apart where not every sequence is several
    """
    words = read.words if isinstance(read, readers.Choice) else ()
    if several:
        read = readers.many(read, readers.several if several is True else several)
    elif default is None:
        read = readers.optional(read)
    written = Option(group, summary, read, bool(several), words=words, **more)
    return field(default=() if several and default is None else default, metadata={"option": written})


def part(value: Any) -> str | tuple[float, ...]:
    """Read `minimum`, or the ends of a part of the picture: `-0.5,0.5`, or `-1,1,0,2` along both axes."""
    if value == "minimum":
        return "minimum"
    ends = readers.points(value)
    if len(ends) not in (2, 4):
        raise ValueError("give minimum, or two ends or four, such as -0.5,0.5 or -1,1,0,2")
    return tuple(end for i in range(0, len(ends), 2) for end in readers.interval(ends[i : i + 2]))


def plane(value: Any) -> str:
    """Read a plane: `pca`, `ends`, or two coordinates, `x3,x7`."""
    names = [name.strip() for name in readers.text(value).split(",")]
    if names in (["pca"], ["ends"]) or (len(names) == 2 and all(names)):
        return ",".join(names)
    raise ValueError("give pca, ends, or two coordinates such as x3,x7")


def rows(value: Any) -> str:
    """Read a number of rows, or `all` of them: as text."""
    try:
        return "all" if value == "all" else str(readers.whole(least=1, most=1_000_000)(value))
    except ValueError as refusal:
        raise ValueError(f"{refusal}, or all") from None
