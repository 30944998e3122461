"""The man page, made from the commands themselves: `python tests/house/test_manual.py` writes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from gdanim.cli import app
from gdanim.cli.parameters import ABOUT, EPILOG, USAGE, Parameter
from gdanim.settings import GROUPS, __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ENVIRONMENT = {
    "NO_COLOR": "If it is not empty, messages have no colours.",
    "CLICOLOR_FORCE": "If it is neither empty nor 0, messages have colours also where they go into a file.",
    "CLICOLOR": "If it is 0, messages have no colours.",
    "COLUMNS": "How many letters a line of help, lists and progress has, in place of the terminal's width.",
}


def manual() -> str:
    """The page in the language of man(7)."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    commands = app.gdanim.commands
    yield '.\\" Made by tests/house/test_manual.py from the commands: change those.'
    yield f'.TH GDANIM 1 "" "gdanim {__version__}" "User Commands"'
    sentence, _, about = ABOUT.partition("\n")
    yield from [".SH NAME", f"gdanim \\- {_text(sentence[0].lower() + sentence[1:].rstrip('.'))}", ".SH SYNOPSIS"]
    for place, usage in enumerate(("FUNCTION [OPTIONS]", *USAGE.values())):
        yield from [".br"] * (place > 0)
        yield f"\\fBgdanim\\fR {_usage(usage)}"
    yield from [".SH DESCRIPTION", *_paragraphs(about), ".SH OPTIONS"]
    options = [one for one in commands["render"].params if isinstance(one, Parameter)]
    for group in GROUPS:
        yield f".SS {_text(group)}"
        yield from _options(one for one in options if one.group == group)
    yield ".SH COMMANDS"
    for name, usage in USAGE.items():
        yield f".SS gdanim {_text(usage)}"
        yield from _paragraphs(commands[name].help or "")
        yield from _options(one for one in commands[name].params if isinstance(one, click.Option))
    examples, _, codes = EPILOG.partition("\n\n")
    yield from [".SH EXAMPLES", ".nf", *(_text(line.strip()) for line in examples.splitlines()[2:]), ".fi"]
    yield from [".SH EXIT STATUS", *(line.removeprefix("Exit codes: ") for line in _paragraphs(codes))]
    yield ".SH ENVIRONMENT"
    for variable, meaning in ENVIRONMENT.items():
        yield from [".TP", f"\\fB{variable}\\fR", _text(meaning)]
    yield from [".SH SEE ALSO", "\\fBffmpeg\\fR(1), \\fBmake\\fR(1)"]


def _options(options: Iterable[click.Option]) -> Iterator[str]:
    for option in options:
        names = [f"\\fB{_text(name)}\\fR" for name in (*option.opts, *option.secondary_opts)]
        value = "" if option.is_flag else f" \\fI{_text(option.metavar or 'TEXT')}\\fR"
        shown = option.shown if isinstance(option, Parameter) else _shown(option)
        yield from [".TP", f"{', '.join(names)}{value}"]
        yield from _sentence(f"{option.help}{f'  Default: {shown}.' if shown else ''}")


def _shown(option: click.Option) -> str:
    given = option.show_default
    return given if isinstance(given, str) else str(option.default) if given else ""


def _paragraphs(text: str) -> Iterator[str]:
    for place, paragraph in enumerate(filter(None, text.strip().split("\n\n"))):
        yield from [".PP"] * (place > 0)
        yield from _sentence(" ".join(paragraph.split()))


def _sentence(text: str) -> Iterator[str]:
    """A sentence a line, as man(7) wants them; what stands in backquotes is bold."""
    for sentence in re.split(r"(?<=[.;:]) +(?=[A-Z`])", re.sub(" +", " ", text)):
        parts = sentence.split("`")
        yield "".join(f"\\fB{_text(part)}\\fR" if i % 2 else _text(part) for i, part in enumerate(parts))


def _usage(usage: str) -> str:
    return re.sub(r"[A-Z]{2,}", lambda word: f"\\fI{word[0]}\\fR", _text(usage))


def _text(text: str) -> str:
    """A text of which groff takes nothing for its own: hyphens may be pasted, a dot begins no command."""
    safe = text.replace("\\", "\\e").replace("-", "\\-").replace("^", "\\(ha").replace("~", "\\(ti")
    safe = safe.replace("'", "\\(aq").replace("`", "\\(ga")
    return f"\\&{safe}" if safe.startswith((".", "'")) else safe
