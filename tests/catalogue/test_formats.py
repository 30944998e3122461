"""The rows of video formats say of their codecs what is so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gdanim.catalogue.registry import FORMATS
from gdanim.output.encoding import codecs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdanim.output.base import Quality

CODECS: Mapping[str, Mapping[Quality, codecs.Codec]] = {
    "mp4": codecs.MP4,
    "webm": codecs.WEBM,
    "av1": codecs.AV1,
    "mov": codecs.MOV,
    "avif": codecs.AVIF,
}


@pytest.mark.parametrize("name", CODECS)
def test_a_row_names_the_qualities_and_the_crf_of_its_codecs(name: str) -> None:
    row = FORMATS[name]
    assert row.qualities.keys() == {quality.value for quality in CODECS[name]}
    for quality, codec in CODECS[name].items():
        (named,) = re.findall(r"crf (\d+)", row.qualities[quality]) or [None]
        given = dict(zip(codec.encoder, codec.encoder[1:], strict=False)).get("-crf")
        assert given == named or "exact" in row.qualities[quality]


@pytest.mark.parametrize("name", CODECS)
def test_a_row_is_even_and_loops_as_its_codecs_do(name: str) -> None:
    row = FORMATS[name]
    assert row.even_size == any(codec.even for codec in CODECS[name].values())
    assert row.loops == any(codec.image for codec in CODECS[name].values())
