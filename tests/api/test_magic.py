"""`%gdanim` in IPython takes the words of the command line, and completes them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from support.commandline import ENVIRONMENT

import gdanim

if TYPE_CHECKING:
    from pathlib import Path

QUICK = "-n 3 --size 160x120"


@pytest.fixture(scope="module")
def shell() -> Any:
    """A session in which `%load_ext gdanim` was said."""
    module = pytest.importorskip("IPython.core.interactiveshell", reason="needs IPython, which is not installed here")
    session = module.InteractiveShell()
    session.run_line_magic("load_ext", "gdanim")
    return session


def test_a_line_shows_an_animation_and_writes_nothing(shell: Any, in_tmp_path: Path) -> None:
    found = shell.run_line_magic("gdanim", f"double-well -p l=1.5 --lr 0.001 --lr 0.002 --start -1 {QUICK}")
    assert found.descent.objective.parameters["l"] == 1.5
    assert found.settings.lr == (0.001, 0.002)
    assert found.trajectory.x[:, 0, 0].tolist() == [-1.0, -1.0]
    assert list(in_tmp_path.iterdir()) == []


def test_a_line_that_names_a_file_writes_it_too(shell: Any, in_tmp_path: Path) -> None:
    shell.run_line_magic("gdanim", f"'x^2 + 1' {QUICK} -o a.gif --data a.csv")
    assert sorted(path.name for path in in_tmp_path.iterdir()) == ["a.csv", "a.gif"]


def test_other_commands_print(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.run_line_magic("gdanim", "list functions") is None
    assert "parabola" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("parabla", "Unknown function 'parabla'. Did you mean 'parabola'?"),
        ("parabola --lr 0", "--lr '0': give a finite number above 0"),
        ("parabola --lrr 1", "Unknown option '--lrr'."),
        ("parabola 'a", "A quotation is open"),
    ],
)
def test_what_is_wrong_is_one_line_without_a_traceback(shell: Any, line: str, said: str) -> None:
    from IPython.core.error import UsageError  # what IPython shows so

    with pytest.raises(UsageError) as refused:
        shell.run_line_magic("gdanim", line)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%gdanim para", "parabola"),
        ("%gdanim parabola --ti", "--title"),
        ("%gdanim parabola --lr 0.1 -O ada", "adam"),
        ("%gdanim parabola -O adam:b", "beta1="),
        ("%gdanim 'x^2 + 1' --style da", "dark"),
        ("%gdanim li", "list"),
    ],
)
@pytest.mark.filterwarnings("ignore:`Completer.complete`:PendingDeprecationWarning")
def test_words_are_completed(shell: Any, line: str, expected: str) -> None:
    _, found = shell.complete("", line, len(line))
    assert expected in found


def test_keywords_of_calls_are_completed(shell: Any) -> None:
    from IPython.core.completer import provisionalcompleter

    shell.user_ns["gdanim"] = gdanim
    line = "gdanim.animate('parabola', itera"
    with provisionalcompleter():
        assert "iterations=" in [found.text for found in shell.Completer.completions(line, len(line))]


def test_loading_gdanim_loads_no_ipython() -> None:
    script = "import gdanim, sys; gdanim.animate('parabola'); print('IPython' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, env=ENVIRONMENT, check=True)
    assert ended.stdout.split() == [b"False"]
    assert callable(gdanim.load_ipython_extension)
