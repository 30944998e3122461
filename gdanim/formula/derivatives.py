"""Exact derivatives: forward differentiation on a graph in which equal parts of a formula are one node.

    graph = Graph()
    f = graph.read(expression.tree, names)     # names: x and y → nodes, constants and parameters → numbers
    df = differentiate(f, graph.variable("x"))
    ddf = differentiate(df, graph.variable("x"))

The formula itself is not simplified: 0*log(x) has no value at −1. Derivatives are, while they are built: parts that are
0 everywhere are left out, so that they neither cost time nor turn an infinity into NaN.

At kinks, |x|′(0) = 0, sign′ = 0, and max(u, v)′ is the mean of both sides where u = v. In a careful graph, where one
factor of the chain rule is exactly 0 and the other infinite or undefined, their product counts as 0: so (√(x²))′ and
abs(√x)′ are 0 at 0, and (1/cosh(x))′ is 0 at 1000, where cosh overflows. Each rule keeps to parts that stay finite
where the function does: u/hypot(u, v)/hypot(u, v), not u/(u² + v²).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from gdanim.formula.graph import Node, ordered


def differentiate(f: Node, variable: Node) -> Node:
    """The partial derivative of f with respect to one variable, exact and simplified."""
    graph = f.graph
    zero = graph.number(0.0)
    slopes: dict[Node, Node] = {}
    for node in ordered([f]):
        if node is variable:
            slopes[node] = graph.number(1.0)
        elif node.op == "where":
            condition, u, v = node.args
            slopes[node] = (
                slopes[u] if slopes[u] is slopes[v] else graph.operation("where", condition, slopes[u], slopes[v])
            )
        elif node.op in ("div", "ratio"):
            u, v = node.args
            slopes[node] = (slopes[u] - node * slopes[v]) / v  # f·v′ before it is divided: f/v may under- or overflow
        else:
            slopes[node] = zero
            for partial, arg in zip(_PARTIALS.get(node.op, ()), node.args, strict=False):
                if slopes[arg] is not zero:
                    slopes[node] += slopes[arg] * partial(*node.args, node)
    return slopes[f]


def needs_care(f: Node) -> bool:
    """Whether the chain rule can give 0 · ∞, 0/0 or 0 · NaN at a point where f itself has a value."""
    return not all(node.op in _TAME or _is_whole_power(node) for node in ordered([f]))


# What has a value has finite derivatives of all orders, or is a factor that is finite.
_TAME: Final = frozenset({"number", "x", "y", "add", "sub", "neg", "mul", "sin", "cos", "atan", "erf", "erfc"})


def _is_whole_power(node: Node) -> bool:
    exponent = node.args[1].value if node.op == "pow" else None
    return exponent is not None and exponent >= 0.0 and exponent.is_integer()


def _apply(op: str) -> Callable[..., Node]:
    return lambda *args: args[0].graph.operation(op, *args)


_exp, _log, _sin, _cos, _sinh, _cosh = (_apply(op) for op in ("exp", "log", "sin", "cos", "sinh", "cosh"))
_sqrt, _sign, _sigmoid, _step, _gap = (_apply(op) for op in ("sqrt", "sign", "sigmoid", "step", "gap"))


def _over_square(u: Node, v: Node, other: Node) -> Node:
    """u / (v² + other²), whose squares may overflow."""
    radius = _apply("hypot")(v, other)
    return u / radius / radius


def _not_needed(u: Node, f: Node) -> Node:
    raise NotImplementedError(f"the third derivative of {f.op} is not known")


# ∂f/∂u, ∂f/∂v of f(u, v), from the arguments and f itself. What is not listed here has derivative 0, as floor has
# between its jumps.
_PARTIALS: Final[Mapping[str, tuple[Callable[..., Node | float], ...]]] = {
    "add": (lambda u, v, f: 1.0, lambda u, v, f: 1.0),
    "sub": (lambda u, v, f: 1.0, lambda u, v, f: -1.0),
    "mul": (lambda u, v, f: v, lambda u, v, f: u),
    "guarded": (lambda u, v, f: v, lambda u, v, f: u),
    "neg": (lambda u, f: -1.0,),
    "pow": (lambda u, v, f: v * u ** (v - 1), lambda u, v, f: f * _log(u)),
    "exp": (lambda u, f: f,),
    "expm1": (lambda u, f: _exp(u),),
    "log": (lambda u, f: 1 / u,),
    "log2": (lambda u, f: 1 / (u * math.log(2)),),
    "log10": (lambda u, f: 1 / (u * math.log(10)),),
    "log1p": (lambda u, f: 1 / (1 + u),),
    "sqrt": (lambda u, f: 0.5 / f,),
    "cbrt": (lambda u, f: 1 / (3 * f**2),),
    "sin": (lambda u, f: _cos(u),),
    "cos": (lambda u, f: -_sin(u),),
    "tan": (lambda u, f: 1 + f**2,),
    "asin": (lambda u, f: 1 / _sqrt(_gap(u)),),
    "acos": (lambda u, f: -1 / _sqrt(_gap(u)),),
    "gap": (lambda u, f: -2.0 * u,),  # by the rule of products, near 0 (1 − u) − (1 + u) loses digits
    "atan": (lambda u, f: 1 / (1 + u**2),),
    "atan2": (lambda u, v, f: _over_square(v, u, v), lambda u, v, f: -_over_square(u, u, v)),
    "sinh": (lambda u, f: _cosh(u),),
    "cosh": (lambda u, f: _sinh(u),),
    "tanh": (lambda u, f: 1 / _cosh(u) ** 2,),  # 1 - f² loses all digits where f is near 1
    "hypot": (lambda u, v, f: u / f, lambda u, v, f: v / f),
    "abs": (lambda u, f: _sign(u),),
    "max": (lambda u, v, f: _step(u - v), lambda u, v, f: _step(v - u)),
    "min": (lambda u, v, f: _step(v - u), lambda u, v, f: _step(u - v)),
    "asinh": (lambda u, f: 1 / _apply("hypot")(u, u.graph.number(1.0)),),  # u² may overflow
    "acosh": (lambda u, f: 1 / (_sqrt(u - 1) * _sqrt(u + 1)),),
    "atanh": (lambda u, f: 1 / _gap(u),),
    "exp2": (lambda u, f: math.log(2) * f,),
    "logaddexp": (lambda u, v, f: _sigmoid(u - v), lambda u, v, f: _sigmoid(v - u)),
    "mod": (lambda u, v, f: 1.0, lambda u, v, f: -_apply("floordiv")(u, v)),
    "gamma": (lambda u, f: f * _apply("digamma")(u),),
    "lgamma": (lambda u, f: _apply("digamma")(u),),
    "digamma": (lambda u, f: _apply("trigamma")(u),),
    "sinc": (lambda u, f: _apply("sinc_slope")(u),),
    "sinc_slope": (lambda u, f: _apply("sinc_curvature")(u),),
    "trigamma": (_not_needed,),
    "sinc_curvature": (_not_needed,),
    "erfc": (lambda u, f: -2 / math.sqrt(math.pi) * _exp(-(u**2)),),
    "erf": (lambda u, f: 2 / math.sqrt(math.pi) * _exp(-(u**2)),),
    "sigmoid": (lambda u, f: _apply("bell")(u),),  # f·(1 - f) loses all digits where f is near 1
    "bell": (lambda u, f: -f * _apply("tanh")(0.5 * u),),  # by the rule of products it loses them near 0
    "softplus": (lambda u, f: _sigmoid(u),),
}
