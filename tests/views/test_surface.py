"""The surface view: where things stand in space, what hides what, and that the picture composes like all others."""

from __future__ import annotations

import re
from contextlib import contextmanager
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.transforms import Bbox
from mpl_toolkits.mplot3d import proj3d
from PIL import Image
from support.commandline import crossed, spread
from support.extents import live, overlaps
from support.problems import check_against_redraw, composed, scene_of, solved

from gdanim.catalogue.registry import FUNCTIONS
from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import LIGHT, load_style
from gdanim.views.surface import view
from gdanim.views.surface.axes import SurfaceAxes
from gdanim.views.surface.box import SUPERSAMPLED, SurfaceBox, _reduced, sectors
from gdanim.views.surface.camera import CENTRE, DISTANCE, FLOOR, TOP, Camera, fit
from gdanim.views.surface.heightmap import LIFT, HeightMap, HeightScale
from gdanim.views.surface.paths import LiftedPaths, SurfaceTrack
from gdanim.views.surface.places import Following

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gdanim.descent.descend import Descent
    from gdanim.drawing.geometry import Polylines
    from gdanim.drawing.scene import Scene

OF_TWO = [name for name, row in FUNCTIONS.items() if len(row.bounds) == 2]

cameras = st.builds(Camera, elev=st.floats(1, 89), azim=st.floats(-360, 360), stretch=st.floats(1, 1.6))


@contextmanager
def surfaced(descent: Descent) -> Iterator[Scene]:
    with load_style(*descent.settings.style).applied():
        yield view.build(descent)


def axes_of(scene: Scene) -> SurfaceAxes:
    (found,) = scene.figure.axes
    assert isinstance(found, SurfaceAxes)
    return found


def heightmap_of(name: str, points: int = 61) -> HeightMap:
    objective = solved(name, iterations=0).objective
    (x0, x1), (y0, y1) = objective.bounds.tolist()
    return HeightMap.of(objective, ((x0, x1), (y0, y1)), points)


@given(cameras, st.lists(st.tuples(*[st.floats(-1, 1)] * 3), min_size=1, max_size=5))
def test_a_camera_projects_as_mplot3d_does(camera: Camera, places: list[tuple[float, float, float]]) -> None:
    points = np.array(places)
    tall = np.array([1.0, 1.0, camera.stretch])
    away = (camera.eye - CENTRE) * tall
    # Its own chain of 4×4 matrices: into the view of the camera, then the perspective of a focal length of 1.
    u, v, w = proj3d._view_axes(away, np.zeros(3), np.array([0.0, 0.0, 1.0]), 0)
    matrix = proj3d._persp_transformation(-DISTANCE, DISTANCE, 1) @ proj3d._view_transformation_uvw(u, v, w, away)
    x, y, _ = proj3d.proj_transform(*((points - CENTRE) * tall).T, matrix)
    # Without a unit: mplot3d measures at a distance of 1 from the eye, we at the centre of the box.
    np.testing.assert_allclose(camera.project(points), DISTANCE * np.stack([x, y], axis=-1), atol=1e-9)


@given(cameras, st.floats(100, 900), st.floats(100, 900))
def test_a_projection_fills_its_room_with_all_labels_in_it(camera: Camera, width: float, height: float) -> None:
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (FLOOR, TOP)], dtype=float)
    pad = np.full((8, 2), 7.0)
    low, high = np.array([3.0, 5.0]), np.array([3.0 + width, 5.0 + height])
    projection = fit(camera, [(camera.project(corners), -pad, 2 * pad)], low, high)
    left, right = projection.pixels(corners) - pad, projection.pixels(corners) + 2 * pad
    assert np.all(left.min(axis=0) >= low - 1e-6)
    assert np.all(right.max(axis=0) <= high + 1e-6)
    spare = (left.min(axis=0) - low) + (high - right.max(axis=0))
    assert spare.min() == pytest.approx(0, abs=1e-6)


@given(cameras, st.tuples(st.floats(-0.99, 0.99), st.floats(-0.99, 0.99)), st.integers(3, 12))
def test_cells_are_painted_from_the_far_end_of_every_line_of_sight(
    camera: Camera, place: tuple[float, float], points: int
) -> None:
    side = np.linspace(-1, 1, points)
    turn, painted = 0, np.full((points - 1, points - 1), -1)
    for rows, columns in sectors(side, camera.eye):
        at_rows, at_columns = (np.arange(points)[part] for part in (rows, columns))
        for row in pairwise(at_rows):
            for column in pairwise(at_columns):
                assert painted[min(row), min(column)] == -1  # each cell once
                painted[min(row), min(column)] = turn
                turn += 1
    assert turn == (points - 1) ** 2
    # Over the ground the line runs from a place to the foot of the eye.
    shares = np.linspace(0, 1, 400, endpoint=False)[:, np.newaxis]  # the foot may lie on a border of cells
    line = np.array(place) + shares * (camera.eye[:2] - np.array(place))
    line = line[np.all(np.abs(line) < 1, axis=1)]
    column, row = np.floor((line.T + 1) / 2 * (points - 1)).astype(int)
    assert np.all(np.diff(painted[row, column]) >= 0)


WALL = 0.06  # half as thick as the wall is


def walled(height: float) -> HeightMap:
    """Flat ground with a wall along x = 0."""
    side = np.linspace(-1, 1, 201)
    z = np.where(abs(side) <= WALL, height, 0.0) * np.ones((201, 1))
    return HeightMap(limits=((-1, 1), (-1, 1)), scale=HeightScale(low=0, high=1, bend=1e6), z=z)


@given(st.floats(10, 70), st.floats(0.1, 0.7), st.floats(0.1, 0.95))
def test_a_wall_hides_what_lies_in_its_shadow(elev: float, height: float, behind: float) -> None:
    eye = Camera(elev=elev, azim=0).eye
    # The line from (−behind, 0, 0) to the eye meets both faces of the wall at these heights.
    passes = [eye[2] * (behind + face) / (behind + eye[0]) for face in (-WALL, WALL)]
    assume(not passes[0] - 0.03 < height < passes[1] + 0.03)
    assert walled(height).hides(np.array([[-behind, 0.0, 0.0]]), eye)[0] == (height > passes[1])


@pytest.mark.parametrize("name", ["ellipse", "booth", "matyas"])
def test_nothing_hides_a_bowl_from_straight_above(name: str) -> None:
    heightmap = heightmap_of(name)
    x, y = np.meshgrid(heightmap.side, heightmap.side)
    points = np.stack([x, y, heightmap.z + LIFT], axis=-1).reshape(-1, 3)
    eye = Camera(elev=90, azim=0).eye
    assert not heightmap.hides(points, eye).any()
    # And all of the floor lies below it.
    assert heightmap.hides(np.array([[0.1, 0.3, FLOOR]]), eye).all()


@pytest.mark.parametrize("name", spread(OF_TWO, 11))
def test_a_path_never_sinks_into_the_surface(name: str) -> None:
    descent = solved(name, starts=5)
    (x0, x1), (y0, y1) = descent.objective.bounds.tolist()
    heightmap = HeightMap.of(descent.objective, ((x0, x1), (y0, y1)), 91)
    paths = LiftedPaths(heightmap, descent.trajectory.x, descent.trajectory.f)
    points, joined, _ = paths.joint
    assert np.all(np.abs(points[:, :2]) <= 1 + 1e-9)
    for share in np.linspace(0, 1, 5)[:, np.newaxis]:
        between = (points[:-1] + share * (points[1:] - points[:-1]))[joined[1:]]
        assert np.all(between[:, 2] >= heightmap.at(between[:, :2]))
    runs = np.arange(descent.trajectory.runs)
    for position in (0.0, 0.3, 1.0, 2.6):
        at = paths.at(runs, np.full(len(runs), position))
        inside = np.all(np.abs(at[:, :2]) <= 1, axis=1)
        assert np.all(at[inside, 2] >= heightmap.at(at[inside, :2]) + LIFT - 1e-12)


@example([0.0, 0.0, 5e-324])
@example([1e6, 1e6, 1e6 + 2e-9])
@example([1e300, 1e300, 1e300])
@given(st.lists(st.floats(-1e300, 1e300), min_size=3, max_size=40))
def test_heights_rise_with_the_function_and_their_numbers_are_true(values: list[float]) -> None:
    f = np.sort(np.array(values))
    scale = HeightScale.of(f)
    z = scale(f)
    assert np.all(np.diff(z) >= 0)
    assert z.min() >= 0
    assert z.max() <= TOP + 1e-12
    inner = np.linspace(0, TOP, 7)
    steepest = TOP / (scale.bend * np.log1p(1 / scale.bend) * scale.span)
    unsure = 4 * np.spacing(max(abs(scale.low), abs(scale.high), abs(f).max())) * steepest
    np.testing.assert_allclose(scale(scale.value(inner)), inner, atol=1e-9 * TOP + unsure)


@pytest.mark.parametrize("name", OF_TWO)
def test_half_of_the_area_is_not_squeezed_into_the_lowest_quarter(name: str) -> None:
    heightmap = heightmap_of(name)
    assert np.median(heightmap.z) >= TOP / 4
    assert heightmap.z.min() <= 0.25 * TOP


CASES: dict[str, dict[str, Any]] = {
    "one run": {},
    "rates, some diverge": {"lr": (0.01, 0.03, 0.1)},
    "in turn": {"starts": 4, "order": "in-turn"},
    "still": {"iterations": 0, "size": "333x251"},
    "smallest": {"size": "64x64", "readout": False},
    "dark and cut": {"style": "dark", "xlim": "0,5"},
    "all outside": {"xlim": "4,5", "ylim": "-5,-4"},
    "between iterations": {"tween": 3, "iterations": 3},
    "tails": {"trail": 2, "starts": 3},
    "swarm": {"starts": 120},
    "turning": {"turn": 50, "lr": (0.01, 0.1)},
    "turning in turn": {"turn": -400, "starts": 2, "order": "in-turn", "iterations": 2},
    "from above": {"camera": "90,-90"},
    "from the floor": {"camera": "0,-60"},
    "poles": {"function": "1/(x*y)", "start": "2,3"},
    "undefined": {"function": "log(x*y) + x + y", "start": "2,3"},
}


@pytest.mark.parametrize("case", CASES)
def test_composed_boxes_equal_a_full_redraw_in_relief(case: str) -> None:
    options = {"function": "himmelblau", "size": "240x180", "iterations": 3, **CASES[case]}
    with surfaced(solved(**options)) as scene:
        check_against_redraw(scene)


@pytest.mark.parametrize(("turn", "paintings"), [(0, 1), (30, 8)])
def test_a_surface_is_painted_once_unless_it_turns(turn: float, paintings: int) -> None:
    with (
        surfaced(solved("himmelblau", iterations=7, size="160x120", turn=turn)) as scene,
        patch.object(SurfaceBox, "_draw_surface", autospec=True, side_effect=SurfaceBox._draw_surface) as painted,
    ):
        assert len(list(Raster(scene).frames())) == 8
        assert painted.call_count == paintings


def test_a_turn_ends_where_it_was_asked_to() -> None:
    with surfaced(solved("himmelblau", iterations=4, turn=90, camera="30,10", size="160x120")) as scene:
        sides = []
        for frame in range(5):
            scene.update(frame)
            sides.append(axes_of(scene).projection.camera.azim)
        assert sides == pytest.approx([10, 32.5, 55, 77.5, 100])


@pytest.mark.parametrize("turn", [0, 80])
def test_the_spot_stands_on_the_surface(turn: float) -> None:
    descent = solved("himmelblau", iterations=5, size="320x240", turn=turn)
    (x0, x1), (y0, y1) = descent.objective.bounds.tolist()
    with surfaced(descent) as scene:
        for frame, picture in enumerate(composed(Raster(scene))):
            axes = axes_of(scene)
            x, y = descent.trajectory.x[0, frame]
            height = axes.heightmap.scale(descent.trajectory.f[0, frame])
            place = np.array([2 * (x - x0) / (x1 - x0) - 1, 2 * (y - y0) / (y1 - y0) - 1, height])
            left, bottom = axes.projection.pixels(place)
            spot = picture[int(picture.shape[0] - bottom), int(left), :3]
            assert (spot == np.round(np.multiply(to_rgb(LIGHT.trail), 255))).all()


def test_what_is_hidden_and_what_is_not_make_the_whole_path() -> None:
    descent = solved("himmelblau", starts=6, lr=0.01, size="320x240", camera="20,-60")
    runs = np.arange(6)
    since, until = np.zeros(6), descent.trajectory.last.astype(float)
    with surfaced(descent) as scene:
        axes = axes_of(scene)
        tracks = {mark.track for mark in axes.get_children() if isinstance(mark, view.SurfaceTrail)}
        (track,) = (track for track in tracks if not track.on_floor)
        assert isinstance(track, SurfaceTrack)
        seen = track.lines(runs, since, until, np.zeros((6, 2)), axes, axes.figure.dpi)
        hidden = track.parts(runs, since, until, axes, hidden=True)
        whole = axes.projection.pixels(track.paths.joint.points)
    both = [away_from(whole, lines) for lines in (seen, hidden)]
    # Places that crowd in half a pixel are left out.
    assert np.min(both, axis=0).max() < 0.5
    assert all((away > 3).any() for away in both)


def away_from(places: NDArray[np.float64], lines: Polylines) -> NDArray[np.float64]:
    """How far places (m, 2) are from the nearest of the lines, in pixels: (m,)."""
    ends = np.setdiff1d(np.arange(len(lines.points)), lines.begins)
    start, step = lines.points[ends - 1], lines.points[ends] - lines.points[ends - 1]
    to = places[:, np.newaxis] - start
    share = np.clip((to * step).sum(axis=-1) / np.maximum((step**2).sum(axis=-1), 1e-12), 0, 1)
    return np.linalg.norm(to - share[..., np.newaxis] * step, axis=-1).min(axis=1)


def boxes(scene: Scene) -> list[tuple[str, Bbox]]:
    """Every text of the picture, and where it stands."""
    found = [(text.get_text(), text.get_window_extent()) for text in (*scene.figure.texts, *axes_of(scene).texts)]
    for label, middle in axes_of(scene).labels() if not axes_of(scene).texts else ():
        half = np.array(label.size_px) / 2
        found.append((label.text, Bbox([middle - half, middle + half])))
    for mark in scene.marks:
        if isinstance(mark, Caption) and mark.moment and (extent := mark.touched()):
            found.append(("".join(text for text, _ in mark.pieces_at(mark.moment)), Bbox.from_extents(*extent)))
    return [(text, box) for text, box in found if text]


LAYOUTS: dict[str, dict[str, Any]] = {
    "a run": {"function": "rosenbrock"},
    "a race": {"function": "rosenbrock", "optimizer": ("gd", "momentum", "adam")},
    "lost runs": {"function": "himmelblau", "lr": (0.01, 0.03, 0.1)},
    "large numbers": {"function": "goldstein_price", "style": "dark"},
    "small numbers": {"function": "easom", "camera": "20,-90"},
    "turning": {"function": "branin", "turn": 300},
}


SIZES = ("240x180", "480x360", "640x480", "1920x1080", "1280x540", "405x720")


# Every layout in one of the sizes; in all of them in a campaign.
@pytest.mark.parametrize(("case", "size"), crossed(LAYOUTS, SIZES))
def test_no_text_in_relief_is_clipped_or_overlaps_another(case: str, size: str) -> None:
    width, height = map(int, size.split("x"))
    with surfaced(solved(**{"size": size, "iterations": 6, **LAYOUTS[case]})) as scene:
        last = scene.timeline.frames - 1
        for frame in range(last + 1) if "turn" in LAYOUTS[case] else (0, last // 2, last):
            scene.update(frame)
            shown = boxes(scene)
            if "turn" not in LAYOUTS[case]:
                assert {"x", "y", "f"} <= {text for text, _ in shown}
                assert len(shown) >= 9
            for text, box in shown:
                assert min(box.x0, box.y0, width - box.x1, height - box.y1) >= 0, (text, box)
            for (one, its), (other, others) in combinations(shown, 2):
                across = min(its.x1, others.x1) - max(its.x0, others.x0)
                assert across <= 0 or min(its.y1, others.y1) - max(its.y0, others.y0) <= 0, (one, other)


@pytest.mark.parametrize("size", ["640x480", "320x240"])
def test_labels_of_a_box_that_turns_cross_fade_and_never_jump(size: str) -> None:
    with surfaced(solved("branin", iterations=360, turn=360, size=size, readout=False)) as scene:
        axes, shown = axes_of(scene), []
        for degrees in range(361):
            axes.turn_by(degrees)
            labels = axes.turning_labels()
            shown.append((np.array([middle for _, middle, _ in labels]), np.array([each for *_, each in labels])))
    places, strengths = map(np.array, zip(*shown, strict=True))
    assert abs(np.diff(strengths, axis=0)).max() <= 0.35
    moved = np.linalg.norm(np.diff(places, axis=0), axis=-1)
    # At a degree from where an edge is replaced its labels have a twelfth of their strength.
    assert moved[np.maximum(strengths[1:], strengths[:-1]) > 1 / 12 + 1e-9].max() <= 12
    # Each name is seen at its full strength for most of the way around, and is away somewhere.
    assert (strengths[:, :3] == 1).mean(axis=0).min() >= 0.4
    assert (strengths[:, :3].min(axis=0) < 0.2).all()


def number(text: str) -> float:
    plain = text.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-"))
    digits, _, power = plain.rpartition("×10") if "⁰" <= text[-1] <= "⁹" or text[-1] in "¹²³" else (plain, "", "0")
    return float(digits or 1) * 10.0 ** int(power.removeprefix("10") or 0)


@pytest.mark.parametrize("name", ["rosenbrock", "goldstein_price", "himmelblau", "saddle", "griewank"])
def test_the_numbers_along_the_heights_are_those_of_the_function(name: str) -> None:
    with surfaced(solved(name, iterations=2)) as scene:
        axes = axes_of(scene)
        upright = [label for label, _ in axes.labels() if not label.is_name and label.at[2] > FLOOR]
        assert len(upright) >= 2
        for label in upright:
            assert label.at[2] == pytest.approx(float(axes.heightmap.scale(np.array(number(label.text)))), abs=1e-9)


def luminance(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    value: NDArray[np.float64] = picture[..., :3].astype(float) @ np.array([0.2126, 0.7152, 0.0722])
    return value


@pytest.mark.parametrize(
    ("name", "size"),
    crossed(["himmelblau", "rosenbrock", "easom", "branin"], ["640x480", "480x360", "1280x720", "600x600", "400x800"]),
)
def test_floor_and_relief_fill_seven_tenths_of_the_room_below_the_header(name: str, size: str) -> None:
    with surfaced(solved(name, iterations=1, size=size)) as scene:
        axes = axes_of(scene)
        heightmap, floor = axes.heightmap, [[x, y, FLOOR] for x in (-1, 1) for y in (-1, 1)]
        x, y = np.meshgrid(heightmap.side, heightmap.side)
        relief = np.stack([x, y, heightmap.z], axis=-1).reshape(-1, 3)
        places = axes.projection.pixels(np.concatenate([floor, relief]))
        assert np.prod(np.ptp(places, axis=0)) >= 0.7 * axes.bbox.width * axes.bbox.height
        assert (places.min(axis=0) >= axes.bbox.min).all()
        assert (places.max(axis=0) <= axes.bbox.max).all()


@pytest.mark.parametrize("style", ["light", "dark", "print"])
def test_undersides_are_darker_than_tops(style: str) -> None:
    # A steep slope away from the viewer at the front: what is seen of it is its underside.
    descent = solved("y^2 + 0.001*x", iterations=0, start="0,0", size="640x480", camera="15,-90", style=style)
    with surfaced(descent) as scene:
        (picture,) = composed(Raster(scene))
        projection, heightmap = axes_of(scene).projection, axes_of(scene).heightmap

        def at(y: float) -> float:
            left, bottom = projection.pixels(np.array([0.31, y, float(heightmap.at(np.array([0.31, y])))])).astype(int)
            return float(np.median(luminance(picture[480 - bottom - 3 : 480 - bottom + 2, left - 2 : left + 3])))

        assert at(-0.9) < 0.8 * at(0.9)


def test_the_light_comes_from_the_upper_left() -> None:
    # A cone: of two places on its sides, the one towards the lamp is the brighter.
    with surfaced(solved("-hypot(x, y)", iterations=0, size="640x480", camera="40,-90", cmap="gray")) as scene:
        raster = Raster(scene)
        (picture,) = composed(raster)
        place = axes_of(scene).projection.pixels

        def at(x: float, y: float) -> float:
            height = float(axes_of(scene).heightmap.at(np.array([x, y])))
            left, bottom = place(np.array([x, y, height])).astype(int)
            return float(luminance(picture[480 - bottom - 3 : 480 - bottom + 2, left - 2 : left + 3]).mean())

        assert at(-0.5, 0.0) > at(0.5, 0.0) + 20


def test_in_a_wide_picture_the_words_stand_beside_a_box_that_is_as_high_as_the_picture() -> None:
    race = {"function": "himmelblau", "view": "surface", "optimizer": ("gd", "momentum", "adam"), "iterations": 3}
    with scene_of(solved(size="1280x540", **race)) as scene:
        axes = scene.figure.axes[0]
        assert axes.bbox.height > 0.9 * 540
        assert max(text.get_window_extent().x1 for text in scene.figure.texts) < axes.bbox.x0
    with scene_of(solved(size="1000x540", **race)) as scene:
        assert scene.figure.axes[0].bbox.height < 0.8 * 540


def test_a_large_surface_is_reduced_in_bands_as_it_is_at_once() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (SUPERSAMPLED * 300, SUPERSAMPLED * 5, 4), np.uint8)
    assert np.array_equal(_reduced(pixels), np.asarray(Image.fromarray(pixels).reduce(SUPERSAMPLED)))


@pytest.mark.parametrize("turn", [90, -200])
def test_around_a_box_that_turns_names_and_tallies_follow_their_places_and_keep_clear_of_each_other(
    turn: float,
) -> None:
    with surfaced(solved("himmelblau", starts=8, iterations=40, turn=turn, size="640x480")) as scene:
        words = [mark for mark in scene.marks if isinstance(mark, Following)]
        offsets = []
        for frame in range(0, scene.timeline.frames, 8):
            scene.update(frame)
            boxes = [Bbox.from_extents(*box) for word in words if (box := word.touched())]
            assert overlaps([(str(place), box) for place, box in enumerate(boxes)]) == []
            assert all(axes_of(scene).bbox.padded(1).count_contains(box.get_points()) == 2 for box in boxes)
            offsets.append([np.subtract(word.at, axes_of(scene).projection.pixels(word.place)) for word in words])
        assert np.ptp(offsets, axis=0).max() < 1e-9
        shown = [said for said in live(scene, scene.timeline.frames - 1) if re.fullmatch(r"\d of 8", said)]
        assert len(shown) >= 2
        first = live(scene, 0)
        assert {"start", "minimum"} <= {*first}


def test_a_surface_that_stands_still_names_a_minimum_that_is_seen() -> None:
    with surfaced(solved("himmelblau", iterations=3, size="640x480")) as scene:
        assert {"start", "minimum"} <= {*live(scene, 0)}
