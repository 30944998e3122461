"""gdanim: render gradient-descent animations to files.

    import gdanim

    gdanim.render(gdanim.Settings(function="parabola", lr=0.1, output="out.gif"))

Names are loaded when they are first used (PEP 562), so that importing gdanim costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gdanim.descent.descend import Descent, descend
    from gdanim.descent.trajectory import Outcome, Trajectory
    from gdanim.errors import GdanimError, OutputError, UsageError
    from gdanim.outputs import Written
    from gdanim.rendering import render
    from gdanim.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "Descent",
    "GdanimError",
    "Outcome",
    "OutputError",
    "Settings",
    "Trajectory",
    "UsageError",
    "Written",
    "descend",
    "render",
]

_HOME = {
    "Descent": "descent.descend",
    "GdanimError": "errors",
    "Outcome": "descent.trajectory",
    "OutputError": "errors",
    "Settings": "settings",
    "Trajectory": "descent.trajectory",
    "UsageError": "errors",
    "Written": "outputs",
    "descend": "descent.descend",
    "render": "rendering",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'gdanim' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"gdanim.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
