"""Moments: painting them one after the other gives the film again, at every tick, and nothing is stored twice."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from support.films import WHITE, Film, bars, evenly

from gdanim.output.changes import Moments

TICKS_PER_S = 100


def moments_of(film, **options):
    taker = Moments(film.reel, ticks_per_s=TICKS_PER_S, **options)
    taken = [taker.take(frame) for frame in film.frames()]
    return [moment for moment in taken if moment is not None] + taker.finish()


def painted(film, moments):
    """What the canvas shows in each tick, with the moments laid over it as players do."""
    canvas = np.zeros_like(film.pictures[0])
    shown = []
    for moment in moments:
        place = canvas[moment.box.slices]
        if moment.blends:
            place[...] = np.where(moment.sparse_pixels[..., 3:] == 255, moment.sparse_pixels, place)
        else:
            place[...] = moment.pixels
        shown += [canvas.copy()] * moment.ticks
    return shown


def planned(film):
    """The same from the pictures: in each tick, the first that ends after it."""
    ends = [round(TICKS_PER_S * end_s) for end_s in film.ends_s]
    shown = []
    for picture, end in zip(film.pictures, ends, strict=True):
        shown += [picture] * (end - len(shown))
    return shown


films = st.builds(
    lambda pictures, steps, margin: Film(
        pictures=pictures, ends_s=tuple(np.cumsum(steps[: len(pictures)]) / 1000), margin_px=margin
    ),
    hnp.arrays(
        np.uint8, st.tuples(st.integers(1, 6), st.just(5), st.just(7), st.just(4)), elements=st.sampled_from([0, 255])
    ),
    st.lists(st.integers(0, 40), min_size=6, max_size=6),
    st.integers(0, 3),
)


@given(films, st.sampled_from([1, 2]))
def test_painted_moments_are_the_film_in_every_tick(film, grid_px):
    shown = painted(film, moments_of(film, grid_px=grid_px))
    assert len(shown) == round(TICKS_PER_S * film.ends_s[-1])
    for one, other in zip(shown, planned(film), strict=True):
        assert np.array_equal(one, other)


@given(films)
def test_last_picture_is_left_on_the_canvas_however_short_it_is(film):
    canvas = np.zeros_like(film.pictures[0])
    for moment in moments_of(film):
        canvas[moment.box.slices] = moment.pixels
    assert np.array_equal(canvas, film.pictures[-1])


@given(films)
def test_boxes_begin_on_the_grid_and_every_moment_has_news(film):
    moments = moments_of(film, grid_px=2)
    for moment in moments:
        assert moment.box.x % 2 == moment.box.y % 2 == 0
        assert moment.changed.any()
    assert moments[0].changed.all()


def test_equal_pictures_are_one_moment():
    picture = bars(3)[1]
    film = Film(pictures=np.stack([picture] * 5), ends_s=evenly(5, hold_s=1.0))
    (moment,) = moments_of(film)
    assert moment.ticks == 150
    assert moment.blends
    assert (moment.pixels[0, 0, :3] == WHITE).all()
