"""Recorded runs on plain ground: colours tell f, and composed frames are redrawn ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.problems import check_against_redraw, composed, scene_of, solved

from gdanim.drawing.raster import Raster
from gdanim.views.ground.inks import luminance

if TYPE_CHECKING:
    from pathlib import Path

CASES: dict[str, dict[str, Any]] = {
    "one run": {"trajectory": ("line.csv",)},
    "several": {"trajectory": ("a=many.npz", "b=line5.npz"), "trail": 4},
    "one after another": {"trajectory": ("a=many.npz", "b=line5.npz"), "order": "in-turn", "every": 5},
    "between iterations": {"trajectory": ("many.npz",), "tween": 3, "every": 9},
    "dark, an own map, steps": {"trajectory": ("many.npz",), "style": ("dark",), "cmap": "magma", "arrows": "step"},
    "one variable": {"trajectory": ("one.csv",)},
    "panels": {"trajectory": ("a=many.npz", "b=line5.npz"), "facet": "optimizer", "size": "320x240"},
}


@pytest.fixture(scope="module", autouse=True)
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A straight level path of 13 points on which f rises, and paths of one and of five variables."""
    folder = tmp_path_factory.mktemp("recordings")
    rows = [f"{k},0,{k}" for k in range(13)]
    (folder / "line.csv").write_text("\n".join(["x,y,f", *rows]))
    (folder / "one.csv").write_text("\n".join(["x,f", *(f"{k},{k * k}" for k in range(9))]))
    walk = np.cumsum(np.random.default_rng(0).normal(size=(3, 13, 5)), axis=1)
    np.savez(folder / "many.npz", x=walk[:2], f=np.linspace(1, 99, 26))
    np.savez(folder / "line5.npz", x=walk[2:], f=np.linspace(3, 1, 13))
    return folder


@pytest.mark.parametrize("case", CASES)
def test_composed_boxes_equal_a_full_redraw(recordings: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    monkeypatch.chdir(recordings)
    with scene_of(solved("-", **{"size": "240x180", **CASES[case]})) as scene:
        check_against_redraw(scene)


@pytest.mark.parametrize("style", ["light", "dark"])
def test_a_path_is_the_farther_from_the_page_the_lower_f_is(
    recordings: Path, monkeypatch: pytest.MonkeyPatch, style: str
) -> None:
    monkeypatch.chdir(recordings)
    with scene_of(solved("-", trajectory=("line.csv",), style=(style,), verdict=False)) as scene:
        axes = scene.figure.axes[0]
        *_, last = composed(Raster(scene))
        middles = axes.transData.transform([(k + 0.5, 0.0) for k in range(1, 11)])
        page = luminance(last[5, 5, :3] / 255)
        row = last.shape[0] - 1 - np.round(middles[:, 1]).astype(int)
        inks = luminance(last[row, np.round(middles[:, 0]).astype(int), :3] / 255)
    contrast = (np.maximum(inks, page) + 0.05) / (np.minimum(inks, page) + 0.05)
    assert (np.diff(contrast) < 0).all()
    assert contrast.min() > 3
