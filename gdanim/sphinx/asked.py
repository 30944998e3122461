"""What a directive asks for: the words of a command line → Settings of a picture, without outputs."""

from __future__ import annotations

import shlex
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import click

from gdanim import preflight
from gdanim.catalogue.request import python_in
from gdanim.cli import parameters, parsing
from gdanim.errors import UsageError, shown
from gdanim.presets import read_preset, renamed
from gdanim.settings import SAVED, Settings
from gdanim.tables.files import beside

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TAKEN: Final = (SAVED | {"preset"}) - {"format"}  # the site decides which files there are
_COMMAND: Final = parsing.Render("gdanim", params=parameters.parameters(), add_help_option=False)


def settings_of(text: str, *, folder: Path, allow_python: bool) -> Settings:
    """The settings of a picture. Files are looked for in `folder` first. Raises UsageError, and RecipeError."""
    given = _parsed(text)
    preset = given.pop("preset", None)
    saved: Mapping[str, Any] = {} if preset is None else read_preset(beside(folder, preset))
    fields = preflight.merged(saved, renamed(given, partial(beside, folder)))
    for key, name in () if allow_python else python_in(fields):
        raise UsageError(f"{key} {shown(name)} is Python code: gdanim_allow_python = True in conf.py lets it run")
    return Settings(**fields)


def _parsed(text: str) -> dict[str, Any]:
    """The options that are given, and the preset. Raises UsageError where one is none of a picture."""
    try:
        context = _COMMAND.make_context("gdanim", shlex.split(text))
    except click.ClickException as error:
        raise UsageError(parsing.in_one_line(error)) from None
    except ValueError as error:
        raise UsageError(f"{text!r} is no command line: {error}") from None
    typed = click.core.ParameterSource.COMMANDLINE
    words = {name: value for name, value in context.params.items() if context.get_parameter_source(name) is typed}
    given = parsing.chosen(words)
    for parameter in _COMMAND.params:
        if parameter.name in given and parameter.name not in _TAKEN:
            raise UsageError(f"{parameter.opts[-1]} is for the command line: the site decides which files are written")
    return given
