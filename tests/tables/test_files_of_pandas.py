"""One path, as pandas, NumPy and SciPy themselves write it, in the forms that hold a table and in those that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.io
from support.problems import formula

from gdanim.descent.recording.replay import read_trajectory
from gdanim.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pandas = pytest.importorskip("pandas", reason="needs pandas")

PLANE = formula("x**2 + 3*y**2", (-5, 5), (-5, 5))
POINTS = [[3.0, 2.0], [2.5, -1.0], [0.001, 0.5]]
TABLE = pandas.DataFrame({"iteration": [0, 1, 2], "x": [x for x, _ in POINTS], "y": [y for _, y in POINTS]})
NUMBERED = TABLE.set_index("iteration")
TWO_RUNS = pandas.concat({"a": NUMBERED, "b": NUMBERED}, names=["run"])


def as_csv(table: Any = TABLE, **options: Any) -> Callable[[Path], None]:
    return lambda path: table.to_csv(path, **options)


def as_json(orient: str, **options: Any) -> Callable[[Path], None]:
    return lambda path: TABLE.to_json(path, orient=orient, **options)


ORIENTS = ("records", "columns", "index", "split", "table", "values")

READ: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "to_csv": (".csv", as_csv()),
    "to_csv, no index": (".csv", as_csv(index=False)),
    "to_csv, an index with a name": (".csv", as_csv(NUMBERED)),
    "to_csv, two indices": (".csv", as_csv(TWO_RUNS)),
    "to_csv, no names": (".csv", as_csv(index=False, header=False)),
    "to_csv, German": (".csv", as_csv(sep=";", decimal=",")),
    "to_csv, tabs": (".tsv", as_csv(sep="\t")),
    "to_csv, all digits": (".csv", as_csv(float_format="%.17e")),
    "to_csv, quoted": (".csv", as_csv(quoting=1)),
    "to_csv, lines of Windows": (".csv", as_csv(lineterminator="\r\n")),
    "to_csv, UTF-16": (".csv", as_csv(encoding="utf-16")),
    "to_csv, UTF-8 with a mark": (".csv", as_csv(encoding="utf-8-sig")),
    "to_csv, packed": (".csv.gz", as_csv()),
    "to_string": (".txt", TABLE.to_string),
    "to_string, no index": (".txt", lambda path: TABLE.to_string(path, index=False)),
    **{
        f"to_json, {orient}": (".json", as_json(orient)) for orient in ("records", "columns", "index", "split", "table")
    },
    "to_json, values": (".json", as_json("values")),
    "to_json, lines": (".jsonl", as_json("records", lines=True)),
    "save of records": (".npy", lambda path: np.save(path, TABLE.to_records(index=False))),
    "save of values": (".npy", lambda path: np.save(path, TABLE.to_numpy())),
    "savez of columns": (".npz", lambda path: np.savez(path, **{name: TABLE[name] for name in TABLE})),
    "savetxt": (".txt", lambda path: np.savetxt(path, TABLE.to_numpy())),
    "savetxt with a header": (".txt", lambda path: np.savetxt(path, TABLE.to_numpy(), header="iteration x y")),
}


@pytest.mark.parametrize("form", READ)
def test_a_path_is_read_as_it_is_written(form: str, tmp_path: Path) -> None:
    suffix, write = READ[form]
    write(tmp_path / f"mine{suffix}")
    found = read_trajectory(str(tmp_path / f"mine{suffix}"), PLANE).trajectory
    assert found.x.tolist() == [POINTS] * (2 if "two" in form else 1)
    assert (found.k[:, :-1] == [0, 1, 2]).all()


REFUSED: dict[str, tuple[str, Callable[[Path], Any], str]] = {
    "to_pickle": (".pkl", TABLE.to_pickle, "a pickle, which is never loaded"),
    "to_html": (".html", TABLE.to_html, "as CSV"),
    "to_stata": (".dta", lambda path: TABLE.to_stata(path, version=118), "read_stata(…).to_csv(…)"),
    "savemat": (".mat", lambda path: scipy.io.savemat(path, {"x": np.array(POINTS)}), "numpy.savez"),
    "mmwrite": (".mtx", lambda path: scipy.io.mmwrite(path, np.array(POINTS)), "numpy.savetxt"),
    "tofile": (".dat", lambda path: np.array(POINTS).tofile(path), "is not UTF-8 text"),
}


@pytest.mark.parametrize("form", REFUSED)
def test_a_form_that_holds_no_table_is_refused_in_one_line(form: str, tmp_path: Path) -> None:
    suffix, write, said = REFUSED[form]
    write(tmp_path / f"mine{suffix}")
    with pytest.raises(UsageError) as caught:
        read_trajectory(str(tmp_path / f"mine{suffix}"), PLANE)
    message = str(caught.value)
    assert said in message
    assert message.startswith(f"mine{suffix}")
    assert len(message.splitlines()) == 1
