"""An option: how one field of Settings is written, read and explained."""

from dataclasses import field
from typing import Any, NamedTuple

from gdanim import readers
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


def option(
    group: str, summary: str, read: Reader[Any], *, default: Any = None, several: bool = False, **more: Any
) -> Any:
    """A field of Settings, which may be left out; `more` are fields of Option."""
    words = read.words if isinstance(read, readers.Choice) else ()
    read = readers.many(read) if several else readers.optional(read) if default is None else read
    written = Option(group, summary, read, several, words=words, **more)
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
