"""Checks around the optimizers and schedules of plug-ins: what they raise or return wrongly becomes a PluginError.

Arrays that gdanim goes on using are passed read-only.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Scalar, Vector
from gdanim.catalogue.foreign import call_guarded, check_type, type_of
from gdanim.errors import PluginError
from gdanim.optimizers.optimizer import Optimizer, Oracle


def guarded_optimizer(plugin: str, make: Callable[..., Optimizer], /, **hyperparameters: Any) -> Optimizer:
    """The Optimizer that `make` returns, with checks around init and update."""
    made = call_guarded(plugin, make)(**hyperparameters)
    check_type(plugin, "it gave", made, Optimizer)
    their_init, their_update = call_guarded(plugin, made.init), call_guarded(plugin, made.update)

    def init(x: Vector) -> Any:
        return their_init(_read_only(x))

    def update(grad: Vector, state: Any, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Any]:
        given: Any = their_update(_read_only(grad), state, _read_only(x), _read_only(lr), oracle)
        if not (isinstance(given, tuple) and len(given) == 2):
            raise PluginError(f"{plugin} failed: its update gave {type_of(given)}, where a step and a state are due")
        _check_numbers(plugin, "the step of its update", given[0], x.shape)
        return given

    return Optimizer(init=init, update=update)


def guarded_rates(plugin: str, make: Callable[..., Any], /, **hyperparameters: Any) -> Callable[..., Scalar]:
    """The function rates(k, lr, n) that `make` returns, with checks around it."""
    made = call_guarded(plugin, make)(**hyperparameters)
    if not callable(made):
        raise PluginError(f"{plugin} failed: it gave {type_of(made)}, which cannot be called for rates")
    their_rates = call_guarded(plugin, made)

    def rates(k: NDArray[np.int64], lr: Scalar, n: int) -> Scalar:
        found: Any = their_rates(_read_only(k), _read_only(lr), n)
        _check_numbers(plugin, "what it gave as rates", found, (len(lr), len(k)))
        wrong = ~((found >= 0) & np.isfinite(found))
        if wrong.any():
            run, step = np.unravel_index(np.argmax(wrong), wrong.shape)
            value = f"{found[run, step]:g} for k = {k[step]}"
            raise PluginError(f"{plugin} failed: it gave the rate {value}; a rate is finite and at least 0")
        return found.astype(np.float64)  # type: ignore[no-any-return]

    return rates


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view


def _check_numbers(plugin: str, what: str, found: Any, shape: tuple[int, ...]) -> None:
    """Raise PluginError unless `found` is an array of that shape whose numbers fit into float64."""
    if not isinstance(found, np.ndarray):
        raise PluginError(f"{plugin} failed: {what} is {type_of(found)}, not an array")
    if found.shape != shape:
        raise PluginError(f"{plugin} failed: {what} has the shape {found.shape}, not {shape}")
    if not np.can_cast(found.dtype, np.float64):
        raise PluginError(f"{plugin} failed: {what} is of {found.dtype}, not of float64")
