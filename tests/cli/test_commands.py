"""The command line: what it refuses, what it says, what it writes, and how it ends."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, suppress
from itertools import count
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from support.commandline import ENVIRONMENT, QUICK, REFUSALS, command, digest, examples, run

import gdanim
from gdanim import signals
from gdanim.cli import app, messages
from gdanim.drawing.raster import Raster
from gdanim.errors import OutputError
from gdanim.settings import options

if TYPE_CHECKING:
    from collections.abc import Iterator

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")


pytestmark = pytest.mark.usefixtures("in_tmp_path")


def gif_frames(content: bytes) -> int:
    """How many frames a GIF has, as Pillow reads it; every one is decoded."""
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "GIF"
        for index in range(image.n_frames):
            image.seek(index)
            image.load()
        return int(image.n_frames)


# --- wrong requests ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("arguments", "said"), REFUSALS, ids=[" ".join(case[0])[:40] for case in REFUSALS])
def test_a_wrong_request_is_one_line_and_exit_2(
    arguments: tuple[str, ...], said: tuple[str, ...], tmp_path: Path
) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.out == b""
    assert len(ran.lines) == 1
    assert ran.lines[0].startswith("gdanim: ")
    assert all(part in ran.err for part in said), ran.err
    assert not list(tmp_path.iterdir())


def test_what_only_the_picture_can_tell_is_one_line_and_exit_2_too(tmp_path: Path) -> None:
    for arguments, said in (
        (("parabola", "--style", "dakr"), "'dakr'"),
        (("parabola", "--style", "dakr", "--dry-run"), "'dakr'"),
        (("parabola", "--start", "1,2"), "one coordinate"),
        (("double-well", "--starts", "5", "--avoid-minima", "100"), "--avoid-minima"),
        (("parabola", "-n", "1000000", "--starts", "100"), "20,000,000"),
    ):
        ran = run(*arguments)
        assert (ran.code, len(ran.lines), ran.out) == (2, 1, b""), ran.err
        assert said in ran.err
    assert not list(tmp_path.iterdir())


@posix
def test_a_link_to_another_output_is_the_same_output(tmp_path: Path) -> None:
    (tmp_path / "link.gif").symlink_to("out.gif")
    ran = run("parabola", *QUICK, "-o", "out.gif", "-o", "link.gif")
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "twice" in ran.err
    assert not (tmp_path / "out.gif").exists()


WORDS = st.one_of(
    st.sampled_from(["parabola", "double_well", "parabla", "x**2", "list", "render", "--", "-", "", "gif", "1", "-1"]),
    st.sampled_from([name for _, option, _ in options() for name in (option.name, option.short) if name]),
    st.sampled_from(
        ["--preset", "--no-readout", "--lr=0.1", "--lr=", "-n5", "-qv", "--json=1", "-\x00", "--help", "-h"]
    ),
    st.sampled_from(
        ["0", "nan", "1/0", "3,4", "-6,6", "160x120", "l=1", "out.gif", "out.mp4", "t.csv", "/", "together"]
    ),
    st.text(max_size=8),
)


@settings(max_examples=examples(150))
@given(st.lists(WORDS, max_size=8))
def test_random_arguments_never_give_a_traceback(arguments: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("gdanim.rendering.write", lambda *_: ())
        patched.setattr("gdanim.rendering.write_data", lambda *_: None)
        patched.setattr("click.launch", lambda _: 0)
        ran = run(*arguments)
    assert ran.code in (0, 2, 3)
    if ran.code == 2:
        assert len(ran.lines) == 1
        assert ran.out == b""


# --- what is said -----------------------------------------------------------------------------------------------------


def test_a_bare_function_writes_a_gif_of_its_name_and_says_so(tmp_path: Path) -> None:
    ran = run("parabola", *QUICK)
    assert ran.code == 0
    assert ran.out == b""
    assert [path.name for path in tmp_path.iterdir()] == ["parabola.gif"]
    size = (tmp_path / "parabola.gif").stat().st_size
    assert ran.lines == [f"parabola.gif: 4 frames, 1.9 s, {size / 1000:.3g} kB"]


def test_a_preset_names_the_file_and_a_format_its_suffix(tmp_path: Path) -> None:
    assert run("--preset", "double_well", "--starts", 1, *QUICK, "-f", "mp4", "-q").code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["double-well.mp4"]


def test_divergence_is_named_in_one_line_and_drawn(tmp_path: Path) -> None:
    ran = run("parabola", "--lr", "1.05", "--size", "160x120")
    assert ran.code == 0
    told = [line for line in ran.lines if "diverged from iteration" in line]
    assert len(told) == 1
    assert "lr 1.05" in told[0]
    assert gif_frames((tmp_path / "parabola.gif").read_bytes()) > 1


def test_strict_exits_with_3_where_a_run_diverges_and_only_there(tmp_path: Path) -> None:
    assert run("parabola", "--lr", "1.05", "--strict", "--size", "160x120").code == 3
    assert (tmp_path / "parabola.gif").exists()
    assert run("parabola", "--lr", "0.1", "--strict", *QUICK).code == 0
    assert run("parabola", "--lr", "0.1", "--lr", "1.05", "--strict", "--dry-run").code == 3


def test_strict_names_the_lost_runs_in_one_line_where_it_is_quiet(tmp_path: Path) -> None:
    ran = run("parabola", "--lr", "0.1", "--lr", "1.05", "--lr", "1.2", "--strict", "-q", *QUICK)
    assert ran.code == 3
    assert len(ran.lines) == 1
    assert "lr 1.05" in ran.lines[0]
    assert "lr 1.2" in ran.lines[0]


def test_several_diverged_runs_share_one_line() -> None:
    ran = run("parabola", "--lr", "1.1", "--lr", "1.2", "--lr", "0.1", "--dry-run")
    assert ran.code == 0
    ran = run("parabola", "--lr", "1.1", "--lr", "1.2", "--lr", "0.1", "-n", "20", "--size", "160x120")
    assert len([line for line in ran.lines if "diverged" in line]) == 1
    assert ran.lines[0].endswith("; lost, too: lr 1.2")


def test_quiet_says_nothing_but_errors() -> None:
    ran = run("parabola", "--lr", "1.05", "-q", "--size", "161x121", "-n", "40", "--every", "3")
    assert (ran.code, ran.out, ran.err) == (0, b"", "")
    assert len(run("parabola", "--lr", "0", "-q").lines) == 1


def test_verbose_says_how_each_run_ended() -> None:
    ran = run("parabola", "--lr", "0.5", "--lr", "0.25", "-v", *QUICK)
    head, at_once, slowly = [re.split(r"  +", line) for line in ran.lines[-3:]]
    assert head == ["run", "iterations", "evaluations", "f", "distance", "verdict", "ending"]
    assert at_once[:5] == ["lr 0.5", "3", "3", "0", "0"]
    assert slowly[:5] == ["lr 0.25", "3", "3", f"{(4.3 / 8) ** 2:.6g}", f"{4.3 / 8:.3g}"]
    assert slowly[5:] == ["0.537 away, steadily down at 0.25 of 2/λ = 1", "all iterations were done"]


def test_verbose_says_of_a_single_run_how_it_went_in_a_sentence() -> None:
    ran = run("parabola", "--lr", "0.25", "-v", *QUICK)
    assert ran.lines[-1] == (
        "gd from 4.3 at lr 0.25: 3 iterations, 3 evaluations; x = 0.5375, f = 0.288906; 0.537 away, steadily "
        "down at 0.25 of 2/λ = 1: all iterations were done"
    )


def test_of_very_many_runs_verbose_counts() -> None:
    ran = run("parabola", "--starts", 50, "-v", *QUICK)
    assert "50 runs: " in ran.err
    assert "50: all iterations were done" in ran.err


def test_an_odd_size_is_said_for_mp4_and_not_for_gif() -> None:
    assert "162x122" in run("parabola", "-n", 1, "--size", "161x121", "-o", "a.mp4").err
    assert len(run("parabola", "-n", 1, "--size", "161x121", "-o", "a.gif").lines) == 1


def test_a_loop_that_no_format_plays_is_said_once() -> None:
    said = run("parabola", *QUICK, "-o", "a.mp4", "-o", "b.mp4", "--loop", 2).err
    assert said.count("--loop 2 means nothing in mp4") == 1
    assert "--loop" not in run("parabola", *QUICK, "-o", "a.mp4", "-o", "a.gif", "--loop", 2).err
    assert "--loop" not in run("parabola", *QUICK, "-o", "a.mp4").err


def test_letters_that_the_font_lacks_are_said_in_one_line() -> None:
    ran = run("parabola", *QUICK, "--title", "日本語 x")
    assert (ran.code, len(ran.lines)) == (0, 2)
    said = "gdanim: the title has letters that the font DejaVu Sans lacks: 日本語"
    assert re.fullmatch(f"{said}(; they are set in .+)?", ran.lines[0])  # where the system has a font for them
    ran = run("parabola", *QUICK, "-o", "a.png", "--title", "日 $本_x$", "--xlabel", "語", "--ylabel", "y")
    assert (ran.code, len(ran.lines)) == (0, 3)  # matplotlib's log says nothing
    assert [line.split(" has ")[0] for line in ran.lines[:2]] == ["gdanim: the title", "gdanim: --xlabel"]


def test_frames_between_iterations_are_said_only_where_some_are_written() -> None:
    given = ("parabola", *QUICK, "--tween", 4)
    for quiet in (("-o", "a.png"), ("-f", "pages", "--stops", "0,end", "-o", "a.pdf")):
        assert "interpolated" not in run(*given, *quiet).err
    for told in (("-o", "a.gif"), ("-f", "pages", "-o", "a.pdf"), ("-o", "a.png", "-o", "b.svg")):
        assert "3 of 4 frames lie between iterations" in run(*given, *told).err


def test_dots_per_inch_that_leave_the_axes_no_room_are_refused() -> None:
    ran = run("parabola", "-n", 1, "--dpi", 1200, "-o", "large.png")
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "--dpi 1200: text so large leaves the axes no room in 640x480" in ran.err
    assert not Path("large.png").exists()
    assert run("parabola", "-n", 1, "--dpi", 200, "-o", "fits.png").code == 0


def test_thinning_is_said() -> None:
    said = run("parabola", "-n", 40, "--size", "160x120", "--every", 4).lines[0]
    assert said == "gdanim: 41 iterations are shown in 11 frames"


def test_version_is_the_package_s() -> None:
    ran = run("--version")
    assert (ran.code, ran.out.decode()) == (0, f"gdanim {gdanim.__version__}\n")


@pytest.mark.parametrize(
    ("fps", "name", "code"), [("50", "gif", 0), ("50.1", "gif", 2), ("90", "webp", 0), ("240", "mp4", 0)]
)
def test_a_format_plays_as_fast_as_it_says_and_no_faster(fps: str, name: str, code: int) -> None:
    assert run("parabola", "--fps", fps, "-f", name, "--dry-run").code == code


# --- json and dry-run -------------------------------------------------------------------------------------------------


def test_json_is_all_that_stands_on_standard_output() -> None:
    ran = run("parabola", "--lr", "0.1", "--lr", "1.1", *QUICK, "-o", "a.gif", "--json")
    summary = json.loads(ran.out, parse_constant=lambda constant: pytest.fail(f"{constant} is not JSON"))
    assert ran.code == 0
    assert summary["function"] == "parabola"
    assert (summary["frames"], summary["width"], summary["height"]) == (4, 160, 120)
    assert summary["duration_s"] == pytest.approx(0.5 + 0.4 + 1.0, abs=1e-12)
    assert [output["path"] for output in summary["outputs"]] == ["a.gif"]
    first, second = summary["runs"]
    assert (first["lr"], first["start"], first["iterations"]) == (0.1, [4.3], 3)
    assert first["end"][0] == pytest.approx(4.3 * 0.8**3, rel=1e-14)
    assert second["end"][0] == pytest.approx(4.3 * (-1.2) ** 3, rel=1e-14)
    assert (first["stop"], second["stop"]) == ("STEP_LIMIT", "DIVERGED")
    assert second["outcome"] == "lost"


def test_json_of_a_run_that_overflows_holds_no_number_that_is_not_finite() -> None:
    ran = run("quartic", "--lr", "5", "--start", "4", "-n", "60", "--size", "160x120", "--json", "-q")
    assert ran.code == 0
    summary = json.loads(ran.out, parse_constant=lambda constant: pytest.fail(f"{constant} is not JSON"))
    assert summary["runs"][0]["stop"] == "DIVERGED"


def test_json_counts_the_bytes_of_each_file(tmp_path: Path) -> None:
    summary = json.loads(run("parabola", *QUICK, "-o", "a.gif", "-o", "b.mp4", "--json").out)
    assert [(output["path"], output["format"], output["bytes"], output["error"]) for output in summary["outputs"]] == [
        ("a.gif", "gif", (tmp_path / "a.gif").stat().st_size, None),
        ("b.mp4", "mp4", (tmp_path / "b.mp4").stat().st_size, None),
    ]


def test_no_iterations_give_one_still_frame_and_a_summary(tmp_path: Path) -> None:
    ran = run("parabola", "-n", 0, "--size", "160x120", "-v", "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["frames"] == 1
    assert gif_frames((tmp_path / "parabola.gif").read_bytes()) == 1


def test_dry_run_writes_nothing_and_needs_no_folder(tmp_path: Path) -> None:
    ran = run("parabola", "--dry-run", "-o", "nowhere/a.gif", "--data", "nowhere/t.csv")
    assert (ran.code, ran.err) == (0, "")
    assert b"# nowhere/a.gif: 26 frames, 4.1 s\n" in ran.out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-o", "a.png"), b"# a.png: the last frame\n"),
        (("-f", "filmstrip", "-o", "a.pdf"), b"# a.pdf: a filmstrip\n"),
        (("-o", "-"), b"# standard output: 26 frames, 4.1 s\n"),
    ],
)
def test_dry_run_says_what_each_output_shows(words: tuple[str, ...], said: bytes) -> None:
    assert run("parabola", *words, "--dry-run").out.startswith(said)


# --- runs -------------------------------------------------------------------------------------------------------------


def test_every_combination_of_lr_and_start_is_a_run() -> None:
    ran = run("parabola", "--lr", "0.1", "--lr", "0.2", "--start", "1", "--start=-2", "--start", "3", *QUICK, "--json")
    runs = json.loads(ran.out)["runs"]
    assert {(one["lr"], one["start"][0]) for one in runs} == {(lr, x) for lr in (0.1, 0.2) for x in (1, -2, 3)}
    assert len(runs) == len({one["label"] for one in runs}) == 6


def test_parameters_reach_the_function() -> None:
    # f'(x) = 4 l x (x² − f²) + 2
    ran = run("double-well", "-p", "l=2", "-p", "f=1", "--start", "3", "--lr", "0.001", "-n", "1", *QUICK[2:], "--json")
    summary = json.loads(ran.out)
    assert summary["parameters"] == {"l": 2, "f": 1}
    assert summary["runs"][0]["end"][0] == pytest.approx(3 - 0.001 * (4 * 2 * 3 * (9 - 1) + 2), rel=1e-14)


# --- outputs ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The indices of the frames that are drawn for the writers; what they sample for colours is not counted."""
    indices: list[int] = []
    frames = Raster.frames

    def counted(raster: Raster) -> Iterator[Any]:
        for frame in frames(raster):
            indices.append(frame.index)
            yield frame

    monkeypatch.setattr(Raster, "frames", counted)
    return indices


def test_several_outputs_are_drawn_once(drawn: list[int], tmp_path: Path) -> None:
    ran = run("parabola", *QUICK, "-o", "a.gif", "-o", "b.mp4", "-o", "c.gif")
    assert ran.code == 0
    assert drawn == [0, 1, 2, 3]
    assert [line.partition(":")[0] for line in ran.lines] == ["a.gif", "b.mp4", "c.gif"]
    assert digest(tmp_path / "a.gif") == digest(tmp_path / "c.gif")


def test_one_output_that_fails_leaves_the_others_and_exits_with_1(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Broken:
        def __init__(self, *_: object) -> None: ...

        def __enter__(self) -> Broken:
            return self

        def __exit__(self, *_: object) -> None: ...

        def write(self, frame: Any) -> None:
            if frame.index == 2:
                raise OutputError("b.mp4: the disk is on fire")

    monkeypatch.setattr("gdanim.output.video.Mp4Writer", Broken)
    (tmp_path / "b.mp4").write_bytes(b"old")
    ran = run("parabola", *QUICK, "--force", "-o", "a.gif", "-o", "b.mp4", "-o", "c.gif", "--data", "t.csv")
    assert ran.code == 1
    assert gif_frames((tmp_path / "a.gif").read_bytes()) == gif_frames((tmp_path / "c.gif").read_bytes()) == 4
    assert (tmp_path / "b.mp4").read_bytes() == b"old"
    assert (tmp_path / "t.csv").exists()
    assert [line for line in ran.lines if "on fire" in line] == ["gdanim: b.mp4: the disk is on fire"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gif", "b.mp4", "c.gif", "t.csv"]


def test_when_every_output_has_failed_nothing_more_is_drawn(drawn: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __init__(self, *_: object, **options: object) -> None: ...

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None: ...

        def write(self, frame: Any) -> None:
            if frame.index == 1:
                raise OutputError("no space left")

    monkeypatch.setattr("gdanim.output.gif.GifWriter", Full)
    assert run("parabola", *QUICK, "-o", "a.gif", "-o", "b.gif").code == 1
    assert drawn == [0, 1]


def test_data_that_cannot_be_written_leaves_the_film_and_exits_with_1(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object) -> None:
        raise OutputError("Cannot write 't.csv': no space left")

    monkeypatch.setattr("gdanim.rendering.write_data", fail)
    ran = run("parabola", *QUICK, "--data", "t.csv", "--json")
    assert ran.code == 1
    assert "gdanim: Cannot write 't.csv': no space left" in ran.lines
    assert json.loads(ran.out)["outputs"][0]["error"] is None
    assert [path.name for path in tmp_path.iterdir()] == ["parabola.gif"]


def test_a_dash_streams_the_same_gif_to_standard_output(tmp_path: Path) -> None:
    ran = run("parabola", *QUICK, "-o", "-", "-o", "a.gif")
    assert ran.code == 0
    assert ran.out == (tmp_path / "a.gif").read_bytes()
    assert ran.lines[0] == "standard output: 4 frames, 1.9 s"


def test_a_dash_takes_mp4_through_a_temporary_file() -> None:
    ran = run("parabola", *QUICK, "-o", "-", "-f", "mp4", "-q")
    assert ran.code == 0
    assert ran.out[4:8] == b"ftyp"
    assert ran.err == ""


def test_format_beats_the_suffix(tmp_path: Path) -> None:
    assert run("parabola", *QUICK, "-o", "film.bin", "-f", "gif").code == 0
    assert gif_frames((tmp_path / "film.bin").read_bytes()) == 4


def test_open_launches_each_file_that_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    launched: list[str] = []
    monkeypatch.setattr(click, "launch", launched.append)
    assert run("parabola", *QUICK, "-o", "a.gif", "-o", "b.gif", "--open").code == 0
    assert launched == ["a.gif", "b.gif"]
    assert run("parabola", *QUICK, "-o", "a.gif").code == 0
    assert run("parabola", *QUICK, "-o", "-", "--open").code == 0
    assert launched == ["a.gif", "b.gif"]
    assert run("parabola", *QUICK, "--output=-a.gif", "--open").code == 0
    assert launched[2:] == ["./-a.gif"]


# --- terminals, pipes and locales -------------------------------------------------------------------------------------


@posix
def test_a_bar_appears_on_a_terminal_for_long_work_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    import pty

    def shown(seconds_a_frame: float) -> str:
        clock = count(0, seconds_a_frame)
        monkeypatch.setattr(messages, "time", SimpleNamespace(monotonic=lambda: next(clock)))
        screen, terminal = pty.openpty()
        with os.fdopen(terminal, "w") as stream, redirect_stderr(stream), pytest.raises(SystemExit):
            app.main(["parabola", *QUICK])
        text = os.read(screen, 100_000).decode()
        os.close(screen)
        return text

    assert "Rendering" not in shown(0.1)
    text = shown(0.5)
    assert "Rendering" in text
    assert "4/4" in text
    assert "Rendering" not in run("parabola", *QUICK).err  # where half a second has gone by with every frame, too


@posix
def test_a_signal_while_the_bar_shows_gives_the_cursor_back(tmp_path: Path) -> None:
    import pty

    script = """
        import signal, sys
        from gdanim import signals
        from gdanim.cli import messages
        signals.install()
        messages.BAR_AFTER_S = 0.0
        with messages.progress_bar(quiet=False) as progress:
            progress(1, 9)
            signal.raise_signal(signal.SIGTERM)
    """
    screen, terminal = pty.openpty()
    environment = {**ENVIRONMENT, "TERM": "xterm"}
    ended = subprocess.run([sys.executable, "-c", dedent(script)], stderr=terminal, env=environment, check=False)
    os.close(terminal)
    parts = []
    with suppress(OSError):  # Linux's end of a terminal; it hands out what was written in parts
        while part := os.read(screen, 100_000):
            parts.append(part)
    text = b"".join(parts).decode()
    os.close(screen)
    assert ended.returncode < 0
    assert "\x1b[?25l" in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")


@posix
def test_quiet_shows_no_bar_even_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(messages, "BAR_AFTER_S", 0.0)
    screen = Screen()
    with redirect_stderr(screen), pytest.raises(SystemExit):
        app.main(["parabola", *QUICK, "-q"])
    assert screen.getvalue() == ""


def test_a_film_is_not_poured_into_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with pytest.raises(SystemExit) as end:
        app.main(["parabola", "-o", "-"])
    assert end.value.code == 2
    assert "terminal" in capsys.readouterr().err


@posix
@pytest.mark.parametrize(
    "arguments", [("--help",), ("list",), ("parabola", *QUICK, "-o", "-"), ("parabola", "--dry-run")]
)
def test_a_reader_that_has_left_ends_the_command_by_sigpipe(arguments: tuple[str, ...]) -> None:
    import signal

    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = subprocess.run(command(*arguments), stdout=writer, stderr=subprocess.PIPE, env=ENVIRONMENT, check=False)
    finally:
        os.close(writer)
    assert ended.returncode == -signal.SIGPIPE
    assert ended.stderr == b""


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("list",), ("parabola", *QUICK, "--json")])
def test_a_broken_pipe_is_seen_before_click_makes_it_an_exit_1(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone(Exception):  # noqa: N818
        pass

    def die() -> None:
        raise Gone

    def left(*_: object) -> int:
        raise BrokenPipeError

    monkeypatch.setattr(signals, "die_of_broken_pipe", die)
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(stream, "write", left, raising=False)
    with pytest.raises(Gone):
        app.main([*arguments])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [("list", "views"), ("--help",), ("render", "-h"), ("--version",), ("parabola", "--dry-run"), ()],
    ids=" ".join,
)
def test_a_full_standard_output_is_one_line_and_exit_1(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(command(*arguments), stdout=full, stderr=subprocess.PIPE, env=ENVIRONMENT, check=False)
    assert ended.returncode == 1
    assert ended.stderr.decode().splitlines() == ["gdanim: Cannot write standard output: No space left on device"]


def test_a_failure_elsewhere_is_not_laid_at_standard_output_s_door(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("gdanim.descent.descend.carry_out", fail)
    with pytest.raises(OSError, match="Input/output error"):
        run("parabola")


def test_json_and_toml_are_utf_8_in_any_locale() -> None:
    latin = {**ENVIRONMENT, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    ended = subprocess.run(command("list", "optimizers", "--json"), capture_output=True, env=latin, check=True)
    assert "←" in json.loads(ended.stdout.decode("utf-8"))[0]["summary"]


# --- help on the way --------------------------------------------------------------------------------------------------


def test_no_arguments_show_the_help() -> None:
    assert run().out == run("--help").out
    assert run().code == 0


def test_the_word_render_may_be_left_out() -> None:
    assert run("render", "parabola", "--fps", "9", "--dry-run").out == run("parabola", "--fps", "9", "--dry-run").out
