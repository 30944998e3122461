"""A contributor's changes, made to a copy of the package: each works, and touches only files that the page names."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from fnmatch import fnmatch
from itertools import pairwise, product
from math import dist
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import numpy as np
import pytest
from house.test_contributing import files_of
from PIL import Image, ImageColor
from support.commandline import ENVIRONMENT, digest, script
from support.decoders import animation, video_pictures

from gdanim.drawing.styles import LIGHT

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Copy:
    """A copy of the package and its presets, which is changed and then run in processes of its own."""

    folder: Path
    touched: set[str] = field(default_factory=set)

    def write(self, path: str, text: str) -> None:
        """Make a file anew."""
        assert not (self.folder / path).exists()
        (self.folder / path).write_text(dedent(text).lstrip(), encoding="utf-8")
        self.touched.add(path)

    def append(self, path: str, text: str) -> None:
        """Put text at the end of a file."""
        self.replace(path, "", dedent(text))

    def add_row(self, path: str, table: str, row: str) -> None:
        """Put a row at the head of a table, `TABLE: Final = (`."""
        self.replace(path, f"\n{table}: Final = (\n", f"\n{table}: Final = (\n{row}")

    def replace(self, path: str, old: str, new: str) -> None:
        """Put one text in the place of another that stands there once, or of nothing at the end."""
        text = (self.folder / path).read_text(encoding="utf-8")
        assert not old or text.count(old) == 1, f"{path}: {old!r}"
        (self.folder / path).write_text(text.replace(old, new) if old else text + new, encoding="utf-8")
        self.touched.add(path)

    def run(self, *arguments: str) -> str:
        """What the changed gdanim prints on standard output."""
        return self.run_all(arguments)[0]

    def run_all(self, *commands: Sequence[str]) -> list[str]:
        """The same of several commands, one after another in one process."""
        ended = subprocess.run(
            [sys.executable, "-c", script(*commands, between="\f")],
            cwd=self.folder, env=ENVIRONMENT | {"PYTHONPATH": str(self.folder)}, capture_output=True, text=True,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.split("\f")[:-1]

    def assert_as_the_page_says(self, heading: str) -> None:
        """All that was touched is named below the heading."""
        allowed = files_of(heading)
        assert {path for path in self.touched if not any(fnmatch(path, name) for name in allowed)} == set()


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    # With what is compiled: Python compiles anew what has another date or length.
    for name in ("gdanim", "presets"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.gif"))
    return Copy(tmp_path)


SMALL = ("-n", "4", "--size", "160x120")


def test_a_function_is_a_row(copy: Copy) -> None:
    row = """    Formula(
        name="slanted_bowl",
        formula="(x - 1)**2 + 4*(y + 2)**2",
        bounds=((-5, 5), (-5, 5)), start=(-4.0, 3.0), lr=0.1, iterations=30,
        minimizers=((1.0, -2.0),),
        minimum=0.0, curvature=8.0,
        source="a test",
    ),
"""
    copy.add_row("gdanim/catalogue/functions.py", "FORMULAS", row)
    rows, report = copy.run_all(("list", "functions", "--json"), ("slanted-bowl", *SMALL, "-o", "a.gif", "--json"))
    (listed,) = [row for row in json.loads(rows) if row["name"] == "slanted-bowl"]
    assert listed["minimizers"] == [[1.0, -2.0]]
    run = json.loads(report)["runs"][0]
    # Along x, 1 − 2·0.1 of the distance is left after a step, along y 1 − 8·0.1.
    assert run["end"] == pytest.approx([1 - 5 * 0.8**4, -2 + 5 * 0.2**4], rel=1e-12)
    copy.assert_as_the_page_says("A function")


def test_an_optimizer_with_two_hyperparameters_is_a_row_and_a_rule(copy: Copy) -> None:
    row = """    Method(
        name="nsgd",
        target="gdanim.optimizers.normalised:nsgd",
        summary="m = βm + (1−β)g; d = m/(‖m‖ + ε)",
        hyperparameters=(Hyper("beta", 0.9, _BELOW_ONE), Hyper("eps", 1e-8, _POSITIVE)),
        rate=Rate.WIDTH,
        source="Cutkosky & Mehta 2020",
    ),
"""
    copy.add_row("gdanim/catalogue/optimizers.py", "METHODS", row)
    copy.write(
        "gdanim/optimizers/normalised.py",
        '''
        """Normalised momentum."""

        from typing import NamedTuple

        import numpy as np

        from gdanim.optimizers.optimizer import Optimizer


        class Average(NamedTuple):
            """m (runs, d)."""

            m: np.ndarray


        def nsgd(*, beta, eps):
            """m ← βm + (1−β)g; x ← x − ηm/(‖m‖ + ε). Source: Cutkosky & Mehta 2020."""

            def update(grad, state, x, lr, oracle):
                m = beta * state.m + (1 - beta) * grad
                return -lr * m / (np.linalg.norm(m, axis=-1, keepdims=True) + eps), Average(m)

            return Optimizer(init=lambda x: Average(np.zeros_like(x)), update=update)
        ''',
    )
    request = ("booth", "-O", "nsgd:beta=0.5,eps=1e-12", "--lr", "0.25", *SMALL)
    _, listed, checked = copy.run_all(
        (*request, "-o", "a.gif", "--data", "a.csv"), ("list", "optimizers"), ("check", "a.gif")
    )
    with (copy.folder / "a.csv").open(encoding="utf-8", newline="") as table:
        points = [(float(row["x1"]), float(row["x2"])) for row in csv.DictReader(table)]
    assert [dist(*pair) for pair in pairwise(points)] == pytest.approx([0.25] * 4, rel=1e-9)
    assert "nsgd" in listed
    assert checked == "a.gif: the same trajectory, to the last bit\n"
    copy.assert_as_the_page_says("An optimizer")


def test_a_format_that_ffmpeg_writes_is_a_row_a_codec_and_a_writer(copy: Copy) -> None:
    row = """    Format(
        name="mkv",
        target="gdanim.output.video:MkvWriter",
        summary="H.264 video in Matroska",
        extensions=(".mkv",),
        needs_path=True,
        even_size=True,
        qualities={"medium": "crf 26"},
    ),
"""
    copy.add_row("gdanim/catalogue/formats.py", "FORMATS", row)
    copy.append(
        "gdanim/output/encoding/codecs.py",
        """
        MKV: Mapping[Quality, Codec] = {
            Quality.MEDIUM: replace(_h264("mp4", 26), muxer="matroska", muxing=(), n_pictures=n_video_blocks)
        }
        """,
    )
    copy.append(
        "gdanim/output/video.py",
        '''
        class MkvWriter(VideoWriter):
            """H.264 in Matroska."""

            name = "mkv"
            opaque = codecs.MKV
        ''',
    )
    copy.run_all(("parabola", *SMALL, "-o", "a.mkv", "-o", "a.mp4"), ("--preset", "a.mkv", "-o", "again.mkv", "-q"))
    pictures = [video_pictures(copy.folder / name, 160, 120) for name in ("a.mkv", "a.mp4")]
    assert len(pictures[0]) == len(pictures[1]) > 4
    assert (pictures[0] == pictures[1]).all()
    assert digest(copy.folder / "again.mkv") == digest(copy.folder / "a.mkv")
    copy.assert_as_the_page_says("A format")


def test_a_view_is_a_row_and_a_module(copy: Copy) -> None:
    row = """    View(
        name="gap",
        target="gdanim.views.gap:build",
        summary="how far f is above its minimum, against the iteration",
        dims=(1, 2),
        scene="as what is left above its minimum",
    ),
"""
    copy.add_row("gdanim/catalogue/views.py", "VIEWS", row)
    copy.write(
        "gdanim/views/gap.py",
        '''
        """The gap view: how far f is above its minimum, against the iteration."""

        from dataclasses import dataclass
        from typing import ClassVar

        import numpy as np

        from gdanim.drawing.ends import nice_limits
        from gdanim.drawing.marks.track import Track
        from gdanim.views.base import Background, build_plot, run_marks


        def build(descent):
            """Lay out axes, and the path of every run."""
            return build_plot(descent, Gap(descent=descent))


        @dataclass(frozen=True, kw_only=True)
        class Gap:
            """The plot of this view."""

            descent: object
            aspect: ClassVar[float] = 1.6

            def axes(self, layout):
                """Add axes for all iterations."""
                f = self.descent.trajectory.f
                high = nice_limits(0.0, float(np.ptp(f)))
                return layout.axes(xlabel="Iteration", ylabel="gap", xlim=(0, f.shape[1] - 1), ylim=high)

            def paint_background(self, layout, axes, run):
                """Nothing stands below the paths."""
                return Background()

            def marks(self, layout, axes, panel):
                """Add trails and spots."""
                f = panel.descent.trajectory.f
                points = np.stack([np.broadcast_to(np.arange(f.shape[1]), f.shape), f - f.min()], axis=-1)
                return run_marks(layout, axes, Track(points), panel)
        ''',
    )
    request = ("himmelblau", "-O", "gd", "-O", "adam", "--view", "gap", *SMALL)
    said = copy.run(*request, "-o", "a.apng", "-o", "a.svg", "--alt-text")
    assert ", 4 iterations, drawn as what is left above its minimum." in said
    pictures, _ = animation(copy.folder / "a.apng")
    assert len({picture.tobytes() for picture in pictures}) == 5
    copy.assert_as_the_page_says("A view")


def test_an_option_that_changes_drawing_is_a_field_and_the_one_place_that_draws(copy: Copy) -> None:
    copy.replace(
        "gdanim/settings.py",
        "    trail: int | None = option(",
        """    spot: float = option(
        "View", "Draw the spot of each run so large.", readers.number(above=0, most=100), default=9.0, metavar="PT"
    )
    trail: int | None = option(""",
    )
    copy.replace(
        "gdanim/drawing/layout.py",
        "        return cls(figure=figure, style=style, width=width, height=height)\n",
        "        return cls(figure=figure, style=style, width=width, height=height, spot_pt=settings.spot)\n",
    )
    drawn = {"curve": "parabola", "contour": "himmelblau", "surface": "himmelblau"}
    spots = ("9", "27")
    *_, recipe, help_text = copy.run_all(
        *((drawn[view], "--view", view, "-n", "0", "--spot", spot, "-q", "-o", f"{view}-{spot}.png")
          for view, spot in product(drawn, spots)),
        ("recipe", "curve-27.png"),
        ("--help",),
    )  # fmt: skip
    for view in drawn:
        heights = []
        for spot in spots:
            with Image.open(copy.folder / f"{view}-{spot}.png") as image:
                inked = (np.asarray(image.convert("RGB")) == ImageColor.getrgb(LIGHT.trail)).all(axis=2)
            heights.append(np.ptp(np.flatnonzero(inked.any(axis=1))) + 1)
        assert heights[1] / heights[0] == pytest.approx(3, rel=0.3), view
    assert "--spot PT" in help_text
    assert "spot = 27" in recipe
    copy.assert_as_the_page_says("An option")
