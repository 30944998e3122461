"""A person's own Python: found by name, and run so that its errors name its own lines and it disturbs nothing."""

import importlib
import importlib.util
import os
import pkgutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import numpy as np

from gdanim.catalogue import foreign
from gdanim.errors import CallableError, GdanimError, UnknownNameError, UsageError, nearest, shown
from gdanim.options.objects import NamedObject

MAX_SOURCE = 10_000_000  # bytes of a file, which Python reads whole
MAX_TEXT = 300  # characters of an exception's text that are repeated

_OURS = str(Path(__file__).parents[2])


class UserCode:
    """Finds callables by name and runs them. A file is executed once, however many names are taken from it."""

    def __init__(self) -> None:
        self._modules: dict[str, ModuleType] = {}
        self._folders: list[str] = []
        self._files: set[str] = set()

    def find(self, spec: str) -> Callable[..., Any]:
        """The callable that `file.py:name` or `package.module:name` names.

        Raises UsageError where there is none, CallableError where its code fails while it is imported.
        """
        if isinstance(spec, NamedObject):
            return self._given(spec)
        source, _, name = spec.rpartition(":")
        if not source or not name.isidentifier():
            raise UsageError(f"{shown(spec)} names no Python callable: write file.py:name or package.module:name")
        module = self._from_file(source) if source.endswith(".py") else self._from_path(source)
        with self.running(spec):
            found: Callable[..., Any] | None = getattr(module, name, None)
            if found is None and not hasattr(module, name):
                known = [key for key, value in vars(module).items() if callable(value) and not key.startswith("__")]
                raise UnknownNameError(f"name in {source}:", name, known)
        if callable(found):
            return found
        raise UsageError(f"{spec} is {describe_value(found)}: name a function")

    def _given(self, named: NamedObject) -> Callable[..., Any]:
        """A callable that a program passed; its file is one of theirs."""
        found: Callable[..., Any] = named.object
        self._files.add(getattr(getattr(found, "__code__", None), "co_filename", ""))
        return found

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        """Run their code inside as if it were a script of theirs: its folder is first on sys.path.

        What it prints goes to standard error, and numpy's floating-point warnings are off. What it raises, sys.exit()
        included, becomes a CallableError that names their line, or `name` where no line of theirs took part.
        """

        def failure(error: BaseException) -> CallableError:
            text = error.msg if isinstance(error, SyntaxError) else error
            return CallableError(f"{self._place(error) or name}: {foreign.type_and_text(error, text, most=MAX_TEXT)}")

        sys.path[:0] = self._folders
        try:
            with foreign.running(failure, GdanimError), np.errstate(all="ignore"):
                yield
        finally:
            for folder in self._folders:
                if folder in sys.path:
                    sys.path.remove(folder)

    def _from_file(self, source: str) -> ModuleType:
        _check_file(source)
        path = Path(source).resolve()
        if str(path) not in self._modules:
            self._add_folder(path.parent)
            # No module of theirs has this name, and `if __name__ == "__main__"` stays untrue.
            name = f"_gdanim_{len(self._modules)}_{path.stem}"
            loader = _FreshLoader(name, str(path))
            module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))  # type: ignore[arg-type]
            # Dataclasses and pickles look their module up.
            sys.modules[name] = module
            with self.running(source):
                loader.exec_module(module)
            self._modules[str(path)] = module
        return self._modules[str(path)]

    def _from_path(self, source: str) -> ModuleType:
        if not all(part.isidentifier() for part in source.split(".")):
            raise UsageError(f"{shown(source)} is neither a file that ends in .py nor the name of a module")
        self._add_folder(Path.cwd())
        try:
            with self.running(source):
                self._modules[source] = importlib.import_module(source)
        except CallableError as error:
            cause = error.__cause__
            if isinstance(cause, ModuleNotFoundError) and f"{source}.".startswith(f"{cause.name}."):
                raise UsageError(
                    f"No module {source!r}, here or installed.{_near_module(cause.name or source)}"
                ) from None
            raise
        return self._modules[source]

    def _add_folder(self, folder: Path) -> None:
        if str(folder) not in self._folders:
            self._folders.append(str(folder))

    def _place(self, error: BaseException) -> str:
        """Where in their code an error arose, as `loss.py:12 in rosen`; empty where no line of theirs took part."""
        if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_file():
            return f"{_short(error.filename)}:{error.lineno}"
        line = foreign.last_line(error, self._is_theirs)
        if line is None:
            return ""
        return f"{_short(line.file)}:{line.number}" + (f" in {line.function}" if line.function != "<module>" else "")

    def _is_theirs(self, file: str) -> bool:
        if file.startswith(_OURS):
            return False
        if file in self._files or any(file == getattr(module, "__file__", None) for module in self._modules.values()):
            return True
        return any(file.startswith(folder + os.sep) for folder in self._folders) and "site-packages" not in file


class _FreshLoader(SourceFileLoader):
    """Compiles the file each time: writes no __pycache__ beside it, and reads no stale one."""

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self.get_data(self.path), self.path)


def describe_value(result: object) -> str:
    """What a value is, for an error: `None`, `str 'a'`, `ndarray of shape (3,)`."""
    if result is None:
        return "None"
    kind, shape = type(result).__name__, getattr(result, "shape", ())
    return f"{kind} of shape {tuple(shape)}" if isinstance(shape, tuple) and shape else f"{kind} {shown(result)}"


def _short(file: str) -> str:
    """The path of a file relative to the current folder, where it is inside."""
    inside = Path(file).is_relative_to(Path.cwd())
    return str(Path(file).relative_to(Path.cwd())) if inside else file


def _check_file(source: str) -> None:
    path = Path(source)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UsageError(f"{source!r} is not a file")
        if status.st_size > MAX_SOURCE:
            raise UsageError(f"{source!r} has more than {MAX_SOURCE:,} bytes: that is no code of a person's own")
        path.open("rb").close()
    except FileNotFoundError:
        near = nearest(path.name, [file.name for file in path.parent.glob("*.py")])
        hint = f" Did you mean {str(path.with_name(near))!r}?" if near else ""
        raise UsageError(f"No file {source!r}.{hint}") from None
    except OSError as error:
        raise UsageError(f"Cannot read {source!r}: {error.strerror}") from None


def _near_module(missing: str) -> str:
    """The hint for a missing module: the module of its package, or of the current folder, with the nearest name."""
    package, _, name = missing.rpartition(".")
    folders = list(getattr(sys.modules.get(package), "__path__", ())) if package else [str(Path.cwd())]
    near = nearest(name, [module.name for module in pkgutil.iter_modules(folders)])
    return f" Did you mean '{'.'.join(filter(None, [package, near]))}'?" if near else ""
