"""What all tests share: fixtures, the marker for programs that are not Python, and how hypothesis behaves here."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings
from support.commandline import examples

# As many processes as cores run tests: threads of their own would wait for one another, and for nothing. Set before
# numpy is imported; tests/test_environments.py lets gdanim have as many as there are.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The machine decides how long an example takes; what matters is whether it holds.
settings.register_profile("gdanim", deadline=None, max_examples=examples(100))
# CI looks at the same examples each time: what it says is about the change, and new examples are a developer's to find.
settings.register_profile("repeatable", settings.get_profile("gdanim"), derandomize=True)
settings.load_profile("repeatable" if "CI" in os.environ else "gdanim")

TESTS = Path(__file__).parent
ROOT = Path.cwd()
FILES = pytest.StashKey[set[Path]]()  # what lay there before
# What the quick suite is made of: the beginnings of the ids of its tests.
QUICK = tuple(line for line in (TESTS / "quick.txt").read_text().splitlines() if not line.startswith("#"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the quick suite."""
    for item in items:
        if item.nodeid.removeprefix("tests/").startswith(QUICK):
            item.add_marker("quick")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose program is not installed, and say which one it is."""
    for marker in item.iter_markers("program"):
        for name in marker.args:
            if shutil.which(name) is None:
                pytest.skip(f"needs {name}, which is not installed here")


@pytest.fixture
def in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one for as long as the test runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pytest_collection_finish() -> None:
    """What collection made stays: the garbage collector need not look through it again and again, nor often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Remember what lies where the tests are started."""
    session.stash[FILES] = set(ROOT.iterdir())


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where a test has left a file there."""
    is_worker = hasattr(session.config, "workerinput")
    if not is_worker and (left := set(ROOT.iterdir()) - session.stash[FILES] - {ROOT / ".hypothesis"}):
        names = ", ".join(sorted(path.name for path in left))
        raise pytest.UsageError(f"Tests write into folders of their own; one has left {names} here")
