"""What a word means as FUNCTION, told by its looks."""

from __future__ import annotations

import pytest

from gdanim.catalogue import kinds
from gdanim.catalogue.kinds import Kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("parabola", Kind.ROW),
        ("double-well", Kind.ROW),
        ("parabla", Kind.ROW),
        ("x-1", Kind.FORMULA),
        ("x**2", Kind.FORMULA),
        ("f.py:name", Kind.CALLABLE),
        ("package.module:name", Kind.CALLABLE),
        (r"C:\f.py:name", Kind.CALLABLE),
        ("c:/folder/f.py:name", Kind.CALLABLE),
        (r"C:\f.py", Kind.FORMULA),
        ("a:b:c", Kind.FORMULA),
    ],
)
def test_kind_is_told_by_the_looks(text: str, kind: Kind) -> None:
    assert kinds.kind_of(text) is kind


def test_a_callable_on_a_drive_names_the_file_that_is_written() -> None:
    assert kinds.chosen_function(r"C:\f.py:bowl", {}).stem == "bowl"
