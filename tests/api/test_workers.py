"""Calls work off the main thread, beside one another, and in forked and spawned workers."""

from __future__ import annotations

import io
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

import gdanim
from gdanim.drawing.lettering import Lettering

STYLES = ("light", "dark", "ggplot", "print")


def picture(style: str) -> bytes:
    """A small animation in a style."""
    stream = io.BytesIO()
    gdanim.animate("parabola", lr=0.1, iterations=2, size=(160, 120), style=style).save(stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def pictures() -> dict[str, bytes]:
    """One after another, in this process."""
    return {style: picture(style) for style in STYLES}


def test_another_style_leaves_nothing_behind(pictures: dict[str, bytes]) -> None:
    assert len(set(pictures.values())) == len(STYLES)
    assert picture(STYLES[0]) == pictures[STYLES[0]]


def test_threads_that_draw_at_once_do_not_disturb_each_other(pictures: dict[str, bytes]) -> None:
    asked = STYLES * 2
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(picture, asked)) == [pictures[style] for style in asked]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_draw_the_same(method: str, pictures: dict[str, bytes]) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip("needs fork, which Windows has not")
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(1, mp_context=context) as worker:
        assert worker.submit(picture, "dark").result() == pictures["dark"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, which Windows has not")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_worker_draws_that_was_forked_while_another_thread_drew(pictures: dict[str, bytes]) -> None:
    drawing, forked = threading.Event(), threading.Event()

    def draw() -> None:
        with gdanim.load_style("light").applied():
            drawing.set()
            forked.wait()

    thread = threading.Thread(target=draw)
    thread.start()
    drawing.wait()
    try:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as worker:
            assert worker.submit(picture, "dark").result() == pictures["dark"]
    finally:
        forked.set()
        thread.join()


def places_in_fonts() -> dict[str, str]:
    """Where this process stands in each font that it has open."""
    fonts = [link for link in Path("/proc/self/fd").iterdir() if link.exists() and link.resolve().suffix == ".ttf"]
    return {link.name: Path("/proc/self/fdinfo", link.name).read_text(encoding="ascii") for link in fonts}


@pytest.mark.skipif(not Path("/proc/self/fdinfo").is_dir(), reason="needs /proc, where Linux tells of open files")
@pytest.mark.parametrize("kind", ["lettered", "typeset"])
def test_a_forked_worker_does_not_read_on_in_the_fonts_of_its_parent(kind: str) -> None:
    # Both would find wrong letters.
    draw = DRAWN[kind]
    draw(0)
    draw(1)
    before = places_in_fonts()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as worker:
        worker.submit(draw, 0).result()
        worker.submit(draw, 2).result()
    assert before
    assert places_in_fonts() == before


@cache
def lettering() -> Lettering:
    """One that a forked worker has from its parent."""
    return Lettering(size_pt=31, dpi=100)


def lettered(part: int) -> None:
    """Letters from all over the font, others in each part."""
    lettering().image((("z0é≈→", "A!‰∂√Ω", "[Ñ§∞γ")[part], "#000000"))


def typeset(part: int) -> None:
    """A title whose signs stand all over the fonts."""
    function = ("sum(i, 1, 9, sqrt(i)*cos(x/i + tau))", "exp(-x)/2 + x**2", "log(x**2 + 3)")[part]
    gdanim.animate(function, iterations=1, size=(480, 360)).frame(0)


DRAWN = {"lettered": lettered, "typeset": typeset}
