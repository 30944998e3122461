"""The quick suite touches every room, and every line of its list is a test that there is."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
LISTED = [line for line in (TESTS / "quick.txt").read_text().splitlines() if not line.startswith("#")]
ROOMS = [folder.name for folder in TESTS.iterdir() if folder.is_dir() and list(folder.glob("test_*.py"))]


@pytest.mark.parametrize("room", sorted(set(ROOMS) - {"browser", "faults", "sphinx"}))
def test_every_room_has_quick_tests(room: str) -> None:
    assert any(line.startswith(f"{room}/") for line in LISTED)


@pytest.mark.parametrize("line", LISTED)
def test_what_is_listed_is_there(line: str) -> None:
    file, _, name = line.partition("::")
    assert f"def {name.partition('[')[0]}" in (TESTS / file).read_text(encoding="utf-8")
