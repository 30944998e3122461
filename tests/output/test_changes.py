"""Changes: painting them one after the other gives the film again, at every tick, and nothing is stored twice."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from support.films import WHITE, Film, bars, evenly

from gdanim.output.changes import Changes

TICKS_PER_S = 100


def changes_of(film, **options):
    changes = Changes(film.info, ticks_per_s=TICKS_PER_S, **options)
    found = []
    for frame in film.frames():
        found += [kept(ended) for ended in changes.take(frame)]
    return found + [kept(change) for change in changes.finish()]


def kept(change):
    """A change that stays as it is: the pixels of one are valid until the next."""
    return change._replace(pixels=change.pixels.copy())


def painted(film, changes):
    """What the canvas shows in each tick, with the changes laid over it as players do."""
    canvas = np.zeros_like(film.pictures[0])
    shown = []
    for change in changes:
        place = canvas[change.box.slices]
        if change.blends:
            place[...] = np.where(change.sparse_pixels[..., 3:] == 255, change.sparse_pixels, place)
        else:
            place[...] = change.pixels
        shown += [canvas.copy()] * change.ticks
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
def test_painted_changes_are_the_film_in_every_tick(film, grid_px):
    shown = painted(film, changes_of(film, grid_px=grid_px))
    assert len(shown) == round(TICKS_PER_S * film.ends_s[-1])
    for one, other in zip(shown, planned(film), strict=True):
        assert np.array_equal(one, other)


@given(films)
def test_last_picture_is_left_on_the_canvas_however_short_it_is(film):
    canvas = np.zeros_like(film.pictures[0])
    for change in changes_of(film):
        canvas[change.box.slices] = change.pixels
    assert np.array_equal(canvas, film.pictures[-1])


@given(films)
def test_boxes_begin_on_the_grid_and_every_change_has_news(film):
    changes = changes_of(film, grid_px=2)
    for change in changes:
        assert change.box.x % 2 == change.box.y % 2 == 0
        assert change.changed.any()
    assert changes[0].changed.all()


def test_equal_pictures_are_one_change():
    picture = bars(3)[1]
    film = Film(pictures=np.stack([picture] * 5), ends_s=evenly(5, hold_s=1.0))
    (change,) = changes_of(film)
    assert change.ticks == 150
    assert change.blends
    assert (change.pixels[0, 0, :3] == WHITE).all()
