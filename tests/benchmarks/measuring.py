"""Runs whole processes in turn, and what they took: CPU and wall time, peak memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

USED = str(Path(__file__).with_name("used.py"))


class Cost(NamedTuple):
    """What a process took, its children included: CPU and wall time in seconds, the peak of its largest one in kB."""

    cpu_s: float
    wall_s: float
    peak_kb: float


class CommandError(Exception):
    """A command exited with another code than 0."""


def cost(command: Sequence[str], folder: Path, variables: Mapping[str, str], *, is_told: bool = False) -> Cost:
    """Run a command to its end. With `is_told` it prints the CPU seconds that count. Raises CommandError."""
    watched = [sys.executable, "-S", USED, *command]
    done = subprocess.run(watched, cwd=folder, env={**variables}, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise CommandError(f"{' '.join(command)}: exit code {done.returncode}")
    *said, cpu_s, wall_s, peak_kb = done.stdout.split()
    return Cost(float(said[-1] if is_told else cpu_s), float(wall_s), float(peak_kb))


def medians(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(median(figures) for figures in zip(*costs, strict=True)))


def ratio(ours: Sequence[Cost], theirs: Sequence[Cost], figure: str) -> float:
    """The median over the pairs of ours to theirs: what slows a machine down slows both of a pair."""
    return median(getattr(our, figure) / getattr(their, figure) for our, their in zip(ours, theirs, strict=True))
