"""`gdanim check`: what is said of each file, to people and to programs."""

from __future__ import annotations

from typing import NamedTuple

from gdanim.errors import GdanimError, NoRecipeError
from gdanim.formatting import as_json_line
from gdanim.reproduce import check


class Checked(NamedTuple):
    """What a check of a file found.

    code      the exit code: 0 where the trajectory is the same
    exact     whether it is, to the last bit
    is_error  whether nothing could be compared
    """

    file: str
    code: int
    message: str
    exact: bool = False
    is_error: bool = False

    def as_json(self) -> str:
        """The same on one line; `same` is null where nothing could be compared."""
        same = None if self.is_error else not self.code
        told = {"file": self.file, "same": same, "exact": self.exact, "message": self.message, "code": self.code}
        return as_json_line(told)


def checked(file: str, tolerance: float, *, pass_others: bool) -> Checked | None:
    """Check a file; None for one without a recipe, if such are passed over. Raises nothing that it is to blame for."""
    try:
        finding = check(file, tolerance)
    except NoRecipeError as error:
        return None if pass_others else Checked(file, error.exit_code, str(error), is_error=True)
    except GdanimError as error:
        return Checked(file, error.exit_code, str(error), is_error=True)
    return Checked(file, 0 if finding.same else 1, finding.line, finding.exact)
