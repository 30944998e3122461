"""Whatever --trajectory is given ends in a trajectory or in one line that says where it went wrong."""

from __future__ import annotations

import io
import os
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.problems import formula

from gdanim.descent.recording import rows
from gdanim.descent.recording.file_types import check_data_path
from gdanim.descent.recording.replay import read_trajectory
from gdanim.errors import UsageError
from gdanim.rendering import write_data
from gdanim.tables.files import check_readable

PLANE = formula("x**2 + 3*y**2", (-5, 5), (-5, 5))
LINE = formula("x**2")
HEAD = "iteration,x1\n"


def refusal(content: bytes, suffix: str) -> str:
    """The line about a file with this content, over a function of one variable."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mine" + suffix)
        path.write_bytes(content)
        with pytest.raises(UsageError) as caught:
            read_trajectory(str(path), LINE)
    message = str(caught.value)
    assert message.startswith("mine" + suffix)
    assert len(message.splitlines()) == 1
    assert len(message) < 300
    return message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        (HEAD, "no rows"),
        (HEAD + "\n\n", "no rows"),
        ("iteration,f\n0,1\n", "no column x1: mine takes one coordinate. It has iteration, f: say --columns x1=NAME"),
        ("iteration,x1,x2\n0,1,2\n", "'x2' is a coordinate too many, mine takes one coordinate"),
        ("iteration,x,y\n0,1,2\n", "if it is the value, say --columns f=y"),
        ("iteration,x1,X1 \n0,1,2\n", "x1 is named twice"),
        ("iteration,x1,x\n0,1,2\n", "x may be x1, or x"),
        ("iteration,x1,f,f\n0,1,2,3\n", "f is named twice"),
        ('# as "they wrote\n0,abc\n1,abd\n', "'abc' is not a number"),
        (HEAD + "0,1\n1\n", "line 3: has 1 cells, where the first line names 2"),
        (HEAD + "0,1\n1,2,3\n", "line 3: has 3 cells"),
        (HEAD + "0,abc\n", "line 2: x1 'abc' is not a number"),
        (HEAD + "0,1\n\n1,1_000\n", "line 4: x1 '1_000' is not a number"),
        (HEAD + "0,٣\n", "line 2: x1 '٣' is not a number"),
        (HEAD + "0,1e400\n", "line 2: x1 '1e400' is larger than float64 can hold"),
        (HEAD + "0,1,5\n", "line 2: has 3 cells"),
        (HEAD + f"0,{'9' * 5000}\n", "is larger than float64 can hold"),
        (HEAD + f"0,{'9' * 90_000}a\n", "is not a number"),  # in time in proportion: squared, it would take minutes
        (HEAD + "0,\n", "line 2: f(x) = x**2 has no finite value and slope at the start nan"),
        (HEAD + ",1\n", "line 2: iteration is empty"),
        (HEAD + "nan,1\n", "line 2: iteration nan is not a whole number"),
        (HEAD + "inf,1\n", "line 2: iteration inf is not a whole number"),
        (HEAD + "-1,1\n", "line 2: iteration -1 is not a whole number of 0 or more"),
        (HEAD + "0.5,1\n", "line 2: iteration 0.5 is not a whole number"),
        (HEAD + "1e300,1\n", "line 2: iteration 1e+300 is not a whole number"),
        (HEAD + f"{10**400},1\n", "is larger than float64 can hold"),
        (HEAD + "0,1\n10,2\n9,3\n", "line 4: iteration 9 follows 10: they rise in a run"),
        (HEAD + "0,1\n1,2\n0,3\n", "line 4: iteration 0 follows 1"),
        (HEAD + "0,1\n0,1\n", "line 3: iteration 0 follows 0"),
        ("run,iteration,x\na,5,1\nb,0,1\na,2,1\nb,9,1\n", "line 4: iteration 2 follows 5"),
        ("iteration,x,lr\n0,1,fast\n", "line 2: lr 'fast' is not a number"),
        ("iteration,x,f\n0,1,?\n", "line 2: f '?' is not a number"),
        ('iteration,x,label\n0,1,"a\nb"\n', "line 3: label 'a\\nb': give a text of one line"),
        (f"iteration,x,run\n0,1,{'r' * 1001}\n", "line 2: run 'rrr"),
        (HEAD + '0,"1\n', "is not CSV"),
        (HEAD + '0,"1"2\n', "line 2: is not CSV"),
        (HEAD + "0,1\0\n", "line 2: holds a NUL"),
        (HEAD + "0," + " " * 10_000_000 + "1\n", "line 2: has more than 100,000 characters"),
    ],
)
def test_csv_is_refused_by_the_line(text: str, said: str) -> None:
    assert said in refusal(text.encode(), ".csv")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\n\xb5\1\n", "line 2: is not UTF-8"),
        (b"\x89PNG\r\n\x1a\n", "is a picture"),
    ],
    ids=["control character", "PNG"],
)
def test_what_is_no_text_is_refused(content: bytes, said: str) -> None:
    for suffix in (".csv", ".jsonl"):
        assert said in refusal(content, suffix)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no rows"),
        ("[1, 2]", "line 1: is not a JSON object"),
        ("3", "line 1: is not a JSON object"),
        ("{", "line 1: is not a JSON object"),
        ('{"iteration": 0, "x1": 1} {}', "line 1: is not a JSON object"),
        ("[" * 50_000, "line 1: is not a JSON object"),
        ('{"iteration": 0, "x1": ' + "9" * 5000 + "}", "line 1: is not a JSON object"),
        ("{}", "there is no column x1"),
        ('{"iteration": 0, "x1": 1, "x1": 2}', "line 1: the column x1 is named twice"),
        ('{"iteration": 0, "x1": 1, "x2": 2}', "'x2' is a coordinate too many"),
        ('{"iteration": 0, "x1": null}', "line 1: f(x) = x**2 has no finite value"),
        ('{"iteration": true, "x1": 1}', "line 1: iteration True is not a number"),
        ('{"iteration": 0, "x1": [[1, 2]]}', "line 1: x1 [[1, 2]] is not a number"),
        ('{"iteration": 0, "x1": {"a": 1}}', "It has iteration, x1.a"),
        ('{"iteration": 0, "x1": 1e400}', "is larger than float64 can hold"),
        ('{"iteration": 0, "x1": ' + "9" * 400 + "}", "is larger than float64 can hold"),
        ('{"iteration": NaN, "x1": 1}', "line 1: iteration nan is not a whole number"),
        ('{"iteration": 0, "x1": 1, "run": [[1, 2]]}', "line 1: run [[1, 2]]: give a text of one line"),
        ('{"iteration": 0, "x1": 1, "run": 0.5}', "line 1: run 0.5: give a text of one line"),
        ('{"iteration": 0, "x1": 1, "label": "\\ud800"}', "give a text of one line"),
        ('{"iteration": 0, "x1": 1}\n\n{"iteration": 0, "x1": 1}', "line 3: iteration 0 follows 0"),
    ],
)
def test_json_lines_are_refused_by_the_line(text: str, said: str) -> None:
    assert said in refusal(text.encode(), ".jsonl")


def npz(**columns: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **columns)
    return buffer.getvalue()


def packed(kind: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, content in members.items():
            archive.writestr(name + ".npy", content)
    return buffer.getvalue()


def array(header: str, content: bytes = b"") -> bytes:
    return b"\x93NUMPY\1\0" + len(header).to_bytes(2, "little") + header.encode() + content


def claims(rows: int, kind: str = "<f8") -> bytes:
    return array(f"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({rows},), }}")


STEP = np.arange(3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not an .npz"),
        (b"PK\3\4 and no more", "is not an .npz"),
        (HEAD.encode(), "is not an .npz"),
        (packed(), "no column x1: mine takes one coordinate. It has no columns"),
        (npz(iteration=STEP, x=STEP[:0]), "its columns have different lengths: x 0, iteration 3"),
        (npz(iteration=STEP[:0], x=STEP[:0]), "no rows"),
        (npz(iteration=STEP, x=np.zeros((3, 2))), "'x2' is a coordinate too many"),
        (npz(iteration=np.array(0), x=np.array(1.0)), "has no rows"),
        (
            npz(iteration=STEP, x=np.array([{}, 1, "a"], dtype=object)),
            "x holds Python objects, which are never unpickled",
        ),
        (npz(iteration=STEP, x=STEP * 1j), "x holds '<c16', which are neither numbers nor texts"),
        (npz(iteration=STEP, x=STEP > 1), "x holds '|b1', which are neither numbers nor texts"),
        (npz(iteration=STEP, x=STEP, x1=STEP), "x may be x1, or x"),
        (npz(iteration=STEP, x1=STEP, x2=STEP), "'x2' is a coordinate too many"),
        (npz(iteration=STEP, x=["1", "2", "abc"]), "row 2: x 'abc' is not a number"),
        (npz(iteration=STEP + 0.5, x=STEP), "row 0: iteration 0.5 is not a whole number"),
        (npz(iteration=-STEP, x=STEP), "row 1: iteration -1 is not a whole number"),
        (npz(iteration=STEP * np.nan, x=STEP), "row 0: iteration nan is not a whole number"),
        (npz(iteration=STEP // 2, x=STEP), "row 1: iteration 0 follows 0"),
        (npz(iteration=STEP, x=STEP, run=["a", "a", "b" * 1001]), "texts of more than 1,000 characters"),
        (npz(iteration=STEP, x=STEP, run=["a", "a", "a\n"]), "row 2: run 'a\\n': give a text of one line"),
        (npz(iteration=STEP, x=STEP, run=STEP * np.nan), "row 0: run nan: give a text of one line"),
        (packed(iteration=claims(10**12), x=claims(10**12)), "1,000,000,000,000 rows; at most 20,000,000"),
        (packed(iteration=claims(9), x=claims(9)), "is not an .npz that can be read: it is cut short"),
        (packed(iteration=claims(9), x=b"hello"), "something else than arrays"),
        (packed(iteration=claims(9), x=array("__import__('os')")), "the header of an array is damaged"),
        (packed(iteration=claims(1), x=claims(1, "<f3")), "x holds '<f3', which are neither numbers nor texts"),
        (packed(iteration=claims(1, "<U1") + b"\xff" * 4, x=claims(1) + bytes(8)), "is not an .npz that can be read"),
        (packed(zipfile.ZIP_BZIP2, iteration=claims(1), x=claims(1)), "not compressed as numpy does"),
    ],
)
def test_npz_is_refused_by_the_row(content: bytes, said: str) -> None:
    assert said in refusal(content, ".npz")


def test_an_array_that_unpacks_to_more_than_it_claims_is_read_as_far_as_it_claims(tmp_path: Path) -> None:
    bomb = packed(iteration=claims(1, "<i8") + bytes(10_000_000), x=claims(1) + bytes(10_000_000))
    assert len(bomb) < 100_000
    (tmp_path / "t.npz").write_bytes(bomb)
    assert read_trajectory(str(tmp_path / "t.npz"), LINE)[0].iterations == 0


def test_more_rows_than_can_be_drawn_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_RECORDED", 3)
    assert "the 3 that can be replayed" in refusal((HEAD + "0,1\n1,1\n2,1\n3,1\n").encode(), ".csv")


def test_runs_of_unlike_lengths_count_as_the_longest_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand runs of one row beside one of a million rows would be a table of a thousand million."""
    monkeypatch.setattr(rows, "MAX_RECORDED", 5)
    text = "run,iteration,x\na,0,1\na,1,1\na,2,1\nb,0,1\n"
    assert "2 runs of up to 3 rows are more than the 5" in refusal(text.encode(), ".csv")


def exported(suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, path = Path(folder, "s.csv"), Path(folder, "t" + suffix)
        source.write_text("run,iteration,x1,x2,lr\na,0,1,2,.1\nb,0,3,4,.1\na,1,.5,1,.2\nb,1,nan,1,.2\n")
        write_data(str(path), *read_trajectory(str(source), PLANE)[:2])
        return path.read_bytes()


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".npz"])
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_in_one_line(suffix: str, data: st.DataObject) -> None:
    content = bytearray(exported(suffix))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t" + suffix)
        path.write_bytes(content)
        try:
            found, *_ = read_trajectory(str(path), PLANE)
        except UsageError as error:
            said = str(error)
        else:
            said = "x is finite" if np.isfinite(found.x).all() else ""
    assert len(said.splitlines()) == 1


# --- paths -----------------------------------------------------------------------------------------------------------


def refused_path(path: str) -> str:
    with pytest.raises(UsageError) as caught:
        check_readable(path, "--trajectory")
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_paths_that_cannot_be_read_are_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    assert "No such file" in refused_path(str(tmp_path / "t.csv"))
    assert "it is a folder" in refused_path(str(tmp_path / "folder.csv"))
    assert "Cannot read" in refused_path("a\0b.csv")
    assert "Cannot read" in refused_path("a" * 5000 + ".csv")
    assert "it is a folder" in refused_path("")


def test_standard_input_that_is_closed_or_a_terminal_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert "closed" in refused_path("-")
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    assert "terminal" in refused_path("-")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of POSIX")
def test_a_pipe_needs_no_suffix(tmp_path: Path) -> None:
    import threading

    pipe = tmp_path / "63"
    os.mkfifo(pipe)
    check_readable(str(pipe), "--trajectory")
    writer = threading.Thread(target=lambda: pipe.write_text(HEAD + "0,4\n1,2\n"))
    writer.start()
    found, *_ = read_trajectory(str(pipe), LINE)
    writer.join()
    np.testing.assert_array_equal(found.x[..., 0], [[4, 2]])


def test_a_file_that_vanishes_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Cannot read .*No such file"):
        read_trajectory(str(tmp_path / "gone.csv"), LINE)


def test_data_takes_the_three_suffixes_in_any_case() -> None:
    for path in ("t.csv", "T.JSONL", "a/b.npz"):
        check_data_path(path)
    for path in ("t.txt", "-", "", "csv", ".csv"):
        with pytest.raises(UsageError, match=r"\.csv, \.jsonl, \.npz"):
            check_data_path(path)
