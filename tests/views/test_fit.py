"""The view of a fit: the marks against the model by hand, boxes against a full redraw, and every writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.commandline import run
from support.extents import readable
from support.fits import drawn, table
from support.problems import composed, redrawn, scene_of, solved

from gdanim.descent.plane.looked_at import looked_at
from gdanim.descent.runs import stream_of
from gdanim.drawing.marks.batches import BatchMinima, BatchRings
from gdanim.drawing.marks.fitted import ModelCurves, Predictions, Residuals
from gdanim.drawing.raster import Raster
from gdanim.optimizers.minibatches import MiniBatch, rows_of_step
from gdanim.output.filmstrip.strip import choose_frames
from gdanim.views.fit.data import finite_lines, straightened

if TYPE_CHECKING:
    from pathlib import Path

    from gdanim.drawing.scene import Scene

    Table = dict[str, Any]

SMALL: dict[str, Any] = {"iterations": 5, "size": "320x240"}


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, str]:
    """Tables of one column, of two and classes, and of three with and without classes."""
    kinds = {"one": (1, False), "plane": (2, True), "three": (3, False), "classes": (3, True)}
    return {name: table(tmp_path / f"{name}.csv", *drawn(30, k, classes=c)) for name, (k, c) in kinds.items()}


CASES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a line": ("a*x1 + b", "one", {}),
    "a line through 0": ("a*x1", "one", {}),
    "rates": ("a*x1 + b", "one", {"lr": (0.05, 0.4, 1.3)}),
    "explained": ("a*x1 + b", "one", {"explain": True}),
    "batches": ("a*x1 + b", "one", {"batch": "4"}),
    "single rows": ("a*x1 + b", "one", {"batch": "1", "style": "dark"}),
    "batches on a curve": ("a*x1", "one", {"batch": "4"}),
    "batches in a plane": ("sigmoid(a*x1 + b*x2)", "plane", {"batch": "5"}),
    "in turn": ("a*x1 + b", "one", {"starts": 3, "order": "in-turn"}),
    "a border": ("sigmoid(a*x1 + b*x2)", "plane", {"style": "dark"}),
    "predicted": ("a*(x1 + x3) + b*x2", "three", {"optimizer": ("gd", "adam")}),
    "room for all": ("a*x1 + b", "one", {"size": "640x480", "lr": (0.1, 0.3)}),
    "tall": ("a*x1 + b", "one", {"size": "240x426"}),
    "smallest": ("a*x1 + b", "one", {"size": "64x64"}),
    "still": ("a*x1 + b", "one", {"iterations": 0}),
    "many: a cubic": ("poly:degree=3", "one", {"lr": (0.02, 0.05)}),
    "many: a model that bends": ("a*exp(b*x1) + c", "one", {"style": "dark"}),
    "many: predicted": ("linear", "three", {"optimizer": ("gd", "adam"), "size": "640x480"}),
    "many: probabilities": ("logistic", "classes", {"batch": "4", "plane": "w1,w3"}),
    "many: a border": ("logistic", "plane", {"style": "print", "plane": "ends"}),
    "many: batches": ("poly:degree=2", "one", {"batch": "5"}),
    "many: single rows": ("linear", "three", {"batch": "1", "size": "480x360"}),
    "many: in turn": ("poly:degree=2", "one", {"starts": 3, "order": "in-turn"}),
    "many: explained": ("linear", "three", {"explain": True, "size": "480x360"}),
    "many: a curve explained": ("poly:degree=3", "one", {"explain": True, "batch": "6"}),
    "many: rates": ("linear", "three", {"lr": (0.05, 0.1), "facet": "lr"}),
}


@pytest.mark.parametrize("case", CASES)
def test_composed_boxes_equal_a_full_redraw(case: str, tables: dict[str, str]) -> None:
    text, points, options = CASES[case]
    with scene_of(solved(text, points=tables[points], **SMALL | options)) as scene:
        checked = {scene.timeline.frames // 2, scene.timeline.frames - 1}
        kept = {i: picture.copy() for i, picture in enumerate(composed(Raster(scene))) if i in checked}
        for i, picture in kept.items():
            assert np.array_equal(picture, redrawn(scene, i)), f"frame {i}"


def mark(scene: Scene, kind: type[Any]) -> Any:
    return next(one for one in scene.marks if type(one) is kind)


def test_the_line_of_a_run_is_that_of_its_coordinates(tables: dict[str, str]) -> None:
    descent = solved("a*x1 + b", points=tables["one"], tween=2, **SMALL)
    with scene_of(descent) as scene:
        scene.update(6)  # three iterations
        curves = mark(scene, ModelCurves)
        ((_, starts, now),) = curves._lines(curves.moment)  # pixels that draw() paints
        for lines, row in ((starts, 0), (now, 3)):
            x, y = curves.plane.transData.inverted().transform(lines.points).T
            a, b = descent.trajectory.x[0, row]
            np.testing.assert_allclose(y, a * x + b, atol=1e-9)
            assert (x.min(), x.max()) == pytest.approx(curves.plane.get_xlim())


def test_residuals_go_from_each_point_to_what_the_model_says(tables: dict[str, str]) -> None:
    descent = solved("a*x1 + b", points=tables["one"], explain=True, **SMALL)
    x, y = drawn(30, 1)
    with scene_of(descent) as scene:
        scene.update(2)
        residuals = mark(scene, Residuals)
        ends = residuals.plane.transData.inverted().transform(residuals.lines(residuals.moment).points)
    a, b = descent.trajectory.x[0, 2]
    np.testing.assert_allclose(ends[0::2], np.column_stack([x, y]), atol=1e-9)
    np.testing.assert_allclose(ends[1::2], np.column_stack([x[:, 0], a * x[:, 0] + b]), atol=1e-9)


def test_where_predictions_stand_over_observations_residuals_end_on_the_line(tables: dict[str, str]) -> None:
    descent = solved("linear", points=tables["three"], explain=True, **SMALL)
    x, y = drawn(30, 3)
    with scene_of(descent) as scene:
        scene.update(3)
        residuals = mark(scene, Residuals)
        ends = residuals.plane.transData.inverted().transform(residuals.lines(residuals.moment).points)
    w = descent.trajectory.x[0, 3]
    np.testing.assert_allclose(ends[0::2], np.column_stack([y, y]), atol=1e-9)
    np.testing.assert_allclose(ends[1::2], np.column_stack([y, w[0] + x @ w[1:]]), atol=1e-9)


def test_the_border_is_where_both_classes_are_as_likely(tables: dict[str, str]) -> None:
    descent = solved("sigmoid(a*x1 + b*x2 - 0.3)", points=tables["plane"], **SMALL)
    with scene_of(descent) as scene:
        scene.update(4)
        curves = mark(scene, ModelCurves)
        ((_, _, now),) = curves._lines(curves.moment)
        x1, x2 = curves.plane.transData.inverted().transform(now.points).T
    a, b = descent.trajectory.x[0, 4]
    assert len(now.points) == 2  # a straight line, from edge to edge
    np.testing.assert_allclose(a * x1 + b * x2, 0.3, atol=1e-9)


@pytest.mark.parametrize("frame", [0, 3, 5])
def test_the_rows_of_the_next_step_are_ringed_at_the_end_of_the_last(tables: dict[str, str], frame: int) -> None:
    descent = solved("a*x1 + b", points=tables["one"], batch="4", **SMALL)
    x, y = drawn(30, 1)
    with scene_of(descent) as scene:
        scene.update(frame)
        rings = mark(scene, BatchRings)
        seen = rings.plane.transData.inverted().transform(rings.centres(rings.moment))
    rows = rows_of_step(MiniBatch(4, 30), 0, stream_of(descent.trajectory.x[0, 0]), min(frame, 4))
    np.testing.assert_allclose(seen, np.column_stack([x, y])[rows], atol=1e-9)


def test_the_minimum_of_a_batch_is_marked_and_a_line_where_its_minima_are_one(tables: dict[str, str]) -> None:
    x, y = drawn(30, 1)
    for size in ("5", "1"):
        descent = solved("a*x1 + b", points=tables["one"], batch=size, xlim=(-9, 9), ylim=(-9, 9), **SMALL)
        with scene_of(descent) as scene:
            scene.update(2)
            minima = mark(scene, BatchMinima)
            paths = [minima.plane.transData.inverted().transform(path) for path in minima.paths()]
        rows = rows_of_step(MiniBatch(int(size), 30), 0, stream_of(descent.trajectory.x[0, 0]), 2)
        design = np.column_stack([x[rows], np.ones(len(rows))])
        if size == "5":
            best = np.linalg.lstsq(design, y[rows], rcond=None)[0]
            for path in paths:
                np.testing.assert_allclose(path.mean(axis=0), best, atol=1e-9)
        else:
            (line,) = paths
            np.testing.assert_allclose(line @ design[0], y[rows[0]], atol=1e-6)


def test_in_many_coordinates_a_curve_is_that_of_all_and_the_loss_that_of_the_plane(tables: dict[str, str]) -> None:
    descent = solved("poly:degree=3", points=tables["one"], **SMALL)
    x, y = drawn(30, 1)
    powers = np.vander(x[:, 0], 4, increasing=True)
    with scene_of(descent) as scene:
        scene.update(5)
        curves = mark(scene, ModelCurves)
        ((_, _, now),) = curves._lines(curves.moment)
        u, v = curves.plane.transData.inverted().transform(now.points).T
    w = descent.trajectory.x[0, 5]
    np.testing.assert_allclose(v, np.polyval(w[::-1], u), atol=1e-6)
    assert descent.plane is not None
    flat, spot = looked_at(descent), np.array([[0.3, -0.2], [-1.0, 0.4]])
    there = descent.plane.axes.origin + spot @ descent.plane.axes.directions
    np.testing.assert_allclose(flat.objective.value(spot), ((there @ powers.T - y) ** 2).mean(axis=1), rtol=1e-10)


def test_of_a_batch_on_a_plane_its_least_there_is_marked(tables: dict[str, str]) -> None:
    x, y = drawn(30, 3)
    design = np.column_stack([np.ones(30), x])
    descent = solved("linear", points=tables["three"], batch="5", **SMALL)
    assert descent.plane is not None
    origin, along, *_ = descent.plane.axes
    with scene_of(descent) as scene:
        scene.update(2)
        minima = mark(scene, BatchMinima)
        paths = [minima.plane.transData.inverted().transform(path) for path in minima.paths()]
    rows = rows_of_step(MiniBatch(5, 30), 0, stream_of(descent.trajectory.x[0, 0]), 2)
    best = np.linalg.lstsq(design[rows] @ along.T, y[rows] - design[rows] @ origin, rcond=None)[0]
    for path in paths:
        np.testing.assert_allclose(path.mean(axis=0), best, atol=1e-8)


def test_rows_of_a_class_stand_side_by_side_above_its_name(tables: dict[str, str]) -> None:
    descent = solved("logistic", points=tables["classes"], **SMALL | {"size": "640x480"})
    x, y = drawn(30, 3, classes=True)
    with scene_of(descent) as scene:
        scene.update(5)
        predictions = mark(scene, Predictions)
        _, (_, pixels) = predictions._dots(predictions.moment)
        beside, p = predictions.plane.transData.inverted().transform(pixels).T
        assert [text.get_text() for text in predictions.plane.get_xticklabels()] == ["0", "1"]
    w = descent.trajectory.x[0, 5]
    np.testing.assert_allclose(p, 1 / (1 + np.exp(-w[0] - x @ w[1:])), atol=1e-6)
    assert np.array_equal(np.round(beside), y)
    assert len(set(beside.tolist())) == 30


def test_predictions_stand_over_what_was_observed(tables: dict[str, str]) -> None:
    descent = solved("a*(x1 + x3) + b*x2", points=tables["three"], **SMALL)
    x, y = drawn(30, 3)
    with scene_of(descent) as scene:
        scene.update(5)
        predictions = mark(scene, Predictions)
        _, (_, pixels) = predictions._dots(predictions.moment)
        seen = predictions.plane.transData.inverted().transform(pixels)
    a, b = descent.trajectory.x[0, 5]
    np.testing.assert_allclose(seen, np.column_stack([y, a * (x[:, 0] + x[:, 2]) + b * x[:, 1]]), atol=1e-9)


def test_the_axes_say_what_they_show(tables: dict[str, str]) -> None:
    for text, points, options, expected in (
        ("a*x1 + b", "one", {"standardize": True}, ("x1, standardized", "y")),
        ("sigmoid(a*x1 + b*x2)", "plane", {}, ("x1", "x2")),
        ("a*x1 + b*x2", "three", {}, ("y, observed", "y, predicted")),
    ):
        with scene_of(solved(text, points=tables[points], **SMALL | {"size": "640x480"}, **options)) as scene:
            data, loss, over_time = scene.figure.axes
            assert (data.get_xlabel(), data.get_ylabel()) == expected
            assert (loss.get_xlabel(), loss.get_ylabel()) == ("$a$", "$b$")
            assert (over_time.get_xlabel(), "loss" in over_time.get_ylabel()) == ("Iteration", True)


def test_more_points_than_can_be_told_apart_are_thinned_and_counted(tmp_path: Path) -> None:
    points = table(tmp_path / "t.csv", *drawn(5000, 1))
    with scene_of(solved("a*x1 + b", points=points, **SMALL | {"size": "640x480"})) as scene:
        assert "1,667 of 5,000 rows" in [text for text, _ in readable(scene)]


def test_models_have_this_view_unless_another_is_asked_for(tables: dict[str, str]) -> None:
    assert solved("a*x1 + b", points=tables["one"], **SMALL).view.name == "fit"
    assert solved("a*x1 + b", points=tables["one"], view="surface", **SMALL).view.name == "surface"


def test_a_formula_without_data_does_not_have_it(in_tmp_path: Path) -> None:
    ran = run("parabola", "--view", "fit", "-o", "a.gif")
    assert (ran.code, ran.lines) == (
        2,
        ["gdanim: --view 'fit': draws a model beside its data: add --points FILE, or choose another view"],
    )


@pytest.mark.parametrize("suffix", [".svg", ".html", ".webp", ".pdf", ".png"])
def test_every_writer_writes_it(in_tmp_path: Path, suffix: str) -> None:
    form = ("-f", "filmstrip", "--frames", "2", "--size", "700x260") if suffix == ".pdf" else ("--size", "320x240")
    assert run("linear", "-n", "2", *form, "-q", "-o", f"a{suffix}").code == 0
    assert (in_tmp_path / f"a{suffix}").stat().st_size > 1000


@pytest.mark.parametrize("points", ["one", "three", "classes"])
def test_a_filmstrip_ends_where_the_paths_do(in_tmp_path: Path, tables: dict[str, str], points: str) -> None:
    model = "logistic" if points == "classes" else "linear"
    with scene_of(solved(model, points=tables[points], iterations=40, lr=0.5, size="320x240")) as scene:
        first, middle, last = choose_frames(scene, 3)
    assert (first, last) == (0, 40)
    assert 0 < middle < 30
    form = ("-f", "filmstrip", "--frames", "2", "--size", "700x260")
    assert run(model, "--points", tables[points], "-n", "3", *form, "-q", "-o", "a.pdf").code == 0


def test_a_line_that_is_straight_is_drawn_by_its_ends_and_one_that_breaks_in_parts() -> None:
    x = np.linspace(-1, 2, 50)
    line = np.column_stack([x, 1e6 * x - 3])
    assert np.array_equal(straightened(line), line[[0, -1]])
    bent = np.column_stack([x, x**2])
    assert straightened(bent) is bent
    with np.errstate(all="ignore"):
        broken = np.column_stack([x, np.log(x)])
    (part,) = finite_lines(broken)
    assert part[:, 0].min() > 0
    assert len(part) == (x > 0).sum()
