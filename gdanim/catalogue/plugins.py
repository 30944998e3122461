"""Rows from other packages: how an installed package adds to what gdanim has, and how little a broken one can do.

A package declares an entry point in one of five groups. What it names is the row itself, an object of the class beside
the group:

    gdanim.optimizers   Method    (gdanim.catalogue.specs)
    gdanim.schedules    Schedule  (gdanim.catalogue.specs)
    gdanim.functions    Formula   (gdanim.catalogue.functions); its author states the minimizers, nobody looks for them
    gdanim.views        View      (gdanim.catalogue.specs)
    gdanim.writers      Format    (gdanim.catalogue.specs)

The class says what the row's target is called with, vetting.py what each field takes. An optimizer, descents.py:

    from gdanim.catalogue.specs import Hyperparameter, Method, Rate
    from gdanim.readers import number

    NORMALISED = Method(
        name="normalised", target="descents:normalised", summary="d = g/(‖g‖ + ε): every step as long as the rate",
        hyperparameters=(Hyperparameter(name="eps", default=1e-8, read=number(least=0)),),
        rate=Rate.WIDTH, source="Hazan et al. 2015, arXiv 1507.02030",
    )

    def normalised(eps):
        import numpy as np
        from gdanim.optimizers.optimizer import Optimizer, stateless

        def update(grad, state, x, lr, oracle):
            return -lr * grad / (np.linalg.norm(grad, axis=-1, keepdims=True) + eps), state

        return Optimizer(init=stateless, update=update)

and in the package's pyproject.toml, with the row's own name on the left:

    [project.entry-points."gdanim.optimizers"]
    normalised = "descents:NORMALISED"

Names are snake_case; a person may write hyphens. Importing numpy late, as above, keeps `gdanim list` fast.

A name that gdanim has itself is never looked for elsewhere. For another one the entry points are read, and the one of
that name is loaded; `gdanim list` loads all of a group, but not their targets. What their code prints while it is
imported goes to standard error. An import that fails, a row with a wrong field, a name that gdanim or another package
has, too: each is a sentence that names the package. `gdanim list` prints it, and asking for just that name is refused
with it; nothing else fails. What is only found out at work, because a rule raises or gives the wrong thing, ends the
request in such a sentence, too (guests.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from gdanim.catalogue.foreign import describe_error, running
from gdanim.catalogue.functions import Formula
from gdanim.catalogue.specs import Entry
from gdanim.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from importlib.metadata import Distribution, EntryPoint

E = TypeVar("E", bound=Entry | Formula)
T = TypeVar("T")

GROUPS = ("gdanim.optimizers", "gdanim.schedules", "gdanim.functions", "gdanim.views", "gdanim.writers")


class Registry(Mapping[str, E]):
    """Rows by name: those of gdanim, and behind them those of the plug-ins in `group` that can be used.

    Going through it, values() included, reaches gdanim's own rows before any plug-in is imported.
    """

    def __init__(self, rows: Iterable[E], *, row_type: type[E], group: str) -> None:
        self._own: Mapping[str, E] = {row.name: row for row in rows}
        self._row_type, self._group = row_type, group
        self._found: dict[str, E | UsageError] = {}  # by plug-ins: a module that fails is not imported twice
        self._ready: set[str] = set()

    def __getitem__(self, name: str) -> E:
        """The row. Raises KeyError where nobody has the name, UsageError where the plug-in that has it is broken."""
        if name in self._own:
            return self._own[name]
        found = self._outside(name)
        if isinstance(found, UsageError):
            raise found
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._own or (
            isinstance(name, str) and name in self._points() and not isinstance(self._outside(name), UsageError)
        )

    def __iter__(self) -> Iterator[str]:
        yield from self._own
        yield from (name for name in self._points() if name not in self._own and name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def names(self) -> list[str]:
        """Every name, also of plug-ins that nobody has tried yet. Imports none of them."""
        return list(dict.fromkeys([*self._own, *self._points()]))

    def origin(self, name: str) -> str:
        """The distribution that brings a row; empty for gdanim's own."""
        return "" if name in self._own else self._points()[name][0].distribution

    def broken(self) -> list[str]:
        """A sentence about each plug-in of the group that cannot be used."""
        own = [
            f"{point} cannot be used: gdanim has one of that name"
            for name in self._own
            for point in self._points().get(name, ())
        ]
        outside = [self._outside(name) for name in self._points() if name not in self._own]
        return [*own, *(str(found) for found in outside if isinstance(found, UsageError))]

    def choose(self, name: str) -> E:
        """The row, and what it names is imported: where a plug-in fails at that, it fails here. Raises as [] does."""
        row = self[name]
        if name not in self._own and name not in self._ready and isinstance(row, Entry):
            from gdanim.catalogue.validation import check_target

            _attempt(self._points()[name][0], lambda: check_target(row, row.imported()))
            self._ready.add(name)
        return row

    def _points(self) -> Mapping[str, list[Point]]:
        return installed().points[self._group]

    def _outside(self, name: str) -> E | UsageError:
        """The row of a plug-in, or why there is none. Raises KeyError where no plug-in has the name."""
        points = self._points()[name]
        if name not in self._found:
            try:
                self._found[name] = self._load(name, points)
            except UsageError as error:
                self._found[name] = error
        return self._found[name]

    def _load(self, name: str, points: list[Point]) -> E:
        from gdanim.catalogue.validation import checked

        point, *others = points
        if others:
            twin = others[0].distribution
            raise UsageError(f"{point} cannot be used: {twin} brings one of that name, too; keep one of the two")

        def load() -> E:
            row = checked(point.entry.load(), self._row_type, name)
            return replace(row, plugin=str(point)) if isinstance(row, Entry) else row

        return _attempt(point, load)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """An entry point in a group of ours. `str` is how a sentence about it begins: `The view 'globe' of gd-globe`."""

    entry: EntryPoint
    distribution: str

    def __str__(self) -> str:
        kind = self.entry.group.removeprefix("gdanim.").removesuffix("s")
        return f"The {kind} {self.entry.name!r} of {self.distribution}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What the installed packages declare: points[group][name], and a sentence for each that declares it wrongly."""

    points: Mapping[str, Mapping[str, list[Point]]]
    faults: tuple[str, ...]


@cache
def installed() -> Installed:
    """The entry points of all installed packages that are meant for gdanim, by name. Imports no plug-in."""
    # Late: this import takes longer than a refusal does without it.
    from importlib import metadata

    found: list[Point] = []
    faults: list[str] = []
    seen: set[str] = set()
    for distribution in metadata.distributions():
        if not _concerns_us(distribution):
            continue
        name = _name(distribution)
        if name in seen:  # hidden by the one that comes before it on sys.path, as its modules are
            continue
        seen.add(name)
        try:
            entries = distribution.entry_points
        except Exception as error:
            faults.append(f"The entry_points.txt of {name} cannot be read: {describe_error(error)}")
            continue
        found += [Point(entry=entry, distribution=name) for entry in entries if entry.group.startswith("gdanim.")]
    points: dict[str, dict[str, list[Point]]] = {group: {} for group in GROUPS}
    for point in sorted(found, key=lambda point: (point.entry.name, point.distribution)):
        group = point.entry.group
        if group in points:
            points[group].setdefault(point.entry.name.replace("-", "_"), []).append(point)
        else:
            faults.append(str(UnknownNameError(f"entry point group of {point.distribution}:", group, GROUPS)))
    return Installed(points=points, faults=tuple(faults))


def _concerns_us(distribution: Distribution) -> bool:
    try:
        return "gdanim." in (distribution.read_text("entry_points.txt") or "")
    except (OSError, ValueError):  # ValueError: not UTF-8
        return False


def _name(distribution: Distribution) -> str:
    """What a distribution is called; for one without METADATA, where it lies."""
    try:
        name = distribution.metadata["Name"]
    except Exception:
        name = None
    return str(name or f"a package in {distribution.locate_file('')}")


def _attempt(point: Point, step: Callable[[], T]) -> T:
    """Do what runs a plug-in's code. Raises UsageError for whatever that raises, sys.exit() included."""
    with running(lambda error: UsageError(f"{point} cannot be used: {describe_error(error)}"), passing=()):
        return step()
