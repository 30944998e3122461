"""What the command line asks of a batch, and of the cluster that does it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gdanim.errors import SettingError, UsageError
from gdanim.tables.files import is_file

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from gdanim.batch.pool import Done


_ADDRESS: Final = re.compile(r"([a-z]+://)?[^\s/]+:[0-9]{1,5}/?")


class Asked(NamedTuple):
    """What the command line says of how a batch is run and told.

    workers          how many there are; None for as many as this process may use cores
    scheduler, scheduler_file   of a cluster that renders in their place; empty for none
    shared, any_version, patience   of the cluster
    index_path, depfile_path   empty for neither
    """

    workers: int | None = None
    scheduler: str = ""
    scheduler_file: str = ""
    shared: bool = False
    any_version: bool = False
    patience: float = 60.0
    index_path: str = ""
    depfile_path: str = ""
    force: bool = False
    fail_fast: bool = False
    strict: bool = False
    json: bool = False
    quiet: bool = False

    @property
    def is_remote(self) -> bool:
        """Whether a cluster renders."""
        return bool(self.scheduler or self.scheduler_file)

    def check(self) -> None:
        """Raise UsageError where options do not go together."""
        if self.scheduler and not _ADDRESS.fullmatch(self.scheduler):
            raise SettingError("--scheduler", self.scheduler, "give where it listens, such as tcp://host:8786")
        if self.scheduler and self.scheduler_file:
            raise UsageError("--scheduler and --scheduler-file name two schedulers: give one")
        if self.scheduler_file and not is_file(self.scheduler_file):
            raise UsageError(f"--scheduler-file {self.scheduler_file!r}: there is no such file")
        if self.is_remote and self.workers is not None:
            raise UsageError("--jobs is for this machine: the workers of a cluster say how many jobs they do at a time")
        if (self.shared or self.any_version) and not self.is_remote:
            raise UsageError("--shared and --any-version are for a cluster: give its --scheduler")


def from_cluster(fields: Sequence[Mapping[str, Any]], asked: Asked, module: tuple[str, ...]) -> Generator[Done]:
    """What the workers of a cluster do of some jobs, each with a child that python -m makes of a module."""
    try:
        from gdanim.batch.cluster import Cluster
    except ModuleNotFoundError as error:
        raise UsageError(f"--scheduler needs {error.name}, which is not installed: pip install {error.name}") from None
    return Cluster(
        scheduler=asked.scheduler or asked.scheduler_file,
        module=module,
        shared=asked.shared,
        any_version=asked.any_version,
        patience_s=asked.patience,
    ).done(fields)
