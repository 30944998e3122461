"""The options of Settings as parameters of click, and the layout of --help."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import click

from gdanim import readers
from gdanim.cli import terminal
from gdanim.errors import SettingError
from gdanim.readers import Reader, T
from gdanim.settings import GROUPS, options

if TYPE_CHECKING:
    from gdanim.options.option import Option

ABOUT = """\
Render the animation of a gradient descent to a file.

FUNCTION is a name from `gdanim list functions`, a formula in x or in x and y, or a Python function as FILE.py:NAME.
It may be left out where --preset names one. With --points it is a model that is fitted to data.
"""

EPILOG = """\
\b
Examples:
  gdanim parabola --lr 0.1 -o out.gif
  gdanim parabola --lr 0.05 --lr 0.5 --lr 0.95 -o rates.mp4
  gdanim "x**4 - 3*x**2 + x" -o formula.gif
  gdanim double-well --starts 20 --order in-turn -o a.gif
  gdanim --preset double-well -o wells.gif -o wells.mp4

Exit codes: 0 done; 1 it failed while running; 2 the request is wrong; 3 with --strict, a run diverged or left the
domain.
"""

# What a person sees who types the name alone.
FIRST_STEPS = {
    "gdanim parabola --lr 0.1 -o out.gif": "a function, a rate, a file",
    'gdanim "x^4 - 3x^2 + x" -o mine.gif': "a formula of yours",
    "gdanim parabola --lr 0.1 --lr 1.05 -o rates.gif": "several rates, one too large",
    "gdanim rosenbrock -O adam -O lbfgs -o race.mp4": "a race of methods",
    "gdanim linear -o fit.gif": "a line that finds its points",
    "gdanim --preset double-well -o wells.gif": "a picture somebody composed",
}
WHAT_ELSE = "What there is: gdanim list. Options: gdanim --help. What works: gdanim doctor."

PRESET_HELP = "Start from a saved command line, or from a file that gdanim made; options win."
WATCH_HELP = "Render again whenever a file that is read changes."
SERVE_HELP = "With --watch, show the .html at an address of this machine alone, always as it is now."
HELP_NAMES = ("-h", "--help")
LEAST_WHOLE = 72  # characters, in which each default finds room on one line
MAX_WIDTH = 100  # characters; lines of text are hard to follow beyond

# textwrap breaks lines at plain spaces and hyphens only: these stand for them where a line must not end.
_UNBROKEN = str.maketrans(" -", "\N{NO-BREAK SPACE}\N{NON-BREAKING HYPHEN}")
_PLAIN = {unbroken: plain for plain, unbroken in _UNBROKEN.items()}
# The commands beside render, as --help shows their usage.
USAGE = {
    "batch": "batch FILE... [OPTIONS]",
    "list": "list [KIND] [--json | --schema]",
    "recipe": "recipe FILE",
    "check": "check FILE... [OPTIONS]",
    "doctor": "doctor",
    "completion": "completion SHELL",
}
_NO_SHORT = "    "
_DEFAULT = re.compile(r"\[default: \(?([^])]*)\)?\]$")


class Parameter(click.Option):
    """An option with its group in --help. shown: the default as --help shows it, or empty."""

    def __init__(self, *names: str, group: str, shown: str = "", **keywords: Any) -> None:
        self.group, self.shown = group, shown
        super().__init__(names, **keywords)

    def explained(self, *, whole: bool) -> tuple[str, str]:
        """The two columns of --help: `-n, --iterations N` and the sentence with its default, which stays on one line
        where `whole`.
        """
        long, short = self.opts[-1], self.opts[0] if len(self.opts) > 1 else ""
        name = long.replace("--", "--[no-]", 1) if self.secondary_opts else long
        value = f" {self.metavar}" if self.metavar and not self.is_flag else ""
        default = f"[default: {self.shown}]" if self.shown else ""
        if whole:
            default = default.translate(_UNBROKEN)
        text = "  ".join(filter(None, [_keep_commands_whole(self.help or ""), default]))
        return f"{short}, {name}{value}" if short else f"{_NO_SHORT}{name}{value}", text


class Own(click.Option):
    """An option of a command beside render, whose default stands on one line of --help, in no brackets but its own."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The two columns of --help."""
        if (record := super().get_help_record(ctx)) is None:
            return None
        name, text = record
        return name, _DEFAULT.sub(lambda found: f"[default: {found[1]}]".translate(_UNBROKEN), text)


def parameters() -> list[click.Parameter]:
    """The parameters of `gdanim render` in the order of --help. Those that are not given are None or ()."""
    found: list[click.Parameter] = []
    for attribute, option, default in options():
        if attribute == "function":
            found.append(click.Argument([attribute], required=False, metavar="FUNCTION"))
            continue
        if attribute == "dry_run":
            found.append(Parameter("--preset", group="Output", metavar="NAME|FILE", help=PRESET_HELP))
            found.append(Parameter("--watch", group="Output", is_flag=True, help=WATCH_HELP))
            found.append(Parameter("--serve", group="Output", is_flag=True, help=SERVE_HELP))
        found.append(_parameter(attribute, option, default))
    return found


def _parameter(attribute: str, option: Option, default: Any) -> Parameter:
    names = [attribute, *([option.short] if option.short else []), option.name]
    keywords: dict[str, Any] = {"group": option.group, "default": None, "help": option.help}
    if isinstance(default, bool):
        names[-1] += f"/--no-{option.name[2:]}" if default else ""
        return Parameter(*names, is_flag=True, shown=option.shown, **keywords)
    type_ = type_for(option.name, (lambda value: option.read(value)[0]) if option.many else option.read)
    keywords |= {"type": type_, "metavar": option.metavar, "multiple": option.many or option.pairs}
    return Parameter(*names, shown=option.shown or _shown(default), **keywords)


def type_for(name: str, reader: Reader[T]) -> Callable[[str], T]:
    """The type of an option for click. It raises SettingError with the option's name where the reader refuses."""

    def read(value: str) -> T:
        try:
            return reader(value)
        except ValueError as refusal:
            raise SettingError(name, value, str(refusal)) from None

    return read


def _shown(default: Any) -> str:
    return "" if default in (None, ()) else f"{default:g}" if isinstance(default, float) else str(default)


def first_steps(width: int) -> str:
    """Commands to begin with, in lines of so many letters: with what they make where there is room for it."""
    longest = max(map(len, FIRST_STEPS))
    beside = width >= longest + max(map(len, FIRST_STEPS.values())) + len("    ")
    steps = (f"  {command:{longest}}  {made}" if beside else f"  {command}" for command, made in FIRST_STEPS.items())
    what_else = textwrap.wrap(WHAT_ELSE, min(width, MAX_WIDTH))
    return "\n".join([ABOUT.partition(".")[0] + ":", "", *steps, "", *what_else]) + "\n"


def help_of(ctx: click.Context) -> str:
    """The help of gdanim, from whichever command it is asked: its usage, all options by group, the other commands."""
    formatter = click.HelpFormatter(width=max(min(terminal.width(), MAX_WIDTH) - 2, 50))
    commands = cast("click.Group", ctx.find_root().command).commands
    formatter.write_usage("gdanim", "FUNCTION [OPTIONS]")
    for usage in USAGE.values():
        formatter.write_usage("gdanim", usage, prefix=" " * len("Usage: "))
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(_keep_commands_whole(ABOUT))
    groups: dict[str, list[tuple[str, str]]] = {group: [] for group in GROUPS}
    for parameter in commands["render"].params:
        if isinstance(parameter, Parameter):
            groups[parameter.group].append(parameter.explained(whole=formatter.width >= LEAST_WHOLE))
    groups["Commands"] = [
        (usage.removesuffix(" [--json | --schema]"), commands[name].get_short_help_str(100))
        for name, usage in USAGE.items()
    ]
    groups["Help"] = [("-h, --help", "Show this page."), (f"{_NO_SHORT}--version", "Show the version.")]
    width = max(len(term) for records in groups.values() for term, _ in records)
    for group, records in groups.items():
        with formatter.section(group):
            formatter.write(_in_columns(records, width, formatter.width))
    formatter.write_paragraph()
    formatter.write_text(_keep_commands_whole(EPILOG))
    return with_plain_blanks(formatter.getvalue()).rstrip("\n")


def with_plain_blanks(page: str) -> str:
    """A page of help whose lines have been broken: blanks and hyphens at which none might end are plain again."""
    return page.translate(_PLAIN)


def _in_columns(records: list[tuple[str, str]], term_width: int, width: int) -> str:
    """Terms and, beside them, what they are, wrapped. As click has it, which looks for colours in every letter."""
    indent = "\n" + " " * (term_width + 4)
    wrapper = textwrap.TextWrapper(max(width - term_width - 4, 10))
    return "".join(f"  {term:{term_width}}  {indent.join(wrapper.wrap(text))}\n" for term, text in records)


def _keep_commands_whole(text: str) -> str:
    """The text, in which no line will end within `a command in backquotes`."""
    parts = text.split("`")
    return "`".join(part.translate(_UNBROKEN) if i % 2 else part for i, part in enumerate(parts))


Command = Callable[..., int]


def batch_options(command: Command) -> Command:
    """Add the parameters of `gdanim batch` to its function, in the order of its help."""
    given: list[Callable[[Command], Command]] = [
        click.argument("files", metavar="FILE...", nargs=-1, required=True),
        _own("-o", "--output", "Write this, such as out/{preset}.gif, in place of what FILE says.", metavar="PATH",
            multiple=True),
        _own("-j", "--jobs", "Render N at a time.", "workers", metavar="N", show_default="one a core",
            type=type_for("--jobs", readers.whole(least=1, most=1024)), default=None),
        _own("--scheduler", "Render on the workers of this Dask scheduler, such as tcp://host:8786.", metavar="ADDRESS",
            default=""),
        _own("--scheduler-file", "The same, of the scheduler that wrote this file.", metavar="PATH", default=""),
        _own("--shared", "Let workers write into the working folder, which all of them see.", is_flag=True),
        _own("--any-version", "Let workers have other versions of what draws.", is_flag=True),
        _own("--patience", "Give up after so long without a worker.", metavar="SECONDS", default="60",
            show_default=True, type=type_for("--patience", readers.number(above=0))),
        _own("--force", "Render all, also what is current.", is_flag=True),
        _own("--fail-fast", "Stop at the first job that fails.", is_flag=True),
        _own("--dry-run", "Print what each job is: new, changed or current; write nothing.", is_flag=True),
        _own("--list", "Print the outputs; write nothing.", "list_", is_flag=True),
        _own("--index", "Write a page that shows all pictures.", "index_path", metavar="PATH", default=""),
        _own("--depfile", "Write what each output is made from, for make and ninja.", "depfile_path", metavar="PATH",
            default=""),
        _own("--shard", "Take the K-th of N parts of the jobs.", metavar="K/N", default="1/1",
            type=type_for("--shard", _shard)),
        _own("--strict", "Exit with 3 if a run diverges or leaves the domain.", is_flag=True),
        _own("--json", "Print a line of JSON for each job.", is_flag=True),
        _own("--allow-outside", "Let a job file write outside the working folder.", is_flag=True),
        _own("--allow-python", "Let a job file name Python code.", is_flag=True),
        _own("-q", "--quiet", "Print errors only.", is_flag=True),
    ]  # fmt: skip
    for option in reversed(given):
        command = option(command)
    return command


def _own(*texts: str, **keywords: Any) -> Callable[[Command], Command]:
    """An option of a command beside render: its names, its help, and where it has one the name of its value."""
    names = [text for text in texts if text.startswith("-")]
    summary, *called = texts[len(names) :]
    return click.option(*names, *called, cls=Own, help=summary, **keywords)


def _shard(value: Any) -> tuple[int, int]:
    """Read which of how many parts: `3/16`, counted from 1."""
    first, slash, parts = str(value).partition("/")
    if not (slash and first.isdecimal() and parts.isdecimal() and 1 <= int(first) <= int(parts) <= 1_000_000):
        raise ValueError("give which of how many parts, such as 3/16")
    return int(first), int(parts)
