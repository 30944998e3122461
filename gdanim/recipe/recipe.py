"""Recipes, put together: a preset (presets.py) with the table [made] (made.py), between two lines that mark it.

See output/metadata.py for the lines, and for where a file of each format keeps its recipe.
"""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from gdanim.catalogue.specs import Format
from gdanim.descent.descend import Descent
from gdanim.output.metadata import END, MAX_RECIPE, START
from gdanim.presets import PYTHON, SIZE, write_files
from gdanim.recipe.made import summary_of, write_made
from gdanim.recipe.portable import portable, python_digest, write_asked
from gdanim.settings import Picture, Settings
from gdanim.toml_text import as_ascii


class Recipe(NamedTuple):
    """The recipe of a descent, for files of any format."""

    settings: Picture  # of the request, after all choices, without paths
    files: Mapping[str, str]  # the contents of the files that it names
    made: str  # the table [made] as text
    lacks: str = ""  # PYTHON or SIZE, where the file cannot be made again

    def text(self, form: Format | None = None) -> str:
        """The recipe in a file of this format, without options that the format does not read; by default, with all."""
        return f"{START}{as_ascii(write_asked(self.settings, form) + self.made + write_files(self.files))}{END}"


def recipe_of(descent: Descent) -> Recipe:
    """What the files of a descent carry."""
    made = summary_of(descent.trajectory)
    model = descent.objective.model
    asked = portable(descent.settings, partial(as_csv, descent), None if model is None else model.points)
    if asked.python:
        code = python_digest(asked.python)
        return Recipe(asked.settings, asked.files, write_made(made, PYTHON, code), PYTHON)
    recipe = Recipe(asked.settings, asked.files, write_made(made))
    return recipe if len(recipe.text()) <= MAX_RECIPE else Recipe(Settings(), {}, write_made(made, SIZE), SIZE)


def as_csv(descent: Descent, source: str) -> str:
    """The runs of a replayed file as `--data` writes them, cut to MAX_RECIPE characters."""
    from gdanim.descent.recording import export

    its = [place for place, run in enumerate(descent.runs) if run.source == source]
    return export.as_csv(descent.trajectory.picked(its), tuple(descent.runs[run] for run in its), MAX_RECIPE)
