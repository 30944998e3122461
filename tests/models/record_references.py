"""Record what scikit-learn and torch make of fits: the origin of references.json. Needs both.

    PYTHONPATH=.:tests python tests/models/record_references.py

Recorded with scikit-learn 1.9.1 and torch 2.13.0 (CPU), in float64. The rows of each step are those that gdanim draws;
tests/optimizers/test_minibatches.py tells what these have to be.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from support.fits import drawn

from gdanim.descent.runs import stream_of
from gdanim.optimizers.minibatches import MiniBatch, rows_of_step

ROWS, COLUMNS, LR, L2 = 50, 4, 0.03, 0.01
RECORDED = (1, 2, 20, 60)  # steps
STEPS: dict[str, Any] = {
    "gd": lambda w: torch.optim.SGD([w], lr=LR),
    "momentum": lambda w: torch.optim.SGD([w], lr=LR, momentum=0.9),
    "adam": lambda w: torch.optim.Adam([w], lr=LR),
}
COSTS = {
    "linear": torch.nn.functional.mse_loss,
    "logistic": torch.nn.functional.binary_cross_entropy_with_logits,
}


def of_sklearn(k: int, l2: float) -> dict[str, Any]:
    """Where the logistic loss of k columns is least, with C Σ log(…) + ‖w‖²/2, the intercept aside."""
    x, y = drawn(600, k, seed=k, classes=True)
    penalty = 1 / (2 * len(y) * l2) if l2 else np.inf
    found = LogisticRegression(C=penalty, solver="newton-cholesky", tol=1e-12, max_iter=200).fit(x, y)
    return {"columns": k, "l2": l2, "w": [*found.intercept_.tolist(), *found.coef_[0].tolist()]}


def of_torch(text: str, optimizer: str, size: int) -> dict[str, Any]:
    """Where steps on mini-batches lead from 0, by their number."""
    x, y = drawn(ROWS, COLUMNS, classes=text == "logistic")
    design, target = torch.tensor(np.column_stack([np.ones(ROWS), x])), torch.tensor(y)
    start = np.zeros(COLUMNS + 1)
    w = torch.tensor(start.copy(), requires_grad=True)
    step, path = STEPS[optimizer](w), {}
    for k in range(max(RECORDED)):
        rows = torch.tensor(rows_of_step(MiniBatch(size, ROWS), 0, stream_of(start), k))
        step.zero_grad()
        (COSTS[text](design[rows] @ w, target[rows]) + L2 * (w[1:] ** 2).sum()).backward()
        step.step()
        if k + 1 in RECORDED:
            path[k + 1] = w.detach().numpy().tolist()
    return {
        "text": text, "optimizer": optimizer, "size": size, "rows": ROWS, "columns": COLUMNS, "lr": LR, "l2": L2,
        "path": path,
    }  # fmt: skip


if __name__ == "__main__":
    found = {
        "sklearn": [of_sklearn(k, l2) for k, l2 in product((1, 6, 40), (0.0, 0.01))],
        "torch": [of_torch(*case) for case in product(COSTS, STEPS, (1, 8))],
    }
    Path(__file__).with_name("references.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
