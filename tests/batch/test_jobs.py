"""Job files: what they ask for, and the line that each wrong one gets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.commandline import run

from gdanim.batch.jobs import Wanted, planned_jobs
from gdanim.batch.naming import MAX_PART, safe
from gdanim.errors import UsageError
from gdanim.settings import Settings

pytestmark = pytest.mark.usefixtures("in_tmp_path")

GOOD = 'output = "out/{lr}.gif"\n[defaults]\nfunction = "parabola"\n[matrix]\nlr = [0.1, 0.2]\n'


def written(text: str, name: str = "jobs.toml") -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")
    return name


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def outputs(*texts: str, **wanted: Any) -> list[str]:
    paths = [written(text, f"{place}.toml") for place, text in enumerate(texts)]
    return [path for job in planned_jobs(paths, Wanted(**wanted)) for path in job.paths]


def test_each_combination_is_a_job_with_a_name_made_of_its_values() -> None:
    text = (
        'output = ["out/{function}-{optimizer}-{lr}.gif", "out/{optimizer}/{lr}.mp4"]\n'
        'poster = "out/{optimizer}-{lr}.png"\n'
        '[defaults]\nfunction = "double_well"\nsize = "320x240"\n'
        '[matrix]\noptimizer = ["gd", "adam:beta1=0.8"]\nlr = [0.001, 1e-2]\n'
    )
    (first, *_, last) = planned_jobs([written(text)], Wanted())
    assert first.paths == ("out/double_well-gd-0.001.gif", "out/gd/0.001.mp4", "out/gd-0.001.png")
    assert last.paths[0] == "out/double_well-adam-beta1-0.8-0.01.gif"
    assert last.settings.picture() is not None
    assert (last.settings.lr, last.settings.optimizer, last.settings.size) == ((0.01,), ("adam:beta1=0.8",), (320, 240))


def test_values_of_a_matrix_are_read_as_a_preset_reads_them() -> None:
    text = 'output = "{size}-{start}-{lr}.gif"\n[defaults]\nfunction = "parabola"\n[matrix]\n'
    text += 'size = ["320x240"]\nstart = [1, "2"]\nlr = [[0.1, 0.2]]\n'
    one, other = planned_jobs([written(text)], Wanted())
    assert one.settings == other.settings or (one.settings.start, other.settings.start) == (((1.0,),), ((2.0,),))
    assert one.settings.lr == (0.1, 0.2)
    assert [job.name for job in (one, other)] == ["320-240-1-0.1-0.2.gif", "320-240-2-0.1-0.2.gif"]


def test_presets_are_a_batch_and_a_job_file_may_begin_with_one() -> None:
    written('function = "parabola"\nlr = 0.3\n', "in/steep.toml")
    written('function = "himmelblau"\n', "in/hills.toml")
    jobs = planned_jobs(["in/steep.toml", "in/hills.toml", "race"], Wanted(output=("out/{preset}.gif",)))
    assert [job.name for job in jobs] == ["out/steep.gif", "out/hills.gif", "out/race.gif"]
    text = 'output = "{preset}-{lr}.gif"\n[defaults]\npreset = "steep.toml"\n[matrix]\nlr = [0.1]\n'
    (job,) = planned_jobs([written(text, "in/jobs.toml")], Wanted())
    assert (job.name, job.settings.function, job.settings.lr) == ("steep-0.1.gif", "parabola", (0.1,))


def test_shards_are_all_jobs_each_once() -> None:
    text = GOOD.replace("[0.1, 0.2]", str([0.01 * i for i in range(1, 12)]))
    parts = [outputs(text, shard=(k, 4)) for k in range(1, 5)]
    assert sorted(path for part in parts for path in part) == sorted(outputs(text))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@given(st.text() | st.floats(allow_nan=False) | st.lists(st.text()))
def test_a_value_is_a_safe_part_of_a_name(value: Any) -> None:
    assert re.fullmatch(f"([A-Za-z0-9]([A-Za-z0-9._-]{{0,{MAX_PART - 2}}}[A-Za-z0-9])?)?", safe(value))


# Each wrong file, and words of the one line that it gets, which names file and key.
WRONG = {
    "": ("output",),
    "[matrix": ("TOML",),
    "a\x01b = 1": ("TOML",),
    GOOD.replace("[matrix]", "[matrices]"): ("matrices", "'matrix'"),
    GOOD.replace("[defaults]", "[[defaults]]"): ("defaults", "table"),
    GOOD.replace("[matrix]", "[[matrix]]"): ("matrix", "table"),
    GOOD + "[include]\nlr = 1\n": ("include", "[[include]]"),
    GOOD + "[exclude]\nlr = 1\n": ("exclude", "[[exclude]]"),
    GOOD + "[[include]]\n": ("include 1", "empty"),
    GOOD + "[[exclude]]\n": ("exclude 1", "empty"),
    GOOD + "[[exclude]]\nlrr = 1\n": ("exclude 1", "lrr", "'lr'"),
    GOOD + '[[include]]\nlr = "fast"\n': ("include 1", "lr", "fast"),
    GOOD.replace("[0.1, 0.2]", "[]"): ("matrix", "lr", "empty"),
    GOOD.replace("[0.1, 0.2]", "0.1"): ("matrix", "lr", "list"),
    GOOD.replace("[0.1, 0.2]", "[0.1, -1]"): ("matrix", "lr", "-1"),
    GOOD.replace("[0.1, 0.2]", "[0.1, 0.1]"): ("matrix", "lr", "twice"),
    GOOD.replace("lr = [", "lrr = ["): ("matrix", "lrr", "'lr'"),
    GOOD.replace("lr = [", "output = ["): ("matrix", "output", "preset"),
    GOOD.replace('function = "parabola"', 'function = "parabolla"'): ("job 1", "parabolla", "'parabola'"),
    GOOD.replace('function = "parabola"', "function = 3"): ("defaults", "function", "3"),
    GOOD.replace('function = "parabola"', 'style = "light"'): ("job 1", "function"),
    GOOD.replace('function = "parabola"', 'preset = "no-such"'): ("no-such",),
    GOOD.replace('function = "parabola"', "preset = 3"): ("defaults", "preset", "3"),
    GOOD.replace('function = "parabola"', 'function = "parabola"\nview = "surface"'): ("job 1", "surface"),
    GOOD.replace('function = "parabola"', 'function = "mine.py:f"'): ("function", "mine.py:f", "--allow-python"),
    GOOD.replace("{lr}.gif", "{lr}.gift"): ("job 1", ".gift"),
    GOOD.replace("{lr}.gif", "{rate}.gif"): ("{rate}", "{lr}"),
    GOOD.replace("{lr}.gif", "{seed}.gif"): ("{seed}", "{lr}"),
    GOOD.replace("{lr}.gif", "{lr.gif"): ("brace",),
    GOOD.replace("{lr}.gif", "same.gif"): ("same.gif", "lr 0.1", "lr 0.2", "{lr}"),
    GOOD.replace('"out/{lr}.gif"', "[]"): ("output",),
    GOOD.replace('"out/{lr}.gif"', '["out/{lr}.gif", 3]'): ("output", "3"),
    GOOD.replace('"out/{lr}.gif"', '""'): ("output",),
    GOOD.replace("out/{lr}", "../{lr}"): ("../0.1.gif", "--allow-outside"),
    GOOD.replace("out/{lr}", "out/../../{lr}"): ("--allow-outside",),
    GOOD.replace("out/{lr}", "/nowhere/{lr}"): ("absolute", "--allow-outside"),
    GOOD.replace("out/{lr}", "linked/{lr}"): ("link", "--allow-outside"),
    'poster = "../a.png"\n' + GOOD: ("../a.png", "--allow-outside"),
    GOOD.replace("[matrix]", 'title = "…"\n[matrix]').replace("{lr}", "{title}-{lr}"): ("title", "letter"),
    GOOD.replace("[matrix]", 'optimizer = ["gd", "adam"]\nbasins = true\n[matrix]'): ("job 1",),
}


@pytest.mark.parametrize("text", WRONG, ids=map(" ".join, WRONG.values()))
def test_a_wrong_file_is_one_line_that_names_file_and_key_and_nothing_runs(text: str) -> None:
    Path("elsewhere").mkdir()
    Path("linked").symlink_to("elsewhere")
    before = names()
    ran = run("batch", written(text))
    assert (ran.code, ran.out, len(ran.lines)) == (2, b"", 1)
    assert not [word for word in ("jobs.toml", *WRONG[text]) if word not in ran.lines[0]]
    assert names() == sorted([*before, "jobs.toml"])


def test_two_files_that_write_one_output_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"out/0\.1\.gif: 0\.toml: job 1 .* and 1\.toml: job 3 .* both write it"):
        outputs(GOOD, GOOD)


def test_the_command_line_may_write_anywhere_and_a_job_file_where_it_is_allowed(tmp_path: Path) -> None:
    assert outputs(GOOD, output=(f"{tmp_path}/{{lr}}.gif",))[0] == f"{tmp_path}/0.1.gif"
    assert outputs(GOOD.replace("out/", "../"), allow_outside=True) == ["../0.1.gif", "../0.2.gif"]


def test_a_preset_needs_an_output() -> None:
    ran = run("batch", written('function = "parabola"\n'))
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "-o" in ran.lines[0]
    assert Settings(function="parabola")
