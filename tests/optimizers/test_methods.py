"""What holds for every optimizer of the catalogue, and where the catalogue and the rules have to agree."""

from __future__ import annotations

import inspect
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.objectives import objective

from gdanim.catalogue.choices import chosen
from gdanim.catalogue.optimizers import METHODS
from gdanim.errors import SettingError
from gdanim.optimizers.optimizer import Oracle
from gdanim.optimizers.random import NormalStreams

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from gdanim.catalogue.specs import Method
    from gdanim.objectives.objective import Objective
    from gdanim.optimizers.optimizer import Optimizer

    Array = NDArray[np.float64]

EVERY_METHOD = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
VARIANTS = [
    *((method, {}) for method in METHODS),
    *(
        (method, given)
        for method in METHODS
        for name, given in (
            ("rmsprop", {"centered": True, "momentum": 0.5}),
            ("momentum", {"dampening": 0.5}),
            ("polyak", {"f_min": -1.0}),
            ("adagrad", {"lr_decay": 0.1, "weight_decay": 0.1}),
            ("adam", {"weight_decay": 0.1}),
            ("nesterov", {"weight_decay": 0.1}),
        )
        if method.name == name
    ),
]
EVERY_VARIANT = pytest.mark.parametrize(
    ("method", "given"), VARIANTS, ids=[" ".join([method.name, *given]) for method, given in VARIANTS]
)
ITERATIONS = 25
SEED, KEY = 3, 1


@cache
def catalogued(function: str) -> Objective:
    return objective(function, {})


def build(method: Method, given: dict[str, Any]) -> Optimizer:
    return method.load()(**({item.name: item.default for item in method.hyperparameters} | given))


def arrays(state: Any) -> Iterator[Array]:
    """Every array of a state, however deep."""
    if isinstance(state, np.ndarray):
        yield state
    elif isinstance(state, tuple):
        for part in state:
            yield from arrays(part)


def seal(*things: Any) -> None:
    for array in arrays(things):
        array.flags.writeable = False


def same(one: Any, other: Any) -> bool:
    """Whether two states hold the same bits."""
    if isinstance(one, np.ndarray):
        return one.tobytes() == other.tobytes()
    if isinstance(one, tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def descend(
    function: Objective, optimizer: Optimizer, start: Array, lr: Array, streams: Sequence[int], *, twice: bool = False
) -> Array:
    """x (runs, n+1, d), as the solver would have it, at rates (runs, 1) or (runs, n).

    `twice` asks for every step twice and compares all there is.
    """
    oracle = Oracle(function, len(start), NormalStreams(SEED, KEY, streams, function.dim))
    x, rows = start.copy(), [start]
    with np.errstate(all="ignore"):
        seal(x, lr)
        state = optimizer.init(x)
        for k in range(ITERATIONS):
            f, grad = function.raw_value_and_gradient(x)
            oracle.f, oracle.iteration = f, k
            arguments = grad, state, x, lr if lr.shape[1] == 1 else lr[:, k : k + 1]
            seal(arguments, f)
            before = deepcopy(arguments)
            step, state = optimizer.update(*arguments, oracle)
            if twice:
                assert same(arguments, before)
                assert same((step, state), optimizer.update(*arguments, oracle))
            x = x + step
            oracle.take_extra_evaluations(x)
            rows.append(x)
    return np.stack(rows, axis=1)


def starts(function: Objective, count: int) -> Array:
    return np.random.default_rng(5).uniform(*function.bounds.T, (count, function.dim))


@EVERY_METHOD
def test_the_table_names_the_hyperparameters_of_the_factory(method: Method) -> None:
    taken = inspect.signature(method.load()).parameters.values()
    defaults = {item.name: item.default for item in method.hyperparameters}
    assert {item.name for item in taken} == set(defaults)
    for parameter in taken:
        assert parameter.kind is parameter.KEYWORD_ONLY
        assert parameter.default in (parameter.empty, defaults[parameter.name])


@EVERY_METHOD
def test_defaults_pass_their_own_readers(method: Method) -> None:
    for item in method.hyperparameters:
        if item.default is None:
            assert item.shown
        else:
            read = item.read(item.default)
            assert (read, type(read)) == (item.default, type(item.default))


@EVERY_METHOD
def test_the_source_is_stated_in_the_table_and_in_the_docstring(method: Method) -> None:
    document = " ".join(inspect.getdoc(method.load()).split())
    assert method.source.split()[0] in document.partition("Source: ")[2]


@EVERY_METHOD
def test_the_table_says_who_follows_a_schedule(method: Method) -> None:
    function = catalogued("rosenbrock")
    lr = 0.002 * np.ones((3, ITERATIONS))
    lr[:, 1:] /= 2
    start, streams = starts(function, 3), range(3)
    early, late = (descend(function, build(method, {}), start, rates, streams) for rates in (lr[:, :1], lr))
    assert np.array_equal(early[:, :2], late[:, :2])
    assert np.array_equal(early, late) == (not method.follows_schedule)


@EVERY_METHOD
def test_hyperparameters_out_of_order_are_refused(method: Method) -> None:
    defaults = {item.name: item.default for item in method.hyperparameters}
    for lower, upper in method.ordered:
        least = defaults[lower]
        assert chosen(method, f"{method.name}:{upper}={2 * least!r}").values[upper] == 2 * least
        for value in (least, least / 2):
            with pytest.raises(SettingError, match=f"{lower}=.* is not below {upper}="):
                chosen(method, f"{method.name}:{upper}={value!r}")


def test_searches_and_bounds_are_ordered() -> None:
    pairs = {method.name: method.ordered for method in METHODS if method.ordered}
    wolfe = (("c1", "c2"),)
    assert pairs == {"wolfe": wolfe, "cg": wolfe, "lbfgs": wolfe, "rprop": (("step_min", "step_max"),)}


@EVERY_VARIANT
@pytest.mark.parametrize("function", ["rosenbrock", "x**4 - 3*x**2 + x"])
def test_updates_are_pure(method: Method, given: dict[str, Any], function: str) -> None:
    objective = catalogued(function)
    descend(objective, build(method, given), starts(objective, 4), np.full((4, 1), 0.003), range(4), twice=True)


@EVERY_VARIANT
@pytest.mark.parametrize("function", ["rosenbrock", "beale", "x**4 - 3*x**2 + x"])
def test_vectorised_equals_one_at_a_time_bit_for_bit(method: Method, given: dict[str, Any], function: str) -> None:
    objective, optimizer, runs = catalogued(function), build(method, given), 5
    start, lr = starts(objective, runs), np.geomspace(1e-4, 0.01, runs)[:, np.newaxis]
    together = descend(objective, optimizer, start, lr, range(runs))
    for run in range(runs):
        alone = descend(objective, optimizer, start[run : run + 1], lr[run : run + 1], [run])
        assert together[run].tobytes() == alone[0].tobytes()


@EVERY_VARIANT
def test_a_lost_run_changes_nothing_for_the_others(method: Method, given: dict[str, Any]) -> None:
    objective, optimizer = catalogued("rosenbrock"), build(method, given)
    start, lr = starts(objective, 3), np.full((3, 1), 0.001)
    lost = np.array([start[0], [np.nan, np.inf], start[2]])
    among = descend(objective, optimizer, lost, lr, range(3))
    alone = descend(objective, optimizer, start, lr, range(3))
    assert among[[0, 2]].tobytes() == alone[[0, 2]].tobytes()
    assert not np.isfinite(among[1]).all(axis=1).any()
