"""Record the golden set, or say which of its digests differ.

    python -m tests.golden record          run every case and write digests.json
    python -m tests.golden compare [PART…] run the cases whose names hold one of the parts, and say what differs
    python -m tests.golden keep FOLDER PART…  leave what the cases print and write in FOLDER, to be looked at

Bytes change with the releases of what draws, so that the set holds between two commits on one machine, and is no part
of the usual tests.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

from tests.golden.cases import CASES, Case, write_inputs

ROOT = Path(__file__).parents[2]
DIGESTS = Path(__file__).with_name("digests.json")
PACKAGES = ("click", "imageio-ffmpeg", "matplotlib", "numpy", "pillow")
Digests = dict[str, str]


def run(case: Case, folder: Path) -> Digests:
    """Run a case in an empty folder; a digest of each stream, exit code and new file."""
    write_inputs(folder, plugins=case.plugins)
    before = set(folder.rglob("*"))
    path = [str(ROOT), str(folder / "site")] if case.plugins else [str(ROOT)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path), "COLUMNS": "80", "PYTHONDONTWRITEBYTECODE": "1"}
    found: Digests = {}
    for number, words in enumerate(case.lines):
        ended = subprocess.run(
            [sys.executable, "-m", "gdanim", *words],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )  # fmt: skip
        for name, content in (("out", ended.stdout), ("err", ended.stderr)):
            (folder / f"{number}.{name}.txt").write_bytes(content.replace(str(folder).encode(), b"FOLDER"))
        (folder / f"{number}.code.txt").write_text(f"{ended.returncode}\n")
    for file in sorted(set(folder.rglob("*")) - before):
        if file.is_file():
            found[str(file.relative_to(folder))] = hashlib.sha256(file.read_bytes()).hexdigest()[:20]
    return found


def _run_apart(case: Case) -> tuple[str, Digests]:
    with tempfile.TemporaryDirectory() as folder:
        return case.name, run(case, Path(folder))


def run_all(parts: list[str]) -> dict[str, Digests]:
    """The digests of all cases whose names hold one of the parts; of all, where there are none."""
    cases = [case for case in CASES if not parts or any(part in case.name for part in parts)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(pool.map(_run_apart, cases))


def differences(then: dict[str, Digests], now: dict[str, Digests]) -> list[str]:
    """One line for each digest that is not as it was."""
    lines = []
    for case, digests in now.items():
        known = then.get(case, {})
        for name in sorted(known.keys() | digests.keys()):
            if known.get(name) != digests.get(name):
                how = "is missing" if name not in digests else "is new" if name not in known else "differs"
                lines.append(f"{case}: {name} {how}")
    return lines


def main() -> int:
    """Do what the first word says; the exit code is 1 where something differs."""
    verb, *rest = sys.argv[1:] or ["help"]
    versions = {name: version(name) for name in PACKAGES}
    if verb == "record":
        text = json.dumps({"versions": versions, "cases": run_all([])}, indent=1)
        DIGESTS.write_text(text + "\n", encoding="utf-8")
        return 0
    if verb == "compare":
        recorded = json.loads(DIGESTS.read_text(encoding="utf-8"))
        if recorded["versions"] != versions:
            print(f"Recorded with {recorded['versions']}, compared with {versions}: bytes may differ.")
        now = run_all(rest)
        lines = differences(recorded["cases"], now)
        print(*lines, f"{len(now)} cases, {sum(map(len, now.values()))} digests, {len(lines)} differ", sep="\n")
        return 1 if lines else 0
    if verb == "keep" and len(rest) > 1:
        for case in CASES:
            if any(part in case.name for part in rest[1:]):
                folder = Path(rest[0]).resolve() / case.name.replace("/", "-")
                folder.mkdir(parents=True)
                run(case, folder)
        return 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main())
