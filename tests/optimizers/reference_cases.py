"""What was recorded from torch and optax: the one table that record_references.py and the tests share."""

from __future__ import annotations

import io
import lzma
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FILE = Path(__file__).parent / "references" / "trajectories.npz.xz"
UPDATES = 200
STARTS = {"rosenbrock": (-0.7, 2.0), "beale": (1.0, 1.5), "quadratic": (3.0, 1.0)}

_DESCENT = {"rosenbrock": 0.001, "beale": 0.01, "quadratic": 0.009}
_MOMENTUM = {"rosenbrock": 0.0002, "beale": 0.002, "quadratic": 0.001}
_WIDTH = {"rosenbrock": 0.08, "beale": 0.06, "quadratic": 0.13}
_ONE = {"rosenbrock": 1.0, "beale": 1.0, "quadratic": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One method with its hyperparameters, as gdanim and as the library writes them.

    call        the library's constructor: torch.optim.SGD, optax.lion
    lr          by function
    given       gdanim's hyperparameters that differ from their defaults
    arguments   the library's
    """

    name: str
    method: str
    call: str
    lr: Mapping[str, float]
    given: Mapping[str, Any]
    arguments: Mapping[str, Any]


def _case(
    name: str, call: str, lr: Mapping[str, float], given: Mapping[str, Any] | None = None, /, **arguments: Any
) -> Case:
    return Case(name=name, method=name.split()[0], call=call, lr=lr, given=given or {}, arguments=arguments)


CASES = (
    _case("gd", "torch.optim.SGD", _DESCENT),
    _case("momentum", "torch.optim.SGD", _MOMENTUM, momentum=0.9),
    _case("momentum dampened", "torch.optim.SGD", _MOMENTUM, {"dampening": 0.5}, momentum=0.9, dampening=0.5),
    _case("nesterov", "torch.optim.SGD", _MOMENTUM, momentum=0.9, nesterov=True),
    _case("gd decaying", "torch.optim.SGD", _DESCENT, {"weight_decay": 0.3}, weight_decay=0.3),
    _case("momentum decaying", "torch.optim.SGD", _MOMENTUM, {"weight_decay": 0.3}, momentum=0.9, weight_decay=0.3),
    _case(
        "nesterov decaying", "torch.optim.SGD", _MOMENTUM,
        {"weight_decay": 0.3}, momentum=0.9, nesterov=True, weight_decay=0.3,
    ),
    _case("adagrad", "torch.optim.Adagrad", _WIDTH),
    _case(
        "adagrad from 2", "torch.optim.Adagrad", _WIDTH,
        {"initial_accumulator_value": 2.0, "eps": 0.01}, initial_accumulator_value=2.0, eps=0.01,
    ),
    _case("adagrad fading", "torch.optim.Adagrad", _WIDTH, {"lr_decay": 0.05}, lr_decay=0.05),
    _case(
        "adagrad both", "torch.optim.Adagrad", _WIDTH,
        {"lr_decay": 0.01, "weight_decay": 0.3}, lr_decay=0.01, weight_decay=0.3,
    ),
    _case("rmsprop", "torch.optim.RMSprop", _WIDTH),
    _case("rmsprop centered", "torch.optim.RMSprop", _WIDTH, {"centered": True}, centered=True),
    _case("rmsprop momentum", "torch.optim.RMSprop", _MOMENTUM, {"momentum": 0.9}, momentum=0.9),
    _case(
        "rmsprop both", "torch.optim.RMSprop", _MOMENTUM,
        {"alpha": 0.9, "momentum": 0.5, "centered": True}, alpha=0.9, momentum=0.5, centered=True,
    ),
    _case(
        "rmsprop decaying", "torch.optim.RMSprop", _MOMENTUM,
        {"momentum": 0.5, "centered": True, "weight_decay": 0.3}, momentum=0.5, centered=True, weight_decay=0.3,
    ),
    _case("adadelta", "torch.optim.Adadelta", _ONE),
    _case("adadelta decaying", "torch.optim.Adadelta", _ONE, {"weight_decay": 0.3}, weight_decay=0.3),
    _case("adam", "torch.optim.Adam", _WIDTH),
    _case(
        "adam quick", "torch.optim.Adam", _DESCENT,
        {"beta1": 0.8, "beta2": 0.95, "eps": 0.001}, betas=(0.8, 0.95), eps=0.001,
    ),
    _case("adam decaying", "torch.optim.Adam", _WIDTH, {"weight_decay": 0.3}, weight_decay=0.3),
    _case("amsgrad", "torch.optim.Adam", _WIDTH, amsgrad=True),
    _case("amsgrad decaying", "torch.optim.Adam", _WIDTH, {"weight_decay": 0.3}, amsgrad=True, weight_decay=0.3),
    _case("adamw", "torch.optim.AdamW", _WIDTH),
    _case("adamw decaying", "torch.optim.AdamW", _WIDTH, {"weight_decay": 0.3}, weight_decay=0.3),
    _case("adamax", "torch.optim.Adamax", _WIDTH),
    _case("adamax decaying", "torch.optim.Adamax", _WIDTH, {"weight_decay": 0.3}, weight_decay=0.3),
    _case("nadam", "torch.optim.NAdam", _WIDTH),
    _case("nadam decaying", "torch.optim.NAdam", _WIDTH, {"weight_decay": 0.3}, weight_decay=0.3),
    _case("radam", "torch.optim.RAdam", _DESCENT),
    _case("radam decaying", "torch.optim.RAdam", _DESCENT, {"weight_decay": 0.3}, weight_decay=0.3),
    _case("rprop", "torch.optim.Rprop", _WIDTH),
    _case(
        "rprop bounded", "torch.optim.Rprop", _WIDTH,
        {"etaminus": 0.4, "etaplus": 1.1, "step_min": 0.01, "step_max": 0.15},
        etas=(0.4, 1.1), step_sizes=(0.01, 0.15),
    ),
    _case("signsgd", "optax.sign_sgd", _WIDTH),
    _case("lion", "optax.lion", _WIDTH, weight_decay=0.0),
    _case(
        "lion decaying", "optax.lion", _WIDTH,
        {"beta1": 0.8, "beta2": 0.95, "weight_decay": 0.3}, b1=0.8, b2=0.95, weight_decay=0.3,
    ),
    _case("adabelief", "optax.adabelief", _WIDTH),
    _case("adabelief rough", "optax.adabelief", _WIDTH, {"eps": 1e-8, "eps_root": 1e-4}, eps=1e-8, eps_root=1e-4),
    _case("polyak", "optax.polyak_sgd", _ONE),
    _case(
        "polyak bounded", "optax.polyak_sgd", _ONE,
        {"max_learning_rate": 0.001, "f_min": -1.0}, max_learning_rate=0.001, f_min=-1.0,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A recorded run: its iterates x (201, 2); gradients grad (200, 2) and values f (200,) at all but the last of them.

    f is recorded for polyak alone, which is the only one that reads it.
    """

    x: NDArray[np.float64]
    grad: NDArray[np.float64]
    f: NDArray[np.float64] | None = None


def save(runs: Mapping[tuple[str, str], Reference]) -> None:
    """Write runs, keyed by the names of case and function."""
    values = [run.f for run in runs.values() if run.f is not None]
    archive = io.BytesIO()
    np.savez(
        archive,
        keys=np.array(list(runs)),
        x=_planes(np.array([run.x.T for run in runs.values()])),
        grad=_planes(np.array([run.grad.T for run in runs.values()])),
        f=_planes(np.array(values)),
    )
    FILE.write_bytes(lzma.compress(archive.getvalue(), preset=9))


def load() -> dict[tuple[str, str], Reference]:
    """The recorded runs, keyed by the names of case and function."""
    with np.load(io.BytesIO(lzma.decompress(FILE.read_bytes()))) as archive:
        keys = [(str(name), str(function)) for name, function in archive["keys"]]
        x = _numbers(archive["x"]).reshape(len(keys), 2, UPDATES + 1)
        grad = _numbers(archive["grad"]).reshape(len(keys), 2, UPDATES)
        values = iter(_numbers(archive["f"]).reshape(-1, UPDATES))
    return {
        key: Reference(x=x[i].T, grad=grad[i].T, f=next(values) if key[0].startswith("polyak") else None)
        for i, key in enumerate(keys)
    }


def _planes(numbers: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The numbers' first bytes, then their second ones …: numbers along an orbit share the first, which compress."""
    return np.ascontiguousarray(np.ascontiguousarray(numbers, dtype="<f8").reshape(-1, 1).view(np.uint8).T)


def _numbers(planes: NDArray[np.uint8]) -> NDArray[np.float64]:
    return np.ascontiguousarray(planes.T).view("<f8").astype(np.float64)
