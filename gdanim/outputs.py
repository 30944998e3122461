"""The files that a request writes: their paths and formats, whether they can be written, and what became of each."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from gdanim.catalogue.formats import NOT_WRITTEN
from gdanim.catalogue.registry import FORMATS, STYLES, find, presets
from gdanim.catalogue.request import Planned, StyleChoice
from gdanim.catalogue.specs import Format
from gdanim.errors import GdanimError, SettingError, TargetError, UnknownNameError, UsageError, shown
from gdanim.output.files.existing import Existing, lost_with
from gdanim.output.files.numbering import Pattern, check_number, is_numbered
from gdanim.output.files.targets import STDOUT, check_target, own_descriptor
from gdanim.settings import AUTO_STYLE, Settings
from gdanim.tables.files import labelled

_PYTHON: Final = ".py:"  # between a file of Python and a name in it

Progress = Callable[[int, int], None]  # frames done, frames in all


class Fitted(NamedTuple):
    """What was chosen for a file that was too large as asked."""

    options: Mapping[str, str]  # what differs from the request, as the command line has it: --quality → low
    asked_bytes: int  # the size of the file as asked
    frames: int  # how many the file has

    @property
    def words(self) -> str:
        """The options as they are typed: `--quality low --size 480x360`."""
        return typed(self.options)

    def as_json(self) -> dict[str, Any]:
        """The same for programs; the settings are named as in a preset."""
        settings = {name.removeprefix("--"): value for name, value in self.options.items()}
        return {"asked_bytes": self.asked_bytes, "frames": self.frames, "settings": settings}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One output that is done, or why it is not."""

    path: str
    format: str
    bytes: int | None  # None where they were streamed away
    duration_s: float | None = None  # how long it lasts; None where nothing plays
    error: GdanimError | None = None
    lacks: str = ""  # why its recipe does not suffice to make it again, a key of presets.LACKS
    fitted: Fitted | None = None  # how it differs from the request, so that it is within --max-size


def duration_s(form: Format, planned_s: float, fps: Fraction) -> float | None:
    """How long a file of a format lasts whose last frame is planned to end at planned_s. None where nothing plays."""
    if form.still or form.sequence or form.suffixes:
        return None
    if form.constant_rate:
        return float(max(1, round(planned_s * fps)) / fps)
    return round(form.ticks_per_s * planned_s) / form.ticks_per_s if form.ticks_per_s else planned_s


def typed(options: Mapping[str, str]) -> str:
    """Options as they are typed: `--quality low --size 480x360`."""
    return " ".join(f"{name} {value}" for name, value in options.items())


def format_of(path: str, name: str | None) -> Format:
    """The format of an output: by name, else by suffix; standard output is GIF. Raises UsageError."""
    if name is not None:
        return find(FORMATS, "format", name)
    suffix = Path(path).suffix.lower()
    if is_numbered(path) and (suffix in FORMATS["png"].extensions or suffix in FORMATS["vector_sequence"].suffixes):
        return FORMATS["png_sequence" if suffix in FORMATS["png"].extensions else "vector_sequence"]
    if path == STDOUT or (not suffix and path.startswith("/dev/")):
        return FORMATS["gif"]
    named = next((entry.name for entry in FORMATS.values() if suffix in entry.extensions), None)
    if named is not None:
        return find(FORMATS, "format", named)
    if not suffix:
        raise UsageError(
            f"Output {shown(path)} has no suffix that tells the format: write {Path(path).name or 'out'}.gif, or -f gif"
        )
    able = [f"-f {entry.typed}" for entry in FORMATS.values() if suffix in entry.suffixes and not entry.sequence]
    if able:
        raise UsageError(f"Output {shown(path)}: the suffix leaves open what is written. Add {' or '.join(able)}")
    if instead := NOT_WRITTEN.get(suffix):
        stem = str(Path(path).with_suffix(""))
        raise UsageError(f"Output {shown(path)}: {suffix} is not written; write {stem}{instead.format(stem)}")
    known = [extension for entry in FORMATS.values() for extension in entry.extensions]
    raise UnknownNameError("suffix", suffix, known, see="gdanim list formats; -f NAME writes a format to any path")


def may_hold(path: str, name: str) -> bool:
    """Whether files of a format may have such a path: its suffix does not speak for another. Raises UsageError."""
    form, suffix = find(FORMATS, "format", name), Path(path).suffix.lower()
    own = suffix in (*form.extensions, *form.suffixes, *form.borrows)
    return own or all(suffix not in other.extensions for other in FORMATS.values())


def planned(settings: Settings, stem: str, style: StyleChoice) -> Iterator[Planned]:
    """Every file in `style`, or in every theme; posters after what they stand beside."""
    files = [(path, settings.format) for path in settings.output or (_default(settings, stem),)]
    if settings.poster is not None:
        if settings.poster != STDOUT and Path(settings.poster).suffix.lower() not in FORMATS["png"].extensions:
            raise SettingError("--poster", settings.poster, "give a path that ends in .png")
        files.append((settings.poster, "png"))
    themes = [StyleChoice(theme) for theme in settings.themes]
    for path, form in files:
        found = format_of(path, form)
        if not themes:
            yield Planned(path=path, file=path, format=found, style=style)
        for theme in themes:
            yield Planned(path=_themed(path, theme.text), file=path, format=found, style=theme)


def _default(settings: Settings, stem: str) -> str:
    """The file that is written where none is named."""
    if settings.format is None:
        return f"{stem}.gif"
    form = format_of("", settings.format)
    if not form.extensions:
        raise UsageError(f"{form.typed} has no suffix of its own: name the file with -o")
    return stem + form.extensions[0]


def _themed(path: str, theme: str) -> str:
    """The path of a file in one of several styles: a.gif becomes a-dark.gif."""
    if path == STDOUT or own_descriptor(path) is not None:
        raise UsageError("--themes writes several files, and standard output carries one: name a file with -o")
    place = Path(path)
    return str(place.with_name(f"{place.stem}-{Path(theme).stem}{place.suffix}"))


def check_paths(settings: Settings, outputs: tuple[Planned, ...], preset: str | None) -> None:
    """Refuse paths that cannot be written, two outputs at one path, and files that are to be left alone.

    `preset` is the file that the settings were read from. Raises TargetError or SettingError.
    """
    for output in outputs:
        option = "--poster" if output.file == settings.poster else "-o"
        check_number(option, output.path, output.format.typed, sequence=output.format.sequence)
    paths = [output.path for output in outputs]
    if settings.data is not None:
        from gdanim.descent.recording.file_types import check_data_path

        check_data_path(settings.data)
        check_number("--data", settings.data, "a table", sequence=False)
        paths.append(settings.data)
    streamed = [path for path in paths if path == STDOUT or own_descriptor(path) == 1]
    if len(streamed) + settings.json + settings.alt_text + (settings.snippet is not None) > 1:
        raise TargetError("Standard output can carry one thing: choose one of -o -, --json, --alt-text and --snippet")
    if streamed and sys.stdout is not None and sys.stdout.isatty() and not settings.dry_run:
        raise TargetError("Standard output is a terminal: name a file with -o, or send -o - to a pipe")
    twice = [path for path in paths if path not in streamed and _same(paths, path) > 1]
    if twice:
        raise TargetError(f"{twice[0]!r} is named twice: give each output a path of its own")
    numbered = [output.path for output in outputs if output.format.sequence]
    for path in numbered:
        pattern = Pattern.read(path)
        for other in paths:
            if other != path and pattern.holds(Pattern.read(other) if other in numbered else Path(other)):
                raise TargetError(f"{other!r} is a file of {path!r}, too: give each output a path of its own")
    if not settings.dry_run:
        _check_places(settings, outputs, preset)


def _check_places(settings: Settings, outputs: tuple[Planned, ...], preset: str | None) -> None:
    """Refuse what cannot be written, and what stands there already and is to be left alone."""
    existing = Existing(inputs_of(settings, preset), settings.force)
    for output in outputs:
        for path in _files_at(output):
            check_target(path)
            existing.check(path, partial(_is_of_kind, output.format))
    if settings.data is not None:
        from gdanim.descent.recording.file_types import is_export

        check_target(settings.data)
        existing.check(settings.data, is_export)


def _files_at(output: Planned) -> Iterator[str]:
    """The paths of an output: of a sequence, the existing files."""
    if not output.format.sequence:
        yield output.path
        return
    from gdanim.output.files.sequence import check_sequence

    yield from map(str, check_sequence(output.path))


def _is_of_kind(form: Format, path: Path) -> bool:
    """Whether a file is of a kind that gdanim writes; of what a plug-in writes, only the suffix is known."""
    from gdanim.output.kinds import is_picture

    return is_picture(path) or (bool(form.plugin) and path.suffix.lower() in form.extensions)


def inputs_of(settings: Settings, preset: str | None) -> dict[str, str]:
    """The files that a request may read, each with the option that names it."""
    named = {"--style": settings.style, "--themes": settings.themes}
    found = {name: option for option, names in named.items() for name in names if _is_style_file(name)}
    found |= {labelled(text)[1]: "--trajectory" for text in settings.trajectory}
    if settings.points is not None:
        found[settings.points] = "--points"
    for field in ("function", "gradient", "optimizer", "schedule"):
        value = getattr(settings, field) or ()
        for text in (value,) if isinstance(value, str) else value:
            if _PYTHON in text:  # FILE.py:NAME or FILE.py:NAME:K=V
                found[text.partition(_PYTHON)[0] + ".py"] = field if field == "function" else f"--{field}"
    if preset is not None and preset not in presets():
        found[preset] = "--preset"
    return found


def _is_style_file(name: str) -> bool:
    if name == AUTO_STYLE or name in STYLES:
        return False
    from gdanim.drawing.styles import style_file  # late: it asks matplotlib, which has styles of its own

    return style_file(name) is not None


def replacing(outputs: Iterable[Planned]) -> Iterator[str]:
    """A line for each file that is replaced by one that lacks something of it."""
    for output in outputs:
        for path in _files_at(output):
            yield from (f"{path}: {loss}" for loss in lost_with(path))


def _same(paths: list[str], path: str) -> int:
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113 - Path's raise in closed folders
        return 1
    place = os.path.realpath(path)
    return sum(os.path.realpath(other) == place for other in paths if other != STDOUT)
