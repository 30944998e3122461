"""The command line: text → Settings, and what is said and returned. The only module that prints or exits."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import click

from gdanim import __version__, interrupts
from gdanim.errors import GdanimError, SettingError, UnknownNameError, UsageError
from gdanim.settings import GROUPS, Option, Settings, options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EXIT_STRICT = 3

EPILOG = """\b
Examples:
  gdanim parabola --lr 0.1 -o out.gif
  gdanim parabola --lr 0.05 --lr 0.5 --lr 0.95 -o rates.mp4
  gdanim double-well --starts 20 --order in-turn -o wells.gif
  gdanim --preset double-well -o wells.gif -o wells.mp4
"""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit: 0 done, 1 failed, 2 the request is wrong, 3 `--strict` objects."""
    try:
        code = gdanim.main(args=arguments, prog_name="gdanim", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        interrupts.die_of_broken_pipe()
    except GdanimError as error:
        code = _complain(str(error), error.exit_code)
    except click.ClickException as error:
        code = _complain(_in_one_line(error), 2)
    except click.Abort:
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _complain(message: str, code: int) -> int:
    click.echo(f"gdanim: {' '.join(message.split())}", err=True)
    return code


def _in_one_line(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        raise_as = UnknownNameError("option", error.option_name, error.possibilities or (), see="gdanim --help")
        return str(raise_as)
    return error.format_message()


class _Setting(click.ParamType):
    """The click type of an option of Settings; the reader does the work and finds the words."""

    def __init__(self, option: Option) -> None:
        self.name = option.metavar or "value"
        self._option = option

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            read = self._option.read(value)
        except ValueError as refusal:
            raise SettingError(self._option.name, value, str(refusal)) from None
        return read[0] if self._option.many else read


class _Default(click.Group):
    """A group whose first word may also be a function: `gdanim parabola` is `gdanim render parabola`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = args and (args[0] in self.commands or args[0] in ("--help", "-h", "--version"))
        if args and not named:
            args = ["render", *args]
        return super().parse_args(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        render = self.commands["render"]
        formatter.write_usage("gdanim", "FUNCTION [OPTIONS]")
        with formatter.indentation():
            formatter.write_paragraph()
            formatter.write_text(self.help or "")
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(80)) for name, command in self.commands.items()])
        render.format_options(ctx, formatter)
        render.format_epilog(ctx, formatter)


class _Render(click.Command):
    """The command that renders. Its options stand in the groups of Settings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        groups: dict[str, list[tuple[str, str]]] = {group: [] for group in GROUPS}
        for parameter in self.params:
            record = parameter.get_help_record(ctx)
            if record is not None:
                groups[getattr(parameter, "group", GROUPS[-1])].append(record)
        for group, records in groups.items():
            with formatter.section(group):
                formatter.write_dl(records, col_max=26)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        formatter.write_text(self.epilog or "")


class _Grouped(click.Option):
    """An option of Settings, in its group."""

    def __init__(self, attribute: str, option: Option, default: Any) -> None:
        self.group = option.group
        names = [attribute, *([option.short] if option.short else []), option.name]
        shown = option.shown or ("" if default in (None, (), "", False) else f"{default}")
        told = f"{option.help}  [default: {shown}]" if shown and not isinstance(default, bool) else option.help
        if isinstance(default, bool):
            names[-1] += f"/--no-{option.name[2:]}" if default else ""
            super().__init__(names, is_flag=True, default=None, help=told)
        else:
            many = option.many or attribute == "param"
            super().__init__(
                names, type=_Setting(option), metavar=option.metavar, multiple=many, default=None, help=told
            )


@click.group(cls=_Default, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gdanim", message="%(prog)s %(version)s")
@click.pass_context
def gdanim(ctx: click.Context) -> None:
    """Render the animation of a gradient descent to a file."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _parameters() -> list[click.Parameter]:
    settings: list[click.Parameter] = [
        _Grouped(attribute, option, default) for attribute, option, default in options() if attribute != "function"
    ]
    preset = click.Option(
        ["--preset"], metavar="NAME|FILE", help="Start from a saved command line; options win over it."
    )
    return [click.Argument(["function"], required=False, metavar="FUNCTION"), *settings, preset]


def _render(function: str | None, preset: str | None, **given: Any) -> int:
    from gdanim import preflight

    saved = _saved(preset) if preset else {}
    chosen = {name: value for name, value in given.items() if value not in (None, ())}
    if function is not None:
        chosen["function"] = function
    if "param" in chosen:
        chosen["param"] = dict(saved.get("param", ())) | dict(pair for pairs in chosen["param"] for pair in pairs)
    settings = Settings(**{**saved, **chosen})
    name = _stem(preset) if preset and function is None else ""
    outputs = preflight.check(settings, name=name)
    if sys.stdout is None:
        raise UsageError("Standard output is closed")
    return _Session(settings, outputs).run()


def _saved(preset: str) -> Mapping[str, Any]:
    from gdanim.presets import read_preset

    return read_preset(preset)


def _stem(preset: str) -> str:
    from pathlib import Path

    return Path(preset).stem.replace("_", "-")


gdanim.add_command(
    _Render(
        "render",
        params=_parameters(),
        callback=_render,
        epilog=EPILOG,
        help="Render FUNCTION to a file. This is the default: `gdanim parabola`.",
        short_help="Render a function; the word may be left out.",
    )
)


@gdanim.command("list", short_help="List functions, views, formats, styles, presets.")
@click.argument("kind", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_command(kind: str | None, as_json: bool) -> None:
    """List what there is: functions, optimizers, views, formats, styles or presets."""
    from gdanim import listing

    click.echo(listing.as_json(kind) if as_json else listing.as_text(kind), nl=False)


@dataclass(frozen=True, slots=True)
class _Session:
    """One request on its way through: what is said, and the exit code."""

    settings: Settings
    outputs: Sequence[Any]

    def run(self) -> int:
        from gdanim import reporting
        from gdanim.render import descend, write

        settings = self.settings
        descent = descend(settings)
        if settings.dry_run:
            click.echo(reporting.dry_run(descent, self.outputs), nl=False)
            return self._code(descent, failed=False)
        for line in reporting.warnings(descent, self.outputs):
            self._say(line)
        with reporting.progress_bar(quiet=settings.quiet) as progress:
            written = write(descent, self.outputs, progress)
        if settings.data is not None:
            self._export(descent)
        for result in written:
            if result.error is not None:
                _complain(reporting.failure(result), 1)
            elif not settings.quiet:
                click.echo(reporting.done(descent, result), err=True)
        if settings.verbose:
            self._say(reporting.details(descent))
        if settings.json:
            click.echo(reporting.summary(descent, written), nl=False)
        self._open([result.path for result in written if result.error is None])
        return self._code(descent, failed=any(result.error is not None for result in written))

    def _say(self, line: str) -> None:
        if not self.settings.quiet:
            click.echo(line, err=True)

    def _export(self, descent: Any) -> None:
        from gdanim.replay import write_trajectory

        write_trajectory(self.settings.data, descent.trajectory, descent.optimizer.name)  # type: ignore[arg-type]

    def _open(self, paths: list[str]) -> None:
        if self.settings.open:
            for path in paths:
                if path != "-":
                    click.launch(path)

    def _code(self, descent: Any, *, failed: bool) -> int:
        if failed:
            return 1
        return EXIT_STRICT if self.settings.strict and any(o.failed for o in descent.trajectory.outcome) else 0
