"""The options as keywords of Python calls, for type checkers and editors. Nothing imports this at run time.

Made by tests/house/test_typed_options.py from the table of options, settings.py, and held to it by a test.
"""

from fractions import Fraction
from typing import Literal, TypedDict

from gdanim.options.kinds import (
    Function,
    HasColours,
    Number,
    Numbers,
    Pairs,
    Path,
    Rates,
    Rule,
    Several,
    Stream,
    Table,
    Whole,
)


class FormatOptions(TypedDict, total=False):
    """How files are written."""

    format: str | None
    """Set the format: `gdanim list formats`."""
    quality: Literal["low", "medium", "high", "lossless"]
    """Trade size for truth: low, medium, high or lossless; `gdanim list formats`."""
    dither: bool
    """Dither colours that a GIF lacks, by a fixed pattern that does not flicker."""
    max_size: Whole | None
    """Keep each file below SIZE, such as 1MB, at the least loss that can be seen."""
    themes: Several[str]
    """Write each file in several styles, `a-light.webp` and `a-dark.webp`."""
    frames: Whole | None
    """Show N moments in a filmstrip."""
    stops: Several[Whole]
    """Show these iterations only, in pages and frames of vectors."""
    svg_text: Literal["paths", "text"]
    """Write the letters of an .svg as `paths`, or as `text` in the reader's font."""
    fragment: bool
    """Write an .html without its page, to be put into another."""


class PictureOptions(FormatOptions, total=False):
    """What a picture depends on: the keywords of animate(), solve() and load()."""

    lr: Several[Number]
    """Set the learning rate; repeat to compare."""
    start: Several[Number | Numbers]
    """Start here; repeat to compare."""
    optimizer: Several[Rule]
    """Choose the method, `gdanim list optimizers` or FILE.py:NAME; repeat to race."""
    schedule: Several[Rates]
    """Change the rate as it goes, `gdanim list schedules` or FILE.py:NAME."""
    iterations: Whole | None
    """Stop after N iterations."""
    tolerance: Number | None
    """Stop where the gradient's norm falls below G."""
    budget: Whole | None
    """Give each run N evaluations: of f, the gradient or both at a point; a Hessian is one per variable."""
    noise: Number
    """Add normal noise of deviation SIGMA to the gradient of each iteration."""
    trajectory: Several[Path | Table]
    """Replay the paths in a table, LABEL=FILE with a name: text, JSON, .npz or .npy; repeat to compare. `-` is
    standard input.
    """
    columns: Pairs[str]
    """Say what columns of the table are: x1=w0,f=loss."""
    dim: Whole | None
    """Take a function that is defined for any number of variables, of N of them."""
    param: Pairs[float]
    """Set a parameter of the function; repeat for more."""
    gradient: Function | None
    """Take a Python function's gradient from here."""
    points: Path | Table | None
    """Fit FUNCTION, a model such as 'a*x + b', to a table: names that are columns are data, all others vary. `-` is
    standard input.
    """
    target: str | None
    """Predict this column of the table."""
    loss: Literal["mse", "mae", "huber", "log"] | None
    """Take the mean of squares `mse`, of distances `mae`, of both mixed `huber`, or the logistic loss `log` of a
    probability.
    """
    l2: Number
    """Add A times the sum of squares of what varies, intercepts left out."""
    l1: Number
    """Add A times the sum of its absolute values."""
    standardize: bool
    """Centre each column of the model on its mean, in units of its deviation."""
    batch: Several[Whole]
    """See N rows in each step, or `all`, shuffled each epoch; repeat to compare."""
    starts: Whole | None
    """Draw N random starts, uniform in the bounds."""
    seed: Whole
    """Seed the random starts and the noise."""
    min_separation: Number
    """Drop a start closer than D to the one before, the first to 0."""
    avoid_minima: Number
    """Drop a start closer than R to a minimum."""
    avoid: Several[Number | Numbers]
    """Keep that far from these points, not from the minima; repeat for more of two variables."""
    order: Literal["together", "in-turn"]
    """Play the runs `together`, or one by one: `in-turn`."""
    view: str
    """Choose what to draw: `gdanim list views`."""
    facet: Literal["lr", "optimizer", "schedule", "start", "batch"] | None
    """Give each `lr`, `optimizer`, `schedule`, `start` or `batch` a panel."""
    explain: bool
    """Write each update out, and draw its slope and its step."""
    inset: Numbers | None
    """Enlarge the `minimum`, or a part from X0 to X1, in a corner."""
    basins: bool
    """Colour the ground by where a descent from there ends."""
    arrows: Literal["gradient", "step", "momentum"] | None
    """Draw at each spot where the `gradient` points downhill, the `step` or the `momentum`."""
    trail: Whole | None
    """Draw the last N iterations of each path only."""
    camera: Numbers | None
    """Look at a surface from this height and side, in degrees."""
    turn: Number
    """Turn a surface by so many degrees as it plays."""
    cmap: str | None
    """Colour heights by a colour map of matplotlib."""
    plane: str | None
    """Draw more than two dimensions on a plane: of principal components `pca`, of start and end `ends`, or of two
    coordinates.
    """
    xlim: Numbers | None
    """Set the ends of the horizontal axis."""
    ylim: Numbers | None
    """Set the ends of the vertical axis."""
    aspect: Literal["auto", "equal", "free"]
    """Draw both axes of two variables to one scale, `equal`, or each to fill the picture, `free`. `auto` is equal
    where neither is three times as long.
    """
    style: Several[Path | HasColours]
    """Set colours and type: `gdanim list styles`, a style of matplotlib, an .mplstyle file; repeat to put one on
    top of another. `auto` is light, and in an .html what its reader prefers.
    """
    transparent: bool
    """Leave the background out, in formats that can."""
    title: str | None
    """Set the title, mathematics between dollars; empty for none."""
    xlabel: str | None
    """Name the horizontal axis of the function; empty for none."""
    ylabel: str | None
    """Name its vertical axis; empty for none."""
    readout: bool
    """Show iteration, x, f(x) and rate as they change."""
    verdict: bool
    """Say what became of each run, from when it has."""
    size: Numbers
    """Set the size in pixels."""
    dpi: Whole | None
    """Scale type and lines, in dots per inch."""
    fps: Number | Fraction
    """Show RATE frames per second; 100/7 is exact."""
    tween: Whole
    """Take K frames for each iteration, eased between its points."""
    every: Whole | None
    """Show every K-th iteration."""
    duration: Number | None
    """Fit everything, lead and hold included, into SECONDS."""
    lead: Number
    """Hold the first frame for SECONDS before anything moves."""
    hold: Number
    """Hold the last frame for SECONDS."""
    rewind: bool
    """Play back to the start after the hold, three times as fast."""
    loop: Whole
    """Play N times, 0 for ever, in formats that loop."""


class FileOptions(TypedDict, total=False):
    """What is written beside, and where."""

    poster: Path | None
    """Write the last frame beside it, as .png."""
    data: Path | None
    """Write the trajectory, too: .csv, .jsonl or .npz."""
    force: bool
    """Replace a file that gdanim did not make, such as a drawing, or one that may be executed."""
    unlimited: bool
    """Take more than 2 GB of memory, where a large picture needs it."""


class SaveOptions(FormatOptions, FileOptions, total=False):
    """The keywords of Animation.save()."""


class RenderOptions(PictureOptions, FileOptions, total=False):
    """The keywords of render()."""

    output: Several[Path | Stream]
    """Write this file; repeat for several. `-` is standard output."""
    allow_python: bool
    """Let a preset name Python code."""


class SettingsOptions(RenderOptions, total=False):
    """All fields of Settings."""

    function: Function
    """The function to descend on."""
    alt_text: bool
    """Print what the animation shows in a sentence or two, for those who do not see it."""
    snippet: Literal["html", "markdown"] | None
    """Print the `html` or `markdown` that shows the files in a page."""
    if_changed: bool
    """Write nothing where all files are whole and made by this very request."""
    json: bool
    """Print a summary as JSON on standard output."""
    dry_run: bool
    """Print the request as a preset; write nothing."""
    strict: bool
    """Exit with 3 if a run diverges or leaves the domain."""
    open: bool
    """Open what was written."""
    quiet: bool
    """Print errors only."""
    verbose: bool
    """Print how each run ended, too."""
