"""Models that have a short name: `linear`, `logistic`, `poly:degree=3`, written out for the columns of a table."""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING, Final

from gdanim.errors import SettingError, UsageError, shown
from gdanim.formatting import listed
from gdanim.formula.tree import Call, Name, Number, Tree, fold

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gdanim.formula.parser import Expression

MAX_DEGREE: Final = 20
# name → what it is, for people
MODELS: Final[Mapping[str, str]] = {
    "linear": "w0 + w1 x, or a plane: w0 + w1 x1 + w2 x2 + …",
    "logistic": "σ(w0 + w1 x), the probability of a class",
    "poly": "w0 + w1 x + w2 x² + … up to `degree`, 2 where none is given",
}
_SIGNS: Final = {"add": " + ", "mul": "*", "pow": "**"}
_DEGREE: Final = re.compile(r"poly(?: *: *degree *= *([0-9]{1,4}))?")


def named(text: str, features: Sequence[str], given: Collection[str] = ()) -> Expression:
    """The model of a short name for the features of a table; given: the names that have values, and so do not vary.

    Raises UsageError where it does not go with the features.
    """
    name = text.partition(":")[0].strip()
    if not features:
        raise UsageError(f"The model {shown(name)} needs a column beside its target")
    if name == "poly":
        return _polynomial(text, features, given)
    if text != name:
        raise SettingError("FUNCTION", text, f"{name} takes nothing behind its name")
    weights = [f"w{k}" for k in range(len(features) + 1)]
    terms = [_product(Name(w), Name(x)) for w, x in zip(weights[1:], features, strict=True)]
    tree = reduce(_sum, terms, _name(weights[0]))
    whole = Call("sigmoid", (tree,)) if name == "logistic" else tree
    return _expression(text, whole, weights, features, given)


def _polynomial(text: str, features: Sequence[str], given: Collection[str]) -> Expression:
    match = _DEGREE.fullmatch(text)
    degree = int(match[1] or 2) if match else 0
    if not 1 <= degree <= MAX_DEGREE:
        raise SettingError("FUNCTION", text, f"write poly:degree=3, with a degree from 1 to {MAX_DEGREE}")
    if len(features) > 1:
        some = listed(tuple(features[:8]))
        raise UsageError(f"The model 'poly' takes one column; beside the target there are {some}: write its formula")
    weights, x = [f"w{k}" for k in range(degree + 1)], Name(features[0])
    powers = [x if k == 1 else Call("pow", (x, Number(float(k)))) for k in range(1, degree + 1)]
    terms = [_product(Name(w), power) for w, power in zip(weights[1:], powers, strict=True)]
    return _expression(text, reduce(_sum, terms, _name(weights[0])), weights, features, given)


def _expression(
    text: str, tree: Tree, weights: Sequence[str], features: Sequence[str], given: Collection[str]
) -> Expression:
    from gdanim.formula.parser import Expression  # late: the names above are listed at each start

    variables, parameters = (tuple(w for w in weights if (w in given) == known) for known in (False, True))
    if not variables:
        raise UsageError(f"Nothing in the model {shown(text)} varies: leave one of {listed(weights)} without a value")
    return Expression(text, _written(tree), (*weights, *features), variables, parameters, tree, tuple(features))


def _written(tree: Tree) -> str:
    """The formula as a person would write it."""

    def combine(part: Tree, args: list[str]) -> str:
        if isinstance(part, Call):
            sign = _SIGNS.get(part.op)
            return f"{part.op}({args[0]})" if sign is None else sign.join(args)
        return part.name if isinstance(part, Name) else f"{part.value:g}"

    return fold(tree, combine)


def _sum(u: Tree, v: Tree) -> Tree:
    return Call("add", (u, v))


def _name(name: str) -> Tree:
    return Name(name)


def _product(u: Tree, v: Tree) -> Tree:
    return Call("mul", (u, v))
