"""Parcels: what a job takes along to a machine that shares no folder with this one, and what comes back from there.

Both ways are dicts of contents by the paths that the job names, all below the working folder.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from gdanim.batch.naming import escaping
from gdanim.errors import OutputError, UsageError, shown
from gdanim.output.files.atomic import open_output
from gdanim.output.files.numbering import Pattern
from gdanim.output.files.sequence import open_sequence
from gdanim.output.files.targets import is_replaceable
from gdanim.outputs import inputs_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdanim.catalogue.request import Planned, Request

Files = dict[str, bytes]


def packed(request: Request) -> Files:
    """The files that a request reads. Raises UsageError where one of its paths leads out of the working folder."""
    inputs = inputs_of(request.settings, None)
    for path in (*inputs, *_written(request)):
        why = escaping(path)
        if why or (path not in inputs and not is_replaceable(path)):
            raise UsageError(
                f"{shown(path)}: {why or 'no file'}. Without --shared, a cluster has only what is in the working folder"
            )
    return {path: Path(path).read_bytes() for path in inputs}


def put(folder: Path, inputs: Mapping[str, bytes], outputs: Mapping[str, object]) -> None:
    """Lay the files that a job reads into a folder, and make the folders into which it writes."""
    for path in (*inputs, *outputs):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    for path, content in inputs.items():
        (folder / path).write_bytes(content)


def taken(folder: Path, inputs: Mapping[str, bytes]) -> Files:
    """Empty a folder, and return what was in it beside the inputs."""
    found: Files = {}
    for root, folders, names in os.walk(folder, topdown=False):
        for name in names:
            file = Path(root, name)
            path = file.relative_to(folder).as_posix()
            if path not in inputs and not file.is_symlink():
                found[path] = file.read_bytes()
            file.unlink()
        for name in folders:
            Path(root, name).rmdir()
    return found


def unpack(request: Request, files: Mapping[str, bytes]) -> None:
    """Write what a request asked for and came back, each file whole or not at all. Raises TargetError, OutputError."""
    for output in request.outputs:
        if output.format.sequence:
            _unpack_sequence(output, files)
    single = [output.path for output in request.outputs if not output.format.sequence]
    for path in (*single, *_data(request)):
        content = files.get(Path(path).as_posix())
        if content is not None:  # what failed is not there, and the answer says why
            with open_output(path, needs_path=False) as opened:
                opened.stream.write(content)


def _unpack_sequence(output: Planned, files: Mapping[str, bytes]) -> None:
    pattern = Pattern.read(output.path)
    here = {Path(path).name: content for path, content in files.items() if Path(path).parent == pattern.folder}
    frames = {index: content for name, content in here.items() if (index := pattern.index(name)) is not None}
    if not frames:
        return
    if max(frames) >= len(frames):
        raise OutputError(f"Cannot write {shown(output.path)}: frames are missing of what came back")
    suffix = Path(pattern.name(0)).suffix
    with open_sequence(output.path, len(frames), suffix) as folder:
        for index, content in frames.items():
            (folder / f"{index}{suffix}").write_bytes(content)


def _written(request: Request) -> tuple[str, ...]:
    return (*(output.path for output in request.outputs), *_data(request))


def _data(request: Request) -> tuple[str, ...]:
    return () if request.settings.data is None else (request.settings.data,)
