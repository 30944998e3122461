"""Settings: one request, complete and checked. Its fields are the options of the command line and keys of presets.

A field's metadata says how it is written, read and explained. None as a default means that the function (catalogue)
or the picture decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from gdanim import readers
from gdanim.errors import SettingError, UnknownNameError
from gdanim.options import objects
from gdanim.options.option import Fields, Option, option, part, plane, rows

if TYPE_CHECKING:
    from fractions import Fraction
    from typing import Unpack

    from gdanim.options.typed import SettingsOptions

__version__ = "0.2.0"  # of gdanim, and so of what settings mean

MAX_ITERATIONS = 1_000_000
MAX_DURATION_S = 86_400
MIN_DPI = 20
MAX_SEED = 2**32 - 1
# What some views read and others do not; each view's row says which.
VIEW_OPTIONS = ("facet", "explain", "inset", "basins", "arrows", "camera", "turn", "cmap", "aspect")
# What only models read, which are fitted to data.
FIT_OPTIONS = ("target", "loss", "l2", "l1", "standardize", "batch")
# What some formats read and others do not; each format's row says which.
FORMAT_OPTIONS = ("svg_text", "fragment", "frames", "stops", "dither")
AUTO_STYLE = "auto"  # light, and in formats that can, as the reader has it
GROUPS = ("Descent", "Fit", "Many starts", "View", "Time", "Output")


@dataclass(frozen=True, slots=True, kw_only=True, init=False, repr=False, eq=False)
class Picture(Fields):
    """What the picture depends on: the part of Settings that presets and recipes carry. It is made as Settings."""

    # fmt: off
    function: str = option("", "The function to descend on.", objects.function, default="", metavar="FUNCTION")

    lr: tuple[float, ...] = option("Descent", "Set the learning rate; repeat to compare.",
        readers.number(above=0), several=True, metavar="RATE", shown="the function's own")
    start: tuple[tuple[float, ...], ...] = option("Descent", "Start here; repeat to compare.",
        readers.point, several=readers.several_points, metavar="X[,Y,...]", shown="the function's own")
    optimizer: tuple[str, ...] = option(
        "Descent", "Choose the method, `gdanim list optimizers` or FILE.py:NAME; repeat to race.",
        objects.optimizer, several=True, metavar="NAME[:K=V]", short="-O", shown="gd")
    schedule: tuple[str, ...] = option(
        "Descent", "Change the rate as it goes, `gdanim list schedules` or FILE.py:NAME.",
        objects.schedule, several=True, metavar="NAME[:K=V]", shown="constant")
    iterations: int | None = option("Descent", "Stop after N iterations.",
        readers.whole(least=0, most=MAX_ITERATIONS), metavar="N", short="-n", shown="the function's own")
    tolerance: float | None = option("Descent", "Stop where the gradient's norm falls below G.",
        readers.number(above=0), metavar="G", shown="none")
    budget: int | None = option(
        "Descent", "Give each run N evaluations: of f, the gradient or both at a point; a Hessian is one per variable.",
        readers.whole(least=1, most=MAX_ITERATIONS), metavar="N", shown="none")
    noise: float = option("Descent", "Add normal noise of deviation SIGMA to the gradient of each iteration.",
        readers.number(least=0), default=0.0, metavar="SIGMA")
    trajectory: tuple[str, ...] = option("Descent", "Replay the paths in a table, LABEL=FILE with a name: text, JSON, "
        ".npz or .npy; repeat to compare. `-` is standard input.", objects.table, several=objects.tables,
        metavar="FILE")
    columns: tuple[tuple[str, str], ...] = option("Descent", "Say what columns of the table are: x1=w0,f=loss.",
        readers.columns, default=(), metavar="ROLE=NAME", shown="by their names", pairs=True)
    dim: int | None = option("Descent", "Take a function that is defined for any number of variables, of N of them.",
        readers.whole(least=1, most=1_000_000), metavar="N", shown="the function's own")
    param: tuple[tuple[str, float], ...] = option("Descent", "Set a parameter of the function; repeat for more.",
        readers.parameters, default=(), metavar="NAME=VALUE", short="-p", shown="the function's own", pairs=True)
    gradient: str | None = option("Descent", "Take a Python function's gradient from here.",
        objects.function, metavar="FILE:NAME", shown="its own, else differences")

    points: str | None = option("Fit", "Fit FUNCTION, a model such as 'a*x + b', to a table: names that are columns "
        "are data, all others vary. `-` is standard input.", objects.table, metavar="FILE", shown="none")
    target: str | None = option("Fit", "Predict this column of the table.",
        readers.text, metavar="NAME", shown="y, else the last")
    loss: str | None = option("Fit", "Take the mean of squares `mse`, of distances `mae`, of both mixed `huber`, or "
        "the logistic loss `log` of a probability.", readers.Choice("mse", "mae", "huber", "log"), metavar="WORD",
        shown="log of a sigmoid, else mse")
    l2: float = option("Fit", "Add A times the sum of squares of what varies, intercepts left out.",
        readers.number(least=0, most=1e12), default=0.0, metavar="A")
    l1: float = option("Fit", "Add A times the sum of its absolute values.",
        readers.number(least=0, most=1e12), default=0.0, metavar="A")
    standardize: bool = option("Fit", "Centre each column of the model on its mean, in units of its deviation.",
        readers.flag, default=False)

    batch: tuple[str, ...] = option("Fit", "See N rows in each step, or `all`, shuffled each epoch; repeat to compare.",
        rows, several=True, metavar="N", shown="all")

    starts: int | None = option("Many starts", "Draw N random starts, uniform in the bounds.",
        readers.whole(least=1, most=1_000_000), metavar="N")
    seed: int = option("Many starts", "Seed the random starts and the noise.",
        readers.whole(least=0, most=MAX_SEED), default=0, metavar="INT")
    min_separation: float = option("Many starts", "Drop a start closer than D to the one before, the first to 0.",
        readers.number(least=0), default=0.0, metavar="D")
    avoid_minima: float = option("Many starts", "Drop a start closer than R to a minimum.",
        readers.number(least=0), default=0.0, metavar="R")
    avoid: tuple[tuple[float, ...], ...] = option(
        "Many starts", "Keep that far from these points, not from the minima; repeat for more of two variables.",
        readers.points, several=readers.several_points, metavar="X,...", shown="the minima")
    order: str = option("Many starts", "Play the runs `together`, or one by one: `in-turn`.",
        readers.Choice("together", "in-turn"), default="together", metavar="WORD")

    view: str = option("View", "Choose what to draw: `gdanim list views`.",
        readers.text, default="auto", metavar="NAME")
    facet: str | None = option("View", "Give each `lr`, `optimizer`, `schedule`, `start` or `batch` a panel.",
        readers.Choice("lr", "optimizer", "schedule", "start", "batch"), metavar="WORD", shown="none")
    explain: bool = option("View", "Write each update out, and draw its slope and its step.",
        readers.flag, default=False)
    inset: str | tuple[float, ...] | None = option(
        "View", "Enlarge the `minimum`, or a part from X0 to X1, in a corner.",
        part, metavar="X0,X1[,Y0,Y1]", shown="none")
    basins: bool = option("View", "Colour the ground by where a descent from there ends.", readers.flag, default=False)
    arrows: str | None = option(
        "View", "Draw at each spot where the `gradient` points downhill, the `step` or the `momentum`.",
        readers.Choice("gradient", "step", "momentum"), metavar="WORD", shown="none")
    trail: int | None = option("View", "Draw the last N iterations of each path only.",
        readers.whole(least=0, most=MAX_ITERATIONS), metavar="N", shown="all")
    camera: tuple[float, float] | None = option("View", "Look at a surface from this height and side, in degrees.",
        readers.camera, metavar="ELEV,AZIM", shown="the view's own")
    turn: float = option("View", "Turn a surface by so many degrees as it plays.",
        readers.number(least=-3600, most=3600), default=0.0, metavar="DEGREES")
    cmap: str | None = option("View", "Colour heights by a colour map of matplotlib.",
        readers.text, metavar="NAME", shown="the style's own")
    plane: str | None = option("View", "Draw more than two dimensions on a plane: of principal components `pca`, of "
        "start and end `ends`, or of two coordinates.", plane, metavar="WORD|X3,X7",
        shown="pca above two dimensions")
    xlim: tuple[float, float] | None = option("View", "Set the ends of the horizontal axis.",
        readers.interval, metavar="A,B", shown="the function's own")
    ylim: tuple[float, float] | None = option("View", "Set the ends of the vertical axis.",
        readers.interval, metavar="A,B", shown="the function's own")
    aspect: str = option(
        "View", "Draw both axes of two variables to one scale, `equal`, or each to fill the picture, `free`. `auto` is "
        "equal where neither is three times as long.", readers.Choice("auto", "equal", "free"), default="auto",
        metavar="WORD")
    style: tuple[str, ...] = option(
        "View", "Set colours and type: `gdanim list styles`, a style of matplotlib, an .mplstyle file; repeat to put "
        "one on top of another. `auto` is light, and in an .html what its reader prefers.",
        objects.style, several=True, default=(AUTO_STYLE,), metavar="NAME|FILE", shown=AUTO_STYLE)
    transparent: bool = option("View", "Leave the background out, in formats that can.", readers.flag, default=False)
    title: str | None = option("View", "Set the title, mathematics between dollars; empty for none.",
        readers.text, metavar="TEXT", shown="the formula")
    xlabel: str | None = option("View", "Name the horizontal axis of the function; empty for none.",
        readers.text, metavar="TEXT", shown="x")
    ylabel: str | None = option("View", "Name its vertical axis; empty for none.",
        readers.text, metavar="TEXT", shown="y")
    readout: bool = option("View", "Show iteration, x, f(x) and rate as they change.",
        readers.flag, default=True, shown="readout")
    verdict: bool = option("View", "Say what became of each run, from when it has.",
        readers.flag, default=True, shown="verdict")
    size: tuple[int, int] = option("View", "Set the size in pixels.",
        readers.size, default=(640, 480), metavar="WxH", shown="640x480")
    dpi: int | None = option("View", "Scale type and lines, in dots per inch.",
        readers.whole(least=MIN_DPI, most=1200), metavar="INT", shown="100 at 640x480, and in proportion")

    fps: Fraction = option("Time", "Show RATE frames per second; 100/7 is exact.",
        readers.ratio, default=10, metavar="RATE")
    tween: int = option("Time", "Take K frames for each iteration, eased between its points.",
        readers.whole(least=1, most=100), default=1, metavar="K")
    every: int | None = option("Time", "Show every K-th iteration.",
        readers.whole(least=1, most=MAX_ITERATIONS), metavar="K", shown="1")
    duration: float | None = option("Time", "Fit everything, lead and hold included, into SECONDS.",
        readers.number(above=0, most=MAX_DURATION_S), metavar="SECONDS")
    lead: float = option("Time", "Hold the first frame for SECONDS before anything moves.",
        readers.number(least=0, most=3600), default=0.5, metavar="SECONDS")
    hold: float = option("Time", "Hold the last frame for SECONDS.",
        readers.number(least=0, most=3600), default=1.0, metavar="SECONDS")
    rewind: bool = option("Time", "Play back to the start after the hold, three times as fast.",
        readers.flag, default=False)
    loop: int = option("Time", "Play N times, 0 for ever, in formats that loop.",
        readers.whole(least=0, most=65_536), default=0, metavar="N")

    format: str | None = option("Output", "Set the format: `gdanim list formats`.",
        readers.text, metavar="NAME", short="-f", shown="by the suffix")
    quality: str = option("Output", "Trade size for truth: low, medium, high or lossless; `gdanim list formats`.",
        readers.Choice("low", "medium", "high", "lossless"), default="medium", metavar="WORD")
    dither: bool = option("Output", "Dither colours that a GIF lacks, by a fixed pattern that does not flicker.",
        readers.flag, default=False)
    max_size: int | None = option(
        "Output", "Keep each file below SIZE, such as 1MB, at the least loss that can be seen.",
        readers.bytes_of, metavar="SIZE", shown="none")
    themes: tuple[str, ...] = option("Output", "Write each file in several styles, `a-light.webp` and `a-dark.webp`.",
        readers.names, default=(), metavar="A,B", shown="none")
    frames: int | None = option("Output", "Show N moments in a filmstrip.",
        readers.whole(least=1, most=48), metavar="N", shown="5")
    stops: tuple[str, ...] = option("Output", "Show these iterations only, in pages and frames of vectors.",
        readers.stops, default=(), metavar="K,K,end", shown="all")
    svg_text: str = option("Output", "Write the letters of an .svg as `paths`, or as `text` in the reader's font.",
        readers.Choice("paths", "text"), default="paths", metavar="WORD")
    fragment: bool = option("Output", "Write an .html without its page, to be put into another.",
        readers.flag, default=False)
    # fmt: on


@dataclass(frozen=True, slots=True, kw_only=True, init=False, repr=False, eq=False)
class Settings(Picture):
    """A request. Raises SettingError where a value is not one that its option takes."""

    # fmt: off
    allow_python: bool = option("Descent", "Let a preset name Python code.",
        readers.flag, default=False, after="gradient")
    output: tuple[str, ...] = option("Output", "Write this file; repeat for several. `-` is standard output.",
        objects.output, several=True, metavar="PATH", short="-o", shown="FUNCTION.gif", after="loop")
    poster: str | None = option("Output", "Write the last frame beside it, as .png.",
        objects.path, metavar="PATH", after="themes")
    alt_text: bool = option(
        "Output", "Print what the animation shows in a sentence or two, for those who do not see it.",
        readers.flag, default=False)
    snippet: str | None = option("Output", "Print the `html` or `markdown` that shows the files in a page.",
        readers.Choice("html", "markdown"), metavar="WORD", shown="none")
    data: str | None = option("Output", "Write the trajectory, too: .csv, .jsonl or .npz.",
        objects.path, metavar="PATH")
    force: bool = option(
        "Output", "Replace a file that gdanim did not make, such as a drawing, or one that may be executed.",
        readers.flag, default=False)
    if_changed: bool = option("Output", "Write nothing where all files are whole and made by this very request.",
        readers.flag, default=False)
    unlimited: bool = option("Output", "Take more than 2 GB of memory, where a large picture needs it.",
        readers.flag, default=False)
    json: bool = option("Output", "Print a summary as JSON on standard output.", readers.flag, default=False)
    dry_run: bool = option("Output", "Print the request as a preset; write nothing.", readers.flag, default=False)
    strict: bool = option("Output", "Exit with 3 if a run diverges or leaves the domain.", readers.flag, default=False)
    open: bool = option("Output", "Open what was written.", readers.flag, default=False)
    quiet: bool = option("Output", "Print errors only.", readers.flag, default=False, short="-q")
    verbose: bool = option("Output", "Print how each run ended, too.", readers.flag, default=False, short="-v")
    # fmt: on

    # The keywords are what the readers take; what they give is what the fields are annotated with.
    def __init__(self, **options: Unpack[SettingsOptions]) -> None:
        given: dict[str, Any] = {**DEFAULTS, **options}
        for attribute, item in _table().items():
            value = given.pop(attribute)
            try:
                object.__setattr__(self, attribute, item.read(value))
            except ValueError as refusal:
                raise SettingError(item.name, value, str(refusal)) from None
        if given:
            raise TypeError(f"Settings has no option {next(iter(given))!r}")

    def picture(self) -> Picture:
        """What the picture depends on; what belongs to one run of the command is left behind."""
        return replace(self, **{name: default for name, default in DEFAULTS.items() if name not in SAVED})


SAVED: Final = frozenset(item.name for item in fields(Picture))  # the rest belongs to one run on one machine
DEFAULTS: Final[Mapping[str, Any]] = MappingProxyType({item.name: item.default for item in fields(Settings)})


@cache
def _table() -> Mapping[str, Option]:
    """Each option by the name of its field, in the order of --help."""
    known: dict[str, Option] = {}
    order: list[str] = []
    for item in fields(Settings):
        name = item.name if item.name == "function" else "--" + item.name.replace("_", "-")
        written: Option = item.metadata["option"]
        known[item.name] = written._replace(name=name)
        order.insert(order.index(written.after) + 1 if written.after else len(order), item.name)
    return {name: known[name] for name in order}


def options() -> Iterator[tuple[str, Option, Any]]:
    """Each option as (field, Option, default), in the order of --help."""
    return ((attribute, item, DEFAULTS[attribute]) for attribute, item in _table().items())


def from_saved(saved: Mapping[str, Any], *, source: str) -> dict[str, Any]:
    """Fields of Settings from the keys of a preset; `source` names the preset in errors."""
    known = {item.name.lstrip("-"): (attribute, item) for attribute, item, _ in options()}
    found = {}
    for key, value in saved.items():
        if key not in known:
            raise UnknownNameError(f"key in {source}:", key, known)
        attribute, item = known[key]
        if attribute not in SAVED:
            raise SettingError(f"{source}: {key}", value, "belongs on the command line, not in a preset")
        try:
            found[attribute] = item.read_saved(value)
        except ValueError as refusal:
            raise SettingError(f"{source}: {key}", value, str(refusal)) from None
    return found


def to_saved(settings: Picture) -> dict[str, Any]:
    """The keys and values of a preset that makes the same picture; what is at its default is left out."""
    return {
        item.name.lstrip("-"): getattr(settings, attribute)
        for attribute, item, default in options()
        if attribute in SAVED and getattr(settings, attribute) != default
    }
