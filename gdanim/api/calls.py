"""The calls of a Python program: what the command line does, with its options as keywords."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Any

from gdanim import preflight
from gdanim.api import remarks
from gdanim.api.animations import Animation, written
from gdanim.api.asked import asked, files_at_fault, read
from gdanim.api.progress import warn
from gdanim.api.streams import streamed
from gdanim.api.tables import in_files
from gdanim.descent.descend import carry_out
from gdanim.settings import DEFAULTS, SAVED, Settings, options

if TYPE_CHECKING:
    from typing import Unpack

    from gdanim.api.trajectory import LabelledTrajectory
    from gdanim.options.kinds import Function, Path
    from gdanim.options.typed import PictureOptions, RenderOptions
    from gdanim.outputs import Progress, Written

# Options of the command line that a call takes beside those of the picture.
OF_FILES = ("poster", "data", "force", "unlimited")
OF_RENDER = ("output", "allow_python")
# What belongs to one run of the command: what it prints, and how it exits.
_OF_THE_COMMAND_LINE: dict[str, Any] = {"dry_run": False, "json": False, "alt_text": False, "snippet": None}


def animate(
    function: Function | None = None,
    *,
    preset: Path | None = None,
    allow_python: bool = False,
    **options: Unpack[PictureOptions],
) -> Animation:
    """Solve a descent, to be looked at and written: `gdanim FUNCTION`, its options as keywords.

    Names, defaults and refusals are those of `gdanim --help`. A function is a name, a formula or a callable; values are
    those of Python or texts of the command line, several of them a list. `preset` is a preset, or a file that gdanim
    made; a preset may name Python code with `allow_python`.

    Raises UsageError where the request is wrong; warns, as GdanimWarning, of what a person should know.

    >>> import gdanim
    >>> animation = gdanim.animate("parabola", lr=[0.1, 0.4], iterations=5)
    >>> animation.trajectory.labels
    ('lr 0.1', 'lr 0.4')
    >>> gdanim.animate(lambda x: (x - 1) ** 2, lr=0.5, start=3).trajectory.x[0, 1].round(6).item()
    1.0
    """
    return _animation({**options, "function": function}, preset, allow_python)


def load(path: Path, *, allow_python: bool = False, **options: Unpack[PictureOptions]) -> Animation:
    """The animation of a file that gdanim made, solved again from its recipe; options win over what that says.

    Raises UsageError where the file carries no recipe, and RecipeError where that does not suffice.

    >>> import gdanim
    >>> _ = gdanim.render("parabola", lr=0.2, iterations=3, output="a.png")
    >>> gdanim.load("a.png").settings.lr
    (0.2,)
    """
    return _animation({**options}, path, allow_python)


def solve(
    function: Function | None = None,
    *,
    preset: Path | None = None,
    allow_python: bool = False,
    **options: Unpack[PictureOptions],
) -> LabelledTrajectory:
    """The trajectory of a descent that nobody draws; called as animate() is. Imports no matplotlib.

    >>> import gdanim
    >>> gdanim.solve("parabola", lr=0.5, start=3, iterations=1).x.tolist()
    [[[3.0], [0.0]]]
    """
    return _animation({**options, "function": function}, preset, allow_python).trajectory


def render(
    function: Function | Settings | None = None,
    progress: Progress | bool | None = None,
    *,
    preset: Path | None = None,
    **options: Unpack[RenderOptions],
) -> tuple[Written, ...]:
    """Write the files that `gdanim FUNCTION` writes with these options, or with complete Settings.

    Called as animate() is; `output` names the files, or binary streams. Nothing is printed: what only the command line
    does (json, quiet, strict, dry_run, …) means nothing here. See Animation.save() for `progress` and for errors.

    >>> import gdanim
    >>> gdanim.render("parabola", lr=0.1, iterations=3, size="160x120", output="a.gif")[0].duration_s
    1.9
    """
    if isinstance(function, Settings):
        settings, name = replace(function, **read(options)), ""
    else:
        settings, name = asked(_text(preset), read({**options, "function": function}))
    settings = replace(settings, **_OF_THE_COMMAND_LINE)
    with in_files(settings) as settings, streamed(settings) as (settings, deliver):
        with files_at_fault():
            request = preflight.resolve(settings, name=name, preset=_text(preset))
        descent = carry_out(request)
        warn(remarks.of_descent(descent))
        return written(request, descent, deliver, progress)


def _listing(call: Callable[..., Any], names: Iterable[str]) -> None:
    """Let help() and sessions of IPython see the options of a call, which type checkers see in options/typed.py."""
    known = [one for one in signature(call).parameters.values() if one.kind is not one.VAR_KEYWORD]
    more = [Parameter(name, Parameter.KEYWORD_ONLY, default=DEFAULTS[name]) for name in names]
    vars(call)["__signature__"] = Signature([*known, *more])


_of_picture = [name for name, _, _ in options() if name in SAVED and name != "function"]
for _call in (animate, load, solve):
    _listing(_call, _of_picture)
_listing(render, [*_of_picture, *OF_FILES, *OF_RENDER])


def _animation(options: Mapping[str, Any], preset: Path | None, allow_python: bool) -> Animation:
    chosen = read({**options, "allow_python": allow_python or None})
    settings, name = asked(_text(preset), chosen)
    with in_files(settings) as settings:
        with files_at_fault():
            request = preflight.checked(settings)
        descent = carry_out(request)
    warn(remarks.of_descent(descent))
    return Animation(request, descent, name=name, preset=_text(preset))


def _text(path: Path | None) -> str | None:
    return None if path is None else os.fspath(path)
