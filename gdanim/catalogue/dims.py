"""What the number of variables decides: which views there are, planes, starts; and what recordings alone leave out.

Imports neither numpy nor matplotlib.
"""

from __future__ import annotations

from typing import Final

from gdanim.catalogue.registry import VIEWS
from gdanim.catalogue.specs import Point, View
from gdanim.errors import SettingError, UsageError
from gdanim.formatting import listed
from gdanim.settings import DEFAULTS, Picture

AUTO_VIEW: Final = "auto"
NO_FUNCTION: Final = "-"  # in place of FUNCTION: recorded runs alone
# What needs a function, or solves: of a recording there are the points, and f where it was recorded.
_NEEDS_FUNCTION: Final = (
    *("lr", "start", "optimizer", "schedule", "iterations", "tolerance", "budget", "noise", "dim", "param", "gradient"),
    *("points", "batch", "starts", "basins", "explain"),
)
_VIEW_OF: Final = {1: "curve", 2: "contour"}  # for so many variables, where none is chosen
_ON_A_PLANE: Final = 2  # functions of more variables are drawn on a plane
_PATHS: Final = " or ".join(_VIEW_OF.values())
_OF_MODELS: Final = "fit"  # the view that needs data
_VARIABLES: Final = {1: "one variable", 2: "two variables"}


def check_on_plane(settings: Picture, dim: int, *, is_model: bool) -> None:
    """Refuse what cannot be drawn of functions of so many variables on a plane. Raises UsageError.

    is_model   whether there is data, in which --explain draws residuals
    """
    if settings.plane is not None and dim < _ON_A_PLANE:
        raise SettingError("--plane", settings.plane, "needs two variables or more; this function has one")
    if settings.basins and (dim > _ON_A_PLANE or settings.plane is not None):
        raise UsageError("--basins: descents leave the plane that is drawn, so its points have no end: leave it out")
    if dim > _ON_A_PLANE and settings.explain and not is_model:
        raise UsageError(f"--explain writes updates of one or two variables out, not of {dim:,}: leave it out")
    if dim > _ON_A_PLANE and settings.arrows == "momentum":
        raise SettingError("--arrows", settings.arrows, "on a plane, give gradient or step")


def check_recorded(settings: Picture) -> None:
    """Refuse what recorded runs alone cannot show. Raises UsageError."""
    if not settings.trajectory:
        raise UsageError("FUNCTION - draws recorded runs alone: name them with --trajectory FILE, or give a function")
    for option in _NEEDS_FUNCTION:
        if getattr(settings, option) != DEFAULTS[option]:
            raise UsageError(f"--{option} needs a function, and FUNCTION - has none: give one, or leave it out")
    if settings.view not in (AUTO_VIEW, *_VIEW_OF.values()):
        raise SettingError("--view", settings.view, f"needs a function; FUNCTION - is drawn as {_PATHS}, or auto")
    if settings.arrows not in (None, "step"):
        raise SettingError("--arrows", settings.arrows, "needs a function; FUNCTION - has step")
    if settings.inset == "minimum":
        raise SettingError("--inset", settings.inset, "needs a function; say which part, --inset X0,X1,Y0,Y1")


def usual_view(dim: int) -> View:
    """The view of functions of `dim` variables where none is chosen."""
    return VIEWS[_VIEW_OF[min(dim, _ON_A_PLANE)]]


def check_draws(view: View, name: str, dim: int) -> None:
    """Refuse a view, chosen by this name, that does not draw functions of `dim` variables. Raises SettingError."""
    if not _draws(view, dim):
        has = _VARIABLES.get(dim, f"{dim:,} variables")
        others = listed([own for own, other in VIEWS.items() if _draws(other, dim) and own != _OF_MODELS])
        allowed = f"draws functions of {_VARIABLES[view.dims[0]]}; this one has {has}, which {others} draw"
        raise SettingError("--view", name, allowed)


def _draws(view: View, dim: int) -> bool:
    return min(dim, _ON_A_PLANE) in view.dims


def check_start(option: str, point: Point, dim: int, name: str) -> Point:
    """A point in as many coordinates as a function takes; of more than two, one number stands for all.

    Raises SettingError where it has others.
    """
    if dim > _ON_A_PLANE and len(point) == 1:
        return point * dim
    if len(point) != dim:
        needed = {1: "one coordinate", 2: "two coordinates"}.get(
            dim, f"{dim:,} coordinates, or one number for them all"
        )
        raise SettingError(option, ",".join(f"{x:.15g}" for x in point), f"{name} takes {needed}")
    return point
