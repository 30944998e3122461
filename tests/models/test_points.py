"""Which columns of a table a model reads, and the one line for each that it cannot be fitted to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from support.commandline import run
from support.fits import model

from gdanim.errors import UsageError
from gdanim.models import points

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "x,y\n1,2\n2,3\n3,5\n"


def written(folder: Path, text: str | bytes, name: str = "t.csv") -> str:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_names_that_are_columns_are_data_and_all_others_vary_in_order_of_appearance(tmp_path: Path) -> None:
    found = model("slope*size + b + k*size", written(tmp_path, "size,price\n1,2\n2,3\n"), param={"k": 2.0})
    assert found.expression.variables == ("slope", "b")
    assert found.expression.data == ("size",)
    assert found.points.target == "price"
    assert found.points.x.tolist() == [[1.0, 2.0]]
    assert found.points.y.tolist() == [2.0, 3.0]


@pytest.mark.parametrize(
    ("text", "asked", "target"),
    [
        ("y,x\n1,2\n2,3\n", None, "y"),
        ("x,z\n1,2\n2,3\n", None, "z"),
        ("x,z,y\n1,2,0\n2,3,1\n", "z", "z"),
        ("x,Price (k€)\n1,2\n2,3\n", "Price (k€)", "Price_k"),
    ],
)
def test_the_target_is_the_one_asked_for_or_y_or_the_last(
    tmp_path: Path, text: str, asked: str | None, target: str
) -> None:
    assert model("a*x + b", written(tmp_path, text), target=asked).points.target == target


def test_columns_without_names_are_x_and_y(tmp_path: Path) -> None:
    assert model("linear", written(tmp_path, "1 2\n2 3\n4 4\n", "t.txt")).points.names == ("x",)
    assert model("linear", written(tmp_path, "1 2 3\n2 3 5\n4 4 1\n", "u.txt")).points.names == ("x1", "x2")


def test_the_second_word_in_sorted_order_is_1(tmp_path: Path) -> None:
    points = model("logistic", written(tmp_path, "x,kind\n1,yes\n2,no\n3,yes\n")).points
    assert points.classes == ("no", "yes")
    assert points.y.tolist() == [1.0, 0.0, 1.0]


def test_a_sigmoid_has_the_logistic_loss_unless_another_is_asked_for(tmp_path: Path) -> None:
    points = written(tmp_path, "x,y\n1,0\n2,1\n3,1\n")
    assert model("sigmoid(a*x + b)", points).loss == "log"
    assert model("sigmoid(a*x + b)", points, loss="mse").loss == "mse"
    assert model("a*x + b", points).loss == "mse"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", b"x;y\n1,5;2\n2,5;3\n"),
        ("t.tsv", b"x\ty\n1.5\t2\n2.5\t3\n"),
        ("t.jsonl", b'{"x": 1.5, "y": 2}\n{"x": 2.5, "y": 3}\n'),
        ("t.json", b'[{"x": 1.5, "y": 2}, {"x": 2.5, "y": 3}]'),
    ],
)
def test_a_table_may_be_written_in_any_of_the_usual_ways(tmp_path: Path, name: str, content: bytes) -> None:
    points = model("a*x + b", written(tmp_path, content, name)).points
    assert (points.x.tolist(), points.y.tolist()) == ([[1.5, 2.5]], [2.0, 3.0])


def test_an_archive_of_arrays_is_a_table_too(tmp_path: Path) -> None:
    np.savez(tmp_path / "t.npz", x=np.array([1.5, 2.5]), y=np.array([2.0, 3.0]))
    assert model("a*x + b", str(tmp_path / "t.npz")).points.x.tolist() == [[1.5, 2.5]]


# A table, and a part of what is said about it.
MALFORMED: tuple[tuple[str | bytes, str], ...] = (
    ("", "empty"),
    ("\n\n", "empty"),
    ("x,y\n", "no rows"),
    ("x,y\n1,2\n", "one row"),
    ("x\n1\n2\n", "no column|No column|target"),
    ("y\n1\n2\n", "column"),
    ("x,y\n1,2\n,3\n4,5\n", "line 3: x is missing"),
    ("x,y\n1,2\n2,\n4,5\n", "line 3: y is missing"),
    ("x,y\n1,2\nNA,3\n4,5\n", "line 3: x is missing"),
    ("x,y\n1,2\nnan,3\n4,5\n", "line 3: x is nan"),
    ("x,y\n1,2\ninf,3\n4,5\n", "line 3: x is inf"),
    ("x,y\n1,2\n3,-inf\n4,5\n", "line 3: y is -inf"),
    ("x,y\n1,2\nblue,3\n4,5\n", "line 3: x 'blue' is not a number"),
    ("x,y\n1,2\n3,blue\n4,5\n", "line 3: y 'blue' is not a number"),
    ("x,y\n1,2\n3\n4,5\n", "line 3"),
    ("x,y\n1,2\n3,4,5\n4,5\n", "line 3"),
    ("x,y\n3,2\n3,3\n3,5\n", "x is 3 in every row"),
    ("x,x,y\n1,1,2\n2,2,3\n", "several columns|twice"),
    ("size,price\n1,2\n2,3\n", "No column stands in the model"),
    ("X,y\n1,2\n2,3\n", "No column stands in the model"),
    ("a,x,b,y\n1,1,1,1\n2,2,2,3\n", "nothing in it varies"),
    ("x,y\n1,2\n1e999,3\n", "line 3"),
    ("x,y\n1,2\n0x10,3\n", "line 3: x '0x10' is not a number"),
    ("x,y\n1,2\n1_000,3\n", "line 3: x '1_000' is not a number"),
    ("x,y\n1,2\n2020-01-01,3\n", "line 3"),
    ("x,y\n1,2\n50%,3\n", "line 3"),
    ("x,y\n1,2\n$5,3\n", "line 3"),
    ("x,y\n1,2\n1 000,3\n4,5\n", "line 3"),
    (b"x,y\n1,2\n\xff\xfe,3\n", "line 3|text"),
    (b"x,y\n1,2\n\x00,3\n", "NUL"),
    (b"PAR1abc", "Parquet"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\x80\x04\x95", "pickle"),
    (b"PK\x03\x04 no archive", "archive|zip|npz"),
    (b"\x1f\x8b\x08\x00broken", "gz"),
    (b"\x93NUMPY\x01\x00", "npy|array|header"),
    ('{"x": 1}\n{"x": 2}\n', "line 2"),
    ('{"x": [1, 2], "y": 3}\n{"x": [2, 3], "y": 4}\n', "x"),
    ("[1, 2, 3", "JSON|json|column"),
    ("x,y\n" + "1" * 100_001 + ",2\n", "characters"),
    (",".join(f"c{k}" for k in range(1001)) + "\n" + ",".join("1" * 1001) + "\n", "at most 1,000"),
)


@pytest.mark.parametrize(("content", "said"), MALFORMED)
def test_what_is_no_table_of_points_is_refused_in_one_line(in_tmp_path: Path, content: str | bytes, said: str) -> None:
    ran = run("a*x + b", "--points", written(in_tmp_path, content), "-o", "out.gif")
    assert ran.code == 2
    assert len(ran.lines) == 1
    assert any(part in ran.lines[0] for part in said.split("|")), ran.lines[0]
    assert not (in_tmp_path / "out.gif").exists()


@pytest.mark.parametrize(("name", "content"), [("a.jsonl", "{}\n{}\n"), ("a.json", "[{}, {}]")])
def test_rows_without_columns_are_no_points(in_tmp_path: Path, name: str, content: str) -> None:
    (in_tmp_path / name).write_text(content)
    assert run("linear", "--points", name).lines == [
        f"gdanim: {name}: has no columns: a model reads one or more, beside the one that it predicts"
    ]


LOGISTIC = (
    ("x,y\n1,0\n2,0\n", "0: the loss log needs 0 and 1"),
    ("x,y\n1,0\n2,2\n", "0 and 2"),
    ("x,y\n1,yes\n2,yes\n", "needs two classes"),
    ("x,y\n1,a\n2,b\n3,c\n", "a, b and c"),
    ("x,y\n1,a\n2,b\n3,\n", "line 4: the class is missing"),
)


@pytest.mark.parametrize(("content", "said"), LOGISTIC)
def test_targets_that_are_no_two_classes_are_refused(in_tmp_path: Path, content: str, said: str) -> None:
    ran = run("logistic", "--points", written(in_tmp_path, content), "-o", "out.gif")
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert said in ran.lines[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("parabola", "--points", "t.csv"), "Unknown model 'parabola'"),
        (("a*x + b", "--points", "t.csv", "--target", "z"), "t.csv has x and y"),
        (("a*x + b*y", "--points", "t.csv"), "stands in the model"),
        (("a*x + b", "--points", "t.csv", "-p", "x=1"), "x is a column of t.csv"),
        (("a*x + b", "--points", "t.csv", "-p", "q=1"), "'q'"),
        (("poly:degree=0", "--points", "t.csv"), "a degree from 1 to 20"),
        (("poly:power=2", "--points", "t.csv"), "poly:degree=3"),
        (("linear:a=1", "--points", "t.csv"), "takes nothing"),
        (("linear", "--points", "t.csv", "-p", "w0=1", "-p", "w1=1"), "leave one of w0 and w1"),
        (("m.py:f", "--points", "t.csv"), "a Python function reads data of its own"),
        (("a*x + b", "--points", "none.csv"), "No such file"),
        (("a*x + b", "--points", "."), "folder"),
        (("parabola", "--l2", "1"), "--l2 is for a model"),
        (("parabola", "--standardize"), "--standardize is for a model"),
        (("linear", "--target", "y"), "--target 'y': names a column of a table"),
        (("a*x + b", "--points", "t.csv", "--loss", "mse", "--l2", "-1"), "--l2"),
    ],
)
def test_a_request_that_does_not_go_with_its_points_is_refused(
    in_tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    written(in_tmp_path, GOOD)
    ran = run(*arguments, "-o", "out.gif")
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert said in ran.lines[0]


def test_more_rows_or_numbers_than_memory_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = written(tmp_path, "x1,x2,y\n" + "1,2,3\n4,5,6\n" * 5)
    monkeypatch.setattr(points, "MAX_NUMBERS", 19)
    with pytest.raises(UsageError, match=r"more than 19 numbers in 2 columns.*: give fewer rows, or a formula with"):
        model("linear", table)
    assert model("a*x1 + b", table).points.rows == 10
    monkeypatch.setattr(points, "MAX_ROWS", 9)
    with pytest.raises(UsageError, match="more than 9 rows"):
        model("a*x1 + b", table)


def test_a_column_that_is_a_constant_of_formulas_is_not_confused_with_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'e' is 2\.718 in a formula, and a column of t\.csv"):
        model("a*e + b*x", written(tmp_path, "x,e,y\n1,2,3\n4,5,6\n"))


def test_a_misspelt_column_is_not_taken_for_a_coordinate(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'weigth' is no column; did you mean 'weight'\?"):
        model("a*weigth + b*height", written(tmp_path, "weight,height,y\n1,2,3\n4,5,6\n"))


def test_columns_may_be_called_as_operations_are(tmp_path: Path) -> None:
    points = written(tmp_path, "neg,add,y\n1,2,3\n4,5,6\n7,9,1\n")
    found = model("a*neg + b*add", points)
    assert found.predict(np.array([[2.0, 10.0]]), found.points.x).tolist() == [[22.0, 58.0, 104.0]]


def test_summaries_say_what_is_fitted(in_tmp_path: Path) -> None:
    ran = run("a*x + b", "--points", written(in_tmp_path, GOOD), "-o", "out.gif", "--size", "160x120", "--json")
    summary = json.loads(ran.out)
    assert summary["variables"] == ["a", "b"]
