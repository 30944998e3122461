"""Checks around rules that gdanim has not written: what they raise or return wrongly becomes an error in one line.

Arrays that gdanim goes on using are passed read-only.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Scalar, Vector
from gdanim.catalogue.foreign import call_guarded, check_type, type_of
from gdanim.errors import GdanimError, PluginError
from gdanim.optimizers.optimizer import Optimizer, Oracle


class Guard(NamedTuple):
    """Checks a rule of somebody else's.

    name      how an error about it begins: `The optimizer 'signs' of gd-signs`
    failure   the error where it gives what is of no use
    wrap      makes of a callable one that turns what it raises into such an error
    """

    name: str
    failure: type[GdanimError]
    wrap: Callable[[Callable[..., Any]], Callable[..., Any]]

    def optimizer(self, init: Callable[..., Any], update: Callable[..., Any]) -> Optimizer:
        """The Optimizer of a pair, with checks around both."""
        their_init, their_update = self.wrap(init), self.wrap(update)

        def checked_init(x: Vector) -> Any:
            state = their_init(_read_only(x))
            self._check_state(state, len(x))
            return state

        def checked_update(grad: Vector, state: Any, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Any]:
            given: Any = their_update(_read_only(grad), state, _read_only(x), _read_only(lr), oracle)
            if not (isinstance(given, tuple) and len(given) == 2):
                raise self.refusal(f"its update gave {type_of(given)}, where a step and a state are due")
            self._check_numbers("the step of its update", given[0], x.shape)
            self._check_state(given[1], len(x))
            return given

        return Optimizer(init=checked_init, update=checked_update)

    def rates(self, made: Any) -> Callable[..., Scalar]:
        """The function rates(k, lr, n) of a schedule, with checks around it."""
        if not callable(made):
            raise self.refusal(f"it gave {type_of(made)}, which cannot be called for rates")
        their_rates = self.wrap(made)

        def rates(k: NDArray[np.int64], lr: Scalar, n: int) -> Scalar:
            found: Any = their_rates(_read_only(k), _read_only(lr), n)
            self._check_numbers("what it gave as rates", found, (len(lr), len(k)))
            wrong = ~((found >= 0) & np.isfinite(found))
            if wrong.any():
                run, step = np.unravel_index(np.argmax(wrong), wrong.shape)
                value = f"{found[run, step]:g} for k = {k[step]}"
                raise self.refusal(f"it gave the rate {value}; a rate is finite and at least 0")
            return found.astype(np.float64)  # type: ignore[no-any-return]

        return rates

    def refusal(self, why: str) -> GdanimError:
        """The error that says why what the rule gave is of no use."""
        return self.failure(f"{self.name} failed: {why}")

    def _check_numbers(self, what: str, found: Any, shape: tuple[int, ...]) -> None:
        """Raise unless `found` is an array of that shape whose numbers fit into float64."""
        if not isinstance(found, np.ndarray):
            raise self.refusal(f"{what} is {type_of(found)}, not an array")
        if found.shape != shape:
            raise self.refusal(f"{what} has the shape {found.shape}, not {shape}")
        if not np.can_cast(found.dtype, np.float64):
            raise self.refusal(f"{what} is of {found.dtype}, not of float64")

    def _check_state(self, state: Any, runs: int) -> None:
        """Raise where an array in a state has no row for each run: runs that end are taken out of it."""
        if isinstance(state, (tuple, list)):
            for part in state:
                self._check_state(part, runs)
        elif isinstance(state, dict):
            self._check_state(tuple(state.values()), runs)
        elif isinstance(state, np.ndarray) and state.ndim >= 2 and state.shape[-2] != runs:
            raise self.refusal(
                f"an array of its state has the shape {state.shape}, not (…, {runs}, variables), as x has"
            )


def guarded_optimizer(plugin: str, make: Callable[..., Optimizer], /, **hyperparameters: Any) -> Optimizer:
    """The Optimizer that a plug-in's `make` returns, with checks around init and update. Raises PluginError."""
    guard = _of_plugin(plugin)
    made = guard.wrap(make)(**hyperparameters)
    check_type(plugin, "it gave", made, Optimizer)
    return guard.optimizer(made.init, made.update)


def guarded_rates(plugin: str, make: Callable[..., Any], /, **hyperparameters: Any) -> Callable[..., Scalar]:
    """The function rates(k, lr, n) that a plug-in's `make` returns, with checks around it. Raises PluginError."""
    guard = _of_plugin(plugin)
    return guard.rates(guard.wrap(make)(**hyperparameters))


def _of_plugin(plugin: str) -> Guard:
    return Guard(plugin, PluginError, partial(call_guarded, plugin))


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view
