"""Objects pass where names do: functions, optimizers, styles, and tables of numbers."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import gdanim

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SHORT: Any = {"iterations": 3, "size": (160, 120)}


def square(x: float) -> float:
    """The function of the tests below."""
    return x * x


def sign() -> gdanim.Optimizer:
    """Steps of the length lr, whatever the slope."""
    return gdanim.Optimizer(init=lambda x: (), update=lambda grad, state, x, lr, _: (-lr * np.sign(grad), state))


class Sign:
    """The same as an object of a person's own."""

    def init(self, x: NDArray[np.float64]) -> tuple[()]:
        return ()

    def update(self, grad: Any, state: Any, x: Any, lr: Any, oracle: Any) -> tuple[Any, Any]:
        return -lr * np.sign(grad), state


def test_a_function_and_its_gradient_are_descended_on() -> None:
    found = gdanim.animate(lambda x: x * x, gradient=lambda x: 2 * x, lr=0.25, start=4, **SHORT)
    assert found.trajectory.x.ravel().tolist() == [4.0, 2.0, 1.0, 0.5]
    assert found.descent.objective.name == "f"


def test_a_function_without_a_gradient_is_differenced_and_this_is_said() -> None:
    with pytest.warns(gdanim.GdanimWarning, match=r"test_objects.*:square has no gradient"):
        found = gdanim.animate(square, lr=0.25, start=4, **SHORT)
    assert found.trajectory.x.ravel() == pytest.approx(np.array([4.0, 2.0, 1.0, 0.5]))
    assert found.descent.objective.name == "square"


def test_what_a_function_raises_names_its_line() -> None:
    def broken(x: float) -> float:
        raise KeyError("k")

    with pytest.raises(gdanim.GdanimError, match=r"test_objects\.py:\d+ in broken: KeyError: 'k'"):
        gdanim.solve(broken)


@pytest.mark.parametrize(("rule", "name"), [(sign(), "sign"), (Sign(), "Sign")])
def test_an_optimizer_races_with_those_that_have_names(rule: Any, name: str) -> None:
    found = gdanim.solve("parabola", optimizer=[rule, "gd"], lr=0.5, start=2, iterations=3)
    assert found.labels == (f"{name}, lr 0.5", "gd, lr 0.5")
    assert found.x[..., 0].tolist() == [[2.0, 1.5, 1.0, 0.5], [2.0, 0.0, 0.0, 0.0]]


def test_a_schedule_is_a_function_of_rates() -> None:
    found = gdanim.solve("parabola", schedule=lambda k, lr, n: lr / (1.0 + k), lr=0.5, start=2, iterations=3)
    assert found.lr.tolist() == [[0.5, 0.25, 0.5 / 3]]


def test_a_style_is_drawn_in() -> None:
    style = replace(gdanim.load_style("dark"), background="#000080")
    found = gdanim.animate("parabola", style=style, **SHORT)
    assert found.frame(0)[0, 0].tolist() == [0, 0, 128, 255]


@pytest.mark.parametrize(
    "options", [{"function": square, "gradient": lambda x: 2 * x}, {"optimizer": sign()}, {"style": "own"}]
)
def test_what_a_recipe_does_not_hold_is_said(options: dict[str, Any]) -> None:
    options = {"function": "parabola", **options}
    if options.get("style") == "own":
        options["style"] = replace(gdanim.load_style("dark"), background="#000080")
    animation = gdanim.animate(**options, **SHORT)
    with pytest.raises(gdanim.GdanimError, match="made with Python code of your own"):
        _ = animation.recipe
    with pytest.warns(gdanim.GdanimWarning, match="cannot be made again"):
        animation.save(io.BytesIO())


@pytest.mark.parametrize("shape", [(4,), (4, 1), (1, 4, 1)])
def test_an_array_is_replayed(shape: tuple[int, ...]) -> None:
    path = [4.0, 3.0, 2.5, 1.0]
    found = gdanim.animate("parabola", trajectory=np.array(path).reshape(shape))
    assert found.trajectory.x.ravel().tolist() == path
    assert found.trajectory.f.ravel().tolist() == [x * x for x in path]


def test_arrays_are_replayed_under_their_labels_beside_a_method() -> None:
    paths = {"mine": np.array([4.0, 3.0]), "yours": np.array([4.0, 2.0, 1.0])}
    found = gdanim.solve("parabola", trajectory=paths, optimizer="adam", lr=0.1)
    assert found.labels[:2] == ("mine", "yours")
    assert found.x[1, :, 0].tolist() == [4.0, 2.0, 1.0]


def test_a_trajectory_is_replayed_from_its_columns_and_its_recipe_holds_it(in_tmp_path: Path) -> None:
    solved = gdanim.solve("rosenbrock", optimizer=["adam", "gd"], iterations=4)
    found = gdanim.animate("rosenbrock", trajectory=solved.to_dict(), size=(160, 120))
    assert np.array_equal(found.trajectory.x, solved.x)
    found.save("a.gif")
    assert np.array_equal(gdanim.load("a.gif").trajectory.x, solved.x)


COLUMNS = {"hours": [1.0, 2.0, 3.0, 4.0], "mark": [2.0, 4.0, 5.5, 8.5]}


def test_a_model_is_fitted_to_columns_or_to_an_array(in_tmp_path: Path) -> None:
    named = gdanim.animate("a*hours + b", points=COLUMNS, target="mark", optimizer="newton", **SHORT)
    plain = gdanim.solve("a*x + b", points=np.array(list(COLUMNS.values())).T, optimizer="newton", iterations=3)
    a, b = np.polyfit(COLUMNS["hours"], COLUMNS["mark"], 1)
    for found in (named.trajectory, plain):
        assert found.x[0, -1] == pytest.approx([a, b])
    named.save("a.gif")
    assert np.array_equal(gdanim.load("a.gif").trajectory.x, named.trajectory.x)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"trajectory": np.array(["a", "b"])}, "--trajectory '2 <U1': give a file, columns, or an array of numbers"),
        ({"points": {"x": [1.0, 2.0], "y": [1.0]}}, "--points 'x, y': give columns of one length"),
        ({"optimizer": 3}, "--optimizer 3: give a name, or an object with `init` and `update`"),
        ({"function": 3}, "function 3: give a name, a formula or a function"),
        ({"points": [1.0, 2.0]}, "--points [1.0, 2.0]: give a file, columns or an array"),
        ({"style": 3}, "--style 3: give a name, a file or a Style"),
        ({"schedule": 3}, "--schedule 3: give a name, or a function of k, lr and n"),
    ],
)
def test_what_is_no_object_for_an_option_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(gdanim.UsageError) as refused:
        gdanim.solve(**{"function": "parabola", **options})
    assert str(refused.value) == said
