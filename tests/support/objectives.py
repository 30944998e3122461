"""Objectives as a person names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdanim.catalogue.request import chosen_function
from gdanim.objectives import lookup
from gdanim.objectives.autorange import NOTHING_GIVEN, Given

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdanim.objectives.objective import Objective


def objective(
    function: str, parameters: Mapping[str, float], given: Given = NOTHING_GIVEN, gradient: str | None = None
) -> Objective:
    """The objective that a text names: a row of the catalogue, a formula or a Python callable."""
    return lookup.objective(chosen_function(function, parameters), parameters, given, gradient)
