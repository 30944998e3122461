"""The catalogue of optimizers, as data. Imports neither numpy nor the rules themselves.

Names and defaults of hyperparameters follow torch.optim where it has the method, else optax. Adding an optimizer is
adding a row, and its rule in the module of its family; the tests take it from there.
"""

from __future__ import annotations

from typing import Final

from gdanim.catalogue.specs import Hyperparameter as Hyper
from gdanim.catalogue.specs import Method, Rate
from gdanim.readers import number, whole, yes_or_no

_SHARE = number(least=0, most=1)  # of an average that keeps everything at 1
_BELOW_ONE = number(least=0, below=1)
_POSITIVE = number(above=0)
_NOT_NEGATIVE = number(least=0)


def _betas(beta1: float = 0.9, beta2: float = 0.999) -> tuple[Hyper, ...]:
    return Hyper("beta1", beta1, _BELOW_ONE), Hyper("beta2", beta2, _BELOW_ONE)


_EPS = Hyper("eps", 1e-8, _NOT_NEGATIVE)
_SEARCH = Hyper("c1", 1e-4, number(above=0, most=0.5))
_WOLFE = (("c1", "c2"),)

# fmt: off
METHODS: Final = (
    Method(name="gd", target="gdanim.optimizers.gd:gd", rate=Rate.OBJECTIVE, source="Cauchy 1847",
        summary="gradient descent: x ← x − ηg"),
    Method(name="momentum", target="gdanim.optimizers.momentum:momentum", rate=Rate.DAMPED, source="Polyak 1964",
        summary="heavy ball: v = μv + (1−τ)g, first v = g; d = v",
        hyperparameters=(Hyper("momentum", 0.9, _BELOW_ONE), Hyper("dampening", 0.0, _BELOW_ONE))),
    Method(name="nesterov", target="gdanim.optimizers.momentum:nesterov", rate=Rate.DAMPED,
        source="Nesterov 1983; Sutskever et al. 2013", summary="accelerated gradient: v = μv + g; d = g + μv",
        hyperparameters=(Hyper("momentum", 0.9, _BELOW_ONE),)),
    Method(name="qhm", target="gdanim.optimizers.momentum:qhm", rate=Rate.OBJECTIVE,
        source="Ma & Yarats 2019, arXiv 1810.06801",
        summary="quasi-hyperbolic momentum: m = βm + (1−β)g; d = (1−ν)g + νm",
        hyperparameters=(Hyper("beta", 0.999, _BELOW_ONE), Hyper("nu", 0.7, _SHARE))),
    Method(name="adagrad", target="gdanim.optimizers.adaptive:adagrad", rate=Rate.WIDTH, source="Duchi et al. 2011",
        summary="s = s + g²; d = g/(√s + ε)",
        hyperparameters=(Hyper("eps", 1e-10, _NOT_NEGATIVE), Hyper("initial_accumulator_value", 0.0, _NOT_NEGATIVE))),
    Method(name="rmsprop", target="gdanim.optimizers.adaptive:rmsprop", rate=Rate.WIDTH,
        source="Hinton 2012, lecture 6e; centered: Graves 2013", summary="s = αs + (1−α)g²; d = g/(√s + ε)",
        hyperparameters=(Hyper("alpha", 0.99, _BELOW_ONE), _EPS, Hyper("momentum", 0.0, _BELOW_ONE),
            Hyper("centered", False, yes_or_no))),
    Method(name="adadelta", target="gdanim.optimizers.adaptive:adadelta", rate=Rate.ONE,
        source="Zeiler 2012, arXiv 1212.5701", summary="s = ρs + (1−ρ)g²; d = g√(u+ε)/√(s+ε); u = ρu + (1−ρ)d²",
        hyperparameters=(Hyper("rho", 0.9, _BELOW_ONE), Hyper("eps", 1e-6, _POSITIVE))),
    Method(name="adam", target="gdanim.optimizers.adam:adam", rate=Rate.WIDTH,
        source="Kingma & Ba 2015, arXiv 1412.6980", summary="m, v: averages of g, g², bias-corrected; d = m/(√v + ε)",
        hyperparameters=(*_betas(), _EPS)),
    Method(name="amsgrad", target="gdanim.optimizers.adam:amsgrad", rate=Rate.WIDTH,
        source="Reddi et al. 2018, arXiv 1904.09237", summary="adam with the largest v so far",
        hyperparameters=(*_betas(), _EPS)),
    Method(name="adamw", target="gdanim.optimizers.adam:adamw", rate=Rate.WIDTH,
        source="Loshchilov & Hutter 2019, arXiv 1711.05101", summary="adam, and beside it λx: decoupled weight decay",
        hyperparameters=(*_betas(), _EPS, Hyper("weight_decay", 0.01, _NOT_NEGATIVE))),
    Method(name="adamax", target="gdanim.optimizers.adam:adamax", rate=Rate.WIDTH,
        source="Kingma & Ba 2015, § 7.1, arXiv 1412.6980",
        summary="adam in the maximum norm: u = max(β₂u, |g| + ε); d = m/u", hyperparameters=(*_betas(), _EPS)),
    Method(name="nadam", target="gdanim.optimizers.adam:nadam", rate=Rate.WIDTH, source="Dozat 2016",
        summary="adam with Nesterov's look-ahead in m",
        hyperparameters=(*_betas(), _EPS, Hyper("momentum_decay", 0.004, _NOT_NEGATIVE))),
    # Its first five steps are plain momentum: they scale with the gradient.
    Method(name="radam", target="gdanim.optimizers.adam:radam", rate=Rate.OBJECTIVE,
        source="Liu et al. 2020, arXiv 1908.03265",
        summary="adam; plain momentum until the variance of v is tractable",
        hyperparameters=(*_betas(), _EPS, Hyper("threshold", 5.0, number(least=4)))),
    Method(name="adabelief", target="gdanim.optimizers.adam:adabelief", rate=Rate.WIDTH,
        source="Zhuang et al. 2020, arXiv 2010.07468", summary="adam with v: average of (g − m)²",
        hyperparameters=(*_betas(), Hyper("eps", 1e-16, _NOT_NEGATIVE), Hyper("eps_root", 1e-16, _NOT_NEGATIVE))),
    Method(name="qhadam", target="gdanim.optimizers.adam:qhadam", rate=Rate.WIDTH,
        source="Ma & Yarats 2019, arXiv 1810.06801", summary="adam with (1−ν₁)g + ν₁m over √((1−ν₂)g² + ν₂v)",
        hyperparameters=(*_betas(0.995, 0.999), _EPS, Hyper("nu1", 0.7, _SHARE), Hyper("nu2", 1.0, _SHARE))),
    Method(name="rprop", target="gdanim.optimizers.sign:rprop", rate=Rate.WIDTH, follows_schedule=False,
        source="Riedmiller & Braun 1993",
        summary="sign steps from lr on: × η⁺ while the sign stays, × η⁻ where it turns",
        hyperparameters=(Hyper("etaminus", 0.5, number(above=0, most=1)), Hyper("etaplus", 1.2, number(least=1)),
            Hyper("step_min", 1e-6, _POSITIVE), Hyper("step_max", 50.0, _POSITIVE)),
        ordered=(("step_min", "step_max"),)),
    Method(name="signsgd", target="gdanim.optimizers.sign:signsgd", rate=Rate.WIDTH,
        source="Bernstein et al. 2018, arXiv 1802.04434", summary="d = sign g"),
    Method(name="lion", target="gdanim.optimizers.sign:lion", rate=Rate.WIDTH,
        source="Chen et al. 2023, arXiv 2302.06675", summary="d = sign(β₁m + (1−β₁)g) + λx; m = β₂m + (1−β₂)g",
        hyperparameters=(*_betas(0.9, 0.99), Hyper("weight_decay", 0.0, _NOT_NEGATIVE))),
    Method(name="polyak", target="gdanim.optimizers.gd:polyak", rate=Rate.ONE,
        source="Polyak 1969; Loizou et al. 2021, arXiv 2002.10542", summary="d = min((f − f*)/‖g‖², most) g",
        hyperparameters=(Hyper("max_learning_rate", 1.0, _POSITIVE),
            Hyper("f_min", None, number(), "f at the lowest minimizer"))),
    Method(name="armijo", target="gdanim.optimizers.linesearch:armijo", rate=Rate.ONE, source="Armijo 1966",
        summary="along −g, backtracking until f falls enough",
        hyperparameters=(Hyper("slope", 1e-4, number(above=0, most=0.5)),
            Hyper("decrease", 0.5, number(above=0, most=0.95)))),
    Method(name="wolfe", target="gdanim.optimizers.linesearch:wolfe", rate=Rate.ONE,
        source="Nocedal & Wright 2006, ch. 3", summary="along −g, as far as the strong Wolfe conditions ask",
        hyperparameters=(_SEARCH, Hyper("c2", 0.9, number(above=0, below=1))), ordered=_WOLFE),
    Method(name="cg", target="gdanim.optimizers.conjugate:cg", rate=Rate.ONE, follows_schedule=False,
        source="Polak & Ribière 1969; Gilbert & Nocedal 1992",
        summary="conjugate gradient, Polak–Ribière+, with strong Wolfe steps",
        hyperparameters=(_SEARCH, Hyper("c2", 0.1, number(above=0, most=0.5))), ordered=_WOLFE),
    Method(name="lbfgs", target="gdanim.optimizers.lbfgs:lbfgs", rate=Rate.ONE, source="Liu & Nocedal 1989",
        summary="limited-memory BFGS, two-loop recursion, with strong Wolfe steps",
        hyperparameters=(Hyper("history", 10, whole(least=1, most=100)), _SEARCH,
            Hyper("c2", 0.9, number(above=0, below=1))), ordered=_WOLFE),
    Method(name="newton", target="gdanim.optimizers.newton:newton", rate=Rate.ONE,
        source="Nocedal & Wright 2006, ch. 3; |H|: Dauphin et al. 2014, arXiv 1406.2572",
        summary="d = (|H| + δ)⁻¹g: downhill on saddles, too; with δ > 0 halved until f falls",
        hyperparameters=(Hyper("damping", 0.0, _NOT_NEGATIVE),)),
    Method(name="noisy", target="gdanim.optimizers.gd:noisy", rate=Rate.OBJECTIVE,
        source="Neelakantan et al. 2015, arXiv 1511.06807", summary="d = g + N(0, η/(1+t)^γ)",
        hyperparameters=(Hyper("eta", 0.01, _NOT_NEGATIVE), Hyper("gamma", 0.55, _NOT_NEGATIVE))),
)
# fmt: on
