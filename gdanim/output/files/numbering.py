"""Numbered paths, `frames/name-%04d.png`: the names of a sequence's files, and which files belong to it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from gdanim.errors import SettingError

# A number in decimal digits, padded with zeros to a width where one is given; or a percent sign.
_SIGN = re.compile(r"%(?:%|(?:0(?P<digits>[1-9][0-9]?))?d)")

# Numbers as other programs spell them: %3d, %i, %s, %(n)03d, ####, {:03d}, {i}; and the signs above.
_ANY = re.compile(
    r"%%|%[-+#]?0?(?P<width>[0-9]{0,2})(?:\.[0-9]{1,2})?(?:[diu]|s(?![a-z]))|%\(\w+\)0?(?P<named>[0-9]{0,2})d"
    r"|(?P<hashes>#{2,})|\{(?:0|i|k|frame|index)?\}|\{\w*:0?(?P<filled>[0-9]{0,2})d?\}"
)

_OF_FRAMES = (".png", ".svg", ".pdf")  # of files that may each hold a frame
_MAX_FILES = 10_000  # no timeline has more frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """The parts of such a path: the folder, the text before and after the number, and its least number of digits."""

    folder: Path
    before: str
    after: str
    digits: int

    @classmethod
    def read(cls, path: str) -> Pattern:
        """Read a path. Raises SettingError unless its last part, and no other, holds exactly one number."""
        place = Path(path)
        numbers = _numbers(place.name)
        if _numbers(str(place.parent)):
            raise SettingError("-o", path, "the number goes into the file's name, not into that of a folder")
        if len(numbers) != 1:
            wrong = "holds more than one number" if numbers else "needs a number for each frame"
            raise SettingError("-o", path, f"the file's name {wrong}: write one, such as {_example(place)}")
        (number,) = numbers
        before, after = place.name[: number.start()], place.name[number.end() :]
        if "%" in _SIGN.sub("", place.name):
            raise SettingError("-o", path, "%d and %04d stand for a number; write %% for a percent sign")
        return cls(
            folder=place.parent, before=_unescaped(before), after=_unescaped(after), digits=int(number["digits"] or 1)
        )

    def name(self, index: int) -> str:
        """The name of the file of a frame."""
        return f"{self.before}{index:0{self.digits}d}{self.after}"

    def index(self, name: str) -> int | None:
        """The frame whose file has this name; None where the name is not of this sequence."""
        found = re.fullmatch(re.escape(self.before) + "([0-9]{1,18})" + re.escape(self.after), name)
        index = int(found[1]) if found else None
        return index if index is not None and self.name(index) == name else None

    def holds(self, other: Pattern | Path) -> bool:
        """Whether a file, or one that another sequence may write, belongs to this one."""
        folder = other.parent if isinstance(other, Path) else other.folder
        if os.path.realpath(folder) != os.path.realpath(self.folder):
            return False
        names = [other.name] if isinstance(other, Path) else [other.name(index) for index in range(_MAX_FILES)]
        return any(self.index(name) is not None for name in names)

    def present(self) -> dict[int, Path]:
        """The existing files with such names, by ascending numbers. Raises OSError."""
        found = {self.index(path.name): path for path in self.folder.iterdir()}
        return {index: found[index] for index in sorted(index for index in found if index is not None)}


def is_numbered(path: str) -> bool:
    """Whether the last part of a path holds a number, however it is spelled."""
    name = Path(path).name
    return respelled(name) != name or bool(_numbers(name))


def respelled(name: str) -> str:
    """A name whose numbers are spelled as other programs do, spelled as gdanim does: %3d, %i, #### → %03d, %d, %04d."""
    return _ANY.sub(lambda found: found[0] if _SIGN.fullmatch(found[0]) else _sign(found), name)


def check_number(option: str, path: str, typed: str, *, sequence: bool) -> None:
    """Refuse a number that is spelled otherwise, and one in the name of a single file of the format called `typed`.

    Raises SettingError, with the right name.
    """
    name = Path(path).name
    if sequence and respelled(name) != name:
        raise SettingError(option, path, f"the number of a frame is spelled as %d or %04d: write {respelled(name)}")
    if not sequence and is_numbered(path):
        suffix = Path(name).suffix if Path(name).suffix in _OF_FRAMES else ".png"
        frames = f"; every frame as a file of its own is {respelled(Path(name).stem)}{suffix}" if option == "-o" else ""
        raise SettingError(option, path, f"{typed} is one file: leave the number out of its name{frames}")


def _sign(found: re.Match[str]) -> str:
    digits = len(found["hashes"]) if found["hashes"] else int(found["width"] or found["named"] or found["filled"] or 1)
    return f"%0{digits}d" if digits > 1 else "%d"


def _numbers(name: str) -> list[re.Match[str]]:
    return [found for found in _SIGN.finditer(name) if found[0] != "%%"]


def _unescaped(part: str) -> str:
    return part.replace("%%", "%")


def _example(place: Path) -> str:
    stem = re.sub("%.*", "", place.stem) or "frame"
    return f"{stem.rstrip('-')}-%04d{place.suffix or '.png'}"
