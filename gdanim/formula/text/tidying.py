"""Tokens that people write in another way than gdanim, told by their neighbours alone: xy, x mod 2, where(x = 1, …)."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

from gdanim.formula.text.tokens import Token
from gdanim.formula.vocabulary import VARIABLES


def tidied(tokens: list[Token], given: Collection[str]) -> list[Token]:
    """The tokens with xy as x and y, where it is no name of its own, % for mod, and == for = in conditions."""
    return [part for token in _relations(_remainders(tokens, given)) for part in _letters_of(token, given)]


def _relations(tokens: list[Token]) -> list[Token]:
    """The tokens with == for =, where one is a condition."""
    if not any(token.text in ("where", "if") for token in tokens):
        return tokens
    return [token._replace(text="==") if token.text == "=" else token for token in tokens]


def _remainders(tokens: list[Token], given: Collection[str]) -> list[Token]:
    """The tokens with % for a mod between two operands, where it is no name of its own."""
    if "mod" in given:
        return tokens
    between = [
        token.text == "mod" and _ends_operand(before) and (after.text in ("-", "+") or _begins_operand(after))
        for (before, token), (_, after) in pairwise(pairwise(tokens))
    ]
    middle = [
        token._replace(kind="operator", text="%") if is_operator else token
        for token, is_operator in zip(tokens[1:-1], between, strict=True)
    ]
    return [*tokens[:1], *middle, *tokens[max(len(tokens) - 1, 1) :]]


def _ends_operand(token: Token) -> bool:
    return token.kind in ("number", "name", "close", "bar", "power") or token.text == "!"


def _begins_operand(token: Token) -> bool:
    return token.kind in ("number", "name", "bar")


def _letters_of(token: Token, given: Collection[str]) -> list[Token]:
    """xy as x and y, where it is no name of its own; any other token as it is."""
    name = token.text
    if token.kind != "name" or len(name) < 2 or not set(name) <= set(VARIABLES) or name in given:
        return [token]
    parts = [Token("name", letter, letter, token.start + i, blank=False) for i, letter in enumerate(name)]
    return [parts[0]._replace(blank=token.blank), *parts[1:]]
