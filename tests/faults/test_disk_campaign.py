"""On a disk that fills up, or under a limit on the size of files, a run ends in one line and the old film stays."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from campaign import FORMATS, N_RUNS, campaign, descent, one_line, start, subject
from support.commandline import ENVIRONMENT, PATIENCE_S

pytestmark = campaign


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs root, to mount a small disk")
@pytest.mark.program("unshare")
@pytest.mark.program("mount")
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_full_disk_is_one_line_and_the_old_film_stays(suffix: str, tmp_path: Path) -> None:
    risk = subject(tmp_path, suffix)
    keep = tmp_path / "kept"
    keep.mkdir()
    # The disk exists for this shell and its children alone, and goes with them; what is on it at the end is copied out.
    shell = (
        'mount -t tmpfs -o "size=$1k" tmpfs "$2" || exit 77; shift; folder=$1; keep=$2; old=$3; target=$4; shift 4; '
        'cp "$old" "$target" || exit 78; "$@"; status=$?; cp -a "$folder/." "$keep"; exit $status'
    )
    (tmp_path / "old").write_bytes(risk.old)
    tally: Counter[str] = Counter()
    for size_kb in [*range(12, 400, -(-388 // N_RUNS)), 400]:
        shutil.rmtree(keep)
        keep.mkdir()
        arguments = [str(size_kb), str(risk.target.parent), str(keep), str(tmp_path / "old"), str(risk.target)]
        process = start(["unshare", "--mount", "sh", "-c", shell, "sh", *arguments, *descent(risk.target)])
        _, complaints = process.communicate(timeout=PATIENCE_S)
        if process.returncode == 77 or complaints.startswith(b"unshare:"):
            pytest.skip("this root may not mount")
        if process.returncode == 78:
            tally["too small even for the old film"] += 1
            continue
        found = (keep / risk.target.name).read_bytes()
        tally[f"exit {process.returncode}"] += 1
        assert [path.name for path in keep.iterdir()] == [risk.target.name]
        if process.returncode == 0:
            assert found == risk.new
        else:
            assert (process.returncode, one_line(complaints)) == (1, True), complaints.decode()
            assert found == risk.old
    print(f"\nfull disk, {suffix}: {dict(tally)}")
    assert tally["exit 1"]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_limit_on_the_size_of_files_is_one_line_and_the_old_film_stays(suffix: str, tmp_path: Path) -> None:
    risk = subject(tmp_path, suffix)
    limits = random.Random(0)
    for _ in range(max(1, N_RUNS // 4)):
        limit = limits.randrange(len(risk.new))
        process = start(
            descent(risk.target),
            preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        )
        _, complaints = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, one_line(complaints)) == (1, True), complaints.decode()
        assert risk.state() == "old"
        assert risk.strays() == []


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_full_standard_output_is_one_line(suffix: str) -> None:
    with Path("/dev/full").open("wb") as full:
        process = subprocess.run(
            descent("-", "-f", suffix),
            env=ENVIRONMENT,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (process.returncode, one_line(process.stderr)) == (1, True), process.stderr.decode()
