"""What may stand next on a command line: what the shells ask for when the tab key is pressed.

The scripts of cli/shells.py call gdanim with what was typed as arguments, and say which shell it is in a variable of
the environment (parsing.COMPLETE). The answer is a line that says how to go on, and then a line for each word.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from gdanim.cli.terminal import put
from gdanim.cli.words.given import Given, named
from gdanim.errors import GdanimError
from gdanim.settings import options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gdanim.catalogue.specs import Rule

FILES, OPEN, WORDS = "files", "open", "words"  # file names may stand there, too; no blank follows a word; neither
_SEPARATORS: Final = "|&;()"  # of commands on one line
_IN_FILES: Final = ("optimizers", "schedules", "styles")  # a person may have some of their own
Described = tuple[str, str]  # a word, and what it means


class Answer(NamedTuple):
    """The words that may stand there, each with its meaning, and how to go on."""

    words: tuple[Described, ...] = ()
    mode: str = WORDS


def answer(shell: str, arguments: Sequence[str], commands: Mapping[str, click.Command]) -> None:
    """Print what may stand where the cursor is. Whatever goes wrong, nothing is printed: the person is typing."""
    try:
        breaks = arguments[1] if shell == "bash" else ""
        *before, word = words_of(arguments[0])[1:] if shell == "bash" else arguments
        found = complete(before, word, commands)
    except (GdanimError, LookupError, ValueError, OSError):
        return
    cut = max((word.rfind(sign) for sign in breaks if sign in ":="), default=-1) + 1
    lines = [text[cut:] if shell == "bash" else f"{text}\t{meaning}" for text, meaning in found.words]
    put("".join(f"{line}\n" for line in (found.mode, *lines)))


def words_of(line: str) -> list[str]:
    """The words of the last command in a line of a shell up to the cursor, the one that is being typed last."""
    for closing in ("", '"', "'"):
        lexer = shlex.shlex(line + closing, posix=True, punctuation_chars=_SEPARATORS)
        lexer.whitespace_split, lexer.commenters = True, ""
        try:
            words = list(lexer)
        except ValueError:  # a quotation is open
            continue
        begun = 1 + max((i for i, word in enumerate(words) if word and not word.strip(_SEPARATORS)), default=-1)
        return [*words[begun:], *([""] if not closing and line[-1:].isspace() and line[-2:-1] != "\\" else [])]
    raise ValueError(line)


def complete(before: Sequence[str], word: str, commands: Mapping[str, click.Command]) -> Answer:
    """What `word` may become behind the words `before` it, gdanim's own name left out."""
    if not before and not word.startswith("-"):
        known = [(name, command.get_short_help_str(60)) for name, command in commands.items()]
        return _beginning(word, [*known, *_functions()], FILES)
    name = before[0] if before and before[0] in commands else "render"
    command = commands[name]
    given = Given.of(command, before[1:] if before and before[0] in commands else before)
    if given.pending is not None:
        return _value(given.pending, word, given)
    option, equals, value = word.partition("=")
    if equals and (parameter := named(command, option)) is not None:
        found = _value(parameter, value, given)
        return Answer(tuple((f"{option}={text}", meaning) for text, meaning in found.words), found.mode)
    if word.startswith("-"):
        return _beginning(word, _option_names(command, given))
    return _argument(name, word, given)


def _option_names(command: click.Command, given: Given) -> list[Described]:
    """The long names of the options that may still be given."""
    fresh = [
        one
        for one in command.params
        if isinstance(one, click.Option) and (one.multiple or str(one.name) not in given.values)
    ]
    names = [(name, one.help or "") for one in fresh for name in (*one.opts, *one.secondary_opts)]
    return [described for described in names if described[0].startswith("--")] + [("--help", "Show help.")]


def _argument(command: str, word: str, given: Given) -> Answer:
    """A word that belongs to no option."""
    from gdanim.cli.shells import SCRIPTS

    match command:
        case "render":
            return Answer() if given.words else _beginning(word, _functions(), FILES)
        case "list":
            return Answer() if given.words else _beginning(word, [(kind, "") for kind in _kinds()])
        case "completion":
            return _beginning(word, [(shell, "") for shell in SCRIPTS])
    return Answer(mode=FILES)


def _value(parameter: click.Option, word: str, given: Given) -> Answer:
    """The value of an option."""
    name = str(parameter.name)
    table = {attribute: option for attribute, option, _ in options()}
    if name in table and table[name].words:
        return _beginning(word, [(value, "") for value in table[name].words])
    if name in _VALUES:
        return _VALUES[name](word, given)
    metavar = parameter.metavar or ""
    return Answer(mode=FILES if "FILE" in metavar or "PATH" in metavar else WORDS)


def _beginning(word: str, described: Iterable[Described], mode: str = WORDS) -> Answer:
    """Those of some words that begin as `word` does; only without any the mode counts: names go before files."""
    found = tuple(one for one in described if one[0].startswith(word))
    return Answer(found, WORDS if found else mode)


def _kinds() -> list[str]:
    from gdanim.catalogue.registry import KINDS

    return [*KINDS, "presets"]


def _functions() -> list[Described]:
    from gdanim.catalogue.registry import FUNCTIONS
    from gdanim.models.named import MODELS

    rows = [(name.replace("_", "-"), FUNCTIONS[name].formula) for name in FUNCTIONS]
    return [*rows, *MODELS.items()]


def _rows(kind: str) -> Callable[[str, Given], Answer]:
    """Completes with the names of a registry."""

    def found(word: str, given: Given) -> Answer:
        from gdanim.catalogue.registry import KINDS

        rows = [(name.replace("_", "-"), getattr(row, "summary", "")) for name, row in KINDS[kind].items()]
        return _beginning(word, rows, FILES if kind in _IN_FILES else WORDS)

    return found


def _rules(kind: str) -> Callable[[str, Given], Answer]:
    """Completes `NAME:KEY=VALUE,…`: names, and behind the colon the hyperparameters."""

    def found(word: str, given: Given) -> Answer:
        name, colon, hyperparameters = word.partition(":")
        if not colon:
            return _rows(kind)(word, given)
        from gdanim.catalogue.registry import KINDS

        rule: Rule = KINDS[kind][name.replace("-", "_")]
        set_already, comma, begun = hyperparameters.rpartition(",")
        taken = {part.partition("=")[0] for part in set_already.split(",")}
        fresh = [one.name for one in rule.hyperparameters if one.name not in taken and one.name.startswith(begun)]
        return Answer(tuple((f"{name}:{set_already}{comma}{key}=", "") for key in fresh), OPEN)

    return found


def _presets(word: str, given: Given) -> Answer:
    from gdanim.catalogue.registry import presets

    return _beginning(word, [(name, "") for name in presets()], FILES)


def _parameter(word: str, given: Given) -> Answer:
    """The parameters of the function."""
    from gdanim.catalogue.registry import FUNCTIONS

    row = FUNCTIONS[given.words[0][0].replace("-", "_")]
    found = _beginning(word, [(f"{name}=", f"{value:g}") for name, value in row.parameters])
    return Answer(found.words, OPEN)


def _columns(word: str, given: Given) -> Answer:
    """The columns of the table of --points."""
    from gdanim.models.points import columns_of
    from gdanim.tables.reading import open_table

    with open_table(str(Path(given.values["points"][-1]).expanduser())) as table:
        return _beginning(word, [(name, "") for name in columns_of(table)])


def _themes(word: str, given: Given) -> Answer:
    """Styles, parted by commas."""
    before, comma, begun = word.rpartition(",")
    found = _rows("styles")(begun, given)
    return Answer(tuple((f"{before}{comma}{name}", meaning) for name, meaning in found.words))


_VALUES: Final[Mapping[str, Callable[[str, Given], Answer]]] = {
    "optimizer": _rules("optimizers"),
    "schedule": _rules("schedules"),
    "view": _rows("views"),
    "style": _rows("styles"),
    "format": _rows("formats"),
    "themes": _themes,
    "preset": _presets,
    "param": _parameter,
    "target": _columns,
}
