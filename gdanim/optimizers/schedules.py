"""Schedules: pure functions of the iteration that give the rate of every step.

Each takes its hyperparameters as keywords and returns Rates; catalogue/schedules.py has their names, defaults and
ranges. Where a hyperparameter is None, the length of the descent decides.
"""

from collections.abc import Callable

import numpy as np

from gdanim.arrays import Index, Scalar

Rates = Callable[[Index, Scalar, int], Scalar]
"""rates(k, lr, n): the rates (runs, m) of the steps k (m,), of which 0 is the first and n − 1 the last, from the base
rates lr (runs, 1). Finite and never negative; none depends on which other steps are asked for."""

RESTARTS = 3  # cycles and plateaus of a descent whose schedule was given no length: enough to see what they do
DECAYS = 10  # a descent whose decay_steps were not given ends at 1/(1 + 10·decay_rate) of its rate


def constant() -> Rates:
    """lr at every step."""
    return lambda k, lr, n: np.broadcast_to(lr, (len(lr), len(k)))


def step(*, step_size: int | None, gamma: float) -> Rates:
    """lr·γ^⌊k/step_size⌋; three plateaus where step_size is None. Source: torch.optim.lr_scheduler.StepLR."""
    return lambda k, lr, n: lr * gamma ** (k // (step_size or _share(n, RESTARTS)))


def exponential(*, gamma: float) -> Rates:
    """lr·γ^k. Source: torch.optim.lr_scheduler.ExponentialLR."""
    return lambda k, lr, n: lr * gamma**k


def inverse_time(*, decay_rate: float, decay_steps: int | None) -> Rates:
    """lr/(1 + decay_rate·k/decay_steps); decay_steps is n/10 where None.

    Source: Robbins & Monro 1951; names as in keras.optimizers.schedules.InverseTimeDecay.
    """
    return lambda k, lr, n: lr / (1 + decay_rate * (k / (decay_steps or _share(n, DECAYS))))


def cosine(*, T_max: int | None, eta_min: float) -> Rates:  # noqa: N803, torch's names
    """Half a cosine from lr at k = 0 to eta_min at k = T_max, n where None, and up again beyond.

    Source: Loshchilov & Hutter 2017, arXiv 1608.03983; torch.optim.lr_scheduler.CosineAnnealingLR.
    """

    def rates(k: Index, lr: Scalar, n: int) -> Scalar:
        half = T_max or max(n, 1)
        return _between(lr, eta_min, _half_cosine(k % (2 * half) / half))

    return rates


def cosine_restarts(*, T_0: int | None, T_mult: int, eta_min: float) -> Rates:  # noqa: N803, torch's names
    """Half a cosine from lr towards eta_min, again and again: over T_0 steps, then T_0·T_mult, T_0·T_mult², …

    T_0 is a third of n where None. Source: Loshchilov & Hutter 2017, arXiv 1608.03983;
    torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.
    """

    def rates(k: Index, lr: Scalar, n: int) -> Scalar:
        since, cycle = _within_cycle(k, T_0 or _share(n, RESTARTS), T_mult)
        return _between(lr, eta_min, _half_cosine(since / cycle))

    return rates


def warmup(*, start_factor: float, end_factor: float, total_iters: int) -> Rates:
    """A line from lr·start_factor to lr·end_factor in total_iters steps, and constant from there on.

    Source: Goyal et al. 2017, arXiv 1706.02677; torch.optim.lr_scheduler.LinearLR.
    """
    return lambda k, lr, n: lr * _between(start_factor, end_factor, np.minimum(k / total_iters, 1.0))


def one_cycle(
    *,
    total_steps: int | None,
    pct_start: float,
    div_factor: float,
    final_div_factor: float,
    anneal_strategy: str,
    three_phase: bool,
) -> Rates:
    """Up from lr/div_factor to lr, and down to the first rate over final_div_factor, where it stays.

    The rise takes the share pct_start of total_steps, n where None. With three phases, the rate falls as long as it
    rose, back to the first one, and then to the last. Each phase is half a cosine (cos) or a line (linear).
    Source: Smith & Topin 2018, arXiv 1708.07120; torch.optim.lr_scheduler.OneCycleLR, without its momentum that falls
    while the rate rises.
    """
    shape = _half_cosine if anneal_strategy == "cos" else lambda passed: passed

    def rates(k: Index, lr: Scalar, n: int) -> Scalar:
        total = total_steps or max(n, 1)
        first = lr / div_factor
        final = first / final_div_factor
        rise = pct_start * total
        fall = [(2 * rise - 2, first), (total - 1, final)] if three_phase else [(total - 1, final)]
        return _in_phases(k, first, [(rise - 1, lr), *fall], shape)

    return rates


def _in_phases(
    k: Index, first: Scalar, phases: list[tuple[float, Scalar]], shape: Callable[[Scalar], Scalar]
) -> Scalar:
    """Rates (runs, m) that go from `first` through each of the phases: pairs of a last step and the rate there."""
    found = np.broadcast_to(phases[-1][1], (len(first), len(k)))
    starts = [(0.0, first), *phases[:-1]]
    # Later phases first, so that each step gets its rate from the earliest phase that has not ended.
    for (start, start_rate), (end, end_rate) in zip(reversed(starts), reversed(phases), strict=True):
        passed = np.clip((k - start) / (end - start), 0, 1) if end > start else np.ones(len(k))
        found = np.where(k <= end, _between(start_rate, end_rate, shape(passed)), found)
    return found


def _within_cycle(k: Index, first: int, factor: int) -> tuple[Index, Index]:
    """The steps since the last restart and the length of that cycle, where each is `factor` times the one before."""
    if factor == 1:
        return k % first, np.full_like(k, first)
    since, cycle = k.copy(), np.full_like(k, first)
    while (over := since >= cycle).any():
        since[over] -= cycle[over]
        cycle[over] *= factor
    return since, cycle


def _share(n: int, parts: int) -> int:
    """The length of one of `parts` equal parts of n steps, rounded up."""
    return max(-(-n // parts), 1)


# A weighted mean rather than b + w·(a − b): exact at both ends, and never below zero, however far apart they are.
def _between(start: Scalar | float, end: Scalar | float, passed: Scalar) -> Scalar:
    return (1 - passed) * start + passed * end


def _half_cosine(passed: Scalar) -> Scalar:
    return (1 - np.cos(np.pi * passed)) / 2
