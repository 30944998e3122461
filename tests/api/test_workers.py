"""Calls work off the main thread, beside one another, and in forked and spawned workers."""

from __future__ import annotations

import io
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

import gdanim

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
