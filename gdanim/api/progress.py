"""How far a call has come, and what it has to say: to functions of the caller, to tqdm, and through `warnings`."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gdanim.errors import GdanimWarning
from gdanim.outputs import Progress

_PACKAGE: Final = str(Path(__file__).parents[1])


@contextmanager
def reported(progress: Progress | bool | None) -> Iterator[Progress | None]:
    """The function that is called with the frames done and the frames in all.

    True stands for a bar of tqdm; without tqdm it is said that there is none.
    """
    if not isinstance(progress, bool):
        yield progress
        return
    bar_of = _tqdm() if progress else None
    if bar_of is None:
        yield None
        return
    with bar_of(unit="frame") as bar:

        def step(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield step


def _tqdm() -> type | None:
    """The bar of tqdm, that of notebooks in one; None where tqdm is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a notebook without ipywidgets has the bar of terminals
            from tqdm.auto import tqdm
    except ImportError:
        warn(["progress=True shows a bar where tqdm is installed, and it is not: pip install tqdm"])
        return None
    bar: type = tqdm
    return bar


def warn(remarks: Iterable[str]) -> None:
    """Warn of each remark, in the name of the line that called gdanim."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    for remark in remarks:
        warnings.warn(remark, GdanimWarning, stacklevel=level)
