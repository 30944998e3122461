"""What a person meant by a word that is none of gdanim's: a name of another kind, a file, an option of other tools."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gdanim.catalogue.formats import FORMATS
from gdanim.catalogue.functions import FORMULAS
from gdanim.catalogue.registry import FUNCTIONS, OPTIMIZERS, SCHEDULES, STYLES, VIEWS, presets
from gdanim.catalogue.registry import KINDS as LISTED
from gdanim.errors import nearest
from gdanim.tables.files import KINDS, kind_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_FILE: Final = re.compile(r"[^\s()*^+=]+\.[A-Za-z][A-Za-z0-9]{0,6}(\.gz)?")
# What other tools and textbooks call an option, or a hyperparameter of a method.
OPTION_SYNONYMS: Final[Mapping[str, str]] = {
    **dict.fromkeys(["learning-rate", "rate", "alpha", "eta", "step-size", "stepsize", "learningrate"], "--lr"),
    **dict.fromkeys(["steps", "epochs", "iters", "n-iterations", "max-iter", "num-steps", "maxiter"], "--iterations"),
    **dict.fromkeys(["method", "algorithm", "optimiser", "opt", "solver"], "--optimizer"),
    **dict.fromkeys(["momentum", "mu", "dampening"], "-O momentum:momentum=0.9"),
    **dict.fromkeys(["beta", "beta1"], "-O adam:beta1=0.9"),
    **dict.fromkeys(["beta2"], "-O adam:beta2=0.999"),
    **dict.fromkeys(["weight-decay"], "-O gd:weight_decay=0.01"),
    **dict.fromkeys(["x0", "init", "initial", "from", "initial-point"], "--start"),
    **dict.fromkeys(["tol", "eps", "epsilon", "gtol"], "--tolerance"),
    **dict.fromkeys(["out", "outfile", "save", "filename", "file"], "--output"),
    **dict.fromkeys(["theme", "color", "colour", "colors", "palette"], "--style"),
    **dict.fromkeys(["colormap", "colourmap"], "--cmap"),
    **dict.fromkeys(["width", "height", "resolution", "figsize"], "--size"),
    **dict.fromkeys(["seconds", "length", "time"], "--duration"),
    **{style: f"--style {style}" for style in ("light", "dark", "slides")},
    **dict.fromkeys(["n-starts", "num-starts", "random-starts"], "--starts"),
    **dict.fromkeys(["framerate", "frame-rate", "speed"], "--fps"),
    **dict.fromkeys(["xrange", "x-range", "bounds", "domain"], "--xlim"),
    **dict.fromkeys(["yrange", "y-range"], "--ylim"),
    **dict.fromkeys(["random-state", "random-seed"], "--seed"),
    **dict.fromkeys(["lr-schedule", "scheduler", "decay"], "--schedule"),
    **dict.fromkeys(["tex", "latex"], "--title"),
    **dict.fromkeys(["delay", "pause"], "--hold"),
    **dict.fromkeys(["batch-size", "batchsize", "minibatch", "mini-batch"], "--batch"),
    **dict.fromkeys(["force-overwrite", "overwrite", "yes"], "--force"),
    "silent": "--quiet",
}
# Of difflib's ratio: --itertions is --iterations, --color is not --lr, and tlit is not `list`.
_NEAR: Final = 0.8


def option_hint(name: str, known: Collection[str]) -> str:
    """The sentence that suggests an option in place of `name`; empty where none means the same and none is near."""
    word = name.lstrip("-").replace("_", "-").lower()
    options = [*(option for option in known if option.startswith("--")), "--help", "--version"]
    meant = OPTION_SYNONYMS.get(word) or nearest(f"--{word}", options, cutoff=_NEAR)
    return f" Did you mean '{meant}'?" if meant else ""


def command_hint(word: str, commands: Collection[str]) -> str | None:
    """What to type in place of a word that is nearly a command, and no function; else None."""
    if any(word == row.name for row in FORMULAS):
        return None
    is_option = word.lower() in {"help", "version"}
    near = f"--{word.lower()}" if is_option else nearest(word, commands, cutoff=_NEAR)
    return f"gdanim {near}" if near and word not in FUNCTIONS.names() else None


def as_file(function: str) -> str | None:
    """What a file is that is given as a function, and what to type instead; None where it looks like none."""
    path = function if _FILE.fullmatch(function) else ""
    suffix = Path(path).suffix.lower()
    if suffix == ".py":
        return f"a Python file: name the function in it, such as {path}:f"
    if suffix == ".toml":
        return f"a preset: gdanim --preset {path}"
    if any(suffix in row.extensions for row in FORMATS):
        return f"a file: to write it, name a function and -o {path}; to make it again, gdanim --preset {path}"
    if kind_of(path) or suffix in {*KINDS, ".txt", ".dat"}:
        return f"a table: to replay it, name the function that was descended, and --trajectory {path}"
    return None


def as_name(word: str) -> str | None:
    """What a name is that no function has, and what to type instead; None where nothing has it."""
    if word in presets():
        return f"a preset: gdanim --preset {word}"
    for kind in (word, f"{word}s", f"{word.removesuffix('y')}ies"):
        if kind in (*LISTED, "presets"):
            return f"a kind of things: gdanim list {kind}"
    found = next((kind for kind, _, names in _chosen_by_name() if _key(word) in names), None)
    return f"{found}: name a function, and {option_for(word)} {word}" if found else None


def option_for(word: str) -> str | None:
    """The option that takes a word which is the name of something, or of a file of a kind; None where none is sure."""
    path = Path(word)
    if any(path.suffix.lower() in row.extensions for row in FORMATS):
        return "-o"
    if kind_of(word) is not None or path.suffix.lower() in {*KINDS, ".txt", ".dat"}:
        return "--trajectory"
    files = {".toml": "--preset", ".mplstyle": "--style"}
    named = (option for _, option, names in _chosen_by_name() if _key(word) in names)
    return files.get(path.suffix) or next(named, "--preset" if word in presets() else None)


def _chosen_by_name() -> Iterator[tuple[str, str, Collection[str]]]:
    """What an option chooses by its name: what it is, the option, all names."""
    yield "an optimizer", "-O", OPTIMIZERS.names()
    yield "a schedule", "--schedule", SCHEDULES.names()
    yield "a view", "--view", VIEWS.names()
    yield "a style", "--style", STYLES


def _key(word: str) -> str:
    return word.replace("-", "_")
