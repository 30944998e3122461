"""A formula as a textbook sets it, in the part of TeX that matplotlib's mathtext reads.

    mathtext(parse("x**4 - 3*x**2 + x"))  →  x^{4} - 3x^{2} + x

Only parsed formulas are set, and names that a person chose stand in \\mathrm, so that nothing is read as a command.
"""

import re
from collections.abc import Callable, Mapping
from functools import reduce
from operator import is_
from typing import Final

from gdanim.formula.parser import Expression
from gdanim.formula.symbols import (
    FUNCTIONS,
    RELATIONS,
    TRIGONOMETRIC,
    UPRIGHT,
    Binds,
    Part,
    group,
    named,
    number,
    opening,
    parenthesised,
    shallow,
)  # fmt: skip
from gdanim.formula.tree import RANGES, Call, Name, Number, Tree, fold

_LONGEST_EXPONENT: Final = 16  # visible characters; a longer one is set as exp(…)
_MOST_NODES: Final = 300  # of what is set: more fills several lines, and goes deeper than Python's stack


def mathtext(expression: Expression, values: Mapping[str, float] | None = None, *, limit: int | None = None) -> str:
    r"""The formula as mathtext, without dollars.

    values  numbers to set in place of the names of parameters
    limit   about how many visible characters; a longer formula ends after a whole term, with + \ldots
    """
    tree = _substituted(expression.tree, values or {})
    if not _is_long(tree):
        whole = _set(tree).text
        if limit is None or visible_length(whole) <= limit:
            return whole
    beginnings = [tree]  # the whole, the sum without its last term, and so on
    while isinstance(beginnings[-1], Call) and beginnings[-1].op in ("add", "sub"):
        beginnings.append(beginnings[-1].args[0])
    fitting = r"\ldots"
    for beginning in reversed(beginnings):
        candidate = r"\ldots" if _is_long(beginning) else rf"{_set(beginning).within(Binds.SUM)} + \ldots"
        if candidate == r"\ldots" or (limit is not None and visible_length(candidate) > limit):
            break
        fitting = candidate
    return fitting


def _is_long(tree: Tree) -> bool:
    n, rest = 0, [tree]
    while rest and n <= _MOST_NODES:
        node = rest.pop()
        n += 1
        rest.extend(node.args if isinstance(node, Call) else ())
    return n > _MOST_NODES


def visible_length(text: str) -> int:
    """About how many characters of mathtext can be seen."""
    text = re.sub(r"\\(frac|sqrt|left|right|mathrm)", "", text)
    text = re.sub(r"\\(?!arc|sin|cos|tan|exp|ln|log|min|max)[A-Za-z]+", "?", text)
    return len(re.sub(r"[\\{}^_, ]", "", text))


def _substituted(tree: Tree, values: Mapping[str, float]) -> Tree:
    def combine(node: Tree, args: list[Tree]) -> Tree:
        if isinstance(node, Name) and node.name in values:
            size = Number(abs(values[node.name]))
            return size if values[node.name] >= 0 else Call("neg", (size,))
        if not isinstance(node, Call):
            return node
        if node.op in RANGES:
            index, low, high, term = node.args
            others = {name: value for name, value in values.items() if Name(name) != index}
            inside = [_substituted(low, values), _substituted(high, values), _substituted(term, others)]
            return Call(node.op, (index, *inside))
        return node if all(map(is_, args, node.args)) else _tidied(node.op, tuple(args))

    return fold(tree, combine)


def _tidied(op: str, args: tuple[Tree, ...]) -> Tree:
    """An operation on numbers as a person would write it: 9 for 3², and no factor 1."""
    match op, args:
        case "mul", (Number(1.0), factor):
            return factor
        case "mul" | "div", (factor, Number(1.0)):
            return factor
        case "pow", (Number(base), Number(2.0)) if base.is_integer() and base < 100:
            return Number(base * base)
    return Call(op, args)


def _set(tree: Tree, *, inline: bool = False) -> Part:
    """A tree as mathtext; `inline` writes fractions on one line: in exponents and in other fractions."""
    match tree:
        case Number(value):
            return number(value)
        case Name(name):
            return Part(named(name), Binds.ATOM)
        case Call("add" | "sub" as op, (left, right)):
            return _sum(op, left, right, inline)
        case Call("neg" | "mul" | "div"):
            negative, size = _split_sign(tree)
            if negative:
                return Part("-" + _set(size, inline=inline).within(Binds.QUOTIENT), Binds.SIGNED)
            return _set(size, inline=inline) if size != tree else _product(tree, inline)
        case Call("pow", (base, exponent)):
            return _power(base, exponent, inline)
        case Call("and" | "or" | "not" | "where"):
            return _choice(tree, inline)
        case Call(op, (left, right)) if op in RELATIONS:
            sides = [_set(side, inline=inline).within(Binds.SUM) for side in (left, right)]
            return Part(f" {RELATIONS[op]} ".join(sides), Binds.RELATION)
    return _function(tree, inline)


def _split_sign(tree: Tree) -> tuple[bool, Tree]:
    """Whether a tree starts with a minus sign, and what remains without it: -x*y, (-x)*y, -x/y → x*y, x*y, x/y."""
    match tree:
        case Call("neg", (inner,)):
            negative, size = _split_sign(inner)
            return not negative, size
        case Call("mul" | "div" as op, (left, right)):
            negative, size = _split_sign(left)
            return negative, Call(op, (size, right))
    return False, tree


def _sum(op: str, left: Tree, right: Tree, inline: bool) -> Part:
    negative, size = _split_sign(right)
    minus = negative != (op == "sub")
    first, second = _set(left, inline=inline), _set(size, inline=inline)
    opens_with_minus = second.text.startswith("-")  # a sum whose first term is negative
    least = Binds.SUM if not minus and not opens_with_minus else Binds.QUOTIENT
    return Part(f"{first.within(Binds.SUM)} {'-' if minus else '+'} {second.within(least)}", Binds.SUM)


def _product(tree: Call, inline: bool) -> Part:
    left, right = tree.args
    if tree.op == "div" and not inline:
        numerator, denominator = [group(_set(side, inline=True).text) for side in (left, right)]
        return Part(rf"\frac{numerator}{denominator}", Binds.FACTOR)
    before = _set(left, inline=inline).within(Binds.PRODUCT)
    if tree.op == "div":
        return Part(f"{before}/{_set(right, inline=True).within(Binds.FACTOR)}", Binds.QUOTIENT)
    after = _set(right, inline=inline).within(Binds.PRODUCT)
    return Part(before + _between_factors(before, after) + after, Binds.PRODUCT)


def _between_factors(before: str, after: str) -> str:
    if after[0].isdigit() or (before[-1].isdigit() and after.startswith(r"\frac")):
        return r" \cdot "
    if UPRIGHT.match(after) or UPRIGHT.search(before):
        return r"\,"
    return " " if re.search(r"\\[A-Za-z]+$", before) else ""


def _power(base: Tree, exponent: Tree, inline: bool) -> Part:
    raised = "^" + group(_set(exponent, inline=True).text)
    match base, exponent:
        case Call(op, (inner,)), Number(value) if op in TRIGONOMETRIC and value.is_integer():
            argument = parenthesised(_set(inner, inline=inline).text)
            return Part(TRIGONOMETRIC[op] + raised + argument, Binds.FACTOR)
    return Part(_set(base, inline=inline).within(Binds.ATOM) + raised, Binds.FACTOR)


def _choice(tree: Call, inline: bool) -> Part:
    parts = [_set(arg, inline=inline) for arg in tree.args]
    match tree.op, parts:
        case "where", [condition, value, otherwise]:
            values = value.within(Binds.SUM), otherwise.within(Binds.SUM)
            return Part(rf"{values[0]}\ \mathrm{{if}}\ {condition.text}\ \mathrm{{else}}\ {values[1]}", Binds.CHOICE)
        case "not", [condition]:
            return Part(rf"\mathrm{{not}}\ {condition.within(Binds.RELATION)}", Binds.RELATION)
    level = Binds.AND if tree.op == "and" else Binds.OR
    return Part(rf"\ \mathrm{{{tree.op}}}\ ".join([part.within(level) for part in parts]), level)


def _call(op: str, *args: Tree) -> Tree:
    return Call(op, args)


def _log_of_sum(*args: Tree) -> Tree:
    return _call("log", reduce(lambda u, v: _call("add", u, v), [_call("exp", arg) for arg in args]))


_ONE: Final = Number(1.0)
_PI: Final = Name("pi")
# Functions that a textbook writes by others.
_BY_OTHERS: Final[Mapping[str, Callable[..., Tree]]] = {
    "log1p": lambda u: _call("log", _call("add", _ONE, u)),
    "softplus": lambda u: _call("log1p", _call("exp", u)),
    "expm1": lambda u: _call("sub", _call("exp", u), _ONE),
    "hypot": lambda u, v: _call("sqrt", _call("add", *[_call("pow", side, Number(2.0)) for side in (u, v)])),
    "relu": lambda u: _call("max", u, Number(0.0)),
    "exp2": lambda u: _call("pow", Number(2.0), u),
    "logaddexp": _log_of_sum,
    "logsumexp": _log_of_sum,
    "lgamma": lambda u: _call("log", _call("abs", _call("gamma", u))),
    "sinc": lambda u: _call("div", _call("sin", _call("mul", _PI, u)), _call("mul", _PI, u)),
    "floordiv": lambda u, v: _call("floor", _call("div", u, v)),
}


def _function(tree: Call, inline: bool) -> Part:
    match tree:
        case Call("exp", (u,)):
            exponent = _set(u, inline=True).text
            if visible_length(exponent) > _LONGEST_EXPONENT:
                return Part(rf"\exp({exponent})", Binds.FACTOR)
            return Part("e^" + group(exponent), Binds.FACTOR)
        case Call("sqrt" | "cbrt" as op, (u,)):
            root = r"\sqrt" if op == "sqrt" else r"\sqrt[3]"
            return Part(root + group(_set(u, inline=inline).text), Binds.FACTOR)
        case Call("abs", (u,)):
            inside = opening(_set(u, inline=inline).text)
            return Part(rf"\left|{shallow(inside)}\right|" if r"\frac" in inside else f"|{inside}|", Binds.ATOM)
        case Call("floor" | "ceil" as op, (u,)):
            inside = opening(_set(u, inline=True).text)
            return Part(rf"\l{op} {inside} \r{op}", Binds.ATOM)
        case Call("sum" | "prod" as op, (index, low, high, term)):
            ends = [_set(end, inline=True).text for end in (low, high)]
            least = Binds.PRODUCT if op == "sum" else Binds.FACTOR
            body = _set(term, inline=inline).within(least)
            return Part(rf"\{op}_{{{_set(index).text}={ends[0]}}}^{group(ends[1])} {body}", Binds.SIGNED)
        case Call(op, args) if op in _BY_OTHERS:
            return _set(_BY_OTHERS[op](*args), inline=inline)
    name = FUNCTIONS.get(tree.op) or rf"\mathrm{{{tree.op}}}"
    arguments = ", ".join([opening(_set(arg, inline=inline).text) for arg in tree.args])
    return Part(name + parenthesised(arguments), Binds.FACTOR)
