"""Messages about refused formulas: what is wrong, and what to write instead."""

import ast
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from gdanim.errors import nearest, shown
from gdanim.formula.text.names import pieces
from gdanim.formula.vocabulary import ALSO_NAMES, ANY_NUMBER, ARITHMETIC, COMPARISONS, CONSTANTS, FUNCTIONS

NOT_A_CONDITION: Final = "the first argument of where is a comparison; write it as in where(x > 0, x, 0)"

_LONE_SIGN: Final = re.compile(r"(?<![<>=!])=(?!=)|!(?!=)")
_EQUALS_IN_RANGE: Final = re.compile(r"\b(sum|prod)\( *([A-Za-z]\w*) *=(?!=) *")
_LONGEST_SHOWN: Final = 70  # characters of a formula that a message writes out

_REFUSED: Final[Mapping[type[ast.AST], str]] = {
    ast.BoolOp: "and, or stand only inside where; write it as in where(x > 0 and x < 1, x, 0)",
    ast.Attribute: "names hold no dot; write it as in sin(x)",
    ast.Tuple: "it is more than one formula; write one, such as x**2",
    ast.BinOp: "only the operators + - * / ** % // are known; write it with these",
    ast.UnaryOp: "not stands only inside where; write it as in where(not x > 0, 0, x)",
}


# What other programs call a function; and what is written out of its arguments.
_ELSEWHERE: Final = {
    "if": "where",
    "ifelse": "where",
    "iif": "where",
    "ite": "where",
    "cond": "where",
    "piecewise": "where",
}
_SPELT_OUT: Final[Mapping[str, Callable[[Sequence[str]], str]]] = {
    "sumsq": lambda given: " + ".join([f"{one if one.isalnum() else f'({one})'}**2" for one in given]),
    **dict.fromkeys(("mean", "average", "avg"), lambda given: f"({' + '.join(given)})/{len(given)}"),
}


def lone_sign(text: str) -> str | None:
    """What is wrong with a = or ! of its own, or None where there is none."""
    if match := _EQUALS_IN_RANGE.search(text):
        return _range_with_equals(text, match)
    sign = _LONE_SIGN.search(text)
    return sign and f"'{sign[0]}' has no meaning in a formula; write only the expression to minimise, such as x**2"


def _range_with_equals(text: str, match: re.Match[str]) -> str:
    """What to write in place of sum(k=1, 5, k*x)."""
    function, index = match.groups()
    rest = re.sub(r",(?! )", ", ", text[match.end() :])
    candidate = _EQUALS_IN_RANGE.sub(r"\1(\2, ", f"{text[: match.start()]}{match[0]}{rest}")
    advice = _write(candidate) if candidate.count(",") >= 3 else None
    return f"a {function} has no = ; {advice or f'write it as in {function}({index}, 1, 5, {index}*x)'}"


def unreadable(spelt: str) -> str:
    """A guess at why Python's parser could not read a formula in gdanim's spelling."""
    if missing := spelt.count("(") - spelt.count(")"):
        kind = ")" if missing > 0 else "("
        closed = spelt + ")" * missing if missing > 0 else "(" * -missing + spelt
        return f"{abs(missing)} '{kind}' missing; {_write(closed) or 'close every parenthesis that is opened'}"
    return "it cannot be read as a formula; write it as in 2*x**2 - sin(x)"


def _write(candidate: str) -> str | None:
    """The advice to write another formula, where Python can read it and it is short."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(candidate, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return f"write {candidate}" if len(candidate) <= _LONGEST_SHOWN else None


def _replaced(node: ast.expr, spelt: str, text: str) -> str | None:
    """The advice to write a text in the place of a node."""
    return _write(spelt[: node.col_offset] + text + spelt[node.end_col_offset :])


def refused(node: ast.expr, spelt: str) -> str:
    """Why a formula may not hold a node of Python's syntax."""
    match node:
        case ast.Compare():
            what, instead = "a comparison stands only inside where", f"where({_source(node, spelt)}, 1, 0)"
        case ast.Tuple(elts=[ast.Constant() as left, right]) if _is_decimal_comma(left, right, spelt):
            what = "decimals have a point"
            instead = re.sub(r"(\d) *, *(?=\d)", r"\1.", _source(node, spelt))
        case _:
            unknown = "only numbers, names, operators and functions are known; write it with these"
            return _REFUSED.get(type(node), unknown)
    return f"{what}; {_replaced(node, spelt, instead) or 'write it as in where(x > 0, x, 0)'}"


def _is_decimal_comma(left: ast.expr, right: ast.expr, spelt: str) -> bool:
    return _source(left, spelt).isdigit() and _source(right, spelt)[:1].isdigit()


def _source(node: ast.expr, spelt: str) -> str:
    return spelt[node.col_offset : node.end_col_offset]


def not_a_name(name: str) -> str | None:
    """Why `name` cannot be a number, or None where it can."""
    if name in FUNCTIONS and name not in ALSO_NAMES:
        return f"{name} is a function; write {example(name)}"
    if name.lower() in ("inf", "nan", "infinity"):
        return f"{name} is not a finite number; write a number such as 1e9"
    if name.startswith("_"):
        return f"the name {shown(name)} starts with _; parameters start with a letter, rename it"
    return None


def not_a_function(call: ast.Call, spelt: str) -> str:
    """What is wrong with what is called like a function and is none."""
    function = call.func
    if not isinstance(function, ast.Name):
        return refused(function, spelt)
    name, given = function.id, [_source(argument, spelt) for argument in call.args]
    what = f"unknown function {shown(name)}"
    if given and (spell := _SPELT_OUT.get(name.lower())):
        return f"{what}; {_replaced(call, spelt, f'({spell(given)})') or 'write it out'}"
    near = _ELSEWHERE.get(name.lower()) or (nearest(name, FUNCTIONS) if len(name) > 2 else None)
    if near:
        fewest, most = FUNCTIONS[near]
        fits = len(given) >= fewest and (most == ANY_NUMBER or len(given) <= most)
        advice = (_replaced(function, spelt, near) if fits else None) or f"write it as in {example(near)}"
        return f"{what}; did you mean {near}? {advice[0].upper()}{advice[1:]}"
    if len(name) <= 2 and len(given) == 1:
        product = "*".join([*pieces(name), ""])
        return f"{what}; for a product {_replaced(function, spelt, product) or f'write {product}(…)'}"
    return f"{what}; use one of {', '.join(FUNCTIONS)}"


def wrong_count(name: str, n_given: int) -> str:
    """What is wrong with a known function that has too few or too many arguments."""
    fewest, most = FUNCTIONS[name]
    needed = f"{fewest} or more arguments" if most == ANY_NUMBER else f"{fewest} argument{'s' * (fewest > 1)}"
    return f"{name} takes {needed}, not {n_given}; write it as in {example(name)}"


def example(name: str) -> str:
    """A function with arguments."""
    special = {"where": "x > 0, x, 0", "sum": "i, 1, 5, i*x", "prod": "i, 1, 5, i*x", "clip": "x, -1, 1"}
    return f"{name}({special.get(name) or ', '.join('xy'[: FUNCTIONS[name][0]])})"


def missing_parameter(name: str, variables: Sequence[str]) -> str:
    """What to do about a name that has no value."""
    short = name if len(name) <= 20 else f"{name[:16]}…"
    remedy = f"the parameter {shown(name)} has no value; give it one with -p {short}=NUMBER"
    if name.lower() in (*variables, *CONSTANTS):
        return f"{remedy}, or write {name.lower()}"
    if name in FUNCTIONS:
        return f"{remedy}, or write the function as in {example(name)}"
    return f"{remedy}, or fit it to a table with --points FILE"


def unknown_parameter(text: str, known: Sequence[str]) -> str:
    """What is wrong with a value for a name that the formula does not hold."""
    has = f"has {', '.join(known)}" if known else "has no parameters"
    return f"the formula {shown(text)} {has}; leave it out, or correct the name"


def written(op: str, values: Sequence[float]) -> str:
    """One operation on plain numbers, as a person would write it: 9**3.87e+08, log(-1)."""
    numbers = [f"({value:.6g})" if value < 0 and op in ARITHMETIC else f"{value:.6g}" for value in values]
    if op == "neg":
        return f"-{numbers[0]}"
    if symbol := {**ARITHMETIC, **COMPARISONS}.get(op):
        return symbol.join(numbers)
    return f"{op}({', '.join(numbers)})"
