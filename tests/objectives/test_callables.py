"""Python callables: found, tried, differentiated and kept from disturbing anything."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.commandline import ENVIRONMENT, PATIENCE_S, QUICK, command, run
from support.objectives import objective

from gdanim.catalogue.registry import FUNCTIONS
from gdanim.errors import CallableError, UsageError
from gdanim.objectives.python.differences import hessian_of_gradient, hessian_of_value, value_and_slopes
from gdanim.objectives.python.functions import Callables, load
from gdanim.objectives.python.loader import UserCode
from gdanim.objectives.python.signature import Caller, Form, Layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., str]  # (code, name of the file) → the file's name

POINTS = np.array([[0.3, -0.2], [1.5, 2.0], [-3.0, 0.7]])


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a person's file in the current folder."""
    monkeypatch.chdir(tmp_path)

    def put(code: str, name: str = "loss.py") -> str:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(code)
        return name

    return put


# Finding.


def test_a_file_runs_once_though_function_and_gradient_come_from_it(write: Write) -> None:
    write(
        "with open('runs.txt', 'a') as log: log.write('.')\n"
        "def f(x): return x**2\n"
        "def g(x): return 2 * x\n"
    )  # fmt: skip
    load("loss.py:f", "./loss.py:g")
    with open("runs.txt") as log:  # noqa: PTH123
        assert log.read() == "."


def test_a_file_may_import_its_neighbours_even_late_and_leaves_sys_path_as_it_was(write: Write) -> None:
    write("A = 3.0", "lib/gd_neighbour_a.py")
    write("B = 4.0", "lib/gd_neighbour_b.py")
    write(
        "from gd_neighbour_a import A\n"
        "def f(x):\n"
        "    from gd_neighbour_b import B\n"
        "    return A * x**2 + B\n",
        "lib/loss.py",
    )  # fmt: skip
    before = list(sys.path)
    assert load("lib/loss.py:f").value(np.array([2.0])) == 16.0
    assert sys.path == before


def test_a_file_leaves_no_bytecode_and_is_not_main(write: Write, tmp_path: Path) -> None:
    write("def f(x): return x**2\nif __name__ == '__main__': raise SystemExit")
    load("loss.py:f")
    assert [path.name for path in tmp_path.iterdir()] == ["loss.py"]


def test_a_module_is_found_in_the_current_folder_and_among_the_installed(write: Write) -> None:
    write("", "gd_package_c/__init__.py")
    write("def f(x): return x**3", "gd_package_c/inner.py")
    assert load("gd_package_c.inner:f").value(np.array([2.0])) == 8.0
    assert load("math:cos").value(np.array([0.0])) == 1.0


def test_dataclasses_and_methods_of_objects_can_be_functions(write: Write) -> None:
    write(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "@dataclass\n"
        "class Bowl:\n"
        "    a: float\n"
        "    def __call__(self, x, y): return self.a * x**2 + y**2\n"
        "    def gradient(self, x, y): return 2 * self.a * x, 2 * y\n"
        "bowl = Bowl(3.0)\n"
    )  # fmt: skip
    bowl = load("loss.py:bowl")
    np.testing.assert_array_equal(bowl.gradient(np.array([1.0, 1.0])), [6.0, 2.0])
    assert bowl.remarks == ()


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("los.py:rosen", r"No file 'los.py'. Did you mean 'loss.py'\?"),
        ("loss.py:rosn", r"in loss.py: 'rosn'. Did you mean 'rosen'\?"),
        ("loss.py:SCALE", r"loss.py:SCALE is float 2.0: name a function"),
        ("lib.py:f", "'lib.py' is not a file"),
        ("sparse.py:f", "'sparse.py' has more than 10,000,000 bytes"),
        ("gd_no_such:f", "No module 'gd_no_such', here or installed"),
        ("json.decodr:f", r"No module 'json.decodr'.* Did you mean 'json.decoder'\?"),
        ("lib/loss:f", r"neither a file that ends in .py nor the name of a module"),
        ("rosen", "write file.py:name or package.module:name"),
    ],
)
def test_what_is_not_there_is_refused_with_the_nearest(spec: str, says: str, write: Write, tmp_path: Path) -> None:
    write("SCALE = 2.0\ndef rosen(p): return p[0] + p[1]")
    (tmp_path / "lib.py").mkdir()
    (tmp_path / "sparse.py").touch()
    os.truncate(tmp_path / "sparse.py", 10**10)
    with pytest.raises(UsageError, match=says):
        load(spec)


# The forms of a function.


@pytest.mark.parametrize(
    ("code", "dim", "takes"),
    [
        ("def f(x): return x**2 + 1", 1, Layout.COLUMNS),
        ("def f(x): return math.sin(x)", 1, Layout.ONE_BY_ONE),
        ("def f(x): return x**2 if x > 0 else -x", 1, Layout.ONE_BY_ONE),
        ("def f(x, scale=2.0): return scale * x", 1, Layout.COLUMNS),
        ("def f(x): return 2 if x > 1e9 else 3", 1, Layout.ONE_BY_ONE),
        ("def f(x, y): return x**2 + y", 2, Layout.COLUMNS),
        ("def f(x, y): return max(x, y)", 2, Layout.ONE_BY_ONE),
        ("def f(p): return p[0]**2 + p[1]", 2, Layout.COLUMNS),
        ("def f(p): return p[..., 0]**2 + p[..., 1]", 2, Layout.ROWS),
        ("def f(p): x, y = p; return x * y", 2, Layout.COLUMNS),
        ("def f(p): return np.sum(p**2)", 2, Layout.ONE_BY_ONE),
        ("def f(p): return p @ np.array([1.0, 2.0])", 2, Layout.ROWS),
        ("def f(*p): return p[0] + p[1]\nf.dim = 2", 2, Layout.COLUMNS),
        ("def f(w): return np.mean((w * np.array([1.0, 2.0]) - 3.0)**2)\nf.dim = 1", 1, Layout.ONE_BY_ONE),
    ],
)
def test_the_form_is_found_out_and_values_are_those_of_single_calls(
    code: str, dim: int, takes: Layout, write: Write
) -> None:
    write(f"import math\nimport numpy as np\n{code}\n")
    loaded = load("loss.py:f")
    assert (loaded.dim, loaded._f.takes) == (dim, takes)
    assert loaded.point_by_point is (takes is Layout.ONE_BY_ONE)
    scope: dict[str, Callable[..., float]] = {"math": math, "np": np}  # type: ignore[dict-item]
    exec(code, scope)
    points = POINTS[:, :dim]
    spread = loaded._f.form.spread
    expected = [scope["f"](*point) if spread else scope["f"](point) for point in points]
    np.testing.assert_allclose(loaded.value(points), expected, rtol=1e-14)
    assert loaded.value(points.reshape(3, 1, dim)).shape == (3, 1)
    assert loaded.value(points[0]).shape == ()
    assert loaded.hessian(points).shape == (3, dim, dim)


def test_a_function_that_looks_vectorised_and_is_not_is_called_point_by_point(write: Write) -> None:
    # The shape is right and the values are not: one branch for all points.
    write("import numpy as np\ndef f(x): return x**2 if np.mean(x) > 0 else -x")
    np.testing.assert_array_equal(load("loss.py:f").value(np.array([[2.0], [-3.0]])), [4.0, 3.0])


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("def f(x): return None", "returned None"),
        ("def f(x): return 'one'", "returned str 'one'"),
        ("def f(x): return x + 1j", r"returned complex128 .*one real number"),
        ("def f(x): return [x]", r"returned list"),
        ("def f(p): return np.array([p[0], p[1], 0])", r"returned ndarray of shape \(3,\)"),
        ("def f(): return 1.0", "takes 0 arguments"),
        ("def f(x, y, z): return 1.0", r"takes 3 arguments: write f\(x\)"),
        ("def f(x): return x\nf.grad = lambda x: [1, 2]", r"^the gradient loss.py:f.grad returned list"),
        ("def f(x): return x\nf.dim = 3", "one real number for a point"),
        ("def f(x): return x\nf.dim = 0", "number of variables, 1 or more"),
    ],
)
def test_what_is_no_function_of_numbers_is_refused_by_what_it_is(code: str, says: str, write: Write) -> None:
    write(f"import numpy as np\n{code}\n")
    with pytest.raises(UsageError, match=says):
        load("loss.py:f")


def test_objects_that_become_floats_are_numbers(write: Write) -> None:
    write(
        "class Tensor:\n"
        "    dtype, shape = 'torch.float64', ()\n"
        "    def __init__(self, x): self.x = float(x)\n"
        "    def __float__(self): return self.x**2\n"
        "def f(x): return Tensor(x)\n"
    )  # fmt: skip
    assert load("loss.py:f").value(np.array([3.0])) == 9.0


def test_a_callable_may_write_into_its_argument(write: Write) -> None:
    write("def f(p):\n    p[0] *= 2\n    return p[0]**2 + p[1]**2")
    x = np.array([[1.0, 1.0], [2.0, 0.0]])
    np.testing.assert_array_equal(load("loss.py:f").value(x), [5.0, 16.0])
    np.testing.assert_array_equal(x, [[1.0, 1.0], [2.0, 0.0]])


# Derivatives.


@pytest.mark.parametrize("name", FUNCTIONS)
def test_differences_are_the_exact_derivatives_of_every_row(name: str) -> None:
    exact = objective(name, {})
    x = np.random.default_rng(0).uniform(exact.bounds[:, 0], exact.bounds[:, 1], (200, exact.dim))
    gradient, hessian = exact.gradient(x), exact.hessian(x)
    # Steps that reach across a kink have nothing to find.
    smooth = np.isfinite(hessian).all(axis=(1, 2)) & ((name != "absolute") | (np.abs(x).min(axis=1) > 0.1))
    with np.errstate(all="ignore"):
        found = value_and_slopes(exact.value, x)[1]
        second = (hessian_of_gradient(exact.gradient, x)[0], hessian_of_value(exact.value, x)[0])
    # Relative to the size that derivatives have in these bounds: near a stationary point all of f is rounding.
    np.testing.assert_allclose(found[smooth], gradient[smooth], rtol=0, atol=1e-9 * np.abs(gradient).max())
    for matrices, tolerance in zip(second, (1e-9, 1e-5), strict=True):
        scale = np.abs(hessian[smooth]).max(initial=0.0)
        np.testing.assert_allclose(matrices[smooth], hessian[smooth], rtol=0, atol=tolerance * scale)


@given(st.floats(-1e6, 1e6), st.floats(-10, 10), st.floats(-10, 10))
def test_differences_of_a_quadratic_are_exact_but_for_rounding(x: float, a: float, b: float) -> None:
    points = np.array([[x]])
    _, slopes = value_and_slopes(lambda p: a * p[:, 0] ** 2 + b * p[:, 0], points)
    size = (abs(a) * x * x + abs(b * x) + 1e-3) / max(1.0, abs(x))
    assert slopes.shape == (1, 1)
    assert abs(slopes[0, 0] - (2 * a * x + b)) <= 1e-10 * (size + abs(a) + abs(b))


def test_at_a_kink_differences_give_the_middle_of_both_slopes() -> None:
    at = np.zeros((1, 1))
    assert value_and_slopes(lambda p: np.abs(p[:, 0]), at)[1] == 0.0
    assert value_and_slopes(lambda p: np.maximum(p[:, 0], 0.0), at)[1] == 0.5


def test_a_function_of_single_precision_gets_steps_that_suit_it(write: Write) -> None:
    write("import numpy as np\ndef f(x): return np.sin(np.float32(x))")
    loaded = load("loss.py:f")
    x = np.linspace(-3, 3, 50)[:, np.newaxis]
    np.testing.assert_allclose(loaded.gradient(x), np.cos(x), atol=3e-5)


@pytest.mark.parametrize(
    "gradient",
    [
        "def g(x, y): return 2 * x, 3",
        "def g(x, y): return [2 * x, 3.0]",
        "def g(x, y): return np.array([2 * x, 3 + 0 * x])",
        "def g(x, y): return np.stack([2 * x, 3 + 0 * x], axis=-1)",
        "def g(p): return 2 * p[0], 3.0",
        "def g(p): return np.stack([2 * p[..., 0], 3 + 0 * p[..., 0]], -1)",
        "def g(p): return np.array([2 * float(p[0]), 3.0])",
        "def g(p): x, y = p; return (2 * x if x > 0 else 2 * x), 3",
    ],
)
def test_a_gradient_may_have_any_form_for_any_number_of_points(gradient: str, write: Write) -> None:
    write(f"import numpy as np\ndef f(x, y): return x**2 + 3 * y\n{gradient}\n")
    loaded = load("loss.py:f", "loss.py:g")
    assert loaded.remarks == ()
    for n in (1, 2, 3):  # two points, too: shapes alone do not tell the axes apart there
        x = POINTS[:n]
        expected = np.column_stack([2 * x[:, 0], np.full(n, 3.0)])
        np.testing.assert_array_equal(loaded.gradient(x), expected)
        value, slopes = loaded.raw_value_and_gradient(x)
        np.testing.assert_allclose(value, x[:, 0] ** 2 + 3 * x[:, 1], rtol=1e-15)
        np.testing.assert_array_equal(slopes, expected)
    np.testing.assert_allclose(loaded.hessian(POINTS[0]), [[2, 0], [0, 0]], atol=1e-11)


def test_the_option_beats_the_attribute_beats_differences(write: Write) -> None:
    write(
        "def f(x): return x**2\n"
        "def plain(x): return x**2\n"
        "f.grad = lambda x: 2 * x + 1e-9\n"
        "def g(x): return 2 * x + 2e-9\n"
    )  # fmt: skip
    at = np.array([0.0])
    assert load("loss.py:f", "loss.py:g").gradient(at) == 2e-9
    assert load("loss.py:f").gradient(at) == 1e-9
    assert load("loss.py:plain").gradient(at) == 0.0
    assert load("loss.py:f").remarks == ()
    assert load("loss.py:plain").remarks == (
        "loss.py:plain has no gradient; central differences are used (--gradient gives one)",
    )


@pytest.mark.parametrize(("slope", "doubtful"), [("3*x**2", False), ("3.001*x**2", False), ("3.1*x**2", True)])
def test_a_gradient_that_is_plainly_wrong_is_doubted(slope: str, doubtful: bool, write: Write) -> None:
    write(f"def f(x): return x**3\ndef g(x): return {slope}")
    loaded = load("loss.py:f", "loss.py:g")
    said = "the gradient loss.py:g is not that of loss.py:f, by central differences"
    assert loaded.remarks == ((said,) if doubtful else ())


def test_a_flat_slope_on_a_high_plateau_is_not_doubted(write: Write) -> None:
    # Rounding of 1e12 drowns the slope in differences; the given gradient is right.
    write("def f(x): return 1e12 + x\ndef g(x): return 1.0 + 0 * x")
    assert load("loss.py:f", "loss.py:g").remarks == ()


# What goes wrong in their code.


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("def f(x):\n    return 1 / 0", "loss.py:2 in f: ZeroDivisionError: division by zero"),
        (
            "import numpy as np\ndef f(x):\n    return g(x)\ndef g(x):\n    return np.linalg.inv(x)",
            "loss.py:5 in g: LinAlgError: ",
        ),
        ("def f(x):\n\n    raise ValueError('no\\n good')", "loss.py:3 in f: ValueError: no good"),
        ("def f(x): return y", "loss.py:1 in f: NameError: name 'y' is not defined"),
        ("def f(x):\n  return x +", "loss.py:2: SyntaxError: invalid syntax"),
        ("import gd_nothing_there", "loss.py:1: ModuleNotFoundError: No module named 'gd_nothing_there'"),
        ("raise SystemExit('bye')", "loss.py:1: SystemExit: bye"),
        ("import sys\ndef f(x): sys.exit(3)", "loss.py:2 in f: SystemExit: 3"),
        ("def f(p):\n    return p[0] + p[1] + p[2]", "loss.py:2 in f: IndexError: index 2 is out of bounds"),
        ("class Odd(Exception):\n    def __str__(self): return 1/0\ndef f(x): raise Odd", "loss.py:3 in f: Odd"),
    ],
)
def test_an_error_names_the_line_of_theirs(code: str, says: str, write: Write) -> None:
    write(code)
    with pytest.raises(CallableError) as raised:
        load("loss.py:f")
    assert str(raised.value).startswith(says)
    assert "\n" not in str(raised.value)


def test_an_error_later_than_the_trial_is_told_alike(write: Write) -> None:
    write("def f(x):\n    if x > 1000: raise RuntimeError('too far')\n    return x**2")
    loaded = load("loss.py:f")
    with pytest.raises(CallableError, match=r"^loss\.py:2 in f: RuntimeError: too far$"):
        loaded.value(np.array([2000.0]))


def test_an_error_in_an_installed_module_names_its_line(write: Write) -> None:
    write("")
    with pytest.raises(CallableError, match=r"textwrap.py:\d+ in dedent: \w+Error: "):
        load("textwrap:dedent")


def test_an_interrupt_passes(write: Write) -> None:
    write("def f(x): raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load("loss.py:f")


def test_where_arithmetic_fails_there_is_no_value(write: Write) -> None:
    write("import math\ndef f(x): return math.log(x) + math.exp(x * x) / (int(x) - 3)")
    values = load("loss.py:f").value(np.array([[1.0], [-1.0], [3.0], [40.0]]))
    np.testing.assert_array_equal(values, [-math.e / 2, np.nan, np.nan, np.inf])


def test_numpy_is_silent_and_their_own_warnings_are_heard(write: Write) -> None:
    write("import warnings\ndef f(x):\n    warnings.warn('mine')\n    return 1 / (x - x) + x**900")
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        load("loss.py:f").raw_value_and_gradient(np.array([[1e3]]))
    assert {str(warning.message) for warning in heard} == {"mine"}


def test_what_they_print_goes_to_standard_error(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("print('import')\ndef f(x):\n    print('call')\n    return x**2")
    load("loss.py:f").gradient(np.array([1.0]))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert {"import", "call"} == set(printed.err.split())


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), max_size=5))
def test_point_by_point_and_all_at_once_agree(points: list[tuple[float, float]]) -> None:
    x = np.array(points, dtype=np.float64).reshape(-1, 2)
    one_by_one = Caller(
        code=UserCode(), call=lambda x, y: x * x - 3 * y, name="f", form=Form(dim=2, spread=True), slopes=False
    )
    functions = Callables(one_by_one.fastest(), None)
    np.testing.assert_array_equal(functions.value(x), one_by_one(x))
    assert functions.gradient(x).shape == x.shape


# Through the command line.


@pytest.mark.parametrize(
    ("preset", "given", "key"),
    [
        ('function = "evil.py:f"', (), "function"),
        ('function = "evil:f"', (), "function"),
        ('function = "math:cos"\ngradient = "evil.py:f"', ("math:cos",), "gradient"),
    ],
)
def test_a_preset_runs_no_python_unless_the_command_line_allows_it(
    preset: str, given: tuple[str, ...], key: str, write: Write, tmp_path: Path
) -> None:
    write("open('pwned', 'w').close()\ndef f(x): return -x", "evil.py")
    write(preset, "p.toml")
    refused = run(*given, "--preset", "p.toml", "-o", "x.gif")
    assert (refused.code, len(refused.lines)) == (2, 1)
    assert refused.err.startswith(f"gdanim: p.toml: {key} ")
    assert "--allow-python" in refused.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil.py", "p.toml"]
    assert run(*given, "--preset", "p.toml", "--dry-run", "--allow-python").code == 0
    assert (tmp_path / "pwned").exists()


def test_the_refusal_loads_neither_numpy_nor_the_code(write: Write) -> None:
    write('function = "evil.py:f"', "p.toml")
    code = (
        "import sys, gdanim.cli.app\n"
        "try: gdanim.cli.app.main(['--preset', 'p.toml'])\n"
        "except SystemExit as end: assert end.code == 2\n"
        "assert not {'numpy', 'gdanim.objectives.python.functions'} & set(sys.modules)\n"
    )
    alone = [sys.executable, "-c", code]
    assert subprocess.run(alone, env=ENVIRONMENT, capture_output=True, timeout=PATIENCE_S).returncode == 0


def test_a_function_on_the_command_line_wins_over_python_in_a_preset(write: Write) -> None:
    write('function = "evil.py:f"\ngradient = "evil.py:g"\nlr = 0.1', "p.toml")
    assert run("parabola", "--preset", "p.toml", "--dry-run").code == 0


def test_a_gradient_without_a_callable_is_refused(write: Write) -> None:
    write("")
    refused = run("parabola", "--gradient", "loss.py:g")
    assert (refused.code, len(refused.lines)) == (2, 1)
    assert "--gradient" in refused.err


def test_a_callable_descends_to_its_minimum_and_standard_output_stays_clean(write: Write) -> None:
    write(
        "with open('runs.txt', 'a') as log: log.write('.')\n"
        "print('loading')\n"
        "def f(x, y):\n    print('calling')\n    return (x - 1)**2 + 2 * (y + 0.5)**2\n"
    )  # fmt: skip
    done = run("loss.py:f", "--lr", "0.2", "-n", "60", "-o", "f.gif", "--json", "-q", "--size", "160x120")
    assert done.code == 0, done.err
    summary = json.loads(done.out)
    np.testing.assert_allclose(summary["runs"][0]["end"], [1.0, -0.5], atol=1e-9)
    with open("runs.txt") as log:  # noqa: PTH123
        assert log.read() == "."


@pytest.mark.parametrize(
    ("gradient", "said"),
    [
        ((), "gdanim: loss.py:f has no gradient; central differences are used (--gradient gives one)"),
        (("--gradient", "loss.py:right"), None),
        (
            ("--gradient", "loss.py:wrong"),
            "gdanim: the gradient loss.py:wrong is not that of loss.py:f, by central differences",
        ),
    ],
)
def test_what_becomes_of_the_gradient_is_said_once(gradient: tuple[str, ...], said: str | None, write: Write) -> None:
    write("def f(x): return x**2\ndef right(x): return 2 * x\ndef wrong(x): return x")
    done = run("loss.py:f", *gradient, *QUICK, "-o", "f.gif")
    assert [line for line in done.lines if "gradient" in line] == ([said] if said else [])


def test_a_gif_on_standard_output_is_not_mixed_with_prints(write: Write) -> None:
    write("def f(x):\n    print('calling')\n    return x**2")
    arguments = command("loss.py:f", "-n", "3", "-o", "-", "-q", "--size", "160x120")
    gif = subprocess.run(arguments, capture_output=True, env=ENVIRONMENT, timeout=PATIENCE_S).stdout
    assert gif.startswith(b"GIF89a")
    assert gif.endswith(b";")
    assert b"calling" not in gif


def test_an_error_in_their_code_is_one_line_and_exit_code_1(write: Write) -> None:
    write("def f(x):\n    return x / undefined")
    failed = run("loss.py:f", "-o", "f.gif")
    assert (failed.code, failed.out) == (1, b"")
    assert failed.err == "gdanim: loss.py:2 in f: NameError: name 'undefined' is not defined\n"
