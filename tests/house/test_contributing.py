"""The contributor's page is true: its map is the table of layers, and the files that it names are there.

After a change of rooms, `python tests/house/test_contributing.py` writes the map anew.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / ".github" / "CONTRIBUTING.md"
MAP = re.compile(r"(?<=<!-- map -->\n).*?(?=<!-- /map -->)", re.DOTALL)


def drawn_map() -> str:
    """The rooms in their order, a line each."""
    from house.test_layers import LAYERS

    rows = [f"| `{name}` | {line} |" for name, line in LAYERS.items()]
    return "\n".join(["| room | what it does |", "|---|---|", *rows])


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def files_of(heading: str) -> set[str]:
    """The files, as patterns, that a change may touch: what stands as code in the list below its heading."""
    (section,) = re.findall(rf"^### {heading}\n(.*?)(?=^##|\Z)", page(), re.DOTALL | re.MULTILINE)
    items = re.findall(r"^- (.*(?:\n  .*)*)", section, re.MULTILINE)
    return {name for item in items for name in re.findall(r"`(gdanim/[^`]+)`", item)}


def test_the_map_is_the_table_of_layers() -> None:
    found = MAP.search(page())
    assert found is not None
    assert found.group().strip() == drawn_map()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:gdanim|tests|\.ci)/[^` ]*)`", page()))))
def test_every_file_that_the_page_names_is_there(name: str) -> None:
    assert list(ROOT.glob(name.rstrip("/")))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    PAGE.write_text(MAP.sub(lambda _: drawn_map() + "\n", page()), encoding="utf-8")
