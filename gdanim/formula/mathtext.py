"""A formula as a textbook sets it, in the part of TeX that matplotlib's mathtext reads.

    mathtext(parse("x**4 - 3*x**2 + x"))  →  x^{4} - 3x^{2} + x

Only parsed formulas are set, and names that a person chose stand in \\mathrm, so that nothing is read as a command.
"""

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Final, NamedTuple

from gdanim.formula.parser import Call, Expression, Name, Number, Tree

_LONGEST_EXPONENT: Final = 16  # visible characters; a longer one is set as exp(…)
_DEEPEST_GROUP: Final = 8  # nested braces; mathtext overflows Python's stack at about 23

_GREEK: Final[Mapping[str, str]] = {
    **{name: rf"\{name}" for name in (
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
        "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda",
        "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega",
    )},
    "lam": r"\lambda", "lamda": r"\lambda",  # Python keeps lambda for itself
}  # fmt: skip

# Functions whose power is set behind the name: \sin^{2}(x).
_TRIGONOMETRIC: Final[Mapping[str, str]] = {
    "sin": r"\sin", "cos": r"\cos", "tan": r"\tan", "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan",
    "sinh": r"\sinh", "cosh": r"\cosh", "tanh": r"\tanh",
}  # fmt: skip
# Functions that are not listed here are set upright, under their own names.
_FUNCTIONS: Final[Mapping[str, str]] = {
    **_TRIGONOMETRIC, "exp": r"\exp", "log": r"\ln", "log2": r"\log_{2}", "log10": r"\log_{10}", "min": r"\min",
    "max": r"\max", "sign": r"\mathrm{sgn}", "sigmoid": r"\sigma",
}  # fmt: skip
_RELATIONS: Final[Mapping[str, str]] = {"lt": "<", "le": r"\leq", "gt": ">", "ge": r"\geq", "eq": "=", "ne": r"\neq"}

_UPRIGHT: Final = re.compile(r"\\(mathrm|arc|sin|cos|tan|exp|ln|log|min|max|sigma\W*\()")


class _Binds(IntEnum):
    """How tightly a part binds; a looser part inside a tighter one needs parentheses."""

    CHOICE = 0
    OR = 1
    AND = 2
    RELATION = 3
    SUM = 4
    SIGNED = 5  # -x
    QUOTIENT = 6  # x/2 on one line
    PRODUCT = 7
    FACTOR = 8  # \sin(x), x^{2}, \frac{x}{2}: tight, but no base of a power
    ATOM = 9


class _Part(NamedTuple):
    """A piece of mathtext and how tightly it binds."""

    text: str
    binds: _Binds

    def within(self, least: _Binds) -> str:
        """The text, in parentheses unless it binds as tightly as `least`."""
        return self.text if self.binds >= least else _parenthesised(self.text)


def mathtext(expression: Expression, values: Mapping[str, float] | None = None, *, limit: int | None = None) -> str:
    r"""The formula as mathtext, without dollars.

    values  numbers to set in place of the names of parameters
    limit   about how many visible characters; a longer formula ends after a whole term, with + \ldots
    """
    tree = _substituted(expression.tree, values or {})
    whole = _set(tree).text
    if limit is None or visible_length(whole) <= limit:
        return whole
    beginnings = [tree]  # the whole, the sum without its last term, and so on
    while isinstance(beginnings[-1], Call) and beginnings[-1].op in ("add", "sub"):
        beginnings.append(beginnings[-1].args[0])
    fitting = r"\ldots"
    for beginning in reversed(beginnings):
        candidate = rf"{_set(beginning).within(_Binds.SUM)} + \ldots"
        if visible_length(candidate) > limit:
            break
        fitting = candidate
    return fitting


def visible_length(text: str) -> int:
    """About how many characters of mathtext can be seen."""
    text = re.sub(r"\\(frac|sqrt|left|right|mathrm)", "", text)
    text = re.sub(r"\\(?!arc|sin|cos|tan|exp|ln|log|min|max)[A-Za-z]+", "?", text)
    return len(re.sub(r"[\\{}^_, ]", "", text))


def _substituted(tree: Tree, values: Mapping[str, float]) -> Tree:
    match tree:
        case Name(name) if name in values:
            size = Number(abs(values[name]))
            return size if values[name] >= 0 else Call("neg", (size,))
        case Call(op, args):
            known = tuple([_substituted(arg, values) for arg in args])
            return tree if known == args else _tidied(op, known)
    return tree


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


def _set(tree: Tree, *, inline: bool = False) -> _Part:
    """A tree as mathtext; `inline` writes fractions on one line: in exponents and in other fractions."""
    match tree:
        case Number(value):
            return _number(value)
        case Name(name):
            return _Part(_name(name), _Binds.ATOM)
        case Call("add" | "sub" as op, (left, right)):
            return _sum(op, left, right, inline)
        case Call("neg" | "mul" | "div"):
            negative, size = _split_sign(tree)
            if negative:
                return _Part("-" + _set(size, inline=inline).within(_Binds.QUOTIENT), _Binds.SIGNED)
            return _set(size, inline=inline) if size != tree else _product(tree, inline)
        case Call("pow", (base, exponent)):
            return _power(base, exponent, inline)
        case Call("and" | "or" | "not" | "where"):
            return _choice(tree, inline)
        case Call(op, (left, right)) if op in _RELATIONS:
            sides = [_set(side, inline=inline).within(_Binds.SUM) for side in (left, right)]
            return _Part(f" {_RELATIONS[op]} ".join(sides), _Binds.RELATION)
    return _function(tree, inline)


def _number(value: float) -> _Part:
    digits, _, exponent = f"{value:.12g}".partition("e")
    if 0 < value < 0.01:
        digits, _, exponent = f"{value:.11e}".partition("e")
        digits = digits.rstrip("0").rstrip(".")
    if not exponent:
        return _Part(digits, _Binds.ATOM)
    power = f"10^{{{int(exponent)}}}"
    return _Part(power, _Binds.FACTOR) if digits == "1" else _Part(rf"{digits} \times {power}", _Binds.PRODUCT)


def _name(name: str) -> str:
    r"""a1 → a_{1}, theta → \theta, decay_rate → decay with the subscript rate."""
    stem = re.match("[A-Za-z]+", name)[0]  # type: ignore[index]  # names start with a letter
    subscript = name[len(stem) :].strip("_")
    symbol = _GREEK.get(stem) or _word(stem)
    return f"{symbol}_{{{subscript if subscript.isdigit() else _word(subscript)}}}" if subscript else symbol


def _word(word: str) -> str:
    escaped = word.replace("_", r"\_")
    return word if len(word) == 1 else rf"\mathrm{{{escaped}}}"


def _parenthesised(text: str) -> str:
    return rf"\left({_shallow(text)}\right)" if r"\frac" in text else f"({text})"


def _group(text: str) -> str:
    return f"{{{_shallow(text)}}}"


def _shallow(text: str) -> str:
    r"""The text, or \ldots where it is nested too deeply to be read."""
    depth = deepest = 0
    for bracket in re.finditer(r"[{}]|\\left|\\right", text):
        depth += 1 if bracket[0] in ("{", r"\left") else -1
        deepest = max(deepest, depth)
    return text if deepest < _DEEPEST_GROUP else r"\ldots"


def _opening(text: str) -> str:
    """Text behind a comma or a bar, grouped if it begins with a sign: mathtext would set that like a minus."""
    return _group(text) if text.startswith("-") else text


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


def _sum(op: str, left: Tree, right: Tree, inline: bool) -> _Part:
    negative, size = _split_sign(right)
    minus = negative != (op == "sub")
    first, second = _set(left, inline=inline), _set(size, inline=inline)
    opens_with_minus = second.text.startswith("-")  # a sum whose first term is negative
    least = _Binds.SUM if not minus and not opens_with_minus else _Binds.QUOTIENT
    return _Part(f"{first.within(_Binds.SUM)} {'-' if minus else '+'} {second.within(least)}", _Binds.SUM)


def _product(tree: Call, inline: bool) -> _Part:
    left, right = tree.args
    if tree.op == "div" and not inline:
        numerator, denominator = [_group(_set(side, inline=True).text) for side in (left, right)]
        return _Part(rf"\frac{numerator}{denominator}", _Binds.FACTOR)
    before = _set(left, inline=inline).within(_Binds.PRODUCT)
    if tree.op == "div":
        return _Part(f"{before}/{_set(right, inline=True).within(_Binds.FACTOR)}", _Binds.QUOTIENT)
    after = _set(right, inline=inline).within(_Binds.PRODUCT)
    return _Part(before + _between_factors(before, after) + after, _Binds.PRODUCT)


def _between_factors(before: str, after: str) -> str:
    if after[0].isdigit() or (before[-1].isdigit() and after.startswith(r"\frac")):
        return r" \cdot "
    if _UPRIGHT.match(after) or _UPRIGHT.search(before):
        return r"\,"
    return " " if re.search(r"\\[A-Za-z]+$", before) else ""


def _power(base: Tree, exponent: Tree, inline: bool) -> _Part:
    raised = "^" + _group(_set(exponent, inline=True).text)
    match base, exponent:
        case Call(op, (inner,)), Number(value) if op in _TRIGONOMETRIC and value.is_integer():
            argument = _parenthesised(_set(inner, inline=inline).text)
            return _Part(_TRIGONOMETRIC[op] + raised + argument, _Binds.FACTOR)
    return _Part(_set(base, inline=inline).within(_Binds.ATOM) + raised, _Binds.FACTOR)


def _choice(tree: Call, inline: bool) -> _Part:
    parts = [_set(arg, inline=inline) for arg in tree.args]
    match tree.op, parts:
        case "where", [condition, value, otherwise]:
            values = value.within(_Binds.SUM), otherwise.within(_Binds.SUM)
            return _Part(rf"{values[0]}\ \mathrm{{if}}\ {condition.text}\ \mathrm{{else}}\ {values[1]}", _Binds.CHOICE)
        case "not", [condition]:
            return _Part(rf"\mathrm{{not}}\ {condition.within(_Binds.RELATION)}", _Binds.RELATION)
    level = _Binds.AND if tree.op == "and" else _Binds.OR
    return _Part(rf"\ \mathrm{{{tree.op}}}\ ".join([part.within(level) for part in parts]), level)


def _function(tree: Call, inline: bool) -> _Part:
    match tree:
        case Call("exp", (u,)):
            exponent = _set(u, inline=True).text
            if visible_length(exponent) > _LONGEST_EXPONENT:
                return _Part(rf"\exp({exponent})", _Binds.FACTOR)
            return _Part("e^" + _group(exponent), _Binds.FACTOR)
        case Call("sqrt" | "cbrt" as op, (u,)):
            root = r"\sqrt" if op == "sqrt" else r"\sqrt[3]"
            return _Part(root + _group(_set(u, inline=inline).text), _Binds.FACTOR)
        case Call("abs", (u,)):
            inside = _opening(_set(u, inline=inline).text)
            return _Part(rf"\left|{_shallow(inside)}\right|" if r"\frac" in inside else f"|{inside}|", _Binds.ATOM)
        case Call("log1p", (u,)):
            return _set(Call("log", (Call("add", (Number(1.0), u)),)), inline=inline)
        case Call("softplus", (u,)):
            return _set(Call("log1p", (Call("exp", (u,)),)), inline=inline)
        case Call("expm1", (u,)):
            return _set(Call("sub", (Call("exp", (u,)), Number(1.0))), inline=inline)
        case Call("hypot", (u, v)):
            squares = [Call("pow", (side, Number(2.0))) for side in (u, v)]
            return _set(Call("sqrt", (Call("add", tuple(squares)),)), inline=inline)
        case Call("relu", (u,)):
            return _set(Call("max", (u, Number(0.0))), inline=inline)
    name = _FUNCTIONS.get(tree.op) or rf"\mathrm{{{tree.op}}}"
    arguments = ", ".join([_opening(_set(arg, inline=inline).text) for arg in tree.args])
    return _Part(name + _parenthesised(arguments), _Binds.FACTOR)
