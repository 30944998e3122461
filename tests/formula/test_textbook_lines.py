"""Lines as textbooks, blogs and LaTeX print them: read as meant, or refused with a hint that can be read itself."""

from __future__ import annotations

import re
from math import factorial

import numpy as np
import pytest
from numpy import abs, arctan, ceil, cos, cosh, e, exp, floor, log, log2, log10, pi, sign, sin, sqrt, tan  # noqa: A004

from gdanim.errors import FormulaError
from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.parser import parse

# What each means, as a numpy function of x, or of x and y.
READ = {
    "f(x) = x^2": lambda x: x * x,
    "f(x)=x^2-4x+3": lambda x: (x - 1) * (x - 3),
    "y = 2x + 1": lambda x: x + x + 1,
    "x ↦ x²": lambda x: x * x,
    "f: x -> x^2 + 1": lambda x: x * x + 1,
    "(x, y) ↦ x² + 2y²": lambda x, y: x * x + 2 * y * y,
    "lambda x: x**2": lambda x: x * x,
    "f(x) := x² + 1": lambda x: x * x + 1,
    "∑_{i=1}^{3} (x - i)^2": lambda x: (x - 1) ** 2 + (x - 2) ** 2 + (x - 3) ** 2,
    r"\frac{1}{2}\sum_{i=1}^{2} \left(x - i\right)^2": lambda x: ((x - 1) ** 2 + (x - 2) ** 2) / 2,
    r"1 + \prod_{k=1}^2 |x - k| x^{-2}": lambda x: 1 + abs(x - 1) * abs(x - 2) / x**4,
    "∑_{i=1}^{2} ∑_{j=1}^{2} i j x": lambda x: 9 * x,
    "(∑_{i=1}^{2} i x) + √(∑_i=0^{5 - 4} 8)": lambda x: 3 * x + 4,
    r"\sum_{i=1}^{2} (x_i - i)^2": lambda x, y: (x - 1) ** 2 + (y - 2) ** 2,
    "∑_{i=1}^{1} [100(x_{i+1} − x_i²)² + (1 − x_i)²]": lambda x, y: 100 * (y - x * x) ** 2 + (1 - x) ** 2,
    "∏_{i=1}^2 cos(x_i)": lambda x, y: cos(x) * cos(y),
    "½x²": lambda x: x * x / 2,
    "¼x⁴ − ½x²": lambda x: x**4 / 4 - x**2 / 2,
    "1/2 x²": lambda x: x * x / 2,
    "sin²(x)": lambda x: (1 - cos(2 * x)) / 2,
    "sin 2πx": lambda x: sin(2 * pi * x),
    "x sin x": lambda x: x * sin(x),
    "cos x + sin 3x": lambda x: cos(x) + sin(3 * x),
    "e^{-x}": lambda x: 1 / exp(x),
    "e^{−x²/2}": lambda x: exp(-x * x / 2),
    "e^-x": lambda x: 1 / exp(x),
    "2^x": lambda x: exp(x * log(2)),
    "log₂ x": lambda x: log2(x),
    "log_10(x)": lambda x: log10(x),
    "ln(1 + eˣ)": lambda x: np.logaddexp(0, x),
    "ln x²": lambda x: 2 * log(abs(x)),
    "|x|": lambda x: abs(x),
    "|x − 1| + |x + 1|": lambda x: abs(x - 1) + abs(x + 1),
    "||x| − 1|": lambda x: abs(abs(x) - 1),
    "x·y": lambda x, y: x * y,
    "x²+y² − 2xy": lambda x, y: (x - y) ** 2,
    "3x − 2": lambda x: 3 * x - 2,
    "10x(1−x)": lambda x: 10 * x - 10 * x * x,
    "(x−1)(x+2)²": lambda x: (x - 1) * (x + 2) ** 2,
    "√(x²+1)": lambda x: np.hypot(x, 1),
    "√x + ∛x": lambda x: x**0.5 + np.cbrt(x),
    "x!": lambda x: [factorial(3), factorial(2)],
    "⌊x⌋ + ⌈x/2⌉": lambda x: floor(x) + ceil(x / 2),
    "x mod 2": lambda x: x - 2 * floor(x / 2),
    "sgn(x)·x²": lambda x: sign(x) * x**2,
    "arctan x": lambda x: arctan(x),
    "cosh x": lambda x: cosh(x),
    r"x^2 + 3\sin(x)": lambda x: x * x + 3 * sin(x),
    r"\frac{1}{2}x^2": lambda x: x * x / 2,
    r"\frac12 x^2": lambda x: x * x / 2,
    r"\tfrac{1}{4}x^4-\dfrac{x^2}{2}": lambda x: x**4 / 4 - x**2 / 2,
    r"f(x) = \frac{x^4}{4} - x^2": lambda x: x**4 / 4 - x * x,
    r"\frac{1}{\sqrt{2\pi}}e^{-x^2/2}": lambda x: exp(-x * x / 2) / sqrt(2 * pi),
    r"e^{-\frac{x^2}{2}}": lambda x: exp(-x * x / 2),
    r"$x^2 + \sin x$": lambda x: x * x + sin(x),
    r"\(x^2\)": lambda x: x * x,
    r"\sin\left(x\right)": lambda x: sin(x),
    r"x\sin x": lambda x: x * sin(x),
    r"\sin^{2}x\,\cos x": lambda x: sin(x) ** 2 * cos(x),
    r"\cos(2\pi x)": lambda x: cos(2 * pi * x),
    r"\sqrt{x^2+1}": lambda x: np.hypot(x, 1),
    r"\sqrt[3]{x} + \sqrt2": lambda x: np.cbrt(x) + 2**0.5,
    r"\left|x\right| \cdot \lvert x - 1 \rvert": lambda x: abs(x * (x - 1)),
    r"\mathrm{e}^{-x} + \exp\left\{-x\right\}": lambda x: 2 * exp(-x),
    r"\ln\left(1+e^{-x}\right)": lambda x: np.logaddexp(0, -x),
    r"\log_2 x + \log_{10} x": lambda x: log(x) / log(2) + log(x) / log(10),
    r"\max\{x, 1\}": lambda x: np.maximum(x, 1),
    r"\lfloor x \rfloor": lambda x: floor(x),
    r"\operatorname{sgn}(x)\,x": lambda x: abs(x),
    r"x^\frac{1}{2}": lambda x: sqrt(x),
    r"\left(1-x\right)^2+100\left(y-x^2\right)^2": lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    r"\left(x_1^2 + x_2 - 11\right)^2 + \left(x_1 + x_2^2 - 7\right)^2": lambda x, y: (
        (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2
    ),
    r"f(\theta) = \theta^2 - \cos\theta": lambda x: x * x - cos(x),
    r"x \times y \div 2": lambda x, y: x * y / 2,
    r"\tan x": lambda x: tan(x),
    r"\pi x + \mathrm{e}": lambda x: pi * x + e,
    "x.^2 + x.*y": lambda x, y: x * (x + y),
    "np.exp(-x**2)": lambda x: exp(-x * x),
    "@(x, y) x.^2 + y": lambda x, y: x * x + y,
    "function(x) x^2": lambda x: x * x,
}  # fmt: skip
# What is refused, and the texts that the refusal offers.
REFUSED = {
    "1/2x": ["1/2*x", "1/(2*x)"],
    "sin x/2": ["sin(x)/2", "sin(x/2)"],
    "e^2x": ["e**2*x", "e**(2*x)"],
    "√2x": ["sqrt(2)*x", "sqrt(2*x)"],
    "x^1/2": ["x**1/2", "x**(1/2)"],
    "x 2": ["x*2", "x**2"],
    "sin⁻¹(x)": ["asin(x)", "1/sin(x)"],
    r"\tan^{-1} x": ["atan(x)", "1/tan(x)"],
    "xe⁻ˣ": ["x e⁻ˣ"],
    "sinx": ["sin x"],
    "log2x": ["log2 x"],
    "2xe^x": ["2 x e^x"],
    "x rem 2": ["x - 2*trunc(x/2)"],
    "x div 2": ["x // 2"],
    "‖x‖²": ["x**2 + y**2"],
    r"\| x \|": ["sqrt(x**2 + y**2)"],
    "‖w‖²": ["w1**2 + w2**2"],
    "||w||^2": ["w1**2 + w2**2"],
    r"\frac{1}{2}\|x\|_2^2 + 1": ["(1/2)(x**2 + y**2) + 1"],
    "‖θ‖₁ + 1": ["(abs(θ1) + abs(θ2)) + 1"],
    "‖x‖_∞": ["max(abs(x), abs(y))"],
    "norm(w)": ["sqrt(w1**2 + w2**2)"],
    "½‖Aw − b‖²": ["x**2 + y**2"],
    "‖x": ["abs(x)", "hypot(x, y)"],
    "d/dx x^2": ["x^2"],
    "∂/∂x (x^2 + y^2)": ["(x^2 + y^2)"],
    r"\frac{d}{dx} x^2": ["x^2"],
    "d²/dx²": ["x**2"],
    "∫ x dx": ["x**2/2"],
    r"\int_0^1 x^2 dx": ["x**2/2"],
    "argmin x^2": ["x^2"],
    "arg min_x (x - 1)^2": ["(x - 1)^2"],
    r"\min_{x} x^2": ["x^2"],
    "minimize x^2 + y^2": ["x^2 + y^2"],
    "max x^2": ["-(x^2)"],
    "∑_{i=1}^{3} (x - i)^2 + 1": ["sum(i, 1, 3, (x - i)^2) + 1", "sum(i, 1, 3, (x - i)^2 + 1)"],
    "∑_{i=1}^{3}": ["sum(i, 1, 3, i*x)"],
    r"\sum_{i=1}^{n} x_i^2": ["sum_{i=1}^{2} x_i^2"],
    "E(k, x) = ½kx²": ["f(k, x) = ½ k x²"],
    "y² = x³": ["x**2"],
    "1 000 x²": [],
    "lim x→0 sin x": [],
    "0,5x": ["0.5*x"],
    "x < 2": ["where(x < 2, 1, 0)"],
    "x^2 for x > 0": ["where(x > 0, x**2, 0)"],
    r"\begin{cases} x \end{cases}": ["where(x > 0, x, 0)"],
    r"x \\ y": ["where(x > 0, x, 0)"],
    r"\frac{x}": ["\\frac{x}{2}"],
    r"\sqrt": ["\\sqrt{x}"],
    r"\sine x": ["\\sin(x)"],
    r"x \over 2": ["\\frac{x}{2}"],
    r"\fraq{x}{2}": ["\\frac{x}{2}"],
    r"\foo{x}": ["\\floor(x)"],
    r"\partial x": ["sqrt(x**2 + 1)"],
    "sqr(x)": ["x**2", "sqrt(x)"],
    "lg(x)": ["log10(x)", "log2(x)"],
    "SUMSQ(x, y)": ["(x**2 + y**2)"],
    "2*sumsq(x, sin(y))": ["2*(x**2 + (sin(y))**2)"],
    "mean(x, 2y)": ["((x + 2*y)/2)"],
    "summ(x, y)": ["sum(i, 1, 5, i*x)"],
    "atam2(x)": ["atan2(x, y)"],
    "IF(x>0, x, -x)": ["where(x>0, x, -x)"],
    "ifelse(x > 0, x, -x)": ["where(x > 0, x, -x)"],
    "x = 2": ["x**2"],
    "(x + 1": ["(x + 1)"],
    "|x": ["abs(x)"],
    "f(x)=": ["2*x**2 - sin(x)"],
    "sin": ["sin(x)"],
    "Sin": ["sin(x)"],
    r"\sin": ["sin(x)"],
    "1/-2x": ["1/-2*x", "1/-(2*x)"],
    "tan^-1(x)": ["atan(x)", "1/tan(x)"],
    "x≤0": ["where(x<=0, 1, 0)"],
    "ax² + bx + c": ["a x² + b x + c"],
    "x/2y": ["x/2*y", "x/(2*y)"],
    "sin x y": ["sin(x)*y", "sin(x*y)"],
    r"\frac{1}{2": [],
    "x'": [],
    "x ∈ ℝ": [],
    r"x \infty": [],
}  # fmt: skip

_ADVICE = re.compile(r"[Ww]rite (?:it as in |only .*, such as )?((?:(?!write ).)+)$")
AT = np.array([[3.0, 0.75], [2.0, 1.25]])  # x, y


@pytest.mark.parametrize("line", READ)
def test_a_line_as_it_is_printed_has_the_values_that_are_meant(line: str) -> None:
    expression = parse(line)
    functions = FormulaFunctions(expression, {})
    expected = READ[line](*AT.T[: functions.dim])
    np.testing.assert_allclose(functions.value(AT[:, : functions.dim]), expected, rtol=1e-14)
    again = (
        FormulaFunctions(parse(expression.spelt), {}) if functions.dim == 1 or "y" in expression.names else functions
    )
    np.testing.assert_array_equal(again.value(AT[:, : functions.dim]), functions.value(AT[:, : functions.dim]))


@pytest.mark.parametrize("line", REFUSED)
def test_a_line_that_is_refused_gets_hints_that_can_be_read(line: str) -> None:
    with pytest.raises(FormulaError) as refusal:
        parse(line)
    advice = _ADVICE.search(str(refusal.value))
    offered = advice[1].split(" or ") if advice else []
    assert offered == REFUSED[line]
    for hint in offered:
        parse(hint, {"a": 1.0, "b": 1.0, "c": 1.0} if "a x" in hint else ())
