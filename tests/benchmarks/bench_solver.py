"""The solver against loops written by hand for one rule and one function, as ratios of their times.

Each side runs in a process of its own: what the one has allocated would speed the other up.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

PAIRS = 5

ADAM_BY_HAND = """
def race(start, lr=0.05, b1=0.9, b2=0.999, eps=1e-8, n=1000):
    x, m, v = start.copy(), np.zeros_like(start), np.zeros_like(start)
    xs, fs, gs = np.empty((n + 1, *x.shape)), np.empty((n + 1, len(x))), np.empty((n + 1, *x.shape))
    for k in range(n + 1):
        a, r = x[:, 0], x[:, 1] - x[:, 0] * x[:, 0]
        g = np.empty_like(x)
        g[:, 0], g[:, 1] = -400 * a * r - 2 * (1 - a), 200 * r
        xs[k], fs[k], gs[k] = x, 100 * r * r + (1 - a) ** 2, g
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        x = x - lr * (m / (1 - b1 ** (k + 1))) / (np.sqrt(v / (1 - b2 ** (k + 1))) + eps)
"""

OURS = """
from gdanim.catalogue.registry import optimizer
from gdanim.catalogue.request import chosen_function
from gdanim.descent.solver import solve
from gdanim.objectives.lookup import objective
"""

CASES = {
    "adam on rosenbrock, 10 000 starts × 1000, recorded, to a numpy loop": (
        "start = np.random.default_rng(0).uniform(-2.048, 2.048, (10_000, 2))",
        f"{OURS}f, rule = objective(chosen_function('rosenbrock', {{}}), {{}}), optimizer('adam').build()",
        "solve(f, rule, start, np.full(10_000, 0.05), 1000)",
        ADAM_BY_HAND,
        "race(start)",
    ),
    "gd on parabola, one run × 1e6, recorded, to a Python loop": (
        "x, lr, n = 4.3, 1e-6, 1_000_000",
        f"{OURS}f, rule = objective(chosen_function('parabola', {{}}), {{}}), optimizer('gd').build()",
        "solve(f, rule, np.array([[x]]), np.array([lr]), n)",
        "def loop(x):\n    for _ in range(n):\n        x -= lr * 2 * x\n",
        "loop(x)",
    ),
}


def seconds(setup: str, definition: str, statement: str) -> float:
    """How long a statement takes in a fresh process, without what goes before it."""
    script = (
        f"import time\nimport numpy as np\n{setup}\n{definition}\n"
        f"began = time.perf_counter()\n{statement}\nprint(time.perf_counter() - began)"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return float(ended.stdout)


def main() -> None:
    """Print the median ratio of each case."""
    for title, (setup, our_setup, ours, hand_setup, hand) in CASES.items():
        ratios = [seconds(setup, our_setup, ours) / seconds(setup, hand_setup, hand) for _ in range(PAIRS)]
        print(f"{title}: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    began = time.perf_counter()
    main()
    print(f"{time.perf_counter() - began:.0f} s")
