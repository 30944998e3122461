"""The deterministic functions of two variables in scipy's set of benchmarks for global optimisation.

Each as a person types it from its printed form, and again as numpy on arrays of points, by which the text is checked.
scipy leaves the printed form in some of them; both sides here follow what it computes.

Sources: M. Jamil and z.-S. Yang, A literature survey of benchmark functions for global optimisation problems (2013);
A. Gavana, Global optimization benchmarks and AMPGO; S. Mishra, Some new test functions for global optimization (2006).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy import abs, arange, cos, exp, floor, log, pi, prod, sin, sqrt, stack  # noqa: A004  # as in the formulas

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[Any]


class Benchmark(NamedTuple):
    """typed: the formula as a person types it. box: x and y lie in −box … box, or in the limits of each.

    f: the same on points z (2, n), whose rows are x and y.
    """

    typed: str
    box: float | tuple[float, float, float, float]
    f: Callable[[Array], Array]


def _sum(term: Callable[[Array], Array], count: range | list[int], x: Array) -> Array:
    """Σ term over some numbers k, given as a column: (k, n) → (n)."""
    return np.sum(term(np.array(count, float)[:, np.newaxis]) + 0 * x, axis=0)


def _radius(z: Array) -> Array:
    return sqrt((z**2).sum(0))


def _tray(z: Array, offset: float, wave: Callable[[Array], Array]) -> Array:
    """|waves| · e^|offset − r/π|, which several functions are made of."""
    return abs(wave(z) * exp(abs(offset - _radius(z) / pi)))


def _sines(z: Array) -> Array:
    return sin(z).prod(0)


def _deceptive(z: Array) -> Array:
    total: Array = np.zeros(z.shape[1])
    for x, a in zip(z, (1 / 3, 2 / 3), strict=True):
        at = [0.0, 0.8 * a, a, (1 + 4 * a) / 5, 1.0]
        total = total + np.interp(x, at, [0.8, 0.0, 1.0, 0.0, 0.8])
    return -((total / 2) ** 2)


def _judge(z: Array) -> Array:
    return sum((z[0] + a * z[1] + b * z[1] ** 2 - c) ** 2 for a, b, c in _JUDGE)


_JUDGE = (
    (0.286, 0.645, 4.284), (0.973, 0.585, 4.149), (0.384, 0.31, 3.877), (0.276, 0.058, 0.533), (0.973, 0.455, 2.211),
    (0.543, 0.779, 2.389), (0.957, 0.259, 2.145), (0.948, 0.202, 3.231), (0.543, 0.028, 1.998), (0.797, 0.099, 1.379),
    (0.936, 0.142, 2.106), (0.889, 0.296, 1.428), (0.006, 0.175, 1.011), (0.828, 0.18, 2.179), (0.399, 0.842, 2.858),
    (0.617, 0.039, 1.388), (0.939, 0.103, 1.651), (0.784, 0.62, 1.593), (0.072, 0.158, 1.046), (0.889, 0.704, 2.152),
)  # fmt: skip
_LANGERMANN = ((3, 5, 1), (5, 2, 2), (2, 1, 5), (1, 4, 2), (7, 9, 3))
_DECANOMIAL = (1, -20, 180, -960, 3360, -8064, 13340, -15360, 11520, -5120, 2624)


def _decanomial(z: Array) -> Array:
    return 0.001 * (abs(np.polyval(_DECANOMIAL, z[0])) + abs(np.polyval((1, 12, 54, 108, 81), z[1]))) ** 2


def _penalty(z: Array, a: float) -> Array:
    return (100 * np.maximum(abs(z) - a, 0) ** 4).sum(0)


def _pinter(z: Array) -> Array:
    i, other = arange(1, 3)[:, np.newaxis], z[::-1]  # before and behind each coordinate stands the other one
    a = other * sin(z) + sin(other)
    b = other**2 - 2 * z + 3 * other - cos(z) + 1
    return (i * (z**2 + 20 * sin(a) ** 2 + np.log10(1 + i * b**2))).sum(0)


def _zimmerman(z: Array) -> Array:
    x, y = z
    beyond = [(x - 3) ** 2 + (y - 2) ** 2 - 16, x * y - 14]
    rows = [9 - x - y, *[100 * (1 + g) * np.sign(g) for g in beyond], *[100 * (1 - u) * np.sign(u) for u in z]]
    return np.max(rows, axis=0)


def _tripod(z: Array) -> Array:
    x, y = z
    p, q = (z >= 0).astype(float)
    return q * (1 + p) + abs(x + 50 * q * (1 - 2 * p)) + abs(y + 50 * (1 - 2 * q))


def _odd_square(z: Array) -> Array:
    square = (z - np.array([[1.0], [1.3]])) ** 2
    d = 2 * square.max(0)
    return -exp(-d / (2 * pi)) * cos(pi * d) * (1 + 0.02 * square.sum(0) / (d + 0.01))


def _perm(z: Array, weight: Callable[[int, int], float], part: Callable[[Array, int, int], Array]) -> Array:
    inner = [weight(1, k) * part(z[0], 1, k) + weight(2, k) * part(z[1], 2, k) for k in (1, 2)]
    return inner[0] ** 2 + inner[1] ** 2


def _whitley(z: Array) -> Array:
    u = [100 * (a**2 - b) + (1 - b) ** 2 for a in z for b in z]
    return sum(v**2 / 4000 - cos(v) + 1 for v in u)


_ROTATED = ((7.0, -3.0 * sqrt(3.0)), (-3.0 * sqrt(3.0), 13.0))

BENCHMARKS: dict[str, Benchmark] = {
    "Ackley01": Benchmark(
        "-20 e^{-0.2 sqrt((x^2 + y^2)/2)} - e^{(cos(2πx) + cos(2πy))/2} + 20 + e", 35,
        lambda z: 20 - 20 * exp(-_radius(z) / sqrt(50)) - exp(cos(2 * pi * z).mean(0)) + np.e),
    "Ackley02": Benchmark("-200 e^{-0.02 √(x² + y²)}", 32, lambda z: -200 * exp(-_radius(z) / 50)),
    "Ackley03": Benchmark(
        "-200*exp(-0.02*sqrt(x^2 + y^2)) + 5*exp(cos(3x) + sin(3y))", 32,
        lambda z: -200 * exp(-_radius(z) / 50) + 5 * exp(cos(3 * z[0]) + sin(3 * z[1]))),
    "Adjiman": Benchmark(
        "cos(x)sin(y) - x/(y^2 + 1)", (-1, 2, -1, 1), lambda z: cos(z[0]) * sin(z[1]) - z[0] / (1 + z[1] ** 2)),
    "Alpine01": Benchmark("|x sin(x) + 0.1x| + |y sin(y) + 0.1y|", 10, lambda z: abs(z * (sin(z) + 0.1)).sum(0)),
    "Alpine02": Benchmark("√x sin(x) √y sin(y)", (0, 10, 0, 10), lambda z: prod(sqrt(z) * sin(z), axis=0)),
    "AMGM": Benchmark("((x + y)/2 - √(x y))²", (0, 10, 0, 10), lambda z: (z.mean(0) - sqrt(z.prod(0))) ** 2),
    "BartelsConn": Benchmark(
        "|x² + y² + xy| + |sin(x)| + |cos(y)|", 500,
        lambda z: abs((z**2).sum(0) + z.prod(0)) + abs(sin(z[0])) + abs(cos(z[1]))),
    "Beale": Benchmark(
        "(1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2", 4.5,
        lambda z: _sum(lambda k: (3 * (1 - 0.5**k) - z[0] * (1 - z[1] ** k)) ** 2, [1, 2, 3], z[0])),
    "BiggsExp02": Benchmark(
        "sum(i, 1, 10, (exp(-0.1i*x) - 5exp(-0.1i*y) - exp(-0.1i) + 5exp(-i))^2)", (0, 20, 0, 20),
        lambda z: _sum(lambda i: (exp(-i * z[0] / 10) - 5 * exp(-i * z[1] / 10) - exp(-i / 10) + 5 * exp(-i)) ** 2,
                       range(1, 11), z[0])),
    "Bird": Benchmark(
        "sin(x) e^{(1 - cos(y))²} + cos(y) e^{(1 - sin(x))²} + (x - y)²", 2 * pi,
        lambda z: (z[0] - z[1]) ** 2 + cos(z[1]) * exp((sin(z[0]) - 1) ** 2) + sin(z[0]) * exp((cos(z[1]) - 1) ** 2)),
    "Bohachevsky1": Benchmark(
        "x₁² + 2x₂² − 0.3cos(3πx₁) − 0.4cos(4πx₂) + 0.7", 100,
        lambda z: 0.7 + z[0] ** 2 + 2 * z[1] ** 2 - 0.3 * cos(3 * pi * z[0]) - 0.4 * cos(4 * pi * z[1])),
    "Bohachevsky2": Benchmark(
        "x₁² + 2x₂² − 0.3cos(3πx₁)cos(4πx₂) + 0.3", 100,
        lambda z: 0.3 + z[0] ** 2 + 2 * z[1] ** 2 - 0.3 * cos(3 * pi * z[0]) * cos(4 * pi * z[1])),
    "Bohachevsky3": Benchmark(
        "x₁² + 2x₂² − 0.3cos(3πx₁ + 4πx₂) + 0.3", 100,
        lambda z: 0.3 + z[0] ** 2 + 2 * z[1] ** 2 - 0.3 * cos(pi * (3 * z[0] + 4 * z[1]))),
    "Branin01": Benchmark(
        "(y - 5.1/(4π²) x² + 5x/π - 6)² + 10(1 - 1/(8π))cos(x) + 10", (-5, 10, 0, 15),
        lambda z: (z[1] - 1.275 * (z[0] / pi) ** 2 + 5 * z[0] / pi - 6) ** 2 + (10 - 1.25 / pi) * cos(z[0]) + 10),
    "Branin02": Benchmark(
        "(y - 5.1/(4π²) x² + 5x/π - 6)² + 10(1 - 1/(8π)) cos(x)cos(y) + ln(x² + y² + 1) + 10", (-5, 15, -5, 15),
        lambda z: (z[1] - 1.275 * (z[0] / pi) ** 2 + 5 * z[0] / pi - 6) ** 2 + (10 - 1.25 / pi) * cos(z).prod(0)
        + np.log1p((z**2).sum(0)) + 10),
    "Brent": Benchmark(
        "(x + 10)² + (y + 10)² + e^(-x² - y²)", 10, lambda z: ((z + 10) ** 2).sum(0) + exp(-(z**2).sum(0))),
    "Brown": Benchmark(
        "(x^2)^(y^2 + 1) + (y^2)^(x^2 + 1)", (-1, 4, -1, 4),
        lambda z: np.power(z**2, z[::-1] ** 2 + 1).sum(0)),
    "Bukin02": Benchmark(
        "100(y² - 0.01x² + 1) + 0.01(x + 10)²", (-15, -5, -3, 3),
        lambda z: 100 * z[1] ** 2 - z[0] ** 2 + 100 + ((z[0] + 10) / 10) ** 2),
    "Bukin04": Benchmark("100y² + 0.01|x + 10|", (-15, -5, -3, 3), lambda z: (10 * z[1]) ** 2 + abs(z[0] + 10) / 100),
    "Bukin06": Benchmark(
        "100√|y − 0.01x²| + 0.01|x + 10|", (-15, -5, -3, 3),
        lambda z: 100 * sqrt(abs(z[1] - z[0] ** 2 / 100)) + abs(z[0] + 10) / 100),
    "CarromTable": Benchmark(
        "-1/30 (cos(x) cos(y) exp(|1 - sqrt(x^2 + y^2)/pi|))^2", 10,
        lambda z: -(_tray(z, 1, lambda z: cos(z).prod(0)) ** 2) / 30),
    "Chichinadze": Benchmark(
        "x^2 - 12x + 11 + 10cos(πx/2) + 8sin(5πx/2) - 1/sqrt(5)*exp(-(y - 0.5)^2/2)", 30,
        lambda z: z[0] ** 2 - 12 * z[0] + 11 + 10 * cos(pi * z[0] / 2) + 8 * sin(2.5 * pi * z[0])
        - exp(-((z[1] - 0.5) ** 2) / 2) / sqrt(5)),
    "Cigar": Benchmark("x^2 + 10^6 y^2", 100, lambda z: z[0] ** 2 + (1000 * z[1]) ** 2),
    "CosineMixture": Benchmark(
        "-0.1(cos(5πx) + cos(5πy)) - x² - y²", 1, lambda z: -(0.1 * cos(5 * pi * z) + z**2).sum(0)),
    "CrossInTray": Benchmark(
        "-0.0001 (|sin(x) sin(y) exp(|100 - sqrt(x^2 + y^2)/pi|)| + 1)^0.1", 10,
        lambda z: -1e-4 * (_tray(z, 100, _sines) + 1) ** 0.1),
    "CrossLegTable": Benchmark(
        "-(|sin(x) sin(y) exp(|100 - sqrt(x^2 + y^2)/pi|)| + 1)^(-0.1)", 10,
        lambda z: -1 / (_tray(z, 100, _sines) + 1) ** 0.1),
    "CrownedCross": Benchmark(
        "0.0001 (|sin(x) sin(y) exp(|100 - sqrt(x^2 + y^2)/pi|)| + 1)^0.1", 10,
        lambda z: 1e-4 * (_tray(z, 100, _sines) + 1) ** 0.1),
    "Csendes": Benchmark("x^6 (2 + sin(1/x)) + y^6 (2 + sin(1/y))", 1, lambda z: (z**6 * (2 + sin(1 / z))).sum(0)),
    "Cube": Benchmark("100(y - x³)² + (1 - x)²", 10, lambda z: (10 * (z[1] - z[0] ** 3)) ** 2 + (1 - z[0]) ** 2),
    "Damavandi": Benchmark(
        "(1 - |sin(π(x - 2)) sin(π(y - 2)) / (π²(x - 2)(y - 2))|^5) (2 + (x - 7)² + 2(y - 7)²)", (0, 14, 0, 14),
        lambda z: (1 - abs(np.sinc(z - 2).prod(0)) ** 5) * (2 + (z[0] - 7) ** 2 + 2 * (z[1] - 7) ** 2)),
    "Deb01": Benchmark("-1/2 (sin(5πx)^6 + sin(5πy)^6)", 1, lambda z: -(sin(5 * pi * z) ** 6).mean(0)),
    "Deb03": Benchmark(
        "-1/2 (sin(5π(x^{3/4} - 0.05))^6 + sin(5π(y^{3/4} - 0.05))^6)", (0, 1, 0, 1),
        lambda z: -(sin(5 * pi * (z**0.75 - 0.05)) ** 6).mean(0)),
    "Decanomial": Benchmark(
        "0.001(|y^4 + 12y^3 + 54y^2 + 108y + 81| + |x^10 - 20x^9 + 180x^8 - 960x^7 + 3360x^6 - 8064x^5 + 13340x^4"
        " - 15360x^3 + 11520x^2 - 5120x + 2624|)^2", 10, _decanomial),
    "Deceptive": Benchmark(
        "-((where(x < 4/15, 0.8 - 3x, where(x < 1/3, 15x - 4, where(x < 7/15, (5x - 5/3)/(1/3 - 1) + 1,"
        " (x - 1)/(1 - 1/3) + 4/5))) + where(y < 8/15, 0.8 - y/(2/3), where(y < 2/3, 5y/(2/3) - 4,"
        " where(y < 11/15, 5(y - 2/3)/(2/3 - 1) + 1, (y - 1)/(1 - 2/3) + 4/5))))/2)^2", (0, 1, 0, 1), _deceptive),
    "DeckkersAarts": Benchmark(
        "10^5 x² + y² − (x² + y²)² + 10^-5 (x² + y²)⁴", 20,
        lambda z: 1e5 * z[0] ** 2 + z[1] ** 2 - _radius(z) ** 4 + 1e-5 * _radius(z) ** 8),
    "DeflectedCorrugatedSpring": Benchmark(
        "-cos(5 sqrt((x - 5)^2 + (y - 5)^2)) + 0.1((x - 5)^2 + (y - 5)^2)", (0, 10, 0, 10),
        lambda z: 0.1 * _radius(z - 5) ** 2 - cos(5 * _radius(z - 5))),
    "DixonPrice": Benchmark("(x - 1)² + 2(2y² - x)²", 10, lambda z: (z[0] - 1) ** 2 + 2 * (z[0] - 2 * z[1] ** 2) ** 2),
    "DropWave": Benchmark(
        "-(1 + cos(12√(x² + y²)))/(2 + 0.5(x² + y²))", 5.12,
        lambda z: -(1 + cos(12 * _radius(z))) / (2 + _radius(z) ** 2 / 2)),
    "Easom": Benchmark(
        "-cos(x) cos(y) exp(-((x - π)² + (y - π)²))", (0, 6, 0, 6),
        lambda z: -cos(z).prod(0) * exp(-(_radius(z - pi) ** 2))),
    "EggCrate": Benchmark(
        "x² + y² + 25[sin²(x) + sin²(y)]", 5, lambda z: (z**2 + 12.5 * (1 - cos(2 * z))).sum(0)),
    "EggHolder": Benchmark(
        "-(y + 47) sin √|y + x/2 + 47| - x sin √|x - (y + 47)|", 512,
        lambda z: -(z[1] + 47) * sin(sqrt(abs(z[1] + z[0] / 2 + 47))) - z[0] * sin(sqrt(abs(z[0] - z[1] - 47)))),
    "ElAttarVidyasagarDutta": Benchmark(
        "(x^2 + y - 10)^2 + (x + y^2 - 7)^2 + (x^2 + y^3 - 1)^2", 100,
        lambda z: (z[0] ** 2 + z[1] - 10) ** 2 + (z[0] + z[1] ** 2 - 7) ** 2 + (z[0] ** 2 + z[1] ** 3 - 1) ** 2),
    "Exp2": Benchmark(
        "sum(i, 0, 9, (exp(-i*x/10) - 5exp(-i*y/10) - exp(-i/10) + 5exp(-i))^2)", (0, 20, 0, 20),
        lambda z: _sum(lambda i: (exp(-i * z[0] / 10) - 5 * exp(-i * z[1] / 10) - exp(-i / 10) + 5 * exp(-i)) ** 2,
                       range(10), z[0])),
    "Exponential": Benchmark("-e^{-½(x² + y²)}", 1, lambda z: -exp(-(z**2).sum(0) / 2)),
    "FreudensteinRoth": Benchmark(
        "(x - 13 + ((5 - y)y - 2)y)^2 + (x - 29 + ((y + 1)y - 14)y)^2", 10,
        lambda z: (z[0] - 13 + 5 * z[1] ** 2 - z[1] ** 3 - 2 * z[1]) ** 2
        + (z[0] - 29 + z[1] ** 3 + z[1] ** 2 - 14 * z[1]) ** 2),
    "Giunta": Benchmark(
        "0.6 + sin(16/15 x - 1) + sin²(16/15 x - 1) + 1/50 sin(4(16/15 x - 1)) + sin(16/15 y - 1)"
        " + sin²(16/15 y - 1) + 1/50 sin(4(16/15 y - 1))", 1,
        lambda z: 0.6 + sum(sin(u) + sin(u) ** 2 + sin(4 * u) / 50 for u in z * 16 / 15 - 1)),
    "GoldsteinPrice": Benchmark(
        "(1 + (x + y + 1)²(19 − 14x + 3x² − 14y + 6xy + 3y²))"
        "(30 + (2x − 3y)²(18 − 32x + 12x² + 48y − 36xy + 27y²))", 2,
        lambda z: (1 + (z.sum(0) + 1) ** 2 * (19 - 14 * z.sum(0) + 3 * z.sum(0) ** 2))
        * (30 + (w := 2 * z[0] - 3 * z[1]) ** 2 * (18 - 16 * w + 3 * w**2))),
    "Griewank": Benchmark(
        "(x^2 + y^2)/4000 - cos(x) cos(y/sqrt(2)) + 1", 100,
        lambda z: _radius(z) ** 2 / 4000 - cos(z[0]) * cos(z[1] / sqrt(2)) + 1),
    "Hansen": Benchmark(
        "sum(i, 0, 4, (i + 1) cos(i*x + i + 1)) * sum(j, 0, 4, (j + 1) cos((j + 2)y + j + 1))", 10,
        lambda z: _sum(lambda k: k * cos((k - 1) * z[0] + k), range(1, 6), z[0])
        * _sum(lambda k: k * cos((k + 1) * z[1] + k), range(1, 6), z[0])),
    "HimmelBlau": Benchmark(
        "(x² + y − 11)² + (x + y² − 7)²", 5, lambda z: ((z**2 + z[::-1] - np.array([[11.0], [7.0]])) ** 2).sum(0)),
    "HolderTable": Benchmark(
        "−|sin(x) cos(y) exp(|1 − √(x² + y²)/π|)|", 10,
        lambda z: -_tray(z, 1, lambda z: sin(z[0]) * cos(z[1]))),
    "Hosaki": Benchmark(
        "(1 − 8x + 7x² − 7/3 x³ + ¼x⁴) y² e⁻ʸ", (0, 5, 0, 6),
        lambda z: np.polyval([1 / 4, -7 / 3, 7, -8, 1], z[0]) * z[1] ** 2 / exp(z[1])),
    "Infinity": Benchmark("x⁶[sin(1/x) + 2] + y⁶[sin(1/y) + 2]", 1, lambda z: (z**6 * (sin(1 / z) + 2)).sum(0)),
    "JennrichSampson": Benchmark(
        "sum(i, 1, 10, (2 + 2i - (e^(i*x) + e^(i*y)))^2)", 1,
        lambda z: _sum(lambda i: (2 + 2 * i - exp(i * z[0]) - exp(i * z[1])) ** 2, range(1, 11), z[0])),
    "Judge": Benchmark(
        " + ".join([f"(x + {a}y + {b}y^2 - {c})^2" for a, b, c in _JUDGE]), 10, _judge),
    "Katsuura": Benchmark(
        "(1 + sum(k, 1, 32, round(2^k x) 2^(-k))) (1 + 2sum(k, 1, 32, round(2^k y) 2^(-k)))", (0, 100, 0, 100),
        lambda z: (1 + arange(1, 3)[:, np.newaxis] * sum(np.round(2**k * z) / 2**k for k in range(1, 33))).prod(0)),
    "Keane": Benchmark(
        "sin²(x − y) sin²(x + y)/√(x² + y²)", (0, 10, 0, 10),
        lambda z: (sin(z[0] - z[1]) * sin(z[0] + z[1])) ** 2 / _radius(z)),
    "Langermann": Benchmark(
        "-(" + " + ".join([f"{c} cos(π((x - {a})² + (y - {b})²)) e^(-((x - {a})² + (y - {b})²)/π)"
                           for a, b, c in _LANGERMANN]) + ")", (0, 10, 0, 10),
        lambda z: -sum(c * cos(pi * (r := (z[0] - a) ** 2 + (z[1] - b) ** 2)) * exp(-r / pi)
                       for a, b, c in _LANGERMANN)),
    "Leon": Benchmark("100(x₂ − x₁²)² + (1 − x₁)²", 1.2, lambda z: 100 * (z[0] ** 2 - z[1]) ** 2 + (z[0] - 1) ** 2),
    "Levy03": Benchmark(
        "sin²(π(1 + (x − 1)/4)) + ((x − 1)/4)² (1 + 10sin²(π(1 + (y − 1)/4))) + ((y − 1)/4)²", 10,
        lambda z: sin(pi * (u := (z[0] + 3) / 4)) ** 2 + (u - 1) ** 2 * (1 + 10 * sin(pi * (z[1] + 3) / 4) ** 2)
        + (z[1] - 1) ** 2 / 16),
    "Levy05": Benchmark(
        "sum(i, 1, 5, i cos((i - 1)x + i)) sum(j, 1, 5, j cos((j + 1)y + j)) + (x + 1.42513)^2 + (y + 0.80032)^2", 10,
        lambda z: _sum(lambda k: k * cos((k - 1) * z[0] + k), range(1, 6), z[0])
        * _sum(lambda k: k * cos((k + 1) * z[1] + k), range(1, 6), z[0])
        + (z[0] + 1.42513) ** 2 + (z[1] + 0.80032) ** 2),
    "Levy13": Benchmark(
        "sin²(3πx) + (x − 1)²(1 + sin²(3πy)) + (y − 1)²(1 + sin²(2πy))", 10,
        lambda z: sin(3 * pi * z[0]) ** 2 + (z[0] - 1) ** 2 * (1 + sin(3 * pi * z[1]) ** 2)
        + (z[1] - 1) ** 2 * (1 + sin(2 * pi * z[1]) ** 2)),
    "Matyas": Benchmark("0.26(x² + y²) − 0.48xy", 10, lambda z: 0.26 * (z**2).sum(0) - 0.48 * z.prod(0)),
    "McCormick": Benchmark(
        "sin(x + y) + (x − y)² − 1.5x + 2.5y + 1", (-1.5, 4, -3, 3),
        lambda z: 1 + sin(z.sum(0)) + (z[1] - z[0]) ** 2 + 2.5 * z[1] - 1.5 * z[0]),
    "Michalewicz": Benchmark(
        "−sin(x) sin(x²/π)²⁰ − sin(y) sin(2y²/π)²⁰", (0, pi, 0, pi),
        lambda z: -(sin(z) * sin(arange(1, 3)[:, np.newaxis] * z**2 / pi) ** 20).sum(0)),
    "Mishra01": Benchmark("(1 + (2 - x))^(2 - x) + 0y", (0, 1, 0, 1), lambda z: (3 - z[0]) ** (2 - z[0])),
    "Mishra02": Benchmark(
        "(1 + 2 - (x + y)/2)^(2 - (x + y)/2)", (0, 1, 0, 1), lambda z: (3 - z.mean(0)) ** (2 - z.mean(0))),
    "Mishra03": Benchmark(
        "√|cos √|x² + y²|| + 0.01(x + y)", 10, lambda z: sqrt(abs(cos(_radius(z)))) + z.sum(0) / 100),
    "Mishra04": Benchmark(
        "√|sin √|x² + y²|| + 0.01(x + y)", 10, lambda z: sqrt(abs(sin(_radius(z)))) + z.sum(0) / 100),
    "Mishra05": Benchmark(
        "(sin²((cos(x) + cos(y))²) + cos²((sin(x) + sin(y))²) + x)² + 0.01x + 0.1y", 10,
        lambda z: (sin(cos(z).sum(0) ** 2) ** 2 + cos(sin(z).sum(0) ** 2) ** 2 + z[0]) ** 2
        + z[0] / 100 + z[1] / 10),
    "Mishra06": Benchmark(
        "−ln((sin²((cos(x) + cos(y))²) − cos²((sin(x) + sin(y))²) + x)²) + 0.1((x − 1)² + (y − 1)²)", 10,
        lambda z: -2 * log(abs(sin(cos(z).sum(0) ** 2) ** 2 - cos(sin(z).sum(0) ** 2) ** 2 + z[0]))
        + ((z - 1) ** 2).sum(0) / 10),
    "Mishra07": Benchmark("(xy - 2!)^2", 10, lambda z: (z.prod(0) - 2) ** 2),
    "Mishra08": Benchmark(
        "0.001(|x^10 - 20x^9 + 180x^8 - 960x^7 + 3360x^6 - 8064x^5 + 13340x^4 - 15360x^3 + 11520x^2 - 5120x + 2624|"
        " + |y^4 + 12y^3 + 54y^2 + 108y + 81|)^2", 10, _decanomial),
    "Mishra10": Benchmark(
        "(trunc(x) + trunc(y) - trunc(x)trunc(y))^2", 10,
        lambda z: (np.trunc(z).sum(0) - np.trunc(z).prod(0)) ** 2),
    "Mishra11": Benchmark("(½(|x| + |y|) − |x||y|/2)²", 10, lambda z: (abs(z).mean(0) - abs(z).prod(0) / 2) ** 2),
    "MultiModal": Benchmark("(|x| + |y|) |x| |y|", 10, lambda z: abs(z).sum(0) * abs(z).prod(0)),
    "NeedleEye": Benchmark(
        "where(|x| < 0.0001 and |y| < 0.0001, 1,"
        " where(|x| < 0.0001, 1, 100 + |x|) + where(|y| < 0.0001, 1, 100 + |y|))", 10,
        lambda z: np.where((abs(z) < 1e-4).all(0), 1, np.where(abs(z) < 1e-4, 1, 100 + abs(z)).sum(0))),
    "NewFunction01": Benchmark(
        "|cos √|x² + y||^0.5 + 0.01(x + y)", 10,
        lambda z: sqrt(abs(cos(sqrt(abs(z[0] ** 2 + z[1]))))) + z.sum(0) / 100),
    "NewFunction02": Benchmark(
        "|sin √|x² + y||^0.5 + 0.01(x + y)", 10,
        lambda z: sqrt(abs(sin(sqrt(abs(z[0] ** 2 + z[1]))))) + z.sum(0) / 100),
    "OddSquare": Benchmark(
        "-exp(-2max((x - 1)^2, (y - 1.3)^2)/(2pi)) cos(2pi max((x - 1)^2, (y - 1.3)^2))"
        " (1 + 0.02((x - 1)^2 + (y - 1.3)^2)/(2max((x - 1)^2, (y - 1.3)^2) + 0.01))", 5 * pi, _odd_square),
    "Parsopoulos": Benchmark("cos²(x) + sin²(y)", 5, lambda z: 1 + (cos(2 * z[0]) - cos(2 * z[1])) / 2),
    "Pathological": Benchmark(
        "0.5 + (sin²(√(100x² + y²)) − 0.5)/(1 + 0.001(x² − 2xy + y²)²)", 100,
        lambda z: 0.5 + (sin(np.hypot(10 * z[0], z[1])) ** 2 - 0.5) / (1 + 0.001 * (z[0] - z[1]) ** 4)),
    "Penalty01": Benchmark(
        "pi/30 (10sin^2(pi(1 + (x + 1)/4)) + ((x + 1)/4)^2 (1 + 10sin^2(pi(1 + (y + 1)/4))) + ((y + 1)/4)^2)"
        " + where(|x| > 10, 100(|x| - 10)^4, 0) + where(|y| > 10, 100(|y| - 10)^4, 0)", 50,
        lambda z: pi / 30 * (10 * sin(pi * (u := (z + 5) / 4)[0]) ** 2 + (u[1] - 1) ** 2
                             + (u[0] - 1) ** 2 * (1 + 10 * sin(pi * u[1]) ** 2)) + _penalty(z, 10)),
    "Penalty02": Benchmark(
        "0.1(10sin²(3πx) + (x − 1)²(1 + sin²(3πy)) + (y − 1)²(1 + sin²(2πy)))"
        " + 100max(|x| − 5, 0)⁴ + 100max(|y| − 5, 0)⁴", 50,
        lambda z: sin(3 * pi * z[0]) ** 2 + ((z[0] - 1) ** 2 * (1 + sin(3 * pi * z[1]) ** 2)
                                             + (z[1] - 1) ** 2 * (1 + sin(2 * pi * z[1]) ** 2)) / 10 + _penalty(z, 5)),
    "PenHolder": Benchmark(
        "-exp(-|cos(x) cos(y) exp(|1 - sqrt(x^2 + y^2)/pi|)|^-1)", 11,
        lambda z: -exp(-1 / _tray(z, 1, lambda z: cos(z).prod(0)))),
    "PermFunction01": Benchmark(
        "(1.5(x - 1) + 2.5(y/2 - 1))^2 + (1.5(x^2 - 1) + 4.5((y/2)^2 - 1))^2", (-2, 3, -2, 3),
        lambda z: _perm(z, lambda j, k: j**k + 0.5, lambda x, j, k: (x / j) ** k - 1)),
    "PermFunction02": Benchmark(
        "sum(k, 1, 2, (sum(j, 1, 2, (j + 10) (where(j < 1.5, x, y)^k - (1/j)^k)))^2)", (-2, 3, -2, 3),
        lambda z: _perm(z, lambda j, _: j + 10, lambda x, j, k: x**k - (1 / j) ** k)),
    "Pinter": Benchmark(
        "x² + 2y² + 20sin²(y sin x + sin y) + 40sin²(x sin y + sin x)"
        " + log10(1 + (y² − 2x + 3y − cos(x) + 1)²) + 2log10(1 + 2(x² − 2y + 3x − cos(y) + 1)²)", 10, _pinter),
    "Plateau": Benchmark("30 + ⌊|x|⌋ + ⌊|y|⌋", 5.12, lambda z: 30 + floor(abs(z)).sum(0)),
    "Price01": Benchmark("(|x| − 5)² + (|y| − 5)²", 500, lambda z: ((abs(z) - 5) ** 2).sum(0)),
    "Price02": Benchmark(
        "1 + sin²(x) + sin²(y) − 0.1e^{−x² − y²}", 10, lambda z: 1 + (sin(z) ** 2).sum(0) - exp(-(z**2).sum(0)) / 10),
    "Price03": Benchmark(
        "100(y − x²)² + [6.4(y − 0.5)² − x − 0.6]²", 5,
        lambda z: (10 * (z[1] - z[0] ** 2)) ** 2 + (6.4 * (z[1] - 0.5) ** 2 - z[0] - 0.6) ** 2),
    "Price04": Benchmark(
        "(2x³y − y³)² + (6x − y² + y)²", 50,
        lambda z: (z[1] * (2 * z[0] ** 3 - z[1] ** 2)) ** 2 + (6 * z[0] + z[1] * (1 - z[1])) ** 2),
    "Qing": Benchmark("(x^2 - 1)^2 + (y^2 - 2)^2", 500, lambda z: ((z**2 - arange(1, 3)[:, np.newaxis]) ** 2).sum(0)),
    "Quadratic": Benchmark(
        "−3803.84 − 138.08x₁ − 232.92x₂ + 128.08x₁² + 203.64x₂² + 182.25x₁x₂", 10,
        lambda z: z[0] * (128.08 * z[0] + 182.25 * z[1] - 138.08) + z[1] * (203.64 * z[1] - 232.92) - 3803.84),
    "Quintic": Benchmark(
        "|x⁵ − 3x⁴ + 4x³ + 2x² − 10x − 4| + |y⁵ − 3y⁴ + 4y³ + 2y² − 10y − 4|", 10,
        lambda z: abs(np.polyval([1, -3, 4, 2, -10, -4], z)).sum(0)),
    "Rana": Benchmark(
        "(y + 1) cos√|y - x + 1| sin√|y + x + 1| + x cos√|y + x + 1| sin√|y - x + 1|", 500,
        lambda z: (z[1] + 1) * cos(d := sqrt(abs(z[1] - z[0] + 1))) * sin(s := sqrt(abs(z.sum(0) + 1)))
        + z[0] * cos(s) * sin(d)),
    "Rastrigin": Benchmark(
        "20 + x² − 10cos(2πx) + y² − 10cos(2πy)", 5.12, lambda z: (10 + z**2 - 10 * cos(2 * pi * z)).sum(0)),
    "Ripple01": Benchmark(
        "-e^(-2 ln(2) ((x - 0.1)/0.8)^2) (sin(5pi*x)^6 + 0.1cos(500pi*x)^2)"
        " - e^(-2 ln(2) ((y - 0.1)/0.8)^2) (sin(5pi*y)^6 + 0.1cos(500pi*y)^2)", (0, 1, 0, 1),
        lambda z: -(0.25 ** (((z - 0.1) / 0.8) ** 2) * (sin(5 * pi * z) ** 6 + cos(500 * pi * z) ** 2 / 10)).sum(0)),
    "Ripple25": Benchmark(
        "-2^(-2((x - 0.1)/0.8)^2) sin(5pi x)^6 - 2^(-2((y - 0.1)/0.8)^2) sin(5pi y)^6", (0, 1, 0, 1),
        lambda z: -(0.25 ** (((z - 0.1) / 0.8) ** 2) * sin(5 * pi * z) ** 6).sum(0)),
    "Rosenbrock": Benchmark(
        "100(y − x²)² + (1 − x)²", 30, lambda z: (10 * (z[0] ** 2 - z[1])) ** 2 + (z[0] - 1) ** 2),
    "RosenbrockModified": Benchmark(
        "74 + 100(y − x²)² + (1 − x)² − 400exp(−((x + 1)² + (y + 1)²)/0.1)", 2,
        lambda z: 74 + (10 * (z[1] - z[0] ** 2)) ** 2 + (1 - z[0]) ** 2 - 400 * exp(-10 * ((z + 1) ** 2).sum(0))),
    "RotatedEllipse01": Benchmark(
        "7x² − 6√3 x y + 13y²", 500, lambda z: np.einsum("in,ij,jn->n", z, np.array(_ROTATED), z)),
    "RotatedEllipse02": Benchmark("x² − xy + y²", 500, lambda z: (z.sum(0) ** 2 + 3 * (z[0] - z[1]) ** 2) / 4),
    "Salomon": Benchmark(
        "1 − cos(2π√(x² + y²)) + 0.1√(x² + y²)", 100, lambda z: 1 - cos(2 * pi * _radius(z)) + _radius(z) / 10),
    "Sargan": Benchmark("2(x^2 + 0.4xy) + 2(y^2 + 0.4xy)", 100, lambda z: 2 * (z**2).sum(0) + 1.6 * z.prod(0)),
    "Schaffer01": Benchmark(
        "0.5 + (sin²(x² + y²) − 0.5)/(1 + 0.001(x² + y²))²", 100,
        lambda z: 0.5 + (sin((z**2).sum(0)) ** 2 - 0.5) / (1 + (z**2).sum(0) / 1000) ** 2),
    "Schaffer02": Benchmark(
        "0.5 + (sin²(x² − y²) − 0.5)/(1 + 0.001(x² + y²))²", 100,
        lambda z: 0.5 + (sin(z[0] ** 2 - z[1] ** 2) ** 2 - 0.5) / (1 + (z**2).sum(0) / 1000) ** 2),
    "Schaffer03": Benchmark(
        "0.5 + (sin²(cos(|x² − y²|)) − 0.5)/(1 + 0.001(x² + y²))²", 100,
        lambda z: 0.5 + (sin(cos(z[0] ** 2 - z[1] ** 2)) ** 2 - 0.5) / (1 + (z**2).sum(0) / 1000) ** 2),
    "Schaffer04": Benchmark(
        "0.5 + (cos²(sin(|x² − y²|)) − 0.5)/(1 + 0.001(x² + y²))²", 100,
        lambda z: 0.5 + (cos(sin(z[0] ** 2 - z[1] ** 2)) ** 2 - 0.5) / (1 + (z**2).sum(0) / 1000) ** 2),
    "Schwefel01": Benchmark("(x² + y²)^√π", 100, lambda z: _radius(z) ** (2 * sqrt(pi))),
    "Schwefel02": Benchmark("x^2 + (x + y)^2", 100, lambda z: (np.cumsum(z, 0) ** 2).sum(0)),
    "Schwefel04": Benchmark(
        "(x − 1)² + (x − x²)² + (y − 1)² + (x − y²)²", (0, 10, 0, 10),
        lambda z: ((z - 1) ** 2 + (z[0] - z**2) ** 2).sum(0)),
    "Schwefel06": Benchmark(
        "max(|x + 2y - 7|, |2x + y - 5|)", 100,
        lambda z: np.maximum(abs(z[0] + 2 * z[1] - 7), abs(2 * z[0] + z[1] - 5))),
    "Schwefel20": Benchmark("|x| + |y|", 100, lambda z: abs(z).sum(0)),
    "Schwefel21": Benchmark("max(|x|, |y|)", 100, lambda z: abs(z).max(0)),
    "Schwefel22": Benchmark("|x| + |y| + |x||y|", 100, lambda z: abs(z).sum(0) + abs(z).prod(0)),
    "Schwefel26": Benchmark(
        "418.982887·2 − x sin(√|x|) − y sin(√|y|)", 500, lambda z: 837.965774 - (z * sin(sqrt(abs(z)))).sum(0)),
    "Schwefel36": Benchmark("−xy(72 − 2x − 2y)", (0, 500, 0, 500), lambda z: 2 * z.prod(0) * (z.sum(0) - 36)),
    "Shubert01": Benchmark(
        "sum(j, 1, 5, j cos((j + 1)x + j)) sum(j, 1, 5, j cos((j + 1)y + j))", 10,
        lambda z: prod([_sum(lambda j, u=u: j * cos((j + 1) * u + j), range(1, 6), u) for u in z], axis=0)),
    "Shubert03": Benchmark(
        "sum(j, 1, 5, -j sin((j + 1)x + j)) + sum(j, 1, 5, -j sin((j + 1)y + j))", 10,
        lambda z: -sum(_sum(lambda j, u=u: j * sin((j + 1) * u + j), range(1, 6), u) for u in z)),
    "Shubert04": Benchmark(
        "-sum(j, 1, 5, j cos((j + 1)x + j)) - sum(j, 1, 5, j cos((j + 1)y + j))", 10,
        lambda z: -sum(_sum(lambda j, u=u: j * cos((j + 1) * u + j), range(1, 6), u) for u in z)),
    "SineEnvelope": Benchmark(
        "(sin²(√(x² + y²)) − 0.5)/(0.001(x² + y²) + 1)² + 0.5", 100,
        lambda z: (sin(_radius(z)) ** 2 - 0.5) / (1 + _radius(z) ** 2 / 1000) ** 2 + 0.5),
    "SixHumpCamel": Benchmark(
        "(4 − 2.1x² + x⁴/3)x² + xy + (4y² − 4)y²", 5,
        lambda z: 4 * z[0] ** 2 - 2.1 * z[0] ** 4 + z[0] ** 6 / 3 + z.prod(0) + 4 * (z[1] ** 4 - z[1] ** 2)),
    "Sodp": Benchmark("|x|² + |y|³", 1, lambda z: z[0] ** 2 + abs(z[1] ** 3)),
    "Sphere": Benchmark("x₁² + x₂²", 5.12, lambda z: (z**2).sum(0)),
    "Step": Benchmark("⌊|x|⌋ + ⌊|y|⌋", 100, lambda z: floor(abs(z)).sum(0)),
    "Step2": Benchmark("(⌊x⌋ + 0.5)² + (⌊y⌋ + 0.5)²", 100, lambda z: ((floor(z) + 0.5) ** 2).sum(0)),
    "StretchedV": Benchmark(
        "(x² + y²)^¼ sin²(50(x² + y²)^0.1 + 1)", 10,
        lambda z: sqrt(_radius(z)) * sin(50 * _radius(z) ** 0.2 + 1) ** 2),
    "StyblinskiTang": Benchmark(
        "½(x⁴ − 16x² + 5x + y⁴ − 16y² + 5y)", 5, lambda z: np.polyval([0.5, 0, -8, 2.5, 0], z).sum(0)),
    "TestTubeHolder": Benchmark(
        "−4|e^{|cos(x²/200 + y²/200)|} sin(x) cos(y)|", 10,
        lambda z: -4 * abs(sin(z[0]) * cos(z[1])) * exp(abs(cos((z**2).sum(0) / 200)))),
    "ThreeHumpCamel": Benchmark(
        "2x² − 1.05x⁴ + x⁶/6 + xy + y²", 5,
        lambda z: np.polyval([1 / 6, 0, -1.05, 0, 2, 0, 0], z[0]) + z[1] * (z[0] + z[1])),
    "Treccani": Benchmark("x⁴ + 4x³ + 4x² + y²", 5, lambda z: (z[0] * (z[0] + 2)) ** 2 + z[1] ** 2),
    "Trefethen": Benchmark(
        "0.25x² + 0.25y² + e^{sin(50x)} − sin(10x + 10y) + sin(60e^y) + sin(70sin(x)) + sin(sin(80y))", 10,
        lambda z: (z**2).sum(0) / 4 + exp(sin(50 * z[0])) - sin(10 * z[0] + 10 * z[1]) + sin(60 * exp(z[1]))
        + sin(70 * sin(z[0])) + sin(sin(80 * z[1]))),
    "Trigonometric01": Benchmark(
        "sum(i, 1, 2, (2 - (cos(x) + i(1 - cos(x) - sin(x)) + cos(y) + i(1 - cos(y) - sin(y))))^2)", (0, pi, 0, pi),
        lambda z: sum((2 - (cos(z) + i * (1 - cos(z) - sin(z))).sum(0)) ** 2 for i in (1, 2))),
    "Trigonometric02": Benchmark(
        "1 + 8sin²(7(x − 0.9)²) + 6sin²(14(x − 0.9)²) + (x − 0.9)²"
        " + 8sin²(7(y − 0.9)²) + 6sin²(14(y − 0.9)²) + (y − 0.9)²", 500,
        lambda z: 1 + (8 * sin(7 * (t := (z - 0.9) ** 2)) ** 2 + 6 * sin(14 * t) ** 2 + t).sum(0)),
    "Tripod": Benchmark(
        "where(y >= 0, 1, 0)(1 + where(x >= 0, 1, 0)) + |x + 50 where(y >= 0, 1, 0)(1 - 2where(x >= 0, 1, 0))|"
        " + |y + 50(1 - 2where(y >= 0, 1, 0))|", 100, _tripod),
    "Ursem01": Benchmark(
        "−sin(2x − 0.5π) − 3cos(y) − 0.5x", (-2.5, 3, -2, 2), lambda z: cos(2 * z[0]) - 3 * cos(z[1]) - z[0] / 2),
    "Ursem03": Benchmark(
        "−sin(2.2πx + 0.5π) (2 − |x|)/2 (3 − |x|)/2 − sin(2.2πy + 0.5π) (2 − |y|)/2 (3 − |y|)/2", (-2, 2, -1.5, 1.5),
        lambda z: -(cos(2.2 * pi * z) * (2 - abs(z)) * (3 - abs(z)) / 4).sum(0)),
    "Ursem04": Benchmark(
        "−3sin(0.5πx + 0.5π) (2 − √(x² + y²))/4", 2, lambda z: -0.75 * cos(pi * z[0] / 2) * (2 - _radius(z))),
    "UrsemWaves": Benchmark(
        "−0.9x² + (y² − 4.5y²)xy + 4.7cos(3x − y²(2 + x)) sin(2.5πx)", (-0.9, 1.2, -1.2, 1.2),
        lambda z: -0.9 * z[0] ** 2 - 3.5 * z[0] * z[1] ** 3
        + 4.7 * cos(3 * z[0] - z[1] ** 2 * (2 + z[0])) * sin(2.5 * pi * z[0])),
    "VenterSobiezcczanskiSobieski": Benchmark(
        "x² − 100cos²(x) − 100cos(x²/30) + y² − 100cos²(y) − 100cos(y²/30)", 50,
        lambda z: (z**2 - 50 * (1 + cos(2 * z)) - 100 * cos(z**2 / 30)).sum(0)),
    "Vincent": Benchmark("−sin(10 ln(x)) − sin(10 ln(y))", (0.25, 10, 0.25, 10), lambda z: -sin(10 * log(z)).sum(0)),
    "Wavy": Benchmark(
        "1 − ½(cos(10x) e^{−x²/2} + cos(10y) e^{−y²/2})", pi, lambda z: 1 - (cos(10 * z) * exp(-(z**2) / 2)).mean(0)),
    "WayburnSeader01": Benchmark(
        "(x⁶ + y⁴ − 17)² + (2x + y − 4)²", 5,
        lambda z: (z[0] ** 6 + z[1] ** 4 - 17) ** 2 + (2 * z[0] + z[1] - 4) ** 2),
    "WayburnSeader02": Benchmark(
        "[1.613 − 4(x − 0.3125)² − 4(y − 1.625)²]² + (y − 1)²", 500,
        lambda z: (1.613 - (2 * z[0] - 0.625) ** 2 - (2 * z[1] - 3.25) ** 2) ** 2 + (z[1] - 1) ** 2),
    "Weierstrass": Benchmark(
        "sum(k, 0, 20, 0.5^k (cos(2π 3^k (x + 0.5)) + cos(2π 3^k (y + 0.5)))) - 2sum(k, 0, 20, 0.5^k cos(π 3^k))", 0.5,
        lambda z: sum((cos(2 * pi * 3**k * (z + 0.5)).sum(0) + 2) / 2**k for k in range(21))),
    "Whitley": Benchmark(
        "(100(x² − x) + (1 − x)²)²/4000 − cos(100(x² − x) + (1 − x)²) + (100(x² − y) + (1 − y)²)²/4000"
        " − cos(100(x² − y) + (1 − y)²) + (100(y² − x) + (1 − x)²)²/4000 − cos(100(y² − x) + (1 − x)²)"
        " + (100(y² − y) + (1 − y)²)²/4000 − cos(100(y² − y) + (1 − y)²) + 4", 10.24, _whitley),
    "XinSheYang02": Benchmark(
        "(|x| + |y|) e^{−(sin(x²) + sin(y²))}", 2 * pi, lambda z: abs(z).sum(0) / exp(sin(z**2).sum(0))),
    "XinSheYang03": Benchmark(
        "e^{−((x/15)^10 + (y/15)^10)} − 2e^{−(x² + y²)} cos²(x) cos²(y)", 20,
        lambda z: exp(-((z / 15) ** 10).sum(0)) - 2 * exp(-(z**2).sum(0)) * (cos(z) ** 2).prod(0)),
    "XinSheYang04": Benchmark(
        "[sin²(x) + sin²(y) − e^{−(x² + y²)}] e^{−(sin²(√|x|) + sin²(√|y|))}", 10,
        lambda z: ((sin(z) ** 2).sum(0) - exp(-(z**2).sum(0))) * exp(-(sin(sqrt(abs(z))) ** 2).sum(0))),
    "YaoLiu04": Benchmark("max(abs(x), abs(y))", 10, lambda z: abs(z).max(0)),
    "YaoLiu09": Benchmark(
        "x^2 - 10cos(2pi*x) + 10 + y^2 - 10cos(2pi*y) + 10", 5.12, lambda z: (10 + z**2 - 10 * cos(2 * pi * z)).sum(0)),
    "Zacharov": Benchmark(
        "x² + y² + (½(x + 2y))² + (½(x + 2y))⁴", (-5, 10, -5, 10),
        lambda z: (z**2).sum(0) + (v := z[0] / 2 + z[1]) ** 2 + v**4),
    "ZeroSum": Benchmark(
        "where(|x + y| < 3e-16, 0, 1 + (10000|x + y|)^0.5)", 10,
        lambda z: np.where(abs(z.sum(0)) < 3e-16, 0, 1 + 100 * sqrt(abs(z.sum(0))))),
    "Zettl": Benchmark(
        "¼x + (x² − 2x + y²)²", (-1, 5, -1, 5), lambda z: z[0] / 4 + ((z[0] - 1) ** 2 - 1 + z[1] ** 2) ** 2),
    "Zimmerman": Benchmark(
        "max(9 - x - y, 100(1 + (x - 3)^2 + (y - 2)^2 - 16) sgn((x - 3)^2 + (y - 2)^2 - 16),"
        " 100(1 + xy - 14) sgn(xy - 14), 100(1 - x) sgn(x), 100(1 - y) sgn(y))", (0, 100, 0, 100), _zimmerman),
    "Zirilli": Benchmark(
        "0.25x⁴ − 0.5x² + 0.1x + 0.5y²", 10, lambda z: np.polyval([0.25, 0, -0.5, 0.1, 0], z[0]) + z[1] ** 2 / 2),
}  # fmt: skip


def points(name: str, n: int = 50) -> Array:
    """Random points in the box of a function: (2, n)."""
    box = BENCHMARKS[name].box
    low, high = np.array((-box, box, -box, box) if isinstance(box, float | int) else box).reshape(2, 2).T
    random = np.random.default_rng(list(name.encode()))
    return stack([random.uniform(a, b, n) for a, b in zip(low, high, strict=True)])
