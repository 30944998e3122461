"""The JSON schemas of presets and of job files, made from the table of options when they are asked for.

What a key takes is found by asking its reader: of which types of JSON it reads some sample, and between which bounds it
reads numbers. So the schemas cannot differ from what gdanim reads, but for one thing: numbers stand without quotes.
"""

import math
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from gdanim.batch.jobfile import NAMES, PRESET
from gdanim.errors import UnknownNameError
from gdanim.options.option import Option
from gdanim.readers import Reader
from gdanim.settings import SAVED, options

Schema = dict[str, Any]
_HUGE: Final = 1e18  # beyond, a number has no bound that a person would meet
FILE: Final = "gdanim-presets.schema.json"  # where --dry-run looks for one, to name it
_SIGN: Final = -1 << 63  # of the bits of a float

DIALECT: Final = "http://json-schema.org/draft-07/schema#"  # the newest that editors of TOML read
# One for each way in which some option is written.
_TEXTS: Final = (
    "a",
    "pca",
    "minimum",
    "640x480",
    "100/7",
    "1MB",
    "all",
    "end",
    "light,dark",
    "-6,6",
    "35,-60",
    "l=1",
    "x1=w0",
)
_NUMBERS: Final = (1, 5, 100, 0.5)
_LISTS: Final = ([1], [100, 200], [1, 2], [-1, 1, 0, 2])
_OBJECTS: Final[Sequence[tuple[Any, str]]] = (({"l": 1}, "number"), ({"x1": "w0"}, "string"))


def schema_of(kind: str) -> Schema:
    """The schema of `presets` or of `jobs`. Raises UnknownNameError."""
    if kind not in _KINDS:
        raise UnknownNameError("schema", kind, _KINDS, see="gdanim list presets --schema, gdanim list jobs --schema")
    return {"$schema": DIALECT, **_KINDS[kind](), "definitions": dict(_definitions())}


def _preset() -> Schema:
    files = {"type": "object", "additionalProperties": {"type": "string"}, "description": "Contents of files by name."}
    made = {"type": "object", "description": "What made the file that this was taken from."}
    return {"title": "A preset of gdanim", **_table({"made": made, "files": files})}


def _jobs() -> Schema:
    text: Schema = {"type": "string", "minLength": 1}
    names: Schema = {"output": _or_list(text, minItems=1)} | dict.fromkeys(NAMES[1:], text)
    defaults = _table({PRESET: {**text, "description": "What all jobs start from: a name or a file."}})
    lists = {key: {"type": "array", "minItems": 1, "items": ref} for key, ref in _references().items()}
    rows = {"type": "array", "items": _table({}) | {"minProperties": 1}}
    tables = {"defaults": defaults, "matrix": _closed(lists), "include": rows, "exclude": rows}
    return {"title": "Jobs of gdanim batch", **_closed({**names, **tables})}


_KINDS: Final[Mapping[str, Callable[[], Schema]]] = {"presets": _preset, "jobs": _jobs}


def _table(more: Schema) -> Schema:
    """A table of the keys of a preset, and of some more."""
    return _closed({**_references(), **more})


def _closed(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _references() -> Schema:
    return {key: {"$ref": f"#/definitions/{key}"} for key, _ in _definitions()}


def _definitions() -> Iterator[tuple[str, Schema]]:
    """What each key of a preset takes."""
    for attribute, option, default in options():
        if attribute in SAVED:
            shown = option.shown or ("" if default in (None, (), "") else str(default))
            described = {"description": f"{option.help}{f' Default: {shown}.' if shown else ''}"}
            yield option.name.lstrip("-"), described | _value(option)


def _value(option: Option) -> Schema:
    """What one key takes: one value, or a list of them where the option may be given several times."""
    if option.words:
        return {"enum": list(option.words)}
    if option.many:
        return _or_list(_form(lambda value: option.read_saved([value])))
    return _form(option.read_saved)


def _or_list(one: Schema, **more: Any) -> Schema:
    return {"anyOf": [one, {"type": "array", "items": one, **more}]}


def _form(read: Reader[Any]) -> Schema:
    """The types of JSON that a reader takes, and their bounds."""
    tables = [kind for sample, kind in _OBJECTS if _reads(read, sample)]
    found = [
        *_plain(read),
        *_lists(read),
        *({"type": "object", "additionalProperties": {"type": kind}} for kind in tables),
    ]
    return found[0] if len(found) == 1 else {"anyOf": found}


def _plain(read: Reader[Any]) -> Iterator[Schema]:
    if _reads(read, True):
        yield {"type": "boolean"}
    numbers = [number for number in _NUMBERS if _reads(read, number)]
    if numbers:
        yield {"type": "number" if 0.5 in numbers else "integer", **_bounds(read, numbers[0], 0.5 not in numbers)}
    if any(_reads(read, text) for text in _TEXTS):
        yield {"type": "string"}


def _lists(read: Reader[Any]) -> Iterator[Schema]:
    sizes = {len(sample) for sample in _LISTS if _reads(read, sample)}
    if any(_reads(read, [text, text]) for text in _TEXTS):
        yield {"type": "array", "items": {"type": ["string", "integer"] if sizes else "string"}}
    elif sizes:
        kind = "number" if any(_reads(read, [number + 0.5 for number in sample]) for sample in _LISTS) else "integer"
        yield {"type": "array", "items": {"type": kind}, "minItems": min(sizes), **_most(read, max(sizes))}


def _most(read: Reader[Any], size: int) -> Schema:
    """The longest list, where there is one."""
    return {} if _reads(read, [*range(1, 9)]) else {"maxItems": size}


def _bounds(read: Reader[Any], inside: float, whole: bool) -> Schema:
    """The bounds of the numbers that a reader takes, one of which is `inside`."""
    low, high = (_last(read, inside, way, whole) for way in (-1, 1))
    found: Schema = {}
    if low == math.ulp(0.0):
        found["exclusiveMinimum"] = 0
    elif abs(low) < _HUGE:
        found["minimum"] = _plainly(low)
    return found | ({"maximum": _plainly(high)} if high < _HUGE else {})


def _last(read: Reader[Any], inside: float, way: int, whole: bool) -> float:
    """The last number that a reader takes on the way down or up from one that it takes, found by halving."""
    number = (lambda steps: inside + way * steps) if whole else (lambda steps: _float_at(_place(inside) + way * steps))
    taken, refused = 0, int(_HUGE) if whole else abs(way * _place(math.inf) - _place(inside))
    while refused - taken > 1:
        middle = (taken + refused) // 2
        taken, refused = (middle, refused) if _reads(read, number(middle)) else (taken, middle)
    return number(taken)


def _place(number: float) -> int:
    """The place of a float among all floats, in rising order; 0 is that of 0."""
    (bits,) = struct.unpack(">q", struct.pack(">d", number))
    return int(bits) if bits >= 0 else -(bits & ~_SIGN)


def _float_at(place: int) -> float:
    (number,) = struct.unpack(">d", struct.pack(">q", abs(place)))
    return math.copysign(number, place)


def _plainly(number: float) -> float:
    return int(number) if float(number).is_integer() else number


def _reads(read: Reader[Any], value: Any) -> bool:
    """Whether a reader takes a value."""
    try:
        read(value)
    except (ValueError, TypeError):
        return False
    return True
