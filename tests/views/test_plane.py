"""Pictures of planes: on that of both coordinates, a picture is the contour itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gdanim.descent.descend import descend
from gdanim.drawing.raster import Raster
from gdanim.rendering import draw
from gdanim.settings import Settings

SMALL = Settings(function="himmelblau", start=((0, 0), (-1, 2)), iterations=6, size=(240, 180))


def _pixels(settings: Settings) -> np.ndarray:
    descent = descend(settings)
    with descent.style.loaded.applied():
        return np.concatenate([frame.pixels.ravel() for frame in Raster(draw(descent)).frames()])


@pytest.mark.parametrize("view", ["contour", "panels", "surface"])
def test_the_plane_of_both_coordinates_is_the_picture_without_a_plane(view: str) -> None:
    plain = replace(SMALL, view=view)
    assert np.array_equal(_pixels(replace(plain, plane="x1,x2")), _pixels(plain))
