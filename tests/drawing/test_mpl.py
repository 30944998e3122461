"""matplotlib is imported whatever the user's environment says, and the user's environment stays as it was."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from matplotlib.ft2font import FT2Font
from support.commandline import ENVIRONMENT, PATIENCE_S, QUICK, command, run
from support.outputs import posix

from gdanim.drawing.lettering import SANS
from gdanim.drawing.mpl import fonts_must_be_read
from gdanim.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path

PLOT = "gdanim.render(gdanim.Settings(function='parabola', iterations=1, size='160x120', output='out.gif'))"


def ended(arguments: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder and an environment of its own."""
    return subprocess.run(
        arguments, cwd=folder, env=ENVIRONMENT | environment,
        capture_output=True, text=True, check=False, timeout=PATIENCE_S,
    )  # fmt: skip


def test_a_backend_that_does_not_exist_stops_no_command(tmp_path: Path) -> None:
    done = ended(command("parabola", *QUICK, "--style", "ggplot", "-q"), tmp_path, MPLBACKEND="nonsense")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "parabola.gif").exists()


@pytest.mark.parametrize("wanted", ["nonsense", "pdf"])
def test_in_python_the_environment_and_the_backend_are_the_caller_s(wanted: str, tmp_path: Path) -> None:
    script = f"import os, gdanim; {PLOT}; import matplotlib as m; print(os.environ['MPLBACKEND'], m.get_backend())"
    done = ended([sys.executable, "-c", script], tmp_path, MPLBACKEND=wanted)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split(" ", 1)[0] == wanted
    assert wanted != "pdf" or done.stdout.split() == ["pdf", "pdf"]


def test_a_broken_matplotlibrc_is_no_business_of_ours(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("backend: nonsense\nfont.size: huge\nno.such.key: 1\nnot even a key\n")
    done = ended(command("parabola", *QUICK, "--style", "ggplot", "-q"), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@posix
@pytest.mark.parametrize("is_named", [False, True])
def test_a_matplotlibrc_without_an_end_is_not_read(is_named: bool, tmp_path: Path) -> None:
    for folder in (".", "home/matplotlib", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        os.mkfifo(tmp_path / folder / "matplotlibrc")  # whoever opens it waits for ever
    asked = {"MATPLOTLIBRC": str(tmp_path / folder / "matplotlibrc")} if is_named else {}
    done = ended(command("parabola", *QUICK, "-q"), tmp_path, XDG_CONFIG_HOME=str(tmp_path / "home"), **asked)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("style", ["light", "ggplot"])
def test_a_matplotlib_that_cannot_be_imported_is_one_line_and_exit_1(style: str, tmp_path: Path) -> None:
    (tmp_path / "matplotlib").mkdir()
    (tmp_path / "matplotlib" / "__init__.py").write_text("raise ImportError('no libpng')\n")
    path = f"{tmp_path}:{ENVIRONMENT['PYTHONPATH']}"
    done = ended(command("parabola", *QUICK, "--style", style), tmp_path, PYTHONPATH=path)
    assert (done.returncode, done.stderr) == (1, "gdanim: matplotlib cannot be imported here: no libpng\n")


def test_a_mistake_in_our_own_modules_is_not_laid_at_matplotlib_s_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gdanim.rendering", None)
    with pytest.raises(ImportError, match=r"gdanim\.rendering"):
        run("parabola", *QUICK, "-o", "/dev/null")


def test_a_font_that_cannot_be_read_stops_the_picture_and_prints_no_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Broken(io.FileIO):
        reads = iter(range(20))

        def read(self, size: int | None = -1, /) -> bytes:
            if next(self.reads, None) is None:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return super().read(size)

    told = sys.unraisablehook
    with pytest.raises(OutputError, match=r"a font cannot be read: .*Input/output error"), fonts_must_be_read():
        FT2Font(Broken(SANS)).set_text("digits 0123456789")
    assert capsys.readouterr().err == ""
    assert sys.unraisablehook is told


def test_a_font_that_complains_when_it_is_closed_was_read(capsys: pytest.CaptureFixture[str]) -> None:
    complaint: Any = SimpleNamespace(object="close_file_callback", exc_value=OSError(errno.EIO, "…"))
    with fonts_must_be_read():
        sys.unraisablehook(complaint)  # as matplotlib does
    assert capsys.readouterr().err == ""


def test_what_else_cannot_be_raised_is_told_as_always(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: told.append(unraisable.exc_value))

    class Dying:
        def __del__(self) -> None:
            raise ValueError("mine")

    with fonts_must_be_read():
        Dying()
    assert str(*told) == "mine"
