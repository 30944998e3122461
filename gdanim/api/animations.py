"""An animation: a request that is solved, to be looked at and written."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gdanim import preflight
from gdanim.api import remarks
from gdanim.api.asked import files_at_fault, read
from gdanim.api.notebook import framed, mimebundle
from gdanim.api.progress import reported, warn
from gdanim.api.streams import Deliver, streamed
from gdanim.api.trajectory import LabelledTrajectory
from gdanim.descent.alt_text import alt_text
from gdanim.descent.descend import Descent, redrawn
from gdanim.errors import RecipeError, SettingError
from gdanim.presets import LACKS, write_files
from gdanim.settings import Picture

if TYPE_CHECKING:
    from typing import Unpack

    from matplotlib.figure import Figure

    from gdanim.catalogue.request import Request
    from gdanim.descent.verdicts import Verdict
    from gdanim.drawing.frame import Pixels
    from gdanim.drawing.raster import Raster
    from gdanim.options.typed import SaveOptions
    from gdanim.outputs import Progress, Written


class Animation:
    """A descent that is solved and can be drawn: what `gdanim.animate` and `gdanim.load` give.

    Nothing is drawn before it is asked for, and nothing is solved again.

    >>> import gdanim
    >>> animation = gdanim.animate("parabola", lr=0.1, start=4, iterations=3)
    >>> animation
    <gdanim.Animation of parabola: 1 run, 4 frames>
    >>> animation.trajectory.f.round(3).tolist()
    [[16.0, 10.24, 6.554, 4.194]]
    """

    def __init__(self, request: Request, descent: Descent, *, name: str = "", preset: str | None = None) -> None:
        self._request, self._name, self._preset = request, name, preset
        self.descent = descent

    def __repr__(self) -> str:
        runs, frames = self.trajectory.runs, self.frames
        counted = f"{runs:,} run{'s' * (runs != 1)}, {frames:,} frame{'s' * (frames != 1)}"
        return f"<gdanim.Animation of {self.descent.objective.name}: {counted}>"

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """What notebooks show: the player, a picture of the last frame, or a line of text."""
        page, picture = io.BytesIO(), io.BytesIO()
        self.save(page, format="html", fragment=True)
        self.save(picture, format="png", fragment=False, stops=())
        width, height = self.settings.size
        parts = page.getvalue(), picture.getvalue()
        return mimebundle(repr(self), *parts, alt=self.alt_text, width=width, height=height)

    def _mime_(self) -> tuple[str, str]:
        """What marimo shows: the player in a frame."""
        page = io.BytesIO()
        self.save(page, format="html", fragment=True)
        return framed(page.getvalue(), *self.settings.size)

    @property
    def settings(self) -> Picture:
        """What was asked for, each option at its value."""
        return self.descent.settings

    @cached_property
    def trajectory(self) -> LabelledTrajectory:
        """What every run did: arrays, labels and outcomes."""
        return LabelledTrajectory.of(self.descent)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What became of each run, and how it moved."""
        return self.descent.verdict

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return self.descent.timeline.frames

    @property
    def alt_text(self) -> str:
        """What it shows in a sentence or two, for those who do not see it."""
        return alt_text(self.descent)

    @property
    def recipe(self) -> str:
        """A preset that makes the same picture, with the files that it reads: `gdanim recipe` prints it of a file.

        Raises RecipeError where it was made with Python code, or with more data than a recipe holds.
        """
        from gdanim.recipe.portable import write_asked
        from gdanim.recipe.recipe import recipe_of

        recipe = recipe_of(self.descent)
        if recipe.lacks:
            raise RecipeError(f"It cannot be made again from a recipe: {LACKS[recipe.lacks]}")
        return write_asked(recipe.settings) + write_files(recipe.files)

    def frame(self, index: int) -> Pixels:
        """A frame as pixels (h, w, 4), uint8, straight-alpha sRGB; −1 is the last.

        >>> import gdanim
        >>> gdanim.animate("parabola", iterations=3, size=(160, 120)).frame(0).shape
        (120, 160, 4)
        """
        place = self._place(index)
        with self._drawing():
            return self._raster.still(place)

    def figure(self, index: int = -1) -> Figure:
        """A frame as a Figure of matplotlib, to go on with; each call makes a new one."""
        from gdanim.rendering import draw

        place = self._place(index)
        with self._drawing():
            scene = draw(self.descent)
            scene.update(place)
            for mark in scene.marks:
                mark.set_animated(False)
        return scene.figure

    def save(
        self, *output: object, progress: Progress | bool | None = None, **options: Unpack[SaveOptions]
    ) -> tuple[Written, ...]:
        """Write it to files, or to binary streams, which are GIFs unless `format` says else; all in one drawing.

        Without any, to a GIF that is called as the function is. `progress` is called with the frames done and the
        frames in all; True shows a bar of tqdm. Raises GdanimError, also where only one output failed.

        >>> import gdanim
        >>> from io import BytesIO
        >>> stream = BytesIO()
        >>> gdanim.animate("parabola", iterations=3, size=(160, 120)).save(stream, format="png")[0].format
        'png'
        """
        settings = replace(self._request.settings, **read({**options, "output": output or None}))
        descent = redrawn(self.descent, settings.picture())
        with streamed(settings) as (settings, deliver):
            with files_at_fault():
                request = preflight.with_outputs(self._request, settings, name=self._name, preset=self._preset)
            return written(request, descent, deliver, progress)

    @cached_property
    def _raster(self) -> Raster:
        from gdanim.drawing.layout import check_room
        from gdanim.drawing.raster import Raster
        from gdanim.rendering import draw

        scene = draw(self.descent)
        check_room(scene.figure, self.settings)
        return Raster(scene)

    @contextmanager
    def _drawing(self) -> Iterator[None]:
        from gdanim.drawing import mpl
        from gdanim.drawing.fallback import asked_text

        descent = self.descent
        with descent.style.loaded.applied(asked_text(descent.settings, descent.runs)), mpl.fonts_must_be_read():
            yield

    def _place(self, index: int) -> int:
        if not -self.frames <= index < self.frames:
            raise SettingError("frame", index, f"give a frame from 0 to {self.frames - 1}, or one from the end, -1")
        return index % self.frames


def written(
    request: Request, descent: Descent, deliver: Deliver, progress: Progress | bool | None
) -> tuple[Written, ...]:
    """Write the files of a request whose descent is solved, and deliver them to streams. Raises GdanimError."""
    from gdanim.rendering import render_descent

    warn([*remarks.of_files(descent, request.outputs), *remarks.of_letters(descent)])
    with reported(progress) as told:
        rendered = render_descent(descent, request, told)
    outputs = deliver(rendered.outputs)
    warn(remarks.of_recipes(outputs))
    for error in rendered.errors:
        raise error
    return outputs
