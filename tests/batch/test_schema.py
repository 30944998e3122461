"""The schemas of presets and of job files, held to another validator and to what gdanim reads."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from support.commandline import QUICK, run

from gdanim.catalogue.registry import presets
from gdanim.settings import SAVED, options

ROOT = Path(__file__).parents[2]
EXAMPLES = [
    tomllib.loads(block)
    for block in re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    if "[matrix]" in block
]
JOBS = {"output": "{lr}.gif", "defaults": {"function": "x**2", "preset": "race"}, "matrix": {"lr": [0.1]}}


@cache
def validator(kind: str) -> Any:
    schema = json.loads(run("list", kind, "--schema").out)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def is_read(key: str, value: Any) -> bool:
    read = next(option.read for _, option, _ in options() if option.name.lstrip("-") == key)
    try:
        read(value)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("name", presets())
def test_presets_that_ship_are_valid(name: str) -> None:
    with presets()[name].open("rb") as file:
        validator("presets").validate(tomllib.load(file))


def test_the_readme_s_job_files_are_valid() -> None:
    assert EXAMPLES
    for example in EXAMPLES:
        validator("jobs").validate(example)


def test_what_a_file_carries_is_a_valid_preset(in_tmp_path: object) -> None:
    Path("t.csv").write_text("x,y\n1,2\n2,3\n3,5\n")
    assert run("a*x + b", "--points", "t.csv", *QUICK, "-q", "-o", "a.png").code == 0
    preset = tomllib.loads(run("recipe", "a.png").out.decode())
    assert preset["files"]
    validator("presets").validate(preset)


def test_every_key_of_a_preset_is_described_and_no_other() -> None:
    found = validator("presets").schema["properties"]
    assert found.keys() == {field.replace("_", "-") for field in SAVED} | {"made", "files"}
    assert all(entry["description"] for entry in validator("presets").schema["definitions"].values())


# By hand, from what the help says of each.
TAKEN = [
    ("lr", 0.1), ("lr", [0.1, 2]), ("start", 4), ("start", [4, "-1,2", [1, 2, 3]]), ("param", {"l": 1}),
    ("columns", {"x1": "w0"}), ("batch", [8, "all"]), ("inset", "minimum"), ("inset", [-1, 1, 0, 2]),
    ("size", "640x480"), ("size", [640, 480]), ("fps", "100/7"), ("fps", 29.97), ("max-size", "1MB"),
    ("stops", [0, 5, "end"]),
    ("themes", "light,dark"), ("quality", "low"), ("dpi", 20), ("tween", 100), ("turn", -3600), ("explain", False),
]  # fmt: skip
REFUSED = [
    ("lr", 0), ("lr", [0.1, -1]), ("start", {"x": 1}), ("start", True), ("param", {"l": "one"}), ("batch", 0),
    ("inset", [1]), ("size", [640]), ("size", [1, 2, 3]), ("fps", 1001), ("fps", 0), ("max-size", 0), ("stops", {}),
    ("quality", "best"), ("dpi", 19), ("dpi", 20.5), ("tween", 101), ("turn", -3601), ("explain", "yes"), ("xlim", [1]),
    ("seed", 2**32), ("order", 1), ("loop", -1), ("title", 3), ("hold", 3600.1), ("lrr", 0.1), ("output", "a.gif"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), TAKEN)
def test_what_gdanim_takes_is_valid(key: str, value: Any) -> None:
    assert is_read(key, value)
    validator("presets").validate({key: value})
    validator("jobs").validate({"output": "a.gif", "matrix": {key: [value]}, "include": [{key: value}]})


@pytest.mark.parametrize(("key", "value"), REFUSED)
def test_what_is_invalid_gdanim_refuses_too(key: str, value: Any, in_tmp_path: object) -> None:
    assert not validator("presets").is_valid({key: value})
    assert not validator("jobs").is_valid({"matrix": {key: [value]}})
    Path("a.toml").write_text(f"function = 'x'\n{key} = {as_toml(value)}\n")
    assert run("--preset", "a.toml", "--dry-run").code == 2


def as_toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_toml(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"outputs": "a.gif"}, {"output": []}, {"output": 1}, {"defaults": []}, {"defaults": {"preset": 1}},
        {"matrix": {"lr": 0.1}}, {"matrix": {"lr": []}}, {"include": {"lr": 1}}, {"exclude": [{}]},
        {"poster": ["a.png"]},
    ],
    ids=str,
)  # fmt: skip
def test_wrong_job_files_are_invalid(wrong: dict[str, Any]) -> None:
    validator("jobs").validate(JOBS)
    assert not validator("jobs").is_valid(JOBS | wrong)


def test_only_presets_and_jobs_have_a_schema() -> None:
    assert run("list", "--schema").out == run("list", "presets", "--schema").out
    ran = run("list", "styles", "--schema")
    assert (ran.code, ran.out) == (2, b"")
    assert "presets" in ran.err


def test_dry_run_names_the_schema_where_it_lies(in_tmp_path: object) -> None:
    assert run("parabola", "--dry-run").out.decode().startswith("# parabola.gif")
    Path("gdanim-presets.schema.json").write_bytes(run("list", "presets", "--schema").out)
    printed = run("parabola", "--lr", "0.3", "--dry-run").out.decode()
    first = printed.splitlines()[0]
    assert Path(first.removeprefix("#:schema ")).read_bytes() == Path("gdanim-presets.schema.json").read_bytes()
    validator("presets").validate(tomllib.loads(printed))
