"""Subscripts, sums in signs, joined letters and conditions: read as meant, or refused with a text that can be read."""

from __future__ import annotations

import re

import pytest
from support.commandline import run

from gdanim.errors import FormulaError
from gdanim.formula.parser import parse

# As people write it, and in gdanim's own spelling.
READ = {
    "x_{1}^2 + x_{2}^2": "x1**2 + x2**2",
    "w_{0}^2": "w0**2",
    "x_{ 12 }y": "x12*y",
    "2x_{1}(x_{1} − 1)": "2*x1*(x1 - 1)",
    "θ_{1}^2 + θ₂²": "theta1**2 + theta2**2",
    "θ_1^2+θ_2^2": "theta_1**2 + theta_2**2",
    "θ1² + θ2²": "theta1**2 + theta2**2",
    "sin θ_1 + φ_max": "sin(theta_1) + phi_max",
    "𝑥_1² + 𝑥_2²": "x_1**2 + x_2**2",
    "π₁x": "pi1*x",
    "√2 x": "sqrt(2)*x",
    "log_{2}(x) + log_{10} x": "log2(x) + log10(x)",
    "Σ(i, 1, 3, i x)": "sum(i, 1, 3, i*x)",
    "∑(i, 1, 3, i x)": "sum(i, 1, 3, i*x)",
    "∏(i, 1, 3, i x)": "prod(i, 1, 3, i*x)",
    "Π(i, 1, 3, i + x)": "prod(i, 1, 3, i + x)",
    "Sigma*x": "Sigma*x",
    "σ(x) + sigma(x)": "sigmoid(x) + sigmoid(x)",
    "x mod 2": "x % 2",
    "(x + 1) mod 2": "(x + 1) % 2",
    "max(x + 1, 3x mod 2)": "max(x + 1, (3*x) % 2)",
    "2 mod(x, 3)": "2*mod(x, 3)",
    "sum(kk, 1, 3, kk*x)": "sum(kk, 1, 3, kk*x)",
    "alpha*x + beta": "alpha*x + beta",
    "xy + 2xy²": "x*y + 2*x*y**2",
    "a_1*x_max": "a_1*x_max",
}  # fmt: skip

# What is refused, and the texts that the refusal offers.
REFUSED = {
    "2ex": ["2 e x"],
    "2ab": ["2 a b"],
    "2xe^x": ["2 x e^x"],
    "w0w1": ["w0 w1"],
    "a_1x": ["a_1 x"],
    "ax^2 + bx": ["a x^2 + b x"],
    "2pix": ["2 pi x"],
    "thetax": ["theta x"],
    "1/ab": ["1/a*b", "1/(a b)"],
    "x^ab": ["x^a*b", "x^(a b)"],
    "sinx": ["sin x"],
    "sinx/2": ["(sin x)/2"],
    "xsinx + cos2x": ["x sin x + cos 2x"],
    "lnx": ["ln x"],
    "cos2πx": ["cos 2πx"],
    "xe + (": [],
    "xsin(": [],
    "ab_": [],
    "xsin(x)": ["x*sin(x)"],
    "2xexp(-x)": ["2 x*exp(-x)"],
    "ab(x + 1)": ["a b(x + 1)"],
    "x_{max}^2": ["x_max"],
    "x_{n+1}": ["x_1"],
    "x_^2": ["x"],
    "x1 + x_1": [],
    "x + 1 mod 2": ["x + 1 % 2", "(x + 1) % 2"],
    "x mod 2y": ["x % 2*y", "x % (2*y)"],
    "x^2 where x>0": ["where(x>0, x**2, 0)"],
    "2x for x > 0": ["where(x > 0, 2*x, 0)"],
    "x^2 if x = 1": ["where(x == 1, x**2, 0)"],
    "x where x > 0, y > 0": ["where(x > 0, x, 0)"],
    "x where y": ["where(x > 0, x, 0)"],
    "sum(k=1, 5, x*k)": ["sum(k, 1, 5, x*k)"],
    "x + sum(k=1,5,x^k)": ["x + sum(k, 1, 5, x**k)"],
    "x*prod(k = 1, 5)": ["prod(k, 1, 5, k*x)"],
    "Σ(x)": ["sum(i, 1, 5, i*x)"],
    "∑ x": ["sum(i, 1, 5, i*x)"],
    "sinab": ["sin (a b)"],
    "sin2xy": ["sin (2 x y)"],
    "arsin(x)": ["asin(x)"],
    "axsin(x)": ["a*x*sin(x)"],
    "(x^2 if (x > 0)) + 1": ["where(x > 0, x, 0)"],
    "x^2 where (x > 0)": ["where((x > 0), x**2, 0)"],
    "where": ["where(x > 0, x, 0)"],
    "lg x": [],
    "Sinn(X)": ["sin(X)"],
    "Foo(Xa*X)": [],
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_what_people_write_is_read_as_meant(text):
    assert parse(text).tree == parse(READ[text]).tree


@pytest.mark.parametrize("text", REFUSED)
def test_a_refusal_offers_texts_that_can_be_read(text):
    with pytest.raises(FormulaError) as refusal:
        parse(text)
    advice = re.search(r"[Ww]rite (?:it as in )?((?:(?!write ).)+)$", str(refusal.value))
    offered = advice[1].split(" or ") if advice and REFUSED[text] else []
    assert offered == REFUSED[text]
    for candidate in offered:
        parse(candidate, {"n": 3.0} if "n" in candidate else ())


@pytest.mark.parametrize("name", ["xe", "lr", "decay_rate", "sinx", "w0w1", "mod"])
def test_a_name_with_a_value_is_what_it_says(name):
    assert parse(f"{name}*x", {name: 2.0}).parameters == (name,)


@pytest.mark.parametrize("name", ["ex", "speed", "w0w1"])
def test_a_name_that_the_left_side_declares_varies(name):
    assert parse(f"f({name}) = {name}**2").variables == (name,)


@pytest.mark.parametrize("name", ["decay_rate", "speed", "a" * 900])
def test_a_word_without_a_value_is_refused_with_the_option_that_gives_one(name):
    with pytest.raises(FormulaError, match=rf"has no value; give it one with -p {name[:10]}.*=NUMBER"):
        parse(f"{name}*x")


@pytest.mark.parametrize("text", ["∇x", "x;y", "x'"])
def test_the_list_of_what_a_formula_holds_names_its_signs(text):
    with pytest.raises(FormulaError) as refusal:
        parse(text)
    assert all(sign in str(refusal.value) for sign in "+-*/%^|²√·")


def test_a_formula_with_a_minus_in_front_is_refused_as_a_formula():
    done = run("-2xe^x", "-o", "x.gif")
    assert done.code == 2
    assert "write -2 x e^x" in done.err
