"""Plug-ins: how an installed package adds rows of its own, and how its entry points are found.

A package declares an entry point in one of five groups. What it names is the row itself, of a class of specs.py:

    gdanim.optimizers   Method          gdanim.views     View
    gdanim.schedules    Schedule        gdanim.writers   Format
    gdanim.functions    Formula; its author states the minimizers, gdanim does not search

The class says what the row's target is called with, validation.py what each field takes. An optimizer, descents.py:

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

Names are snake_case; a person may write hyphens. Importing numpy late, as above, keeps `gdanim list` fast. A name of
gdanim's own is never looked for elsewhere. For any other name the entry points are read, and the one of that name is
loaded; `gdanim list` loads all of a group, but not their targets. What they print meanwhile goes to standard error.

An import that fails, a row with a wrong field, a name that gdanim or another package has, too: each becomes a sentence
that names the package. `gdanim list` prints it, and a request for that name is refused with it; nothing else fails.
A rule, view or writer that fails at work ends the request in such a sentence (guard.py of optimizers, drawing, output).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from gdanim.catalogue.foreign import describe_error, running
from gdanim.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

GROUPS = ("gdanim.optimizers", "gdanim.schedules", "gdanim.functions", "gdanim.views", "gdanim.writers")


class Plugin(NamedTuple):
    """A row that a package declares. `str` begins a sentence about it: `The view 'globe' of gd-globe`."""

    entry_point: EntryPoint
    distribution: str

    def __str__(self) -> str:
        kind = self.entry_point.group.removeprefix("gdanim.").removesuffix("s")
        return f"The {kind} {self.entry_point.name!r} of {self.distribution}"


class Installed(NamedTuple):
    """What installed packages declare: plugins[group][name], and a sentence about each wrong declaration."""

    plugins: Mapping[str, Mapping[str, list[Plugin]]]
    faults: tuple[str, ...]


@cache
def installed() -> Installed:
    """The entry points for gdanim of all installed packages. Imports no plug-in."""
    from importlib import metadata  # takes longer than a whole refusal without it

    found: list[Plugin] = []
    faults: list[str] = []
    distributions: dict[str, Distribution] = {}
    for distribution in filter(_mentions_gdanim, metadata.distributions()):
        # A copy earlier on sys.path hides a later one, as it hides its modules.
        distributions.setdefault(_name(distribution), distribution)
    for name, distribution in distributions.items():
        try:
            found += [Plugin(entry, name) for entry in distribution.entry_points if entry.group.startswith("gdanim.")]
        except Exception as error:
            faults.append(f"The entry_points.txt of {name} cannot be read: {describe_error(error)}")
    plugins: dict[str, dict[str, list[Plugin]]] = {group: {} for group in GROUPS}
    for plugin in sorted(found, key=lambda plugin: (plugin.entry_point.name, plugin.distribution)):
        group = plugin.entry_point.group
        if group in plugins:
            plugins[group].setdefault(plugin.entry_point.name.replace("-", "_"), []).append(plugin)
        else:
            faults.append(str(UnknownNameError(f"entry point group of {plugin.distribution}:", group, GROUPS)))
    return Installed(plugins, tuple(faults))


def _mentions_gdanim(distribution: Distribution) -> bool:
    with suppress(OSError, ValueError):  # ValueError: not UTF-8
        return "gdanim." in (distribution.read_text("entry_points.txt") or "")
    return False


def _name(distribution: Distribution) -> str:
    """The name of a distribution; its folder where it has no METADATA."""
    with suppress(Exception):
        if name := distribution.metadata["Name"]:
            return name
    return f"a package in {distribution.locate_file('')}"


def using(plugin: Plugin) -> AbstractContextManager[None]:
    """Run a plug-in's code inside. Raises UsageError for whatever it raises, sys.exit() included."""
    return running(lambda error: UsageError(f"{plugin} cannot be used: {describe_error(error)}"))
