"""How click reads the words of gdanim's commands, and what it says about wrong ones. Prints nothing of its own."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from gdanim import signals
from gdanim.cli import parameters
from gdanim.errors import OutputError, UnknownNameError, UsageError, shown
from gdanim.objectives import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

# What click reads where a formula stands that begins with a minus: no word that a person would write.
_STAND_IN = "FUNCTION"


class Group(click.Group):
    """A group whose first word may also be a function: `gdanim parabola` is `gdanim render parabola`."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the words; --help and --version print at once."""
        with _reader_may_leave(), printing():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and see what it printed on its way."""
        with _reader_may_leave():
            return super().invoke(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put in the word `render` where it was left out."""
        if args and args[0] not in {*self.commands, *parameters.HELP_NAMES, "--version"}:
            args = ["render", *args]
        return super().parse_args(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        """The help of the whole."""
        return _help(ctx)


class Command(click.Command):
    """A command that takes no more words than it names."""

    allow_extra_args = True  # so that we are asked about them
    of_blanks = "A file name that holds blanks needs quotes."

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the words; --help prints at once."""
        with printing():
            return super().make_context(*args, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words. Raises UsageError where one is left over."""
        rest = self.parse_words(ctx, args)
        if rest:
            raise UsageError(f"Unexpected word {shown(rest[0])}. {self.of_blanks} See: {_page(self.name)}")
        return rest

    def parse_words(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let click sort the words into options and arguments; returns those that are neither."""
        return super().parse_args(ctx, args)


class Render(Command):
    """The command that renders: its help is that of the whole, and its function may begin with a minus."""

    of_blanks = "A formula that holds blanks needs quotes."

    def parse_words(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, but what it knows as no option and can be read as a formula is the function."""
        try:
            return super().parse_words(ctx, list(args))
        except click.NoSuchOption as error:
            unknown = error
        for place, word in enumerate(args):
            if not (word.startswith("-") and kinds.is_formula(word)):
                continue
            try:
                rest = super().parse_words(ctx, [*args[:place], _STAND_IN, *args[place + 1 :]])
            except click.NoSuchOption as error:
                unknown = error
                continue
            if ctx.params["function"] == _STAND_IN:
                ctx.params["function"] = word
                return rest
        raise unknown

    def get_help(self, ctx: click.Context) -> str:
        """The help of the whole."""
        return _help(ctx)


def _help(ctx: click.Context) -> str:
    """The help of the whole, whichever command is asked for it."""
    group = ctx.find_root().command
    formatter = ctx.make_formatter()
    if isinstance(group, Group):
        others = {words: group.commands[name].get_short_help_str(100) for name, words in parameters.USAGE.items()}
        parameters.write_help(formatter, ctx, group.commands["render"], others)
    return parameters.printed(formatter.getvalue()).rstrip("\n")


def in_one_line(error: click.ClickException) -> str:
    """Say in our words what click found wrong."""
    context = getattr(error, "ctx", None)
    page = _page(context.info_name if context is not None else None)
    if isinstance(error, click.NoSuchOption):
        return str(UnknownNameError("option", error.option_name, error.possibilities or (), see=page))
    if isinstance(error, click.BadOptionUsage):
        return f"{error.message.rstrip('.')}. See: {page}"
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return f"Name a {error.param.human_readable_name.removesuffix('...')}. See: {page}"
    return error.format_message()


def _page(command: str | None) -> str:
    """What prints the help of a command."""
    return f"gdanim {command} --help" if command in parameters.USAGE else "gdanim --help"


@contextmanager
def _reader_may_leave() -> Iterator[None]:
    """Die by SIGPIPE where the reader of our output went away. Inside of click, which would make it an exit 1."""
    try:
        yield
        if sys.stdout is not None:
            with printing():
                sys.stdout.flush()
    except BrokenPipeError:
        signals.die_of_broken_pipe()


@contextmanager
def printing() -> Iterator[None]:
    """Name standard output where it cannot take what is printed inside."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"Cannot write standard output: {error.strerror}") from None
