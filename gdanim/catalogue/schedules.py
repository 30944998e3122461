"""The catalogue of schedules, as data. Imports neither numpy nor the schedules themselves.

Names, defaults and ranges of hyperparameters follow torch.optim.lr_scheduler where it has them. k counts the steps from
0, lr is the rate that --lr or the optimizer gives.
"""

from __future__ import annotations

from typing import Final

from gdanim.catalogue.specs import Hyperparameter as Hyper
from gdanim.catalogue.specs import Schedule
from gdanim.readers import Choice, number, whole, yes_or_no

_FACTOR = number(above=0, most=1)
_SHARE = number(least=0, most=1)
_STEPS = whole(least=1, most=1_000_000)
_NOT_NEGATIVE = number(least=0, most=1e100)
_DIVISOR = number(least=1, most=1e100)  # below 1, the rate would rise above lr
_ALL = "the number of iterations"
_THIRD = "a third of the number of iterations"
_TENTH = "a tenth of the number of iterations"
_ETA_MIN = Hyper("eta_min", 0.0, _NOT_NEGATIVE)

# fmt: off
SCHEDULES: Final = (
    Schedule(name="constant", target="gdanim.optimizers.schedules:constant", source="textbook", summary="lr"),
    Schedule(name="step", target="gdanim.optimizers.schedules:step", source="StepLR of torch.optim.lr_scheduler",
        summary="lr·γ^⌊k/step_size⌋",
        hyperparameters=(Hyper("step_size", None, _STEPS, _THIRD), Hyper("gamma", 0.1, _FACTOR))),
    Schedule(name="exponential", target="gdanim.optimizers.schedules:exponential",
        source="ExponentialLR of torch.optim.lr_scheduler, which has no default", summary="lr·γ^k",
        hyperparameters=(Hyper("gamma", 0.95, _FACTOR),)),
    Schedule(name="inverse_time", target="gdanim.optimizers.schedules:inverse_time",
        source="Robbins & Monro 1951; InverseTimeDecay of keras.optimizers.schedules, which has no defaults",
        summary="lr/(1 + decay_rate·k/decay_steps)",
        hyperparameters=(Hyper("decay_rate", 1.0, _NOT_NEGATIVE), Hyper("decay_steps", None, _STEPS, _TENTH))),
    Schedule(name="cosine", target="gdanim.optimizers.schedules:cosine",
        source="Loshchilov & Hutter 2017, arXiv 1608.03983; CosineAnnealingLR of torch.optim.lr_scheduler",
        summary="half a cosine from lr to eta_min in T_max steps",
        hyperparameters=(Hyper("T_max", None, _STEPS, _ALL), _ETA_MIN)),
    Schedule(name="cosine_restarts", target="gdanim.optimizers.schedules:cosine_restarts",
        source="Loshchilov & Hutter 2017, arXiv 1608.03983; CosineAnnealingWarmRestarts of torch.optim.lr_scheduler",
        summary="half a cosine from lr to eta_min in T_0 steps, again in T_0·T_mult, and so on",
        hyperparameters=(Hyper("T_0", None, _STEPS, _THIRD), Hyper("T_mult", 1, whole(least=1, most=1_000)), _ETA_MIN)),
    Schedule(name="warmup", target="gdanim.optimizers.schedules:warmup",
        source="Goyal et al. 2017, arXiv 1706.02677; LinearLR of torch.optim.lr_scheduler",
        summary="straight from lr·start_factor to lr·end_factor in total_iters steps",
        hyperparameters=(Hyper("start_factor", 1 / 3, _FACTOR), Hyper("end_factor", 1.0, _SHARE),
            Hyper("total_iters", 5, _STEPS))),
    Schedule(name="one_cycle", target="gdanim.optimizers.schedules:one_cycle",
        source="Smith & Topin 2018, arXiv 1708.07120; OneCycleLR of torch.optim.lr_scheduler",
        summary="up from lr/div_factor to lr, then down to the first rate over final_div_factor",
        hyperparameters=(Hyper("total_steps", None, _STEPS, _ALL), Hyper("pct_start", 0.3, _SHARE),
            Hyper("div_factor", 25.0, _DIVISOR), Hyper("final_div_factor", 1e4, _DIVISOR),
            Hyper("anneal_strategy", "cos", Choice("cos", "linear")), Hyper("three_phase", False, yes_or_no))),
)
# fmt: on
