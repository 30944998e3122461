"""Every registry, and looking a name up. Imports nothing heavy, and no plug-in before one is asked for.

Installed packages add rows of their own to all registries but that of styles (plugins.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gdanim.catalogue import formats, functions, optimizers, schedules, views
from gdanim.catalogue.choices import Choice, chosen, respelling
from gdanim.catalogue.families import BY_NAME
from gdanim.catalogue.specs import Entry, Format, Formula, Method, Rule, Schedule, View, imported
from gdanim.errors import SettingError, UnknownNameError, UsageError
from gdanim.models import named

if TYPE_CHECKING:
    from gdanim.catalogue.plugins import Plugin

E = TypeVar("E", bound=Entry | Formula)
R = TypeVar("R", bound=Rule)


class Registry(Mapping[str, E]):
    """Rows by name: those of gdanim, and behind them those of the plug-ins in `group` that can be used.

    Iterating, values() included, yields gdanim's own rows before it imports any plug-in.
    """

    def __init__(self, rows: Iterable[E], *, row_type: type[E], group: str) -> None:
        self._own: Mapping[str, E] = {row.name: row for row in rows}
        self._row_type, self._group = row_type, group
        self._loaded: dict[str, E | UsageError] = {}  # rows of plug-ins: a module that fails is not imported twice

    def __getitem__(self, name: str) -> E:
        """The row. Raises KeyError where nobody has the name, UsageError where the plug-in that has it is broken."""
        if name in self._own:
            return self._own[name]
        row = self._of_plugin(name)
        if isinstance(row, UsageError):
            raise row
        return row

    def __contains__(self, name: object) -> bool:
        return name in self._own or (name in self._plugins() and not isinstance(self._of_plugin(str(name)), UsageError))

    def __iter__(self) -> Iterator[str]:
        yield from self._own
        yield from (name for name in self._plugins() if name not in self._own and name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def names(self) -> list[str]:
        """Every name, also of plug-ins that were not imported yet. Imports none of them."""
        return list(dict.fromkeys([*self._own, *self._plugins()]))

    def own(self, name: str) -> E | None:
        """gdanim's own row of a name; None where it has none."""
        return self._own.get(name)

    def origin(self, name: str) -> str:
        """The distribution that brings a row; empty for gdanim's own."""
        return "" if name in self._own else self._plugins()[name][0].distribution

    def broken(self) -> list[str]:
        """A sentence about each plug-in of the group that cannot be used."""
        why = "cannot be used: gdanim has one of that name"
        hidden = [f"{plugin} {why}" for name in self._own for plugin in self._plugins().get(name, ())]
        rows = [self._of_plugin(name) for name in self._plugins() if name not in self._own]
        return [*hidden, *(str(row) for row in rows if isinstance(row, UsageError))]

    def choose(self, name: str) -> E:
        """The row; the target of a plug-in's is imported and checked, too. Raises as [] does."""
        row = self[name]
        if name not in self._own and isinstance(row, Entry):
            from gdanim.catalogue.plugins import using
            from gdanim.catalogue.validation import check_target

            with using(self._plugins()[name][0]):
                check_target(row, imported(row.target))
        return row

    def _plugins(self) -> Mapping[str, list[Plugin]]:
        from gdanim.catalogue.plugins import installed

        return installed().plugins[self._group]

    def _of_plugin(self, name: str) -> E | UsageError:
        """The row of a plug-in, or why there is none. Raises KeyError where no plug-in has the name."""
        if name not in self._loaded:
            try:
                self._loaded[name] = self._load(name, *self._plugins()[name])
            except UsageError as error:
                self._loaded[name] = error
        return self._loaded[name]

    def _load(self, name: str, plugin: Plugin, *others: Plugin) -> E:
        from gdanim.catalogue.plugins import using
        from gdanim.catalogue.validation import check_row

        if others:
            twin = others[0].distribution
            raise UsageError(f"{plugin} cannot be used: {twin} brings one of that name, too; keep one of the two")
        with using(plugin):
            row = check_row(plugin.entry_point.load(), self._row_type, name)
            return replace(row, plugin=str(plugin)) if isinstance(row, Entry) else row


FUNCTIONS = Registry(functions.FORMULAS, row_type=Formula, group="gdanim.functions")
OPTIMIZERS = Registry(optimizers.METHODS, row_type=Method, group="gdanim.optimizers")
SCHEDULES = Registry(schedules.SCHEDULES, row_type=Schedule, group="gdanim.schedules")
VIEWS = Registry(views.VIEWS, row_type=View, group="gdanim.views")
FORMATS = Registry(formats.FORMATS, row_type=Format, group="gdanim.writers")
STYLES: Mapping[str, Entry] = {style.name: style for style in views.STYLES}
MODELS: Mapping[str, Entry] = {
    name: Entry(name=name, target="gdanim.models.model:model_of", summary=what) for name, what in named.MODELS.items()
}

# fmt: off
KINDS: Mapping[str, Mapping[str, Any]] = {
    "functions": FUNCTIONS, "families": BY_NAME, "models": MODELS, "optimizers": OPTIMIZERS, "schedules": SCHEDULES,
    "views": VIEWS, "formats": FORMATS, "styles": STYLES,
}
# fmt: on


def find(registry: Registry[E], kind: str, name: str) -> E:
    """Look a name up, hyphens as underscores.

    Raises UnknownNameError with the nearest name, UsageError where the plug-in of that name is broken.
    """
    try:
        return registry.choose(name.replace("-", "_"))
    except KeyError:
        raise UnknownNameError(kind, name, registry.names(), see=f"gdanim list {kind}s") from None


def optimizer(text: str) -> Choice[Method]:
    """The optimizer that `-O` names, `adam:lr=0.05,beta1=0.8`. Raises UsageError, naming what is wrong."""
    return chosen(_rule(OPTIMIZERS, "optimizer", text), text)


def schedule(text: str) -> Choice[Schedule]:
    """The schedule that `--schedule` names, `cosine:eta_min=0.001`. Raises UsageError, naming what is wrong."""
    return chosen(_rule(SCHEDULES, "schedule", text), text)


def _rule(registry: Registry[R], kind: str, text: str) -> R:
    """The rule that a text names. Raises UsageError, which says how a rule that is spelt in another way is written."""
    try:
        return find(registry, kind, text.partition(":")[0])
    except UnknownNameError:
        if text.endswith(".py"):
            raise SettingError(f"--{kind}", text, f"name the function in it: {text}:NAME") from None
        if respelt := respelling(text, f"--{kind}", registry.names()):
            raise SettingError(f"--{kind}", text, f"write {respelt}") from None
        raise


def presets() -> Mapping[str, Path]:
    """The presets that ship with gdanim: name → file."""
    package = Path(__file__).parents[1]
    # Inside a wheel they lie in the package, in a checkout beside it.
    for folder in (package / "presets", package.parent / "presets"):
        if folder.is_dir():
            return {file.stem: file for file in sorted(folder.glob("*.toml"))}
    return {}
