"""What a job takes along to another machine, and what is written of what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gdanim import preflight
from gdanim.batch.parcels import packed, put, taken, unpack
from gdanim.errors import OutputError, UsageError
from gdanim.settings import Settings

if TYPE_CHECKING:
    from gdanim.catalogue.request import Request

pytestmark = pytest.mark.usefixtures("in_tmp_path")


def request_of(*outputs: str, **fields: Any) -> Request:
    return preflight.resolve(Settings(**({"function": "parabola"} | fields), output=outputs))


def test_what_a_job_reads_goes_along_and_what_it_writes_comes_back() -> None:
    Path("in").mkdir()
    Path("out").mkdir()
    Path("in/run.csv").write_text("iteration,x1\n0,3\n1,2\n")
    inputs = packed(request_of("out/a.gif", trajectory=("in/run.csv",), data="b.csv"))
    assert inputs == {"in/run.csv": b"iteration,x1\n0,3\n1,2\n"}
    there = Path("there")
    there.mkdir()
    put(there, inputs, {"out/a.gif": None})
    (there / "out/a.gif").write_bytes(b"picture")
    (there / "b.csv").write_bytes(b"rows")
    (there / "link").symlink_to("/etc/passwd")
    assert (there / "in/run.csv").read_bytes() == inputs["in/run.csv"]
    assert taken(there, inputs) == {"out/a.gif": b"picture", "b.csv": b"rows"}
    assert not list(there.iterdir())


@pytest.mark.parametrize(
    ("output", "fields"),
    [
        ("../a.gif", {}),
        ("/tmp/a.gif", {}),
        ("/dev/null", {}),
        ("a.gif", {"data": "../rows.csv"}),
        ("a.gif", {"trajectory": ("../run.csv",)}),
    ],
)
def test_a_path_that_leads_out_of_the_folder_is_refused(output: str, fields: dict[str, Any]) -> None:
    Path("below").mkdir()
    Path("run.csv").write_text("iteration,x1\n0,3\n")
    form = {"format": "gif"} if output == "/dev/null" else {}
    asked = {"function": "parabola", **fields, **form}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir("below")
        request = preflight.resolve(Settings(**asked, output=(output,)))
        with pytest.raises(UsageError, match="Without --shared"):
            packed(request)


def test_only_what_was_asked_for_is_written() -> None:
    unpack(request_of("a.gif"), {"a.gif": b"picture", "b.gif": b"another", "../c.gif": b"outside"})
    assert {file.name: file.read_bytes() for file in Path().iterdir()} == {"a.gif": b"picture"}


def test_a_sequence_is_written_as_a_whole_or_not_at_all() -> None:
    request = request_of("f-%02d.png")
    frames = {f"f-{k:02d}.png": bytes([k]) for k in range(3)}
    unpack(request, frames)
    assert {file.name: file.read_bytes() for file in Path().iterdir()} == frames
    with pytest.raises(OutputError, match="frames are missing"):
        unpack(request, {"f-00.png": b"new", "f-02.png": b"new"})
    assert {file.name: file.read_bytes() for file in Path().iterdir()} == frames
