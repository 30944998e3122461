"""A path with a number in it stands for the files that printf would name, and for no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdanim.errors import SettingError
from gdanim.output.files.numbering import Pattern, is_numbered


@given(
    st.text("abc%-.0159 ", max_size=6),
    st.sampled_from(["%d", "%02d", "%04d", "%012d"]),
    st.text("xyz%.0159", max_size=6),
    st.integers(0, 99_999),
)
def test_names_are_those_of_printf_and_lead_back_to_their_numbers(before, number, after, index):
    template = before.replace("%", "%%") + number + after.replace("%", "%%")
    pattern = Pattern.read(template)
    assert pattern.name(index) == template % index  # Python's own operator
    assert pattern.index(template % index) == index


@pytest.mark.parametrize(
    "name", ["f-7.png", "f-00007.png", "f-007x.png", "f-.png", "g-0007.png", "f-٠٠٠٧.png", "f--007.png"]
)
def test_a_name_that_printf_would_not_give_is_not_one_of_its_files(name):
    assert Pattern.read("f-%04d.png").index(name) is None


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("f.png", "needs a number"),
        ("f%%d.png", "needs a number"),
        ("f-%d-%04d.png", "more than one number"),
        ("%d/f-%d.png", "not into that of a folder"),
        ("f%s-%d.png", "write %% for a percent sign"),
        ("f%4d.png", "needs a number"),
        ("100%-%d.png", "write %% for a percent sign"),
    ],
)
def test_a_path_without_exactly_one_number_is_refused_with_the_way_out(path, complaint):
    with pytest.raises(SettingError, match=complaint):
        Pattern.read(path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a-%d.png", True), ("a%05d", True), ("a%%d.png", False), ("%d/a.png", False), ("a.png", False)],
)
def test_only_the_last_part_of_a_path_makes_it_numbered(path, expected):
    assert is_numbered(path) is expected


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("a%d.png", "a%04d.png", True),  # from 1000 on
        ("a%d.png", "a1%d.png", True),
        ("a%d.png", "b%d.png", False),
        ("a%d.png", "sub/a%d.png", False),
        ("a%05d.png", "a%d.png", False),  # from 10,000 on, which no timeline has
    ],
)
def test_sequences_meet_where_they_have_a_file_in_common(one, other, meet):
    assert Pattern.read(one).holds(Pattern.read(other)) is meet
    assert Pattern.read(other).holds(Pattern.read(one)) is meet


def test_a_file_is_of_a_sequence_in_the_same_folder_only(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    pattern = Pattern.read(str(tmp_path / "a%d.png"))
    assert pattern.holds(tmp_path / "link" / "a3.png")
    assert not pattern.holds(Path("a3.png"))
