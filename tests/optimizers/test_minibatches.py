"""Mini-batches: which rows each step sees, and descents against plain loops of numpy that are fed the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.commandline import run
from support.extents import live
from support.fits import drawn, fit, table
from support.problems import scene_of, solved

from gdanim.descent.runs import stream_of
from gdanim.optimizers.minibatches import MiniBatch, order_of, rows_of_step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from gdanim.descent.descend import Descent

    Array = NDArray[np.float64]

ROWS = 22


@pytest.fixture
def points(tmp_path: Path) -> str:
    return table(tmp_path / "t.csv", *drawn(ROWS, 1))


def descended(points: str, **options: Any) -> Descent:
    return solved("a*x1 + b", points=points, **{"iterations": 40, "lr": 0.1, "start": ((1.5, -1.0),)} | options)


def gradient(w: Array, rows: NDArray[np.int64]) -> Array:
    """Of the mean of squares over some rows, by hand."""
    x, y = drawn(ROWS, 1)
    design = np.column_stack([x, np.ones(ROWS)])[rows]
    return 2 * design.T @ (design @ w - y[rows]) / len(rows)


def sgd(w: Array, g: Array, k: int, memory: list[Array], lr: float) -> Array:
    return w - lr * g


def momentum(w: Array, g: Array, k: int, memory: list[Array], lr: float) -> Array:
    memory[0] = 0.9 * memory[0] + g
    return w - lr * memory[0]


def adam(w: Array, g: Array, k: int, memory: list[Array], lr: float) -> Array:
    memory[0] = 0.9 * memory[0] + 0.1 * g
    memory[1] = 0.999 * memory[1] + 0.001 * g * g
    return w - lr * (memory[0] / (1 - 0.9**k)) / (np.sqrt(memory[1] / (1 - 0.999**k)) + 1e-8)


@pytest.mark.parametrize("size", [1, 5, ROWS])
@pytest.mark.parametrize(("optimizer", "step"), [("gd", sgd), ("momentum", momentum), ("adam", adam)])
def test_a_descent_is_that_of_a_plain_loop_over_the_same_batches(
    points: str, size: int, optimizer: str, step: Callable[..., Array]
) -> None:
    path = descended(points, batch=str(size), optimizer=optimizer, lr=0.02).trajectory.x[0]
    w, memory = path[0], [np.zeros(2), np.zeros(2)]
    batch, stream = MiniBatch(size, ROWS), stream_of(path[0])
    for k in range(40):
        w = step(w, gradient(w, rows_of_step(batch, 0, stream, k)), k + 1, memory, 0.02)
        assert np.all(np.abs(path[k + 1] - w) <= 1e-12 * np.maximum(1, np.abs(w)))


@pytest.mark.parametrize("size", [1, 4, 11, 22])
def test_an_epoch_sees_each_row_once_and_keeps_its_short_last_batch(size: int) -> None:
    batch = MiniBatch(size, ROWS)
    for epoch in range(3):
        steps = range(epoch * batch.steps, (epoch + 1) * batch.steps)
        seen = [rows_of_step(batch, 0, 5, k) for k in steps]
        assert {len(rows) for rows in seen[:-1]} <= {size}
        assert sum(map(len, seen)) == ROWS
        assert sorted(np.concatenate(seen).tolist()) == list(range(ROWS))
    assert not np.array_equal(order_of(ROWS, 0, 5, 0), order_of(ROWS, 0, 5, 1))
    assert not np.array_equal(order_of(ROWS, 0, 5, 0), order_of(ROWS, 1, 5, 0))


def test_a_run_sees_the_same_rows_whatever_runs_beside_it(points: str) -> None:
    alone = descended(points, batch="3").trajectory.x[0]
    beside = descended(points, batch=("8", "3"), lr=(0.3, 0.1), start=((0.0, 2.0), (1.5, -1.0)))
    here = next(
        run
        for run, made in enumerate(beside.runs)
        if made.batch == MiniBatch(3, ROWS) and made.lr == 0.1 and beside.trajectory.x[run, 0, 0] == 1.5
    )
    assert np.array_equal(beside.trajectory.x[here], alone)


def test_all_rows_are_the_descent_without_batches(points: str) -> None:
    assert np.array_equal(descended(points, batch="all").trajectory.x, descended(points).trajectory.x)


@pytest.mark.parametrize("text", ["a*x1 + b", "logistic"])
def test_the_mean_of_an_epochs_gradients_is_the_whole_gradient(tmp_path: Path, text: str) -> None:
    x, y = drawn(24, 1, classes=True)
    loss = fit(text, table(tmp_path / "c.csv", x, y))
    batch, w = MiniBatch(6, 24), np.array([[0.4, -1.3]])
    slopes = [loss.on_rows(w, rows_of_step(batch, 0, 1, k))[1] for k in range(batch.steps)]
    np.testing.assert_allclose(np.mean(slopes, axis=0), loss.gradient(w), rtol=0, atol=1e-12)


def test_what_is_recorded_is_the_loss_of_all_rows_and_its_gradient(points: str) -> None:
    descent = descended(points, batch="2")
    path = descent.trajectory
    np.testing.assert_allclose(path.f[0], descent.objective.value(path.x[0]), rtol=1e-12)
    whole = [gradient(w, np.arange(ROWS)) for w in path.x[0]]
    np.testing.assert_allclose(path.grad[0], whole, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("size", "steps"), [(1, 44), (5, 10), (8, 6), (22, 2)])
def test_a_budget_counts_the_share_of_the_rows_that_a_step_sees(points: str, size: int, steps: int) -> None:
    path = descended(points, batch=str(size), budget=2, iterations=None).trajectory
    assert int(path.last[0]) == steps  # the last batch of an epoch is shorter: 5, 5, 5, 5 and 2 rows are one evaluation
    assert int(path.evaluations[0, -1]) == 2
    assert path.stop[0].name == "BUDGET"


def test_sizes_are_runs_that_are_called_by_them(points: str) -> None:
    assert [made.label for made in descended(points, batch=("1", "16", "all")).runs] == [
        "batch 1",
        "batch 16",
        "all rows",
    ]
    labels = [made.label for made in descended(points, batch=("1", "all"), lr=(0.1, 0.2)).runs]
    assert labels == ["lr 0.1, batch 1", "lr 0.2, batch 1", "lr 0.1, all rows", "lr 0.2, all rows"]


def test_the_readout_says_epoch_and_step(points: str) -> None:
    with scene_of(descended(points, batch="5", iterations=12, size="640x480")) as scene:
        texts = [" ".join("".join(live(scene, frame)).split()) for frame in (0, 5, 6, 12)]
    for text, (epoch, step) in zip(texts, [(1, 0), (1, 5), (2, 6), (3, 12)], strict=True):
        assert f"epoch {epoch} step {step} " in text.replace("\u200a", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("parabola", "--batch", "2"), "--batch is for a model"),
        (("linear", "--batch", "0"), "--batch '0'"),
        (("linear", "--batch", "some"), "or all"),
        (("linear", "--batch", "25"), "the table has 24 rows"),
        (("linear", "--batch", "2", "--basins"), "leave out --batch"),
    ],
)
def test_a_size_that_cannot_be_drawn_is_refused(in_tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = run(*arguments, "-o", "a.gif")
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert said in ran.lines[0]


def test_a_file_of_batches_is_checked_to_the_last_bit(in_tmp_path: Path) -> None:
    sizes = ("--batch", "2", "--batch", "all")
    assert run("linear", *sizes, "--facet", "batch", "--size", "320x240", "-n", "5", "-q", "-o", "a.gif").code == 0
    assert b"to the last bit" in run("check", "a.gif").out
