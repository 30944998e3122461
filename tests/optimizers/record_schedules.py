"""Record what torch's schedulers do: the origin of references/schedules.json. Needs torch.

    python tests/optimizers/record_schedules.py

Recorded with torch 2.13.0 (CPU). A rate is what the optimizer holds when it takes the step; repr keeps every digit.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

FILE = Path(__file__).parent / "references" / "schedules.json"
STEPS = 100
LR = 0.3

# The schedule, as torch writes its hyperparameters, and those that gdanim derives from the number of steps.
CASES: tuple[tuple[str, str, dict[str, Any], tuple[str, ...]], ...] = (
    ("step", "StepLR", {"step_size": 30, "gamma": 0.1}, ()),
    ("step", "StepLR", {"step_size": 1, "gamma": 0.9}, ()),
    ("step", "StepLR", {"step_size": 250, "gamma": 0.5}, ()),
    ("step", "StepLR", {"step_size": 34, "gamma": 0.1}, ("step_size",)),
    ("exponential", "ExponentialLR", {"gamma": 0.95}, ()),
    ("exponential", "ExponentialLR", {"gamma": 1.0}, ()),
    ("exponential", "ExponentialLR", {"gamma": 0.5}, ()),
    ("cosine", "CosineAnnealingLR", {"T_max": 100}, ("T_max",)),
    ("cosine", "CosineAnnealingLR", {"T_max": 100, "eta_min": 0.01}, ()),
    ("cosine", "CosineAnnealingLR", {"T_max": 17, "eta_min": 0.02}, ()),
    ("cosine", "CosineAnnealingLR", {"T_max": 1, "eta_min": 0.1}, ()),
    ("cosine", "CosineAnnealingLR", {"T_max": 40, "eta_min": 0.5}, ()),
    ("cosine_restarts", "CosineAnnealingWarmRestarts", {"T_0": 10}, ()),
    ("cosine_restarts", "CosineAnnealingWarmRestarts", {"T_0": 34}, ("T_0",)),
    ("cosine_restarts", "CosineAnnealingWarmRestarts", {"T_0": 7, "T_mult": 2, "eta_min": 0.05}, ()),
    ("cosine_restarts", "CosineAnnealingWarmRestarts", {"T_0": 1, "T_mult": 3}, ()),
    ("warmup", "LinearLR", {}, ()),
    ("warmup", "LinearLR", {"start_factor": 0.01, "total_iters": 60}, ()),
    ("warmup", "LinearLR", {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 50}, ()),
    ("one_cycle", "OneCycleLR", {"total_steps": 100}, ("total_steps",)),
    ("one_cycle", "OneCycleLR", {"total_steps": 100, "anneal_strategy": "linear", "pct_start": 0.25}, ()),
    ("one_cycle", "OneCycleLR", {"total_steps": 100, "three_phase": True, "div_factor": 10.0}, ()),
    ("one_cycle", "OneCycleLR", {"total_steps": 100, "three_phase": True, "anneal_strategy": "linear",
                                 "pct_start": 0.4, "final_div_factor": 50.0}, ()),
    ("one_cycle", "OneCycleLR", {"total_steps": 100, "pct_start": 0.0}, ()),
    ("one_cycle", "OneCycleLR", {"total_steps": 100, "pct_start": 1.0}, ()),
    ("one_cycle", "OneCycleLR", {"total_steps": 100, "pct_start": 0.7, "three_phase": True}, ()),
)  # fmt: skip


def rates(scheduler: str, hyperparameters: dict[str, Any]) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=LR)
    own = {"max_lr": LR} if scheduler == "OneCycleLR" else {}
    schedule = getattr(torch.optim.lr_scheduler, scheduler)(optimizer, **own, **hyperparameters)
    found = []
    for k in range(STEPS):
        found.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        if k < STEPS - 1:  # OneCycleLR refuses to go past its end
            schedule.step()
    return found


def main() -> None:
    records = []
    for name, scheduler, hyperparameters, derived in CASES:
        given = {key: value for key, value in hyperparameters.items() if key not in derived}
        record = {"schedule": name, "given": given, "lr": LR, "rates": rates(scheduler, hyperparameters)}
        records.append(json.dumps(record))
    FILE.write_text("[\n" + ",\n".join(records) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
