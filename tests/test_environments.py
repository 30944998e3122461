"""The same bytes again: what a request makes depends on the request, and not on where it runs.

A process in another place writes every format, and each file is compared with that of a plain process. One process is
in as many places at once as go together; where its bytes differ, each place is tried alone, to name the one it is.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import ChainMap
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pytest
from support.commandline import ENVIRONMENT, LONG, script

from gdanim.catalogue.registry import FORMATS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# A race with a legend, formulas with fractions and noise: fonts, colours, random numbers.
REQUEST = ("himmelblau", "-O", "gd", "-O", "adam:lr=0.3", "--noise", "2", "-n", "2", "-q")
SUFFIXES = [form.extensions[0] for form in FORMATS.values() if form.extensions]
# What all places but the first write: one file of each kind of writer. ffmpeg is the same program for all of its own.
FEW = SUFFIXES if LONG else [".gif", ".mp4", ".png", ".svg", ".html"]
PAGES = (".png", ".pdf", ".svg")
PANELS = ("parabola", "-n", "2", "-q", "-f", "filmstrip", "--frames", "2", "--size", "320x120")
STRIPS = (*PANELS, *(word for suffix in PAGES for word in ("-o", f"strip{suffix}")))
RCPARAMS = "font.size: 30\nlines.linewidth: 9\naxes.facecolor: black\nsvg.hashsalt: other\nsavefig.dpi: 10\n"


@dataclass(frozen=True, kw_only=True)
class Place:
    """What is unlike the plain environment.

    variables   of the process's environment; None takes one away
    files       what lies in the folder where it runs
    folder      the name of that folder
    options     of the interpreter
    before      what the process does before it is gdanim's
    """

    variables: Mapping[str, str | None] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    folder: str = "here"
    options: tuple[str, ...] = ()
    before: str = ""


PLACES = {
    "another folder": Place(folder="öther folder with blanks"),
    "a deep folder": Place(folder="/".join(["deep"] * 30)),
    "no locale": Place(variables={"LANG": None, "LC_ALL": None}),
    "plain C": Place(variables={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "a comma for the decimal point": Place(
        variables={"LC_ALL": "de_DE.UTF-8"},
        before="import locale, contextlib\nwith contextlib.suppress(locale.Error): locale.setlocale(locale.LC_ALL, '')",
    ),
    "Turkish": Place(variables={"LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr"}),
    "the other side of the world": Place(variables={"TZ": "Pacific/Kiritimati"}),
    "a time zone of its own": Place(variables={"TZ": "XYZ-13:37"}),
    "a home without a font cache": Place(variables={"HOME": "fresh", "XDG_CACHE_HOME": None, "XDG_CONFIG_HOME": None}),
    "no home": Place(variables={"HOME": "/dev/null/home"}),
    "a matplotlibrc in the folder": Place(files={"matplotlibrc": RCPARAMS}),
    "a matplotlibrc by name": Place(files={"my.rc": RCPARAMS}, variables={"MATPLOTLIBRC": "my.rc"}),
    "a backend that is not there": Place(variables={"MPLBACKEND": "qtagg", "DISPLAY": ":99"}),
    "the order of hashes": Place(variables={"PYTHONHASHSEED": "1"}),
    "another order of hashes": Place(variables={"PYTHONHASHSEED": "4294967295"}),
    "one core": Place(before="import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})"),
    "one thread": Place(variables={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}),
    "no assertions": Place(options=("-OO",)),
    "a private umask": Place(before="import os\nos.umask(0o077)"),
    "a date in the past": Place(variables={"SOURCE_DATE_EPOCH": "1"}),
    "a narrow terminal": Place(variables={"COLUMNS": "20", "TERM": "dumb", "NO_COLOR": "1"}),
    "a Python package on the path": Place(files={"random.py": "raise SystemExit('not the library')"}, options=("-P",)),
}


def written_in(place: Place, folder: Path, suffixes: Sequence[str] = SUFFIXES) -> dict[str, str]:
    """The digest of every file that a process in a place writes, in formats and as strips."""
    here = folder / place.folder
    here.mkdir(parents=True)
    for name, text in place.files.items():
        (here / name).write_text(text)
    plain = {name: value for name, value in ENVIRONMENT.items() if name != "OPENBLAS_NUM_THREADS"}
    variables = plain | {name: value for name, value in place.variables.items() if value is not None}
    for name in place.variables.keys() - {name for name, value in place.variables.items() if value is not None}:
        variables.pop(name, None)
    if place.variables.get("HOME") == "fresh":
        variables["HOME"] = mkdtemp(dir=folder)
    request = (*REQUEST, "--size", "160x120", *(word for suffix in suffixes for word in ("-o", f"out{suffix}")))
    command = [sys.executable, *place.options, "-c", f"{place.before}\n{script(request, STRIPS)}"]
    ran = subprocess.run(command, cwd=here, env=variables, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    made = [path for path in here.iterdir() if path.name not in place.files]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(made)}


@cache
def plainly() -> dict[str, str]:
    return written_in(Place(), Path(mkdtemp()))


def test_every_format_is_compared() -> None:
    assert plainly().keys() == {f"out{suffix}" for suffix in SUFFIXES} | {f"strip{suffix}" for suffix in PAGES}


def together(names: Sequence[str]) -> Place:
    """One place that is all of these."""
    places = [PLACES[name] for name in names]
    return Place(
        variables=ChainMap(*(dict(place.variables) for place in places)),
        files=ChainMap(*(dict(place.files) for place in places)),
        folder="/".join(place.folder for place in places),
        options=tuple(option for place in places for option in place.options),
        before="\n".join(place.before for place in places),
    )


def groups() -> list[list[str]]:
    """The places, each in the first group in which no other sets a variable that it sets."""
    found: list[list[str]] = []
    for name, place in PLACES.items():
        for group in found:
            if not place.variables.keys() & together(group).variables.keys():
                group.append(name)
                break
        else:
            found.append([name])
    return found


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores are chosen on Linux alone")
@pytest.mark.parametrize("names", groups(), ids=", ".join)
def test_the_same_bytes_come_of_it(names: list[str], tmp_path: Path) -> None:
    suffixes = SUFFIXES if names == groups()[0] else FEW

    def is_plain(place: Place, name: str) -> bool:
        return written_in(place, tmp_path / name, suffixes).items() <= plainly().items()

    if is_plain(together(names), "together"):
        return
    differ = [name for name in names if not is_plain(PLACES[name], name)]
    pytest.fail(f"other bytes in {differ or names}")
