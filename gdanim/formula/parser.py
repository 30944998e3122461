"""Formula text → tree, through Python's own parser and a whitelist. Nothing is executed; numpy is not needed.

    parse("a*x**2 + 1")  →  Expression(variables=("x",), parameters=("a",), tree=Call("add", …))

The raw text is limited first (characters, length, parentheses) and spelt in gdanim's own way; then the number of nodes
and their depth are limited. Then each node must be on the whitelist. All else raises FormulaError: one line with what
is wrong, the value and the next step.
"""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Final, NamedTuple

from gdanim.errors import FormulaError, SettingError, shown
from gdanim.formula import hints, ranges, vocabulary
from gdanim.formula.ranges import MAX_NODES
from gdanim.formula.text import analysis, conditions, joined, latex, left_side, spelling, sums
from gdanim.formula.text.names import are_numbered, order, twins
from gdanim.formula.text.tokens import MAX_CHARACTERS
from gdanim.formula.tree import RANGES, Call, Name, Number, Tree, names_in, operations

MAX_DEPTH: Final = 150  # operations inside each other: every walk over a tree may recurse so deep

_BINARY: Final = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow", ast.Mod: "mod",
    ast.FloorDiv: "floordiv",
}  # fmt: skip
_WORD: Final = re.compile(r"[A-Za-z]{3,}\w*")
_COMPARE: Final = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne"}


class Expression(NamedTuple):
    """A formula that was read and accepted."""

    text: str  # as the person wrote it, without blanks at the ends
    spelt: str  # the same in gdanim's own spelling; the text itself where it is that already
    names: tuple[str, ...]  # all names that are no constants, in order of appearance
    variables: tuple[str, ...]  # those that vary: x, or x and y, or x, y and z, or others; any number of x1 … xN
    parameters: tuple[str, ...]  # the others, sorted; -p name=value gives them values
    tree: Tree  # as spelt: nothing is simplified
    data: tuple[str, ...] = ()  # of a model, the names that are columns of a table

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
                raise _error(self.text, hints.missing_parameter(name, self.variables))
        values = {**vocabulary.CONSTANTS, **{name: float(value) for name, value in parameters.items()}}
        if RANGES & operations(_check_constants(self.tree, values, self.text)):
            raise _error(self.text, "the limits of sum and prod are whole numbers; write it as in sum(i, 1, 5, i*x)")
        return values

    def written_out(self, values: Mapping[str, float]) -> Tree:
        """The tree with its sums and products over a range written out. values: as bind() returns them."""
        return ranges.written_out(self.tree, values)


def parse(text: str, given: Collection[str] = ()) -> Expression:
    """The formula in `text`; given: the names that have values, and so do not vary.

    Raises FormulaError where it cannot be read, or holds something that gdanim refuses.
    """
    text, declared, right = _sides(text)
    spelt, tree = _read(right, text, given, declared)
    names = _names_of(tree)
    variables = declared or _variables(names, given, text)
    parameters = tuple(sorted(set(names) - set(variables)))
    return Expression(text=text, spelt=spelt, names=names, variables=variables, parameters=parameters, tree=tree)


def parse_model(text: str, given: Collection[str], columns: Collection[str]) -> Expression:
    """The model in `text`, in which names of columns are data; given: the names that have values.

    All others vary, in order of appearance. Raises FormulaError as parse() does, and where no name is left to vary.
    """
    text, _, right = _sides(text)
    words = set(_WORD.findall(right)) - vocabulary.FUNCTIONS.keys()  # a model may have a slope and an intercept
    spelt, tree = _read(right, text, {*given, *columns, *words})
    names = _names_of(tree)
    data = tuple(name for name in names if name in columns)
    variables = tuple(name for name in names if name not in {*columns, *given})
    if not variables:
        raise _error(text, "nothing in it varies; name what is to be fitted, as in a*x + b")
    parameters = tuple(sorted(set(names) - {*variables, *data}))
    return Expression(text, spelt, names, variables, parameters, tree, data)


def _sides(text: str) -> tuple[str, tuple[str, ...], str]:
    """The text without blanks at its ends, the variables that its left side names, and the formula behind that."""
    if len(text) > MAX_CHARACTERS:
        raise _error(text, f"{len(text)} characters; at most {MAX_CHARACTERS} are read; write it shorter")
    if not (text := text.strip(" ")):
        raise _error(text, "it is empty; write one in x, such as x**2")
    try:
        return text, *left_side.split(sums.in_brackets(latex.plain(text)))
    except FormulaError as refusal:
        raise _error(text, str(refusal)) from None


def _names_of(tree: Tree) -> tuple[str, ...]:
    """All names in a tree that are no constants, in order of appearance."""
    return tuple(name for name in dict.fromkeys(names_in(tree)) if name not in vocabulary.CONSTANTS)


def _read(right: str, text: str, given: Collection[str], declared: Collection[str] = ()) -> tuple[str, Tree]:
    """The right side of a formula in gdanim's own spelling, and as a tree. text: what a refusal shows."""
    own = {*given, *declared}

    def is_readable(other: str) -> bool:
        try:
            _read(other, other, own)
        except FormulaError:
            return False
        return True

    try:
        analysis.check(right, own, is_readable)
        conditions.check(right, is_readable)
        joined.check(right, given, declared, is_readable)
        spelt = spelling.plain(right, given)
        if sign := hints.lone_sign(spelt):
            raise FormulaError(sign)
    except FormulaError as refusal:
        raise type(refusal)(str(_error(text, str(refusal)))) from None
    tree = _Reader(spelt, text).number(_syntax_tree(spelt, text))
    if spellings := twins(dict.fromkeys(names_in(tree))):
        raise _error(text, f"{' and '.join(spellings)} are one name in a textbook; write one of them")
    _check_constants(tree, vocabulary.CONSTANTS, text)
    return spelt, tree


def _variables(names: tuple[str, ...], given: Collection[str], text: str) -> tuple[str, ...]:
    """The names that vary: x, or x and y, or x, y and z; else one or two free ones, or x1 … xN, Latin before Greek.

    Raises FormulaError where there is none, or where there are others.
    """
    free = [name for name in names if name not in given]
    if "x" in free:
        return tuple(name for name in (("x", "y", "z") if "y" in free else ("x",)) if name in free)
    if not free:
        raise _error(text, "it never changes; write it in x, or in x and y, such as x**2")
    if len(free) > 2 and not are_numbered(free):
        way = f"give the others values, as in -p {free[0]}=1, or call all variables x1, x2, …"
        raise _error(text, f"one or two names may vary, not {', '.join(free[:5])}{', …' * (len(free) > 5)}; {way}")
    return tuple(sorted(free, key=order))


def _error(text: str, problem: str) -> FormulaError:
    return FormulaError(f"Formula {shown(text)}: {problem}")


def _check_constants(tree: Tree, values: Mapping[str, float], text: str) -> Tree:
    """The tree, written out. Raises FormulaError where a part that does not vary has no finite value."""
    try:
        written_out = ranges.written_out(tree, values)
        ranges.value_of(written_out, values)
    except ranges.NotFinite as found:
        problem = f"{hints.written(found.op, found.values)} is not a finite number; change that part"
        raise _error(text, problem) from None
    except FormulaError as refusal:
        raise _error(text, str(refusal)) from None
    return written_out


def _syntax_tree(spelt: str, text: str) -> ast.expr:
    """Python's syntax tree of one expression, if it is small enough."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as "invalid decimal literal" in 2or
            body = ast.parse(spelt, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _error(text, hints.unreadable(spelt)) from None
    n_nodes = deepest = 0
    rest: list[tuple[ast.AST, int]] = [(body, 1)]
    while rest:
        node, depth = rest.pop()
        n_nodes, deepest = n_nodes + 1, max(deepest, depth)
        # The left side of an operator costs no depth: walks go along a sum of 1 000 terms without recursion.
        left = node.left if isinstance(node, ast.BinOp) else None
        rest.extend(
            (child, depth + (child is not left)) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)
        )
    if n_nodes > MAX_NODES:
        raise _error(text, f"{n_nodes} terms and operations; at most {MAX_NODES} are read; write it shorter")
    if deepest > MAX_DEPTH:
        raise _error(text, f"{deepest} operations inside each other; at most {MAX_DEPTH} are read; write it flatter")
    return body


class _Reader:
    """Python's syntax tree → a Tree, node by node. Nodes that no case names are refused."""

    def __init__(self, spelt: str, text: str) -> None:
        self.spelt, self.text = spelt, text

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
            case ast.BinOp():
                return self._operators(node)
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                return Call("where", (self.condition(test), self.number(body), self.number(otherwise)))
            case ast.Call():
                return self._call(node)
        raise _error(self.text, hints.refused(node, self.spelt))

    def _operators(self, node: ast.BinOp) -> Tree:
        """A chain of operators, such as a sum, from its first operand on. Not recursive: it may have 1 000."""
        chain: list[ast.BinOp] = []
        first: ast.expr = node
        while isinstance(first, ast.BinOp):
            if type(first.op) not in _BINARY:
                raise _error(self.text, hints.refused(first, self.spelt))
            chain.append(first)
            first = first.left
        tree = self.number(first)
        for link in reversed(chain):
            tree = Call(_BINARY[type(link.op)], (tree, self.number(link.right)))
        return tree

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
        literal = self.spelt[node.col_offset : node.end_col_offset]
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
            raise _error(self.text, hints.not_a_function(node, self.spelt))
        name, args = node.func.id, node.args
        fewest, most = vocabulary.FUNCTIONS[name]
        if node.keywords or any(isinstance(arg, ast.Starred) for arg in args):
            raise _error(self.text, f"{name} takes plain arguments; write {name}(…) with values only")
        if not fewest <= len(args) <= most:
            raise _error(self.text, hints.wrong_count(name, len(args)))
        if name in RANGES:
            return self._range(name, args)
        first = self.condition(args[0]) if name == "where" else self.number(args[0])
        return Call(name, (first, *[self.number(arg) for arg in args[1:]]))

    def _range(self, name: str, args: list[ast.expr]) -> Call:
        """A sum or product: its index is a name of its own, and its limits do not vary."""
        index, *others = [self.number(arg) for arg in args]
        taken = (*vocabulary.VARIABLES, *vocabulary.CONSTANTS)
        if not isinstance(index, Name) or index.name in taken:
            raise _error(self.text, f"{name} begins with an index, such as i; write it as in {name}(i, 1, 5, i*x)")
        if any(name in vocabulary.VARIABLES for limit in others[:2] for name in names_in(limit)):
            raise _error(self.text, f"the limits of {name} are whole numbers; write it as in {name}(i, 1, 5, i*x)")
        return Call(name, (index, *others))
