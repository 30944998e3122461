"""From a request to a model with its data: FUNCTION, --points and what belongs to them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.errors import SettingError, UnknownNameError, UsageError, nearest, shown
from gdanim.formula.evaluator import Program
from gdanim.formula.parser import parse_model
from gdanim.formula.symbols import named as named_symbol
from gdanim.formula.tree import names_in
from gdanim.formula.vocabulary import CONSTANTS
from gdanim.models import samples
from gdanim.models.named import MODELS, named
from gdanim.models.points import columns_of, few_columns, read_points, standardized, target_of
from gdanim.models.terms import LOG, Terms, logit_of, terms_of
from gdanim.tables.reading import open_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gdanim.arrays import Vector
    from gdanim.formula.parser import Expression
    from gdanim.models.points import Points
    from gdanim.settings import Picture
    from gdanim.tables.table import Table

_LETTERS: Final = re.compile(r"[A-Za-z]\w*", re.ASCII)
MISSPELT: Final = 0.8  # how like the name of a column that of a coordinate may not be


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model with the data that it is fitted to.

    text         FUNCTION
    expression   its formula: `variables` are the coordinates, `data` the columns that it reads
    constants    the values of all other names
    loss, l1, l2   what predictions cost, and the penalties
    """

    text: str
    expression: Expression
    constants: Mapping[str, float]
    points: Points
    loss: str
    l1: float
    l2: float

    @cached_property
    def terms(self) -> Terms:
        """The loss of one row, as a graph."""
        return terms_of(self.expression, self.constants, self.loss)

    @cached_property
    def _prediction(self) -> Program:
        return Program(self.terms.given, [self.terms.prediction])

    @cached_property
    def _decision(self) -> Program:
        terms = self.terms
        return Program(terms.given, [terms.prediction - 0.5 if terms.inner is terms.prediction else terms.inner])

    def predict(self, w: Vector, x: Vector) -> Vector:
        """What the model says at coordinates w (m, d) for rows x (k, n), as the model reads them: (m, n)."""
        return self._evaluated(self._prediction, w, x)

    def decide(self, w: Vector, x: Vector) -> Vector:
        """Which class the model says: above 0 that of 1, below 0 that of 0. Shapes as in predict()."""
        return self._evaluated(self._decision, w, x)

    def _evaluated(self, program: Program, w: Vector, x: Vector) -> Vector:
        found = np.empty((len(w), x.shape[1]))
        unused = np.zeros(found.shape[1])  # the target
        with np.errstate(all="ignore"):
            for row, one in zip(found, w, strict=True):
                given = np.broadcast_to(one[:, np.newaxis], (len(one), len(unused)))
                program.run([*given, *x, unused], [row])
        return found

    @property
    def left_side(self) -> str:
        """What it predicts in mathtext, without dollars, with a sign: the target, or the probability of a class."""
        points = self.points
        if points.predicted != points.target and _LETTERS.fullmatch(points.classes[1]):
            return rf"P({named_symbol(points.classes[1])}) \approx"
        return rf"{named_symbol(points.target)} \approx"

    @property
    def stem(self) -> str:
        """What a file is called after it."""
        name = self.text.partition(":")[0]
        return name if name in MODELS else "fit"


def model_of(settings: Picture) -> Model:
    """The model that a request names, with its data. Raises UsageError where it cannot be fitted."""
    text = settings.function.strip()
    name = text.partition(":")[0].strip()
    if settings.points is None:
        points = samples.points_for(name)
        expression = named(text, points.names, dict(settings.param))
    else:
        with open_table(settings.points) as table:
            expression, points = _read(settings, table, name, text)
    constants = expression.bind(dict(settings.param))
    if settings.standardize:
        x, centre, scale = standardized(points.x)
        points = replace(points, x=x, centre=centre, scale=scale)
    loss = _loss_of(settings.loss, expression)
    return Model(
        text=text, expression=expression, constants=constants, points=points, loss=loss, l1=settings.l1,
        l2=settings.l2,
    )  # fmt: skip


def _loss_of(asked: str | None, expression: Expression) -> str:
    """The loss: the one that is asked for, else log of a probability and mse of anything else."""
    return asked or (LOG if logit_of(expression.tree) is not None else "mse")


def _read(settings: Picture, table: Table, name: str, text: str) -> tuple[Expression, Points]:
    """The formula of a model and the points in a table."""
    columns = columns_of(table)
    target = target_of(table, columns, settings.target)
    if name in MODELS:
        features = [column for column in columns if column != target]
        expression = named(text, features, dict(settings.param))
    else:
        expression = _formula(text, settings, columns, table.source.name)
    if target in expression.data:
        raise SettingError("--target", target, "stands in the model, which is to predict it: name another column")
    as_classes = _loss_of(settings.loss, expression) == LOG
    return expression, read_points(table, columns, expression.data, target, as_classes=as_classes)


def _formula(text: str, settings: Picture, columns: Sequence[str], source: str) -> Expression:
    """A model that a person wrote, whose data are columns of a table. Raises UsageError where it names none."""
    given = dict(settings.param)
    for name in columns:
        if name in given:
            raise SettingError("--param", f"{name}={given[name]:g}", f"{name} is a column of {source}")
    expression = parse_model(text, given, columns)
    if both := [name for name in dict.fromkeys(names_in(expression.tree)) if name in CONSTANTS and name in columns]:
        value = f"{CONSTANTS[both[0]]:.4g}"
        raise UsageError(f"{shown(both[0])} is {value} in a formula, and a column of {source}: rename the column")
    if not expression.data and expression.variables == (text,):
        raise UnknownNameError("model", text, MODELS, see="write one such as 'a*x + b'")
    for name in expression.variables:
        meant = nearest(name, columns, cutoff=MISSPELT) if len(name) > 2 else None
        if meant is not None:
            raise few_columns(f"{shown(name)} is no column; did you mean {shown(meant)}?", columns, source)
    if not expression.data:
        raise few_columns(f"No column stands in the model {shown(text)}", columns, source)
    return expression
