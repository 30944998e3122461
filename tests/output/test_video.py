"""MP4: what is written is decoded again and compared with the film; every way in which ffmpeg can fail is noticed."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
import textwrap
import time
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from support.commandline import ENVIRONMENT, PATIENCE_S, QUICK, digest, run
from support.decoders import FFMPEG, video_durations, video_pictures
from support.films import BLUE, GREY, RED, Film, bars, evenly, far_from_edges, line_plot, psnr_db

from gdanim.errors import EncoderError
from gdanim.output import video
from gdanim.output.containers.isobmff import n_video_samples
from gdanim.output.encoding import ffmpeg
from gdanim.output.video import Mp4Writer


def write(path, film):
    with Mp4Writer(path, film.info) as writer:
        for frame in film.frames():
            writer.write(frame)
    return path


def luma(pictures):
    """Y′ of BT.709, the part of a colour that 4:2:0 keeps at full resolution."""
    return pictures @ np.array([0.2126, 0.7152, 0.0722])


@pytest.fixture(scope="module")
def film():
    return Film(pictures=bars(12, 160, 96), ends_s=evenly(12, hold_s=0.5))


@pytest.fixture(scope="module")
def mp4(film, tmp_path_factory):
    return write(tmp_path_factory.mktemp("mp4") / "film.mp4", film)


def test_every_frame_is_there_and_the_hold_repeats_the_last(film, mp4):
    pictures = video_pictures(mp4, 160, 96)
    assert len(pictures) == 12 + 5 == n_video_samples(mp4)
    planned = film.pictures[[*range(12), *[11] * 5], ..., :3]
    for shown, truth in zip(pictures, planned, strict=True):
        others = [psnr_db(shown, other) for other in film.pictures[..., :3]]
        assert psnr_db(shown, truth) == max(others)


def test_flat_areas_are_within_3_of_the_film_and_white_is_255(film, mp4):
    pictures = video_pictures(mp4, 160, 96)
    for index in (0, 5, 11):
        shown, truth = pictures[index], film.pictures[index, ..., :3]
        flat = far_from_edges(truth, 8)
        assert abs(shown[flat].astype(int) - truth[flat]).max() <= 3
        # Coding noise of an edge reaches as far as its block of 16×16 pixels.
        white = far_from_edges(truth, 16) & (truth == 255).all(axis=2)
        assert white.any()
        assert shown[white].min() == 255


def test_luma_of_a_line_plot_is_within_45_db_of_the_film(tmp_path):
    film = Film(pictures=line_plot(20, 480, 360), ends_s=evenly(20))
    shown = video_pictures(write(tmp_path / "film.mp4", film), 480, 360)
    assert psnr_db(luma(shown), luma(film.pictures[..., :3])) >= 45


def test_colours_are_tagged_as_bt709_of_tv_range(mp4):
    colr = mp4.read_bytes().partition(b"colrnclx")[2]
    assert colr[:7] == bytes((0, 1, 0, 1, 0, 1, 0))


def test_table_of_contents_stands_before_the_pictures(mp4):
    content = mp4.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_same_film_gives_the_same_bytes(film, mp4, tmp_path):
    assert digest(write(tmp_path / "again.mp4", film)) == digest(mp4)


@pytest.mark.parametrize("fps", [Fraction(100, 7), Fraction(30000, 1001), Fraction(1, 2), Fraction(240)], ids=str)
def test_every_picture_lasts_one_over_fps_exactly(fps, tmp_path):
    film = Film(pictures=bars(5), ends_s=evenly(5, fps), fps=fps)
    assert video_durations(write(tmp_path / "film.mp4", film)) == [1 / fps] * 5


@pytest.mark.parametrize("hold_s", [0.0, 0.049, 0.051, 1.3])
def test_film_lasts_as_planned_within_half_a_picture(hold_s, tmp_path):
    film = Film(pictures=bars(3), ends_s=evenly(3, hold_s=hold_s))
    duration = sum(video_durations(write(tmp_path / "film.mp4", film)))
    assert abs(float(duration) - film.ends_s[-1]) <= 0.05 + 1e-9


def test_still_shorter_than_half_a_picture_has_one(tmp_path):
    film = Film(pictures=bars(1), ends_s=(0.0,))
    assert len(video_pictures(write(tmp_path / "film.mp4", film), 96, 64)) == 1


def test_odd_sides_repeat_the_last_row_and_column(tmp_path):
    colours = np.array([[BLUE, RED], [GREY, BLUE]])
    picture = np.full((65, 67, 4), 255, np.uint8)
    picture[..., :3] = np.repeat(np.repeat(colours, (32, 33), axis=0), (32, 35), axis=1)
    shown = video_pictures(write(tmp_path / "film.mp4", Film(pictures=picture[None], ends_s=(1.0,))), 68, 66)
    corners = shown[-1][np.ix_([10, -1], [10, -1])].astype(int)
    assert abs(corners - colours).max() <= 3


def test_path_may_look_like_an_option_or_an_address(film, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("-y.mp4", "http:film.mp4", "100%d film.tmp"):
        assert n_video_samples(write(Path(name), film)) == 17


# --- failures


@pytest.fixture
def fake_ffmpeg(tmp_path, monkeypatch):
    """Puts a shell script in the place of ffmpeg. In it, $FFMPEG is the true one and $OUT the file to write."""

    def install(script):
        path = tmp_path / "ffmpeg"
        path.write_text(f'#!/bin/sh\nfor OUT; do :; done\nOUT="${{OUT#file:}}"\nFFMPEG="{FFMPEG}"\n{script}\n')
        path.chmod(0o755)
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(path))

    return install


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            "echo first >&2; echo '[libx264 @ 0x55d0] no codec' >&2; echo 'Conversion failed!' >&2; exit 3",
            "status 3: no codec",
        ),
        ("exit 0", "exit status 0: it did not say why"),
        ("head -c 50000 > /dev/null; kill -KILL $$", "was ended by a signal (Killed)"),
        ("cat > /dev/null; exit 9", "exit status 9: it did not say why"),
        ("cat > /dev/null", "cannot be read: No such file"),
        ("cat > /dev/null; : > $OUT", "has the boxes none"),
        ('"$FFMPEG" "$@"; echo "a complaint" >&2', "status 0: a complaint"),
        ('"$FFMPEG" "$@"; head -c 1000 $OUT > $OUT.half; mv $OUT.half $OUT', "breaks off"),
        ('head -c 184320 | "$FFMPEG" "$@"; cat > /dev/null', "holds 8 pictures, but 17 were sent"),
    ],
)
def test_what_ffmpeg_does_wrong_is_an_error_of_one_line(script, message, fake_ffmpeg, film, tmp_path):
    fake_ffmpeg(script)
    with pytest.raises(EncoderError) as caught:
        write(tmp_path / "film.mp4", film)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_ffmpeg_that_stops_reading_but_lives_on_is_an_error(fake_ffmpeg, film, tmp_path, monkeypatch):
    monkeypatch.setattr(video, "EXIT_TIMEOUT_S", 0.05)
    fake_ffmpeg("exec 0<&-; sleep 100000")
    with pytest.raises(EncoderError, match="stopped reading"):
        write(tmp_path / "film.mp4", film)


def test_ffmpeg_that_has_not_begun_its_file_yet_is_waited_for(fake_ffmpeg, film, tmp_path, monkeypatch):
    fake_ffmpeg("cat >/dev/null")
    takes, answers = ffmpeg.takes, iter([False])
    monkeypatch.setattr(ffmpeg, "takes", lambda *asked: next(answers, True) and takes(*asked))
    with pytest.raises(EncoderError, match="the encoded file cannot be read: No such file"):
        write(tmp_path / "film.mp4", film)


def test_pictures_that_do_not_reach_ffmpeg_are_an_error_at_once(film, tmp_path):

    class Broken(io.RawIOBase):
        def fileno(self):
            return pipe.fileno()

        def write(self, _):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    with Mp4Writer(tmp_path / "a.mp4", film.info) as writer:
        pipe, writer._input = writer._input, Broken()
        with pytest.raises(EncoderError, match="ffmpeg cannot be sent the pictures: Input/output error"):
            writer.write(next(film.frames()))
        writer._input = pipe
        for frame in film.frames():
            writer.write(frame)


def test_where_no_program_can_start_that_is_said_and_not_that_there_is_no_ffmpeg() -> None:
    script = (
        "import os, resource, gdanim.output.encoding.ffmpeg as f; resource.setrlimit(resource.RLIMIT_NOFILE, "
        "(os.open('/dev/null', os.O_RDONLY) + 1,) * 2); f._check_that_programs_start()"
    )
    ended = subprocess.run([sys.executable, "-c", script], env=ENVIRONMENT, capture_output=True, check=False)
    assert b"cannot start ffmpeg: Too many open files" in ended.stderr


def test_missing_ffmpeg_says_what_to_do(film, tmp_path, monkeypatch):
    def find_nothing():
        raise RuntimeError("No ffmpeg exe could be found.")

    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", find_nothing)
    with pytest.raises(EncoderError, match="no ffmpeg found; reinstall imageio-ffmpeg"):
        write(tmp_path / "film.mp4", film)


@pytest.mark.parametrize(("mode", "reason"), [(None, "No such file"), (0o644, "Permission denied")])
def test_ffmpeg_that_cannot_be_started_says_what_to_do(mode, reason, film, tmp_path, monkeypatch):
    exe = tmp_path / "ffmpeg"
    if mode is not None:
        exe.touch(mode)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(exe))
    with pytest.raises(EncoderError, match=f"cannot start ffmpeg .*: {reason}.*; reinstall"):
        write(tmp_path / "film.mp4", film)


def children_of(pid):
    """Ids of the processes whose parent is `pid`, ended but not yet reaped ones included."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return {int(child) for child, parent in map(str.split, listing.splitlines()) if int(parent) == pid}


@pytest.mark.program("ps")
@pytest.mark.parametrize("error", [OSError("disk"), KeyboardInterrupt(), EncoderError("sibling")], ids=repr)
def test_leaving_by_an_error_ends_the_whole_group_and_lets_the_error_through(error, fake_ffmpeg, film, tmp_path):
    fake_ffmpeg(f'sleep 100000 & echo $! > {tmp_path}/pid; mv {tmp_path}/pid {tmp_path}/grandchild; "$FFMPEG" "$@"')

    def write_one_frame():
        with Mp4Writer(tmp_path / "film.mp4", film.info) as writer:
            writer.write(next(film.frames()))
            while not (tmp_path / "grandchild").exists():
                time.sleep(0.01)
            raise error

    before = children_of(os.getpid())
    with pytest.raises(type(error)) as caught:
        write_one_frame()
    assert caught.value is error
    assert len(children_of(os.getpid()) - before) <= 1  # ps itself
    assert_gone(int((tmp_path / "grandchild").read_text()))


def assert_gone(pid):
    """A process ends, as it does when it was killed. What runs here would not end of itself while the test waits."""
    for _ in range(100 * PATIENCE_S):
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
        if state.strip()[:1] in ("", "Z"):  # a zombie may be nice, too: ZN
            return
        time.sleep(0.01)
    pytest.fail(f"process {pid} lives on")


@pytest.mark.program("ps")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_ffmpeg_with_gdanim(number, fake_ffmpeg, tmp_path):
    fake_ffmpeg(f"echo $$ > {tmp_path}/pid.part; mv {tmp_path}/pid.part {tmp_path}/pid; exec sleep 100000")
    script = textwrap.dedent(f"""
        import signal, time
        from pathlib import Path
        from support.films import Film, bars, evenly
        from gdanim import signals
        from gdanim.output.video import Mp4Writer
        signal.signal({int(number)}, signal.SIG_DFL)  # whoever runs the tests in the background ignores some
        signals.install()
        with Mp4Writer(Path("film.mp4"), Film(pictures=bars(1), ends_s=(1.0,)).info):
            while not Path("pid").exists():
                time.sleep(0.01)
            signal.raise_signal({int(number)})
    """)
    path = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(video.__file__).parents[2])])
    ended = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=os.environ | {"PYTHONPATH": path})
    assert ended.returncode == -number
    assert_gone(int((tmp_path / "pid").read_text()))


@pytest.mark.program("ps")
def test_signal_while_ffmpeg_is_being_started_ends_it_too(fake_ffmpeg, tmp_path):
    fake_ffmpeg("exec sleep 100000")
    script = textwrap.dedent("""
        import signal
        from pathlib import Path
        from support.films import Film, bars
        from gdanim import signals
        from gdanim.output import video
        from gdanim.output.encoding import ffmpeg

        class Started(ffmpeg.Process):
            def __init__(self, *args, **kept):
                super().__init__(*args, **kept)
                Path("pid").write_text(str(self.pid))
                signal.raise_signal(signal.SIGTERM)

        ffmpeg.Process = Started
        signals.install()
        with video.Mp4Writer(Path("film.mp4"), Film(pictures=bars(1), ends_s=(1.0,)).info):
            pass
    """)
    path = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(video.__file__).parents[2])])
    ended = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=os.environ | {"PYTHONPATH": path})
    assert ended.returncode == -signal.SIGTERM
    assert_gone(int((tmp_path / "pid").read_text()))


@pytest.mark.skipif(os.name == "nt", reason="POSIX only")
@pytest.mark.parametrize("name", ["close", "read"])
def test_no_ffmpeg_lives_on_that_could_not_be_started_in_full(name, fake_ffmpeg, film, tmp_path, monkeypatch):
    fake_ffmpeg("exec sleep 100000")
    call, pids = getattr(os, name), []

    def failing(*arguments):
        done = call(*arguments)
        if Path(sys._getframe(1).f_code.co_filename).name == "subprocess.py":
            monkeypatch.setattr(os, name, call)
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return done

    class Seen(ffmpeg.Process):
        def __init__(self, *args, **kept):
            try:
                super().__init__(*args, **kept)
            finally:
                pids.append(self.pid)

    monkeypatch.setattr(ffmpeg, "Process", Seen)
    monkeypatch.setattr(os, name, failing)
    with pytest.raises(EncoderError, match=r"cannot start ffmpeg .*: Input/output error"):
        write(tmp_path / "film.mp4", film)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


@pytest.mark.parametrize("script", ["exec sleep 1000", "cat >/dev/null; exec sleep 1000"], ids=["sleeps", "never ends"])
def test_an_ffmpeg_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(video, "PATIENCE_S", 0.0)
    monkeypatch.setattr(video, "PATIENCE_S_PER_MEGAPIXEL", 0.0)
    fake = tmp_path / "ffmpeg"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(fake))
    ran = run("parabola", "-n", "20", "-o", tmp_path / "a.mp4")
    assert (ran.code, len(ran.lines), (tmp_path / "a.mp4").exists()) == (1, 1, False)
    assert "ffmpeg hangs" in ran.err


def test_of_endless_complaints_the_last_is_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "ffmpeg"
    fake.write_text("#!/bin/sh\nprintf '%0900000d\\n\\033[31mred' 1 >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(fake))
    ran = run("parabola", "-o", tmp_path / "a.mp4", *QUICK)
    assert (ran.code, len(ran.lines)) == (1, 1)
    assert ran.lines[0].isprintable()
    assert len(ran.lines[0]) < 1000


@pytest.mark.parametrize("writer", [Mp4Writer, video.MovWriter, video.WebmWriter, video.Av1Writer])
def test_pictures_that_stay_for_minutes_are_sent_twice_and_last_as_planned(writer, tmp_path):
    film = Film(pictures=bars(3), ends_s=(0.1, 30.0, 330.0))
    path = tmp_path / "film"
    with writer(path, film.info) as sink:
        for frame in film.frames():
            sink.write(frame)
    begins_s = np.cumsum([0, *video_durations(path)])[:-1].astype(float)
    assert begins_s == pytest.approx([0, 0.1, 29.9, 30, 329.9], abs=2e-3)  # Matroska counts milliseconds
    for picture, index in zip(video_pictures(path, 96, 64), (0, 1, 1, 2, 2), strict=True):
        nearest = max(range(3), key=lambda other: psnr_db(picture, film.pictures[other, ..., :3]))
        assert nearest == index
