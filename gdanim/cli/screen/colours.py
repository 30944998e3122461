"""Colours of messages: whether a stream takes them, and the one that is used."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TextIO

HEAD: Final = "gdanim:"  # of a message, which is what is coloured


def takes_colours(stream: TextIO | Any, variables: Mapping[str, str] = os.environ) -> bool:
    """Whether a stream is written in colours: NO_COLOR forbids them, CLICOLOR_FORCE wants them, CLICOLOR=0 does not.

    Else a terminal takes them, unless it is a dumb one. See no-color.org and bixense.com/clicolors.
    """
    if variables.get("NO_COLOR"):
        return False
    if variables.get("CLICOLOR_FORCE", "0") != "0":
        return True
    is_terminal = stream is not None and stream.isatty() and variables.get("TERM") != "dumb"
    return is_terminal and variables.get("CLICOLOR") != "0"


def with_head(line: str, colour: str) -> str:
    """A message whose head is in a colour; another line as it is."""
    return click.style(HEAD, fg=colour, bold=True) + line[len(HEAD) :] if line.startswith(HEAD) else line
