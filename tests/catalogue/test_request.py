"""What a word means as FUNCTION, told by its looks."""

from __future__ import annotations

import pytest

from gdanim.catalogue import request


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("parabola", "name"),
        ("double-well", "name"),
        ("parabla", "name"),
        ("x-1", "formula"),
        ("x**2", "formula"),
        ("f.py:name", "callable"),
        ("package.module:name", "callable"),
        (r"C:\f.py:name", "callable"),
        ("c:/folder/f.py:name", "callable"),
        (r"C:\f.py", "formula"),
        ("a:b:c", "formula"),
    ],
)
def test_kind_is_told_by_the_looks(text: str, kind: str) -> None:
    assert (request.is_callable(text), request.is_name(text)) == (kind == "callable", kind == "name")


def test_a_callable_on_a_drive_names_the_file_that_is_written() -> None:
    assert request.chosen_function(r"C:\f.py:bowl", {}).stem == "bowl"
