"""Where a plug-in finds the classes of its rows."""

try:
    from gdanim.catalogue.specs import Format, Formula, Hyperparameter, Method, Rate, Schedule, View
    from gdanim.readers import number
except ImportError:
    from gdanim.entries import Format, Hyperparameter, Method, Rate, Schedule, View
    from gdanim.objectives.formulas import Formula
    from gdanim.values import number
from gdanim.optimizers.optimizer import Optimizer, stateless

__all__ = [
    "Format",
    "Formula",
    "Hyperparameter",
    "Method",
    "Optimizer",
    "Rate",
    "Schedule",
    "View",
    "number",
    "stateless",
]
