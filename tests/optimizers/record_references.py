"""Record what torch and optax do: the origin of references/trajectories.npz.xz. Needs torch, jax and optax.

    python tests/optimizers/record_references.py

Recorded with torch 2.13.0 (CPU), jax 0.10.2 and optax 0.2.8, in float64; torch without foreach. The gradients are those
of the libraries' automatic differentiation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import numpy as np
import optax
import torch
from reference_cases import CASES, STARTS, UPDATES, Case, Reference, save

if TYPE_CHECKING:
    from collections.abc import Callable

FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "rosenbrock": lambda x, y: 100 * (y - x**2) ** 2 + (1 - x) ** 2,
    "beale": lambda x, y: (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2,
    "quadratic": lambda x, y: x**2 + 100 * y**2,
}


def with_torch(case: Case, function: str) -> Reference:
    x = torch.tensor(STARTS[function], requires_grad=True)
    make = getattr(torch.optim, case.call.rpartition(".")[2])
    optimizer = make([x], lr=case.lr[function], foreach=False, **case.arguments)
    iterates, gradients = [x.detach().numpy().copy()], []
    for _ in range(UPDATES):
        optimizer.zero_grad()
        FUNCTIONS[function](*x).backward()
        gradients.append(x.grad.numpy().copy())
        optimizer.step()
        iterates.append(x.detach().numpy().copy())
    return Reference(x=np.array(iterates), grad=np.array(gradients))


def with_optax(case: Case, function: str) -> Reference:
    make = getattr(optax, case.call.rpartition(".")[2])
    optimizer = make(case.lr[function], **case.arguments) if case.method != "polyak" else make(**case.arguments)
    value_and_grad = jax.value_and_grad(lambda point: FUNCTIONS[function](point[0], point[1]))
    x = jax.numpy.array(STARTS[function])
    state = optimizer.init(x)
    iterates, gradients, values = [np.asarray(x)], [], []
    for _ in range(UPDATES):
        f, grad = value_and_grad(x)
        updates, state = optimizer.update(grad, state, x, **({"value": f} if case.method == "polyak" else {}))
        x = optax.apply_updates(x, updates)
        iterates.append(np.asarray(x))
        gradients.append(np.asarray(grad))
        values.append(float(f))
    f = np.array(values) if case.method == "polyak" else None
    return Reference(x=np.array(iterates), grad=np.array(gradients), f=f)


def main() -> None:
    # Counters and products of Nadam are kept in the default type.
    torch.set_default_dtype(torch.float64)
    jax.config.update("jax_enable_x64", True)
    runs = {}
    for case in CASES:
        record = with_torch if case.call.startswith("torch") else with_optax
        for function in STARTS:
            run = record(case, function)
            if not np.isfinite(run.x).all():
                raise SystemExit(f"{case.name} on {function} leaves the finite numbers: choose another rate")
            runs[case.name, function] = run
            print(f"{case.name:20} {function:12} {run.x[-1]}")
    save(runs)


if __name__ == "__main__":
    main()
