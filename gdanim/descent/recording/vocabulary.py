"""What people call the columns of a recorded path."""

from __future__ import annotations

import re
import unicodedata
from itertools import chain
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# What people call each role, the likeliest first. Names are compared in small letters, with _ between words.
SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "iteration": (
        *("iteration", "iterations", "iter", "iters", "it", "itr", "step", "steps", "global_step", "nit"),
        *("k", "n", "t", "epoch", "epochs", "round", "i", "index", "idx"),
    ),
    "f": (
        *("f", "fx", "f_x", "fval", "f_val", "loss", "cost", "value", "objective", "obj", "fun", "func", "function"),
        *("train_loss", "training_loss", "loss_train", "losses", "costs", "values", "energy", "error", "mse"),
    ),
    "lr": ("lr", "learning_rate", "learningrate", "rate", "eta", "η", "step_size", "stepsize"),
    "run": ("run", "run_id", "trial", "trial_id", "experiment", "series", "replicate", "seed"),
    "optimizer": ("optimizer", "optimiser", "method", "algorithm", "algo", "solver"),
    "label": ("label", "name"),
    "outcome": ("outcome",),
}
WORDS: Final = ("run", "optimizer", "label", "outcome")  # roles of texts
# Names of points and of slopes: with a number behind (w0, theta_1, x[1]), and of one variable without.
POINTS: Final = (
    *("x", "w", "theta", "θ", "param", "params", "parameter", "parameters", "weight", "weights", "beta", "u", "p"),
    *("point", "points", "position", "pos", "coord", "iterate", "iterates", "xk", "xs", "path", "trajectory", "arr_0"),
)
SLOPES: Final = ("g", "grad", "grads", "gradient", "gradients", "df_dx", "dfdx", "jac")
PAIRS: Final = {
    "x": (("x", "y"), ("u", "v"), ("w", "b"), ("a", "b"), ("m", "b"), ("weight", "bias"), ("slope", "intercept")),
    "g": (("gx", "gy"), ("g_x", "g_y"), ("grad_x", "grad_y"), ("dfdx", "dfdy"), ("df_dx", "df_dy")),
}
TRIPLES: Final = {"x": (("x", "y", "z"),), "g": (("gx", "gy", "gz"),)}
_UNIT: Final = re.compile(r"\s+\[[^\[\]0-9]{1,20}\]$")  # x [mm]
_VALUE_OF: Final = re.compile(r"(f|loss|j|cost)\s*\([^)]*\)")  # f(x, y)
INDEXED: Final = re.compile(r"(.*?)_?[\[({]?([0-9]{1,5})[\])}]?")


def word(name: str) -> str:
    """A name as it is compared: in small letters, without signs around it, with _ between its parts."""
    plain = _UNIT.sub("", unicodedata.normalize("NFKC", name).lower().strip("#%'\"_ \t"))
    value = _VALUE_OF.fullmatch(plain)
    return value[1] if value else re.sub(r"[\s./:-]+", "_", plain)


def known(column: str) -> bool:
    """Whether a column bears a name that some role has, as far as its name alone tells."""
    name = word(column)
    indexed = INDEXED.fullmatch(name)
    names = {*POINTS, *SLOPES, *chain(*SYNONYMS.values()), *chain(*PAIRS["x"], *PAIRS["g"])}
    return name in names or bool(indexed and indexed[1] in names)
