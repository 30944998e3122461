"""The header of a picture: the title, the readout of live numbers, and what tells several runs apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.transforms import IdentityTransform

from gdanim.caption import Caption, Pieces
from gdanim.lettering import minus
from gdanim.objectives.typeset import visible_length
from gdanim.views.stage import TITLE_PT, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.text import Text

    from gdanim.lettering import Lettering
    from gdanim.objectives.objective import Objective, Scalar
    from gdanim.settings import Settings
    from gdanim.solver import Trajectory
    from gdanim.timeline import Moment

MAX_LEGEND_RUNS = 8

Column = tuple[str, "Callable[[int, int], str]"]  # name, (run, iteration) → value


@dataclass(slots=True, kw_only=True)
class Header:
    """The lines above the axes, before they are placed. Lengths in pixels."""

    title: Text | None
    words: Callable[[Moment], Pieces] | None
    words_px: float
    legend: tuple[tuple[str, str], ...]
    lettering: Lettering
    stage: Stage

    @property
    def height(self) -> float:
        """What the header takes from the height of the picture."""
        return self._title_px + self._line_px * self._lines + (self.stage.px(4) if self._lines else 0.0)

    @property
    def _title_px(self) -> float:
        """The height of the title: more than a line's where it holds fractions."""
        if self.title is None:
            return 0.0
        return max(self.stage.px(TITLE_PT), self.title.get_window_extent().height) + self.stage.px(TITLE_PT * 0.75)

    @property
    def _line_px(self) -> float:
        return 1.5 * self.lettering.ascent + self.lettering.descent

    @property
    def _lines(self) -> int:
        return (self.words is not None) + len(self._legend_rows())

    def place(self, left: float) -> tuple[Caption, ...]:
        """Put the lines at `left`, or as far left of it as they need, from the top down; returns those that change."""
        stage = self.stage
        left, y = self._left(left), stage.height - stage.margin
        if self.title:
            self.title.set_verticalalignment("top")
            self.title.set_position((left, y))
            y -= self._title_px
        captions = []
        if self.words is not None:
            captions.append(Caption(self.lettering, self.words, (left, y - self.lettering.ascent)))
            y -= self._line_px
        for row in self._legend_rows():
            self._write(row, left, y - self.lettering.ascent)
            y -= self._line_px
        for caption in captions:
            stage.figure.add_artist(caption)
        return tuple(captions)

    def _left(self, left: float) -> float:
        """Where all lines begin, so that the longest ends inside the margin."""
        gap = self.lettering.width(_GAP)
        widths = [sum(self._entry_px(label) for label, _ in row) - gap for row in self._legend_rows()]
        widths += [self.title.get_window_extent().width] if self.title else []
        widths += [self.words_px]
        return max(min(left, self.stage.width - self.stage.margin - max(widths)), self.stage.margin)

    def _legend_rows(self) -> list[list[tuple[str, str]]]:
        """Legend entries, broken into lines that fit."""
        rows: list[list[tuple[str, str]]] = []
        x = 0.0
        for label, colour in self.legend:
            width = self._entry_px(label)
            if not rows or x + width - self.lettering.width(_GAP) > self.stage.room:
                rows.append([])
                x = 0.0
            rows[-1].append((label, colour))
            x += width
        return rows

    def _entry_px(self, label: str) -> float:
        return self.lettering.width(f"● {label}{_GAP}")

    def _write(self, row: list[tuple[str, str]], x: float, y: float) -> None:
        for label, colour in row:
            for text, ink, shift in (("●", colour, 0.0), (label, self.stage.style.text, self.lettering.width("● "))):
                self.stage.figure.text(
                    x + shift, y, text, transform=IdentityTransform(), color=ink, fontsize=self.lettering.size_pt,
                    parse_math=False,
                )  # fmt: skip
            x += self._entry_px(label)


def compose(
    stage: Stage, settings: Settings, objective: Objective, trajectory: Trajectory, colours: tuple[str, ...]
) -> Header:
    """Decide what the header of a picture says."""
    labels = [minus(label) for label in trajectory.label]
    # The coordinates of random starts tell a reader nothing: where the runs begin is there to be seen.
    chosen = settings.starts is None and settings.order == "together"
    told_apart = chosen and len(set(labels)) > 1 and len(labels) <= MAX_LEGEND_RUNS
    legend = tuple(zip(labels, colours, strict=True)) if told_apart else ()
    lettering = stage.lettering()
    words, words_px = _readout(objective, trajectory, settings, stage, lettering) if settings.readout else (None, 0.0)
    return Header(
        title=_title(stage, settings, objective),
        words=words,
        words_px=words_px,
        legend=legend,
        lettering=lettering,
        stage=stage,
    )


def _title(stage: Stage, settings: Settings, objective: Objective) -> Text | None:
    if settings.title is not None:
        return stage.title(settings.title, plain=True)
    variables = "x" if objective.dim == 1 else "x, y"
    room = stage.room / stage.px(0.6 * TITLE_PT) - len(f"f({variables}) = ")
    for form in objective.typeset:
        if visible_length(form) <= room:
            return stage.title(f"$f({variables}) = {form}$", plain=False)
    return stage.title(objective.name.replace("_", "-"), plain=True)


def _readout(
    objective: Objective, trajectory: Trajectory, settings: Settings, stage: Stage, lettering: Lettering
) -> tuple[Callable[[Moment], Pieces], float]:
    """The words of the readout for a moment, and their width in pixels. Columns without room are left out."""
    columns = _columns(objective, trajectory, settings)
    label, ink = stage.style.muted, stage.style.text

    def pieces(run: int, iteration: int) -> Pieces:
        shown = [(name, value(run, iteration)) for name, value in columns]
        return [
            piece
            for place, (name, value) in enumerate(shown)
            for piece in ((f"{_GAP if place else ''}{name} ", label), (value, ink))
        ]

    def width() -> float:
        return sum(lettering.width(text) for text, _ in pieces(0, 0))

    while len(columns) > 1 and width() > stage.room:
        columns.pop()
    # Of runs together, one may have stopped: the count is that of those that still run.
    return lambda moment: pieces(moment.current, int(moment.position[moment.visible].max())), width()


def _columns(objective: Objective, trajectory: Trajectory, settings: Settings) -> list[Column]:
    """What the readout names, the least needed last. Texts have fixed widths, so that digits keep their places."""
    runs, iterations = trajectory.runs, trajectory.iterations
    in_turn = settings.order == "in-turn" and runs > 1
    columns: list[Column] = [("run", lambda run, _: f"{_whole(run + 1, runs)} of {runs}")] if in_turn else []
    columns.append(("iteration", lambda _, k: _whole(k, iterations)))
    if runs > 1 and not in_turn:
        return columns
    names = ("x",) if objective.dim == 1 else ("x", "y")
    columns += [_series(name, trajectory.x[..., i]) for i, name in enumerate(names)]
    columns.append(_series(f"f({', '.join(names)})", trajectory.f))
    if iterations:
        columns.append(("lr", lambda run, k: minus(f"{trajectory.lr[run, max(k - 1, 0)]:g}")))
    return columns


def _series(name: str, values: Scalar) -> Column:
    width = _width(values)
    return name, lambda run, k: _number(float(values[run, k]), width)


_GAP = "    "
_FIGURE_SPACE = "\u2007"


def _whole(value: int, most: int) -> str:
    """A whole number in as many places as the largest one needs."""
    return str(value).rjust(len(str(most)), _FIGURE_SPACE)


def _number(value: float, width: int) -> str:
    """A number in a fixed number of places: fixed point where four decimals tell it, else with an exponent."""
    value += 0.0  # a zero below zero is a zero
    text = f"{value:.4f}" if value == 0 or 1e-3 <= abs(value) < 1e4 else f"{value:.2e}"
    return minus(text).rjust(width, _FIGURE_SPACE)


def _width(values: Scalar) -> int:
    """The places that hold every one of the values; the widest that there is, where they are many."""
    return max(len(_number(value, 0)) for value in values.ravel().tolist()) if values.size <= 5000 else 10
