"""Formulas as mathtext: what a textbook would print, and always what matplotlib can read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser
from support.commandline import examples
from support.strategies import formulas

from gdanim.errors import FormulaError
from gdanim.formula.mathtext import mathtext, visible_length
from gdanim.formula.parser import Expression, parse

PARSER = MathTextParser("path")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x**4 - 3*x**2 + x", r"x^{4} - 3x^{2} + x"),
        ("l*(x**2 - f**2)**2 + 2*x + 6", r"l(x^{2} - f^{2})^{2} + 2x + 6"),
        ("sin(10*pi*x)/(2*x) + (x - 1)**4", r"\frac{\sin(10\pi x)}{2x} + (x - 1)^{4}"),
        ("-x**2/4", r"-\frac{x^{2}}{4}"),
        ("exp(-x**2/4)", r"e^{-x^{2}/4}"),
        ("exp(-(x - pi)**2)", r"e^{-(x - \pi)^{2}}"),
        ("exp(-(x - pi)**2 - sin(x*y)*100)", r"\exp(-(x - \pi)^{2} - \sin(xy) \cdot 100)"),
        ("2*3*x*4", r"2 \cdot 3x \cdot 4"),
        ("1/2*x", r"\frac{1}{2}x"),
        ("2*(1/2)*x", r"2 \cdot \frac{1}{2}x"),
        ("x/2/y", r"\frac{x/2}{y}"),
        ("2**(x/(3*y))", r"2^{x/(3y)}"),
        ("2**(x/3*y)", r"2^{(x/3)y}"),
        ("a - (x + b)", r"a - (x + b)"),
        ("a + (x - b)", r"a + x - b"),
        ("x - -3 + -2*y", r"x + 3 - 2y"),
        ("x*(-y)", r"x(-y)"),
        ("(-x)**2 + 2**-x", r"(-x)^{2} + 2^{-x}"),
        ("(x + 1)*(x - 1)", r"(x + 1)(x - 1)"),
        ("sin(x)**2*cos(x/2)", r"\sin^{2}(x)\,\cos\left(\frac{x}{2}\right)"),
        ("exp(x)**2 + sqrt(x)**2", r"(e^{x})^{2} + (\sqrt{x})^{2}"),
        ("abs(abs(x) - 1)", r"||x| - 1|"),
        ("cbrt(x) + log(x) + log2(x)", r"\sqrt[3]{x} + \ln(x) + \log_{2}(x)"),
        ("hypot(x, y) + log1p(x) + relu(x)", r"\sqrt{x^{2} + y^{2}} + \ln(1 + x) + \max(x, 0)"),
        ("max(x, -x)", r"\max(x, {-x})"),
        ("alpha*x + a1*decay_rate*x", r"\alpha x + a_{1}\,\mathrm{decay}_{\mathrm{rate}}\,x"),
        ("lambda_*x", r"\lambda x"),
        ("1e-3*x + 2.5e-7*x**2 + 0.1", r"10^{-3}x + 2.5 \times 10^{-7}x^{2} + 0.1"),
        ("where(x > 0, sqrt(x), 0)", r"\sqrt{x}\ \mathrm{if}\ x > 0\ \mathrm{else}\ 0"),
        ("2*where(0 < x <= 1, x, 0)", r"2(x\ \mathrm{if}\ 0 < x\ \mathrm{and}\ x \leq 1\ \mathrm{else}\ 0)"),
    ],
)
def test_formula_is_set_as_in_a_textbook(text, expected):
    assert mathtext(parse(text, {"decay_rate": 0.5})) == expected
    PARSER.parse(f"${expected}$")


def test_values_stand_in_place_of_parameters():
    assert mathtext(parse("a*(x - b)**2 + c*x"), {"a": 2.0, "b": 0.5, "c": -3.0}) == r"2(x - 0.5)^{2} - 3x"


def test_long_formula_ends_after_a_whole_term():
    expression = parse("x**4 - 3*x**2 + 5*x + 20*sin(x) + 7")
    assert mathtext(expression, limit=100) == mathtext(expression)
    assert mathtext(expression, limit=14) == r"x^{4} - 3x^{2} + 5x + \ldots"
    assert mathtext(parse("sin(x + 1000000)"), limit=5) == r"\ldots"


@pytest.mark.parametrize(("text", "length"), [("x**4 - 3*x", 5), ("sin(x)/2", 7), ("alpha*x", 2), ("abs(x)", 3)])
def test_visible_length_counts_what_is_seen(text, length):
    assert visible_length(mathtext(parse(text))) == length


@settings(max_examples=examples(150))
@given(formulas(max_leaves=25), st.integers(1, 60))
def test_matplotlib_reads_every_formula(text, limit):
    expression = parse_or_none(text)
    if expression is not None:
        PARSER.parse(f"${mathtext(expression)}$")
        shortened = mathtext(expression, limit=limit)
        PARSER.parse(f"${shortened}$")
        assert visible_length(shortened) <= max(limit, 1)


def parse_or_none(text: str) -> Expression | None:
    try:
        return parse(text)
    except FormulaError:  # a constant part without a value, or a longer text than is read
        return None


@pytest.mark.parametrize("name", ["sqrt", "sin", "exp", "abs", "cbrt", "log1p", "softplus", "expm1"])
def test_matplotlib_reads_functions_nested_60_deep(name):
    PARSER.parse(f"${mathtext(parse(f'{name}(' * 60 + 'x' + ')' * 60))}$")


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "**"])
def test_matplotlib_reads_chains_of_operators(operator):
    PARSER.parse(f"${mathtext(parse('x' + f'{operator}x' * 149))}$")
    PARSER.parse(f"${mathtext(parse(f'(x{operator}' * 60 + 'x' + ')' * 60))}$")


@pytest.mark.parametrize("name", ["sinus", "frac", "left", "mathrm", "a__b_c", "A1b2", "Omega", "omicron", "z9"])
def test_parameter_names_are_never_read_as_commands(name):
    text = mathtext(parse(f"{name}*x", {name: 1.0}))
    PARSER.parse(f"${text}$")
    assert set(re.findall(r"\\[A-Za-z]+", text)) <= {r"\mathrm", r"\Omega"}
