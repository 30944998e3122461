"""The classes of the catalogue's rows: what a function, optimizer, schedule, view and format say of themselves.

Rows are data and import nothing heavy: what they stand for is imported when it is first used. Installed packages bring
rows of the same classes (plugins.py); validation.py says what each field of theirs may hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from importlib import import_module
from typing import Any, ClassVar, Final, Literal, NamedTuple

from gdanim.readers import Reader

Point = tuple[float, ...]
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A function of d = 1 or 2 variables, and a descent that shows it well.

    name        snake_case
    title       what pictures call it, where that is not the name with a capital and blanks
    formula     Python arithmetic in x, or in x and y, and the parameters
    bounds      (d, 2): the domain that is searched and drawn
    start       (d,)
    lr, iterations   plain gradient descent from `start` with these can be followed by eye, and stays inside the bounds
    minimizers  (m, d): all inside the bounds, the global ones first, to full double precision
    complete    whether those are all; otherwise gdanim looks for more where runs start and end
    minimum     f at the first minimizer; None without one
    curvature   the largest eigenvalue λ of the Hessian there; None without one and at a kink, 0 where it is flat
    parameters  name and default of each
    view        limits of the drawn axes ((x0, x1), (y0, y1)) of a function of one variable, where its whole range would
                flatten the interesting part
    note        how the first minimizer differs from one with a positive definite Hessian; "saddle": there is none
    trap        where that descent does not arrive at a minimizer: what keeps it from there, which is what it shows
    source      author, year, title
    """

    name: str
    formula: str
    bounds: tuple[Interval, ...]
    start: Point
    lr: float
    iterations: int
    minimizers: tuple[Point, ...]
    minimum: float | None
    curvature: float | None
    title: str = ""
    parameters: tuple[tuple[str, float], ...] = ()
    view: tuple[Interval, Interval] | None = None
    note: Literal["", "kink", "flat", "saddle"] = ""
    complete: bool = True
    trap: str = ""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row with a target: the object `module:attribute`, which is imported on first use.

    summary  one sentence for people
    plugin   where an installed package brings the row, how an error about it begins: `The view 'globe' of gd-globe`.
             Empty for gdanim's own rows; what a package writes here is overwritten
    guard    what wraps a plug-in's target, as `module:attribute`: called with `plugin`, the target and the target's
             own arguments. By name, since a guard imports what stands behind the catalogue
    """

    guard: ClassVar[str] = ""
    name: str
    target: str
    summary: str
    plugin: str = ""

    @property
    def typed(self) -> str:
        """The name as people type it: `png-sequence`."""
        return self.name.replace("_", "-")

    def load(self) -> Any:
        """Import the target. A plug-in's is guarded: it raises GdanimError alone."""
        target = imported(self.target)
        return partial(imported(self.guard), self.plugin, target) if self.plugin else target


@dataclass(frozen=True, slots=True, kw_only=True)
class Family(Entry):
    """A function of any number of variables. Its target maps x (…, d) to f (…) and ∇f (…, d); its summary is f.

    title      what pictures call it, where that is not the name with a capital and blanks
    bound      half the width of the domain along each axis
    start      coordinates of the start, which repeat
    minimizer  each coordinate of the lowest minimizer; `point` makes it of that number and d where they differ
    complete   whether that is the only one
    kink       whether f has a kink there
    least      the least number of variables: of fewer, nothing is left of the sum
    parameters name and default of each
    """

    title: str = ""
    bound: float
    start: Point
    minimizer: float
    point: str = "gdanim.objectives.families:same"
    complete: bool = False
    kink: bool = False
    least: int = 1
    parameters: tuple[tuple[str, float], ...] = ()
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Format(Entry):
    """A file format. Its target is a FrameWriter, or a SceneWriter where `vector` is set.

    extensions   suffixes that choose the format, the usual one first
    needs_path   the writer needs a real, seekable file
    even_size    sides are even; the last row or column is repeated
    max_fps      the fastest rate that players keep
    ticks_per_s  the clock of its files: each frame ends at a whole tick; 0 where it may end at any time
    constant_rate  each picture lasts as long as --fps says, and a longer frame is several of them
    loops        whether --loop has an effect
    qualities    what each value of --quality means here; other values are refused. The default is medium
    transparent  pixels can let the page show through; otherwise frames are composited on the paper first
    still        keeps the last frame only
    sequence     one file for each frame: the path holds a number (numbering.py), and the writer gets an empty folder
    vector       the target reads the scene itself and gets no frames
    redraws      a vector format whose writer gets a function that draws the picture with other settings
    opaque_only  qualities that cannot be combined with --transparent
    suffixes     of a vector format that is chosen by name only, the suffixes of its paths; the writer gets the suffix
    borrows      of a format that is chosen by name only, suffixes that it shares with other formats
    pixel_bytes  the memory that a writer and its encoder take at most for each pixel of the picture, as measured
    full_pixel_bytes  the same of pictures that are not sent to an encoder in 4:2:0, where that is more: of the
                 qualities `in_full`, transparent, or of odd sides where it keeps those
    in_full      qualities in which no pixel shares its colour with others
    takes        which of FORMAT_OPTIONS of settings.py it reads; the writer gets them as keywords. And `style`: it gets
                 the StyleChoice
    """

    guard: ClassVar[str] = "gdanim.output.guard:GuardedWriter"
    extensions: tuple[str, ...]
    needs_path: bool = False
    even_size: bool = False
    max_fps: int = 240
    ticks_per_s: int = 0
    constant_rate: bool = False
    loops: bool = False
    qualities: Mapping[str, str]
    transparent: bool = False
    still: bool = False
    sequence: bool = False
    vector: bool = False
    redraws: bool = False
    opaque_only: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    borrows: tuple[str, ...] = ()
    pixel_bytes: int = 0
    full_pixel_bytes: int = 0
    in_full: tuple[str, ...] = ("lossless",)
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class View(Entry):
    """A way to draw. Its target builds a Scene of a Descent.

    dims    the numbers of variables that it can draw
    takes   which of VIEW_OPTIONS of settings.py it reads
    scene   where the descent is drawn, in words for --alt-text: `on its curve`; empty for `as NAME`
    """

    guard: ClassVar[str] = "gdanim.drawing.guard:guarded_scene"
    dims: tuple[int, ...]
    takes: tuple[str, ...] = ()
    scene: str = ""


REQUIRED: Final = object()  # the default of a hyperparameter that has to be given


class Hyperparameter(NamedTuple):
    """A value that an optimizer or a schedule takes by name.

    default   None where the request decides; `shown` then says how. REQUIRED in a person's own rule, where it has none
    read      from text, or a typed value, to the checked value; its ValueError says what is allowed
    """

    name: str
    default: Any
    read: Reader[Any]
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Entry):
    """A row that is chosen as `name:key=value,…`; its target takes the hyperparameters as keywords.

    option    the option that chooses it
    ordered   pairs of hyperparameters, of which the first has to be below the second
    """

    option: ClassVar[str]
    hyperparameters: tuple[Hyperparameter, ...] = ()
    ordered: tuple[tuple[str, str], ...] = ()
    source: str = ""

    @property
    def word(self) -> str:
        """What people read: the name; of `FILE.py:NAME`, NAME."""
        return self.name.rpartition(":")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Rule):
    """How the rate changes. Its target returns rates(k (n,), lr (runs, 1), n) → (runs, n)."""

    guard: ClassVar[str] = "gdanim.optimizers.guard:guarded_rates"
    option: ClassVar[str] = "--schedule"


class Rate(Enum):
    """The rate of an optimizer for which none is given, as a person reads it."""

    OBJECTIVE = "the function's own"
    DAMPED = "the function's own × 2 (1 − momentum)"
    MIXED = "the function's own / (1 − nu)"
    WIDTH = "2 % of the width of the function's bounds"
    WIDE = "10 % of the width of the function's bounds"
    WHOLE = "the width of the function's bounds"
    ONE = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method(Rule):
    """An optimizer. Its summary is the update rule; `lr` is one more hyperparameter. Its target returns an Optimizer.

    rate               the rate where none is given
    follows_schedule   False where it reads the rate of the first iteration only
    """

    guard: ClassVar[str] = "gdanim.optimizers.guard:guarded_optimizer"
    option: ClassVar[str] = "--optimizer"
    rate: Rate
    follows_schedule: bool = True


def imported(target: str) -> Any:
    """What `module:attribute` names."""
    module, _, attribute = target.partition(":")
    return getattr(import_module(module), attribute)
