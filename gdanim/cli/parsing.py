"""How click parses gdanim's command lines, and its errors in one line. Prints nothing itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import click

from gdanim import signals
from gdanim.cli import parameters
from gdanim.cli.terminal import printing
from gdanim.cli.words.given import one_dash
from gdanim.errors import UsageError, shown

COMPLETE = "_GDANIM_COMPLETE"  # the variable in which a shell that asks for words says its name
IS_WATCHED = "_GDANIM_IS_WATCHED"  # that which tells a rendering that it is one of many, see cli/watching
_Parsed = tuple[dict[str, Any], list[str], list[click.Parameter]]  # values, words left over, each option as it came
# Given to click in place of a formula that begins with a minus, which it would take for an option.
_PLACEHOLDER = "FUNCTION"


class Group(click.Group):
    """A group whose first word may also be a function: `gdanim parabola` is `gdanim render parabola`."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Parse the command line; --help and --version print at once."""
        with _dying_of_broken_pipe(), printing():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command and flush what it printed."""
        with _dying_of_broken_pipe():
            return super().invoke(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Insert the word `render` where it was left out."""
        if args and args[0] not in {*self.commands, *parameters.HELP_NAMES, "--version"}:
            _refuse_near_command(args, self.commands)
            args = ["render", *args]
        return super().parse_args(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        """The help of gdanim."""
        return parameters.help_of(ctx)


class Command(click.Command):
    """A command that refuses arguments beyond those it declares, in one line."""

    allow_extra_args = True  # click leaves them to parse_args()

    def get_help(self, ctx: click.Context) -> str:
        """The page of --help, on which each default stands on one line."""
        return parameters.with_plain_blanks(super().get_help(ctx))

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Parse the command line; --help prints at once."""
        with printing():
            return super().make_context(*args, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments. Raises UsageError where one is left over."""
        line = list(args)
        if near := one_dash(self, line):
            raise UsageError(f"Unknown option {shown(near)}. Did you mean '-{near}'? See: {_help_command(self.name)}")
        rest = self.parse_declared(ctx, args)
        if rest:
            raise UsageError(
                f"Unexpected word {shown(rest[0])}.{self.hint(line, rest[0])} See: {_help_command(self.name)}"
            )
        return rest

    def hint(self, line: Sequence[str], stray: str) -> str:
        """The sentence that helps with a word too many."""
        usage = parameters.USAGE.get(str(self.name), "")
        return " A file name that holds blanks needs quotes." if "FILE" in usage else f" Write gdanim {usage}."

    def make_parser(self, ctx: click.Context) -> Any:
        """The parser of click, which refuses options given twice."""
        parser = super().make_parser(ctx)
        vars(parser)["parse_args"] = partial(_parsed_once, parser.parse_args)
        return parser

    def parse_declared(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let click parse what the command declares; returns the arguments beyond that."""
        return super().parse_args(ctx, args)


class Render(Command):
    """The command that renders: its help is that of gdanim, and its function may begin with a minus."""

    def parse_declared(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does it, except that an unknown option that is a formula is taken as the function."""
        try:
            return super().parse_declared(ctx, list(args))
        except click.NoSuchOption as error:
            unknown = error
        from gdanim.catalogue.request import is_formula

        for place, word in enumerate(args):
            if not (word.startswith("-") and is_formula(word)):
                continue
            try:
                rest = super().parse_declared(ctx, [*args[:place], _PLACEHOLDER, *args[place + 1 :]])
            except click.NoSuchOption as error:
                unknown = error
                continue
            if ctx.params["function"] == _PLACEHOLDER:
                ctx.params["function"] = word
                return rest
        raise unknown

    def hint(self, line: Sequence[str], stray: str) -> str:
        """What was meant by a word too many."""
        from gdanim.cli.words.strays import meant_by

        return meant_by(self, line, stray) or " A formula that holds blanks needs quotes."

    def get_help(self, ctx: click.Context) -> str:
        """The help of gdanim."""
        return parameters.help_of(ctx)


def _refuse_near_command(args: Sequence[str], commands: Collection[str]) -> None:
    """Raise UsageError where the first of the words is `help`, `version` or nearly a command, and no function."""
    if not args[0].isalpha():
        return
    from gdanim.catalogue.suggestions import command_hint  # late: the catalogue is not needed for --help

    if instead := command_hint(args[0], [*commands]):
        raise UsageError(f"Unknown command {shown(args[0])}. Did you mean '{instead}'? See: gdanim --help")


def chosen(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were given, by their fields. Raises UsageError where a pair of one is given twice."""
    found = {name: value for name, value in given.items() if value not in (None, ())}
    for name in found.keys() & {"param", "columns"}:
        found[name] = _joined_pairs(name, found[name])
    return found


def _joined_pairs(option: str, given: Sequence[Sequence[tuple[str, Any]]]) -> tuple[tuple[str, Any], ...]:
    """The pairs of an option that may be repeated for more of them. Raises UsageError where a name comes twice."""
    pairs = tuple(pair for pairs in given for pair in pairs)
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"--{option} {twice} is given twice: give it once")
    return pairs


def _parsed_once(parse: Callable[..., _Parsed], args: list[str]) -> _Parsed:
    """What click parses. Raises UsageError where an option is given twice that does not repeat: the last would win."""
    parsed = parse(args=args)
    once = [given for given in parsed[2] if isinstance(given, click.Option) and not given.multiple]
    twice = next((given for given in once if once.count(given) > 1), None)
    if twice is not None:
        raise UsageError(f"{twice.opts[-1]} is given twice, and does not repeat: leave one out")
    return parsed


def in_one_line(error: click.ClickException) -> str:
    """What click found wrong, as a sentence with the command that helps."""
    context = getattr(error, "ctx", None)
    see = _help_command(context.info_name if context is not None else None)
    if isinstance(error, click.NoSuchOption):
        from gdanim.catalogue.suggestions import option_hint

        known = {name for param in context.command.params for name in param.opts} if context is not None else ()
        return f"Unknown option {shown(error.option_name)}.{option_hint(error.option_name, known)} See: {see}"
    if isinstance(error, click.BadOptionUsage):
        return f"{error.message.rstrip('.')}. See: {see}"
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return f"Name a {error.param.human_readable_name.removesuffix('...')}. See: {see}"
    return error.format_message()


def _help_command(command: str | None) -> str:
    """The command line that prints the help of a command."""
    return f"gdanim {command} --help" if command in parameters.USAGE else "gdanim --help"


@contextmanager
def _dying_of_broken_pipe() -> Iterator[None]:
    """Die by SIGPIPE where the reader of standard output has closed it: click itself would exit with 1."""
    try:
        yield
        if sys.stdout is not None:
            with printing():
                sys.stdout.flush()
    except BrokenPipeError:
        signals.die_of_broken_pipe()
