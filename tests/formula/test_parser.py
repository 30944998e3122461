"""What the parser accepts, and what it makes of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gdanim.errors import FormulaError, SettingError
from gdanim.formula import hints, vocabulary
from gdanim.formula.parser import MAX_CHARACTERS, MAX_NODES, parse
from gdanim.formula.text.tokens import MAX_NESTED
from gdanim.formula.tree import Call, Name, Number

X = Name("x")


def test_tree_keeps_what_was_written():
    assert parse("2/4*x").tree == Call("mul", (Call("div", (Number(2.0), Number(4.0))), X))
    assert parse("-x**2").tree == Call("neg", (Call("pow", (X, Number(2.0))),))
    assert parse("x**2**3").tree == Call("pow", (X, Call("pow", (Number(2.0), Number(3.0)))))


@pytest.mark.parametrize(
    ("text", "variables", "parameters"),
    [
        ("x**2", ("x",), ()),
        ("x*y", ("x", "y"), ()),
        ("l*(x**2 - f**2)**2 + 2*x + 6", ("x",), ("f", "l")),
        ("e**x + tau*pi", ("x",), ()),
        ("b*x + a*y + B", ("x", "y"), ("B", "a", "b")),
    ],
)
def test_names_are_variables_constants_or_parameters(text, variables, parameters):
    expression = parse(text)
    assert expression.variables == variables
    assert expression.parameters == parameters


def test_blanks_around_a_formula_do_not_matter():
    assert parse("  x + 1 ").text == "x + 1"
    assert parse("  x + 1 ").tree == parse("x+1").tree


def test_chained_comparison_is_a_conjunction():
    assert parse("where(0 < x <= 1, x, 0)").tree == parse("where(0 < x and x <= 1, x, 0)").tree


@pytest.mark.parametrize("literal", ["0.1", "1e-3", "12", "1_000", ".5", "5.", "9007199254740993", "123456789e-20"])
def test_literals_are_the_nearest_float64(literal):
    assert parse(f"x + {literal}").tree == Call("add", (X, Number(float(literal))))


def test_every_function_is_accepted_with_its_number_of_arguments_and_no_other():
    for name, (fewest, most) in vocabulary.FUNCTIONS.items():
        arguments = hints.example(name)[len(name) + 1 : -1].split(", ")
        parse(f"x + {name}({', '.join(arguments)})")
        for few_or_many in (arguments[:-1], [*arguments, "x"]):
            # log(x, 2) is the logarithm to the base 2.
            if not fewest <= len(few_or_many) <= most and (name, len(few_or_many)) != ("log", 2):
                with pytest.raises(FormulaError, match=rf"{name} takes \d"):
                    parse(f"x + {name}({', '.join(few_or_many)})")


def test_limits_are_reached_but_not_passed():
    parse("x" + " " * (MAX_CHARACTERS - 1))
    parse("(" * MAX_NESTED + "x" + ")" * MAX_NESTED)
    parse("x" + "+x" * (MAX_NODES // 2 - 1))
    too_long = ("x" * (MAX_CHARACTERS + 1), "x" + "+x" * (MAX_NODES // 2), f"sum(i, 1, {MAX_NODES // 3 + 1}, i*x)")
    for text in (*too_long, "(" * (MAX_NESTED + 1) + "x"):
        with pytest.raises(FormulaError, match=r"at most|more than"):
            parse(text)


def test_binding_gives_every_constant_its_value():
    assert parse("a*x + pi").bind({"a": 2.0}) == {**vocabulary.CONSTANTS, "a": 2.0}


@pytest.mark.parametrize(
    ("text", "parameters", "error", "message"),
    [
        ("x + z", {}, FormulaError, "-p z=NUMBER"),
        ("floor*x", {}, FormulaError, r"write the function as in floor\(x\)"),
        ("sum(i, 1, n, i*x)", {"n": 2.5}, FormulaError, "whole numbers, not 2.5"),
        ("sum(i, 1, n, i*x)", {"n": 1e9}, FormulaError, "more than 2000 terms"),
        ("sum(i, 1, n, 1/(i - 3))*x", {"n": 5.0}, FormulaError, "1/0 is not a finite number"),
        ("X**2 + x", {}, FormulaError, "or write x"),
        ("a*x", {"a": 1.0, "c": 2.0}, FormulaError, "Parameter 'c': the formula 'a\\*x' has a;"),
        ("x", {"c": 2.0}, FormulaError, "has no parameters"),
        ("a*x", {"a": float("nan")}, SettingError, "finite"),
        ("x + log(a)", {"a": -1.0}, FormulaError, r"log\(-1\) is not a finite number"),
    ],
)
def test_binding_refuses_what_gives_no_number(text, parameters, error, message):
    with pytest.raises(error, match=message):
        parse(text).bind(parameters)


@pytest.mark.parametrize(
    ("text", "given", "variables"),
    [
        ("X**2", (), ("X",)),
        ("theta - sin(theta)", (), ("theta",)),
        ("x2**2 + x1", (), ("x1", "x2")),
        ("v**2 + u", (), ("u", "v")),
        ("theta + r", (), ("r", "theta")),
        ("psi*alpha + 1", (), ("alpha", "psi")),
        ("omega*xi", (), ("xi", "omega")),
        ("eta + θ_2", (), ("eta", "theta_2")),
        ("lam + mu + kappa", ("mu",), ("kappa", "lam")),
        ("w10*w9", (), ("w9", "w10")),
        ("y1 + x2", (), ("x2", "y1")),
        ("x1 + y", (), ("x1", "y")),
        ("v1 + v", (), ("v", "v1")),
        ("B + a", (), ("a", "B")),
        ("a*t**2", ("a",), ("t",)),
        ("a*b", (), ("a", "b")),
        ("y**2", (), ("y",)),
        ("y**2 + x", (), ("x", "y")),
        ("f(t) = a*t**2", (), ("t",)),
        ("f(s, t) = a*t**2 + s", (), ("s", "t")),
        ("y = x**2", (), ("x",)),
        ("sum(i, 1, 3, t**i)", (), ("t",)),
    ],
)
def test_one_or_two_other_letters_are_the_variables(text, given, variables):
    assert parse(text, given).variables == variables


def test_names_come_in_their_order_of_appearance():
    assert parse("b*x3 + sum(i, 1, 3, a*x1**i) + pi*b + x").names == ("b", "x3", "a", "x1", "x")


@pytest.mark.parametrize("text", ["a*b*c", "b*t + a*s", "3", "pi*e", "x = 2"])
def test_a_formula_without_variables_or_with_too_many_is_refused(text):
    with pytest.raises(FormulaError):
        parse(text)


@pytest.mark.parametrize("module", ["parser", "derivatives", "mathtext"])
def test_reading_a_formula_needs_no_numpy(module):
    code = f"import sys, gdanim.formula.{module}; sys.exit('numpy' in sys.modules or 'matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
