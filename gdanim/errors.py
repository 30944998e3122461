"""Errors, each with an exit code. Only cli/app.py turns one into a message and an exit.

GdanimError                 1  it failed while running
├── UsageError              2  the request is wrong
│   ├── SettingError           a value that an option does not take
│   ├── UnknownNameError       no such function, format, view, …; names the nearest known one
│   ├── FormulaError           a formula that cannot be read, or that gdanim refuses
│   ├── DomainError            the descent would start where the function has no value
│   └── TargetError            an output path that cannot be written
├── CallableError           1  a person's own Python code failed, or left; says where
├── RecipeError             1  a file carries a recipe that does not suffice to make it again
├── PluginError             1  an installed package's code failed, or gave what is of no use; names the package
├── ClusterError            1  a scheduler or its workers cannot do a batch, or are gone
└── OutputError             1  the file could not be finished; the old one, if any, stands
    └── EncoderError           the encoder failed, or its file is not what was sent

A run that diverges ends with a Stop (descent/trajectory.py) and is drawn; it is not an error. Exit code 3, of
--strict, is cli/app.py's.
"""

from collections.abc import Collection, Iterable
from typing import Final

MAX_TEXT: Final = 200  # characters of an exception's text that a message repeats
_LONGEST_NUMBER: Final = 40  # characters of a number for which another spelling is advised
_PACKAGE: Final = __file__.removesuffix("errors.py")


class GdanimError(Exception):
    """Base of all errors that gdanim raises on purpose. The text is one line for a person."""

    exit_code = 1


class GdanimWarning(UserWarning):
    """What a person should know about a picture; nothing failed. The text is one line."""


class UsageError(GdanimError):
    """The request is wrong: nothing was rendered, nothing was written."""

    exit_code = 2


class SettingError(UsageError):
    """An option, preset key or argument has a value outside what it takes."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        self.name, self.value, self.allowed = name, value, allowed
        super().__init__(f"{name} {shown(value)}: {allowed}")


class UnknownNameError(UsageError):
    """A name that no registry holds. Suggests the nearest known ones, else all where they are few, and the command
    that lists them.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str], *, see: str = "", few: bool = False) -> None:
        self.kind, self.name = kind, name
        names = tuple(known)
        near = " or ".join(f"'{meant}'" for meant in equally_near(name, names))
        hint = f" Did you mean {near}?" if near else f" Give one of {', '.join(names)}." if few else ""
        super().__init__(f"Unknown {kind} {shown(name)}.{hint}" + (f" See: {see}" if see else ""))


class FormulaError(UsageError):
    """A formula that cannot be read, or that gdanim refuses to evaluate."""


class DomainError(UsageError):
    """The function has no finite value or gradient at a start."""


class TargetError(UsageError):
    """An output path that cannot be written."""


class CallableError(GdanimError):
    """Python code that a person pointed at raised. The text names their file and line; __cause__ is what it raised."""


class NoRecipeError(UsageError):
    """A file carries no recipe."""


class RecipeError(GdanimError):
    """A file carries a recipe that does not suffice to make it again. The text names the file and what it lacks."""


class PluginError(GdanimError):
    """Code of an installed package raised, or gave what is of no use. The text names the package and what it added."""


class ClusterError(GdanimError):
    """A scheduler or its workers cannot do a batch, or do not answer any more. What was finished is whole."""


class OutputError(GdanimError):
    """The file could not be finished. What stood at the path before still stands there."""


class EncoderError(OutputError):
    """The encoder failed, or the file it made does not hold the frames that were sent."""


def unforeseen(error: BaseException) -> str:
    """Why something failed that should not have, in one line: what the machine refused, else where gdanim is wrong."""
    if isinstance(error, MemoryError):
        return "there is not enough memory. Try a smaller --size, or fewer runs or iterations"
    if isinstance(error, FileNotFoundError) and not error.filename:  # only getcwd() names no file
        return "the working folder does not exist any more. Change to another one"
    if isinstance(error, OSError):
        name = f": {shown(error.filename)}" if error.filename else ""
        return f"{error.strerror or error}{name}"
    if isinstance(error, ImportError):
        return f"a library cannot be loaded: {' '.join(str(error).split())[:MAX_TEXT]}"
    from traceback import walk_tb

    steps = [(frame.f_code.co_filename, number) for frame, number in walk_tb(error.__traceback__)]
    ours = [f"{file[len(_PACKAGE) :]}:{number}" for file, number in steps if file.startswith(_PACKAGE)]
    text = " ".join(str(error).split())[:MAX_TEXT]
    where = f" ({ours[-1]})" if ours else ""
    return f"a fault of gdanim's own: {type(error).__name__}: {text}{where}. Please report it with the command line"


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known name that differs from `name` in two letters that changed places, or resembles it most, by difflib's
    ratio; None where none reaches the cutoff.
    """
    import difflib

    key, by_key = _key(name), {_key(candidate): candidate for candidate in known}
    near = [other for other in by_key if _is_swapped(key, other)]
    near = near or difflib.get_close_matches(key, by_key, n=1, cutoff=cutoff)
    return by_key[near[0]] if near else None


def _is_swapped(one: str, other: str) -> bool:
    """Whether two neighbouring letters changed places: adma is adam, though it has more of adamax."""
    places = [i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    return sorted(one) == sorted(other) and len(places) == 2 and places[1] == places[0] + 1


def equally_near(name: str, known: Collection[str]) -> list[str]:
    """The known names that resemble `name` as much as the nearest one: `beta` is no more beta2 than beta1."""
    import difflib

    near = nearest(name, known)
    if near is None:
        return []
    likeness = {each: difflib.SequenceMatcher(None, _key(each), _key(name)).ratio() for each in known}
    return [each for each in known if likeness[each] == likeness[near]]


def _key(name: str) -> str:
    return name.lower().replace("-", "_")


def number_hint(value: object) -> str:
    """What to write in place of a number with a comma in it, or with a unit; empty of other values."""
    import re

    text = value if isinstance(value, str) and len(value) <= _LONGEST_NUMBER else ""
    if found := re.fullmatch(r"\s*([+-]?[0-9]+),([0-9]+)\s*", text):
        return f"; decimals have a point: {found[1]}.{found[2]}"
    found = re.fullmatch(r"\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*[A-Za-z]{1,6}\s*", text)
    return f"; write the number alone: {found[1]}" if found else ""


def whole_hint(text: str) -> str:
    """What to write in place of a whole number with an exponent or with marks between its digits; empty of others."""
    try:
        number = float("".join(sign for sign in text[:_LONGEST_NUMBER] if sign not in ",_' "))
    except ValueError:
        return number_hint(text)
    spelt = f"{number:.0f}"
    return f"; write {spelt}" if number.is_integer() and abs(number) < 1e15 and spelt != text.strip() else ""


def shown(value: object) -> str:
    """`value` as a message quotes it: on one line, printable, cut short where it is long."""
    try:
        text = repr(value) if isinstance(value, str) else str(value)
    except ValueError:  # Python writes no longer numbers; hexadecimal ones it reads
        return "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:45]}… ({len(text)} characters)"
