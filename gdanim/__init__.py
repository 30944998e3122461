"""gdanim: render gradient-descent animations to files.

    import gdanim

    gdanim.render(gdanim.Settings(function="parabola", lr=0.1, output="out.gif"))

`__all__` is what programs may use; each name is imported when it is first used (PEP 562), so that `import gdanim` loads
nothing else.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers know it; typing itself would take most of the time before Ctrl-C is handled
if TYPE_CHECKING:
    from typing import Any

    from gdanim.descent.descend import Descent, descend
    from gdanim.descent.trajectory import Stop, Trajectory
    from gdanim.errors import GdanimError, OutputError, UsageError
    from gdanim.outputs import Written
    from gdanim.rendering import render
    from gdanim.settings import Settings
    from gdanim.settings import __version__ as __version__

__all__ = [
    "Descent",
    "GdanimError",
    "OutputError",
    "Settings",
    "Stop",
    "Trajectory",
    "UsageError",
    "Written",
    "descend",
    "render",
]

_MODULE_OF = {  # where each name of `__all__` is defined, and the version
    "Descent": "descent.descend",
    "GdanimError": "errors",
    "OutputError": "errors",
    "Settings": "settings",
    "Stop": "descent.trajectory",
    "Trajectory": "descent.trajectory",
    "UsageError": "errors",
    "Written": "outputs",
    "__version__": "settings",
    "descend": "descent.descend",
    "render": "rendering",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'gdanim' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"gdanim.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
