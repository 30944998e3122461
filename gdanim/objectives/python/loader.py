"""A person's own Python: found by name, and run so that it disturbs nothing and its errors name its own lines."""

from __future__ import annotations

import importlib
import importlib.util
import os
import pkgutil
import sys
import traceback
from contextlib import contextmanager, redirect_stdout
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gdanim.errors import CallableError, GdanimError, UnknownNameError, UsageError, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType, ModuleType

MAX_TEXT = 300  # characters of an exception's text that are repeated

_OURS = str(Path(__file__).parents[2])


class UserCode:
    """Finds callables by name and runs them. A file is executed once, however many names are taken from it."""

    def __init__(self) -> None:
        self._modules: dict[str, ModuleType] = {}
        self._folders: list[str] = []

    def find(self, spec: str) -> Callable[..., Any]:
        """The callable that `file.py:name` or `package.module:name` names.

        Raises UsageError where there is none, CallableError where its code fails while it is imported.
        """
        home, _, name = spec.rpartition(":")
        if not home or not name.isidentifier():
            raise UsageError(f"{shown(spec)} names no Python callable: write file.py:name or package.module:name")
        module = self._from_file(home) if home.endswith(".py") else self._from_path(home)
        with self.running(spec):
            found: Callable[..., Any] | None = getattr(module, name, None)
            if found is None and not hasattr(module, name):
                known = [key for key, value in vars(module).items() if callable(value) and not key.startswith("__")]
                raise UnknownNameError(f"name in {home}:", name, known)
        if callable(found):
            return found
        raise UsageError(f"{spec} is {described(found)}: name a function")

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        """Run their code as if it were a script of theirs: its folder is first on sys.path.

        What it prints goes to standard error, and numpy's floating-point warnings are off. What it raises, sys.exit()
        included, becomes a CallableError; KeyboardInterrupt passes. `name` is told where no line of theirs is known.
        """
        sys.path[:0] = self._folders
        try:
            with redirect_stdout(sys.stderr), np.errstate(all="ignore"):
                yield
        except GdanimError:
            raise
        except (Exception, SystemExit) as error:
            raise CallableError(f"{self._place(error) or name}: {_text(error)}") from error
        finally:
            for folder in self._folders:
                if folder in sys.path:
                    sys.path.remove(folder)

    def _from_file(self, home: str) -> ModuleType:
        path = Path(home).resolve()
        if str(path) not in self._modules:
            _check_file(home)
            self._add_folder(path.parent)
            # No module of theirs has this name, and `if __name__ == "__main__"` stays untrue.
            name = f"_gdanim_{len(self._modules)}_{path.stem}"
            loader = _Source(name, str(path))
            module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))  # type: ignore[arg-type]
            # Dataclasses and pickles look their module up.
            sys.modules[name] = module
            with self.running(home):
                loader.exec_module(module)
            self._modules[str(path)] = module
        return self._modules[str(path)]

    def _from_path(self, home: str) -> ModuleType:
        if not all(part.isidentifier() for part in home.split(".")):
            raise UsageError(f"{shown(home)} is neither a file that ends in .py nor the name of a module")
        self._add_folder(Path.cwd())
        try:
            with self.running(home):
                self._modules[home] = importlib.import_module(home)
        except CallableError as error:
            cause = error.__cause__
            if isinstance(cause, ModuleNotFoundError) and f"{home}.".startswith(f"{cause.name}."):
                raise UsageError(f"No module {home!r}, here or installed.{_near_module(cause.name or home)}") from None
            raise
        return self._modules[home]

    def _add_folder(self, folder: Path) -> None:
        if str(folder) not in self._folders:
            self._folders.append(str(folder))

    def _place(self, error: BaseException) -> str:
        """Where in their code an error arose, as `loss.py:12 in rosen`; empty where no line of theirs took part."""
        if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_file():
            return f"{_short(error.filename)}:{error.lineno}"
        frames = [
            (frame.f_code.co_filename, line, frame.f_code.co_name)
            for frame, line in traceback.walk_tb(error.__traceback__)
            if not frame.f_code.co_filename.startswith(("<", _OURS))
        ]
        # A line of theirs says more than the line of the library that it called.
        file, line, name = next((frame for frame in reversed(frames) if self._is_theirs(frame[0])), ("", 0, ""))
        within = "" if name == "<module>" else f" in {name}"
        return file and f"{_short(file)}:{line}{within}"

    def _is_theirs(self, file: str) -> bool:
        if any(file == getattr(module, "__file__", None) for module in self._modules.values()):
            return True
        return any(file.startswith(folder + os.sep) for folder in self._folders) and "site-packages" not in file


class _Source(SourceFileLoader):
    """Compiles the file anew: leaves no __pycache__ beside it, and reads no stale one."""

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self.get_data(self.path), self.path)


def described(result: object) -> str:
    """What a thing is, for an error: `None`, `str 'a'`, `ndarray of shape (3,)`."""
    if result is None:
        return "None"
    kind, shape = type(result).__name__, getattr(result, "shape", ())
    return f"{kind} of shape {tuple(shape)}" if isinstance(shape, tuple) and shape else f"{kind} {shown(result)}"


def _text(error: BaseException) -> str:
    try:
        text = str(error.msg if isinstance(error, SyntaxError) else error)
    except Exception:  # an exception whose text cannot be had is still an exception
        text = ""
    text = " ".join(text.split())
    kept = text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"
    return ": ".join(filter(None, [type(error).__name__, kept]))


def _short(file: str) -> str:
    """A path as a person in the current folder would write it."""
    inside = Path(file).is_relative_to(Path.cwd())
    return str(Path(file).relative_to(Path.cwd())) if inside else file


def _check_file(home: str) -> None:
    path = Path(home)
    if not path.exists():
        near = nearest(path.name, [file.name for file in path.parent.glob("*.py")])
        raise UsageError(f"No file {home!r}." + (f" Did you mean {str(path.with_name(near))!r}?" if near else ""))
    if not path.is_file():
        raise UsageError(f"{home!r} is not a file")
    try:
        path.open("rb").close()
    except OSError as error:
        raise UsageError(f"Cannot read {home!r}: {error.strerror}") from None


def _near_module(missing: str) -> str:
    """The hint for a module that is not there: its neighbours in the package, or in the current folder."""
    package, _, name = missing.rpartition(".")
    folders = list(getattr(sys.modules.get(package), "__path__", ())) if package else [str(Path.cwd())]
    near = nearest(name, [module.name for module in pkgutil.iter_modules(folders)])
    return f" Did you mean '{'.'.join(filter(None, [package, near]))}'?" if near else ""
