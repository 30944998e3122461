"""What can be refused at once: names, formats and rates. Presets and options are put together here.

Imports neither numpy nor matplotlib.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from gdanim.catalogue.dims import check_on_plane, check_start
from gdanim.catalogue.registry import FORMATS, VIEWS
from gdanim.catalogue.request import Planned, Request, chosen_view, function_of, is_model, is_name, requested
from gdanim.catalogue.specs import Format, View
from gdanim.errors import SettingError, UsageError, shown
from gdanim.formatting import listed
from gdanim.settings import AUTO_STYLE, DEFAULTS, FIT_OPTIONS, FORMAT_OPTIONS, VIEW_OPTIONS, Settings

# What a picture takes, in bytes: in any case, and for each pixel of what is drawn, of its ground and what is shown.
BASE_BYTES: Final = 130_000_000
RASTER_PIXEL_BYTES: Final = 12
# While the ground is drawn, and before anything is written, matplotlib takes this for each pixel, of areas of colours.
GROUND_PIXEL_BYTES: Final = {"basins": 20, "facet": 20, "surface": 20}
MAX_MEMORY: Final = 2_000_000_000
SPACING: Final = ("min_separation", "avoid_minima", "avoid")  # which of the random starts are kept
# What a preset says under a name gives way to this option of the command line.
RULED_OUT_BY: Final = {
    "start": "starts",
    "starts": "start",
    "every": "duration",
    "duration": "every",
    **dict.fromkeys(SPACING, "start"),
}


def resolve(settings: Settings, *, name: str = "", preset: str | None = None) -> Request:
    """Look up what settings name, and refuse what cannot work before anything is solved or drawn.

    `name` is what the file is called after where no output is given: the preset, else the function.
    `preset` is the file that the settings were read from, which is not to be written over.
    Raises UsageError.
    """
    return with_outputs(checked(settings), settings, name=name, preset=preset)


def checked(settings: Settings) -> Request:
    """The request without its outputs. Raises UsageError where it cannot be solved and drawn."""
    if not settings.function:
        raise UsageError("Name a function: gdanim parabola. See: gdanim list functions")
    if settings.points is not None:
        from gdanim.tables.files import check_readable

        check_readable(settings.points, "--points")
    function = function_of(settings)
    if settings.gradient is not None and function.expression is not None:
        raise SettingError("--gradient", settings.gradient, "goes with a Python callable; a formula has its own")
    if function.dim is not None:
        check_on_plane(settings, function.dim, is_model=function.model is not None)
        for start in settings.start:
            check_start("--start", start, function.dim, function.text)
    view = chosen_view(settings.view, function)
    if view is not None:
        _check_view(settings, view)
    request = requested(settings, function, view)
    _check_combinations(settings)
    return request


def with_outputs(request: Request, settings: Settings, *, name: str = "", preset: str | None = None) -> Request:
    """A request that was checked, with the files that settings name: these differ in nothing but outputs.

    See resolve(). Raises UsageError where the files cannot be written.
    """
    # Late: a name that is wrong is refused without what knows files.
    from gdanim.outputs import check_paths, planned

    outputs = tuple(planned(settings, name or request.function.stem, request.style))
    check_paths(settings, outputs, preset)
    for output in outputs:
        _check_format(settings, output.format)
        _check_suffix(output)
    _check_format_options(settings, outputs)
    _check_memory(settings, outputs)
    return replace(request, settings=settings, outputs=outputs)


def merged(saved: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of Settings from a preset and from the command line, which wins; parameters are put together.

    With what the command line rules out goes the preset's. Raises UsageError where an output has no known format.
    """
    kept = {name: value for name, value in saved.items() if RULED_OUT_BY.get(name) not in chosen}
    for name in tuple(_unread_format_options(kept, chosen)):
        kept.pop(name, None)
    for name in _of_other_function(saved, chosen):
        kept.pop(name, None)
    if chosen.get("avoid_minima") == 0:
        kept.pop("avoid", None)
    for table, option in (("trajectory", "columns"), ("points", "target")):
        if table in chosen:
            kept.pop(option, None)  # of the preset's own file
    for name in chosen.keys() & {"param", "columns"}:
        chosen = {**chosen, name: dict(kept.get(name, ())) | dict(chosen[name])}
    return {**kept, **chosen}


def _of_other_function(saved: Mapping[str, Any], chosen: Mapping[str, Any]) -> tuple[str, ...]:
    """Fields that belong to the function of a preset, where the command line chose another one; data is for models."""
    names = [fields.get("function", "").replace("-", "_") for fields in (chosen, saved)]
    if "function" not in chosen or names[0] == names[1]:
        return ()
    is_fitted = is_model(chosen["function"]) or not is_name(chosen["function"])
    return ("param", "gradient", "avoid", *(() if is_fitted else ("points", *FIT_OPTIONS)))


def _unread_format_options(saved: Mapping[str, Any], chosen: Mapping[str, Any]) -> Iterator[str]:
    """Fields of a preset that do not go with the outputs which the command line chose in place of the preset's own.

    A suffix that means another format rules the preset's format out; with it goes what none of the formats reads.
    """
    if not chosen.keys() & {"output", "format"}:
        return
    from gdanim.output.files.targets import STDOUT
    from gdanim.outputs import format_of, may_hold

    paths, name = chosen.get("output", (STDOUT,)), chosen.get("format", saved.get("format"))
    if "format" in saved and "format" not in chosen and not all(may_hold(path, saved["format"]) for path in paths):
        yield "format"
        name = None
    formats = [format_of(path, name) for path in paths]
    for option in FORMAT_OPTIONS:
        if not any(option in form.takes for form in formats):
            yield option


def _check_format_options(settings: Settings, planned: tuple[Planned, ...]) -> None:
    """Refuse options that none of the formats reads."""
    for option in FORMAT_OPTIONS:
        if getattr(settings, option) == DEFAULTS[option] or any(_reads(option, output) for output in planned):
            continue
        able = " or ".join(_able(option, entry) for entry in FORMATS.values() if option in entry.takes)
        given = ", ".join(dict.fromkeys(map(_kind, planned)))
        raise UsageError(f"--{option.replace('_', '-')} goes with {able}, not with {given}")


def _able(option: str, form: Format) -> str:
    """A format that reads an option, with the kind of page that does."""
    return f"{form.typed} (.svg)" if option == "svg_text" and form.suffixes else form.typed


def _kind(output: Planned) -> str:
    """The format of an output; with the kind of page where it may be of several: `filmstrip (.pdf)`."""
    suffixes = [suffix for suffix in output.format.suffixes if output.path.lower().endswith(suffix)]
    return f"{output.format.typed} ({suffixes[0]})" if suffixes else output.format.typed


def _reads(option: str, output: Planned) -> bool:
    """Whether an output reads an option: of a page that may be of several kinds, only an .svg has letters as text."""
    is_other_page = option == "svg_text" and output.format.suffixes and not output.path.lower().endswith(".svg")
    return option in output.format.takes and not is_other_page


def _check_format(settings: Settings, form: Format) -> None:
    """Refuse what a format cannot hold."""
    if settings.fps > form.max_fps:
        raise SettingError("--fps", settings.fps, f"{form.typed} plays at most {form.max_fps} frames per second")
    if settings.quality not in form.qualities:
        raise SettingError("--quality", settings.quality, f"{form.typed} has {', '.join(form.qualities)}")
    if settings.transparent and not form.transparent:
        able = ", ".join(entry.typed for entry in FORMATS.values() if entry.transparent)
        raise UsageError(f"--transparent: {form.typed} has no alpha channel; give one of {able}")
    if settings.transparent and settings.quality in form.opaque_only:
        raise SettingError("--quality", settings.quality, f"{form.typed} has it without --transparent only")
    if settings.max_size is not None and settings.stops:
        raise UsageError("--max-size may leave frames out, and --stops says which there are: leave one of them out")
    if settings.max_size is not None and form.sequence:
        raise UsageError(f"--max-size goes with single files, not with a {form.typed}: leave one of them out")


def _check_memory(settings: Settings, outputs: tuple[Planned, ...]) -> None:
    """Refuse a picture that takes very much memory, unless --unlimited says that it may."""
    width, height = settings.size
    each_style = {
        output.style: sum(_pixel_bytes(other.format, settings) for other in outputs if other.style == output.style)
        for output in outputs
    }
    grounds = (settings.basins and "basins", settings.facet and "facet", settings.view)
    ground = max(GROUND_PIXEL_BYTES.get(name or "", 0) for name in grounds)
    pixel_bytes = max(ground, RASTER_PIXEL_BYTES + max(each_style.values()))
    needed = BASE_BYTES + pixel_bytes * width * height
    if needed > MAX_MEMORY and not settings.unlimited:
        scale = ((MAX_MEMORY - BASE_BYTES) / (pixel_bytes * width * height)) ** 0.5
        names = listed(tuple(dict.fromkeys(output.format.typed for output in outputs)))
        allowed = f"--size {int(width * scale)}x{int(height * scale)} takes less, or say --unlimited"
        raise UsageError(
            f"--size {width}x{height} takes some {needed / 1e9:.1f} GB of memory as {names}, above the limit of "
            f"{MAX_MEMORY / 1e9:g} GB: {allowed}"
        )


def _pixel_bytes(form: Format, settings: Settings) -> int:
    """What a writer and its encoder take for each pixel of a picture."""
    is_odd = any(side % 2 for side in settings.size) and not form.even_size
    in_full = settings.transparent or settings.quality in form.in_full or is_odd
    return max(form.pixel_bytes, form.full_pixel_bytes if in_full else 0)


def _check_suffix(output: Planned) -> None:
    """Refuse a path that leaves open what a format is to be written as."""
    suffixes = output.format.suffixes
    if suffixes and Path(output.path).suffix.lower() not in suffixes:
        raise SettingError("-o", output.path, f"-f {output.format.typed} writes {listed(suffixes, last='or')}")


def _check_view(settings: Settings, view: View) -> None:
    """Refuse options that a view does not read."""
    for option in VIEW_OPTIONS:
        if option in view.takes or getattr(settings, option) == DEFAULTS[option]:
            continue
        able = " or ".join(entry.name for entry in VIEWS.values() if option in entry.takes)
        raise UsageError(f"--{option} goes with --view {able}, not with {view.name}")
    if settings.basins:
        _check_basins(settings)


def _check_basins(settings: Settings) -> None:
    """Basins are those of one method at one rate, in each panel."""
    if settings.batch:
        raise UsageError("--basins colours the ground by descents on the whole loss: leave out --batch, or --basins")
    if settings.trajectory:
        raise UsageError("--basins colours the ground by what a method does; --trajectory names none: leave one out")
    traits = ("-O", "optimizer"), ("--lr", "lr"), ("--schedule", "schedule")
    for option, trait in traits:
        if len(getattr(settings, trait)) > 1 and trait != settings.facet:
            allowed = f"give one {option}, or a panel to each with --facet {trait}"
            raise UsageError(f"--basins colours the ground for one method at one rate: {allowed}")


def _check_recordings(given: tuple[str, ...]) -> None:
    from gdanim.tables.files import STDIN, check_readable, labelled

    read = [labelled(text) for text in given]
    for text, (label, path) in zip(given, read, strict=True):
        if not label and path != text:
            raise SettingError("--trajectory", text, "has an empty label: write a=FILE, or FILE alone")
        check_readable(path, "--trajectory")
    if [path for _, path in read].count(STDIN) > 1:
        raise UsageError("--trajectory - is given twice, and standard input can be read once")
    labels = [label for label, _ in read]
    places = [(label, os.path.realpath(path)) for label, path in read]
    for text, label, place in zip(given, labels, places, strict=True):
        if label and labels.count(label) > 1:
            raise SettingError("--trajectory", text, f"{shown(label)} labels two recordings: give each its own label")
        if places.count(place) > 1:
            allowed = "is given twice: leave one out, or give each a label, a=FILE b=FILE"
            raise SettingError("--trajectory", text, allowed)


def _check_starts(settings: Settings) -> None:
    """Refuse what is said about random starts where none are drawn, or where it is not enough."""
    if settings.avoid and not settings.avoid_minima:
        points = " ".join(",".join(f"{x:.15g}" for x in point) for point in settings.avoid)
        raise SettingError("--avoid", points, "needs the distance to keep: --avoid-minima R")
    for name in SPACING if settings.starts is None else ():
        if getattr(settings, name):
            raise UsageError(f"--{name.replace('_', '-')} chooses among random starts: add --starts N, or leave it out")
    if settings.starts is not None and settings.start:
        raise SettingError("--starts", settings.starts, "draws random starts; leave out --start, or --starts")


def _check_combinations(settings: Settings) -> None:
    _check_starts(settings)
    if settings.trajectory:
        _check_recordings(settings.trajectory)
    elif settings.columns:
        names = ",".join("=".join(pair) for pair in settings.columns)
        raise SettingError("--columns", names, "says what the columns of a --trajectory are: name its file")
    if AUTO_STYLE in settings.themes:
        raise SettingError("--themes", AUTO_STYLE, "name styles that are the same for every reader, such as light,dark")
    if settings.duration is not None and settings.duration <= settings.lead + settings.hold:
        held = f"the lead of {settings.lead:g} s and the hold of {settings.hold:g} s"
        raise SettingError("--duration", settings.duration, f"must be longer than {held} together")
    if settings.duration is not None and settings.every is not None:
        raise SettingError("--every", settings.every, "goes without --duration, which chooses the iterations itself")
