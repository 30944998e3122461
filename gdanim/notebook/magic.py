"""`%load_ext gdanim`, then `%gdanim parabola --lr 0.1`: the command line in a notebook, which shows what it makes."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import click

from gdanim.api.calls import animate
from gdanim.cli import app, completion, parsing
from gdanim.errors import GdanimError, UsageError

if TYPE_CHECKING:
    from gdanim.api.animations import Animation

_FILES = ("output", "poster", "data")


def load_ipython_extension(shell: Any) -> None:
    """Give a session of IPython the line magic %gdanim, with completion of its words."""

    def gdanim(line: str) -> Animation | None:
        """Show what `gdanim LINE` would write, and write it where -o, --poster or --data name a file."""
        from IPython.core.error import UsageError as Refusal

        try:
            return run_line(line)
        except GdanimError as error:
            raise Refusal(str(error)) from None
        except click.ClickException as error:
            raise Refusal(parsing.in_one_line(error)) from None

    shell.register_magic_function(gdanim, "line", "gdanim")
    shell.set_hook("complete_command", _complete, re_key="%?gdanim")


def _complete(_: Any, event: Any) -> list[str]:
    return completions(event.text_until_cursor, event.symbol)


def run_line(line: str) -> Animation | None:
    """The animation that a line of words asks for; None where another command was asked for, which prints.

    Raises GdanimError, and ClickException where an option is not known or has no value.
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"A quotation is open in {line!r}: {error}") from None
    commands = app.gdanim.commands
    if not words or {"-h", "--help", "--version"} & set(words) or (words[0] in commands and words[0] != "render"):
        app.gdanim.main(args=words or ["--help"], prog_name="gdanim", standalone_mode=False)
        return None
    render = commands["render"]
    with render.make_context("render", words[words[0] == "render" :]) as context:
        given = dict(context.params)
    if given.pop("watch") | given.pop("serve"):
        raise UsageError("--watch and --serve go on until they are stopped: use them in a shell")
    chosen = parsing.chosen(given)
    animation = animate(**chosen)
    if any(name in chosen for name in _FILES):
        animation.save()
    return animation


def completions(line: str, symbol: str) -> list[str]:
    """What the last word of a line may become. IPython has cut it: `symbol` is the part of it that is replaced."""
    try:
        *before, word = completion.words_of(line)[1:]
        found = completion.complete(before, word, app.gdanim.commands)
    except (GdanimError, LookupError, ValueError, OSError):  # the person is typing
        return []
    kept = len(word) - len(symbol)
    return [text[kept:] for text, _ in found.words]
