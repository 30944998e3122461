"""Which module may import which, and what may not be imported until it is needed."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from support.commandline import ENVIRONMENT, REFUSALS

import gdanim

PACKAGE = Path(gdanim.__file__).parent
HEAVY = ("numpy", "matplotlib", "PIL", "imageio_ffmpeg")

# The rooms in the order in which data flows, with what each does: a module imports what stands in its own room and in
# those before it. A room is a folder with the folders in it, or a single file. CONTRIBUTING.md shows this table.
LAYERS = {
    "errors": "every error that a person may see, with its exit code",
    "arrays": "the shapes of arrays, as types",
    "readers": "from what a person writes to a checked value",
    "formatting": "numbers and lists as parts of sentences",
    "toml_text": "TOML: read in linear time, written so that every container holds it",
    "tables": "tables of numbers and words in files, whatever wrote them: text, JSON, arrays of numpy",
    "signals": "cleans up when gdanim is told to stop, then dies by the same signal",
    "options": "how one option is written, read and explained; what may stand in the place of its texts",
    "settings": "one request, complete and checked: the table of all options",
    "formula": "a text → a function with exact derivatives, and its picture",
    "models": "a formula and a table → a loss that can be descended, with its gradient and Hessian",
    "catalogue": "everything that has a name, as rows of data, and the plug-ins; imports none of it before it is used",
    "objectives": "a name, a formula or a Python function → what can be descended, with bounds, minima, start, rate",
    "optimizers": "the rules that turn gradients into steps, and the schedules of rates",
    "descent": "a request → the path of every run, how each went, what each frame shows; recordings written and read",
    "drawing": "what views draw with: layout, styles, marks, the raster that draws only what moves",
    "views": "a descent → a scene: curve, contour, panels, surface, facets",
    "output": "a scene, or its frames → files of each format, complete or absent",
    "outputs": "the files that a request names, and what became of each",
    "writing": "one output on its way: opened, filled and finished; why it fails is kept, so that the others go on",
    "preflight": "what can be refused before anything is solved or drawn",
    "presets": "saved command lines, in files of their own or in files that gdanim made",
    "recipe": "what every file carries, from which it is made again and checked",
    "max_size": "files that keep to `--max-size`, or are not written: what may be given up, the least visible first",
    "rendering": "the whole way from a request to files: solve, draw once for each style, write every output",
    "reproduce": "`gdanim check`: solves a recipe again and compares",
    "batch": "`gdanim batch`: job files → jobs, done by several processes; what of them is there already",
    "api": "what Python programs call: a descent solved, looked at and written, with options as keywords",
    "cli": "words → a request; messages and exit codes: the only room that prints",
    "notebook": "`%gdanim` in IPython: the command line in a cell",
    "sphinx": "a directive for Sphinx: the words of a command line → a picture of a site, rendered once",
    "__main__": "the entry point",
}

# Inside a room, in the order in which they build on each other, the modules that others of the room import. All others
# stand behind them: a view, a family of optimizers or a format may be added without a line here.
INSIDE = {
    "options": "objects option kinds",
    "formula": (
        "special kernels vocabulary text.letters text.names text.tokens text.functions text.latex text.cursor "
        "text.tidying text.spelling text.sums text.left_side text.joined text.conditions text.analysis tree hints "
        "ranges parser graph floats derivatives symbols"
    ),
    "tables": "files table numbers dialect text nested json_text objects arrays points mapped",
    "models": "named points samples terms model linear penalty rows fit",
    "catalogue": (
        "foreign specs families formats functions optimizers plugins schedules choices validation views registry "
        "dims suggestions"
    ),
    "objectives": (
        "objective python.differences python.loader rings polishing edges minimizers radius wells trials "
        "python.signature autorange grounds.recorded surroundings python.functions grounds.restricted families "
        "many fits"
    ),
    "optimizers": "random optimizer linesearch guard terms",
    "descent": (
        "recording.file_types runs stepping numbering timeline stops trajectory endpoints solver stability "
        "plane.axes plane.plane plane.closer outcomes.oscillation outcomes.paths outcomes.motion outcomes.places "
        "verdicts attractors recording.vocabulary recording.roles recording.variables recording.rows recording.dense "
        "recording.replay recording.asked descend plane.looked_at updates outcomes.trials outcomes.unbounded "
        "outcomes.ends outcomes.reasons outcomes.shared outcomes.endings"
    ),
    "drawing": (
        "colours.cycles colours.drawable frame geometry mpl colours.vision colours.borrowed colours.mending "
        "lettering ends numbers marks.exits marks.track marks.fade painting.strokes painting.mark painting.blocks "
        "painting.forks shapes fallback styles colours.grounds colours.ramps run_styles layout marks.free_places "
        "marks.trails "
        "marks.arrows marks.fitted marks.caption marks.rows marks.spots marks.starts scene raster"
    ),
    "views": (
        "ground.borders ground.levels ground.inks ground.key ground.draw ground.aspect ground.minima ground.plain "
        "ground.pixels opening_names basins digits told readout.away legend legend_form explain.step_arrows "
        "surface.camera facet_groups readout.columns readout.outcomes readout.line surface.heightmap explain.equation "
        "explain.explanation explain.pointers facet_titles surface.labels surface.axes header surface.paths inset "
        "side_legend base surface.places surface.box surface.key panels.series facets contour curve fit.data "
        "fit.batches"
    ),
    "output": (
        "base containers.isobmff containers.matroska containers.xmp files.numbering files.targets files.attributes "
        "files.existing files.folders files.temporary files.swap filmstrip.sizes filmstrip.strip_layout "
        "html.colour_schemes svg.items svg.timing changes encoding.codecs encoding.yuv encoding.ffmpeg files.atomic "
        "metadata palette svg.paths animation filmstrip.renderer gif_tables png svg.layers svg.recorder svg.writer "
        "pages"
    ),
    "recipe": "portable made",
    "max_size": "steps",
    "sphinx": "asked pictures directive",
    "batch": "messages matrix naming jobfile schema pool parcels remote",
    "api": "remarks asked tables streams progress notebook trajectory animations",
    "cli": (
        "screen.colours screen.letters terminal listing parameters words.given words.strays snippet doctor shells "
        "completion summary messages worker parsing asked checking batch watching.loop watching.server watching.watched"
    ),
}

MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name != "__init__.py"
}


def place(module: str) -> tuple[int, int]:
    """How far down the way a module stands: its room, and its place in it."""
    room, _, name = module.partition(".")
    inside = INSIDE.get(room, "").split()
    return list(LAYERS).index(room), inside.index(name) if name in inside else len(inside)


@cache
def imports(module: str) -> frozenset[str]:
    """The modules of gdanim that a module imports anywhere, for its types too."""
    found: set[str] = set()
    for node in ast.walk(tree_of(module)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names] + [str(node.module)]
        found |= {name.removeprefix("gdanim.") for name in names if name.startswith("gdanim.")}
    return frozenset(found & MODULES.keys())


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def test_nothing_imports_what_stands_beside_or_behind_it() -> None:
    behind = {(module, name) for module in MODULES for name in imports(module) if place(name) >= place(module)}
    assert not behind


def test_nothing_imports_from_the_package_itself_what_it_gathers() -> None:
    taken = {
        (module, alias.name)
        for module in MODULES
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.ImportFrom) and node.module == "gdanim"
        for alias in node.names
        if alias.name not in {name.partition(".")[0] for name in MODULES}
    }
    assert not taken


def test_the_order_inside_a_room_names_its_modules() -> None:
    assert {f"{room}.{name}" for room, names in INSIDE.items() for name in names.split()} <= MODULES.keys()


def test_no_modules_import_each_other_in_a_circle() -> None:
    # TopologicalSorter raises CycleError, which names the circle.
    assert len(list(TopologicalSorter({module: imports(module) for module in MODULES}).static_order())) == len(MODULES)


def test_a_folder_can_be_seen_at_a_glance() -> None:
    folders = {path.parent for path in MODULES.values()}
    assert not {folder.name for folder in folders if len(list(folder.glob("*.py"))) > 16}


def test_a_module_can_be_read_in_one_sitting() -> None:
    lines = {module: path.read_text(encoding="utf-8").count("\n") for module, path in MODULES.items()}
    assert not {module: length for module, length in lines.items() if length > 300}


FRAMES = (
    "gif",
    "palette",
    "png",
    "apng",
    "webp",
    "video",
    "encoding",
    "gif_tables",
    "changes",
    "animation",
    "containers",
)


@pytest.mark.parametrize("module", [name for name in MODULES if name.split(".")[:2][-1] in FRAMES])
def test_writers_know_frames_and_not_what_made_them(module: str) -> None:
    reached = {name.partition(".")[0] for name in imports(module)} | imports(module)
    assert {name for name in reached if not name.startswith("output")} <= {
        *("drawing", "drawing.frame"),
        *("errors", "arrays", "signals", "formatting"),
    }


def test_only_the_command_line_prints_or_exits() -> None:
    calls = {
        (module, ast.unparse(node.func))
        for module in MODULES
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Call)
    }
    outlets = {"print", "exit", "quit", "sys.exit", "click.echo", "click.secho"}
    found = {(module, call) for module, call in calls if call in outlets}
    assert found == {("cli.app", "sys.exit"), ("cli.terminal", "click.echo")}


def test_nothing_imports_pyplot() -> None:
    texts = {module: path.read_text(encoding="utf-8") for module, path in MODULES.items()}
    assert not {module for module, text in texts.items() if "pyplot" in text.replace("never pyplot", "")}


def test_nothing_that_windows_lacks_is_imported_with_a_module() -> None:
    lacking = {"fcntl", "pty", "pwd", "resource", "termios"}
    assert not {(module, name) for module in MODULES for name in imported_with(module) if name in lacking}


def imported_with(module: str) -> set[str]:
    """The modules that are imported as soon as this one is."""
    top = [node for node in tree_of(module).body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names}
    return names | {str(node.module) for node in top if isinstance(node, ast.ImportFrom)}


def loaded_after(requests: list[list[str]]) -> dict[str, list[str]]:
    """Run requests one after another in a fresh process; the heavy modules that are loaded after each."""
    script = """
        import contextlib, io, json, sys
        from gdanim.cli import app
        heavy, requests = json.loads(sys.argv[1]), json.loads(sys.argv[2])
        loaded = {}
        for request in requests:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                try:
                    app.main(request)
                except SystemExit:
                    pass
            loaded[" ".join(request)] = [name for name in heavy if name in sys.modules]
        print(json.dumps(loaded))
    """
    lines = script.splitlines()
    dedented = "\n".join(line[8:] for line in lines)
    ended = subprocess.run(
        [sys.executable, "-c", dedented, json.dumps(HEAVY), json.dumps(requests)],
        capture_output=True,
        env=ENVIRONMENT,
        check=True,
    )
    found: dict[str, list[str]] = json.loads(ended.stdout)
    return found


def test_help_version_lists_and_usage_errors_load_nothing_heavy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    light = [["--help"], ["--version"], ["list"], ["list", "functions", "--json"], ["list", "--help"]]
    loaded = loaded_after([*light, *(list(arguments) for arguments, _ in REFUSALS)])
    assert len(loaded) == len(light) + len({" ".join(arguments) for arguments, _ in REFUSALS})
    assert {request: heavy for request, heavy in loaded.items() if heavy} == {}


def test_a_descent_loads_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above would pass on a machine where nothing works: here it would be seen."""
    monkeypatch.chdir(tmp_path)
    ((_, heavy),) = loaded_after([["parabola", "--dry-run"]]).items()
    assert "numpy" in heavy


def test_importing_the_package_loads_nothing_and_its_names_resolve() -> None:
    script = "import sys, gdanim; print([m for m in sys.modules if m.startswith('gdanim.') or m == 'numpy'])"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, env=ENVIRONMENT, check=True)
    assert ended.stdout.split() == [b"[]"]
    assert all(getattr(gdanim, name) is not None for name in gdanim.__all__)
    with pytest.raises(AttributeError, match="gdanim"):
        gdanim.no_such_name  # noqa: B018
