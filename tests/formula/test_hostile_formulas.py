"""A text cannot harm: whatever it is, it is a formula or a FormulaError of one line, and nothing is executed."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.commandline import examples, run
from support.strategies import formulas

from gdanim.errors import FormulaError
from gdanim.formula import evaluator, mathtext
from gdanim.formula.parser import parse

HOSTILE = {
    "import": "__import__('os').system('id')",
    "bases": "().__class__.__bases__",
    "attribute": "x.__class__",
    "eval": "eval('1')",
    "open": "open('/etc/passwd')",
    "lambda": "(lambda:1)()",
    "comprehension": "[0 for i in range(10**9)]",
    "walrus": "(y:=3)",
    "f-string": "f'{x}'",
    "long string": "'a'*10**10",
    "subscript": "x[0]",
    "statement": "x;import os",
    "power tower": "9**9**9",
    "power tower in an exponent": "x**(9**9**9)",
    "overflowing literal": "1e400",
    "5000 nines": "9" * 5000,
    "999 nines": "x+" + "9" * 998,
    "factorial": "factorial(10**7)",
    "shift": "1<<10**10",
    "200 000 parentheses": "(" * 200_000,
    "200 000 signs": "-" * 200_000,
    "sums of coordinates in sums": "∑_{i=1}^{50} x_i " + "∑_{j=1}^{50} x_j ∑_{k=1}^{50} x_k",
    "600 sums": "∑_{i=1}^{3} " * 600,
    "900 signs": "-" * 900 + "x",
    "200 signs": "-" * 200 + "x",
    "20 000 terms": "+".join(["x"] * 20_000),
    "full width": "ｘ",
    "zero-width space": "x\u200b+1",
    "right-to-left override": "x\u202e+1",
    "no-break space": "x\u00a0+1",
    "NUL": "x\0",
    "newline": "x\n",
    "newline inside": "x\n+1",
    "lone surrogate": "x\ud800",
    "comment": "x # y",
    "empty": "",
    "blanks": "   ",
    "equation": "x=2",
    "comparison": "x<2",
    "tuple": "x,x",
    "True": "True",
    "None": "None",
    "ellipsis": "...",
    "complex": "1j*x",
    "hexadecimal": "0x10*x",
    "division by zero": "1/0",
    "division by zero in a branch": "where(x > 0, x, 1/0)",
    "complex power": "x + (-8)**0.5",
    "unknown function": "foo(x)",
    "two arguments": "sin(x,x)",
    "keyword": "sin(x=1)",
    "starred": "sin(*x)",
    "double starred": "sin(**x)",
    "open parenthesis": "(x+1",
    "open sum": "x+",
    "await": "await x",
    "yield": "yield x",
    "dunder": "__class__ + x",
    "infinity": "x + inf",
    "logic": "x and x",
    "sum of 10**9 terms": "sum(i, 1, 10**9, x)",
    "sum in sum in sum": "sum(i, 1, 999, sum(j, 1, 999, sum(k, 1, 999, x)))",
    "sum without an end": "sum(i, 1, 1e300, i)*x",
    "sum to x": "sum(i, 1, x, x)",
    "60 bars": "|" * 60 + "x",
    "8 000 bars": "|" * 8_000,
    "8 000 factorials": "x" + "!" * 7_999,
    "8 000 superscripts": "x" + "²" * 7_999,
    "4 000 powers": "x" + "^x" * 3_999,
    "4 000 products": "x" + " x" * 3_999,
    "8 000 parentheses": "(" * 8_000,
    "8 000 signs": "-" * 8_000,
    "sines without brackets": "sin " * 1_999 + "x",
    "roots": "√" * 7_999 + "x",
}


class Watch:
    """Notes what a text might do beside being parsed. An audit hook cannot be removed, only told to rest."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.awake = False
        sys.addaudithook(self)

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if self.awake and event in ("exec", "open", "import", "os.system", "os.exec", "subprocess.Popen"):
            self.events.append(event)


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


def test_watch_sees_code_that_runs(watch):
    watch.awake = True
    eval("1 + 1")
    watch.awake = False
    assert "exec" in watch.events
    watch.events.clear()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_refused_in_one_line_and_never_executed(text, watch):
    with pytest.raises(FormulaError) as refusal:
        parse(text)
    assert_one_line(str(refusal.value))
    # Again, now that what the message needs is imported.
    watch.awake = True
    try:
        parse(text)
    except FormulaError:
        watch.awake = False
    assert watch.events == []


def test_more_parameters_than_a_message_can_show_stay_on_one_line():
    with pytest.raises(FormulaError) as refusal:
        parse("x + " + "a" * 900).bind({})
    assert_one_line(str(refusal.value))


def assert_one_line(message: str) -> None:
    assert message.isprintable()
    assert len(message) < 450


def survive(text: str) -> None:
    """Read, evaluate and typeset a text; warnings are errors throughout the tests."""
    try:
        expression = parse(text)
        functions = evaluator.FormulaFunctions(expression, dict.fromkeys(expression.parameters, 1.0))
    except FormulaError as refusal:
        assert_one_line(str(refusal))
        return
    x = np.array([-1.5, 0.0, 2.0])[:, np.newaxis] * np.ones(functions.dim)
    assert functions.value(x).shape == (3,)
    assert functions.gradient(x).shape == (3, functions.dim)
    assert functions.hessian(x).shape == (3, functions.dim, functions.dim)
    assert mathtext.mathtext(expression).isprintable()


@given(st.binary(max_size=80))
def test_random_bytes_are_a_formula_or_a_refusal(raw):
    survive(raw.decode("latin-1"))


@given(st.text(alphabet="xya12.e+-*/()<>=!, sincoexplgwhrum|²√½", max_size=40))
def test_random_words_of_the_alphabet_are_a_formula_or_a_refusal(text):
    survive(text)


@settings(max_examples=examples(200))
@given(
    text=formulas(),
    cut=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    patch=st.text(alphabet="xyab019.()+-*/<=!_ ,^'[:\\\n\u200b²|√½π%", max_size=3),
)
def test_mutated_formula_is_a_formula_or_a_refusal(text, cut, patch):
    start, end = sorted(round(share * len(text)) for share in cut)
    survive(text[:start] + patch + text[end:])
    survive(text[:start] + patch + text[start:])


@pytest.mark.parametrize("name", HOSTILE)
def test_the_command_refuses_in_one_line_and_writes_nothing(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused = run(HOSTILE[name])
    assert refused.code == 2
    assert len(refused.lines) == 1
    assert not refused.out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("before", [(), ("--lr", "0.1"), ("--title", "-x")], ids=["first", "later", "behind-its-like"])
@pytest.mark.parametrize(
    "formula", ["-x**4 + x**2", "-2*x + x**2", "-(1 - x**2)", "-exp(-x**2)", "-hypot(x, y)", "-a*x", "-cos(x)", "-x"]
)
def test_a_formula_may_begin_with_a_minus_and_keeps_its_text(formula, before):
    planned = run(*before, formula, "-n", "3", "--dry-run", *(("-p", "a=2") if "a*" in formula else ()))
    assert (planned.code, planned.err) == (0, "")
    assert f'function = "{formula}"' in planned.out.decode()


def test_an_option_that_is_none_is_not_taken_for_a_second_function():
    assert "Unknown option '-x'" in run("parabola", "-x").err
    assert "Did you mean '--lr'" in run("-a*x", "--lrr", "1").err


@pytest.mark.parametrize("formula", ["log(x)", "sqrt(x)", "x**0.5"])
def test_a_start_outside_the_domain_is_refused_with_function_and_start(formula):
    refused = run(formula, "--start", "-1", "--dry-run")
    assert refused.code == 2
    assert len(refused.lines) == 1
    assert formula in refused.err
    assert "-1" in refused.err
