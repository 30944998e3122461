"""What the golden set runs: each preset in each format, the lines of commands.txt, and what is refused."""

from __future__ import annotations

import json
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
PRESETS: Final = HERE.parents[1] / "presets"
SMALL: Final = ("-n", "8", "--size", "240x180")  # what `...` stands for

# Each format by the path that is asked for; av1 and filmstrip have no suffix of their own.
FORMATS: Final = {
    "gif": ("-o", "out.gif"),
    "mp4": ("-o", "out.mp4"),
    "webm": ("-o", "out.webm"),
    "av1": ("-o", "out.mkv", "-f", "av1"),
    "mov": ("-o", "out.mov"),
    "webp": ("-o", "out.webp"),
    "apng": ("-o", "out.apng"),
    "avif": ("-o", "out.avif"),
    "png": ("-o", "out.png"),
    "png-sequence": ("-o", "out-%03d.png", "-f", "png-sequence"),
    "html": ("-o", "out.html"),
    "svg": ("-o", "out.svg"),
    "filmstrip": ("-o", "out.pdf", "-f", "filmstrip"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Command lines in one fresh folder; what each prints, its exit code and all new files count."""

    name: str
    lines: tuple[tuple[str, ...], ...]
    plugins: bool = False


def write_inputs(folder: Path, *, plugins: bool) -> None:
    """Put into a folder what the cases read; with `plugins`, an installed package in `folder/site`."""
    shutil.copytree(HERE / "inputs", folder, dirs_exist_ok=True)
    shutil.copy(PRESETS / "race.gif", folder / "made.gif")
    if plugins:
        shutil.copytree(HERE / "plugins", folder / "site")


def _presets() -> list[Case]:
    return [
        Case(name=f"preset/{preset.stem}/{form}", lines=(("--preset", preset.stem, *where),))
        for preset in sorted(PRESETS.glob("*.toml"))
        for form, where in FORMATS.items()
    ]


def _commands() -> list[Case]:
    blocks = (HERE / "commands.txt").read_text(encoding="utf-8").split("\n[")[1:]
    return [_case(*block.strip().split("\n")) for block in blocks]


def _case(head: str, *lines: str) -> Case:
    name, _, note = head.partition("]")
    return Case(name=name, lines=tuple(map(_words, lines)), plugins="plugins" in note)


def _words(line: str) -> tuple[str, ...]:
    words = tuple(shlex.split(line))
    return words[:-1] + SMALL if words[-1:] == ("...",) else words


def _refused() -> Case:
    refused = json.loads((HERE / "refusals.json").read_text(encoding="utf-8"))
    return Case(name="refused", lines=tuple(map(tuple, refused)))


CASES: Final = (*_presets(), *_commands(), _refused())
