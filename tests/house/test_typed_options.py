"""The keywords of Python calls are typed as the table of options has them: gdanim/options/typed.py is made from it.

After a change of options, `python tests/house/test_typed_options.py` writes it anew.
"""

from __future__ import annotations

from dataclasses import fields
from inspect import signature
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

import pytest

import gdanim
from gdanim.api.calls import OF_FILES, OF_RENDER
from gdanim.options.typed import PictureOptions, RenderOptions
from gdanim.settings import SAVED, Settings, options

if TYPE_CHECKING:
    from gdanim.options.option import Option

TYPED = Path(gdanim.__file__).parent / "options" / "typed.py"
WIDTH = 116  # of a line of text

# What a field is annotated with → what is read into it. Several values are a sequence of such.
TAKEN: Final = {
    "bool": "bool",
    "str": "str",
    "int": "Whole",
    "float": "Number",
    "Fraction": "Number | Fraction",
    "tuple[int, int]": "Numbers",
    "tuple[float, float]": "Numbers",
    "tuple[float, ...]": "Numbers",
    "str | tuple[float, ...]": "Numbers",
}
SEVERAL: Final = {
    "tuple[str, ...]": "str",
    "tuple[float, ...]": "Number",
    "tuple[tuple[float, ...], ...]": "Number | Numbers",
}
# What objects may take the place of a text.
OBJECTS: Final = {
    "function": "Function",
    "gradient": "Function",
    "optimizer": "Rule",
    "schedule": "Rates",
    "style": "Path | HasColours",
    "trajectory": "Path | Table",
    "points": "Path | Table",
    "output": "Path | Stream",
    "poster": "Path",
    "data": "Path",
    "param": "Pairs[float]",
    "columns": "Pairs[str]",
    "batch": "Whole",
    "stops": "Whole",
}
HEAD: Final = '''\
"""The options as keywords of Python calls, for type checkers and editors. Nothing imports this at run time.

Made by tests/house/test_typed_options.py from the table of options, settings.py, and held to it by a test.
"""

from fractions import Fraction
from typing import Literal, TypedDict

from gdanim.options.kinds import (
    Function,
    HasColours,
    Number,
    Numbers,
    Pairs,
    Path,
    Rates,
    Rule,
    Several,
    Stream,
    Table,
    Whole,
)
'''


def typed() -> str:
    """The module, from the table of options."""
    own = {name: item for name, item, _ in options()}
    saved = [name for name in own if name in SAVED]
    of_format = [name for name in saved if own[name].group == "Output"]
    others = [name for name in own if name not in (*saved, *OF_FILES, *OF_RENDER)]
    parts = {
        "FormatOptions(TypedDict, total=False)": ("How files are written.", of_format),
        "PictureOptions(FormatOptions, total=False)": (
            "What a picture depends on: the keywords of animate(), solve() and load().",
            [name for name in saved if name not in (*of_format, "function")],
        ),
        "FileOptions(TypedDict, total=False)": ("What is written beside, and where.", OF_FILES),
        "SaveOptions(FormatOptions, FileOptions, total=False)": ("The keywords of Animation.save().", ()),
        "RenderOptions(PictureOptions, FileOptions, total=False)": ("The keywords of render().", OF_RENDER),
        "SettingsOptions(RenderOptions, total=False)": ("All fields of Settings.", ["function", *others]),
    }
    return HEAD + "".join(_class(name, about, {key: own[key] for key in keys}) for name, (about, keys) in parts.items())


def _class(name: str, about: str, items: dict[str, Option]) -> str:
    lines = [f"\n\nclass {name}:", f'    """{about}"""', *([""] if items else [])]
    for key, item in items.items():
        lines += [f"    {key}: {type_of(key, item)}", *_docstring(item)]
    return "\n".join(lines) + "\n"


def _docstring(item: Option) -> list[str]:
    first, *rest = wrap(item.help.replace("\\", "\\\\"), WIDTH - len('    """')) or [""]
    return [f'    """{first}', *(f"    {line}" for line in rest), '    """'] if rest else [f'    """{first}"""']


def type_of(name: str, item: Option) -> str:
    """What an option takes, as a type."""
    annotation = next(str(field.type) for field in fields(Settings) if field.name == name)
    optional = annotation.endswith(" | None")
    annotation = annotation.removesuffix(" | None")
    if item.words:
        found = "Literal[" + ", ".join(f'"{word}"' for word in item.words) + "]"
    else:
        table = SEVERAL if item.many or name in ("themes", "stops") else TAKEN
        found = OBJECTS.get(name) or table[annotation]
    if item.many or name in ("themes", "stops"):
        found = f"Several[{found}]"
    return f"{found} | None" if optional else found


def test_it_is_what_the_table_of_options_makes() -> None:
    assert TYPED.read_text(encoding="utf-8") == typed()


@pytest.mark.parametrize(
    ("call", "known"),
    [(gdanim.animate, PictureOptions), (gdanim.solve, PictureOptions), (gdanim.render, RenderOptions)],
)
def test_what_help_lists_is_what_type_checkers_know(call: Any, known: Any) -> None:
    beside = {"function", "progress", "preset"} | ({"allow_python"} if known is PictureOptions else set())
    assert set(signature(call).parameters) - beside == set(known.__annotations__)


if __name__ == "__main__":
    TYPED.write_text(typed(), encoding="utf-8")
