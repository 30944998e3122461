"""The update of a run at each iteration: the rule of its method, and the texts of its terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation
from functools import partial
from typing import Final, NamedTuple

import numpy as np

from gdanim.arrays import Index, Vector
from gdanim.descent.descend import Descent
from gdanim.descent.updates import updates_of
from gdanim.drawing.colours.vision import TEXT, with_contrast
from gdanim.drawing.lettering import SUBSCRIPT_SPACE, SUBSCRIPTS, SUPERSCRIPT, minus
from gdanim.drawing.numbers import short
from gdanim.drawing.styles import Style
from gdanim.formatting import distinct
from gdanim.optimizers.terms import SIGNS, STEP, Rule, evaluated, rule_of
from gdanim.views.digits import FIGURE_SPACE, Digits, digits_of, number
from gdanim.views.readout.columns import in_view

FIGURES: Final = {above: figure for figure, above in SUPERSCRIPT.items()}
EQUAL: Final = ("x[k+1]", "=", "x[k]")  # what every equation begins with


class Term(NamedTuple):
    """A name in a rule.

    symbols (n,)   of each row, equally long
    texts (n,)     its numbers in each row: one for each coordinate, or one for all
    """

    symbols: Sequence[str]
    texts: Sequence[Sequence[str]]
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """The updates of one run at `rows` (n,): words of a rule, and its terms by name."""

    rows: Index
    words: Sequence[str]
    terms: Mapping[str, Term]
    dim: int

    def text(self, word: str, i: int, coordinate: int) -> str:
        """The number of a term in the i-th row."""
        texts = self.terms[word].texts[i]
        return texts[coordinate if len(texts) > 1 else 0]

    def holds(self, i: int, coordinate: int) -> bool:
        """Whether the shown numbers of the i-th row give the shown result, to its last digit."""

        def shown(word: str) -> Decimal:
            return exact(self.text(word, i, coordinate))

        after = shown("x[k+1]")
        exponent = after.as_tuple().exponent
        unit = Decimal((0, (1,), exponent if isinstance(exponent, int) else 0))
        try:
            change = evaluated(self.words[len(EQUAL) :], shown)
        except (DivisionByZero, InvalidOperation):
            return False
        return abs(shown("x[k]") + change - after) <= unit / 2


class Update(NamedTuple):
    """The rule of a run, the rows (n,) at which it is shown, and whether its gradient is ∇f and nothing more."""

    run: int
    rows: Index
    rule: Rule
    is_plain: bool


def updates_shown(descent: Descent) -> list[Update]:
    """The update of each run that moves, at the rows that frames show."""
    rows: dict[int, set[int]] = {}
    last = descent.trajectory.last
    for frame in range(descent.timeline.frames):
        moment = descent.timeline.moment(frame)
        run = moment.current
        if last[run]:
            rows.setdefault(run, set()).add(min(moment.iteration(run), int(last[run]) - 1))
    return [_update(descent, run, np.array(sorted(its))) for run, its in sorted(rows.items())]


def with_steps(descent: Descent, update: Update) -> Update:
    """The same with the step in the place of the terms of its method."""
    x = descent.trajectory.x[update.run]
    step = x[update.rows + 1] - x[update.rows]
    return update._replace(rule=Rule(STEP, {"Δ[k]": step, "x[k]": x[update.rows]}))


def equation(descent: Descent, update: Update, decimals: int, style: Style, colour: str) -> Equation:
    """The texts of an update, in the colours of what they stand for, as dark as text must be. colour: of the run."""
    run, rows, rule, _ = update
    x, seen = descent.trajectory.x[run], in_view(descent)[run]
    # All points of the path have the same digits.
    digits = [digits_of(x[seen, i], decimals, may_shift=False) for i in range(x.shape[1])]
    usual = Digits.usual(decimals)
    names, of_text = _Names.of(descent, update), partial(with_contrast, background=style.background, least=TEXT)
    terms = {"x[k+1]": Term(names.symbols("x[k+1]"), _texts(x[rows + 1], digits, x), of_text(style.x_series))}
    for word in dict.fromkeys(word for word in ("x[k]", *rule.words) if word not in SIGNS):
        value = rule.terms[word]
        if word == "x[k]":
            texts = _texts(x[rows], digits, x)
        elif isinstance(value, np.ndarray):
            given = _constant(value) if word == "lr" else None
            texts = given or _texts(value, [usual] * value.shape[1], value)
        else:
            texts = [[short(value)]] * len(rows)
        ink = colour if word == "x[k]" else style.f_series if word in ("∇", "sgn~∇") else style.x_series
        terms[word] = Term(names.symbols(word), texts, of_text(ink))
    return Equation(rows=rows, words=(*EQUAL, *rule.words), terms=terms, dim=x.shape[1])


def exact(text: str) -> Decimal:
    """The number that a text shows."""
    digits, _, power = text.replace("−", "-").strip(FIGURE_SPACE).partition("×10")
    if digits.startswith("10") and not digits[2:].isascii():
        digits, power = "1", digits[2:]
    return Decimal(digits).scaleb(int(power.translate(FIGURES) or 0))


class _Names(NamedTuple):
    """What stands for names in an update of one run."""

    point: str
    gradient: str
    before: Sequence[str]  # (n,), the indices
    after: Sequence[str]

    @classmethod
    def of(cls, descent: Descent, update: Update) -> _Names:
        symbols, k = descent.objective.symbols, descent.trajectory.k[update.run]
        slope = f"f′({symbols[0]}[k])" if len(symbols) == 1 else "∇f[k]"
        return cls(
            point=symbols[0] if len(symbols) == 1 else f"({', '.join(symbols)})",
            gradient=slope if update.is_plain else "g[k]",
            before=[_index(at) for at in k[update.rows].tolist()],
            after=[_index(at) for at in k[update.rows + 1].tolist()],
        )

    def symbols(self, word: str) -> list[str]:
        """The symbol of a word in each row."""
        name = word.replace("x[k", f"{self.point}[k").replace("∇", self.gradient).replace("~", " ")
        pairs = zip(self.before, self.after, strict=True)
        found = [name.replace("[k]", before).replace("[k+1]", after) for before, after in pairs]
        # The longest has a digit for each blank behind a shorter one.
        longest = max(map(len, found))
        return [symbol + SUBSCRIPT_SPACE * (longest - len(symbol)) for symbol in found]


def _update(descent: Descent, run: int, rows: Index) -> Update:
    method, updates = descent.runs[run].method, updates_of(descent, run, rows)
    if method is None or updates is None:
        return with_steps(descent, Update(run, rows, Rule(STEP), is_plain=True))
    rule = rule_of(method.entry.name, method.values, updates)
    grad = descent.trajectory.grad[run, rows]
    return Update(run, rows, rule, is_plain=bool(np.allclose(rule.terms["∇"], grad, rtol=1e-9, atol=0.0)))


def _index(k: int) -> str:
    return str(k).translate(str.maketrans("0123456789", SUBSCRIPTS))


def _texts(values: Vector, digits: Sequence[Digits], alike: Vector) -> list[list[str]]:
    """Numbers (n, w), each column in its digits; with room for a sign where one of `alike` (m, w) has one."""
    signed = [bool(column.min() < 0) for column in alike.T]
    return [
        [number(value, its, signed=sign) for value, its, sign in zip(row, digits, signed, strict=True)]
        for row in values.tolist()
    ]


def _constant(values: Vector) -> list[list[str]] | None:
    """Values (n, 1) as they were given, where all are the same."""
    if not np.all(values == values[:1]):
        return None
    return [[minus(distinct(values[0].tolist())[0])]] * len(values)
