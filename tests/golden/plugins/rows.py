"""Where a plug-in finds the classes of its rows."""

from gdanim.catalogue.specs import Format, Formula, Hyperparameter, Method, Rate, Schedule, View
from gdanim.optimizers.optimizer import Optimizer, stateless
from gdanim.readers import number

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
