"""`gdanim batch`: what is rendered, what is left as it is, what is said, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.commandline import ENVIRONMENT, digest, run

import gdanim
from gdanim.cli import batch
from gdanim.cli.worker import Answer, answer

pytestmark = pytest.mark.usefixtures("in_tmp_path")

JOBS = """\
output = "out/{lr}.gif"
[defaults]
function = "parabola"
iterations = 2
size = "160x120"
[matrix]
lr = [0.1, 0.2, 1.5]
"""


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Jobs are done in this process; returns the requests that were made."""
    asked: list[Any] = []

    def answers(fields: Any, _workers: int | None) -> Any:
        for place, some in enumerate(fields):
            asked.append(some)
            yield place, answer(some)

    monkeypatch.setattr(batch, "_answers", answers)
    return asked


def jobs(text: str = JOBS) -> str:
    Path("jobs.toml").write_text(text)
    return "jobs.toml"


def states(*arguments: object) -> list[str]:
    ran = run("batch", "jobs.toml", "--dry-run", *arguments)
    assert ran.code == 0
    return [line.partition(": ")[2] for line in ran.out.decode().splitlines()]


def test_jobs_are_rendered_by_workers_as_the_command_line_renders_them_and_then_left_as_they_are() -> None:
    ran = run("batch", jobs(), "-j", 2)
    assert ran.code == 0
    assert ran.lines[-1].startswith("3 jobs: 3 rendered; ")
    assert run("parabola", "-n", 2, "--size", "160x120", "--lr", 0.2, "-o", "alone.gif").code == 0
    assert digest("out/0.2.gif") == digest("alone.gif")
    # In a process of its own: nothing that draws is imported to see that nothing is to be drawn.
    script = (
        "import sys\nfrom gdanim.cli import app\ntry:\n    app.main(['batch', 'jobs.toml', '--strict'])\n"
        "except SystemExit as end:\n    assert end.code == 3\nassert not {'matplotlib', 'PIL'} & sys.modules.keys()"
    )
    again = subprocess.run([sys.executable, "-c", script], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert again.stderr == "3 jobs: 3 current\n"


def test_only_what_changed_is_rendered_and_said_to_be(here: list[Any]) -> None:
    assert run("batch", jobs()).code == 0
    assert states() == ["current"] * 3
    jobs(JOBS.replace("0.1,", "0.1, 0.3,").replace("iterations = 2", "iterations = 3"))
    assert states() == ["changed (iterations)", "new", "changed (iterations)", "changed (iterations)"]
    jobs()
    Path("out/0.2.gif").write_bytes(Path("out/0.2.gif").read_bytes()[:-40])
    Path("out/1.5.gif").unlink()
    assert states() == ["current", "changed (not whole)", "new"]
    here.clear()
    assert run("batch", "jobs.toml").lines[-1].startswith("3 jobs: 1 current, 2 rendered")
    assert [fields["lr"] for fields in here] == [(0.2,), (1.5,)]
    assert run("batch", "jobs.toml", "--force").lines[-1].startswith("3 jobs: 3 rendered")


def test_another_version_and_files_that_are_read_count(here: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    Path("run.csv").write_text("iteration,x1\n0,3\n1,2\n")
    Path("own.mplstyle").write_text("axes.facecolor: 0.95\n")
    Path("own.py").write_text("def f(x):\n    return x * x\n")
    both = 'output = "{seed}.gif"\n[[include]]\nfunction = "parabola"\nseed = 1\ntrajectory = "run.csv"\n'
    both += 'style = "own.mplstyle"\n'
    both += '[[include]]\nfunction = "own.py:f"\nseed = 2\niterations = 2\n'
    assert run("batch", jobs(both), "--allow-python").code == 0
    assert states("--allow-python") == ["current"] * 2
    Path("run.csv").write_text("iteration,x1\n0,3\n1,1\n")
    assert states("--allow-python") == ["changed (run.csv)", "current"]
    Path("own.mplstyle").write_text("axes.facecolor: 0.9\n")
    Path("own.py").write_text("def f(x):\n    return 2 * x * x\n")
    assert states("--allow-python") == ["changed (run.csv, own.mplstyle)", "changed (python)"]
    assert run("batch", "jobs.toml", "--allow-python").code == 0
    monkeypatch.setattr("gdanim.batch.state.__version__", "0.0.1")
    assert states("--allow-python") == ["changed (gdanim)"] * 2


@pytest.mark.parametrize("form", ["gif", "png", "webp", "apng", "svg", "html", "mp4", "pdf"])
def test_files_of_all_formats_are_current_until_a_byte_is_missing(form: str) -> None:
    path = f"a.{form}"
    asked = ("parabola", "-n", 2, "--size", "160x120", "-o", path, "--if-changed")
    asked += ("-f", "pages") if form == "pdf" else ()
    assert run(*asked).lines != [f"{path}: current"]
    assert run(*asked).lines == [f"{path}: current"]
    assert run(*asked, "--lr", 0.2).lines != [f"{path}: current"]
    Path(path).write_bytes(Path(path).read_bytes()[:-9])
    assert run(*asked, "--lr", 0.2).lines != [f"{path}: current"]


def test_sequences_are_current_while_all_frames_are_there() -> None:
    asked = ("parabola", "-n", 2, "--size", "160x120", "-o", "a-%02d.png", "--if-changed")
    assert run(*asked).lines != ["a-%02d.png: current"]
    assert run(*asked).lines == ["a-%02d.png: current"]
    Path("a-01.png").unlink()
    assert run(*asked).lines != ["a-%02d.png: current"]


def test_a_sequence_may_go_into_a_folder_that_is_not_there_yet(here: list[Any]) -> None:
    text = JOBS.replace("{lr}.gif", "{lr}-%02d.png")
    assert run("batch", jobs(text), "--dry-run").code == 0
    assert run("batch", jobs(text)).lines[-1].startswith("3 jobs: 3 rendered")
    assert len(here) == 3
    assert states() == ["current"] * 3


def test_files_kept_within_a_size_are_current() -> None:
    asked = ("parabola", "-n", 9, "-o", "a.gif", "--max-size", "15kB", "--if-changed")
    assert run(*asked).lines != ["a.gif: current"]
    assert run(*asked).lines == ["a.gif: current"]


def test_a_job_that_fails_is_named_and_stops_no_other(here: list[Any]) -> None:
    Path("out").mkdir()
    Path("out/0.1.gif").write_text("not a picture")
    ran = run("batch", jobs(), "--json")
    assert ran.code == 1
    told = [json.loads(line) for line in ran.out.decode().splitlines()]
    assert [line["state"] for line in told] == ["failed", "rendered", "rendered"]
    assert told[1]["summary"]["runs"][0]["outcome"] == "still moving"
    assert "--force" in told[0]["errors"][0]
    assert ran.lines[-1] == "  failed: jobs.toml: job 1 (lr 0.1)"
    assert Path("out/0.1.gif").read_text() == "not a picture"
    here.clear()
    assert run("batch", "jobs.toml", "--fail-fast", "--force").code == 1
    assert len(here) == 1


def test_strict_is_3_for_lost_runs_also_of_files_that_are_current(here: list[Any]) -> None:
    assert run("batch", jobs(), "--strict").code == 3
    assert run("batch", "jobs.toml", "--strict").code == 3
    assert run("batch", "jobs.toml", "--strict", "--shard", "1/3").code == 0
    assert len(here) == 3


def test_a_depfile_has_a_rule_for_each_output_with_what_it_was_made_from(here: list[Any]) -> None:
    Path("a b.csv").write_text("iteration,x1\n0,3\n1,2\n")
    Path("base.toml").write_text('trajectory = "a b.csv"\n')
    jobs(
        JOBS.replace("iterations = 2", 'preset = "base.toml"')
        .replace("lr =", "seed =")
        .replace("{lr}", "{seed}")
        .replace("[0.1, 0.2, 1.5]", "[1]")
    )
    assert run("batch", "jobs.toml", "--depfile", "deps.d").code == 0
    rule, *rest = Path("deps.d").read_text().splitlines()
    assert rule == "out/1.gif: jobs.toml base.toml a\\ b.csv"
    assert set(rest) == {"", "jobs.toml:", "base.toml:", "a\\ b.csv:"}
    Path("Makefile").write_text("all: out/1.gif\n-include deps.d\n")
    assert len(here) == 1


def test_the_index_shows_every_job_with_what_tells_it_apart(here: list[Any]) -> None:
    jobs(JOBS.replace("size", "title = '<b>&'\nsize"))
    assert run("batch", "jobs.toml", "--index", "out/index.html").code == 0
    page = Path("out/index.html").read_text()
    assert page.count('<img loading="lazy"') == 3
    assert all(f"<td>{lr}</td>" in page for lr in ("0.1", "0.2", "1.5"))
    assert 'src="0.1.gif"' in page
    assert "<td>lost" in page
    assert "<b>&" not in page
    assert run("batch", "jobs.toml", "--index", "out/index.html").code == 0
    assert Path("out/index.html").read_text() == page
    assert len(here) == 6  # those that are current are solved for it, and not drawn


def test_what_nobody_foresaw_in_a_job_is_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdanim.preflight.resolve", lambda _: 1 / 0)
    found = answer({"function": "parabola"})
    assert isinstance(found, Answer)
    assert (found.code, "ZeroDivisionError" in found.errors[0]) == (1, True)
    assert gdanim.__version__


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--scheduler", "host"), "--scheduler 'host': give where it listens, such as tcp://host:8786"),
        (("--scheduler", "tcp://a b:1"), "give where it listens"),
        (("--scheduler", "h:1", "--scheduler-file", "s.json"), "name two schedulers"),
        (("--scheduler-file", "s.json"), "--scheduler-file 's.json': there is no such file"),
        (("--scheduler", "h:1", "-j", 2), "--jobs is for this machine"),
        (("--shared",), "for a cluster"),
        (("--any-version",), "for a cluster"),
        (("--scheduler", "h:1", "--patience", 0), "--patience"),
    ],
)
def test_options_of_a_cluster_that_do_not_go_together_are_refused(words: tuple[object, ...], said: str) -> None:
    ran = run("batch", jobs(), *words)
    assert (ran.code, ran.out, len(ran.lines)) == (2, b"", 1)
    assert said in ran.err
    assert not Path("out").exists()


def test_without_distributed_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "gdanim.batch.cluster", raising=False)
    ran = run("batch", jobs(), "--scheduler", "tcp://127.0.0.1:8786")
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "--scheduler needs distributed, which is not installed: pip install distributed" in ran.err
