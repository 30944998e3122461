"""One path, as forty programs write it; and thirty files that hold none, each refused in one line."""

from __future__ import annotations

import gzip
import io
import json
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.outputs import posix
from support.problems import formula

from gdanim.descent.recording.replay import read_trajectory
from gdanim.errors import UsageError
from gdanim.settings import Settings
from gdanim.tables import files
from gdanim.tables.files import opened
from gdanim.tables.table import MAX_COLUMNS

PLANE = formula("x**2 + 3*y**2", (-5, 5), (-5, 5))
POINTS = [(3.0, 2.0), (2.5, -1.0), (0.001, 0.5)]
PLAIN = "step,w0,w1\n0,3,2\n1,2.5,-1\n2,0.001,0.5\n"


def npz(**columns: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **columns)
    return buffer.getvalue()


def npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def rows(separator: str, header: str = "", *, comma: bool = False) -> str:
    lines = [separator.join(map(repr, (k, *point))) for k, point in enumerate(POINTS)]
    text = "\n".join(lines) + "\n"
    return header + (text.replace(".", ",") if comma else text)


RECORDS = [{"step": k, "x": list(point), "loss": PLANE.value(np.array(point)).item()} for k, point in enumerate(POINTS)]
STRUCTURED = np.array([(k, *point) for k, point in enumerate(POINTS)], dtype=[("k", int), ("x", float), ("y", float)])

READ: dict[str, tuple[str, bytes | str]] = {
    "synonyms": (".csv", PLAIN),
    "gzip": (".csv.gz", gzip.compress(PLAIN.encode())),
    "Excel, German": (".csv", rows(";", "Iteration;x;y\n", comma=True)),
    "Excel, sep=": (".csv", "sep=;\r\n" + rows(";", "Iteration;x;y\n").replace("\n", "\r\n")),
    "Excel, UTF-8 with a mark": (".csv", b"\xef\xbb\xbf" + PLAIN.encode()),
    "Excel, Unicode text": (".txt", rows("\t", "Epoch\tx\ty\n", comma=True).encode("utf-16")),
    "PowerShell": (".csv", PLAIN.encode("utf-16")),
    "UTF-16 without a mark": (".csv", PLAIN.encode("utf-16-le")),
    "Macintosh": (".csv", PLAIN.replace("\n", "\r")),
    "units in brackets": (".csv", "step,x [mm],y [mm]\n0,3,2\n1,2.5,-1\n2,0.001,0.5\n"),
    "numpy.savez without a name": (".npz", npz(arr_0=np.array(POINTS))),
    "Vega": (".json", json.dumps({"data": {"values": [{"x": x, "y": y} for x, y in POINTS]}})),
    "tabs": (".tsv", rows("\t", "iter\ttheta_1\ttheta_2\n")),
    "bars": (".csv", rows("|", "iter|theta_1|theta_2\n")),
    "R, write.csv": (".csv", '"","k","x1","x2"\n"1",0,3,2\n"2",1,2.5,-1\n"3",2,0.001,0.5\n'),
    "R, write.csv2": (".csv", '"";"k";"x1";"x2"\n"1";0;3;2\n"2";1;2,5;-1\n"3";2;0,001;0,5\n'),
    "R, write.table": (".txt", '"k" "x1" "x2"\n"1" 0 3 2\n"2" 1 2.5 -1\n"3" 2 0.001 0.5\n'),
    "MATLAB, save -ascii": (".txt", "   0.0e+00   3.0e+00   2.0e+00\n   1e0   2.5e0  -1e0\n   2e0   1e-3   5e-1\n"),
    "MATLAB, writematrix": (".csv", rows(",")),
    "Octave": (".dat", "# Created by Octave 9\n# name: a\n# type: matrix\n# rows: 3\n# columns: 3\n" + rows(" ")),
    "numpy.savetxt": (".txt", rows(" ", "# iteration x y\n")),
    "gnuplot": (".dat", "# a remark\n\n" + rows("  ")),
    "Fortran": (".dat", "  0  3.0D+00  2.0D+00\n  1  2.5D+00 -1.0D+00\n  2  1.0D-03  5.0D-01\n"),
    "pandas": (".csv", ",x,y\n0,3.0,2.0\n1,2.5,-1.0\n2,0.001,0.5\n"),
    "pandas, numbered columns": (".csv", ",0,1\n0,3.0,2.0\n1,2.5,-1.0\n2,0.001,0.5\n"),
    "TensorBoard": (".csv", "Wall time,Step,x,y\n1.5e9,0,3,2\n1.5e9,1,2.5,-1\n1.6e9,2,0.001,0.5\n"),
    "quoted": (".csv", '"step","w[0]","w[1]"\n"0","3","2"\n"1","2.5","-1"\n"2","0.001","0.5"\n'),
    "only points": (".csv", "x,y\n3,2\n2.5,-1\n0.001,0.5\n"),
    "separators at the ends": (".csv", PLAIN.replace("\n", ",\n")),
    "minus signs of print": (".csv", PLAIN.replace("-", "\N{MINUS SIGN}")),
    "JSON lines": (".jsonl", "".join(json.dumps(row) + "\n" for row in RECORDS)),
    "NDJSON": (".ndjson", "".join(json.dumps(row) + "\n" for row in RECORDS)),
    "JSON lines as .json": (".json", "".join(json.dumps(row) + "\n" for row in RECORDS)),
    "JSON records": (".json", json.dumps(RECORDS, indent=1)),
    "JSON columns": (".json", json.dumps({"x": POINTS, "lr": 0.1})),
    "JSON, x and y in an object": (
        ".json",
        json.dumps([{"step": k, "state": {"point": {"x": x, "y": y}}} for k, (x, y) in enumerate(POINTS)]),
    ),
    "JSON, columns in an object": (
        ".json",
        json.dumps({"lr": 0.1, "path": {"x": [3, 2.5, 0.001], "y": [2, -1, 0.5]}}),
    ),
    "pandas, read and written again": (".csv", "Unnamed: 0,x,y\n0,3.0,2.0\n1,2.5,-1.0\n2,0.001,0.5\n"),
    "a remark of as many words": (".txt", "% written by MATLAB\n" + rows("  ")),
    "texts of pandas": (
        ".npz",
        npz(x=np.array(POINTS), label=np.array(["a", "a", "a"], dtype=object), lr=np.array(0.1, dtype=object)),
    ),
    "JSON points": (".json", json.dumps(POINTS)),
    "pandas, to_json": (".json", '{"x":{"0":3,"1":2.5,"2":0.001},"y":{"0":2,"1":-1,"2":0.5}}'),
    "pandas, split": (".json", '{"columns":["x","y"],"index":[0,1,2],"data":[[3,2],[2.5,-1],[0.001,0.5]]}'),
    "npy": (".npy", npy(np.array(POINTS))),
    "npy of Fortran's order": (".npy", npy(np.asfortranarray(POINTS))),
    "structured npy": (".npy", npy(STRUCTURED)),
    "npz": (".npz", npz(xs=np.array(POINTS), lr=np.array(0.1), config=np.array([{}], dtype=object))),
    "npz of float16": (".npz", npz(w0=np.array([3, 2.5, 0.001]), w1=np.array([2, -1, 0.5], "f2"), step=np.arange(3))),
}


def read(suffix: str, content: bytes | str, folder: Path, **options: Any) -> Any:
    path = folder / f"mine{suffix}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_trajectory(str(path), PLANE, **options)


@pytest.mark.parametrize("name", READ)
def test_a_path_is_read_as_it_is_written(name: str, tmp_path: Path) -> None:
    found = read(*READ[name], tmp_path)
    assert found.trajectory.x[0].tolist() == [list(point) for point in POINTS]
    assert found.trajectory.k[0, :-1].tolist() == [0, 1, 2]


LONG = np.arange(18.0).reshape(9, 2)
COUNTED = np.column_stack([np.arange(9.0), LONG])
WIDE = {
    "two rows": (".npy", npy(np.ascontiguousarray(LONG.T))),
    "two rows, in Fortran's order": (".npy", npy(np.asfortranarray(LONG.T))),
    "three rows, the first of iterations": (".npy", npy(np.ascontiguousarray(COUNTED.T))),
    "an archive of two rows": (".npz", npz(path=np.ascontiguousarray(LONG.T))),
}


@pytest.mark.parametrize("name", WIDE)
def test_rows_of_coordinates_are_read_as_columns_and_it_is_said(name: str, tmp_path: Path) -> None:
    found = read(*WIDE[name], tmp_path)
    assert found.trajectory.x[0].tolist() == LONG.tolist()
    assert any("takes its rows as columns" in remark for remark in found.remarks)


def test_longer_rows_than_there_are_columns_of_any_table_are_turned_too(tmp_path: Path) -> None:
    points = np.arange(2.0 * MAX_COLUMNS + 2).reshape(-1, 2)
    for suffix, content in ((".npy", npy(points.T.copy())), (".npz", npz(x=points.T.copy()))):
        assert np.array_equal(read(suffix, content, tmp_path).trajectory.x[0], points)


@pytest.mark.parametrize("shape", [(2, 3), (2, 4), (1, 9), (5, 9)])
def test_an_array_that_may_be_meant_as_it_is_is_not_turned(shape: tuple[int, int], tmp_path: Path) -> None:
    try:
        remarks = read(".npy", npy(np.arange(shape[0] * shape[1]).reshape(shape)), tmp_path).remarks
    except UsageError as error:
        remarks = (str(error),)
    assert not any("rows as columns" in remark for remark in remarks)


@pytest.mark.parametrize("text", ["3\n1\n2\n\n", "3\n\n1\n  \n2\n", "x\n3\n\n1\n2\n\n\n"])
def test_empty_lines_are_no_rows_where_lines_hold_one_number_each(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text)
    found = read_trajectory(str(tmp_path / "a.csv"), formula("x**2")).trajectory
    assert found.x[0].tolist() == [[3], [1], [2]]


LOST = ["", "NA", "N/A", "null", "None", "NaN", "#NUM!", "1.#INF", "-1.#IND", "Inf", "-inf", "-nan(ind)"]


@pytest.mark.parametrize("word", LOST)
def test_a_lost_point_is_one_however_it_is_written(word: str, tmp_path: Path) -> None:
    found = read(".csv", f"step,x,y\n0,3,2\n1,{word},{word}\n", tmp_path).trajectory
    assert found.last.tolist() == [0]
    assert not np.isfinite(found.lost[0, :2]).any()


def test_a_lost_point_that_begins_its_line_is_no_comment(tmp_path: Path) -> None:
    found = read(".csv", "x,y\n3,2\n#DIV/0!,#NUM!\n#N/A,1\n", tmp_path).trajectory
    assert found.last.tolist() == [0]
    assert np.isnan(found.lost[0]).all()


def test_a_hostile_pickle_is_looked_at_and_not_run(tmp_path: Path) -> None:
    class Shell:
        def __reduce__(self) -> tuple[Any, ...]:
            return (open, (str(tmp_path / "made"), "w"))

    with pytest.raises(UsageError, match="label holds Python objects, which are never unpickled"):
        read(".npz", npz(x=np.array(POINTS), label=np.array([Shell()] * 3, dtype=object)), tmp_path)
    assert not (tmp_path / "made").exists()


REFUSED: dict[str, tuple[str, bytes | str, str]] = {
    "names that say nothing": (".csv", "a1,b2\n1,2\n", "It has a1, b2: say --columns x1=NAME,x2=NAME"),
    "one coordinate": (".csv", "step,w0,loss\n0,1,2\n", "there is no column x2"),
    "two pairs": (".csv", "w0,w1,theta_1,theta_2\n1,2,3,4\n", "x may be w0, w1, or theta_1, theta_2"),
    "three coordinates": (".csv", "x1,x2,x3\n1,2,3\n", "'x3' is a coordinate too many"),
    "columns without names": (".csv", "0.5,1.5,2.5,3.5\n1.5,2,3,4\n", "its 4 columns have no names"),
    "thousands": (".csv", "step;x;y\n0;1.234,5;2\n", "write it without marks between thousands"),
    "a word": (".csv", "step,x,y\n0,1,2\n1,left,2\n", "line 3: x 'left' is not a number"),
    "the first wrong row": (".csv", "step,x,y\n0,1,2\n0,1,2\n1,left,2\n", "line 3: iteration 0 follows 0"),
    "a separator too many": (
        ".csv",
        "a;x1;x2;\n1;2;\n1;2;\n",
        "line 2: has 3 cells, where the first line names 4 columns",
    ),
    "unlike rows": (".csv", "step,x,y\n0,1,2\n1,2\n", "line 3: has 2 cells"),
    "two logs in one": (".csv", "step,x,y\n0,1,2\n1,2,1\n0,3,3\n", "the runs are told apart in a column run"),
    "an open quote": (".csv", 'step,x,y\n0,"1,2\n', "is not CSV"),
    "nothing": (".csv", "", "is empty"),
    "a header alone": (".csv", "step,x,y\n", "has no rows"),
    "Excel": (".xlsx", b"PK\3\4", "is not an .npz"),
    "old Excel": (".xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook: save the sheet as CSV"),
    "MATLAB": (".mat", b"MATLAB 5.0 MAT-file, Platform", "writematrix"),
    "HDF5": (".h5", b"\x89HDF\r\n\x1a\n", "HDF5"),
    "Parquet": (".parquet", b"PAR1\x15\x04", "to_csv"),
    "a pickle": (".pkl", b"\x80\x04\x95", "a pickle, which is never loaded"),
    "SQLite": (".db", b"SQLite format 3\0", "export the table as CSV"),
    "R's own": (".rds", gzip.compress(b"X\n\0\0\0\3"), "write the table with write.csv"),
    "a picture": (".csv", b"\x89PNG\r\n\x1a\n", "is a picture"),
    "bzip2": (".csv", b"BZh91AY", "is packed by bzip2"),
    "a bomb": (".csv.gz", gzip.compress(b"x,y\n" + b"\n" * 9_000_000), "expands to more than 200 times"),
    "a damaged .gz": (".csv.gz", gzip.compress(PLAIN.encode())[:-9], "is not a .gz that can be read"),
    "a JSON text": (".json", '"hello"', "is no table"),
    "a JSON of settings": (".json", '{"lr": 0.1, "n": 3}', "holds an object of lr, n"),
    "half a JSON": (".json", '[{"x": 1', "is not JSON"),
    "a name spelt and spread": (
        ".jsonl",
        '{"p": {"x": 1}, "p.x": 2}',
        "'x in p' and 'p.x' would both be the column p.x",
    ),
    "deep": (".json", '[{"a": {"b": {"x": 1}}, "a.b": {"x": 2}}]', "'x in b in a' and 'x in a.b' would both be"),
    "a list and a name": (".jsonl", '{"w1": 2, "w": [1, 2]}', "'w1' and 'the list w' would both be the column w1"),
    "lists and a name": (".json", '{"w": [[1, 2], [3, 4]], "w2": [5, 6]}', "'the lists in w' and 'w2' would both be"),
    "two of a name": (".csv", "step,x,x\n0,1,2\n", "the column x is named twice"),
    "objects": (".npz", npz(x=np.array([{}, 1], dtype=object), y=np.arange(2)), "never unpickled"),
    "four axes": (".npy", npy(np.zeros((2, 2, 2, 2))), "has the shape (2, 2, 2, 2)"),
    "complex numbers": (".npz", npz(x=np.zeros(2, complex), y=np.zeros(2)), "neither numbers nor texts"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_holds_no_path_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    suffix, content, said = REFUSED[name]
    with pytest.raises(UsageError) as caught:
        read(suffix, content, tmp_path)
    message = str(caught.value)
    assert said in message
    assert message.startswith(f"mine{suffix}")
    assert len(message.splitlines()) == 1
    assert len(message) < 300


def test_columns_settle_what_names_leave_open(tmp_path: Path) -> None:
    content = "t,a1,b2,err\n0,3,2,5\n1,2.5,-1,4\n"
    found = read(".csv", content, tmp_path, columns={"x1": "a1", "x2": "b2", "f": "err"})
    assert found.trajectory.x[0].tolist() == [[3, 2], [2.5, -1]]
    assert found.trajectory.f[0].tolist() == [5, 4]
    with pytest.raises(UsageError, match=r"--columns x1=a12: it has t, a1, b2, err. Did you mean 'a1'\?"):
        read(".csv", content, tmp_path, columns={"x1": "a12", "x2": "b2"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("x1=a,x2=b,f=Loss", (("x1", "a"), ("x2", "b"), ("f", "Loss"))), ("x=a, y=b", (("x1", "a"), ("x2", "b"))),
        ("x1=2,x2=1", (("x1", "2"), ("x2", "1"))), ("x1=a, b,iteration=t", (("x1", "a, b"), ("iteration", "t"))),
        ("f=loss", (("f", "loss"),)),
    ],
)  # fmt: skip
def test_columns_are_typed_with_commas_between(typed: str, meant: tuple[tuple[str, str], ...]) -> None:
    assert Settings(function="rosenbrock", columns=typed).columns == meant


def test_what_is_guessed_and_what_is_ignored_is_said(tmp_path: Path) -> None:
    remarks = read(".csv", "epoch,w0,w1,loss,accuracy\n0,3,2,5,0.5\n", tmp_path).remarks
    assert remarks == (
        "mine.csv: takes epoch as iteration, w0 as x1, w1 as x2, loss as f",
        "mine.csv: ignores accuracy",
    )


@posix
def test_a_pipe_is_waited_for_until_a_program_writes_and_given_up_where_none_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pipe = Path("pipe")
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text(PLAIN))
    writer.start()
    assert read_trajectory(str(pipe), PLANE).trajectory.x[0].tolist() == [list(point) for point in POINTS]
    writer.join()
    monkeypatch.setattr(files, "PIPE_PATIENCE_S", 0.0)
    n_threads = threading.active_count()
    with pytest.raises(UsageError, match=r"Cannot read 'pipe': no program has written to this pipe for 0 s"):
        opened(pipe)
    assert threading.active_count() == n_threads
