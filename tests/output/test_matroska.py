"""Whole and broken WebM files, built here element by element."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdanim.errors import EncoderError
from gdanim.output.containers.matroska import n_video_blocks


def element(name, *content, size_bytes=1):
    payload = b"".join(content)
    return bytes.fromhex(name) + (len(payload) | 1 << 7 * size_bytes).to_bytes(size_bytes) + payload


HEADER = element("1a45dfa3", b"webm")
BLOCK, GROUP, TIME = element("a3", b"picture"), element("a0", element("a1", b"picture")), element("e7", b"\0")
INFO, CUES = element("1549a966", bytes(20)), element("1c53bb6b", bytes(9))


def segment(*content, size_bytes=8):
    return element("18538067", *content, size_bytes=size_bytes)


def count(folder, *elements):
    path = folder / "film.webm"
    path.write_bytes(b"".join(elements))
    return n_video_blocks(path)


@pytest.mark.parametrize("size_bytes", [2, 4, 8])
def test_blocks_of_all_clusters_are_counted(size_bytes, tmp_path):
    clusters = [element("1f43b675", TIME, *blocks, size_bytes=4) for blocks in ([BLOCK] * 3, [], [GROUP, BLOCK])]
    assert count(tmp_path, HEADER, segment(INFO, *clusters, CUES, size_bytes=size_bytes)) == 5


WHOLE = HEADER + segment(INFO, element("1f43b675", TIME, BLOCK, BLOCK), CUES)


@given(st.integers(0, len(WHOLE) - 1))
def test_no_beginning_of_a_file_passes_for_whole(tmp_path_factory, length):
    with pytest.raises(EncoderError, match="not whole"):
        count(tmp_path_factory.getbasetemp(), WHOLE[:length])


@given(st.binary(min_size=1, max_size=40))
def test_nothing_may_follow_the_segment(tmp_path_factory, tail):
    with pytest.raises(EncoderError, match="not whole"):
        count(tmp_path_factory.getbasetemp(), WHOLE, tail)


def test_segment_of_unknown_size_is_not_whole(tmp_path):
    with pytest.raises(EncoderError, match="breaks off"):
        count(tmp_path, HEADER, bytes.fromhex("18538067"), b"\x01" + b"\xff" * 7, INFO)
