"""Disturbed at any of its calls to the system, the command leaves the old files or the new ones, and says so.

Each call in turn fails, or brings a signal: see forked.py. A run that is told to fail at a call says why in one line.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from campaign import campaign
from forked import SUBJECTS
from support.commandline import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = [*campaign, pytest.mark.program("gcc"), pytest.mark.skipif(sys.platform != "linux", reason="Linux only")]

HERE = Path(__file__).parent
# What no run can do where it may not: remove what it made, or note that it is done; the next run does.
LEFT = ("unlink", "rmdir", "write", "read", "open", "fsync", "seek", "mkdir", "stat")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """With the library between Python and the system."""
    library = tmp_path_factory.mktemp("faulty") / "faulty.so"
    compiler = ["gcc", "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "faulty_calls.c"), "-ldl"]
    subprocess.run(compiler, check=True)
    path = os.pathsep.join([ENVIRONMENT["PYTHONPATH"], str(HERE), str(HERE.parent)])
    return {**ENVIRONMENT, "LD_PRELOAD": str(library), "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}


@pytest.mark.parametrize("kind", ["error", "KILL", "TERM", "INT", "HUP"])
@pytest.mark.parametrize("name", SUBJECTS)
def test_a_run_that_is_disturbed_at_any_call(
    name: str, kind: str, environment: Mapping[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "forked", str(tmp_path), kind, name]
    done = subprocess.run(command, env=environment, cwd=HERE, capture_output=True, text=True, check=True)
    shutil.rmtree(tmp_path)
    assert [row for line in done.stdout.splitlines() for row in wrong(*json.loads(line))] == []
    print(done.stdout)


def wrong(kind: str, name: str, call: str, _n: int, _tally: Mapping[str, int], bad: list[Any]) -> list[Any]:
    """What must not be, of what a line of the campaign tells."""
    return [(kind, name, call, row) for row in bad if not (call in LEFT and str(row[1]).endswith("STRAYS drafts"))]
