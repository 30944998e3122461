"""What the parser accepts, and what it makes of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gdanim.errors import FormulaError, SettingError
from gdanim.formula import vocabulary
from gdanim.formula.parser import MAX_CHARACTERS, MAX_NODES, MAX_PARENTHESES, Call, Name, Number, parse

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
        arguments = ["x > 0" if name == "where" else "x", *["x"] * (fewest - 1)]
        parse(f"{name}({', '.join(arguments)})")
        wrong = [arguments[:-1]] if most == vocabulary.ANY_NUMBER else [arguments[:-1], [*arguments, "x"]]
        for few_or_many in wrong:
            with pytest.raises(FormulaError, match=rf"{name} takes \d"):
                parse(f"x + {name}({', '.join(few_or_many)})")


def test_limits_are_reached_but_not_passed():
    parse("x" + " " * (MAX_CHARACTERS - 1))
    parse("(" * MAX_PARENTHESES + "x" + ")" * MAX_PARENTHESES)
    parse("x" + "+x" * (MAX_NODES // 2 - 1))
    for text in ("x" * (MAX_CHARACTERS + 1), "(" * (MAX_PARENTHESES + 1) + "x", "x" + "+x" * (MAX_NODES // 2)):
        with pytest.raises(FormulaError, match="at most"):
            parse(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("x^2", "write x**2"),
        ("x²", "write x**2"),
        ("x−1", "write x-1"),
        ("sin(2πx)", "write sin(2*pi*x)"),
        ("|x|", "abs(…)"),
        ("2x", "write 2*x"),
        ("1e3x + 2 sin(x)", "write 1e3*x + 2*sin(x)"),
        ("2(x+1)", "write 2*(x+1)"),
        ("(x+1)(x-1)", "write (x+1)*(x-1)"),
        ("x y", "write x*y"),
        ("x(x+1)", "write x*(…)"),
        ("sin x", "write sin(x)"),
        ("ln(x)", "write log("),
        ("arcsin(x)", "write asin("),
        ("pow(x, 2)", "write u**v"),
        ("log(x, 2)", "log2"),
        ("sqr(x)", "did you mean sqrt"),
        ("x = 2", "only the expression to minimise"),
        ("x if x > 0 else 0", "where"),
        ("x < 2", "only inside where"),
        ("where(x, 1, 2)", "comparison"),
        ("math.sin(x)", "sin(x), not math.sin"),
        ("sin", "write sin(x)"),
        ("y**2", "write x instead of y"),
        ("a*2", "never changes"),
        ("(x+1", "1 ')' missing"),
        ("x+", "ends after '+'"),
        ("1/(2-2) + x", "1/0 is not a finite number"),
        ("log(-1)*x", "log(-1) is not a finite number"),
    ],
)
def test_refusal_says_what_to_write_instead(text, hint):
    with pytest.raises(FormulaError) as refusal:
        parse(text)
    assert hint in str(refusal.value)


def test_binding_gives_every_constant_its_value():
    assert parse("a*x + pi").bind({"a": 2.0}) == {**vocabulary.CONSTANTS, "a": 2.0}


@pytest.mark.parametrize(
    ("text", "parameters", "error", "message"),
    [
        ("x + z", {}, FormulaError, "-p z=NUMBER"),
        ("xy**2 + x", {}, FormulaError, r"write the product x\*y"),
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


@pytest.mark.parametrize("module", ["parser", "derivatives", "mathtext"])
def test_reading_a_formula_needs_no_numpy(module):
    code = f"import sys, gdanim.formula.{module}; sys.exit('numpy' in sys.modules or 'matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
