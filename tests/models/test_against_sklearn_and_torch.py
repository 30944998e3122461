"""Fits in many coordinates against scikit-learn's solutions, and mini-batches against torch's optimizers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.fits import drawn, table
from support.problems import solved

from gdanim.descent.runs import stream_of
from gdanim.optimizers.minibatches import MiniBatch, rows_of_step

if TYPE_CHECKING:
    from pathlib import Path

ROWS, STEPS = 50, 60


@pytest.mark.parametrize("k", [1, 6, 40])
@pytest.mark.parametrize("l2", [0.0, 0.01])
def test_a_logistic_fit_is_least_where_sklearn_finds_it(tmp_path: Path, k: int, l2: float) -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    x, y = drawn(600, k, seed=k, classes=True)
    # C Σ log(…) + ‖w‖²/2, the intercept aside.
    penalty = 1 / (2 * len(y) * l2) if l2 else np.inf
    reference = linear_model.LogisticRegression(C=penalty, solver="newton-cholesky", tol=1e-12, max_iter=200).fit(x, y)
    expected = np.append(reference.intercept_, reference.coef_)
    path = solved(
        "logistic", points=table(tmp_path / "t.csv", x, y), l2=l2, optimizer=("newton",), start=((0.0,) * (k + 1),),
        iterations=12, view="contour" if k > 1 else "auto",
    )  # fmt: skip
    assert np.abs(path.objective.minimizers[0] - expected).max() < 1e-6
    assert np.abs(path.trajectory.x[0, -1] - expected).max() < 1e-6


@pytest.mark.parametrize("optimizer", ["gd", "momentum", "adam"])
@pytest.mark.parametrize("text", ["linear", "logistic"])
@pytest.mark.parametrize("size", [1, 8])
def test_mini_batches_lead_where_torch_goes_with_the_same_rows(
    tmp_path: Path, optimizer: str, text: str, size: int
) -> None:
    torch = pytest.importorskip("torch")
    x, y = drawn(ROWS, 4, classes=text == "logistic")
    path = solved(
        text, points=table(tmp_path / "t.csv", x, y), batch=str(size), optimizer=(optimizer,), lr=0.03,
        iterations=STEPS, l2=0.01,
    ).trajectory.x[0]  # fmt: skip
    design, target = torch.tensor(np.column_stack([np.ones(ROWS), x])), torch.tensor(y)
    w = torch.tensor(path[0].copy(), requires_grad=True)
    step: Any = {
        "gd": lambda: torch.optim.SGD([w], lr=0.03),
        "momentum": lambda: torch.optim.SGD([w], lr=0.03, momentum=0.9),
        "adam": lambda: torch.optim.Adam([w], lr=0.03),
    }[optimizer]()
    cost = torch.nn.functional.mse_loss if text == "linear" else torch.nn.functional.binary_cross_entropy_with_logits
    for k in range(STEPS):
        rows = torch.tensor(rows_of_step(MiniBatch(size, ROWS), 0, stream_of(path[0]), k))
        step.zero_grad()
        (cost(design[rows] @ w, target[rows]) + 0.01 * (w[1:] ** 2).sum()).backward()
        step.step()
        at = w.detach().numpy()
        assert np.all(np.abs(path[k + 1] - at) <= 1e-12 * np.maximum(1, np.abs(at))), f"step {k}"
