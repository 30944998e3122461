"""A program that uses each public name. Type checkers read it; it is not run."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import gdanim


def rates(k: NDArray[np.int64], lr: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """A schedule."""
    return lr / (1.0 + k)


def init(x: NDArray[np.float64]) -> tuple[()]:
    """The state of an optimizer."""
    return ()


def update(
    grad: NDArray[np.float64], state: tuple[()], x: NDArray[np.float64], lr: NDArray[np.float64], oracle: object
) -> tuple[NDArray[np.float64], tuple[()]]:
    """Its rule."""
    return -lr * grad, state


def main() -> None:
    """Each name once, and options in each of their forms."""
    written: tuple[gdanim.Written, ...] = gdanim.render("parabola", lr=0.1, output="a.gif")
    written = gdanim.render(gdanim.Settings(function="parabola", lr=0.1, output="out.gif"))
    gdanim.render(lambda x: x * x, gradient=lambda x: 2 * x, lr=[0.1, "0.2"], output=[Path("a.gif"), BytesIO()])
    optimizer = gdanim.Optimizer(init=init, update=update)
    style: gdanim.Style = replace(gdanim.load_style("dark"), background="#000080")
    animation: gdanim.Animation = gdanim.animate(
        "rosenbrock",
        start=(-1.5, 2),
        optimizer=["adam:beta1=0.8", optimizer],
        schedule=rates,
        style=["slides", style],
        size=(640, 480),
        fps=Fraction(100, 7),
        xlim="-2,2",
        ylim=(-1, 3),
        param={"a": 1},
        view="contour",
        trajectory={"mine": np.zeros((3, 2))},
        iterations=30,
    )
    trajectory: gdanim.LabelledTrajectory = animation.trajectory
    plain: gdanim.Trajectory = trajectory
    x: NDArray[np.float64] = plain.x
    labels: tuple[str, ...] = trajectory.labels
    stops: tuple[gdanim.Stop, ...] = trajectory.stop
    columns: dict[str, NDArray[np.generic]] = trajectory.to_dict()
    verdicts: tuple[gdanim.Verdict, ...] = animation.verdicts
    outcome: gdanim.Outcome = verdicts[0].outcome
    pixels: NDArray[np.uint8] = animation.frame(-1)
    animation.figure(0).savefig("a.pdf")
    animation.save("a.gif", BytesIO(), format="gif", quality="low", data="a.csv", progress=True)
    animation.save(Path("a.mp4"), progress=lambda done, total: None)
    text: str = animation.alt_text + animation.recipe
    descent: gdanim.Descent = gdanim.descend(gdanim.Settings(function="parabola"))
    solved = gdanim.solve("a*x + b", points=columns, l2=0.1, batch=[8, "all"], iterations="9")
    loaded = gdanim.load(Path("a.gif"), lr=0.2, title=None)
    print(written, x, labels, stops, outcome, pixels, text, descent, solved, loaded, gdanim.__version__)


try:
    main()
except gdanim.UsageError as error:
    print(error)
except (gdanim.OutputError, gdanim.GdanimError, gdanim.GdanimWarning) as error:
    raise SystemExit(str(error)) from error
