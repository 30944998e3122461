"""The data of a model, and how the model moves in it.

One column          the points over it, and the curve of the model
two, and classes    the points in the plane, and the border between the classes
more                what the model predicts over what was observed
more, and classes   the probability of a class over the class, with the rows of each side by side
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from contourpy import contour_generator
from matplotlib.axes import Axes

from gdanim.arrays import Scalar, Vector
from gdanim.drawing.ends import nice_limits
from gdanim.drawing.geometry import Points
from gdanim.drawing.layout import TICK_PT, Layout
from gdanim.drawing.marks.fitted import ModelCurves, Predictions, Residuals
from gdanim.drawing.numbers import Names
from gdanim.drawing.painting.mark import Mark
from gdanim.drawing.styles import Style
from gdanim.views.base import Panel

if TYPE_CHECKING:
    from gdanim.models.model import Model

MOST_POINTS: Final = 2000  # that are drawn: more cover each other
POINT_PT, EDGE_PT, RING_PT, DOT_PT, WIDTH_PT = 4.6, 0.7, 1.1, 4.2, 2.0
FEW: Final = 200  # points: more are smaller, and down to LEAST of their size
LEAST: Final = 0.45
NOTE_PT: Final = 3.0  # above the axes
CURVE_POINTS, BORDER_POINTS = 161, 61  # at which a curve, or along each side a border, is computed
AROUND: Final = 0.06  # of the width of the data, what stands free at either side
STRAIGHT: Final = 1e-9  # of its extent: a line that is no more bent is drawn by its ends
CLASS_ENDS: Final = (-0.15, 1.15)  # of the axis of a class
SPREAD: Final = 0.36  # how far rows of a class stand beside it at most
GOLDEN: Final = 0.6180339887498949


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPlot:
    """The points of a model in axes of their own. best: coordinates (d,) where the loss is least, if that is known."""

    model: Model
    best: Vector | None

    @property
    def shown(self) -> slice:
        """The rows that are drawn: all, or some evenly from first to last."""
        return slice(None, None, -(-self.model.points.rows // MOST_POINTS))

    @property
    def y(self) -> Scalar:
        """The targets that are drawn (m,)."""
        return self.model.points.y[self.shown]

    @property
    def x(self) -> Vector:
        """The columns that are drawn (k, m)."""
        return self.model.points.x[:, self.shown]

    def predict(self, w: Vector) -> Scalar:
        """What the model says at coordinates (d,) of the points that are drawn (m,)."""
        found: Scalar = self.model.predict(w[np.newaxis], self.x)[0]
        return found

    def axes(self, layout: Layout) -> Axes:
        """Add axes with the points."""
        raise NotImplementedError

    def marks(self, layout: Layout, axes: Axes, panel: Panel) -> list[Mark]:
        """What moves in these axes."""
        raise NotImplementedError

    def places(self, w: Vector) -> Points:
        """Where all rows (n, 2) are in these axes, for a run at coordinates (d,)."""
        raise NotImplementedError

    def note(self, layout: Layout, axes: Axes, *words: str) -> None:
        """Write words above the axes, and how many rows of all are drawn where that is not all."""
        drawn, rows = len(self.y), self.model.points.rows
        words = (*words, *([f"{drawn:,} of {rows:,} rows"] if drawn < rows else []))
        if words and not layout.is_bare:
            axes.annotate(
                "   ".join(words), (0, 1), (0, NOTE_PT), xycoords="axes fraction", textcoords="offset points",
                va="bottom", fontsize=TICK_PT, color=layout.style.muted, annotation_clip=False,
            )  # fmt: skip


class OverColumn(DataPlot):
    """Targets over the one column that a model reads, and its curve."""

    def axes(self, layout: Layout) -> Axes:
        """Add axes with the points, and the curve of the best fit."""
        points = self.model.points
        x, y = self.x[0], self.y
        ylim = CLASS_ENDS if points.classes else nice_limits(float(y.min()), float(y.max()))
        axes = layout.axes(xlabel=points.label(0), ylabel=points.predicted, xlim=_around(x), ylim=ylim)
        draw_points(axes, layout.style, np.column_stack([x, y]), y if points.classes else np.ones(len(y)))
        self.note(layout, axes)
        if self.best is not None:
            for line in self.curves(axes, self.best):
                axes.plot(*line.T, color=layout.style.muted, linewidth=1.0, linestyle=(0, (4, 3)), zorder=3)
        return axes

    def places(self, w: Vector) -> Points:
        """Where all rows (n, 2) are."""
        return np.column_stack([self.model.points.x[0], self.model.points.y])

    def curves(self, axes: Axes, w: Vector) -> list[Points]:
        """The curve of the model at coordinates (d,), without points where it has no value."""
        x = np.linspace(*axes.get_xlim(), CURVE_POINTS)
        return finite_lines(np.column_stack([x, self.model.predict(w[np.newaxis], x[np.newaxis])[0]]))

    def marks(self, layout: Layout, axes: Axes, panel: Panel) -> list[Mark]:
        """The curves of the runs, and with --explain what the one run misses each point by."""
        w, styles, ground = panel.descent.trajectory.x, panel.run_styles, layout.style.background
        found: list[Mark] = []
        if panel.descent.settings.explain:
            points = np.column_stack([self.x[0], self.y])
            found.append(Residuals(w, styles, points, self.predict, colour=layout.style.f_series))
        curves = ModelCurves(w, styles, lambda at: self.curves(axes, at), width_pt=WIDTH_PT, ground=ground)
        return [*found, curves]


class InPlane(DataPlot):
    """Two columns and classes: the points in the plane, and the border where both classes are as likely."""

    def axes(self, layout: Layout) -> Axes:
        """Add axes with the points, filled of one class and hollow of the other."""
        points, (x, y) = self.model.points, self.x
        names = (points.label(0), points.label(1))
        axes = layout.axes(xlabel=names[0], ylabel=names[1], xlim=_around(x), ylim=_around(y))
        draw_points(axes, layout.style, np.column_stack([x, y]), self.y)
        self.note(layout, axes, f"● {points.classes[1]}", f"○ {points.classes[0]}")
        return axes

    def places(self, w: Vector) -> Points:
        """Where all rows (n, 2) are."""
        return self.model.points.x.T

    def curves(self, axes: Axes, w: Vector) -> list[Points]:
        """The border between the classes at coordinates (d,)."""
        x, y = (np.linspace(*ends, BORDER_POINTS) for ends in (axes.get_xlim(), axes.get_ylim()))
        grid = np.stack(np.meshgrid(x, y)).reshape(2, -1)
        sides = np.ma.masked_invalid(self.model.decide(w[np.newaxis], grid)[0].reshape(len(y), len(x)))
        return [straightened(np.asarray(line)) for line in contour_generator(x, y, sides).lines(0.0)]

    def marks(self, layout: Layout, axes: Axes, panel: Panel) -> list[Mark]:
        """The borders of the runs."""
        w, ground = panel.descent.trajectory.x, layout.style.background
        return [
            ModelCurves(w, panel.run_styles, lambda at: self.curves(axes, at), width_pt=WIDTH_PT, ground=ground)
        ]  # fmt: skip


class OverObserved(DataPlot):
    """What the model predicts of each point, over its target: on the line where both are equal, it is right."""

    def axes(self, layout: Layout) -> Axes:
        """Add axes of two equal scales, with that line."""
        points, y = self.model.points, self.y
        ends = nice_limits(float(y.min()), float(y.max()))
        axes = layout.axes(
            xlabel=f"{points.target}, observed", ylabel=f"{points.predicted}, predicted", xlim=ends, ylim=ends
        )
        axes.plot(ends, ends, color=layout.style.muted, linewidth=1.0, linestyle=(0, (4, 3)), zorder=3)
        self.note(layout, axes)
        return axes

    def places(self, w: Vector) -> Points:
        """Where all rows (n, 2) are, as predicted at coordinates (d,)."""
        points = self.model.points
        return np.column_stack([points.y, self.model.predict(w[np.newaxis], points.x)[0]])

    @property
    def observed(self) -> Scalar:
        """Where the rows that are drawn stand along the axis (m,)."""
        return self.y

    def marks(self, layout: Layout, axes: Axes, panel: Panel) -> list[Mark]:
        """The predictions of the runs, and with --explain what the one run misses each target by."""
        w, styles, style, at = panel.descent.trajectory.x, panel.run_styles, layout.style, self.observed
        found: list[Mark] = []
        if panel.descent.settings.explain:
            targets = np.column_stack([at, self.y])
            found.append(Residuals(w, styles, targets, self.predict, colour=style.f_series))
        return [
            *found,
            Predictions(w, styles, at, self.predict, dot_pt=DOT_PT * _share(len(at)), ground=style.background),
        ]


class OverClass(OverObserved):
    """The probability of a class over the class that was observed: rows of each stand side by side above its name."""

    def axes(self, layout: Layout) -> Axes:
        """Add axes with a line where both classes are as likely."""
        points = self.model.points
        axes = layout.axes(
            xlabel=f"{points.target}, observed", ylabel=f"{points.predicted}, predicted", xlim=(-0.5, 1.5),
            ylim=CLASS_ENDS,
        )  # fmt: skip
        axes.xaxis.set_major_formatter(Names(*points.classes))
        axes.axhline(0.5, color=layout.style.muted, linewidth=1.0, linestyle=(0, (4, 3)), zorder=3)
        self.note(layout, axes)
        return axes

    @property
    def observed(self) -> Scalar:
        """Where the rows that are drawn stand along the axis (m,): spread evenly, in their order."""
        return self._places[self.shown]

    @property
    def _places(self) -> Scalar:
        y = self.model.points.y
        return y + SPREAD * (2 * (np.arange(1, len(y) + 1) * GOLDEN % 1) - 1)

    def places(self, w: Vector) -> Points:
        """Where all rows (n, 2) are, as predicted at coordinates (d,)."""
        return np.column_stack([self._places, super().places(w)[:, 1]])


def data_plot(model: Model, best: Vector | None) -> DataPlot:
    """The plot that suits the columns of a model."""
    columns, has_classes = len(model.points.names), bool(model.points.classes)
    if columns == 1:
        return OverColumn(model=model, best=best)
    if not has_classes:
        return OverObserved(model=model, best=best)
    return (InPlane if columns == 2 else OverClass)(model=model, best=best)


def draw_points(axes: Axes, style: Style, points: Points, filled: Scalar) -> None:
    """Draw points (m, 2) as discs; hollow where `filled` (m,) is 0."""
    page, ink, share = style.background, style.muted, _share(len(points))
    kinds = (points[filled == 0.0], page, ink, RING_PT), (points[filled != 0.0], ink, page, EDGE_PT)
    for some, face, edge, width_pt in kinds:
        if len(some):  # the box around nothing begins at 0, 0
            axes.plot(
                *some.T, "o", markersize=POINT_PT * share, markerfacecolor=face, markeredgecolor=edge,
                markeredgewidth=width_pt * share, zorder=2.5, clip_on=False,
            )  # fmt: skip


def finite_lines(points: Points) -> list[Points]:
    """A line (k, 2) in parts where it has no value at some points; a straight one by its ends."""
    good = np.isfinite(points[:, 0]) & np.isfinite(points[:, 1])
    if good.all():
        return [straightened(points)]
    parts = np.split(np.arange(len(points)), np.flatnonzero(np.diff(good)) + 1)
    return [points[part] for part in parts if good[part[0]] and len(part) > 1]


def straightened(line: Points) -> Points:
    """A line (k, 2), or its ends alone where it is straight."""
    ahead, away = line[-1] - line[0], line - line[0]
    extent = np.abs(away).max(axis=0)
    with np.errstate(all="ignore"):
        bent = np.abs(ahead[0] * away[:, 1] - ahead[1] * away[:, 0]).max()
        return line[[0, -1]] if bent <= STRAIGHT * extent[0] * extent[1] and ahead.any() else line


def _around(x: Scalar) -> tuple[float, float]:
    """Ends of an axis for a column (m,)."""
    low, high = float(x.min()), float(x.max())
    return low - AROUND * (high - low), high + AROUND * (high - low)


def _share(n: int) -> float:
    """Of their usual size, that of n points."""
    return float(np.clip((FEW / n) ** 0.3, LEAST, 1.0))
