"""Families: functions that are defined for any number of variables, with their gradients. Each is one of numpy's rows.

A family maps points x (…, d) to f (…) and ∇f (…, d). Second derivatives are differences of the gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from gdanim.arrays import Matrix, Scalar, Vector
from gdanim.objectives.python.differences import hessian_of_gradient

Slopes = tuple[Scalar, Vector]
AT_ONCE: Final = 1 << 21  # numbers of points that are computed at a time


class FamilyFunctions:
    """The functions of a family in d variables; `values` are its parameters."""

    point_by_point = False
    differenced = 0.0

    def __init__(self, slopes: Callable[..., Slopes], dim: int, values: Mapping[str, float]) -> None:
        self.dim, self._slopes, self._values = dim, slopes, dict(values)

    def value(self, x: Vector) -> Scalar:
        """f at x: (…)."""
        points = x.reshape(-1, self.dim)
        together = max(AT_ONCE // self.dim, 1)
        with np.errstate(all="ignore"):
            parts = [self._at(points[k : k + together])[0] for k in range(0, len(points), together)]
        return np.concatenate([*parts, np.empty(0)]).reshape(x.shape[:-1])

    def gradient(self, x: Vector) -> Vector:
        """∇f at x: (…, d)."""
        with np.errstate(all="ignore"):
            return self._at(x)[1]

    def hessian(self, x: Vector) -> Matrix:
        """The second derivatives of f at x: (…, d, d)."""
        with np.errstate(all="ignore"):
            found, _ = hessian_of_gradient(self.gradient, x.reshape(-1, self.dim))
        return found.reshape(*x.shape, self.dim)

    def blur(self, x: Vector) -> Scalar:
        """How far from x second derivatives reach: (…)."""
        with np.errstate(all="ignore"):
            _, reach = hessian_of_gradient(self.gradient, x.reshape(-1, self.dim))
        return reach.reshape(x.shape[:-1])

    def raw_value_and_gradient(self, x: Vector) -> Slopes:
        """f and ∇f at x: (…), (…, d)."""
        return self._at(x)

    def _at(self, x: Vector) -> Slopes:
        return self._slopes(np.asarray(x, np.float64), **self._values)


def sphere(x: Vector) -> Slopes:
    """Σ x_i²."""
    return np.vecdot(x, x), 2 * x


def ellipse(x: Vector) -> Slopes:
    """Σ 10^((i−1)/(d−1)) x_i²: the last direction is ten times as steep as the first."""
    weights = _spaced(10.0, x.shape[-1])
    return np.vecdot(weights * x, x), 2 * weights * x


def quadratic(x: Vector, kappa: float) -> Slopes:
    """½ Σ κ^((i−1)/(d−1)) x_i²: its Hessian has eigenvalues from 1 to κ, the condition number."""
    weights = _spaced(kappa, x.shape[-1])
    return np.vecdot(weights * x, x) / 2, weights * x


def rosenbrock(x: Vector) -> Slopes:
    """Σ 100 (x_{i+1} − x_i²)² + (1 − x_i)², i < d."""
    here, after = x[..., :-1], x[..., 1:]
    bend = after - here**2
    slope = np.zeros_like(x)
    slope[..., :-1] = -400 * here * bend - 2 * (1 - here)
    slope[..., 1:] += 200 * bend
    return np.sum(100 * bend**2 + (1 - here) ** 2, axis=-1), slope


def rastrigin(x: Vector) -> Slopes:
    """Σ 10 + x_i² − 10 cos(2π x_i)."""
    waves = 10 * (1 - np.cos(2 * np.pi * x))
    return np.sum(x**2 + waves, axis=-1), 2 * x + 20 * np.pi * np.sin(2 * np.pi * x)


def ackley(x: Vector) -> Slopes:
    """20 (1 − exp(−0.2 ‖x‖/√d)) + e − exp(Σ cos(2π x_i)/d). At its kink, the origin, ∇f is 0."""
    d = x.shape[-1]
    radius = np.linalg.norm(x, axis=-1, keepdims=True) / np.sqrt(d)
    hole, waves = 20 * np.exp(-0.2 * radius), np.exp(np.mean(np.cos(2 * np.pi * x), axis=-1, keepdims=True))
    outwards = np.divide(x, radius, out=np.zeros_like(x), where=radius > 0)
    slope = 0.2 * hole * outwards / d + 2 * np.pi * waves * np.sin(2 * np.pi * x) / d
    return (20 - hole + np.e - waves)[..., 0], slope


def griewank(x: Vector) -> Slopes:
    """Σ x_i²/4000 − Π cos(x_i/√i) + 1."""
    root = np.sqrt(np.arange(1, x.shape[-1] + 1))
    cosines = np.cos(x / root)
    # The product of all the others: dividing the whole by one's own cosine would fail where that is 0.
    before, after = np.ones_like(x), np.ones_like(x)
    before[..., 1:] = np.cumprod(cosines[..., :-1], axis=-1)
    after[..., :-1] = np.cumprod(cosines[..., :0:-1], axis=-1)[..., ::-1]
    slope = x / 2000 + before * after * np.sin(x / root) / root
    return np.sum(x**2, axis=-1) / 4000 - np.prod(cosines, axis=-1) + 1, slope


def styblinski_tang(x: Vector) -> Slopes:
    """½ Σ x_i⁴ − 16 x_i² + 5 x_i."""
    return np.sum(x**4 - 16 * x**2 + 5 * x, axis=-1) / 2, 2 * x**3 - 16 * x + 2.5


def dixon_price(x: Vector) -> Slopes:
    """(x_1 − 1)² + Σ i (2 x_i² − x_{i−1})², i > 1."""
    before, here = x[..., :-1], x[..., 1:]
    weights = np.arange(2, x.shape[-1] + 1)
    bend = 2 * here**2 - before
    slope = np.zeros_like(x)
    slope[..., 0] = 2 * (x[..., 0] - 1)
    slope[..., :-1] -= 2 * weights * bend
    slope[..., 1:] += 8 * weights * here * bend
    return (x[..., 0] - 1) ** 2 + np.sum(weights * bend**2, axis=-1), slope


def zakharov(x: Vector) -> Slopes:
    """Σ x_i² + s² + s⁴, s = Σ i x_i/2."""
    weights = np.arange(1, x.shape[-1] + 1) / 2
    s = np.vecdot(x, weights)[..., np.newaxis]
    return np.vecdot(x, x) + (s**2 + s**4)[..., 0], 2 * x + (2 * s + 4 * s**3) * weights


def levy(x: Vector) -> Slopes:
    """sin²(π w_1) + Σ (w_i − 1)² (1 + 10 sin²(π w_i + 1)) + (w_d − 1)² (1 + sin²(2π w_d)), i < d; w = 1 + (x − 1)/4."""
    w = 1 + (x - 1) / 4
    inner, away, last, end = w[..., :-1], w[..., :-1] - 1, w[..., -1], w[..., -1] - 1
    wave = 1 + 10 * np.sin(np.pi * inner + 1) ** 2
    slope = np.zeros_like(x)
    slope[..., :-1] = 2 * away * wave + 10 * np.pi * away**2 * np.sin(2 * (np.pi * inner + 1))
    slope[..., -1] = 2 * end * (1 + np.sin(2 * np.pi * last) ** 2) + 2 * np.pi * end**2 * np.sin(4 * np.pi * last)
    slope[..., 0] += np.pi * np.sin(2 * np.pi * w[..., 0])
    first, ending = np.sin(np.pi * w[..., 0]) ** 2, end**2 * (1 + np.sin(2 * np.pi * last) ** 2)
    return first + np.sum(away**2 * wave, axis=-1) + ending, slope / 4


def same(dim: int, each: float) -> Vector:
    """The point whose coordinates are all the same."""
    return np.full(dim, each)


def dixon_price_minimizer(dim: int, each: float) -> Vector:
    """x_i = 2^(2^(1−i) − 1)."""
    return np.asarray(each * 2.0 ** (2.0 ** -np.arange(dim) - 1))


def _spaced(last: float, dim: int) -> Scalar:
    """Numbers from 1 to the last, each larger by the same factor: (d,)."""
    return np.asarray(last ** (np.arange(dim) / max(dim - 1, 1)))
