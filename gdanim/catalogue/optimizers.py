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
_DECAY = Hyper("weight_decay", 0.0, _NOT_NEGATIVE)  # g + λx in the place of g
_WOLFE = (("c1", "c2"),)

# fmt: off
METHODS: Final = (
    Method(name="gd", target="gdanim.optimizers.gd:gd", rate=Rate.OBJECTIVE, summary="gradient descent: x ← x − ηg",
        source="Cauchy 1847", hyperparameters=(_DECAY,)),
    Method(name="momentum", target="gdanim.optimizers.momentum:momentum", rate=Rate.DAMPED,
        summary="heavy ball: v = μv + (1−τ)g, first v = g; d = v", source="Polyak 1964",
        hyperparameters=(Hyper("momentum", 0.9, _BELOW_ONE), Hyper("dampening", 0.0, _BELOW_ONE), _DECAY)),
    Method(name="nesterov", target="gdanim.optimizers.momentum:nesterov", rate=Rate.DAMPED,
        summary="accelerated gradient: v = μv + g; d = g + μv", source="Nesterov 1983; Sutskever et al. 2013",
        hyperparameters=(Hyper("momentum", 0.9, _BELOW_ONE), _DECAY)),
    Method(name="qhm", target="gdanim.optimizers.momentum:qhm", rate=Rate.MIXED,
        summary="quasi-hyperbolic momentum: m = βm + (1−β)g; d = (1−ν)g + νm",
        source="Ma & Yarats 2019, arXiv 1810.06801",
        hyperparameters=(Hyper("beta", 0.999, _BELOW_ONE), Hyper("nu", 0.7, _SHARE))),
    Method(name="adagrad", target="gdanim.optimizers.adaptive:adagrad", rate=Rate.WIDE,
        summary="s = s + g²; d = g/(√s + ε)", source="Duchi et al. 2011",
        hyperparameters=(Hyper("eps", 1e-10, _NOT_NEGATIVE), Hyper("initial_accumulator_value", 0.0, _NOT_NEGATIVE),
            Hyper("lr_decay", 0.0, _NOT_NEGATIVE), _DECAY)),
    Method(name="rmsprop", target="gdanim.optimizers.adaptive:rmsprop", rate=Rate.WIDTH,
        summary="s = αs + (1−α)g²; d = g/(√s + ε)", source="Hinton 2012, lecture 6e; centered: Graves 2013",
        hyperparameters=(Hyper("alpha", 0.99, _BELOW_ONE), _EPS, Hyper("momentum", 0.0, _BELOW_ONE),
            Hyper("centered", False, yes_or_no), _DECAY)),
    Method(name="adadelta", target="gdanim.optimizers.adaptive:adadelta", rate=Rate.WHOLE,
        summary="s = ρs + (1−ρ)g²; d = g√(u+ε)/√(s+ε); u = ρu + (1−ρ)d²", source="Zeiler 2012, arXiv 1212.5701",
        hyperparameters=(Hyper("rho", 0.9, _BELOW_ONE), Hyper("eps", 1e-6, _POSITIVE), _DECAY)),
    Method(name="adam", target="gdanim.optimizers.adam:adam", rate=Rate.WIDTH,
        summary="m, v: averages of g, g², bias-corrected; d = m/(√v + ε)", source="Kingma & Ba 2015, arXiv 1412.6980",
        hyperparameters=(*_betas(), _EPS, _DECAY)),
    Method(name="amsgrad", target="gdanim.optimizers.adam:amsgrad", rate=Rate.WIDTH,
        summary="adam with the largest v so far", source="Reddi et al. 2018, arXiv 1904.09237",
        hyperparameters=(*_betas(), _EPS, _DECAY)),
    Method(name="adamw", target="gdanim.optimizers.adam:adamw", rate=Rate.WIDTH,
        summary="adam, and beside it λx: decoupled weight decay", source="Loshchilov & Hutter 2019, arXiv 1711.05101",
        hyperparameters=(*_betas(), _EPS, Hyper("weight_decay", 0.01, _NOT_NEGATIVE))),
    Method(name="adamax", target="gdanim.optimizers.adam:adamax", rate=Rate.WIDTH,
        summary="adam in the maximum norm: u = max(β₂u, |g| + ε); d = m/u",
        source="Kingma & Ba 2015, § 7.1, arXiv 1412.6980", hyperparameters=(*_betas(), _EPS, _DECAY)),
    Method(name="nadam", target="gdanim.optimizers.adam:nadam", rate=Rate.WIDTH,
        summary="adam with Nesterov's look-ahead in m", source="Dozat 2016",
        hyperparameters=(*_betas(), _EPS, Hyper("momentum_decay", 0.004, _NOT_NEGATIVE), _DECAY)),
    # Its first five steps are plain momentum: they scale with the gradient.
    Method(name="radam", target="gdanim.optimizers.adam:radam", rate=Rate.OBJECTIVE,
        summary="adam; plain momentum until the variance of v is tractable", source="Liu et al. 2020, arXiv 1908.03265",
        hyperparameters=(*_betas(), _EPS, Hyper("threshold", 5.0, number(least=4)), _DECAY)),
    Method(name="adabelief", target="gdanim.optimizers.adam:adabelief", rate=Rate.WIDTH,
        summary="adam with v: average of (g − m)²", source="Zhuang et al. 2020, arXiv 2010.07468",
        hyperparameters=(*_betas(), Hyper("eps", 1e-16, _NOT_NEGATIVE), Hyper("eps_root", 1e-16, _NOT_NEGATIVE))),
    Method(name="qhadam", target="gdanim.optimizers.adam:qhadam", rate=Rate.WIDTH,
        summary="adam with (1−ν₁)g + ν₁m over √((1−ν₂)g² + ν₂v)", source="Ma & Yarats 2019, arXiv 1810.06801",
        hyperparameters=(*_betas(0.995, 0.999), _EPS, Hyper("nu1", 0.7, _SHARE), Hyper("nu2", 1.0, _SHARE))),
    Method(name="rprop", target="gdanim.optimizers.adaptive:rprop", rate=Rate.WIDTH, follows_schedule=False,
        summary="sign steps from lr on: × η⁺ while the sign stays, × η⁻ where it turns",
        source="Riedmiller & Braun 1993",
        hyperparameters=(Hyper("etaminus", 0.5, number(above=0, most=1)), Hyper("etaplus", 1.2, number(least=1)),
            Hyper("step_min", 1e-6, _POSITIVE), Hyper("step_max", 50.0, _POSITIVE)),
        ordered=(("step_min", "step_max"),)),
    Method(name="signsgd", target="gdanim.optimizers.gd:signsgd", rate=Rate.WIDTH, summary="d = sign g",
        source="Bernstein et al. 2018, arXiv 1802.04434"),
    Method(name="lion", target="gdanim.optimizers.momentum:lion", rate=Rate.WIDTH,
        summary="d = sign(β₁m + (1−β₁)g) + λx; m = β₂m + (1−β₂)g", source="Chen et al. 2023, arXiv 2302.06675",
        hyperparameters=(*_betas(0.9, 0.99), Hyper("weight_decay", 0.0, _NOT_NEGATIVE))),
    Method(name="polyak", target="gdanim.optimizers.gd:polyak", rate=Rate.ONE, summary="d = min((f − f*)/‖g‖², most) g",
        source="Polyak 1969; Loizou et al. 2021, arXiv 2002.10542",
        hyperparameters=(Hyper("max_learning_rate", 1.0, _POSITIVE),
            Hyper("f_min", None, number(), "f at the lowest minimizer"))),
    Method(name="armijo", target="gdanim.optimizers.linesearch:armijo", rate=Rate.ONE,
        summary="along −g, backtracking until f falls enough", source="Armijo 1966",
        hyperparameters=(Hyper("slope", 1e-4, number(above=0, most=0.5)),
            Hyper("decrease", 0.5, number(above=0, most=0.95)))),
    Method(name="wolfe", target="gdanim.optimizers.linesearch:wolfe", rate=Rate.ONE,
        summary="along −g, as far as the strong Wolfe conditions ask", source="Nocedal & Wright 2006, ch. 3",
        hyperparameters=(_SEARCH, Hyper("c2", 0.9, number(above=0, below=1))), ordered=_WOLFE),
    Method(name="cg", target="gdanim.optimizers.curvature:cg", rate=Rate.ONE, follows_schedule=False,
        summary="conjugate gradient, Polak–Ribière+, with strong Wolfe steps",
        source="Polak & Ribière 1969; Gilbert & Nocedal 1992",
        hyperparameters=(_SEARCH, Hyper("c2", 0.1, number(above=0, most=0.5))), ordered=_WOLFE),
    Method(name="lbfgs", target="gdanim.optimizers.curvature:lbfgs", rate=Rate.ONE,
        summary="limited-memory BFGS, two-loop recursion, with strong Wolfe steps", source="Liu & Nocedal 1989",
        hyperparameters=(Hyper("history", 10, whole(least=1, most=100)), _SEARCH,
            Hyper("c2", 0.9, number(above=0, below=1))), ordered=_WOLFE),
    Method(name="newton", target="gdanim.optimizers.curvature:newton", rate=Rate.ONE,
        summary="d = (|H| + δ)⁻¹g: downhill on saddles, too; with δ > 0 halved until f falls",
        source="Nocedal & Wright 2006, ch. 3; |H|: Dauphin et al. 2014, arXiv 1406.2572",
        hyperparameters=(Hyper("damping", 0.0, _NOT_NEGATIVE),)),
    Method(name="noisy", target="gdanim.optimizers.gd:noisy", rate=Rate.OBJECTIVE, summary="d = g + N(0, η/(1+t)^γ)",
        source="Neelakantan et al. 2015, arXiv 1511.06807",
        hyperparameters=(Hyper("eta", 0.01, _NOT_NEGATIVE), Hyper("gamma", 0.55, _NOT_NEGATIVE))),
)
# fmt: on
