"""Formula text → tree, through Python's own parser and a whitelist. Nothing is executed; numpy is not needed.

    parse("a*x**2 + 1")  →  Expression(variables=("x",), parameters=("a",), tree=Call("add", …))

The raw text is limited first (printable ASCII, length, parentheses), then the number of nodes and their depth. Then
each node must be on the whitelist. All else raises FormulaError: one line with what is wrong, the value and the next
step.
"""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Mapping
from itertools import pairwise
from typing import Final, NamedTuple

from gdanim.errors import FormulaError, SettingError, shown
from gdanim.formula import hints, vocabulary

MAX_CHARACTERS: Final = 1000
MAX_PARENTHESES: Final = 60
MAX_NODES: Final = 300
# Sums of 300 nodes are 150 deep; only chains of signs go deeper. Every walk over a tree may therefore recurse.
MAX_DEPTH: Final = 150

_BINARY: Final = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow"}
_COMPARE: Final = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne"}


class Number(NamedTuple):
    """A finite literal, not negative: a sign is an operation of its own."""

    value: float


class Name(NamedTuple):
    """A variable, a constant or a parameter."""

    name: str


class Call(NamedTuple):
    """An operator or a function on its arguments: Call("pow", (Name("x"), Number(2.0)))."""

    op: str
    args: tuple[Tree, ...]


Tree = Number | Name | Call


class Expression(NamedTuple):
    """A formula that was read and accepted."""

    text: str  # as the person wrote it, without blanks at the ends
    variables: tuple[str, ...]  # ("x",) or ("x", "y")
    parameters: tuple[str, ...]  # all other names that are not constants, sorted; -p name=value gives them values
    tree: Tree  # as written: nothing is simplified

    def bind(self, parameters: Mapping[str, float]) -> dict[str, float]:
        """The value of every name but the variables.

        Raises FormulaError where a value is missing or belongs to no parameter, and where a part of the formula that
        no longer varies has no finite value, such as log(a) at a = -1.
        """
        for name, value in parameters.items():
            if name not in self.parameters:
                raise FormulaError(f"Parameter {shown(name)}: {hints.unknown_parameter(self.text, self.parameters)}")
            if not math.isfinite(value):
                raise SettingError(f"Parameter '{name}'", value, "give a finite number")
        for name in self.parameters:
            if name not in parameters:
                raise FormulaError(f"Formula {shown(self.text)}: {hints.missing_parameter(name)}")
        values = {**vocabulary.CONSTANTS, **{name: float(value) for name, value in parameters.items()}}
        _constant(self.tree, values, self.text)
        return values


def parse(text: str) -> Expression:
    """The formula in `text`. Raises FormulaError where it cannot be read, or holds something that gdanim refuses."""
    _check_text(text)
    text = text.strip()
    tree = _Reader(text).number(_syntax_tree(text))
    _constant(tree, vocabulary.CONSTANTS, text)
    names = _names(tree) - vocabulary.CONSTANTS.keys()
    if not names & {"x", "y"}:
        raise _error(text, "it never changes; write it in x, or in x and y, such as x**2")
    if "x" not in names:
        raise _error(text, "a function of one variable is written in x; write x instead of y")
    variables = ("x", "y") if "y" in names else ("x",)
    return Expression(text=text, variables=variables, parameters=tuple(sorted(names - {"x", "y"})), tree=tree)


def _error(text: str, problem: str) -> FormulaError:
    return FormulaError(f"Formula {shown(text)}: {problem}")


def _check_text(text: str) -> None:
    """Refuse text beyond the limits, before any parser sees it."""
    if len(text) > MAX_CHARACTERS:
        raise _error(text, f"{len(text)} characters; at most {MAX_CHARACTERS} are read; write it shorter")
    if foreign := hints.foreign_character(text):
        raise _error(text, foreign)
    n_parentheses = text.count("(")
    if n_parentheses > MAX_PARENTHESES:
        raise _error(text, f"{n_parentheses} parentheses; at most {MAX_PARENTHESES} are read; write it with fewer")
    if not text.strip():
        raise _error(text, "it is empty; write one in x, such as x**2")


def _syntax_tree(text: str) -> ast.expr:
    """Python's syntax tree of one expression, if it is small enough."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as "invalid decimal literal" in 2or
            body = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _error(text, hints.unreadable(text)) from None
    n_nodes = depth = 0
    level: list[ast.expr] = [body]
    while level:
        n_nodes, depth = n_nodes + len(level), depth + 1
        level = [child for node in level for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    if n_nodes > MAX_NODES:
        raise _error(text, f"{n_nodes} terms and operations; at most {MAX_NODES} are read; write it shorter")
    if depth > MAX_DEPTH:
        raise _error(text, f"{depth} operations inside each other; at most {MAX_DEPTH} are read; write it flatter")
    return body


class _Reader:
    """Python's syntax tree → a Tree, node by node. Nodes that no case names are refused."""

    def __init__(self, text: str) -> None:
        self.text = text

    def number(self, node: ast.expr) -> Tree:
        """A node that stands for a number."""
        match node:
            case ast.Constant():
                return self._literal(node)
            case ast.Name(id=name):
                if problem := hints.not_a_name(name):
                    raise _error(self.text, problem)
                return Name(name)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.number(operand)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Call("neg", (self.number(operand),))
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _BINARY:
                return Call(_BINARY[type(operator)], (self.number(left), self.number(right)))
            case ast.Call():
                return self._call(node)
        raise _error(self.text, hints.refused(node))

    def condition(self, node: ast.expr) -> Tree:
        """A node that is true or false: the first argument of where."""
        match node:
            case ast.BoolOp(op=operator, values=parts):
                op = "and" if isinstance(operator, ast.And) else "or"
                return Call(op, tuple([self.condition(part) for part in parts]))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Call("not", (self.condition(operand),))
            case ast.Compare(left=left, ops=operators, comparators=rights):
                if all(type(operator) in _COMPARE for operator in operators):
                    return self._comparison([_COMPARE[type(operator)] for operator in operators], [left, *rights])
        raise _error(self.text, hints.NOT_A_CONDITION)

    def _comparison(self, ops: list[str], nodes: list[ast.expr]) -> Call:
        """One comparison, or a chain: 0 < x < 1 is 0 < x and x < 1."""
        sides = [self.number(node) for node in nodes]
        links = [Call(op, pair) for op, pair in zip(ops, pairwise(sides), strict=True)]
        return links[0] if len(links) == 1 else Call("and", tuple(links))

    def _literal(self, node: ast.Constant) -> Number:
        # From its own text: Python's integers may have a thousand digits, and True and 1j are constants, too.
        literal = self.text[node.col_offset : node.end_col_offset]
        try:
            value = float(literal)
        except ValueError:
            raise _error(
                self.text, f"{shown(literal)} is not a decimal number; write one such as 1.5 or 1e-3"
            ) from None
        if not math.isfinite(value):
            raise _error(self.text, f"{shown(literal)} is too large; numbers reach 1.8e308")
        return Number(value)

    def _call(self, node: ast.Call) -> Call:
        if not isinstance(node.func, ast.Name) or node.func.id not in vocabulary.FUNCTIONS:
            raise _error(self.text, hints.not_a_function(node.func, self.text))
        name, args = node.func.id, node.args
        fewest, most = vocabulary.FUNCTIONS[name]
        if node.keywords or any(isinstance(arg, ast.Starred) for arg in args):
            raise _error(self.text, f"{name} takes plain arguments; write {name}(…) with values only")
        if not fewest <= len(args) <= most:
            raise _error(self.text, hints.wrong_count(name, len(args)))
        first = self.condition(args[0]) if name == "where" else self.number(args[0])
        return Call(name, (first, *[self.number(arg) for arg in args[1:]]))


def _names(tree: Tree) -> set[str]:
    match tree:
        case Name(name):
            return {name}
        case Call(_, args):
            return set().union(*map(_names, args))
    return set()


def _constant(tree: Tree, values: Mapping[str, float], text: str) -> float | None:
    """The value of a tree that does not vary, else None. Raises FormulaError where a part's value is not finite."""
    match tree:
        case Number(value):
            return value
        case Name(name):
            return values.get(name)
        case Call(op, args):
            # All arguments are looked at, so that 1/0 is found in x + 1/0, too.
            folded = [_constant(arg, values, text) for arg in args]
            known = [value for value in folded if value is not None]
            if len(known) < len(folded):
                return None
            result = vocabulary.apply(op, known)
            if not math.isfinite(result):
                raise _error(text, f"{hints.written(op, known)} is not a finite number; change that part")
            return result
