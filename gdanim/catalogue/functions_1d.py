"""The catalogue of functions of one variable, as data: one row each, its text read as a person's formula is.

To add a function, add a row. tests/catalogue/test_functions.py checks it unasked, and
tests/catalogue/refine_functions.py computes its minimizers, minimum and curvature.
"""

from __future__ import annotations

from typing import Final

from gdanim.catalogue.specs import Formula

# fmt: off
ONE_VARIABLE: Final = (
    Formula(name="parabola", formula="x**2",
        bounds=((-6, 6),), view=((-6, 6), (-0.05, 40)), start=(4.3,), lr=0.1, iterations=25,
        minimizers=((0.0,),), minimum=0.0, curvature=2.0,
        source="textbook; the sphere function of De Jong 1975 in one variable"),
    Formula(name="double_well", formula="l*(x**2 - f**2)**2 + 2*x + 6", parameters=(("l", 1.0), ("f", 3.0)),
        bounds=((-5, 5),), view=((-6, 6), (-1, 300)), start=(-0.8,), lr=0.003, iterations=25,
        minimizers=((-3.0274012213360404,), (2.9718265941789745,)), minimum=-0.02752522652660036,
        curvature=73.98189785936339, source="ours: the tilted double well of the notebook that gdanim began as"),
    Formula(name="quartic", formula="x**4", bounds=((-2, 2),), start=(1.8,), lr=0.01, iterations=60,
        minimizers=((0.0,),), minimum=0.0, curvature=0.0, note="flat",
        source="textbook: near a flat minimum the steps die out"),
    Formula(name="tilted_well", formula="(x**2 - 1)**2 + 0.3*x",
        bounds=((-2, 2),), view=((-2, 2), (-0.6, 3.5)), start=(0.2,), lr=0.03, iterations=40,
        minimizers=((-1.0355787140888537,), (0.9601495555191055,)), minimum=-0.30542848374391596,
        curvature=8.869079276887087, source="textbook: the well that is found depends on the start"),
    Formula(name="styblinski1", formula="(x**4 - 16*x**2 + 5*x)/2",
        bounds=((-5, 5),), view=((-5, 5), (-45, 60)), start=(0.6,), lr=0.005, iterations=50,
        minimizers=((-2.903534027771177,), (2.746802770990837,)), minimum=-39.16616570377141,
        curvature=34.583059102550685,
        source="Styblinski & Tang 1990, Experiments in nonconvex optimization, Neural Networks 3:467-483"),
    Formula(name="rastrigin1", formula="10 + x**2 - 10*cos(2*pi*x)",
        bounds=((-5.12, 5.12),), start=(3.48,), lr=0.0004, iterations=40,
        minimizers=((0.0,), (-0.9949586376523348,), (0.9949586376523348,), (-1.9899122337085495,),
            (1.9899122337085495,), (-2.984855701039481,), (2.984855701039481,), (-3.9797838603007536,),
            (3.9797838603007536,), (-4.974691390895051,), (4.974691390895051,)), minimum=0.0,
        curvature=396.78417604357435,
        source="Rastrigin 1974, Systems of Extremal Control, Mir, Moscow; in one variable"),
    Formula(name="gramacy_lee", formula="sin(10*pi*x)/(2*x) + (x - 1)**4",
        bounds=((0.5, 2.5),), start=(2.45,), lr=0.001, iterations=60,
        minimizers=((0.5485634445276052,), (0.7487437781430085,), (0.9489336866904862,), (1.1490876188021966,),
            (1.348785167362593,), (1.5472883271844393,), (1.7435767404694347,), (1.9362196625299228,),
            (2.121899166052543,)), minimum=-0.8690111349894998, curvature=899.7742815243754,
        source="Gramacy & Lee 2012, Cases for the nugget in modeling computer experiments, Stat. Comput. 22:713-722"),
    Formula(name="forrester", formula="(6*x - 2)**2*sin(12*x - 4)",
        bounds=((0, 1),), start=(0.57,), lr=0.0002, iterations=40,
        minimizers=((0.7572487578418559,), (0.14258918932471631,)), minimum=-6.0207400557670825,
        curvature=1068.0081513787477,
        source="Forrester, Sóbester & Keane 2008, Engineering Design via Surrogate Modelling, Wiley"),
    Formula(name="problem02", formula="sin(x) + sin(10*x/3)",
        bounds=((2.7, 7.5),), start=(4.25,), lr=0.02, iterations=40,
        minimizers=((5.145735290256128,), (3.387251718444631,), (7.000149116862254,)), minimum=-1.8995993491521133,
        curvature=11.930161961464751,
        source="Problem02 of the global optimization benchmarks of SciPy (go_benchmark_functions)"),
    Formula(name="absolute", formula="abs(x)", bounds=((-5, 5),), start=(4.3,), lr=0.2, iterations=30,
        minimizers=((0.0,),), minimum=0.0, curvature=None, note="kink",
        source="textbook: a fixed step never settles at a kink"),
)
# fmt: on
