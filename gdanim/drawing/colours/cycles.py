"""Cycles of colours and lines in styles: how long one would be, before matplotlib builds it."""

import ast
from typing import Final

MAX_CYCLE: Final = 1000  # combinations; a picture has a colour of its own for some ten runs


def check_cycle(text: str) -> None:
    """Raise ValueError where a value of axes.prop_cycle is no plain cycle, is empty, or is very long."""
    try:
        length = _length(ast.parse(text.strip().strip('"'), mode="eval").body)
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError("axes.prop_cycle: write cycler(color=['r', 'b']), or + and * of such") from None
    if not 0 < length <= MAX_CYCLE:
        raise ValueError(f"axes.prop_cycle has {length:,} combinations: give 1 to {MAX_CYCLE:,}")


def _length(node: ast.expr) -> int:
    """Of a cycle, from its text: a product has all combinations, a sum runs side by side. Raises SyntaxError."""
    match node:
        case ast.BinOp(left, ast.Mult(), right):
            return _length(left) * _length(right)
        case ast.BinOp(left, ast.Add(), right):
            return max(_length(left), _length(right))
        case ast.Call(ast.Name("cycler"), [ast.Call() | ast.BinOp() as inner], []):
            return _length(inner)
        case ast.Call(ast.Name("cycler"), [ast.Constant(str()), values], []):
            return _n_values(values)
        case ast.Call(ast.Name("cycler"), [], [_, *_] as named):
            return max(_n_values(keyword.value) for keyword in named)
    raise SyntaxError


def _n_values(node: ast.expr) -> int:
    match node:
        case ast.List(values) | ast.Tuple(values):
            return len(values)
        case ast.Constant(str(letters)):
            return len(letters)
    raise SyntaxError
