"""Runs a command and prints on a last line what it took, in CPU seconds, wall seconds and peak kB: used.py COMMAND…

Linux counts the memory of the process that starts a command as the command's own, so this one is small.
"""

from __future__ import annotations

import os
import resource
import sys
import time


def main(command: list[str]) -> int:
    """The command's exit code; its children count where it has waited for them."""
    begun = time.perf_counter()
    code = os.spawnvp(os.P_WAIT, command[0], command)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"\n{usage.ru_utime + usage.ru_stime} {time.perf_counter() - begun} {usage.ru_maxrss}")
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
