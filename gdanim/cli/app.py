"""The command line: text → Settings, and what is said and returned. The only module that exits."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import click

from gdanim import formatting, readers
from gdanim.cli import parameters, parsing
from gdanim.cli.terminal import columns, complain, folded, put, put_lines, say, speak_utf8
from gdanim.errors import GdanimError
from gdanim.settings import __version__

if TYPE_CHECKING:
    from gdanim.batch.state import State
    from gdanim.catalogue.request import Request
    from gdanim.descent.descend import Descent
    from gdanim.outputs import Written

EXIT_STRICT = 3


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit: 0 done, 1 failed, 2 the request is wrong, 3 `--strict` objects."""
    speak_utf8()
    if shell := os.environ.get(parsing.COMPLETE):
        from gdanim.cli import completion

        completion.answer(shell, sys.argv[1:] if arguments is None else arguments, gdanim.commands)
        sys.exit(0)
    try:
        code = gdanim.main(args=arguments, prog_name="gdanim", standalone_mode=False)
    except GdanimError as error:
        code = complain(str(error), error.exit_code)
    except click.ClickException as error:
        code = complain(parsing.in_one_line(error), 2)
    except click.Abort:
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


@click.group(
    cls=parsing.Group,
    invoke_without_command=True,
    context_settings={"help_option_names": parameters.HELP_NAMES, "max_content_width": parameters.MAX_WIDTH},
)
@click.version_option(__version__, prog_name="gdanim", message="%(prog)s %(version)s")
@click.pass_context
def gdanim(ctx: click.Context) -> None:
    """Render the animation of a gradient descent to a file."""
    if ctx.invoked_subcommand is None:
        width = columns(sys.stdout)
        put(ctx.get_help() + "\n" if width is None else parameters.first_steps(width))


def _render(preset: str | None, watch: bool, serve: bool, **given: Any) -> int:
    from gdanim import preflight
    from gdanim.api.asked import asked, files_at_fault

    chosen = parsing.chosen(given)
    settings, name = asked(preset, chosen)
    with files_at_fault():
        request = preflight.resolve(settings, name=name, preset=preset)
    if (watch or serve) and parsing.IS_WATCHED not in os.environ:
        from gdanim.cli.watching.watched import watch_request

        return watch_request(request, preset, lambda: asked(preset, chosen).settings, watch=watch, serve=serve)
    return _run(request)


_SHORT_HELP = "Render a function; the word may be left out."
gdanim.add_command(parsing.Render("render", params=parameters.parameters(), callback=_render, short_help=_SHORT_HELP))


@gdanim.command("list", cls=parsing.Command, short_help="List functions, optimizers, formats and all else there is.")
@click.argument("kind", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--schema", is_flag=True, help="Print the JSON schema of `presets` or of `jobs`, the files of batches.")
def list_command(kind: str | None, as_json: bool, schema: bool) -> None:
    """List what there is of a KIND, or of all: functions, families of any dimension, models for --points, optimizers,
    schedules, views, formats, styles, presets. Of presets and jobs there is a --schema.
    """
    if schema:
        from gdanim.batch.schema import schema_of

        put(formatting.as_json(schema_of(kind or "presets")))
        return
    from gdanim.cli import listing

    put(listing.as_json(kind)) if as_json else put_lines(listing.as_text(kind, columns(sys.stdout)).splitlines())
    for line in listing.broken(kind):
        complain(line, 0)


@gdanim.command("recipe", cls=parsing.Command, short_help="Print what a file was made from, as a preset.")
@click.argument("file")
def recipe_command(file: str) -> None:
    """Print the recipe that FILE carries: a preset from which `--preset` makes it again. `-` is standard input."""
    from gdanim.presets import preset_in

    put(preset_in(file))


@gdanim.command("check", cls=parsing.Command, short_help="Solve files' recipes again, and compare.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--tolerance",
    cls=parameters.Own,
    type=parameters.type_for("--tolerance", readers.number(least=1e-11)),  # iterates are carried to 12 digits
    default="1e-9",
    show_default=True,
    metavar="REL",
    help="Take numbers for the same that are no farther apart, relative to max(1, |x|).",
)
@click.option("-q", "--quiet", is_flag=True, help="Print only what is not the same.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each FILE.")
@click.option("--pass-others", is_flag=True, help="Pass over files that carry no recipe.")
def check_command(files: tuple[str, ...], tolerance: float, *, quiet: bool, as_json: bool, pass_others: bool) -> int:
    """Solve the recipe of each FILE again and compare the trajectory with what the file says of it.

    Exit codes: 0 all are the same; 1 one has drifted, or cannot be made again; 2 one carries no recipe.
    """
    from gdanim.cli.checking import checked

    codes = set()
    for answer in filter(None, (checked(file, tolerance, pass_others=pass_others) for file in files)):
        codes.add(answer.code)
        if as_json:
            put(answer.as_json())
        elif answer.is_error:
            complain(answer.message, answer.code)
        elif answer.code or not quiet:
            put_lines([answer.message])
    return min(codes - {0}, default=0)


@gdanim.command("batch", cls=parsing.Command, short_help="Render job files and presets, only what is not there yet.")
@parameters.batch_options
def batch_command(files: tuple[str, ...], **given: Any) -> int:
    """Render what each FILE describes, a job file or a preset, in several processes, and only what is not there yet.

    Exit codes: 0 done; 1 some failed; 2 a file is wrong, and nothing ran; 3 with --strict, a run diverged or left the
    domain.
    """
    from gdanim.batch.jobs import Wanted
    from gdanim.cli import batch
    from gdanim.cli.asked import Asked

    wanted = Wanted(**{name: given.pop(name) for name in Wanted._fields})
    listed, planned = given.pop("list_"), given.pop("dry_run")
    if listed:
        return batch.listed(files, wanted)
    if planned:
        return batch.planned(files, wanted, force=given["force"])
    return batch.run(files, wanted, Asked(**given))


@gdanim.command("doctor", cls=parsing.Command, short_help="Say what works here: versions, fonts, every format.")
def doctor_command() -> int:
    """Say what works on this machine, a line for each thing: versions, ffmpeg, fonts, and every format, which is tried.

    Exit codes: 0 all of it works; 1 something does not.
    """
    from gdanim.cli.doctor import NAME_WIDTH, findings

    works, width = True, columns(sys.stdout)
    for finding in findings():
        put_lines([finding.line] if width is None else folded(finding.line, width, NAME_WIDTH).splitlines())
        works = works and finding.works
    return 0 if works else 1


@gdanim.command("completion", cls=parsing.Command, short_help="Print the script that completes words in a shell.")
@click.argument("shell")
def completion_command(shell: str) -> None:
    """Print a script for SHELL, bash, zsh or fish, which completes what is typed at the tab key.

    In ~/.bashrc or ~/.zshrc: eval "$(gdanim completion bash)". For fish, write it to
    ~/.config/fish/completions/gdanim.fish.
    """
    from gdanim.cli.shells import script_for

    put(script_for(shell))


def _run(request: Request) -> int:
    """Solve, draw and write what is asked for; say what came of it. Returns the exit code."""
    settings, outputs = request.settings, request.outputs
    if settings.if_changed and (state := _state(request)).is_current:
        _say(request, [f"{outputs[0].path}: current"])
        return EXIT_STRICT if settings.strict and state.is_lost else 0
    _check_styles(request)
    from gdanim.api import remarks
    from gdanim.cli import messages
    from gdanim.descent.descend import carry_out

    descent = carry_out(request)
    strict_code = EXIT_STRICT if settings.strict and any(stop.failed for stop in descent.trajectory.stop) else 0
    if strict_code and settings.quiet:
        say(messages.said([next(remarks.lost_runs(descent))]))
    if settings.dry_run:
        put(messages.dry_run(descent, outputs) if settings.snippet is None else _snippet(request, descent))
        return strict_code
    _say(request, messages.said(remarks.of_picture(descent, outputs)))
    _say(request, messages.said(messages.of_pipes(request)))
    # Late: importing what draws takes longer than all else, and what is refused needs none of it.
    from gdanim.output.files.targets import STDOUT
    from gdanim.rendering import render_descent

    if not gc.isenabled():  # a process of the command line alone: what was imported stays
        gc.freeze()
        gc.enable()
    _say(request, messages.said(remarks.of_letters(descent)))
    with messages.progress_bar(quiet=settings.quiet) as progress:
        rendered = render_descent(descent, request, progress)
    for written in rendered.outputs:
        if written.error is None:
            _say(request, [messages.done(descent, written)])
        else:
            complain(messages.failure(written), 1)
    _say(request, messages.said(remarks.of_recipes(rendered.outputs)))
    if rendered.data_error is not None:
        complain(str(rendered.data_error), 1)
    _summarise(request, descent, rendered.outputs)
    for written in rendered.outputs if settings.open and parsing.IS_WATCHED not in os.environ else ():
        if written.error is None and written.path != STDOUT:
            # With a dash in front, the program that opens it would take it for an option.
            click.launch(f"./{written.path}" if written.path.startswith("-") else written.path)
    return 1 if rendered.errors else strict_code


def _state(request: Request) -> State:
    from gdanim.batch.state import state_of

    return state_of(request)


def _check_styles(request: Request) -> None:
    """Refuse a style that is nowhere, before the rest of what drawing needs is imported and anything is solved."""
    from gdanim.catalogue.registry import STYLES

    for choice in dict.fromkeys(output.style for output in request.outputs):
        if not set(choice.names) <= STYLES.keys():
            _ = choice.loaded


def _say(request: Request, lines: Iterable[str]) -> None:
    if not request.settings.quiet:
        say(lines)


def _summarise(request: Request, descent: Descent, written: Sequence[Written]) -> None:
    """Print what --verbose, --json and --alt-text ask for."""
    from gdanim.descent.alt_text import alt_text

    settings = request.settings
    if settings.verbose or settings.json:
        from gdanim.cli import summary

        if settings.verbose:
            _say(request, summary.details(descent).split("\n"))
        if settings.json:
            put(summary.as_json(descent, written))
    if settings.alt_text:
        put(alt_text(descent) + "\n")
    if settings.snippet is not None:
        put(_snippet(request, descent))


def _snippet(request: Request, descent: Descent) -> str:
    from gdanim.cli.snippet import snippet

    return snippet(str(request.settings.snippet), descent, request.outputs, request.settings.poster)
