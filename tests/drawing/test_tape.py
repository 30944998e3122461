"""What a tape plays is what a raster draws: the same frames, and the same boxes of a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np
from support.problems import scene_of, solved

from gdanim.drawing.painting import tape
from gdanim.drawing.painting.tape import Tape
from gdanim.drawing.raster import Raster
from gdanim.drawing.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gdanim.drawing.frame import Frame

FILM = {"lr": (0.1, 0.95), "iterations": 30, "size": "160x120"}
DRAWN = patch.object(Scene, "update", autospec=True, side_effect=Scene.update)


def told(frames: Iterable[Frame]) -> list[tuple[object, ...]]:
    """All that frames say."""
    return [(frame.index, frame.end_s, frame.box, frame.pixels.tobytes()) for frame in frames]


def test_the_sample_and_the_frames_are_those_of_the_raster_and_drawn_once() -> None:
    with scene_of(solved("parabola", **FILM)) as scene:
        raster = Raster(scene)
        expected = told(raster.sample()), told(raster.frames())
        with DRAWN as drawn:
            kept = Tape(raster)
            assert (told(kept.sample()), told(kept.frames())) == expected
            assert told(kept.sample()) == expected[0]
        assert drawn.call_count == scene.timeline.frames


def test_pieces_hold_all_that_is_new() -> None:
    with scene_of(solved("parabola", **FILM)) as scene:
        kept = Tape(Raster(scene))
        assert len(list(kept.sample())) < scene.timeline.frames
        canvas = np.zeros((120, 160, 4), np.uint8)
        for frame, drawn in zip(kept.frames(), Raster(scene).frames(), strict=True):
            for box, pixels in frame.pieces:
                canvas[box.slices] = pixels
            assert np.array_equal(canvas[drawn.box.slices], drawn.pixels)


def test_what_would_take_much_memory_is_drawn_again() -> None:
    with scene_of(solved("parabola", **FILM)) as scene:
        raster = Raster(scene)
        expected = told(raster.sample()), told(raster.frames())
        for name in ("MOST_FRAMES", "MOST_PIXELS", "MOST_KEPT"):
            with patch.object(tape, name, 1), DRAWN as drawn:
                again = Tape(raster)
                assert (told(again.sample()), told(again.frames())) == expected
            assert drawn.call_count > scene.timeline.frames
