"""Fits in many coordinates against scikit-learn's solutions, and mini-batches against torch's optimizers.

See record_references.py.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.fits import drawn, table
from support.problems import solved

REFERENCES = json.loads(Path(__file__).with_name("references.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", REFERENCES["sklearn"], ids=lambda case: f"{case['columns']} columns, l2 {case['l2']}")
def test_a_logistic_fit_is_least_where_sklearn_finds_it(tmp_path: Path, case: dict[str, Any]) -> None:
    k = case["columns"]
    points = table(tmp_path / "t.csv", *drawn(600, k, seed=k, classes=True))
    newton = {"optimizer": ("newton",), "start": ((0.0,) * (k + 1),), "iterations": 12}
    found = solved("logistic", points=points, l2=case["l2"], **newton)
    assert np.abs(found.objective.minimizers[0] - case["w"]).max() < 1e-6
    assert np.abs(found.trajectory.x[0, -1] - case["w"]).max() < 1e-6


@pytest.mark.parametrize(
    "case", REFERENCES["torch"], ids=lambda case: f"{case['text']}, {case['optimizer']}, {case['size']} rows"
)
def test_mini_batches_lead_where_torch_goes_with_the_same_rows(tmp_path: Path, case: dict[str, Any]) -> None:
    points = table(tmp_path / "t.csv", *drawn(case["rows"], case["columns"], classes=case["text"] == "logistic"))
    found = solved(
        case["text"], points=points, batch=str(case["size"]), optimizer=(case["optimizer"],), lr=case["lr"],
        l2=case["l2"], iterations=60,
    )  # fmt: skip
    assert len(case["path"]) == 4
    for k, w in case["path"].items():
        away = np.abs(found.trajectory.x[0, int(k)] - w)
        assert np.all(away <= 1e-12 * np.maximum(1, np.abs(w))), f"step {k}"
