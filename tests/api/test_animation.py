"""What a solved animation gives: frames, figures, files, words and its recipe."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from support.commandline import run

import gdanim

if TYPE_CHECKING:
    from pathlib import Path

SHORT: Any = {"iterations": 3, "size": (160, 120)}


def test_frames_are_the_pictures_of_a_sequence(in_tmp_path: Path) -> None:
    animation = gdanim.animate("parabola", tween=2, **SHORT)
    assert run("parabola", "-n", "3", "--size", "160x120", "--tween", "2", "-q", "-o", "%d.png").code == 0
    files = sorted(in_tmp_path.glob("*.png"), key=lambda path: int(path.stem))
    pictures = [np.asarray(Image.open(path).convert("RGBA")) for path in files]
    assert len(pictures) == animation.frames
    for index in (animation.frames - 1, 0, 2):
        frame = animation.frame(index)
        assert (str(frame.dtype), frame.shape) == ("uint8", (120, 160, 4))
        assert np.array_equal(frame, pictures[index])
    assert np.array_equal(animation.frame(-1), pictures[-1])


def test_a_figure_is_drawn_as_the_frame_and_can_be_gone_on_with() -> None:
    animation = gdanim.animate("parabola", **SHORT)
    figure = animation.figure(2)
    stream = io.BytesIO()
    figure.savefig(stream, format="png")
    assert np.array_equal(np.asarray(Image.open(stream)), animation.frame(2))
    figure.axes[0].set_facecolor("red")
    figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")
    assert figure is not animation.figure(2)


@pytest.mark.parametrize("index", [4, -5])
def test_a_frame_that_is_not_there_is_refused(index: int) -> None:
    with pytest.raises(gdanim.UsageError, match=f"frame {index}: give a frame from 0 to 3"):
        gdanim.animate("parabola", **SHORT).frame(index)


def test_a_file_is_loaded_from_its_recipe(in_tmp_path: Path) -> None:
    made = gdanim.animate("double-well", lr=0.02, start=[1.0, -0.5], style="dark", **SHORT)
    made.save("a.gif")
    found = gdanim.load("a.gif")
    assert np.array_equal(found.trajectory.x, made.trajectory.x)
    assert found.settings == made.settings
    assert found.alt_text == made.alt_text == run("--preset", "a.gif", "--alt-text", "-o", "b.gif").out.decode().strip()
    assert gdanim.load("a.gif", lr=0.01).settings.lr == (0.01,)
    with pytest.raises(gdanim.UsageError, match=r"^No file 'none\.gif'$"):
        gdanim.load("none.gif")


def test_the_recipe_is_a_preset_of_the_same_picture(in_tmp_path: Path) -> None:
    made = gdanim.animate("parabola", lr=0.3, title="a", **SHORT)
    (in_tmp_path / "a.toml").write_text(made.recipe, encoding="utf-8")
    assert gdanim.animate(preset=in_tmp_path / "a.toml").settings == made.settings
    made.save("a.gif")
    assert run("recipe", "a.gif").out.decode().split("\n", 1)[1] == made.recipe


def test_verdicts_say_what_became_of_each_run() -> None:
    with pytest.warns(gdanim.GdanimWarning, match="diverged"):
        found = gdanim.animate("parabola", lr=[0.3, 1.05], iterations=30)
    assert [verdict.outcome for verdict in found.verdicts] == [gdanim.Outcome.ARRIVED, gdanim.Outcome.LOST]


def test_it_is_saved_in_several_ways_and_solved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    animation = gdanim.animate("parabola", **SHORT)
    monkeypatch.setattr("gdanim.descent.descend.solve", None)
    low, high = io.BytesIO(), io.BytesIO()
    animation.save(low, format="webp", quality="low")
    animation.save(high, format="webp", quality="lossless")
    assert low.getvalue() != high.getvalue()


def test_several_files_in_a_stream_are_refused() -> None:
    animation = gdanim.animate("parabola", **SHORT)
    for options in ({"format": "png-sequence"}, {"format": "filmstrip"}, {"themes": "light,dark"}):
        with pytest.raises(gdanim.UsageError, match="stream"):
            animation.save(io.BytesIO(), **options)


def test_a_stream_of_text_is_refused_in_one_line() -> None:
    with pytest.raises(gdanim.OutputError, match="The stream does not take what was made: "):
        gdanim.animate("parabola", **SHORT).save(io.StringIO())  # type: ignore[arg-type]
