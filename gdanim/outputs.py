"""The files that a request writes: their formats by their paths, and what became of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdanim.catalogue.registry import FORMATS, find
from gdanim.errors import OutputError, UnknownNameError, UsageError, shown
from gdanim.output.files.numbering import is_numbered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdanim.catalogue.specs import Format

Progress = Callable[[int, int], None]  # frames done, frames in all


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One output that is done, or why it is not. Bytes are None where they were streamed away.

    lacks    why its recipe does not suffice to make it again, a key of presets.LACKS; empty where it does
    fitted   how the file differs from the request, so that it is within --max-size; None where it does not
    """

    path: str
    format: str
    bytes: int | None
    error: OutputError | None = None
    lacks: str = ""
    fitted: Fitted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What was chosen for a file that was too large as asked.

    options       what differs from the request, as the command line has it: --quality → low
    asked_bytes   the size of the file as asked
    frames        how many frames the file has
    """

    options: Mapping[str, str]
    asked_bytes: int
    frames: int

    @property
    def words(self) -> str:
        """The options as they are typed: `--quality low --size 480x360`."""
        return typed(self.options)

    def as_json(self) -> dict[str, Any]:
        """The same for programs; the settings are named as in a preset."""
        settings = {name.removeprefix("--"): value for name, value in self.options.items()}
        return {"asked_bytes": self.asked_bytes, "frames": self.frames, "settings": settings}


def typed(options: Mapping[str, str]) -> str:
    """Options as they are typed: `--quality low --size 480x360`."""
    return " ".join(f"{name} {value}" for name, value in options.items())


def format_of(path: str, name: str | None) -> Format:
    """The format of an output: by name, else by suffix; standard output is GIF. Raises UsageError."""
    if name is not None:
        return find(FORMATS, "format", name)
    suffix = Path(path).suffix.lower()
    if suffix in FORMATS["png"].extensions and is_numbered(path):
        return FORMATS["png_sequence"]
    if path == "-" or (not suffix and path.startswith("/dev/")):
        return FORMATS["gif"]
    for entry in FORMATS.values():
        if suffix in entry.extensions:
            return find(FORMATS, "format", entry.name)
    if not suffix:
        raise UsageError(
            f"Output {shown(path)} has no suffix that tells the format: write {Path(path).name or 'out'}.gif, or -f gif"
        )
    for entry in FORMATS.values():
        if suffix in entry.suffixes:
            raise UsageError(f"Output {shown(path)}: only a {entry.typed} ends in {suffix}. Add -f {entry.typed}")
    known = [extension for entry in FORMATS.values() for extension in entry.extensions]
    raise UnknownNameError("suffix", suffix, known, see="gdanim list formats; -f NAME writes a format to any path")


def may_hold(path: str, name: str) -> bool:
    """Whether files of a format may have such a path: its suffix does not speak for another. Raises UsageError."""
    form, suffix = find(FORMATS, "format", name), Path(path).suffix.lower()
    own = suffix in (*form.extensions, *form.suffixes, *form.borrows)
    return own or all(suffix not in other.extensions for other in FORMATS.values())
