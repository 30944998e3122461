"""Tables that a program passes, as the files that gdanim reads: they lie in a folder of their own, while it reads."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from gdanim.errors import SettingError
from gdanim.options.objects import NamedObject
from gdanim.settings import Settings


@contextmanager
def in_files(settings: Settings) -> Iterator[Settings]:
    """The settings, with a file for each table that was passed as an object. Raises SettingError for what is none."""
    named = (*settings.trajectory, settings.points)
    if not any(isinstance(text, NamedObject) for text in named):
        yield settings
        return
    with TemporaryDirectory(prefix="gdanim-", ignore_cleanup_errors=True) as folder:
        texts = [text for given in settings.trajectory for text in _recordings(given, Path(folder))]
        points = settings.points
        if isinstance(points, NamedObject):
            points = _written(points.object, Path(folder, "points"), "--points")
        yield replace(settings, trajectory=tuple(texts), points=points)


def _recordings(text: str, folder: Path) -> Iterator[str]:
    """What `--trajectory` says of a recording: of a mapping without the columns of one, each value is, by its label."""
    if not isinstance(text, NamedObject):
        yield text
        return
    place = folder / str(len(list(folder.iterdir())))
    place.mkdir()
    given = text.object
    if isinstance(given, Mapping) and not {"x", "x1"} & given.keys():
        for label, table in given.items():
            (place / str(label)).mkdir()
            yield f"{label}={_written(table, place / str(label) / 'trajectory', '--trajectory')}"
    else:
        yield _written(given, place / "trajectory", "--trajectory")


def _written(table: Any, place: Path, option: str) -> str:
    """Write a table; its path. Columns become a .csv, points (…, n+1, d) an .npz, and other rows an .npy."""
    if isinstance(table, Mapping) or hasattr(table, "columns"):
        return _columns_written({str(name): table[name] for name in table}, place.with_suffix(".csv"), option)
    numbers = np.asarray(table)
    if numbers.dtype.kind not in "fiub" or not 1 <= numbers.ndim <= 3:
        shape = " × ".join(map(str, numbers.shape)) or "single"
        raise SettingError(option, f"{shape} {numbers.dtype}", "give a file, columns, or an array of numbers")
    if option == "--points":
        np.save(place.with_suffix(".npy"), numbers)
        return str(place.with_suffix(".npy"))
    x = numbers[:, np.newaxis] if numbers.ndim == 1 else numbers
    np.savez(place.with_suffix(".npz"), x=np.ascontiguousarray(x if x.ndim == 3 else x[np.newaxis]))
    return str(place.with_suffix(".npz"))


def _columns_written(columns: Mapping[str, Any], path: Path, option: str) -> str:
    values = [np.asarray(column).tolist() for column in columns.values()]
    if len({len(column) for column in values}) != 1:
        raise SettingError(option, ", ".join(columns), "give columns of one length")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([list(columns), *zip(*values, strict=True)])
    return str(path)
