"""Values against Python's math, derivatives against sympy and mpmath, kinks and edges of the domain as stated."""

from __future__ import annotations

import math

import hypothesis
import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.commandline import examples
from support.strategies import SMOOTH, UndecidedError, by_math, by_mpmath, formulas

from gdanim.errors import FormulaError
from gdanim.formula import derivatives, evaluator, hints, kernels, vocabulary
from gdanim.formula.graph import Graph
from gdanim.formula.parser import parse
from gdanim.formula.tree import RANGES

coordinates = st.floats(-3, 3, allow_subnormal=False)
# Far from the kinks and poles of simple formulas, where rounding before them would show: asin(cos(x)) near 0.
generic_x = st.sampled_from((0.3183, -0.7357, 1.2931, -2.1447, 2.6713, 0.8617, -1.3719, 0.1257))
generic_y = st.sampled_from((0.4127, -0.5953, 1.1273, -1.8391, 2.3517, 0.9239, -2.6139, 0.2261))


def build(text: str, **parameters: float) -> evaluator.Functions:
    return evaluator.FormulaFunctions(parse(text), parameters)


def build_or_none(text: str) -> evaluator.Functions | None:
    """None where a constant part of a random formula has no value, or the formula is longer than is read."""
    try:
        return build(text)
    except FormulaError:
        return None


def point(functions: evaluator.Functions, x: float, y: float) -> np.ndarray:
    return np.array([x, y][: functions.dim])


# Values


@settings(max_examples=examples(400))
@given(formulas(max_leaves=12), coordinates, coordinates)
def test_value_is_that_of_python_within_the_condition_of_the_formula(text, x, y):
    functions = build_or_none(text)
    assume(functions is not None)
    try:
        expected = by_math(text, x=x, y=y)
    except (ArithmeticError, ValueError, UndecidedError):
        hypothesis.reject()
    assert abs(functions.value(point(functions, x, y)) - expected.value) <= 10 * expected.error


# Without branches: Python does not compute the second side of an `or` whose first is true.
@given(formulas(branches=False))
def test_formulas_are_refused_only_where_python_finds_no_value_either(text):
    if build_or_none(text) is None:
        for x in (0.7, -0.7, 1.9):
            with pytest.raises((ArithmeticError, ValueError, UndecidedError)):
                by_math(text, x=x, y=0.3)


@given(formulas(), st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=9))
def test_points_alone_give_the_same_as_in_arrays_of_any_shape(text, points):
    functions = build_or_none(text)
    assume(functions is not None)
    x = np.array(points)[:, : functions.dim]
    for method in (functions.value, functions.gradient, functions.hessian):
        together = method(x)
        np.testing.assert_array_equal(together, [method(alone) for alone in x])
        np.testing.assert_array_equal(together, method(x[np.newaxis, :, np.newaxis])[0, :, 0])
    with np.errstate(all="ignore"):
        value, gradient = functions.raw_value_and_gradient(x)
    np.testing.assert_array_equal(value, functions.value(x))
    np.testing.assert_array_equal(gradient, functions.gradient(x))


def test_many_points_are_evaluated_in_blocks_that_do_not_show():
    functions = build("sin(3*x)*exp(-y**2) + hypot(x, y) + 3")
    x = np.random.default_rng(0).normal(size=(2 * evaluator.BLOCK + 17, 2))
    parts = np.array_split(x, 11)
    np.testing.assert_array_equal(functions.value(x), np.concatenate([functions.value(part) for part in parts]))
    np.testing.assert_array_equal(functions.hessian(x), np.concatenate([functions.hessian(part) for part in parts]))


@pytest.mark.parametrize("text", ["x", "x + 3", "3*x + 2*y", "exp(x)", "exp(x + y)", "sign(x)", "x*y"])
@pytest.mark.parametrize("lead", [(), (1,), (4,), (3, 2), (0,)])
def test_results_are_new_writable_arrays_of_full_shape(text, lead):
    functions = build(text)
    x = np.ones((*lead, functions.dim))
    x.flags.writeable = False
    results = [functions.value(x), functions.gradient(x), functions.hessian(x), *functions.raw_value_and_gradient(x)]
    shapes = [(), (functions.dim,), (functions.dim, functions.dim), (), (functions.dim,)]
    assert [result.shape for result in results] == [(*lead, *shape) for shape in shapes]
    kept = [result.copy() for result in results]
    for i, result in enumerate(results):
        assert result.dtype == np.float64
        result[...] = -7.0
        for other, before in zip(results[i + 1 :], kept[i + 1 :], strict=True):
            np.testing.assert_array_equal(other, before)
    np.testing.assert_array_equal(functions.value(x), kept[0])


def test_points_of_another_dimension_are_refused():
    with pytest.raises(ValueError, match=r"\(…, 2\)"):
        build("x*y").value(np.ones((5, 3)))


def test_parameters_are_constants():
    functions = build("a*(x - b)**n", a=2.0, b=1.0, n=3.0)
    x = np.array([[-1.0], [4.0]])
    np.testing.assert_allclose(functions.value(x), [-16.0, 54.0])
    np.testing.assert_allclose(functions.gradient(x), [[24.0], [54.0]])


@pytest.mark.parametrize("exponent", [*range(-9, 10), 17, 63, 64, 65, 100, -64, 1.5, -0.5, 0.5])
def test_constant_powers_are_those_of_mpmath(exponent):
    x = np.array([0.3, 0.99, 1.7, 1.0]) if exponent % 1 else np.array([-1.7, -0.3, 0.3, 0.99, 1.7])
    expected = [float(mpmath.power(mpmath.mpf(u), exponent)) for u in x]
    np.testing.assert_allclose(build("x**n", n=exponent).value(x[:, np.newaxis]), expected, rtol=2e-14)


def test_erf_is_that_of_math_to_two_units_in_the_last_place():
    x = np.concatenate([np.linspace(-7, 7, 20_001), np.geomspace(1e-300, 1, 999), [np.inf, -np.inf, 0.46875, 4.0]])
    np.testing.assert_allclose(build("erf(x)").value(x[:, np.newaxis]), [math.erf(u) for u in x], rtol=5e-16, atol=0)
    assert np.isnan(build("erf(x)").value([np.nan]))


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("sigmoid(x)", 800.0, 1.0),
        ("sigmoid(x)", -800.0, 0.0),
        ("softplus(x)", 800.0, 800.0),
        ("softplus(x)", -800.0, 0.0),
        ("exp(x)", 800.0, math.inf),
        ("log(x)", -1.0, math.nan),
        ("log(x)", 0.0, -math.inf),
        ("0*log(x)", -1.0, math.nan),
        ("1/x", 0.0, math.inf),
        ("x**0.5", -1.0, math.nan),
        ("cbrt(x)", -8.0, -2.0),
        ("x**3", -2.0, -8.0),
        ("(x**2)**0.5", -3.0, 3.0),
        ("asin(x)", 2.0, math.nan),
        ("hypot(x, 1e200)", 1e200, math.sqrt(2) * 1e200),
        ("where(x > 0, sqrt(x), 7)", -1.0, 7.0),
    ],
)
def test_values_at_the_edges(text, at, expected):
    np.testing.assert_allclose(build(text).value([at]), expected, rtol=1e-15)


# Derivatives

SYMPY_NAMES = {
    "log2": lambda u: sympy.log(u) / sympy.log(2),
    "log10": lambda u: sympy.log(u) / sympy.log(10),
    "log1p": lambda u: sympy.log(1 + u),
    "expm1": lambda u: sympy.exp(u) - 1,
    "sigmoid": lambda u: 1 / (1 + sympy.exp(-u)),
    "softplus": lambda u: sympy.log(1 + sympy.exp(u)),
    "hypot": lambda u, v: sympy.sqrt(u**2 + v**2),
    "cbrt": lambda u: u ** sympy.Rational(1, 3),
    "e": sympy.E,
    **{name: sympy.Symbol(name, real=True) for name in "xy"},
}
SYMPY_FORMULAS = [
    *[f"{name}(x*y + x/2)" for name in SMOOTH],
    *["x**7 - 3*x**2*y + y**-3", "x**y", "2**(x*y)", "(x + y)**2.5", "x/y", "1/(x*y + 1)", "x**0.5*y**-0.5"],
    *["hypot(x, y)", "hypot(x**2, 3)", "atan2(y, x)", "atan2(x*y, 1 + x)", "exp(-x**2 - y**2)*cos(3*x*y)"],
    *["sqrt(1 + x**2)*log(1 + y**2)", "(x**2 + y - 11)**2 + (x + y**2 - 7)**2", "x**x + y", "sin(sin(sin(x*y)))"],
    *["sin(3*x)*exp(-x**2/4)+0.1*x**2+log(1+x**2)+sqrt(1+x**2)", "-20*exp(-0.2*sqrt((x**2 + y**2)/2)) + e"],
    *["1/(1 + 1/(1 + 1/(1 + x*y)))", "3*x - 2*y + 1", "-(-x)*-y - (x - y)", "x*x*x*x/(x*x)", "tanh(20*x)/cosh(9*y)"],
]


@pytest.mark.parametrize("text", SYMPY_FORMULAS)
def test_gradient_and_hessian_are_those_of_sympy(text):
    functions = build(text)
    f = sympy.sympify(text, locals=SYMPY_NAMES, rational=True)
    variables = [SYMPY_NAMES[name] for name in "xy"[: functions.dim]]
    gradient = sympy.lambdify(variables, [f.diff(u) for u in variables], "mpmath")
    hessian = sympy.lambdify(variables, [[f.diff(u, v) for u in variables] for v in variables], "mpmath")
    x = np.random.default_rng(3).uniform(0.05, 0.6, size=(12, functions.dim))
    with mpmath.workdps(40):
        exact = [[mpmath.mpf(u) for u in row] for row in x]
        expected_gradient = np.array([[float(g) for g in gradient(*row)] for row in exact])
        expected_hessian = np.array([[[float(h) for h in line] for line in hessian(*row)] for row in exact])
    scale = np.abs(expected_hessian).max()
    np.testing.assert_allclose(functions.gradient(x), expected_gradient, rtol=1e-12, atol=1e-13 * scale)
    np.testing.assert_allclose(functions.hessian(x), expected_hessian, rtol=1e-11, atol=1e-13 * scale)


@settings(max_examples=examples(150))
@given(formulas(max_leaves=7), generic_x, generic_y)
def test_derivatives_of_random_formulas_are_those_of_mpmath(text, x, y):
    functions = build_or_none(text)
    assume(functions is not None)
    at = point(functions, x, y)
    dim = functions.dim
    orders = [tuple(row) for row in np.eye(dim, dtype=int)]
    with mpmath.workdps(60):
        try:
            value = by_math(text, x=x, y=y)  # away from jumps and edges
            assume(value.error <= 1e-6 * max(1.0, abs(value.value)))  # and from poles: tan(π/2) is a number of math's

            def f(*coordinates):
                return by_mpmath(text, **dict(zip("xy", coordinates, strict=False)))

            exact = tuple(mpmath.mpf(u) for u in at)
            gradient = [float(mpmath.diff(f, exact, order, h=mpmath.mpf(10) ** -25)) for order in orders]
            second = {
                (i, j): float(mpmath.diff(f, exact, tuple(np.add(orders[i], orders[j])), h=mpmath.mpf(10) ** -18))
                for i in range(dim)
                for j in range(dim)
            }
        except (ArithmeticError, ValueError, UndecidedError):
            hypothesis.reject()
    hessian = [[second[i, j] for j in range(dim)] for i in range(dim)]
    np.testing.assert_allclose(functions.gradient(at), gradient, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(functions.hessian(at), hessian, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("text", "at", "slope"),
    [
        ("abs(x)", 0.0, 0.0),
        ("max(x, 0)", 0.0, 0.5),
        ("max(0, x)", 0.0, 0.5),
        ("min(x, 0)", 0.0, 0.5),
        ("relu(x)", 0.0, 0.5),
        ("max(x, x)", 1.0, 1.0),
        ("max(x, 2*x, 3*x)", -1.0, 1.0),
        ("clip(x, -1, 1)", 0.5, 1.0),
        ("clip(x, -1, 1)", 1.5, 0.0),
        ("sign(x)", 0.0, 0.0),
        ("where(x > 0, sqrt(x), 0)", -1.0, 0.0),
        ("where(x > 0, log(x), x)", -1.0, 1.0),
        ("where(x > 0, log(x), x)*x", -1.0, -2.0),
        ("where(x != 0, sin(x)/x, 1)", 0.0, 0.0),
        ("max(sqrt(x), 1)", 0.0, 0.0),
        ("min(1/x, -1)", 0.0, 0.0),
        ("sqrt(relu(x))", -1.0, 0.0),
        ("(x**2)**0.5", 0.0, 0.0),
        ("sqrt(x**2)", 0.0, 0.0),
        ("sqrt(x**4)", 0.0, 0.0),
        ("cbrt(x**3)", 0.0, 1.0),
        ("x*sqrt(x)", 0.0, 0.0),
        ("sqrt(x)*sqrt(x)", 0.0, 1.0),
        ("max(x, 0, 0)", 0.0, 0.5),
        ("max(relu(x), 0)", 0.0, 0.5),
        ("exp(-1/x**2)", 0.0, 0.0),
        ("1/cosh(x)", 1000.0, 0.0),
        ("1/(1 + exp(-100*x)) + 0.1*x**2", -9.0, -1.8),
        ("log(cosh(x))*x/x", 700.0, 1.0),
        ("hypot(x, 0)", 0.0, 0.0),
        ("x**0.5", 0.0, math.inf),
        ("sqrt(x)", 0.0, math.inf),
        ("cbrt(x)", 0.0, math.inf),
        ("cbrt(x)", -8.0, 1 / 12),
        ("x**1.5", 0.0, 0.0),
        ("x**0", 0.0, 0.0),
        ("x**1", 0.0, 1.0),
        ("log(x)", -1.0, -1.0),
        ("0**x", 1.0, 0.0),
        ("exp(x)", 800.0, math.inf),
        ("sigmoid(x)", 40.0, math.exp(-40)),
        ("sigmoid(x)", -800.0, 0.0),
        ("softplus(x)", 800.0, 1.0),
        ("tanh(x)", 20.0, 1 / math.cosh(20) ** 2),
        ("tanh(x)", 800.0, 0.0),
        ("erf(x)", 0.0, 2 / math.sqrt(math.pi)),
    ],
)
def test_slope_at_kinks_and_edges(text, at, slope):
    functions = build(text)
    np.testing.assert_allclose(functions.gradient([at]), [slope], rtol=1e-14)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(functions.raw_value_and_gradient([at])[1], [slope], rtol=1e-14)


@pytest.mark.parametrize("text", ["hypot(x, y)", "sqrt(x**2 + y**2)", "(x**2 + y**2)**0.5", "atan2(y, x)"])
def test_gradient_at_a_cone_and_a_vortex_is_zero(text):
    np.testing.assert_array_equal(build(text).gradient([0.0, 0.0]), [0.0, 0.0])


def test_where_never_lets_the_other_branch_through():
    functions = build("where(x > 0, log(x)*sqrt(x), where(x < -1, 1/(x + 1), exp(1000*x)))")
    x = np.array([[0.5], [0.0], [-2.0], [-1.0]])
    for result in (functions.value(x), functions.gradient(x), functions.hessian(x)):
        assert np.isfinite(result).all()


def test_hessian_of_two_variables_is_symmetric_to_the_bit():
    hessian = build("sin(x*y)*exp(x - y**2)/(1 + x**2)").hessian(np.random.default_rng(1).normal(size=(50, 2)))
    np.testing.assert_array_equal(hessian[:, 0, 1], hessian[:, 1, 0])


# The graph


def test_parts_that_vanish_and_equal_parts_cost_nothing():
    graph = Graph()
    x, y = graph.variable("x"), graph.variable("y")
    f = graph.read(parse("log(y) + x**4 + x*y").tree, {"x": x, "y": y})
    dfdx = derivatives.differentiate(f, x)
    assert dfdx is 4 * x**3 + y
    assert derivatives.differentiate(dfdx, y) is graph.number(1.0)
    assert derivatives.differentiate(derivatives.differentiate(dfdx, x), y) is graph.number(0.0)


def test_every_function_of_the_vocabulary_has_a_kernel_and_a_constant_form():
    for name in vocabulary.FUNCTIONS:
        text = hints.example(name)
        functions = build(f"{text} + 0*x")
        u = 1.75 if name == "acosh" else 0.75
        assert np.isfinite(functions.value(np.full(functions.dim, u)))
        if name not in RANGES:
            assert math.isfinite(vocabulary.apply(name, [u] * (text.count(",") + 1)))


def test_kernels_leave_their_arguments_alone():
    arrays = [np.array([-2.0, -0.5, 0.0, 0.5, 2.0]) for _ in range(3)]
    for name, kernel in {**kernels.KERNELS, "cube": kernels.power_kernel(3.0)}.items():
        n_arguments = getattr(kernel, "nin", None) or kernel.__code__.co_argcount - 1
        with np.errstate(all="ignore"):
            kernel(*arrays[:n_arguments], np.empty(5))
        for array in arrays:
            np.testing.assert_array_equal(array, [-2.0, -0.5, 0.0, 0.5, 2.0], err_msg=name)


def test_deepest_formulas_are_differentiated_twice():
    for text in ("-" * 149 + "x", "x" + "/x" * 149, "sin(" * 60 + "x" + ")" * 60, "x" + "**x" * 60):
        assert build(text).hessian([0.9]).shape == (1, 1)
