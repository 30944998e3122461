"""PNG: what is written is decoded again, exactly; low quality has few colours."""

from __future__ import annotations

import io
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from support.decoders import chunks, silent
from support.films import Film, bars, evenly, line_plot, noise, see_through

from gdanim.output.base import Quality
from gdanim.output.png import FILTERS, PngSequenceWriter, PngWriter, deflated, still


def written(film, quality=Quality.MEDIUM):
    stream = io.BytesIO()
    with PngWriter(stream, film.info_in(quality)) as writer:
        for frame in film.frames():
            writer.write(frame)
    return stream.getvalue()


def decoded(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


@pytest.mark.parametrize("pictures", [bars(5, 97, 65), see_through(), noise()], ids=["bars", "alpha", "noise"])
@pytest.mark.parametrize("quality", [Quality.MEDIUM, Quality.HIGH, Quality.LOSSLESS])
def test_still_is_the_last_picture_exactly(pictures, quality):
    film = Film(pictures=pictures, ends_s=evenly(len(pictures)))
    assert np.array_equal(decoded(written(film, quality)), pictures[-1])


def test_low_quality_has_63_colours_and_is_smaller():
    film = Film(pictures=line_plot(4, 230, 173), ends_s=evenly(4))
    exact, low = written(film), written(film, Quality.LOW)
    assert len(np.unique(decoded(low).reshape(-1, 4), axis=0)) <= 63 < len(np.unique(film.pictures[-1].reshape(-1, 4)))
    assert len(low) < len(exact)


def test_low_quality_keeps_alpha():
    film = Film(pictures=see_through(), ends_s=evenly(6))
    assert np.array_equal(decoded(written(film, Quality.LOW))[..., 3], film.pictures[-1, ..., 3])


@pytest.mark.program("pngcheck")
@pytest.mark.parametrize("quality", Quality)
@pytest.mark.parametrize("pictures", [bars(5, 97, 65), see_through()], ids=["opaque", "alpha"])
def test_pngcheck_accepts_it(pictures, quality, tmp_path):
    path = tmp_path / "still.png"
    path.write_bytes(written(Film(pictures=pictures, ends_s=evenly(len(pictures))), quality))
    assert silent("pngcheck", "-q", path) == b""


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=3, max_dims=3, max_side=6).filter(lambda s: s[2] in (3, 4))))
def test_smallest_filter_is_taken_and_can_be_undone(samples):
    least = min(len(deflated(samples, (kind,))) for kind in FILTERS)
    assert len(deflated(samples, FILTERS)) == least
    for kind in FILTERS:
        rows = np.frombuffer(zlib.decompress(deflated(samples, (kind,))), np.uint8).reshape(len(samples), -1)
        assert (rows[:, 0] == kind).all()
        rest = rows[:, 1:].reshape(samples.shape)
        undone = rest if kind == 0 else np.cumsum(rest, axis=2 - kind, dtype=np.uint8)
        assert np.array_equal(undone, samples)


@given(st.integers(1, 40), st.integers(1, 40))
def test_size_is_the_canvas(width, height):
    film = Film(pictures=bars(1, 8, 8), ends_s=evenly(1)).info_in(Quality.MEDIUM)
    png = still(np.full((height, width, 4), 255, np.uint8), None, film)
    assert dict(chunks(png))[b"IHDR"] == bytes((0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0))


@pytest.mark.parametrize("quality", Quality)
def test_sequence_is_every_picture(quality, tmp_path):
    film = Film(pictures=bars(5, 97, 65), ends_s=evenly(5))
    with PngSequenceWriter(tmp_path, film.info_in(quality)) as writer:
        for frame in film.frames():
            writer.write(frame)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{i}.png" for i in range(5)]
    for index, picture in enumerate(film.pictures):  # the bars have four colours, so few are enough
        assert np.array_equal(decoded((tmp_path / f"{index}.png").read_bytes()), picture)


def test_sequence_into_a_folder_that_is_gone_raises_what_the_system_says(tmp_path):
    film = Film(pictures=bars(1), ends_s=(1.0,))
    with PngSequenceWriter(tmp_path / "gone", film.info) as writer, pytest.raises(FileNotFoundError):
        writer.write(next(film.frames()))
