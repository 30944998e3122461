"""What stands in the registries: a name, a sentence for people, and where the thing itself is imported from.

Entries are data and import nothing heavy. catalog.py holds those that ship with gdanim; an installed package adds its
own through entry points (plugins.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdanim.readers import Reader

# By its name, as all targets: the guard of what plug-ins bring knows optimizers, scenes and files.
_GUARD: Final = "gdanim.catalogue.guard:guarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One name: a sentence for people, and the object `module:attribute` that is imported on first use.

    plugin   of a row that an installed package brings, who is to blame if its object fails: how a sentence about it
             begins. Empty for gdanim's own; whatever a package writes there is overwritten.
    """

    name: str
    target: str
    summary: str
    plugin: str = ""

    @property
    def typed(self) -> str:
        """The name as people write it: `png-sequence`."""
        return self.name.replace("_", "-")

    def load(self) -> Any:
        """Import the object. One that a plug-in brings is guarded: it raises GdanimError alone."""
        return _imported(_GUARD)(self, self.imported()) if self.plugin else self.imported()

    def imported(self) -> Any:
        """The object as it stands in its module."""
        return _imported(self.target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format(Entry):
    """A file format. Its target is a FrameWriter, or a SceneWriter where it is a vector format.

    extensions   the suffixes that mean it, the usual one first
    needs_path   the writer needs a real, seekable file
    even_size    the format holds even sizes only; the last row or column is repeated
    max_fps      the fastest that plays as asked
    loops        whether --loop means anything
    qualities    what each value of --quality means here; a value that is missing is refused. The default is medium
    transparent  pixels can let the page show through; otherwise frames are composited on the paper first
    opaque_only  qualities that go without --transparent only
    still        keeps the last frame only
    sequence     one file for each frame: the path holds a number (numbered.py), and the writer takes an empty folder
    vector       its target reads the scene itself, and sees no frame
    suffixes     of a vector format that only its name chooses, those that its path may have; the writer is told which
    redraws      a vector format whose writer gets a function that draws the picture with other settings
    borrows      of a format that only its name chooses, the suffixes that its files have from others
    refuses      options that make no sense in it
    takes        which of the options that only some formats have it reads, and gets as keywords: FORMAT_OPTIONS of
                 settings.py
    """

    extensions: tuple[str, ...]
    needs_path: bool
    even_size: bool
    max_fps: int
    loops: bool
    qualities: Mapping[str, str]
    transparent: bool = False
    opaque_only: tuple[str, ...] = ()
    still: bool = False
    sequence: bool = False
    vector: bool = False
    suffixes: tuple[str, ...] = ()
    redraws: bool = False
    borrows: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class View(Entry):
    """A way to draw. Its target builds a Scene of a Descent.

    dims    the numbers of variables that it draws
    takes   which of the options that only some views have it reads: VIEW_OPTIONS of settings.py
    """

    dims: tuple[int, ...]
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameter:
    """A number that an optimizer or a schedule takes by name.

    read      from text or a number to the checked value; its ValueError says what is allowed
    default   None where the request decides; `shown` then says how
    """

    name: str
    default: Any
    read: Reader[Any]
    shown: str = ""


def hyper(name: str, default: Any, read: Reader[Any], shown: str = "") -> Hyperparameter:
    """A Hyperparameter in few words, for tables that hold many."""
    return Hyperparameter(name=name, default=default, read=read, shown=shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Entry):
    """What is chosen as `name:key=value`, with hyperparameters; its target takes them as keywords.

    ordered   pairs of hyperparameters, of which the first has to be below the second
    option    the option that chooses it
    listed    the command that lists what may be chosen
    """

    option: ClassVar[str]
    listed: ClassVar[str]

    hyperparameters: tuple[Hyperparameter, ...] = ()
    ordered: tuple[tuple[str, str], ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Rule):
    """A rule for the rate of every iteration.

    Its target returns rates(k (n,), lr (runs, 1), n) → (runs, n).
    """

    option: ClassVar[str] = "--schedule"
    listed: ClassVar[str] = "gdanim list schedules"


class Rate(Enum):
    """The rate of an optimizer for which none is given, as a person reads it."""

    OBJECTIVE = "the function's own"
    DAMPED = "the function's own × (1 − momentum)"
    WIDTH = "2 % of the width of the function's bounds"
    ONE = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method(Rule):
    """An optimizer; its summary is the rule, and `lr` one more hyperparameter. Its target returns an Optimizer.

    rate               the rate where none is given
    follows_schedule   whether it reads the rate of each iteration, and not that of the first alone
    """

    option: ClassVar[str] = "--optimizer"
    listed: ClassVar[str] = "gdanim list optimizers"

    rate: Rate
    follows_schedule: bool = True


def _imported(target: str) -> Any:
    module, _, attribute = target.partition(":")
    return getattr(import_module(module), attribute)
