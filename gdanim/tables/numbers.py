"""Cells → numbers: as they are written by spreadsheets, R, MATLAB, C on Windows, Fortran and Python."""

from __future__ import annotations

import math
import re
from types import NoneType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gdanim.errors import shown
from gdanim.tables.table import Numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.arrays import Scalar

# Nothing is known where a cell holds one of these, in any case.
UNKNOWN: Final = frozenset({"", "null", "na", "n/a", "#n/a", "<na>", "none", "nil", "missing", "nat"})
# What programs write where there is no number, or none that float64 can hold.
LOST: Final = {
    **dict.fromkeys(("nan", "+nan", "-nan", "nan(ind)", "-nan(ind)", "1.#qnan", "-1.#qnan"), math.nan),
    **dict.fromkeys(("1.#ind", "-1.#ind", "1.#snan", "-1.#snan", "1.#nan", "indeterminate"), math.nan),
    **dict.fromkeys(("#num!", "#div/0!", "#value!", "#ref!", "#name?", "#null!", "undefined"), math.nan),
    **dict.fromkeys(("inf", "+inf", "infinity", "+infinity", "1.#inf", "+1.#inf", "∞", "+∞", "overflow"), math.inf),
    **dict.fromkeys(("-inf", "-infinity", "-1.#inf", "-∞", "−∞"), -math.inf),
}
# float() would accept "1_000" and digits of other scripts. Fortran writes 1.5D+03; 𝐷 is E there.
_NUMBER: Final = re.compile(r"[+-]?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([eEdD][+-]?[0-9]+)?", re.ASCII)
_D: Final = str.maketrans("dD", "ee")
_MINUS: Final = str.maketrans("−", "-")
THOUSANDS: Final = re.compile(r"[+-]?[0-9]{1,3}([.,'’ ][0-9]{3})+([.,][0-9]+)?", re.ASCII)


class NotANumberError(ValueError):
    """A cell (its row in the column) that is not a number, and why."""

    def __init__(self, row: int, cell: Any, reason: str) -> None:
        self.row = row
        super().__init__(f"{shown(cell)} {reason}")


def numbers(cells: Sequence[Any], *, decimal_comma: bool = False) -> Numbers:
    """The numbers of a column (m,). Raises NotANumberError for its first cell that is neither a number nor empty."""
    found = _all_at_once(cells)
    if found is not None:
        return Numbers(found, np.full(len(cells), cells[0] is not None))
    value, given = np.full(len(cells), np.nan), np.zeros(len(cells), dtype=np.bool_)
    for row, cell in enumerate(cells):
        try:
            number = number_in(cell, decimal_comma=decimal_comma)
        except ValueError as refusal:
            raise NotANumberError(row, cell, str(refusal)) from None
        if number is not None:
            value[row], given[row] = number, True
    return Numbers(value, given)


def _all_at_once(cells: Sequence[Any]) -> Scalar | None:
    """The numbers of cells that are all None, or all plain finite or NaN numbers; else None."""
    types = set(map(type, cells))
    if types == {NoneType}:
        return np.full(len(cells), np.nan)
    if types == {str}:
        together = "".join(cells)
        if not together.isascii() or "_" in together:
            return None
    elif not types <= {float, int}:
        return None
    try:
        found = np.fromiter(map(float, cells), np.float64, len(cells))
    except (ValueError, OverflowError):
        return None
    return None if np.isinf(found).any() else found


def number_in(cell: Any, *, decimal_comma: bool = False) -> float | None:
    """The number in a cell, NaN or an infinity where it was lost; None where nothing is known.

    Raises ValueError with what is wrong with it.
    """
    if cell is None:
        return None
    if isinstance(cell, str):
        return _number_in_text(cell.strip(), decimal_comma)
    if type(cell) not in (float, int):
        raise ValueError("is not a number")
    try:
        number = float(cell)
    except OverflowError:
        number = math.inf
    if math.isinf(number):
        raise ValueError("is larger than float64 can hold")
    return number


def _number_in_text(text: str, decimal_comma: bool) -> float | None:
    if text.lower() in UNKNOWN:
        return None
    lost = LOST.get(text.lower())
    if lost is not None:
        return lost
    plain = (text.replace(",", ".") if decimal_comma else text).translate(_MINUS)
    if not _NUMBER.fullmatch(plain):
        thousands = THOUSANDS.fullmatch(text) is not None
        raise ValueError("is not a number" + (": write it without marks between thousands" if thousands else ""))
    number = float(plain.translate(_D))
    if math.isinf(number):
        raise ValueError("is larger than float64 can hold")
    return number


def is_number(cell: Any, *, decimal_comma: bool = False) -> bool:
    """Whether a cell holds a number, or a word for one that was lost."""
    try:
        return number_in(cell, decimal_comma=decimal_comma) is not None
    except ValueError:
        return False


def read_cell(cell: Any, *, decimal_comma: bool = False) -> Any:
    """What a cell holds: a number, None, or the cell as it is."""
    try:
        return number_in(cell, decimal_comma=decimal_comma)
    except ValueError:
        return cell


def is_word(cell: Any, *, decimal_comma: bool = False) -> bool:
    """Whether a cell holds something that is no number."""
    try:
        number_in(cell, decimal_comma=decimal_comma)
    except ValueError:
        return True
    return False
