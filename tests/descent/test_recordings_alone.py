"""FUNCTION -: recorded runs without their function, in one, two and many dimensions."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray
from support.commandline import run
from support.problems import solved

from gdanim.descent.alt_text import alt_text
from gdanim.descent.plane import axes
from gdanim.descent.plane.looked_at import looked_at
from gdanim.descent.recording import dense
from gdanim.descent.verdicts import Outcome
from gdanim.errors import DomainError, UsageError
from gdanim.reproduce import check
from gdanim.tables import points

if TYPE_CHECKING:
    from pathlib import Path

Array = NDArray[np.float64]
SMALL = ("--size", "160x120")


def walk(rows: int = 12, dim: int = 5, seed: int = 0) -> Array:
    """A path that drifts, of so many points."""
    random = np.random.default_rng(seed)
    return np.cumsum(random.normal(size=(rows, dim)) + 0.5, axis=0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a recorded run of five variables in a.npz, and its f in b.npz."""
    monkeypatch.chdir(tmp_path)
    np.savez("a.npz", x=walk()[np.newaxis])
    np.savez("b.npz", x=walk(seed=1)[np.newaxis].astype(np.float32), f=np.linspace(9, 1, 12), iteration=range(0, 60, 5))
    return tmp_path


def test_points_lie_on_the_plane_of_their_two_largest_singular_values(folder: Path) -> None:
    descent = solved("-", trajectory=("a.npz", "b.npz"))
    seen = looked_at(descent)
    both = np.concatenate([walk(), walk(seed=1).astype(np.float32)])
    _, _, ways = np.linalg.svd(both - both.mean(axis=0), full_matrices=False)
    expected = ((both - both[11]) @ ways[:2].T).reshape(2, 12, 2)
    signs = np.sign(expected[0, 0] * seen.trajectory.x[0, 0])
    assert seen.trajectory.x * signs == pytest.approx(expected, abs=1e-9)


def test_heights_and_iterations_are_those_of_the_file_and_else_nothing(folder: Path) -> None:
    alone, known = (solved("-", trajectory=(name,)).trajectory for name in ("a.npz", "b.npz"))
    assert np.isnan(alone.f).all()
    assert np.array_equal(known.f[0], np.linspace(9, 1, 12))
    assert known.k[0].tolist() == [*range(0, 60, 5), 56]
    assert not known.has_slopes.any()


def test_nothing_is_said_of_what_became_of_a_run_unless_it_was_lost(folder: Path) -> None:
    x = walk()[np.newaxis]
    x[0, 7, 2] = np.nan
    np.savez("lost.npz", x=x)
    descent = solved("-", trajectory=("a.npz", "lost.npz"))
    assert [verdict.outcome for verdict in descent.verdict] == [Outcome.RECORDED, Outcome.LOST]
    assert descent.trajectory.last.tolist() == [11, 6]


@pytest.mark.parametrize(
    ("head", "dim"),
    [
        ("x,f", 1),
        ("x,y,loss", 2),
        ("step,w,b,loss", 2),
        ("x,y,z", 3),
        ("x1,x2,x3,x4,f", 4),
        ("w0,w1,w2,w3,w4,loss,lr", 5),
    ],
)
def test_the_names_of_columns_tell_how_many_variables_there_are(folder: Path, head: str, dim: int) -> None:
    rows = np.arange(3.0)[:, np.newaxis] * np.ones(head.count(",") + 1)
    (folder / "t.csv").write_text("\n".join([head, *(",".join(f"{cell:g}" for cell in row) for row in rows)]))
    assert solved("-", trajectory=("t.csv",)).objective.dim == dim


def test_columns_without_known_names_are_named_by_a_person(folder: Path) -> None:
    (folder / "t.csv").write_text("left,right,score\n1,2,3\n2,3,4\n")
    with pytest.raises(UsageError, match="It has left, right, score: say --columns x1=NAME,x2=NAME,f=NAME"):
        solved("-", trajectory=("t.csv",))
    named = solved("-", trajectory=("t.csv",), columns={"x1": "left", "x2": "right", "f": "score"})
    assert named.trajectory.x.tolist() == [[[1, 2], [2, 3]]]
    assert named.trajectory.f.tolist() == [[3, 4]]


@pytest.mark.parametrize("kind", ["<f2", ">f4", "<f8", "<i2"])
@pytest.mark.parametrize("suffix", ["npz", "npy"])
def test_arrays_of_any_type_of_numbers_are_read(folder: Path, kind: str, suffix: str) -> None:
    x = (8 * walk()).astype(kind)
    np.save("t.npy", x) if suffix == "npy" else np.savez_compressed("t.npz", x=x[np.newaxis])
    assert np.array_equal(solved("-", trajectory=(f"t.{suffix}",)).trajectory.x[0], x)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((), "--trajectory"),
        (("--trajectory", "a.npz", "--lr", "0.1"), "--lr needs a function"),
        (("--trajectory", "a.npz", "-O", "adam"), "--optimizer needs a function"),
        (("--trajectory", "a.npz", "--start", "1"), "--start needs a function"),
        (("--trajectory", "a.npz", "--starts", "3"), "--starts needs a function"),
        (("--trajectory", "a.npz", "--dim", "5"), "--dim needs a function"),
        (("--trajectory", "a.npz", "-p", "a=1"), "--param needs a function"),
        (("--trajectory", "a.npz", "--basins"), "--basins needs a function"),
        (("--trajectory", "a.npz", "--explain"), "--explain needs a function"),
        (("--trajectory", "a.npz", "--view", "panels"), "curve or contour"),
        (("--trajectory", "a.npz", "--view", "surface"), "curve or contour"),
        (("--trajectory", "a.npz", "--view", "curve"), "this one has 5 variables"),
        (("--trajectory", "a.npz", "--arrows", "gradient"), "has step"),
        (("--trajectory", "a.npz", "--inset", "minimum"), "say which part"),
        (("--trajectory", "a.npz", "--trajectory", "t.csv"), "1 coordinate, those of a.npz 5"),
        (("--trajectory", "t.csv"), "add a column f"),
        (("--trajectory", "a.npz", "--plane", "x1,x9"), "x1,x5"),
    ],
)
def test_what_needs_a_function_is_refused_in_one_line(folder: Path, given: tuple[str, ...], says: str) -> None:
    (folder / "t.csv").write_text("x\n1\n2\n")
    found = run("-", *given)
    assert (found.code, found.out) == (2, b"")
    assert says in found.err
    assert found.err.count("\n") == 1


def test_a_file_carries_its_points_to_the_last_bit(folder: Path) -> None:
    first = run("-", "--trajectory", "adam=a.npz", "--trajectory", "sgd=b.npz", "-o", "a.gif", *SMALL)
    assert first.code == 0
    assert run("--preset", "a.gif", "-o", "b.gif").code == 0
    assert (folder / "a.gif").read_bytes() == (folder / "b.gif").read_bytes()
    assert check("a.gif").line == "a.gif: the same trajectory, to the last bit"


def test_exported_runs_are_read_again_whether_f_is_known_or_not(folder: Path) -> None:
    for name in ("a.npz", "b.npz"):
        assert run("-", "--trajectory", name, "-o", "a.gif", "--data", "t.csv", *SMALL).code == 0
        again, first = (solved("-", trajectory=(file,)).trajectory for file in ("t.csv", name))
        assert np.array_equal(again.x, first.x)
        assert np.array_equal(again.f, first.f, equal_nan=True)


def test_words_for_programs_and_for_those_who_do_not_see(folder: Path) -> None:
    listed = json.loads(run("-", "--trajectory", "a.npz", "-o", "a.gif", "--json", *SMALL).out)
    assert [one["f"] for one in listed["runs"]] == [None]
    assert listed["runs"][0]["outcome"] == "recorded"
    told = run("-", "--trajectory", "b.npz", "-o", "a.gif", "--alt-text", *SMALL).out.decode()
    assert told.startswith("A recorded run of 5 variables from (")
    assert told.endswith(", f = 1.\n")
    np.savez("c.npz", x=walk(seed=2)[np.newaxis], f=np.linspace(9, 2, 12))
    for other, lowest in (("a", ""), ("c", " The lowest is b, f = 1.")):
        told = alt_text(solved("-", trajectory=("b=b.npz", f"{other}={other}.npz")))
        assert told.endswith(f"drawn as paths on plain ground.{lowest}")
    assert 'function = "-"\ntrajectory = "a.npz"\n' in run("-", "--trajectory", "a.npz", "--dry-run").out.decode()


def test_a_large_array_is_projected_in_less_memory_than_it_has(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(axes, "AT_ONCE", 1 << 16)
    monkeypatch.setattr(dense, "WHOLE", 1 << 16)
    x = np.outer(np.linspace(1, 0, 60), np.random.default_rng(0).normal(size=100_000)).astype(np.float32)
    np.savez("large.npz", x=x)
    size, expected = x.nbytes, float(np.linalg.norm(x[0] - x[-1]))
    del x
    tracemalloc.start()
    try:
        seen = looked_at(solved("-", trajectory=("large.npz",)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < size
    assert abs(seen.trajectory.x[0, 0, 0]) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"x": np.zeros((2, 0, 5))}, "x is 2 × 0 × 5"),
        ({"x": np.zeros((2, 3, 4)), "iteration": [0, 2, 1]}, "iteration does not rise"),
        ({"x": np.full((3, 4), np.nan)}, "row 0: a run begins with a row that is not finite"),
        ({"x": np.asfortranarray(np.zeros((2, 3, 4)))}, "Fortran's order"),
        ({"x": np.zeros((3, 4), complex)}, "no numbers"),
        ({"y": np.zeros((2, 3, 4))}, "no column is known to be a coordinate"),
    ],
)
def test_arrays_that_are_no_points_are_refused(folder: Path, arrays: dict[str, Any], says: str) -> None:
    np.savez("t.npz", **arrays)
    with pytest.raises((UsageError, DomainError), match=says):
        solved("-", trajectory=("t.npz",))


def test_what_is_packed_and_large_is_refused_in_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "MOST_PACKED", 100)
    np.savez_compressed("packed.npz", x=walk()[np.newaxis])
    found = run("-", "--trajectory", "packed.npz")
    assert found.code == 2
    assert b"save it unpacked, with numpy.savez" in found.err.encode()
    assert found.err.count("\n") == 1
