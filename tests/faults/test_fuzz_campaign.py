"""Whatever is given is read, or refused by an error of gdanim's own, within seconds of computing.

GDANIM_LONG=1 GDANIM_FUZZ=100 python -m pytest tests/faults/test_fuzz_campaign.py -s     100 rounds: 2 million inputs
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from campaign import campaign
from fuzzing import KINDS, tried

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = campaign

ROUNDS = int(os.environ.get("GDANIM_FUZZ", "1"))
NEVER_REFUSED = {"completions"}  # whoever presses Tab is in the middle of a line


@pytest.mark.parametrize("name", KINDS)
def test_whatever_is_given_is_read_or_refused(name: str, tmp_path: Path) -> None:
    make, many = KINDS[name]
    tally = tried(name, make(tmp_path), range(many * ROUNDS))
    print(f"\n{name}: {dict(tally)}")
    assert set(tally) <= {"read", "refused"}
    assert bool(tally["refused"]) == (name not in NEVER_REFUSED)
