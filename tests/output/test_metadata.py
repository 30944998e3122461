"""Where recipes stand in files: what other programs make of it, and that no file can harm who reads it."""

from __future__ import annotations

import gzip
import io
import os
import struct
import subprocess
import sys
import tracemalloc
import xml.etree.ElementTree as ET
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import imageio_ffmpeg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from PIL import Image
from support.commandline import ENVIRONMENT, QUICK, command, run

from gdanim.errors import UsageError
from gdanim.output import metadata
from gdanim.output.metadata import END, MAX_RECIPE, START, carries, read_recipe
from gdanim.presets import read_preset
from gdanim.presets import read_recipe as read_request

if TYPE_CHECKING:
    from collections.abc import Mapping

RECIPE = f'{START}function = "parabola"\n{END}'
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
KINDS = ("gif", "png", "apng", "webp", "avif", "mp4", "mov", "webm")


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """One short film in every format of frames."""
    folder = tmp_path_factory.mktemp("films")
    paths = {kind: folder / f"film.{kind}" for kind in KINDS}
    ran = run("parabola", *QUICK, "-q", *(word for path in paths.values() for word in ("-o", path)))
    assert (ran.code, ran.err) == (0, "")
    return paths


def silent(*words: object) -> bytes:
    """What a program answers that must accept a file without a word on standard error."""
    answer = subprocess.run([str(word) for word in words], capture_output=True, check=True)
    assert answer.stderr == b""
    return answer.stdout


# --- others find it, too ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_film_carries_the_same_recipe(kind: str, films: Mapping[str, Path]) -> None:
    assert read_recipe(str(films[kind])) == read_recipe(str(films["gif"]))


@pytest.mark.parametrize("kind", KINDS)
def test_ffmpeg_reads_on_without_a_word(kind: str, films: Mapping[str, Path]) -> None:
    strict = ("-nostdin", "-v", "error", "-xerror", "-err_detect", "explode")
    silent(FFMPEG, *strict, "-i", films[kind], "-f", "null", "-")


@pytest.mark.parametrize("kind", ["mp4", "mov", "webm"])
def test_video_keeps_its_recipe_through_a_copy_by_ffmpeg(kind: str, films: Mapping[str, Path], tmp_path: Path) -> None:
    copy = tmp_path / f"copy.{'mkv' if kind == 'webm' else 'mp4'}"
    silent(FFMPEG, "-nostdin", "-v", "error", "-i", films[kind], "-c", "copy", copy)
    assert read_recipe(str(copy)) == read_recipe(str(films[kind]))


@pytest.mark.parametrize("kind", ["gif", "png", "apng"])
def test_pillow_finds_the_comment(kind: str, films: Mapping[str, Path]) -> None:
    with Image.open(films[kind]) as image:
        found = image.info["comment"].decode() if kind == "gif" else image.text["Comment"]
        assert image.getpixel((0, 0)) is not None
    assert found == read_recipe(str(films[kind]))


@pytest.mark.parametrize("kind", ["webp", "avif"])
def test_xmp_is_well_formed_and_holds_the_recipe(kind: str, films: Mapping[str, Path]) -> None:
    content = films[kind].read_bytes()
    packet = content[content.index(b"<x:xmpmeta") : content.index(b"</x:xmpmeta>") + len(b"</x:xmpmeta>")]
    (found,) = ET.fromstring(packet).iter("{urn:gdanim}recipe")
    assert found.text == read_recipe(str(films[kind]))


@pytest.mark.program("giftext", "gifsicle", "pngcheck", "webpinfo", "webpmux", "avifdec", "mediainfo")
def test_checkers_accept_the_files(films: Mapping[str, Path], tmp_path: Path) -> None:
    recipe = read_recipe(str(films["gif"]))
    assert recipe.partition("\n")[0].encode() in silent("giftext", films["gif"])
    silent("gifsicle", "--info", films["gif"])
    for kind in ("png", "apng"):
        silent("pngcheck", "-q", films[kind])
    silent("webpinfo", "-quiet", films["webp"])
    silent("avifdec", "--info", films["avif"])
    for kind in ("mp4", "mov", "webm"):
        assert b"gdanim recipe" in silent("mediainfo", films[kind])
    subprocess.run(["webpmux", "-get", "xmp", films["webp"], "-o", tmp_path / "xmp"], capture_output=True, check=True)
    assert recipe in (tmp_path / "xmp").read_text()


@pytest.mark.program("gifsicle")
def test_recipe_survives_an_optimizer_of_gifs(films: Mapping[str, Path], tmp_path: Path) -> None:
    silent("gifsicle", "-O3", films["gif"], "-o", tmp_path / "small.gif")
    assert read_recipe(str(tmp_path / "small.gif")) == read_recipe(str(films["gif"]))


# --- other forms ------------------------------------------------------------------------------------------------------


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content), kind) + content + struct.pack(">I", zlib.crc32(kind + content))


PNG = b"\x89PNG\r\n\x1a\n"
PACKED = zlib.compress(RECIPE.encode())
FORMS = {
    "svg": f'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><metadata>{RECIPE}</metadata></svg>'.encode(),
    "svg with a mark and other line ends": b"\xef\xbb\xbf  <svg><metadata id='a'>"
    + RECIPE.replace("\n", "\r\n").encode()
    + b"</metadata></svg>",
    "svg escaped again": b"<svg><metadata>" + RECIPE.replace('"', "&quot;").encode() + b"</metadata></svg>",
    "html": f'<!doctype html><script>1 < 2</script><script type="application/toml">{RECIPE}</script>'.encode(),
    "zTXt": PNG + chunk(b"zTXt", b"Comment\0\0" + PACKED),
    "iTXt": PNG + chunk(b"iTXt", b"Comment\0\0\0\0\0" + RECIPE.encode()),
    "packed iTXt": PNG + chunk(b"IDAT", b"12") + chunk(b"iTXt", b"Comment\0\1\0en\0\0" + PACKED),
    "pdf": b"%PDF-1.4\n1 0 obj << /Keywords (" + RECIPE.replace("\n", "\\n").encode() + b") >> endobj",
}


@pytest.mark.parametrize("form", FORMS)
def test_recipe_is_found_in_every_form(form: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(FORMS[form])
    assert read_recipe(str(tmp_path / "file")) == RECIPE


def test_recipe_is_found_in_a_pdf_of_matplotlib(tmp_path: Path) -> None:
    recipe = f'{START}title = "(a\\\\b)) \\\\( c"\n{END}'
    FigureCanvasPdf(Figure()).print_pdf(tmp_path / "a.pdf", metadata={"Keywords": recipe})
    assert read_recipe(str(tmp_path / "a.pdf")) == recipe


def test_recipe_is_found_through_a_pipe(films: Mapping[str, Path], tmp_path: Path) -> None:
    for kind in ("gif", "webm", "mp4"):
        with films[kind].open("rb") as file:
            answer = subprocess.run(
                command("recipe", "-"), stdin=file, capture_output=True, env=ENVIRONMENT, check=True
            )
        piped = subprocess.run(
            command("recipe", "-"), input=films[kind].read_bytes(), capture_output=True, env=ENVIRONMENT, check=True
        )
        assert answer.stdout == piped.stdout == run("recipe", films[kind]).out


@pytest.mark.skipif(os.name == "nt", reason="POSIX only")
def test_recipe_is_found_in_a_named_pipe(films: Mapping[str, Path], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    copy = "import shutil, sys; shutil.copyfileobj(open(sys.argv[1], 'rb'), open(sys.argv[2], 'wb'))"
    with subprocess.Popen([sys.executable, "-c", copy, films["mp4"], tmp_path / "fifo"]):
        assert read_recipe(str(tmp_path / "fifo")) == read_recipe(str(films["mp4"]))


# --- files that carry none, or lie ------------------------------------------------------------------------------------

ZEROS = bytes(500_000)
GIF = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0, 0, 0)
LONG = START.encode() + b"#" * 2 * MAX_RECIPE + b"\n" + END.encode()


def bomb(mebibytes: int = 400) -> bytes:
    """Zeros that zlib has packed, one mebibyte again and again: a flush leaves nothing to refer to."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    return head + (packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)) * mebibytes


EMPTY = {
    "nothing": b"",
    "text": b"hello",
    "toml": RECIPE.encode(),
    "gif of zeros": b"GIF89a" + ZEROS,
    "gif cut short": GIF + b"!\xfe\xff" + RECIPE.encode(),
    "gif of empty comments": GIF + b"!\xfe\x00" * 200_000,
    "gif of tiny sub-blocks": GIF + b"!\xfe" + b"\x01#" * 400_000,
    "gif with a long comment": GIF + b"!\xfe" + b"".join(b"\xff" + LONG[i : i + 255] for i in range(0, len(LONG), 255)),
    "png of zeros": PNG + ZEROS * 10,
    "png of huge chunks": PNG + struct.pack(">I4s", 2**32 - 1, b"tEXt") + b"Comment\0" + START.encode(),
    "png with a bomb": PNG + chunk(b"zTXt", b"Comment\0\0" + bomb()),
    "png with broken text": PNG + chunk(b"zTXt", b"Comment\0\0broken") + chunk(b"iTXt", b"") + chunk(b"iTXt", b"a\0\1"),
    "png with a long recipe": PNG + chunk(b"tEXt", b"Comment\0" + LONG),
    "png with letters": PNG + chunk(b"tEXt", b"Comment\0" + RECIPE.replace("parabola", "é").encode()),
    "webp of zeros": b"RIFF\0\0\0\0WEBP" + ZEROS * 5,
    "webp of lies": b"RIFF\0\0\0\0WEBPXMP \xff\xff\xff\xff",
    "mp4 of zeros": b"\0\0\0\x08ftyp" + ZEROS,
    "mp4 of empty boxes": b"\0\0\0\x08ftyp" * 300_000,
    "mp4 of a huge box": b"\0\0\0\x08ftyp\0\0\0\1moov" + b"\xff" * 8 + RECIPE.encode(),
    "webm of zeros": b"\x1a\x45\xdf\xa3" + ZEROS,
    "webm without a size": b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" + RECIPE.encode(),
    "webm of empty elements": b"\x1a\x45\xdf\xa3\x80" * 200_000,
    "svg that opens": b"<svg>" + b"<metadata>" * 100_000,
    "svg without its end": b"<svg><metadata>" + RECIPE[:-5].encode(),
    "svg of attributes": b"<svg><script " + b'type="application/toml"' * 100_000,
    "svg with it elsewhere": b"<svg><title>" + RECIPE.encode() + b"</title></svg>",
    "html script": b"<script>" + RECIPE.encode() + b"</script>",
    "pdf that opens": b"%PDF-1.7" + b"(# gdanim recipe" * 60_000,
    "pdf of escapes": b"%PDF-1.7(# gdanim recipe" + b"\\)" * 200_000,
    "gzip": gzip.compress(RECIPE.encode()),
}


@pytest.mark.parametrize("name", EMPTY)
def test_file_without_a_recipe_is_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(EMPTY[name])
    # Both read alike: that they do is seen in the files that are read at once.
    for word in ("recipe", "check") if len(EMPTY[name]) < 100_000 else ("recipe",):
        ran = run(word, tmp_path / "file")
        assert (ran.code, ran.out, len(ran.lines)) == (2, b"", 1)
        assert "file carries no recipe" in ran.err


def test_reading_is_bounded_in_memory(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.write(PNG + struct.pack(">I4s", 900_000_000, b"tEXt"))
        file.truncate(900_000_020)
    tracemalloc.start()
    with pytest.raises(UsageError, match="large carries no recipe"):
        read_recipe(str(tmp_path / "large"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 300_000_000


@pytest.mark.parametrize("path", ["nowhere.gif", ".", "a\0b.gif"])
def test_what_cannot_be_read_is_one_line(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("recipe", path)
    assert (ran.code, ran.out, len(ran.lines)) == (2, b"", 1)


@given(st.data())
def test_no_damage_to_a_film_is_a_traceback(films: Mapping[str, Path], data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    content = bytearray(films[kind].read_bytes())
    head = min(len(content), 4000)
    for place in data.draw(st.lists(st.integers(0, head - 1), max_size=8)):
        content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)) | st.just(len(content)))
    broken = films[kind].with_name("broken")
    broken.write_bytes(content[:cut])
    text = None
    with suppress(UsageError):
        text = read_recipe(str(broken))
    assert text is None or (text.startswith(START) and text.endswith(END))


@given(st.sampled_from([GIF, PNG, b"RIFF\0\0\0\0WEBP", b"\0\0\0\x08ftyp", b"\x1a\x45\xdf\xa3", b"%PDF-", b"<svg>"]),
       st.binary(max_size=200))  # fmt: skip
def test_no_bytes_are_a_traceback(head: bytes, rest: bytes) -> None:
    assert carries(head)
    stream = io.BytesIO(head + rest)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(stream))
        with pytest.raises(UsageError, match="standard input carries no recipe"):
            read_recipe("-")


def test_texts_in_a_png_are_unpacked_only_until_they_are_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gdanim.output.metadata.MAX_PART", 3000)
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1500)))
    last = chunk(b"zTXt", b"Comment\0\0" + zlib.compress((START + END).encode()))
    (tmp_path / "a.png").write_bytes(PNG + bomb + last)
    assert read_recipe(str(tmp_path / "a.png")) == START + END
    (tmp_path / "a.png").write_bytes(PNG + 2 * bomb + last)
    with pytest.raises(UsageError, match="carries no recipe"):
        read_recipe(str(tmp_path / "a.png"))


# --- what a recipe may say --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        ('output = "/etc/passwd"', ("output", "command line")),
        ("lrr = 1", ("'lrr'", "Did you mean 'lr'?")),
        ("lr = [", ("not TOML",)),
        ('trajectory = "/etc/passwd"', ("trajectory '/etc/passwd'", "does not hold")),
        ('trajectory = "-"', ("trajectory '-'", "does not hold")),
        ('style = "/etc/passwd"', ("style '/etc/passwd'", "does not hold")),
        ("made = 1", ("made is not a table",)),
        ("files = []", ("files is not a table",)),
        ('[files]\n"../a.csv" = ""', ("'../a.csv'", "not the name of a file")),
        ('trajectory = ".."\n[files]\n".." = ""', ("'..'", "not the name of a file")),
        ('trajectory = "a.csv"\n[files]\n"a.csv" = 1', ("'a.csv'", "not a text")),
        ('[files]\n"a.csv" = ""', ("nothing reads 'a.csv'",)),
        ("x = " + "[" * 100_000, ("not TOML",)),
        ("iterations = " + "9" * 5000, ("thousands of digits",)),
        ("iterations = 0x" + "f" * 5000, ("iterations a number of thousands of digits: give a whole number from 0",)),
        ("a." * 400_000 + "a = 1", ("a key of ten parts",)),
        ('# """\nx = { ' + "'a' . " * 100_000 + "a = 1 }", ("a key of ten parts",)),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_hostile_recipe_is_one_line(recipe: str, said: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "bad.svg").write_text(f'<svg><metadata>{START}function = "parabola"\n{recipe}\n{END}</metadata></svg>')
    for words in (("recipe", tmp_path / "bad.svg"), ("--preset", tmp_path / "bad.svg", "-o", tmp_path / "out.gif")):
        ran = run(*words)
        assert (ran.code, ran.out, len(ran.lines)) == (2, b"", 1)
        assert all(part in ran.err for part in ("bad.svg", *said)), ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["bad.svg"]


@pytest.mark.parametrize("line", ['function = "evil.py:f"', 'function = "parabola"\ngradient = "evil.py:g"'])
def test_recipe_runs_no_python_even_if_presets_may(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("evil.py").write_text("open('ran', 'w')\n")
    Path("bad.svg").write_text(f"<svg><metadata>{START}{line}\n{END}</metadata></svg>")
    for words in (("recipe", "bad.svg"), ("check", "bad.svg"), ("--preset", "bad.svg", "--allow-python", "--dry-run")):
        assert run(*words).code == 1
    assert not Path("ran").exists()


def test_terminal_is_sent_no_control_characters(tmp_path: Path) -> None:
    text = f'{START}function = "parabola"\n[made]\ngdanim = "\\u001b[31m"\n{END}'
    (tmp_path / "a.svg").write_text(f"<svg><metadata>{text}</metadata></svg>")
    assert b"\x1b" not in run("recipe", tmp_path / "a.svg").out
    assert read_request(str(tmp_path / "a.svg")).made == {"gdanim": "\x1b[31m"}


def test_a_file_of_any_name_is_that_of_the_option_that_names_it(tmp_path: Path) -> None:
    text = f'{START}function = "parabola"\ntrajectory = "None"\n[files]\n"None" = "iteration,x1"\n{END}'
    (tmp_path / "a.svg").write_text(f"<svg><metadata>{text}</metadata></svg>")
    preset = read_preset(str(tmp_path / "a.svg"))
    assert Path(preset["trajectory"][0]).read_text() == "iteration,x1"
    assert "style" not in preset


def test_unpacked_files_go_with_the_process(tmp_path: Path) -> None:
    text = f'{START}function = "parabola"\ntrajectory = "a.csv"\n[files]\n"a.csv" = "iteration,x1"\n{END}'
    (tmp_path / "a.svg").write_text(f"<svg><metadata>{text}</metadata></svg>")
    script = "import sys; from gdanim.presets import read_preset; print(read_preset(sys.argv[1])['trajectory'][0])"
    ended = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "a.svg"],
        capture_output=True,
        env=ENVIRONMENT | {"TMPDIR": str(tmp_path)},
        check=True,
    )
    path = Path(ended.stdout.decode().strip())
    assert (path.name, path.is_relative_to(tmp_path)) == ("a.csv", True)
    assert [item.name for item in tmp_path.iterdir()] == ["a.svg"]
    assert Path(read_preset(str(tmp_path / "a.svg"))["trajectory"][0]).read_text() == "iteration,x1"


def test_the_search_in_a_pdf_is_linear() -> None:
    # Each beginning is inside the one before; a search that began anew at each would take hours for these.
    unended = b"%PDF-1.4 " + rb"(# gdanim recipe\(# gdanim recipe" * 60_000
    assert list(metadata._pdf(io.BytesIO(unended))) == []
    assert list(metadata._pdf(io.BytesIO(unended + b"(# gdanim recipe x\\n)"))) == [b"# gdanim recipe x\n"]
