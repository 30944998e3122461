"""A small documentation site, and Sphinx that builds it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from support.commandline import ENVIRONMENT

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = """
project = "Site"
extensions = ["gdanim.sphinx"]
html_theme = "basic"
html_copy_source = False
gdanim_options = "--size 160x120"
"""
PAGES = {
    "index": "Site\n====\n\n.. toctree::\n\n   part/two\n   three\n   four\n   five\n   six\n\n"
    ".. gdanim:: parabola -n 3\n",
    "part/two": 'Two\n===\n\n.. gdanim:: parabola -n 3\n   :alt: My "own" words\n   :class: wide\n',
    "three": "Three\n=====\n\n.. gdanim:: -p a=1 'a*x^2 + 1' -n 2 --style dark\n",
    **dict.fromkeys(("four", "five", "six"), "More\n====\n\n.. gdanim:: parabola -n 3\n"),
}


def write_site(folder: Path, pages: dict[str, str] | None = None, more: str = "") -> Path:
    """The sources of a site in a folder."""
    for name, text in (PAGES if pages is None else pages).items():
        path = folder / f"{name}.rst"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "conf.py").write_text(CONFIGURATION + more, encoding="utf-8")
    return folder


def built(folder: Path, builder: str, *options: str) -> subprocess.CompletedProcess[str]:
    """What Sphinx says of a site that it builds into `folder`/out-BUILDER; a warning is an error."""
    out = folder / f"out-{builder}"
    words = ("-q", "-W", "--keep-going", "-j", "2", "-b", builder, "-d", str(folder / "trees"), *options)
    command = [sys.executable, "-m", "sphinx", *words, str(folder), str(out)]
    return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False)
