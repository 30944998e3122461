"""Messages about refused formulas: what is wrong, and what to write instead."""

import ast
import re
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from typing import Final

from gdanim.errors import nearest, shown
from gdanim.formula.vocabulary import ANY_NUMBER, ARITHMETIC, COMPARISONS, CONSTANTS, FUNCTIONS, VARIABLES

NOT_A_CONDITION: Final = "the first argument of where is a comparison; write it as in where(x > 0, x, 0)"

_ALLOWED: Final = re.compile(r"[A-Za-z0-9_.+\-*/(),<>=! ]")
_LONE_SIGN: Final = re.compile(r"(?<![<>=!])=(?!=)|!(?!=)")

_WRITE_INSTEAD: Final[Mapping[str, str]] = {
    "^": "**", "²": "**2", "³": "**3", "⁴": "**4", "⁵": "**5", "⁶": "**6", "⁷": "**7", "⁸": "**8", "⁹": "**9",
    "−": "-", "–": "-", "—": "-", "×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "∕": "/", "⁄": "/",
    "π": "pi", "τ": "tau", "√": "sqrt(…)", "|": "abs(…)", "≤": "<=", "≥": ">=", "≠": "!=",
    "[": "(", "]": ")", "{": "(", "}": ")",
}  # fmt: skip

_ALIASES: Final[Mapping[str, str]] = {
    "ln": "log(…)", "lg": "log10(…)", "log_2": "log2(…)", "log_10": "log10(…)", "pow": "u**v", "power": "u**v",
    "square": "u**2", "arcsin": "asin(…)", "arccos": "acos(…)", "arctan": "atan(…)", "arctan2": "atan2(…, …)",
    "arcsinh": "log(u + sqrt(u**2 + 1))", "asinh": "log(u + sqrt(u**2 + 1))", "sgn": "sign(…)", "root": "sqrt(…)",
    "fabs": "abs(…)", "absolute": "abs(…)", "maximum": "max(…, …)", "minimum": "min(…, …)",
    "sec": "1/cos(…)", "csc": "1/sin(…)", "cot": "1/tan(…)", "logistic": "sigmoid(…)", "sech": "1/cosh(…)",
    "heaviside": "where(u > 0, 1, 0)", "step": "where(u > 0, 1, 0)", "iif": "where(…, …, …)", "ite": "where(…, …, …)",
}  # fmt: skip

_REFUSED: Final[Mapping[type[ast.AST], str]] = {
    ast.Compare: "a comparison stands only inside where; write it as in where(x > 0, x, 0)",
    ast.BoolOp: "and, or stand only inside where; write it as in where(x > 0 and x < 1, x, 0)",
    ast.IfExp: "write a choice as where(condition, value, otherwise)",
    ast.Attribute: "names are written without a dot; write sin(x), not math.sin(x)",
    ast.Tuple: "it is more than one formula; write one, such as x**2",
    ast.BinOp: "only the operators + - * / ** are known; write it with these",
    ast.UnaryOp: "not stands only inside where; write it as in where(not x > 0, 0, x)",
}


def foreign_character(text: str) -> str | None:
    """What is wrong with the first character that no formula may hold, or None."""
    for character in text:
        if not _ALLOWED.fullmatch(character):
            return f"{_described(character)} {_instead(character, text)}"
    if sign := _LONE_SIGN.search(text):
        return f"'{sign[0]}' has no meaning in a formula; write only the expression to minimise, such as x**2"
    return None


def _described(character: str) -> str:
    if character.isprintable() and not character.isspace():
        return f"{shown(character)} has no meaning in a formula;"
    code_point = f"U+{ord(character):04X}"
    return f"the character {code_point} ({unicodedata.name(character, 'a control character')}) is not allowed;"


def _instead(character: str, text: str) -> str:
    plain = _WRITE_INSTEAD.get(character) or unicodedata.normalize("NFKC", character)
    if not _ALLOWED.fullmatch(plain[:1]):
        return "numbers, names, ( ) , and the operators + - * / ** are allowed; leave it out"
    if plain.isspace():
        return "write a plain blank, or leave it out"
    return f"write {_corrected(text, character, plain)}"


def _corrected(text: str, wrong: str, right: str) -> str:
    """The whole formula with `right` in the place of `wrong`, where that is short; else only the replacement."""
    if right.isalpha():  # 2πx needs its products: 2*pi*x
        text = re.sub(rf"(?<=[\w)]) *{wrong}", f"*{wrong}", text)
        text = re.sub(rf"{wrong} *(?=[\w(])", f"{wrong}*", text)
    formula = text.replace(wrong, right)
    short = len(formula) <= 40 and all(_ALLOWED.fullmatch(character) for character in formula)
    return formula if short else f"{right} in its place"


def unreadable(text: str) -> str:
    """A guess at why Python's parser could not read the text."""
    if product := _with_products(text):
        return f"an operator or a parenthesis is missing; write {product}"
    if missing := text.count("(") - text.count(")"):
        kind = ")" if missing > 0 else "("
        return f"{abs(missing)} '{kind}' missing; close every parenthesis that is opened, and no other"
    if unfinished := re.search(r"[-+*/,(<>=]+ *$", text):
        return f"it ends after '{unfinished[0].strip()[-2:]}'; complete it, or leave that out"
    return "it cannot be read as a formula; write it as in 2*x**2 - sin(x)"


def _with_products(text: str) -> str | None:
    """The formula with the missing * and parentheses, as in 2x, (x+1)(x-1) and sin x; None where that does not help."""
    names = "|".join(FUNCTIONS)
    # The possessive quantifiers keep 1e5 one number.
    repaired = re.sub(rf"\b({names}) +([A-Za-z]\w*+|[0-9.]++)(?![\w(])", r"\1(\2)", text)
    repaired = re.sub(r"(?<![\w.])((?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+) *(?=[A-Za-z(])", r"\1*", repaired)
    repaired = re.sub(r"\) *(?=[\w(])", ")*", repaired)
    repaired = re.sub(rf"\b({'|'.join((*VARIABLES, *CONSTANTS))}) *(?=\()", r"\1*", repaired)
    for candidate in (repaired, re.sub(r"(\w) +(?=[\w(])", r"\1*", repaired)):
        if candidate != text and _parses(candidate):
            return candidate if len(candidate) <= 40 else "every product with *, as in 2*x"
    return None


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def refused(node: ast.expr) -> str:
    """Why a formula may not hold a node of Python's syntax."""
    return _REFUSED.get(type(node), "only numbers, names, operators and functions are known; write it with these")


def not_a_name(name: str) -> str | None:
    """Why `name` cannot be a number, or None where it can."""
    if name in FUNCTIONS:
        return f"{name} is a function; write {name}({'…, …' if FUNCTIONS[name][0] > 1 else 'x'})"
    if name.lower() in ("inf", "nan", "infinity"):
        return f"{name} is not a finite number; write a number such as 1e9"
    if name.startswith("_"):
        return f"the name {shown(name)} starts with _; parameters start with a letter, rename it"
    return None


def not_a_function(function: ast.expr, text: str) -> str:
    """What is wrong with what is called like a function and is none."""
    if not isinstance(function, ast.Name):
        return _REFUSED[ast.Attribute] if isinstance(function, ast.Attribute) else unreadable(text)
    name = function.id
    if name in (*VARIABLES, *CONSTANTS):
        return f"{name} is not a function; write {name}*(…) for a product"
    if name in _ALIASES:
        return f"unknown function '{name}'; write {_ALIASES[name]}"
    if near := nearest(name, FUNCTIONS):
        return f"unknown function {shown(name)}; did you mean {near}(…)?"
    if len(name) <= 2:
        return f"unknown function '{name}'; write {name}*(…) for a product"
    return f"unknown function {shown(name)}; use one of {', '.join(FUNCTIONS)}"


def wrong_count(name: str, n_given: int) -> str:
    """What is wrong with a known function that has too few or too many arguments."""
    fewest, most = FUNCTIONS[name]
    needed = f"{fewest} or more arguments" if most == ANY_NUMBER else f"{fewest} argument{'s' * (fewest > 1)}"
    if name == "log" and n_given == 2:
        return "log takes 1 argument; write log2(…), log10(…), or log(u)/log(base)"
    example = ", ".join("xyab"[:fewest]) if name != "where" else "x > 0, x, 0"
    return f"{name} takes {needed}, not {n_given}; write it as in {name}({example})"


def missing_parameter(name: str) -> str:
    """What to do about a name that has no value."""
    short = name if len(name) <= 20 else f"{name[:16]}…"
    remedy = f"give it one with -p {short}=NUMBER"
    if name.lower() in (*VARIABLES, *CONSTANTS):
        return f"the parameter '{name}' has no value; {remedy}, or write {name.lower()}"
    if len(name) <= 3 and set(name) <= set(VARIABLES):
        return f"the parameter '{name}' has no value; {remedy}, or write the product {'*'.join(name)}"
    return f"the parameter {shown(name)} has no value; {remedy}"


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
