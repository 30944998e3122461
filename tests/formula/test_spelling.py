"""Textbook spelling is read as meant, or refused with a hint that itself can be read."""

from __future__ import annotations

import re

import pytest

from gdanim.errors import FormulaError
from gdanim.formula.parser import parse
from gdanim.formula.symbols import symbol

# As in textbooks, and as a person would type it in gdanim's own spelling.
READ = {
    "x² − 3x + 2": "x**2 - 3*x + 2",
    "x^4 − 3x^2 + x": "x**4 - 3*x**2 + x",
    "½x²": "(1/2)*x**2",
    "x³/3 − x": "x**3/3 - x",
    "2x": "2*x",
    "2·x·y": "2*x*y",
    "3(x+1)": "3*(x+1)",
    "(x+1)(x−2)": "(x+1)*(x-2)",
    "x(x−1)": "x*(x-1)",
    "x y": "x*y",
    "xy": "x*y",
    "xy² + x²y": "x*y**2 + x**2*y",
    "x²y": "x**2*y",
    "|x|": "abs(x)",
    "|x| + |y|": "abs(x) + abs(y)",
    "|x − |y||": "abs(x - abs(y))",
    "2|x − 1|": "2*abs(x - 1)",
    "|x||y|": "abs(x)*abs(y)",
    "sin x": "sin(x)",
    "sin 3x": "sin(3*x)",
    "sin 2πx": "sin(2*pi*x)",
    "3 sin x + 2 cos 2x": "3*sin(x) + 2*cos(2*x)",
    "sin x cos y": "sin(x)*cos(y)",
    "sin² x + cos² y": "sin(x)**2 + cos(y)**2",
    "sin^2(x)": "sin(x)**2",
    "sin²(3πx)": "sin(3*pi*x)**2",
    "cos(−x)": "cos(-x)",
    "ln x": "log(x)",
    "ln(1 + x²)": "log(1 + x**2)",
    "ln|x|": "log(abs(x))",
    "log₂ x": "log2(x)",
    "arctan x": "atan(x)",
    "arsinh(x)": "asinh(x)",
    "√x": "sqrt(x)",
    "√(x² + y²)": "sqrt(x**2 + y**2)",
    "∛x": "cbrt(x)",
    "e^x": "e**x",
    "e^{−x²/2}": "e**(-x**2/2)",
    "e⁻ˣ": "e**-x",
    "e²ˣ": "e**(2*x)",
    "exp(−x²/2)/√(2π)": "exp(-x**2/2)/sqrt(2*pi)",
    "x⁻¹": "x**-1",
    "x^½": "x**(1/2)",
    "100(y − x²)² + (1 − x)²": "100*(y - x**2)**2 + (1 - x)**2",
    "(x² + y − 11)² + (x + y² − 7)²": "(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
    "f(x) = x² − 4x": "x**2 - 4*x",
    "f(x, y) = x² + 2y²": "x**2 + 2*y**2",
    "z = x² − y²": "x**2 - y**2",
    "y = 2x + 1": "2*x + 1",
    "2[x − 1]² + {x}": "2*(x - 1)**2 + (x)",
    "x!": "gamma(x + 1)",
    "⌊x⌋ + ⌈x⌉": "floor(x) + ceil(x)",
    "max{x, 2y}": "max(x, 2*y)",
    "pow(x, 2) + root(x, 3) + log(x, 2)": "x**2 + cbrt(x) + log(x)/log(2)",
    "np.exp(-x**2/2)*math.sin(np.pi*x)": "exp(-x**2/2)*sin(pi*x)",
    "sec(x)² + cot x": "(1/cos(x))**2 + (1/tan(x))",
    "sgn(x)·x × 2 ÷ 3": "sign(x)*x*2/3",
    "where(x ≤ 0, −x, x²)": "where(x <= 0, -x, x**2)",
    "where(x = 1, 2, x)": "where(x == 1, 2, x)",
    "x if x > 0 else 0": "where(x > 0, x, 0)",
    "10⁻³x²": "10**-3*x**2",
    "a(x − b)²": "a*(x - b)**2",
    "γx + βy": "gamma*x + beta*y",
    "Sin(x) + LN(x)": "sin(x) + log(x)",
    "𝑥² + 1": "x**2 + 1",
    "1e3x + 2 sin(x)": "1e3*x + 2*sin(x)",
    "1/2 x²": "1/2*x**2",
    "5.1/(4π²) x² − x/2 y": "5.1/(4*pi**2)*x**2 - x/2*y",
    "(2 − |x|)/2 (3 − |x|)/2": "(2 - abs(x))/2*(3 - abs(x))/2",
    "x 2^y + 2π 3²": "x*2**y + 2*pi*3**2",
    "x sin √|x − 1|": "x*sin(sqrt(abs(x - 1)))",
    "ln cosh x": "log(cosh(x))",
    "−xy(72 − 2x)": "-x*y*(72 - 2*x)",
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_a_line_of_a_textbook_is_read_as_meant(text):
    expression = parse(text)
    assert expression.tree == parse(READ[text]).tree
    # What -v says is the formula in gdanim's own spelling, which is read as it is.
    assert parse(expression.spelt).spelt == expression.spelt
    assert parse(expression.spelt).tree == expression.tree


def test_greek_letters_are_names():
    assert parse("θ² + θ₁").variables == ("theta", "theta1")
    assert parse("x₁² + x₂²").variables == ("x1", "x2")
    assert parse("λx").parameters == ("lam",)


@pytest.mark.parametrize(
    "text",
    ["x**2", " x + 1", "2*x - sin( x )", "x**-1", "1_000*x", "where(not x > 0, x, 1)", "gamma*x", "max(x, y,)", "x %2"],
)
def test_what_gdanim_spells_so_stays_as_it_is(text):
    assert parse(text).spelt == text.strip()


def test_xy_with_a_value_of_its_own_is_a_parameter():
    assert parse("xy*x", {"xy": 2.0}).parameters == ("xy",)
    assert parse("gamma(x)*gamma", {"gamma": 2.0}).parameters == ("gamma",)


# What cannot be read, and a part of what is said of it.
REFUSED = {
    "1/2x": "'1/2x' can mean two things; write 1/2*x or 1/(2*x)",
    "x²/2y": "write x**2/2*y or x**2/(2*y)",
    "1/-2x": "write 1/-2*x or 1/-(2*x)",
    "1 / 2 x": "write 1 / 2*x or 1 / (2*x)",
    "sin x/2": "write sin(x)/2 or sin(x/2)",
    "sin x y": "write sin(x)*y or sin(x*y)",
    "sin x (y + 1)": "write sin(x)*(y + 1) or sin(x*(y + 1))",
    "sin⁻¹(x)": "write asin(x) or 1/sin(x)",
    "e^2x": "write e**2*x or e**(2*x)",
    "√2x": "write sqrt(2)*x or sqrt(2*x)",
    "√x²": "write sqrt(x**2) or sqrt(x)**2",
    "x 2": "write x*2 or x**2",
    "(x + 1)2": "write (x + 1)*2 or (x + 1)**2",
    "lg(x)": "write log10(x) or log2(x)",
    "sqr(x)": "write x**2 or sqrt(x)",
    "step(x)": "write where(x >= 0, 1, 0) or where(x > 0, 1, 0)",
    "x = 2": "'=' has no meaning",
    "x < 2": "write where(x < 2, 1, 0)",
    "(x > 0)*x**2": "write (where(x > 0, 1, 0))*x**2",
    "x and y": "write it as in where(x > 0 and x < 1, x, 0)",
    "where(x, 1, 2)": "write it as in where(x > 0, x, 0)",
    "0,5*x": "write 0.5*x",
    "x, y": "more than one formula",
    "sinn(x)": "did you mean sin? Write sin(x)",
    "x.real": "names hold no dot",
    "sin": "write sin(x)",
    "hypot + x": "write hypot(x, y)",
    "sin(x, y)": "write it as in sin(x)",
    "max(x)": "write it as in max(x, y)",
    "sum(x, y)": "write it as in sum(i, 1, 5, i*x)",
    "sum(x, 1, 5, x)": "write it as in sum(i, 1, 5, i*x)",
    "sum(i, 1, y, i*x)": "write it as in sum(i, 1, 5, i*x)",
    "(x + 1": "1 ')' missing; write (x + 1)",
    "(x + 1]": "']' at character 7 closes '('",
    "|x": "the '|' at character 1 is not closed; write it as in abs(x)",
    "x +": "nothing follows '+' at character 3",
    "x + * 2": "nothing stands in front of '*' at character 5",
    "x^": "nothing follows '^' at character 2",
    "x[0]**2": "as x and y",
    "lambda*x": "'lambda' is a word that Python keeps for itself",
    "x + ∞": "'∞' has no meaning",
    "1/(2-2) + x": "1/0 is not a finite number",
    "log(-1)*x": "log(-1) is not a finite number",
    "g(x)": "for a product write g*(x)",
    "True": "'True' is a word that Python keeps for itself",
    "a*b*c": "give the others values, as in -p a=1",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_a_refusal_says_what_to_write_and_that_can_be_read(text):
    with pytest.raises(FormulaError) as refusal:
        parse(text)
    message = str(refusal.value)
    assert REFUSED[text] in message
    for written in suggested(message):
        parse(written)


def suggested(message: str) -> list[str]:
    """The formulas that a message says to write."""
    advice = re.search(r"[Ww]rite (?:it as in |one, such as |only .*, such as )?(.+)$", message)
    return [] if advice is None or "the " in advice[0] else [f"{part} + 0*x" for part in advice[1].split(" or ")]


def test_letters_of_variables_are_the_usual_ones():
    assert [symbol(word) for word in ("theta_1", "phi_max", "x_1")] == ["θ_1", "φ_max", "x_1"]
    assert [symbol(word) for word in ("theta", "phi", "epsilon", "mu", "lam", "Omega", "w0")] == [*"θφεμλΩ", "w0"]
