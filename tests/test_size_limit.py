"""--max-size: what is written has been measured, what does not fit is not, and no more is given up than needed."""

from __future__ import annotations

import errno
import json
import math
import os
import signal
import tempfile
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from support.commandline import QUICK, crossed, digest, run, spread
from support.outputs import start_until_ready
from support.problems import solved

import gdanim
from gdanim import preflight, rendering
from gdanim.catalogue.registry import FORMATS
from gdanim.descent.descend import carry_out, redrawn
from gdanim.errors import EncoderError, OutputError, SettingError
from gdanim.max_size.limit import GUESSES, tried_sizes, write_within
from gdanim.max_size.steps import (
    LONG_FILM,
    LONGER,
    PASSAGES,
    SHORT,
    candidates,
    changed_options,
    expected_share,
    is_long,
)
from gdanim.output.files import atomic
from gdanim.outputs import Written
from gdanim.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gdanim.catalogue.request import Planned
    from gdanim.descent.descend import Descent

# What is given up for the size is warned of, and no matter here.
pytestmark = pytest.mark.filterwarnings("ignore::gdanim.GdanimWarning")

REQUEST = {"function": "parabola", "iterations": 8, "size": (288, 216)}


# --- the search -------------------------------------------------------------------------------------------------------


class Shelf:
    """Steps whose sizes are known; counts how often one is rendered."""

    def __init__(self, sizes: list[int]) -> None:
        self.sizes, self.rendered = sizes, list[int]()

    def __call__(self, step: int) -> int:
        self.rendered.append(step)
        return self.sizes[step]


sizes_of_steps = st.lists(st.integers(0, 10**7), min_size=1, max_size=20)
limits = st.integers(1, 10**7)


def falling(n: int) -> list[float]:
    return [0.8**step for step in range(n)]


@given(sizes_of_steps, limits)
@example([10, 9, 8, 0, 0], 7)
def test_of_any_sizes_what_is_taken_is_within_the_limit_and_few_are_rendered(sizes: list[int], limit: int) -> None:
    shelf = Shelf(sizes)
    tried = tried_sizes(shelf, falling(len(sizes)), limit)
    assert tried == {step: sizes[step] for step in shelf.rendered}
    assert len(shelf.rendered) <= 1 + GUESSES + math.ceil(math.log2(len(sizes)))
    fits = [step for step, size in tried.items() if size <= limit]
    if fits and min(fits) > 0:
        assert tried[min(fits) - 1] > limit  # the step before was rendered, and is too large
    if not fits:
        assert len(sizes) - 1 in tried


@given(sizes_of_steps, limits)
def test_of_falling_sizes_the_first_that_fits_is_found(sizes: list[int], limit: int) -> None:
    sizes.sort(reverse=True)
    tried = tried_sizes(Shelf(sizes), falling(len(sizes)), limit)
    found = min((step for step, size in tried.items() if size <= limit), default=None)
    assert found == next((step for step, size in enumerate(sizes) if size <= limit), None)


def test_what_fits_as_asked_is_rendered_once() -> None:
    shelf = Shelf([100, 50, 25])
    tried_sizes(shelf, falling(3), 100)
    assert shelf.rendered == [0]


def test_sizes_that_fall_as_guessed_take_three_renderings() -> None:
    shelf = Shelf([round(10_000 * weight) for weight in falling(15)])
    tried_sizes(shelf, falling(15), 2_000)
    assert sorted(shelf.rendered) == [0, 7, 8]  # 0.8⁷ = 0.21, 0.8⁸ = 0.17


# --- candidates -------------------------------------------------------------------------------------------------------


def candidates_of(form: str, **options: object) -> tuple[Settings, ...]:
    return candidates(solved(**{"max_size": 1, **REQUEST, **options}), FORMATS[form])


@pytest.mark.parametrize("name", FORMATS.names())
def test_every_candidate_is_a_request_that_the_format_takes_and_no_two_are_alike(name: str, tmp_path: Path) -> None:
    found = candidates_of(name, size=(640, 480))
    suffix = (FORMATS[name].extensions or FORMATS[name].suffixes or ("",))[0]
    path = tmp_path / ("%d" * FORMATS[name].sequence + f"a{suffix}")
    for step in found:
        preflight.resolve(replace(step, output=(str(path),), format=name))
        assert step.max_size is None
    assert len(set(found)) == len(found)
    assert found[0] == replace(solved(**REQUEST).settings, size=(640, 480))


@pytest.mark.parametrize(("size", "dpi"), [((640, 480), None), ((1080, 1920), 300), ((333, 111), 30), ((8192, 64), 40)])
def test_a_canvas_keeps_its_shape_and_never_gets_too_small(size: tuple[int, int], dpi: int | None) -> None:
    for step in candidates_of("webp", size=size, dpi=dpi)[1:]:
        (width, height), scale = step.size, step.size[0] / size[0]
        assert abs(height - size[1] * scale) <= 2
        assert step.size == size or (width >= 240 and scale > 0.33 and width % 2 == height % 2 == 0)
        assert (step.dpi is None) == (dpi is None)
        assert step.dpi is None or abs(step.dpi - max(dpi * scale, 20)) <= 1


@pytest.mark.parametrize(
    "options", [{}, {"tween": 3}, {"rewind": True}, {"every": 2}, {"duration": 2.5}, {"fps": "100/7", "starts": 4}]
)
def test_frames_are_left_out_and_the_duration_stays(options: dict[str, object]) -> None:
    asked = solved(**REQUEST | {"iterations": 40} | options)
    frames = []
    for step in candidates(asked, FORMATS["webp"]):
        timeline = gdanim.descent.descend.redrawn(asked, step).timeline
        assert timeline.duration_s == pytest.approx(asked.timeline.duration_s, abs=1e-9)
        assert (timeline.moment(timeline.forward - 1).position == asked.trajectory.last).all()
        frames.append(timeline.frames)
    assert frames == sorted(frames, reverse=True)
    assert frames[-1] <= frames[0] / 4


def test_quality_goes_first_and_only_where_the_format_means_something_else_by_it() -> None:
    def qualities(form: str) -> list[str]:
        return list(dict.fromkeys(step.quality for step in candidates_of(form, quality="high")))

    assert qualities("mp4") == ["high", "medium", "low"]
    assert qualities("webp") == ["high", "low"]  # high and medium are both exact
    low = [step for step in candidates_of("mp4") if step.size != REQUEST["size"]]
    assert {step.quality for step in low} == {"low"}


@pytest.mark.parametrize("name", FORMATS.names())
def test_sizes_are_expected_to_fall_along_the_candidates(name: str) -> None:
    found = candidates_of(name, size=(640, 480), iterations=40)
    weights = [expected_share(step, found[0]) for step in found]
    assert weights[0] == 1
    assert all(smaller < larger for larger, smaller in pairwise(weights))


def test_a_vector_gives_up_canvas_and_frames_too() -> None:
    found = candidates_of("svg", size=(640, 480), iterations=40)
    assert (found[-1].size, found[-1].quality) == ((240, 180), "low")
    assert found[-1].fps < found[0].fps


def test_a_still_keeps_its_one_frame() -> None:
    assert {step.fps for step in candidates_of("png", size=(640, 480))} == {10}


# --- long films -------------------------------------------------------------------------------------------------------


LONG = {"iterations": 700, "size": (640, 480), "output": ("long.webp",)}
N_STEPS = 12
SAMPLE = PASSAGES * (SHORT + LONGER)


def size_of(film: Descent) -> int:
    """Of a picture, and as much again for each hundred frames; low quality takes three quarters."""
    factor = 0.75 if film.settings.quality == "low" else 1.0
    return round(factor * film.settings.size[0] * (100 + film.timeline.frames))


class Studio:
    """Draws nothing, and writes files of such sizes; samples of each step (n,) mislead by a factor.

    Only the first `roomy` steps have room for what would be drawn.
    """

    def __init__(self, film: Descent, misleading: Sequence[float], roomy: int) -> None:
        self.candidates, self.misleading, self.roomy = candidates(film, FORMATS["webp"]), misleading, roomy
        self.sizes = [size_of(redrawn(film, step)) for step in self.candidates]
        self.wholes, self.frames = list[int](), 0

    def __call__(self, film: Descent, outputs: Sequence[Planned], progress: object) -> tuple[Written, ...]:
        (output,) = outputs
        step, size = self.candidates.index(film.settings), size_of(film)
        if step >= self.roomy:
            raise SettingError("--size", film.settings.size, "no room")
        self.frames += film.timeline.frames
        if size == self.sizes[step]:
            self.wholes.append(step)
        else:
            size = round(size * self.misleading[step])
        Path(output.path).write_bytes(bytes(size))
        return (Written(path=output.path, format=output.format.name, bytes=size),)


@cache
def long_film() -> Descent:
    return solved(**LONG)


def kept_within(limit: int, misleading: Sequence[float], roomy: int = N_STEPS) -> tuple[Studio, int | None]:
    """The studio, and the size of the file that was written; None where none was."""
    film = long_film()
    studio = Studio(film, misleading, roomy)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "long.webp")
        (planned,) = preflight.resolve(replace(film.settings, output=(str(path),))).outputs
        (written,) = write_within(limit, film, [planned], studio, None)
        assert (written.error is None) == path.exists()
        if written.error is not None:
            nearest = min(studio.sizes[step] for step in studio.wholes)
            assert f"the nearest try has {nearest:,} " in str(written.error)
        return studio, path.stat().st_size if path.exists() else None


@settings(max_examples=30)
@given(st.integers(1, 600_000))
def test_of_a_long_film_samples_find_the_first_step_that_fits(limit: int) -> None:
    studio, size = kept_within(limit, [1.0] * N_STEPS)
    assert size == next((size for size in studio.sizes if size <= limit), None)
    # Rounding alone may mislead these samples, and a film of few frames is its own sample.
    long = [step for step in studio.wholes if is_long(redrawn(long_film(), studio.candidates[step]))]
    assert len(long) <= 2
    assert studio.frames <= 2 * 701 + LONG_FILM * 3 + SAMPLE * (2 + GUESSES + math.ceil(math.log2(N_STEPS)))


@settings(max_examples=30)
@given(st.integers(1, 600_000), st.lists(st.floats(0.5, 2), min_size=N_STEPS, max_size=N_STEPS), st.integers(1, 12))
@example(336_420, [1.02] * N_STEPS, 3)  # the last step with room fits exactly, and its samples say that it does not
def test_however_samples_mislead_what_is_written_was_measured_and_the_rest_is_said(
    limit: int, misleading: list[float], roomy: int
) -> None:
    studio, size = kept_within(limit, misleading, roomy)
    assert len(set(studio.wholes)) == len(studio.wholes)  # none is rendered twice
    if size is None:
        assert studio.sizes[roomy - 1] > limit
    else:
        assert size == max(studio.sizes[step] for step in studio.wholes if studio.sizes[step] <= limit)
        assert size <= limit


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rendered(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[bytes]]:
    """A format, and the file of each candidate, rendered without --max-size."""
    form, folder = request.param, tmp_path_factory.mktemp(request.param)
    contents = []
    for place, step in enumerate(candidates_of(form)):
        path = folder / f"{place}.{form}"
        gdanim.render(replace(step, output=(str(path),)))
        contents.append(path.read_bytes())
    return form, contents


@pytest.mark.parametrize(
    ("rendered", "share"), crossed(spread(["gif", "webp", "png", "mp4"], 3), [0.95, 0.5, 0.05]), indirect=["rendered"]
)
def test_the_file_is_that_of_the_first_candidate_that_fits(
    rendered: tuple[str, list[bytes]], share: float, tmp_path: Path
) -> None:
    form, contents = rendered
    limit = len(contents[0]) - 1 if share == 0.95 else round(share * len(contents[0]))
    path = tmp_path / f"out.{form}"
    request = Settings(**REQUEST, output=(str(path),), max_size=limit)
    fitting = [content for content in contents if len(content) <= limit]
    if not fitting:
        with pytest.raises(OutputError, match=f"within {limit:,} bytes: the nearest try has {len(contents[-1]):,}"):
            gdanim.render(request)
        assert list(tmp_path.iterdir()) == []
        return
    (written,) = gdanim.render(request)
    assert path.read_bytes() == fitting[0]
    assert written.bytes == len(fitting[0]) <= limit
    assert written.fitted is not None
    assert written.fitted.asked_bytes == len(contents[0])


@pytest.fixture
def renderings(monkeypatch: pytest.MonkeyPatch) -> list[Descent]:
    """What each scene that is drawn is made of."""
    drawn: list[Descent] = []

    def draw(descent: Descent, plain: Callable[..., object] = rendering.draw) -> object:
        drawn.append(descent)
        return plain(descent)

    monkeypatch.setattr(rendering, "draw", draw)
    return drawn


def test_a_long_film_is_drawn_whole_as_asked_and_as_chosen_only(renderings: list[Descent], tmp_path: Path) -> None:
    path, again = tmp_path / "a.gif", tmp_path / "b.gif"
    film = Settings(function="parabola", lr=(0.01,), iterations=LONG_FILM, size=(64, 64), output=(str(path),))
    (asked,) = gdanim.render(film)
    renderings.clear()
    (written,) = gdanim.render(replace(film, max_size=(asked.bytes or 0) - 1))
    assert written.fitted is not None
    assert written.fitted.options == {"--quality": "low"}
    assert path.stat().st_size < (asked.bytes or 0)
    drawn = [descent.timeline.frames for descent in renderings]
    assert sorted(drawn, reverse=True)[:3] == [LONG_FILM + 1, LONG_FILM + 1, PASSAGES * LONGER]
    assert run("--preset", path, "-o", again).code == 0
    assert digest(again) == digest(path)


def test_what_fits_as_asked_is_the_same_file_with_the_same_words(renderings: list[Descent], tmp_path: Path) -> None:
    said = []
    for limit in ((), ("--max-size", "1MB")):
        said.append(run("parabola", *QUICK, *limit, "-o", tmp_path / "a.gif", "--json"))
        (tmp_path / "a.gif").rename(tmp_path / f"{len(said)}.gif")
    assert len(renderings) == 2
    assert said[0] == said[1]
    assert digest(tmp_path / "1.gif") == digest(tmp_path / "2.gif")


def test_one_line_says_what_was_given_up_and_json_does_too(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    gdanim.render(Settings(**REQUEST, output=(str(path),)))
    asked = path.stat().st_size
    options = ("parabola", "-n", "8", "--size", "288x216", "-o", path, "--max-size", asked - 1, "--json")
    ran = run(*options)
    assert ran.code == 0
    assert len(ran.lines) == 1
    assert ran.lines[0].startswith(f"{path}: the last frame, ")
    assert ran.lines[0].endswith("kB: --quality low")
    assert " in place of " in ran.lines[0]
    (told,) = json.loads(ran.out)["outputs"]
    assert told["bytes"] == path.stat().st_size < asked
    assert told["fitted"] == {"asked_bytes": asked, "frames": 9, "settings": {"quality": "low"}}


def test_one_that_cannot_be_met_keeps_the_old_file_and_stops_no_other(tmp_path: Path) -> None:
    old, other = tmp_path / "a.gif", tmp_path / "a.png"
    old.write_bytes(b"old")
    limit = 2_600
    ran = run("parabola", *QUICK, "--force", "-o", old, "-o", other, "--max-size", limit, "--hold", "0")
    assert (ran.code, len(ran.lines)) == (1, 2)
    (line,) = [line for line in ran.lines if line.startswith("gdanim: ")]
    assert all(part in line for part in (str(old), "2,600 bytes", "nearest try", "--quality low", "--max-size"))
    assert old.read_bytes() == b"old"
    assert other.stat().st_size <= limit
    assert sorted(tmp_path.iterdir()) == [old, other]


def test_themes_of_one_file_share_what_was_chosen(tmp_path: Path) -> None:
    themes = {"themes": ("light", "dark"), "output": (str(tmp_path / "a.png"), str(tmp_path / "b.webp"))}
    first = gdanim.render(Settings(**REQUEST, **themes))
    limit = max(written.bytes or 0 for written in first[:2]) - 1
    again = gdanim.render(Settings(**REQUEST, **themes, max_size=limit))
    assert [written.path for written in again] == [written.path for written in first]
    for light, dark in (again[:2], again[2:]):
        assert light.fitted is not None
        assert dark.fitted is not None
        assert light.fitted.options == dark.fitted.options
        with Image.open(light.path) as one, Image.open(dark.path) as two:
            assert one.size == two.size
    assert all((written.bytes or 0) <= limit for written in again)


def test_the_file_says_what_was_chosen_so_that_its_recipe_makes_it_again(tmp_path: Path) -> None:
    first, again = tmp_path / "a.webp", tmp_path / "b.webp"
    gdanim.render(Settings(**REQUEST, output=(str(first),)))
    ran = run("parabola", "-n", "8", "--size", "288x216", "-o", first, "--max-size", first.stat().st_size // 2)
    assert ran.code == 0
    assert run("--preset", first, "-o", again).err.count("in place of") == 0
    assert digest(again) == digest(first)


def test_the_options_that_are_said_ask_for_the_same_file(tmp_path: Path) -> None:
    found = candidates_of("webp")
    words = [word for pair in changed_options(found[0], found[-1]).items() for word in pair]
    gdanim.render(replace(found[-1], output=(str(tmp_path / "a.webp"),)))
    assert run("parabola", "-n", "8", *words, "-o", tmp_path / "b.webp").code == 0
    assert digest(tmp_path / "a.webp") == digest(tmp_path / "b.webp")


def test_a_file_of_as_many_bytes_as_the_limit_is_within_it(tmp_path: Path) -> None:
    chosen, again = (str(tmp_path / name) for name in ("a.gif", "b.gif"))
    (first,) = gdanim.render(Settings(**REQUEST, output=(chosen,), max_size=8_000))
    assert first.fitted is not None
    assert first.bytes is not None
    (second,) = gdanim.render(Settings(**REQUEST, output=(again,), max_size=first.bytes))
    assert (second.error, second.bytes) == (None, first.bytes)
    assert digest(again) == digest(chosen)


def test_standard_output_gets_the_file_that_fits(tmp_path: Path) -> None:
    options = ("parabola", "-n", "8", "--size", "288x216", "--max-size", "8kB")
    ran = run(*options, "-o", "-")
    assert ran.code == 0
    assert run(*options, "-o", tmp_path / "a.gif").code == 0
    assert ran.out == (tmp_path / "a.gif").read_bytes()
    assert len(ran.out) <= 8_000
    assert run("parabola", *QUICK, "--max-size", "100", "-o", "-").out == b""


def test_a_vector_is_kept_within_a_limit_that_frames_alone_would_not_meet(tmp_path: Path) -> None:
    low = Settings(function="himmelblau", iterations=1, quality="low", output=(str(tmp_path / "a.svg"),))
    (asked,) = gdanim.render(low)
    limit = round(0.9 * (asked.bytes or 0))
    (written,) = gdanim.render(replace(low, max_size=limit))
    assert written.fitted is not None
    assert written.fitted.frames == 2
    assert set(written.fitted.options) == {"--size"}
    assert (tmp_path / "a.svg").stat().st_size <= limit


def test_a_full_temporary_folder_is_told_by_its_name_and_that_of_the_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trials, path = tmp_path / "trials", tmp_path / "a.gif"
    trials.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(trials))

    def write(descriptor: int, chunk: bytes, written: Callable[[int, bytes], int] = os.write) -> int:
        if len(chunk) > 500:  # what is noted of the folder still finds room
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return written(descriptor, chunk)

    with monkeypatch.context() as full:
        full.setattr(atomic.os, "write", write)
        with pytest.raises(OutputError) as raised:
            gdanim.render(Settings(**REQUEST, output=(str(path),), max_size=8_000))
    assert str(raised.value) == (
        f"Cannot write '{path}': {os.strerror(errno.ENOSPC)}, in the temporary folder '{trials}'. "
        "Set TMPDIR to a folder with room"
    )
    assert list(tmp_path.rglob("*")) == [trials]


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (EncoderError("ffmpeg failed: No space left on device"), "Set TMPDIR to a folder with room"),
        (EncoderError("ffmpeg failed: broken pipe"), "broken pipe"),
    ],
)
def test_a_failure_keeps_its_kind_and_advises_what_helps(failure: OutputError, told: str, tmp_path: Path) -> None:
    request = preflight.resolve(Settings(**REQUEST, output=(str(tmp_path / "a.webp"),)))
    film = carry_out(request)

    def fail(film: Descent, outputs: Sequence[Planned], progress: object) -> tuple[Written, ...]:
        return tuple(Written(path=output.path, format="webp", bytes=None, error=failure) for output in outputs)

    (written,) = write_within(1_000, film, request.outputs, fail, None)
    assert isinstance(written.error, EncoderError)
    assert written.path == str(tmp_path / "a.webp")
    assert str(written.error).endswith(told)


def test_a_temporary_folder_that_goes_away_is_no_fault_of_the_request(tmp_path: Path) -> None:
    film = solved(**REQUEST, output=(str(tmp_path / "a.webp"),))

    def lose(film: Descent, outputs: Sequence[Planned], progress: object) -> tuple[Written, ...]:
        with atomic.open_output(str(Path(outputs[0].path).parent / "gone" / "a"), needs_path=False):
            return ()

    with pytest.raises(OutputError, match=r"^The temporary folder was lost: .*does not exist"):
        write_within(1_000, film, preflight.resolve(film.settings).outputs, lose, None)


def test_a_name_as_long_as_names_may_be_is_written(tmp_path: Path) -> None:
    path = tmp_path / f"a.{'x' * 250}"
    assert run("parabola", *QUICK, "--max-size", "1MB", "-f", "gif", "-o", path).code == 0
    assert path.exists()


@pytest.mark.parametrize("name", ["a-%04d.png", "a-%04d.svg"])
def test_a_sequence_is_refused(name: str, tmp_path: Path) -> None:
    ran = run("parabola", *QUICK, "--max-size", "1kB", "-o", tmp_path / name)
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "--max-size" in ran.err


def test_progress_never_goes_back_and_ends_with_everything(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    request = Settings(**REQUEST, output=(str(tmp_path / "a.gif"),), max_size=8_000)
    (written,) = gdanim.render(request, lambda done, total: steps.append((done, total)))
    assert written.fitted is not None
    assert steps == sorted(steps)
    assert all(done < total for done, total in steps[:-1])
    assert steps[-1][0] == steps[-1][1]


def test_the_trials_are_gone_afterwards_and_when_a_signal_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trials = tmp_path / "trials"
    trials.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(trials))
    gdanim.render(Settings(**REQUEST, output=(str(tmp_path / "a.gif"),), max_size=8_000))
    assert list(trials.iterdir()) == []
    script = """
        import signal, sys, tempfile, gdanim
        from gdanim import Settings, rendering, signals
        signals.install()
        tempfile.tempdir = sys.argv[1]
        def draw(descent):
            print("ready", flush=True)
            signal.pause()
        rendering.draw = draw
        gdanim.render(Settings(function="parabola", output=(sys.argv[2],), max_size=1000))
    """
    process = start_until_ready(script, trials, tmp_path / "b.gif")
    assert [path.suffix for path in sorted(trials.iterdir())] == [".set", ".tmp"]
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode == -signal.SIGTERM
    assert list(trials.iterdir()) == []
    assert not (tmp_path / "b.gif").exists()


def test_what_a_killed_run_left_behind_goes_with_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trials = tmp_path / "trials"
    trials.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(trials))
    left = trials / f".max-size.gdanim-{16 * '0'}.set"
    left.mkdir()
    (left / "1-0.gif").write_bytes(b"half a trial")
    left.with_suffix(".tmp").write_text(json.dumps({"folder": left.stat().st_ino}) + "\n")
    gdanim.render(Settings(**REQUEST, output=(str(tmp_path / "a.gif"),), max_size=1_000_000))
    assert list(trials.iterdir()) == []


def test_no_place_for_the_trials_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    ran = run("parabola", *QUICK, "-o", tmp_path / "a.gif", "--max-size", "1MB")
    assert (ran.code, len(ran.lines)) == (1, 1)
    assert "TMPDIR" in ran.err


@pytest.mark.parametrize(
    "options",
    [
        ("-f", "filmstrip", "--frames", "3", "-o", "a.png", "--size", "480x360"),
        ("--lr", "0.1", "--lr", "0.2", "--facet", "lr", "-n", "3", "-o", "a.gif", "--size", "336x240"),
    ],
)
def test_panels_are_never_tried_on_a_canvas_without_room_for_them(
    options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("parabola", *options, "--max-size", "1")
    assert (ran.code, len(ran.lines)) == (1, 1)
    assert "Cannot keep 'a." in ran.err
    assert "within 1 byte: the nearest try has " in ran.err
    assert list(tmp_path.iterdir()) == []
