"""What stands on a command line already, found without a value being read: the line may be wrong, or half typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Before(NamedTuple):
    """An option with its value, and the name by which it was typed."""

    option: click.Option
    typed: str
    value: str


class Given(NamedTuple):
    """What stands on a line already.

    words     that are no options and belong to none, each with the option whose value stands directly before it
    values    of options, by the field of the parameter
    pending   the option whose value is being typed
    """

    words: tuple[tuple[str, Before | None], ...]
    values: Mapping[str, tuple[str, ...]]
    pending: click.Option | None

    @classmethod
    def of(cls, command: click.Command, line: Sequence[str]) -> Given:
        """What the words of a line are to a command."""
        words: list[tuple[str, Before | None]] = []
        values: dict[str, tuple[str, ...]] = {}
        rest, last = iter(line), None
        for word in rest:
            typed, equals, joined = word.partition("=")
            option = named(command, typed)
            if option is None:
                words.append((word, last))
                last = None
                continue
            value = joined if equals or option.is_flag else next(rest, None)
            if value is None:
                return cls(tuple(words), values, option)
            name = str(option.name)
            values[name] = (*values.get(name, ()), value)
            last = None if option.is_flag else Before(option, typed, value)
        return cls(tuple(words), values, None)


def named(command: click.Command, name: str) -> click.Option | None:
    """The option of a command with a name."""
    found = (one for one in command.params if isinstance(one, click.Option))
    return next((one for one in found if name in (*one.opts, *one.secondary_opts)), None)


def one_dash(command: click.Command, line: Sequence[str]) -> str | None:
    """The first word of a line that is the long name of an option but for a dash, such as -fps."""
    names = {name[1:] for one in command.params for name in one.opts if name.startswith("--")}
    return next((word for word, _ in Given.of(command, line).words if word.partition("=")[0] in names), None)
