"""Whole and broken MP4 and AVIF files, built here box by box."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdanim.errors import EncoderError
from gdanim.output.containers.isobmff import n_image_samples, n_video_samples


def box(kind, *content):
    payload = b"".join(content)
    return (8 + len(payload)).to_bytes(4) + kind + payload


def large_box(kind, payload):
    """The form for more than 4 GB: size 1, the true size after the kind."""
    return (1).to_bytes(4) + kind + (16 + len(payload)).to_bytes(8) + payload


def track(handler, n_samples):
    hdlr = box(b"hdlr", bytes(8), handler, bytes(13))
    stsz = box(b"stsz", bytes(4), (7).to_bytes(4), n_samples.to_bytes(4))
    return box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", hdlr, box(b"minf", box(b"stbl", stsz))))


FTYP, MDAT = box(b"ftyp", b"isom"), box(b"mdat", b"pictures")


def count(tmp_path, *boxes):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"".join(boxes))
    return n_video_samples(path)


@pytest.mark.parametrize("n", [0, 1, 70_000])
@pytest.mark.parametrize("mdat", [MDAT, large_box(b"mdat", b"pictures")], ids=["small", "large"])
def test_samples_of_the_video_track_are_counted(n, mdat, tmp_path):
    moov = box(b"moov", box(b"mvhd", bytes(100)), track(b"soun", 3), track(b"vide", n), track(b"vide", 5))
    assert count(tmp_path, FTYP, moov, mdat) == n


WHOLE = FTYP + box(b"moov", track(b"vide", 9)) + large_box(b"mdat", b"pictures")


@given(st.integers(0, len(WHOLE) - 1))
def test_no_beginning_of_a_file_passes_for_whole(tmp_path_factory, length):
    with pytest.raises(EncoderError, match="not whole"):
        count(tmp_path_factory.getbasetemp(), WHOLE[:length])


@given(st.binary(min_size=1, max_size=40))
def test_nothing_may_follow_the_last_box_but_a_box(tmp_path_factory, tail):
    with pytest.raises(EncoderError, match="breaks off"):
        count(tmp_path_factory.getbasetemp(), WHOLE, b"\xff" + tail)


def test_contents_after_the_pictures_cannot_be_streamed(tmp_path):
    with pytest.raises(EncoderError, match="ftyp, mdat, moov"):
        count(tmp_path, FTYP, MDAT, box(b"moov", track(b"vide", 9)))


def test_file_without_video_is_not_whole(tmp_path):
    with pytest.raises(EncoderError, match="no video track"):
        count(tmp_path, FTYP, box(b"moov", track(b"soun", 9)), MDAT)


# --- AVIF

META = box(b"meta", bytes(30))


def count_images(folder, *boxes):
    path = folder / "film.avif"
    path.write_bytes(b"".join(boxes))
    return n_image_samples(path)


def test_pictures_of_an_avif_are_those_of_its_colour_track(tmp_path):
    moov = box(b"moov", track(b"pict", 7), track(b"auxv", 7))
    assert count_images(tmp_path, FTYP, META, moov, MDAT) == 7


def test_avif_without_a_track_is_one_picture(tmp_path):
    assert count_images(tmp_path, FTYP, META, MDAT) == 1


@pytest.mark.parametrize("tracks", [(), (track(b"pict", 7), track(b"auxv", 6)), (track(b"vide", 7),)])
def test_avif_whose_tracks_do_not_fit_is_not_whole(tracks, tmp_path):
    with pytest.raises(EncoderError, match="tracks of colour and alpha differ, or are missing"):
        count_images(tmp_path, FTYP, META, box(b"moov", *tracks), MDAT)


@given(st.integers(0, len(FTYP + META + MDAT) - 1))
def test_no_beginning_of_an_avif_passes_for_whole(tmp_path_factory, length):
    with pytest.raises(EncoderError, match="not whole"):
        count_images(tmp_path_factory.getbasetemp(), (FTYP + META + MDAT)[:length])
