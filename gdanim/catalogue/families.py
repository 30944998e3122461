"""The catalogue of functions of any number of variables, as data; `--dim N` says how many there are.

Several have a row in functions.py, too: that is the function of two variables.
"""

from __future__ import annotations

from typing import Final

from gdanim.catalogue.specs import Family

# fmt: off
FAMILIES: Final = (
    Family(name="sphere", target="gdanim.objectives.families:sphere", bound=5.0, start=(4.5, -3.0, 2.0),
        minimizer=0.0, complete=True, summary="Σ x_i²", source="De Jong 1975, thesis, University of Michigan"),
    Family(name="ellipse", target="gdanim.objectives.families:ellipse", bound=5.0, start=(-4.5, 3.0),
        minimizer=0.0, complete=True, summary="Σ 10^((i−1)/(d−1)) x_i²",
        source="textbook: the steep direction limits the rate, the gentle one needs the time"),
    Family(name="quadratic", target="gdanim.objectives.families:quadratic", bound=5.0, start=(-4.5, 3.0),
        minimizer=0.0, complete=True, parameters=(("kappa", 100.0),), summary="½ Σ κ^((i−1)/(d−1)) x_i²",
        source="textbook: eigenvalues from 1 to the condition number κ"),
    Family(name="rosenbrock", target="gdanim.objectives.families:rosenbrock", bound=2.048, start=(0.2, 1.5),
        minimizer=1.0, least=2, summary="Σ 100 (x_{i+1} − x_i²)² + (1 − x_i)²",
        source="Rosenbrock 1960, An automatic method for finding the greatest or least value, Comput. J. 3:175-184"),
    Family(name="rastrigin", target="gdanim.objectives.families:rastrigin", bound=5.12, start=(2.45, -1.52),
        minimizer=0.0, summary="Σ 10 + x_i² − 10 cos(2π x_i)",
        source="Rastrigin 1974, Systems of Extremal Control, Mir, Moscow"),
    Family(name="ackley", target="gdanim.objectives.families:ackley", bound=5.0, start=(0.55, -0.7),
        minimizer=0.0, kink=True, summary="20 (1 − exp(−0.2 ‖x‖/√d)) + e − exp(Σ cos(2π x_i)/d)",
        source="Ackley 1987, A Connectionist Machine for Genetic Hillclimbing, Kluwer"),
    Family(name="griewank", target="gdanim.objectives.families:griewank", bound=10.0, start=(2.0, -1.5),
        minimizer=0.0, summary="Σ x_i²/4000 − Π cos(x_i/√i) + 1",
        source="Griewank 1981, Generalized descent for global optimization, J. Optim. Theory Appl. 34:11-39"),
    Family(name="styblinski_tang", title="Styblinski–Tang", target="gdanim.objectives.families:styblinski_tang",
        bound=5.0, start=(-0.1, 0.6, -1.5), minimizer=-2.903534027771177, summary="½ Σ x_i⁴ − 16 x_i² + 5 x_i",
        source="Styblinski & Tang 1990, Experiments in nonconvex optimization, Neural Networks 3:467-483"),
    Family(name="dixon_price", title="Dixon–Price", target="gdanim.objectives.families:dixon_price", bound=10.0,
        start=(3.5, 0.4, 1.0), minimizer=1.0, point="gdanim.objectives.families:dixon_price_minimizer",
        summary="(x_1 − 1)² + Σ i (2 x_i² − x_{i−1})²",
        source="Dixon & Price 1989, The truncated Newton method for sparse unconstrained optimisation, "
            "J. Optim. Theory Appl. 60:261-275"),
    Family(name="zakharov", target="gdanim.objectives.families:zakharov", bound=5.0, start=(1.5, -1.0, 0.5),
        minimizer=0.0, complete=True, summary="Σ x_i² + s² + s⁴, s = Σ i x_i/2",
        source="Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments (sfu.ca/~ssurjano): Zakharov"),
    Family(name="levy", title="Lévy", target="gdanim.objectives.families:levy", bound=10.0, start=(-1.5, 3.0, -0.5),
        minimizer=1.0, summary="sin²(π w_1) + Σ (w_i − 1)² (1 + 10 sin²(π w_i + 1)) + …, w = 1 + (x − 1)/4",
        source="Laguna & Martí 2005, Experimental testing of advanced scatter search designs, "
            "J. Glob. Optim. 33:235-255"),
)
# fmt: on
DIM: Final = 10  # of a function without a row in functions.py where nobody says
BY_NAME: Final = {row.name: row for row in FAMILIES}
