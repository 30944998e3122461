"""What a command imports: as much as it needs. Counted, never timed."""

from __future__ import annotations

import gc
import subprocess
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from matplotlib import units
from matplotlib.font_manager import fontManager
from matplotlib.lines import Line2D
from support.commandline import ENVIRONMENT, PATIENCE_S, QUICK, run

from gdanim import signals
from gdanim.drawing import mpl
from gdanim.drawing.fallback import none_but_bundled

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

# The rooms of gdanim that print --help.
OF_HELP = {"__main__", "signals", "errors", "readers", "formatting", "settings", "options", "cli"}
SLOW = {"json", "shutil", "pathlib", "fractions", "tempfile", "subprocess", "numpy"}
# What matplotlib, numpy and gdanim have for other pictures, other files and other requests than the plainest.
OF_OTHERS = {
    "dateutil.parser", "fontTools", "matplotlib.category", "matplotlib.dates", "matplotlib.pyplot", "mpl_toolkits",
    "imageio_ffmpeg", "tomllib", "zipfile", "gdanim.batch", "gdanim.tables.reading", "gdanim.views.surface",
    "gdanim.output.svg", "gdanim.output.video", "gdanim.descent.recording.replay", "gdanim.optimizers.adam",
}  # fmt: skip
MOST_OWN = 215  # modules of gdanim for the plainest GIF: each costs a third of a millisecond and more
SCRIPT = """
import sys
from gdanim.__main__ import main
try:
    main()
except SystemExit as ended:
    print()
    print(ended.code, *sys.modules)
"""
# As a view of a plug-in may draw: words along an axis, moments along another, and axes in space.
DRAWN = """
from datetime import datetime
from matplotlib.figure import Figure
from gdanim.drawing import mpl
mpl.complete()
figure = Figure()
figure.add_subplot().plot(["slow", "fast"], [datetime(2024, 1, 1), datetime(2024, 1, 2)])
figure.add_subplot(projection="3d")
figure.draw_without_rendering()
print("drawn")
"""


def printed(script: str, request: list[str], folder: Path) -> list[str]:
    """The lines that a script prints in a fresh process whose command line is the request."""
    done = subprocess.run(
        [sys.executable, "-c", script, *request],
        cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=True, timeout=PATIENCE_S,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_help_imports_the_table_of_options_and_what_prints_it(tmp_path: Path) -> None:
    code, *modules = printed(SCRIPT, ["--help"], tmp_path)[-1].split()
    assert code == "0"
    assert {name.split(".")[1] for name in modules if name.startswith("gdanim.")} == OF_HELP
    assert not SLOW.intersection(modules)


def test_a_gif_imports_nothing_of_other_pictures_and_a_plug_in_gets_the_rest(tmp_path: Path) -> None:
    request = ["parabola", "-n", "1", "--size", "160x120", "--lead", "0", "--hold", "0", "-q", "-o", "x.gif"]
    *_, answer, drawn = printed(SCRIPT + DRAWN, request, tmp_path)
    code, *modules = answer.split()
    assert code == "0"
    assert (tmp_path / "x.gif").stat().st_size > 0
    assert not OF_OTHERS.intersection(modules)
    assert len([name for name in modules if name.startswith("gdanim.")]) <= MOST_OWN
    assert drawn == "drawn"


def test_a_command_in_a_longer_process_leaves_its_garbage_to_be_found(in_tmp_path: Path) -> None:
    beyond_reach = gc.get_freeze_count()
    assert run("parabola", "-o", "x.gif", *QUICK).code == 0
    assert gc.get_freeze_count() <= beyond_reach


def test_in_a_python_session_matplotlib_is_whole() -> None:
    assert not mpl.on_the_command_line()
    assert datetime in units.registry
    assert str in units.registry
    assert "linewidth" in str(Line2D.set.__doc__)


def test_fonts_of_the_system_are_looked_at_where_a_style_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "are_handled", lambda: True)
    foreign: Any = type(fontManager.ttflist[0])(fname="/fonts/Fancy.ttf", name="Fancy")
    monkeypatch.setattr(fontManager, "ttflist", [*fontManager.ttflist, foreign])
    before = fontManager.ttflist
    with mpl.mpl.rc_context(mpl.mpl.rcParamsDefault):
        with none_but_bundled():
            assert {font.name for font in fontManager.ttflist} >= {"DejaVu Sans", "STIXGeneral", "cmr10"}
            assert foreign not in fontManager.ttflist
        assert fontManager.ttflist is before
        for named in ({"font.family": ["Fancy"]}, {"mathtext.rm": "Fancy"}):
            with mpl.mpl.rc_context(named), none_but_bundled():
                assert fontManager.ttflist is before
