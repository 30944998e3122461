"""Settings: what each option takes, in text and in Python, and the way to a preset and back."""

from __future__ import annotations

import tomllib
from dataclasses import FrozenInstanceError
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdanim import descend, readers
from gdanim.batch.schema import schema_of
from gdanim.errors import SettingError, UnknownNameError
from gdanim.presets import read_preset, write_preset
from gdanim.settings import SAVED as CARRIED
from gdanim.settings import Settings, from_saved, options, to_saved

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

finite = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
point = st.lists(finite, min_size=1, max_size=4).map(tuple)
interval = (
    st.tuples(st.floats(-1e90, 1e90), st.floats(1e-3, 1e90))
    .map(lambda ends: (ends[0], ends[0] + ends[1]))
    .filter(lambda ends: ends[1] - ends[0] > 1e-8 * max(map(abs, ends)))
)
line = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40)
rate = st.one_of(
    st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=10**12),
    st.floats(min_value=0.001, max_value=1000),
    st.integers(min_value=1, max_value=1000),
)
names = st.from_regex("[A-Za-z_][A-Za-z_0-9]{0,8}", fullmatch=True)

SAVED: dict[str, st.SearchStrategy[Any]] = {
    "function": line,
    "lr": st.lists(positive, max_size=3).map(tuple),
    "start": st.lists(point, max_size=3).map(tuple),
    "optimizer": st.lists(line, max_size=3).map(tuple),
    "schedule": st.lists(line, max_size=3).map(tuple),
    "budget": st.none() | st.integers(1, 1_000_000),
    "noise": st.floats(min_value=0, allow_infinity=False),
    "trajectory": st.lists(line, max_size=3).map(tuple),
    "columns": st.dictionaries(st.sampled_from(readers.ROLES), names, max_size=3),
    "iterations": st.none() | st.integers(0, 1_000_000),
    "tolerance": st.none() | positive,
    "dim": st.none() | st.integers(1, 1_000_000),
    "param": st.dictionaries(names, finite, max_size=3),
    "points": st.none() | line,
    "target": st.none() | line,
    "loss": st.none() | st.sampled_from(["mse", "mae", "huber", "log"]),
    "l1": st.floats(0, 1e12),
    "l2": st.floats(0, 1e12),
    "standardize": st.booleans(),
    "batch": st.lists(st.just("all") | st.integers(1, 1_000_000).map(str), max_size=3).map(tuple),
    "starts": st.none() | st.integers(1, 1_000_000),
    "seed": st.integers(0, 2**32 - 1),
    "min_separation": st.floats(min_value=0, allow_infinity=False),
    "avoid_minima": st.floats(min_value=0, allow_infinity=False),
    "avoid": st.lists(st.lists(finite, min_size=1, max_size=4).map(tuple), max_size=3).map(tuple),
    "order": st.sampled_from(["together", "in-turn"]),
    "aspect": st.sampled_from(["auto", "equal", "free"]),
    "view": line,
    "facet": st.none() | st.sampled_from(["lr", "optimizer", "schedule", "start", "batch"]),
    "explain": st.booleans(),
    "inset": st.none() | st.just("minimum") | interval,
    "basins": st.booleans(),
    "arrows": st.none() | st.sampled_from(["gradient", "step", "momentum"]),
    "trail": st.none() | st.integers(0, 1_000_000),
    "camera": st.none() | st.tuples(st.floats(0, 90), st.floats(-360, 360)),
    "turn": st.floats(-3600, 3600),
    "cmap": st.none() | line,
    "transparent": st.booleans(),
    "tween": st.integers(1, 100),
    "rewind": st.booleans(),
    "plane": st.sampled_from([None, "pca", "ends", "x3,x7"]),
    "xlim": st.none() | interval,
    "ylim": st.none() | interval,
    "style": line,
    "title": st.none() | line,
    "readout": st.booleans(),
    "verdict": st.booleans(),
    "size": st.tuples(st.integers(64, 8192), st.integers(64, 8192)),
    "dpi": st.none() | st.integers(20, 1200),
    "fps": rate,
    "every": st.none() | st.integers(1, 1_000_000),
    "duration": st.none() | st.floats(min_value=0, max_value=86_400, exclude_min=True),
    "lead": st.floats(min_value=0, max_value=3600),
    "hold": st.floats(min_value=0, max_value=3600),
    "loop": st.integers(0, 65_536),
    "format": st.none() | line,
    "quality": st.sampled_from(["low", "medium", "high", "lossless"]),
    "gradient": st.none() | line,
    "max_size": st.none() | st.integers(1, 10**12),
    "themes": st.lists(names, max_size=3, unique=True).map(tuple),
    "frames": st.none() | st.integers(1, 48),
    "stops": st.lists(st.sampled_from(["0", "5", "20", "end"]), max_size=3, unique=True).map(tuple),
    "xlabel": st.none() | line,
    "ylabel": st.none() | line,
    "svg_text": st.sampled_from(["paths", "text"]),
    "fragment": st.booleans(),
    "dither": st.booleans(),
}

VALIDATOR: Any = jsonschema.Draft7Validator(schema_of("presets"))
requests = st.fixed_dictionaries({}, optional=SAVED)


def test_the_strategies_know_every_option_that_is_saved() -> None:
    assert SAVED.keys() >= CARRIED


@given(requests)
def test_settings_go_to_a_preset_and_back_unchanged(given: dict[str, Any]) -> None:
    request = Settings(**given)
    assert Settings(**from_saved(to_saved(request), source="test")) == request


@given(requests)
def test_the_toml_of_a_preset_reads_back_as_the_same_settings(given: dict[str, Any]) -> None:
    request = Settings(**given)
    saved = tomllib.loads(write_preset(request))
    assert Settings(**from_saved(saved, source="test")) == request


@given(requests)
def test_every_preset_that_is_written_is_valid_by_the_schema(given: dict[str, Any]) -> None:
    VALIDATOR.validate(tomllib.loads(write_preset(Settings(**given))))


@given(requests)
def test_reading_settings_again_changes_nothing(given: dict[str, Any]) -> None:
    request = Settings(**given)
    assert Settings(**{name: getattr(request, name) for name, _, _ in options()}) == request


def test_a_preset_file_gives_what_was_written(tmp_path: Path) -> None:
    request = Settings(function="x", title='a "b" \\ ü', param={"l": 1.5}, start=((1.0, 2.0),), fps=Fraction(100, 7))
    file = tmp_path / "a.toml"
    file.write_text(write_preset(request), encoding="utf-8")
    assert Settings(**read_preset(str(file))) == request


def test_defaults_are_not_saved() -> None:
    assert to_saved(Settings()) == {}
    assert to_saved(Settings(function="parabola", seed=0, readout=True)) == {"function": "parabola"}


def test_what_belongs_to_one_run_is_neither_saved_nor_read() -> None:
    assert to_saved(Settings(output=("a.gif",), data="t.csv", json=True, quiet=True, strict=True)) == {}
    with pytest.raises(SettingError, match=r"me\.toml: output 'a\.gif': belongs on the command line"):
        from_saved({"output": "a.gif"}, source="me.toml")


def test_unknown_keys_name_the_file_and_the_nearest_key() -> None:
    with pytest.raises(UnknownNameError, match=r"me\.toml: 'avoid_minimas'\. Did you mean 'avoid-minima'\?"):
        from_saved({"avoid_minimas": 1}, source="me.toml")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().seed = 1  # type: ignore[misc]


def test_python_values_are_checked_as_texts_are() -> None:
    request = Settings(lr=0.1, start=4.3, fps=29.97, size=(640, 480), xlim=[-6, 6])  # type: ignore[arg-type]
    assert (request.lr, request.start, request.fps) == ((0.1,), ((4.3,),), Fraction(2997, 100))
    assert (request.size, request.xlim) == ((640, 480), (-6.0, 6.0))
    with pytest.raises(SettingError, match="--lr"):
        Settings(lr=0)  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="--readout"):
        Settings(readout=1)  # type: ignore[arg-type]


# --- readers ----------------------------------------------------------------------------------------------------------

TAKEN: list[tuple[Callable[[Any], Any], Any, Any]] = [
    (readers.number(), "-1.5e3", -1500.0),
    (readers.number(), " .5 ", 0.5),
    (readers.number(least=0, most=3600), 3600, 3600.0),
    (readers.whole(least=0, most=9), "+7", 7),
    (readers.whole(least=0, most=2**32 - 1), "4294967295", 2**32 - 1),
    (readers.ratio, "100/7", Fraction(100, 7)),
    (readers.ratio, "29.97", Fraction(2997, 100)),
    (readers.ratio, 29.97, Fraction(2997, 100)),
    (readers.ratio, 1000, Fraction(1000)),
    (readers.point, "-1.5,2", (-1.5, 2.0)),
    (readers.point, 4, (4.0,)),
    (readers.point, "1,2,3", (1.0, 2.0, 3.0)),
    (readers.interval, "-6,6", (-6.0, 6.0)),
    (readers.size, "640x480", (640, 480)),
    (readers.size, "640×480", (640, 480)),
    (readers.size, "8192X64", (8192, 64)),
    (readers.Choice("a", "b"), "b", "b"),
    (readers.text, "", ""),
    (readers.text, "ünïcode − π", "ünïcode − π"),
    (readers.parameters, "l=1", (("l", 1.0),)),
    (readers.parameters, ["l=1", "f=2", "l=3"], (("f", 2.0), ("l", 3.0))),
    (readers.many(readers.number()), ["1", 2], (1.0, 2.0)),
    (readers.optional(readers.number()), None, None),
]

TEXTS_THAT_ARE_NO_NUMBER = ("", "nan", "inf", "-inf", "1e400", "1_0", "٣", "1,5", "0x1")

REFUSALS: list[tuple[Callable[[Any], Any], tuple[Any, ...]]] = [
    (readers.number(), (*TEXTS_THAT_ARE_NO_NUMBER, float("nan"), float("inf"), 10**400, True, None, [], {})),
    (readers.number(above=0), (0, "-0.0", -1e-300)),
    (readers.number(least=0, most=2), (-1e-300, 2.0000001)),
    (readers.whole(least=0, most=9), ("", "10", "-1", "1.0", "1e0", "1_0", "９", 1.0, True, None, "9" * 5000)),
    (
        readers.ratio,
        ("", "0", "-1", "nan", "1/0", "1e3", "1_0", "1/2/3", "1001", "0.0009", float("nan"), True, None, []),
    ),
    (readers.point, ("", ",", "nan", "1;2", [], None)),
    (readers.interval, ("", "1", "1,1", "2,1", "1,inf", "1,2,3", None, [2, 1], "0,1e101", "1,1.0000000001")),
    (readers.size, ("", "x", "640", "640x", "63x64", "64x8193", "1e3x64", "64x64x64", 640, None, {})),
    (readers.Choice("a", "b"), ("", "c", "A", None, [])),
    (readers.text, ("a\nb", "\0", "\x7f", "\u2028", "\udcff", "a" * 1001, 1, None)),
    (readers.flag, (0, 1, "true", None)),
    (readers.parameters, ("l", "=1", "1l=1", "l=", "l=x", "l=nan", 5, [["l", 1]])),
]
REFUSED = [(read, value) for read, refused in REFUSALS for value in refused]


@pytest.mark.parametrize(("read", "value", "expected"), TAKEN)
def test_readers_take(read: Callable[[Any], Any], value: Any, expected: Any) -> None:
    found = read(value)
    assert found == expected
    assert read(found) == expected


@pytest.mark.parametrize(("read", "value"), REFUSED)
def test_readers_refuse_with_what_is_allowed(read: Callable[[Any], Any], value: Any) -> None:
    with pytest.raises(ValueError, match=r"^give "):
        read(value)


@given(st.text())
def test_no_text_makes_a_reader_fail_in_another_way(text: str) -> None:
    for _, option, _ in options():
        try:
            option.read(text)
        except ValueError as refusal:
            assert str(refusal).startswith("give ")  # noqa: PT017


def test_a_descent_carries_what_the_picture_depends_on_and_not_how_the_command_was_run() -> None:
    settings = Settings(
        function="parabola", iterations=3, trail=2, quiet=True, json=True, output=("a.gif",), data="t.csv"
    )
    picture = descend(settings).settings
    assert (picture.iterations, picture.trail) == (3, 2)
    assert picture == Settings(function="parabola", iterations=3, trail=2)


@pytest.mark.parametrize("key", ["trajectory", "points"])
def test_a_preset_names_tables_and_holds_none(key: str) -> None:
    with pytest.raises(SettingError, match="give the name of a file"):
        from_saved({key: {"x": [1, 2]}}, source="a.toml")
