"""The rule of each method in symbols, and the values of its terms: what `--explain` writes out.

A rule is what comes to x in a step, as words between blanks: signs, brackets, and names of terms, in which ~ is a
blank, [k] and [k+1] are indices, and ∇ stands for the gradient. A method without a row here shows its step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np

from gdanim.arrays import Scalar, Vector

V = TypeVar("V")
Values = Vector  # (n, d), or (n, 1) where it is one number for all coordinates
Terms = Mapping[str, Values | float]

SIGNS: Final = frozenset("+−·/()")
STEP: Final = "+ Δ[k]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates:
    """What the update of one run was given and gave at n iterations.

    x, grad, step (n, d)   grad is what the method was given: with noise, not ∇f
    lr (n, 1)              the rates
    before, after          its states, n of each, with arrays (1, d)
    """

    x: Vector
    grad: Vector
    step: Vector
    lr: Scalar
    before: Sequence[Any]
    after: Sequence[Any]

    def old(self, *place: int) -> Values:
        """A part of the states before: arrays (n, d), numbers (n, 1)."""
        return _stacked(self.before, place)

    def new(self, *place: int) -> Values:
        """A part of the states after."""
        return _stacked(self.after, place)

    def along(self, direction: Vector) -> Scalar:
        """How far the steps go in directions (n, d), as multiples of them: (n, 1); 0 where there is no direction."""
        square = np.vecdot(direction, direction)
        share: Scalar = np.vecdot(self.step, direction) / np.where(square > 0, square, 1.0)
        return share[:, np.newaxis]


class Rule(NamedTuple):
    """A rule and its terms by name. `lr` and ∇ are known without being given."""

    text: str
    terms: Terms = MappingProxyType({})

    @property
    def words(self) -> tuple[str, ...]:
        """Signs, brackets and names."""
        return tuple(self.text.split())


def rule_of(method: str, hyper: Mapping[str, Any], updates: Updates) -> Rule:
    """The rule of a method with its hyperparameters, and all its terms."""
    if hyper.get("weight_decay") and method not in DECOUPLED:
        grad = updates.grad + hyper["weight_decay"] * updates.x
    else:
        grad = updates.grad
    given = replace(updates, grad=grad)
    with np.errstate(all="ignore"):
        rule = RULES[method](given, hyper) if method in RULES else Rule(STEP, {"Δ[k]": updates.step})
    return rule._replace(terms={"lr": updates.lr, "∇": grad, "x[k]": updates.x, **rule.terms})


def evaluated(words: Sequence[str], value: Callable[[str], V]) -> V:
    """The value of a rule, from those of its names, which may be numbers of any kind. · and / come before + and −."""
    left = list(reversed(words))

    def atom() -> Any:
        word = left.pop()
        if word != "(":
            return value(word)
        inside = total()
        left.pop()
        return inside

    def product() -> Any:
        found = atom()
        while left and left[-1] in "·/":
            found = found * atom() if left.pop() == "·" else found / atom()
        return found

    def total() -> Any:
        sign = left.pop() if left[-1] in "+−" else "+"
        found = product() if sign == "+" else -product()
        while left and left[-1] in "+−":
            found = found + product() if left.pop() == "+" else found - product()
        return found

    result: V = total()
    return result


def _stacked(states: Sequence[Any], place: tuple[int, ...]) -> Values:
    def part(state: Any) -> Any:
        for i in place:
            state = state[i]
        return state

    return np.stack([np.atleast_1d(np.asarray(part(state), dtype=np.float64)).reshape(-1) for state in states])


def _momentum(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    terms: dict[str, Any] = {"μ": hyper["momentum"], "v[k]": its.old(1)}
    if not hyper["dampening"]:
        return Rule("− lr · ( μ · v[k] + ∇ )", terms)
    share = np.where(its.old(0) > 0, 1 - hyper["dampening"], 1.0)
    return Rule("− lr · ( μ · v[k] + w[k] · ∇ )", {**terms, "w[k]": share})


def _nesterov(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    return Rule("− lr · ( ∇ + μ · v[k+1] )", {"μ": hyper["momentum"], "v[k+1]": its.new()})


def _qhm(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    nu = hyper["nu"]
    return Rule("− lr · ( (1−ν) · ∇ + ν · m[k+1] )", {"(1−ν)": 1 - nu, "ν": nu, "m[k+1]": its.new()})


def _lion(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    signs = np.sign(hyper["beta1"] * its.old() + (1 - hyper["beta1"]) * its.grad)
    if not hyper["weight_decay"]:
        return Rule("− lr · sgn~c[k]", {"sgn~c[k]": signs})
    return Rule("− lr · ( sgn~c[k] + λ · x[k] )", {"sgn~c[k]": signs, "λ": hyper["weight_decay"]})


def _adagrad(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    rate = its.lr / (1 + its.old(0) * hyper["lr_decay"])
    return _quotient("∇", its.grad, "√s[k+1]", np.sqrt(its.new(1)), hyper["eps"], {"lr": rate})


def _rmsprop(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    spread = its.new(0) - its.new(1) ** 2 if hyper["centered"] else its.new(0)
    plain = _quotient("∇", its.grad, "√s[k+1]", np.sqrt(np.maximum(spread, 0.0)), hyper["eps"])
    if not hyper["momentum"]:
        return plain
    terms = {**plain.terms, "μ": hyper["momentum"], "v[k]": its.old(2)}
    return Rule("− lr · ( μ · v[k] + ∇ / ( √s[k+1] + ε ) )", terms)


def _adadelta(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    roots = {"√u[k]": np.sqrt(its.old(1) + hyper["eps"]), "√s[k+1]": np.sqrt(its.new(0) + hyper["eps"])}
    return Rule("− lr · √u[k] / √s[k+1] · ∇", roots)


def _rprop(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    return Rule("− Δ[k+1] · sgn~∇", {"Δ[k+1]": its.new(1), "sgn~∇": np.sign(its.new(2))})


def _quotient(
    name: str, above: Values, root: str, below: Values, eps: float, more: Mapping[str, Values] | None = None
) -> Rule:
    """x ← x − η·above/(below + ε)."""
    return Rule(f"− lr · {name} / ( {root} + ε )", {name: above, root: below, "ε": eps, **(more or {})})


def _corrected(its: Updates, hyper: Mapping[str, Any], *place: int) -> tuple[Values, Values, Values]:
    """k, m̂ and v̂ of states k, m, v."""
    k, m, v = (its.new(*place, i) for i in range(3))
    return k, m / (1 - hyper["beta1"] ** k), v / (1 - hyper["beta2"] ** k)


def _adam(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    _, m, v = _corrected(its, hyper)
    return _quotient("m̂[k+1]", m, "√v̂[k+1]", np.sqrt(v), hyper["eps"])


def _amsgrad(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    k, m, _ = _corrected(its, hyper, 0)
    return _quotient("m̂[k+1]", m, "√v̂[k+1]", np.sqrt(its.new(1) / (1 - hyper["beta2"] ** k)), hyper["eps"])


def _adamw(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    terms = {**_adam(its, hyper).terms, "λ": hyper["weight_decay"]}
    return Rule("− lr · ( m̂[k+1] / ( √v̂[k+1] + ε ) + λ · x[k] )", terms)


def _adamax(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    m = its.new(1) / (1 - hyper["beta1"] ** its.new(0))
    return Rule("− lr · m̂[k+1] / u[k+1]", {"m̂[k+1]": m, "u[k+1]": its.new(2)})


def _nadam(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    """m̄ mixes gradient and average, corrected by the products of the weights μ."""
    k, _, v = _corrected(its, hyper, 0)
    product = its.new(1)
    mu, after = (hyper["beta1"] * (1 - 0.5 * 0.96 ** (at * hyper["momentum_decay"])) for at in (k, k + 1))
    mean = (1 - mu) / (1 - product) * its.grad + after / (1 - product * after) * its.new(0, 1)
    return _quotient("m̄[k+1]", mean, "√v̂[k+1]", np.sqrt(v), hyper["eps"])


def _radam(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    """r and σ are 1 until the variance of v is tractable."""
    k, m, _ = _corrected(its, hyper)
    shrunk, longest = 1 - hyper["beta2"] ** k, 2 / (1 - hyper["beta2"]) - 1
    length = longest - 2 * k * hyper["beta2"] ** k / shrunk
    tractable = length > hyper["threshold"]
    ratio = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    sigma = np.where(tractable, (np.sqrt(its.new(2)) + hyper["eps"]) / np.sqrt(shrunk), 1.0)
    terms = {"r[k+1]": np.where(tractable, np.sqrt(np.abs(ratio)), 1.0), "m̂[k+1]": m, "σ[k+1]": sigma}
    return Rule("− lr · r[k+1] · m̂[k+1] / σ[k+1]", terms)


def _qhadam(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    _, m, v = _corrected(its, hyper)
    root = np.sqrt((1 - hyper["nu2"]) * its.grad**2 + hyper["nu2"] * v)
    terms = {"(1−ν)": 1 - hyper["nu1"], "ν": hyper["nu1"], "m̂[k+1]": m, "√v̄[k+1]": root, "ε": hyper["eps"]}
    return Rule("− lr · ( (1−ν) · ∇ + ν · m̂[k+1] ) / ( √v̄[k+1] + ε )", terms)


def _newton(its: Updates, hyper: Mapping[str, Any]) -> Rule:
    if hyper["damping"]:
        return Rule("− H⁻¹∇", {"H⁻¹∇": -its.step})
    return Rule("− lr · H⁻¹∇", {"H⁻¹∇": -its.step / its.lr})


DECOUPLED: Final = frozenset({"adamw", "lion"})  # methods whose decay is no part of the gradient
# A line search tells only where it led: t is the step over its direction.
RULES: Final[Mapping[str, Callable[[Updates, Mapping[str, Any]], Rule]]] = {
    "gd": lambda its, hyper: Rule("− lr · ∇"),
    "momentum": _momentum,
    "nesterov": _nesterov,
    "qhm": _qhm,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adadelta": _adadelta,
    "adam": _adam,
    "amsgrad": _amsgrad,
    "adamw": _adamw,
    "adamax": _adamax,
    "nadam": _nadam,
    "radam": _radam,
    "adabelief": _adam,
    "qhadam": _qhadam,
    "rprop": _rprop,
    "signsgd": lambda its, hyper: Rule("− lr · sgn~∇", {"sgn~∇": np.sign(its.grad)}),
    "lion": _lion,
    "polyak": lambda its, hyper: Rule("− lr · a[k] · ∇", {"a[k]": -its.along(its.grad) / its.lr}),
    "armijo": lambda its, hyper: Rule("− t[k] · ∇", {"t[k]": -its.along(its.grad)}),
    "wolfe": lambda its, hyper: Rule("− t[k] · ∇", {"t[k]": -its.along(its.grad)}),
    "cg": lambda its, hyper: Rule("+ t[k] · d[k]", {"t[k]": its.along(its.new(2)), "d[k]": its.new(2)}),
    "lbfgs": lambda its, hyper: Rule("− H⁻¹∇", {"H⁻¹∇": -its.step}),
    "newton": _newton,
    "noisy": lambda its, hyper: Rule("− lr · ( ∇ + n[k] )", {"n[k]": -its.step / its.lr - its.grad}),
}
