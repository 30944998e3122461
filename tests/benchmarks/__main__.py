"""gdanim beside other ways to the same files: time, memory, size and fidelity, as ratios.

    python -m tests.benchmarks [WORD…] [--runs N] [--long] [--json FILE] [--against FILE] [--readme]

Each row of rows.py runs in turn, gdanim and the other side, as whole processes. WORDs choose rows by name. The CPU time
counts, as the machine may be busy. `pip install -e '.[bench]'` brings the other libraries.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.benchmarks.inputs import ROOT, prepare, variables
from tests.benchmarks.measuring import CommandError, cost
from tests.benchmarks.report import as_json, put_into, result, slower, table, told
from tests.benchmarks.rows import ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.exact import Exact
    from tests.benchmarks.report import Result
    from tests.benchmarks.rows import Row


def measure(row: Row, runs: int) -> Result:
    """Run both sides of a row in turn. The first pair warms up and is not counted. Raises CommandError."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        exact = prepare(row, folder)
        filled = {"suffix": row.suffix, "fps": "" if exact is None else str(exact.fps)}
        commands = [[_filled(word, filled) for word in side] for side in (row.ours, row.theirs)]
        costs = [
            [cost(command, folder, variables(), is_told=row.is_told) for command in commands]
            for _ in range(runs + (not row.is_long))
        ]
        files = [_file(folder / f"{side}{row.suffix}", exact) for side in ("ours", "theirs")]
        ours, theirs = zip(*costs[not row.is_long :], strict=True)
        return result(row, ours, theirs, files)


def _filled(word: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        word = word.replace(f"{{{name}}}", value)
    return word


def _file(path: Path, exact: Exact | None) -> tuple[int, float | None]:
    """Size and PSNR of what was written; 0 and None where nothing was, or nothing is compared."""
    if not path.is_file():
        return 0, None
    return path.stat().st_size, None if exact is None else exact.psnr_db(path, in_time=path.name.startswith("ours"))


def main(words: Sequence[str] | None = None, rows: Sequence[Row] = ROWS) -> int:
    """Measure; print the table and what is slower than before. Returns 1 where something is, or could not be run."""
    asked = _asked(words)
    results, missing, failed = [], {}, False
    for row in rows:
        if (row.is_long and not asked.long) or not all(word in f"{row.name} {row.beside}" for word in asked.words):
            continue
        if row.missing:
            missing[f"{row.name} beside {row.beside}"] = row.missing
            continue
        print(f"{row.name} beside {row.beside}", file=sys.stderr)
        try:
            results.append(measure(row, asked.runs))
            print(f"  {told(results[-1])}", file=sys.stderr, flush=True)
        except CommandError as failure:
            print(failure, file=sys.stderr)
            failed = True
    print(text := table(results, missing), end="")
    if asked.json:
        asked.json.write_text(as_json(results), encoding="utf-8")
    if asked.readme:
        page = ROOT / "README.md"
        page.write_text(put_into(page.read_text(encoding="utf-8"), text), encoding="utf-8")
    worse = slower(results, json.loads(asked.against.read_text(encoding="utf-8"))) if asked.against else []
    for line in worse:
        print(f"slower: {line}")
    return 1 if worse or failed else 0


def _asked(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("words", nargs="*", metavar="WORD", help="measure rows that hold all of these")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="pairs of each row [default: 5]")
    parser.add_argument("--long", action="store_true", help="also rows that take minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument("--against", type=Path, metavar="FILE", help="say what is slower than in these figures")
    parser.add_argument("--readme", action="store_true", help="write the table into README.md")
    return parser.parse_args(words)


if __name__ == "__main__":
    raise SystemExit(main())
