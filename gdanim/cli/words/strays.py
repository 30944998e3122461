"""What a person meant by a word that belongs nowhere on a command line, as what to type in place of it."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any, Final

import click

from gdanim.catalogue.registry import FUNCTIONS, OPTIMIZERS, SCHEDULES, STYLES, Registry, presets
from gdanim.catalogue.suggestions import option_for
from gdanim.cli.words.given import Given
from gdanim.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gdanim.cli.words.given import Before

_NUMBER: Final = re.compile(r"[0-9]*\.?[0-9]+(e-?[0-9]+)?")
_PAIR: Final = re.compile(r"[A-Za-z_]\w*=\S+")
_RULES: Final[Mapping[str, Registry[Any]]] = {"optimizer": OPTIMIZERS, "schedule": SCHEDULES}
_TEXTS: Final = ("title", "xlabel", "ylabel")
_DANGEROUS: Final = frozenset('"$`!\\')  # between the double quotes of a shell


def meant_by(command: click.Command, line: Sequence[str], stray: str) -> str:
    """The sentence that says what to type where `stray` was left over of a line; empty where nothing is certain."""
    words = Given.of(command, line).words
    before = next((last for word, last in reversed(words) if word == stray), None)
    found = _joined_to(before, stray) if before is not None else []
    found = found or _whole([word for word, _ in words], stray) or _alone(stray)
    if not found and _is_function(stray):
        return " One function is drawn at a time."
    quoted = " or ".join(f"'{text}'" for text in found)
    return f" Did you mean {quoted}?" if found else ""


def _joined_to(before: Before, stray: str) -> list[str]:
    """What a word is to the value of the option before it: one more value, or a part that commas join to it."""
    option, typed, value = before.option, before.typed, before.value.rstrip(",")
    name = str(option.name)
    repeated, joined = f"{typed} {value} {typed} {stray}", f"{typed} {value},{stray}"
    if name in _RULES:
        if _PAIR.fullmatch(stray):
            return [joined if ":" in value else f"{typed} {value}:{stray}"]
        return [repeated] if stray.partition(":")[0].replace("-", "_") in _RULES[name] else []
    if name in _TEXTS:
        return [f"{typed} {_quoted(f'{value} {stray}')}"]
    if name in {"style", "themes"}:
        return [repeated if option.multiple else joined] if stray in STYLES else []
    if not _NUMBER.fullmatch(stray.lstrip("-")) and not _PAIR.fullmatch(stray) and stray != "end":
        return []
    can_repeat = option.multiple and _takes(option, stray)
    return [*([joined] if _takes(option, f"{value},{stray}") else []), *([repeated] if can_repeat else [])]


def _takes(option: click.Option, text: str) -> bool:
    try:
        option.type(text)
    except (UsageError, click.ClickException):
        return False
    return True


def _whole(words: Sequence[str], stray: str) -> list[str]:
    """A whole command in place of a word that is no function, and one that is or that names a preset."""
    if _is_function(words[0]):
        return []
    if stray in presets() and words[0] in {"preset", "presets"}:
        return [f"gdanim --preset {stray}"]
    if _is_function(stray):
        return [f"gdanim {stray}"]
    from gdanim.formula.parser import parse

    formula = " ".join(words)
    try:
        parse(formula)
    except UsageError:
        return []
    return [f"gdanim {_quoted(formula)}"]


def _is_function(word: str) -> bool:
    return word.replace("-", "_") in FUNCTIONS.names()


def _alone(stray: str) -> list[str]:
    """An option with a word as its value."""
    if _NUMBER.fullmatch(stray):
        return [f"--lr {stray}"]
    if _PAIR.fullmatch(stray):
        return [f"-p {stray}"]
    option = option_for(stray)
    options = ("--trajectory", "--points") if option == "--trajectory" else (option,)
    return [f"{option} {stray}" for option in options if option]


def _quoted(text: str) -> str:
    """A text as one word of a shell, between double quotes where they suffice: the sentence has single ones."""
    return shlex.quote(text) if _DANGEROUS & set(text) else f'"{text}"'
