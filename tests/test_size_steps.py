"""Samples of a film: they show what the whole shows, as fast, and tell its size."""

from __future__ import annotations

import numpy as np
import pytest
from support.problems import solved

from gdanim.max_size.steps import LONG_FILM, LONGER, PASSAGES, SHORT, is_long, sample, whole_bytes

FILMS = [{}, {"rewind": True}, {"starts": 3, "order": "in-turn"}, {"tween": 2}, {"every": 1, "hold": 3}]


@pytest.mark.parametrize("options", FILMS)
@pytest.mark.parametrize("length", [SHORT, LONGER])
def test_a_sample_is_passages_of_the_film_its_first_and_its_last_frame_among_them(
    length: int, options: dict[str, object]
) -> None:
    whole = solved(iterations=300, **options).timeline
    part = sample(solved(iterations=300, **options), length).timeline
    gap = (whole.frames - length) / (PASSAGES - 1)
    frames = [round(gap * passage) + step for passage in range(PASSAGES) for step in range(length)]
    assert (frames[0], frames[-1]) == (0, whole.frames - 1)
    for here, there in enumerate(frames):
        np.testing.assert_equal(part.moment(here), whole.moment(there))
    lasting_s = [end - begin for begin, end in zip([0, *whole.end_s], whole.end_s, strict=False)]
    assert np.diff(part.end_s, prepend=0) == pytest.approx([lasting_s[frame] for frame in frames])
    assert part.tick[: part.forward].tolist() == [whole.tick[frame] for frame in frames if frame < whole.forward]


def test_a_still_takes_what_its_samples_take() -> None:
    assert whole_bytes(5_000, 5_000, 1_000) == 5_000


def test_samples_are_much_shorter_than_what_is_long() -> None:
    assert not is_long(solved(iterations=LONG_FILM - 1))
    assert is_long(solved(iterations=LONG_FILM))
    assert 3 * PASSAGES * (SHORT + LONGER) <= LONG_FILM
