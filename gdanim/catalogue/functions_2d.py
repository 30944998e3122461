"""The catalogue of functions of two variables, as data: one row each, its text read as a person's formula is.

rastrigin, ackley, griewank, levy13 and easom have from 17 to more than a thousand local minima inside their bounds:
their rows name only the global one. How to add a function: functions_1d.py.
"""

from __future__ import annotations

from typing import Final

from gdanim.catalogue.specs import Formula

TWO_VARIABLES: Final = (
    Formula(
        name="ellipse",
        formula="x**2 + 10*y**2",
        bounds=((-5, 5), (-5, 5)), start=(-4.5, 3.0), lr=0.03, iterations=60,
        minimizers=((0.0, 0.0),), minimum=0.0, curvature=20.0,
        source="textbook: the steep direction limits the rate, the gentle one needs the time",
    ),
    Formula(
        name="saddle",
        formula="x**2 - y**2",
        bounds=((-2, 2), (-2, 2)), start=(-1.6, 0.01), lr=0.04, iterations=65,
        minimizers=(), minimum=None, curvature=None, note="saddle",
        source="textbook: a descent stalls at the saddle, then escapes",
    ),
    Formula(
        name="monkey_saddle",
        formula="x**3 - 3*x*y**2",
        bounds=((-1.5, 1.5), (-1.5, 1.5)), start=(1.4, 0.02), lr=0.02, iterations=65,
        minimizers=(), minimum=None, curvature=None, note="saddle",
        source="Hilbert & Cohn-Vossen 1932, Anschauliche Geometrie (Geometry and the Imagination), Springer",
    ),
    Formula(
        name="booth",
        formula="(x + 2*y - 7)**2 + (2*x + y - 5)**2",
        bounds=((-10, 10), (-10, 10)), start=(-8.0, 2.0), lr=0.02, iterations=50,
        minimizers=((1.0, 3.0),), minimum=0.0, curvature=18.0,
        source="Jamil & Yang 2013, A literature survey of benchmark functions for global optimisation, arXiv 1308.4008",
    ),
    Formula(
        name="matyas",
        formula="0.26*(x**2 + y**2) - 0.48*x*y",
        bounds=((-10, 10), (-10, 10)), start=(9.0, -2.0), lr=0.3, iterations=60,
        minimizers=((0.0, 0.0),), minimum=0.0, curvature=1.0,
        source="Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments (sfu.ca/~ssurjano): Matyas",
    ),
    Formula(
        name="rosenbrock",
        formula="100*(y - x**2)**2 + (1 - x)**2",
        bounds=((-2.048, 2.048), (-2.048, 2.048)), start=(-0.7, 2.0), lr=0.0018, iterations=150,
        minimizers=((1.0, 1.0),), minimum=0.0, curvature=1001.6006392325123,
        source="Rosenbrock 1960, An automatic method for finding the greatest or least value, Comput. J. 3:175-184",
    ),
    Formula(
        name="beale",
        formula="(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
        bounds=((-4.5, 4.5), (-4.5, 4.5)), start=(1.0, 1.5), lr=0.01, iterations=100,
        minimizers=((3.0, 0.5),), minimum=0.0, curvature=48.979786353477756,
        source="Beale 1958, On an iterative method for finding a local minimum, Technical Report 25, Princeton",
    ),
    Formula(
        name="himmelblau",
        formula="(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
        bounds=((-5, 5), (-5, 5)), start=(0.0, 0.0), lr=0.005, iterations=40,
        minimizers=(
            (3.0, 2.0), (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.2831859912861696), (3.5844283403304917, -1.8481265269644036),
        ),
        minimum=0.0, curvature=82.2842712474619,
        source="Himmelblau 1972, Applied Nonlinear Programming, McGraw-Hill",
    ),
    Formula(
        name="camel3",
        formula="2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2",
        bounds=((-5, 5), (-5, 5)), start=(1.0, 4.0), lr=0.05, iterations=50,
        minimizers=(
            (0.0, 0.0), (1.7475523458302888, -0.8737761729151444), (-1.7475523458302888, 0.8737761729151444),
        ),
        minimum=0.0, curvature=4.414213562373095,
        source="Ali, Khompatraporn & Zabinsky 2005, A numerical evaluation of stochastic algorithms, "
        "J. Glob. Optim. 31:635-672",
    ),
    Formula(
        name="camel6",
        formula="(4 - 2.1*x**2 + x**4/3)*x**2 + x*y + (4*y**2 - 4)*y**2",
        bounds=((-3, 3), (-2, 2)), start=(1.1, 0.1), lr=0.02, iterations=40,
        minimizers=(
            (0.08984201310031806, -0.7126564030207396), (-0.08984201310031806, 0.7126564030207396),
            (1.703606714969981, -0.7960835686726251), (-1.703606714969981, 0.7960835686726251),
            (1.6071047529201972, 0.5686514548841314), (-1.6071047529201972, -0.5686514548841314),
        ),
        minimum=-1.0316284534898774, curvature=16.49319523222773,
        source="Dixon & Szegö 1978, Towards Global Optimisation 2, North-Holland",
    ),
    Formula(
        name="goldstein_price",
        formula="(1 + (x + y + 1)**2*(19 - 14*x + 3*x**2 - 14*y + 6*x*y + 3*y**2))"
        "*(30 + (2*x - 3*y)**2*(18 - 32*x + 12*x**2 + 48*y - 36*x*y + 27*y**2))",
        bounds=((-2, 2), (-2, 2)), start=(0.7, 0.2), lr=0.00005, iterations=80,
        minimizers=((0.0, -1.0), (-0.6, -0.4), (1.8, 0.2), (1.2, 0.8)),
        minimum=3.0, curvature=965.1689883326395,
        source="Goldstein & Price 1971, On descent from local minima, Math. Comput. 25:569-574",
    ),
    Formula(
        name="branin",
        formula="(y - 5.1*x**2/(4*pi**2) + 5*x/pi - 6)**2 + 10*(1 - 1/(8*pi))*cos(x) + 10",
        bounds=((-5, 10), (0, 15)), start=(6.0, 13.0), lr=0.02, iterations=80,
        minimizers=((-3.141592653589793, 12.275), (3.141592653589793, 2.275), (9.42477796076938, 2.475)),
        minimum=0.3978873577297383, curvature=22.291739023047022,
        source="Branin 1972, Widely convergent method for finding multiple solutions, IBM J. Res. Dev. 16:504-522",
    ),
    Formula(
        name="mccormick",
        formula="sin(x + y) + (x - y)**2 - 1.5*x + 2.5*y + 1",
        bounds=((-1.5, 4), (-3, 4)), start=(3.5, -2.0), lr=0.05, iterations=60,
        minimizers=((-0.5471975511965977, -1.5471975511965979), (2.5943951023931957, 1.5943951023931955)),
        minimum=-1.9132229549810364, curvature=4.0,
        source="McCormick 1976, Computability of global solutions to factorable nonconvex programs, "
        "Math. Program. 10:147-175",
    ),
    Formula(
        name="styblinski_tang",
        formula="(x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y)/2",
        bounds=((-5, 5), (-5, 5)), start=(-0.1, 0.6), lr=0.006, iterations=60,
        minimizers=(
            (-2.903534027771177, -2.903534027771177), (2.746802770990837, -2.903534027771177),
            (-2.903534027771177, 2.746802770990837), (2.746802770990837, 2.746802770990837),
        ),
        minimum=-78.33233140754282, curvature=34.583059102550685,
        source="Styblinski & Tang 1990, Experiments in nonconvex optimization, Neural Networks 3:467-483",
    ),
    Formula(
        name="rastrigin",
        formula="20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)",
        bounds=((-5.12, 5.12), (-5.12, 5.12)), start=(2.45, -1.52), lr=0.0005, iterations=50,
        minimizers=((0.0, 0.0),), minimum=0.0, curvature=396.78417604357435,
        source="Rastrigin 1974, Systems of Extremal Control, Mir, Moscow",
    ),
    Formula(
        name="ackley",
        # 20 and e stand apart, and hypot for the root of a sum of squares: at the kink f is 0 exactly, and ∇f a number.
        formula="20*(1 - exp(-0.2*hypot(x, y)/sqrt(2))) + e - exp((cos(2*pi*x) + cos(2*pi*y))/2)",
        bounds=((-5, 5), (-5, 5)), start=(0.55, -0.7), lr=0.01, iterations=60,
        minimizers=((0.0, 0.0),), minimum=0.0, curvature=None, note="kink",
        source="Ackley 1987, A Connectionist Machine for Genetic Hillclimbing, Kluwer",
    ),
    Formula(
        name="griewank",
        formula="(x**2 + y**2)/4000 - cos(x)*cos(y/sqrt(2)) + 1",
        bounds=((-10, 10), (-10, 10)), start=(6.0, 4.6), lr=0.2, iterations=50,
        minimizers=((0.0, 0.0),), minimum=0.0, curvature=1.0005,
        source="Griewank 1981, Generalized descent for global optimization, J. Optim. Theory Appl. 34:11-39",
    ),
    Formula(
        name="levy13",
        formula="sin(3*pi*x)**2 + (x - 1)**2*(1 + sin(3*pi*y)**2) + (y - 1)**2*(1 + sin(2*pi*y)**2)",
        bounds=((-10, 10), (-10, 10)), start=(5.6, -8.6), lr=0.0025, iterations=40,
        minimizers=((1.0, 1.0),), minimum=0.0, curvature=179.65287921960845,
        source="Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments (sfu.ca/~ssurjano): Levy N. 13",
    ),
    Formula(
        name="easom",
        formula="-cos(x)*cos(y)*exp(-(x - pi)**2 - (y - pi)**2)",
        bounds=((-10, 10), (-10, 10)), start=(1.7, 2.5), lr=0.1, iterations=50,
        minimizers=((3.141592653589793, 3.141592653589793),), minimum=-1.0, curvature=3.0,
        source="Easom 1990, A survey of global optimization techniques, thesis, University of Louisville",
    ),
    Formula(
        name="two_wells",
        formula="x**2 + y**2 - 2*exp(-((x - 1)**2 + y**2)/0.2) - 3*exp(-((x + 1)**2 + y**2)/0.2)",
        bounds=((-2, 2), (-2, 2)), start=(-0.3, 1.8), lr=0.04, iterations=60,
        minimizers=((-0.9363006340109187, 0.0), (0.905317899160115, 0.0)),
        minimum=-2.063090251768194, curvature=31.397491290174425,
        source="Dupont 2018, Interactive visualization of optimization algorithms in deep learning",
    ),
    Formula(
        name="dixon_price",
        formula="(x - 1)**2 + 2*(2*y**2 - x)**2",
        bounds=((-10, 10), (-10, 10)), start=(9.0, 0.5), lr=0.005, iterations=150,
        minimizers=((1.0, 0.7071067811865476), (1.0, -0.7071067811865476)),
        minimum=0.0, curvature=36.233687939614086,
        source="Dixon & Price 1989, The truncated Newton method for sparse unconstrained optimisation, "
        "J. Optim. Theory Appl. 60:261-275",
    ),
    Formula(
        name="hills",
        formula="1.2*exp(-(x**2 + y**2)/0.8) + 0.9*exp(-((x - 1.6)**2 + (y - 1.2)**2)/0.6)"
        " - 1.5*exp(-((x + 1.4)**2 + (y - 1.1)**2)/0.7) - exp(-((x - 1.3)**2 + (y + 1.4)**2)/0.5)"
        " - 0.6*exp(-((x + 1.2)**2 + (y + 1.5)**2))",
        bounds=((-3, 3), (-3, 3)), start=(0.3, 0.1), lr=0.08, iterations=60,
        minimizers=(
            (-1.41709567389098, 1.112715041253434), (1.308227514459402, -1.4104333300846315),
            (-1.2251087361095643, -1.5309089925807353),
        ),
        minimum=-1.4789053481173113, curvature=4.639904558256659,
        source="ours, after the surfaces that teachers draw",
    ),
)  # fmt: skip
