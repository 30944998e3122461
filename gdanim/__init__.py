"""gdanim: render gradient-descent animations to files.

    import gdanim

    gdanim.render("parabola", lr=0.1, output="out.gif")

`__all__` is what programs may use; each name is imported when it is first used (PEP 562), so that `import gdanim` loads
nothing else.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers know it; typing itself would take most of the time before Ctrl-C is handled
if TYPE_CHECKING:
    from typing import Any

    from gdanim.api.animations import Animation
    from gdanim.api.calls import animate, load, render, solve
    from gdanim.api.trajectory import LabelledTrajectory
    from gdanim.descent.descend import Descent, descend
    from gdanim.descent.trajectory import Stop, Trajectory
    from gdanim.descent.verdicts import Outcome, Verdict
    from gdanim.drawing.styles import Style, load_style
    from gdanim.errors import GdanimError, GdanimWarning, OutputError, UsageError
    from gdanim.optimizers.optimizer import Optimizer
    from gdanim.outputs import Written
    from gdanim.settings import Settings
    from gdanim.settings import __version__ as __version__

__all__ = [
    "Animation",
    "Descent",
    "GdanimError",
    "GdanimWarning",
    "LabelledTrajectory",
    "Optimizer",
    "Outcome",
    "OutputError",
    "Settings",
    "Stop",
    "Style",
    "Trajectory",
    "UsageError",
    "Verdict",
    "Written",
    "animate",
    "descend",
    "load",
    "load_style",
    "render",
    "solve",
]

_MODULE_OF = {  # where each name of `__all__` is defined, the version, and what `%load_ext gdanim` calls
    "Animation": "api.animations",
    "Descent": "descent.descend",
    "GdanimError": "errors",
    "GdanimWarning": "errors",
    "LabelledTrajectory": "api.trajectory",
    "Optimizer": "optimizers.optimizer",
    "Outcome": "descent.verdicts",
    "OutputError": "errors",
    "Settings": "settings",
    "Stop": "descent.trajectory",
    "Style": "drawing.styles",
    "Trajectory": "descent.trajectory",
    "UsageError": "errors",
    "Verdict": "descent.verdicts",
    "Written": "outputs",
    "__version__": "settings",
    "animate": "api.calls",
    "descend": "descent.descend",
    "load": "api.calls",
    "load_ipython_extension": "notebook.magic",
    "load_style": "drawing.styles",
    "render": "api.calls",
    "solve": "api.calls",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'gdanim' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"gdanim.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
