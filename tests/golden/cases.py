"""What the golden set runs: each preset in each format, and command lines that cross all else that gdanim does."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Final

PRESETS: Final = Path(__file__).parents[2] / "presets"

# Each format by the path that is asked for; av1 and filmstrip have no suffix of their own.
FORMATS: Final = {
    "gif": ("-o", "out.gif"),
    "mp4": ("-o", "out.mp4"),
    "webm": ("-o", "out.webm"),
    "av1": ("-o", "out.mkv", "-f", "av1"),
    "mov": ("-o", "out.mov"),
    "webp": ("-o", "out.webp"),
    "apng": ("-o", "out.apng"),
    "avif": ("-o", "out.avif"),
    "png": ("-o", "out.png"),
    "png-sequence": ("-o", "out-%03d.png", "-f", "png-sequence"),
    "html": ("-o", "out.html"),
    "svg": ("-o", "out.svg"),
    "filmstrip": ("-o", "out.pdf", "-f", "filmstrip"),
}

SMALL: Final = ("-n", "8", "--size", "240x180")
TINY: Final = ("-n", "3", "--size", "160x120")

# Files that the command lines read.
FILES: Final = {
    "mine.py": """
        import numpy as np

        def bowl(x, y):
            return (x - 1) ** 2 + 3 * (y + 0.5) ** 2

        def slope(x, y):
            return np.array([2 * (x - 1), 6 * (y + 0.5)])

        def wave(x):
            return np.sin(3 * x) + x**2

        def broken(x):
            raise ValueError("no such thing")
        """,
    "run.csv": """
        iteration,x1,x2
        0,-1.5,2
        1,-1.2,1.6
        2,-0.9,1.1
        3,-0.5,0.6
        4,0.2,0.3
        5,0.8,0.7
        """,
    "two.jsonl": """
        {"run": "a", "iteration": 0, "x1": 2.0}
        {"run": "a", "iteration": 1, "x1": 1.0}
        {"run": "a", "iteration": 2, "x1": 0.4}
        {"run": "b", "iteration": 0, "x1": -2.0}
        {"run": "b", "iteration": 1, "x1": -1.5}
        {"run": "b", "iteration": 2, "x1": -0.1}
        """,
    "bad.csv": """
        iteration,x1,x2
        0,1,2
        1,1,two
        """,
    "own.mplstyle": """
        axes.facecolor: fffaf0
        axes.prop_cycle: cycler('color', ['004488', 'bb5566', 'ddaa33'])
        font.family: monospace
        """,
    "mine.toml": """
        function = "himmelblau"
        lr = [0.005, 0.02]
        iterations = 6
        size = "200x160"
        view = "surface"
        camera = [40, -50]
        """,
    "wrong.toml": """
        function = "parabola"
        learning_rate = 0.1
        """,
    "python.toml": """
        function = "mine.py:wave"
        """,
    "guests.py": """
        from rows import Format, Formula, Hyperparameter, Method, Optimizer, Rate, Schedule, View, number, stateless
        import numpy as np

        NORMALISED = Method(
            name="normalised", target="guests:normalised", summary="steps of the rate's length",
            hyperparameters=(Hyperparameter(name="eps", default=1e-8, read=number(above=0)),), rate=Rate.ONE, source="ours",
        )
        LOST = Method(name="lost", target="guests:lost", summary="gives no step", rate=Rate.ONE, source="ours")
        HALVED = Schedule(name="halved", target="guests:halved", summary="lr/2^k")
        TILT = Formula(
            name="tilt", formula="x**2 + a*x", bounds=((-3.0, 3.0),), start=(2.0,), lr=0.1, iterations=9,
            minimizers=((-0.5,),), minimum=-0.25, curvature=2.0, parameters=(("a", 1.0),), source="ours",
        )
        PLAIN = View(name="plain_curve", target="guests:plain", summary="the curve again", dims=(1,))
        BOXES = Format(
            name="boxes", target="guests:Boxes", summary="what changed, as text", extensions=(".boxes",),
            needs_path=False, even_size=False, max_fps=100, loops=False, qualities={"medium": "exact"},
        )
        SHORT = Format(
            name="short", target="guests:nothing", summary="has no suffix that is one", extensions=("short",),
            needs_path=False, even_size=False, max_fps=100, loops=False, qualities={"medium": "exact"},
        )

        def normalised(eps):
            def update(grad, state, x, lr, oracle):
                return -lr * grad / (np.linalg.norm(grad, axis=-1, keepdims=True) + eps), state
            return Optimizer(init=stateless, update=update)

        def lost():
            return Optimizer(init=lambda x: None, update=lambda grad, state, x, lr, oracle: None)

        def halved():
            return lambda k, lr, n: lr / 2.0**k

        def plain(descent):
            from gdanim.views.curve import build
            return build(descent)

        class Boxes:
            def __init__(self, stream, reel):
                self.stream = stream
            def __enter__(self):
                return self
            def __exit__(self, *raised):
                pass
            def write(self, frame):
                self.stream.write(f"{frame.index} {frame.box.width}x{frame.box.height}\\n".encode())
        """,
}  # fmt: skip
ENTRY_POINTS: Final = """
    [gdanim.optimizers]
    normalised = guests:NORMALISED
    lost = guests:LOST
    [gdanim.schedules]
    halved = guests:HALVED
    [gdanim.functions]
    tilt = guests:TILT
    [gdanim.views]
    plain-curve = guests:PLAIN
    [gdanim.writers]
    boxes = guests:BOXES
    short = guests:SHORT
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A sequence of command lines in one fresh folder; what each prints, its exit code and all files count."""

    name: str
    lines: tuple[tuple[str, ...], ...]
    plugins: bool = False


def write_inputs(folder: Path, *, plugins: bool) -> None:
    """Put into a folder what the cases read; with `plugins`, an installed package beside it, in `folder/site`."""
    for name, content in FILES.items():
        (folder / name).write_text(dedent(content).lstrip(), encoding="utf-8")
    shutil.copy(PRESETS / "race.gif", folder / "made.gif")
    if plugins:
        info = folder / "site" / "guests-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: guests\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(dedent(ENTRY_POINTS).lstrip())
        (folder / "guests.py").rename(folder / "site" / "guests.py")
        shutil.copy(Path(__file__).with_name("rows.py"), folder / "site")


def _case(name: str, *lines: str | tuple[str, ...], plugins: bool = False) -> Case:
    """A case whose lines are words with blanks between them, or tuples of words."""
    return Case(
        name=name, lines=tuple(tuple(line.split()) if isinstance(line, str) else line for line in lines), plugins=plugins
    )


def _presets() -> list[Case]:
    return [
        _case(f"preset/{preset.stem}/{form}", ("--preset", preset.stem, *where))
        for preset in sorted(PRESETS.glob("*.toml"))
        for form, where in FORMATS.items()
    ]


def _pictures() -> list[Case]:
    """Views, options and styles, each where it shows."""
    return [
        _case("curve/plain", (*"parabola --lr 0.1 -o a.gif -o a.mp4 -o a.svg --data a.csv -v --alt-text".split(), *SMALL)),
        _case("curve/diverging", (*"parabola --lr 1.05 -o a.gif -v --strict".split(), *SMALL)),
        _case("curve/formula", ("x**4 - 3*x**2 + x", *"-o a.gif -v --json".split(), *SMALL)),
        _case("curve/minus", ("-sin(3*x) + x**2/4", *"-o a.webp --start 2.5 --start -1".split(), *SMALL)),
        _case("curve/race", (*"gramacy_lee -O gd -O newton -O adam:lr=0.1 -O lbfgs -o a.gif -v".split(), *SMALL)),
        _case("curve/starts", (*"double-well --starts 12 --seed 3 --min-separation 0.2 -o a.gif --data a.npz".split(), *SMALL)),
        _case("curve/explain", (*"quartic --explain -o a.gif --fps 2 --start 1.5".split(), "-n", "4", "--size", "480x360")),
        _case("curve/explain-race", (*"quartic --explain -O gd -O momentum -o a.apng".split(), "-n", "3", "--size", "480x360")),
        _case("curve/log", (*"styblinski1 --noise 0.5 --seed 4 --trail 3 --tween 3 -o a.gif".split(), *SMALL)),
        _case("curve/facets", (*"parabola --lr 0.1 --lr 0.9 --lr 1.1 --facet lr -o a.gif -v".split(), *SMALL)),
        _case("curve/domain", ("log(x) + 1/x", *"--start 0.2 --lr 0.3 -o a.gif --strict".split(), *SMALL)),
        _case("curve/domain-out", ("x - log(x)", *"--start 3 --lr 5 -o a.gif --strict -q".split(), *SMALL)),
        _case("curve/still", (*"absolute -n 0 -o a.gif -o a.png".split(), "--size", "240x180")),
        _case("panels/one", (*"parabola --view panels -o a.gif --poster p.png".split(), *SMALL)),
        _case("panels/race", (*"rosenbrock --view panels -O gd -O adam:lr=0.1 -o a.gif".split(), *SMALL)),
        _case("panels/explain", (*"forrester --view panels --explain -o a.gif".split(), "-n", "4", "--size", "640x480")),
        _case("contour/plain", (*"himmelblau -o a.gif -o a.webm -o a.pdf --frames 3 -v".split(), *SMALL)),
        _case("contour/race", (*"beale -O gd -O momentum -O nesterov -O rmsprop -O adam -o a.gif --json".split(), *SMALL)),
        _case("contour/budget", (*"rosenbrock -O gd -O wolfe -O lbfgs -O newton --budget 30 -o a.gif -v".split(), "--size", "320x240")),
        _case("contour/facets", (*"ellipse --facet optimizer -O gd -O momentum -O adam -O signsgd -o a.gif".split(), *SMALL)),
        _case("contour/facet-starts", (*"booth --facet start --start 1,1 --start -3,2 --start 4,-4 -o a.svg".split(), *SMALL)),
        _case("contour/schedules", (*"matyas --schedule constant --schedule cosine --schedule step -o a.gif -v".split(), *SMALL)),
        _case("contour/facet-schedules", (*"matyas --schedule constant --schedule one-cycle --facet schedule -o a.gif".split(), *SMALL)),
        _case("contour/arrows-gradient", (*"camel6 --arrows gradient -o a.gif".split(), *SMALL)),
        _case("contour/arrows-step", (*"camel6 -O adam -O gd --arrows step -o a.gif".split(), *SMALL)),
        _case("contour/arrows-momentum", (*"camel6 -O momentum -O adam --arrows momentum -o a.svg".split(), *SMALL)),
        _case("contour/swarm", (*"hills --starts 300 --seed 1 -o a.gif -v".split(), *SMALL)),
        _case("contour/in-turn", (*"branin --starts 5 --order in-turn --rewind -o a.gif".split(), *SMALL)),
        _case("contour/basins", (*"two_wells --basins -o a.gif -o a.svg".split(), *SMALL)),
        _case("contour/basins-facets", (*"himmelblau --basins --facet lr --lr 0.005 --lr 0.02 -o a.gif".split(), *SMALL)),
        _case("contour/basins-adam", (*"mccormick --basins -O adam:lr=0.2 -o a.png".split(), *SMALL)),
        _case("contour/cmap", (*"ackley --cmap cividis --style dark -o a.gif".split(), *SMALL)),
        _case("contour/limits", (*"rastrigin --xlim -2,2 --ylim -2,2 --start 1.5,1.5 -o a.gif -v".split(), *SMALL)),
        _case("contour/formula", ("(1-x)**2 + a*(y-x**2)**2", *"-p a=10 --start -1,1 -o a.gif -v --alt-text".split(), *SMALL)),
        _case("contour/explain", (*"saddle --explain -o a.gif --start 1,0.1".split(), "-n", "4", "--size", "480x360")),
        _case("surface/plain", (*"himmelblau --view surface -o a.gif -o a.svg".split(), *SMALL)),
        _case("surface/turn", (*"monkey_saddle --view surface --turn 90 --camera 30,-40 -o a.gif -o a.html".split(), *SMALL)),
        _case("surface/basins", (*"himmelblau --view surface --basins --style dark -o a.gif".split(), *SMALL)),
        _case("surface/facets", (*"dixon_price --view surface --facet optimizer -O gd -O adam -o a.gif --arrows step".split(), *SMALL)),
        _case("surface/explain", (*"easom --view surface --explain -o a.gif".split(), "-n", "3", "--size", "480x360")),
        _case("surface/swarm", (*"griewank --view surface --starts 40 -o a.gif".split(), *SMALL)),
        *(
            _case(f"style/{style}", (*f"goldstein-price -O gd -O adam --style {style} -o a.gif -o a.svg".split(), *SMALL))
            for style in ("light", "dark", "notebook", "print", "slides", "own.mplstyle", "ggplot")
        ),
        _case("style/themes", (*"parabola --themes light,dark -o a.webp -o a.png".split(), *SMALL)),
        _case("style/auto-html", (*"parabola -o a.html --fragment".split(), *SMALL)),
        _case("style/transparent", (*"parabola --transparent -o a.gif -o a.webm -o a.apng".split(), *SMALL)),
        _case("style/title", (*"parabola -o a.gif --no-readout --title".split(), "A title, much longer than one line", *SMALL)),
        _case("style/dpi", (*"parabola -o a.gif --dpi 60".split(), *SMALL)),
    ]  # fmt: skip


def _files() -> list[Case]:
    """Time, formats' own options, replays, callables, recipes and plug-ins."""
    return [
        _case("time/duration", (*"parabola --duration 2 --hold 0.5 --fps 30 -o a.gif -o a.mp4".split(), "-n", "100", "--size", "160x120")),
        _case("time/every", (*"parabola --every 3 --loop 2 -o a.gif -o a.webp".split(), "-n", "20", "--size", "160x120")),
        _case("time/fps", (*"parabola --fps 100/7 -o a.apng -o a.mp4".split(), *TINY)),
        _case("time/odd", (*"parabola --size 161x121 -o a.mp4 -n 3".split(),)),
        _case("quality/low", (*"himmelblau --quality low -o a.gif -o a.mp4 -o a.svg -o a.webp".split(), *SMALL)),
        _case("quality/high", (*"himmelblau --quality high -o a.gif -o a.webm -o a.svg".split(), *SMALL)),
        _case("quality/lossless", (*"himmelblau --quality lossless -o a.mp4 -o a.webp".split(), *SMALL)),
        _case("quality/dither", (*"himmelblau --dither -o a.gif".split(), *SMALL)),
        _case("size/gif", (*"himmelblau -n 40 --max-size 60kB -o a.gif".split(), "--size", "320x240")),
        _case("size/mp4", (*"himmelblau -n 40 --max-size 25kB -o a.mp4".split(), "--size", "320x240")),
        _case("size/never", (*"himmelblau --max-size 300 -o a.gif".split(), *SMALL)),
        _case("svg/text", (*"himmelblau --svg-text text -o a.svg".split(), *SMALL)),
        _case("filmstrip/svg", (*"parabola -f filmstrip -o a.svg --frames 4 -v".split(), "-n", "6")),
        _case("filmstrip/png", (*"himmelblau -f filmstrip -o a.png".split(), "-n", "6")),
        _case("stream/gif", (*"parabola -o -".split(), *TINY)),
        _case("stream/webm", (*"parabola -o - -f webm".split(), *TINY)),
        _case("replay/csv", (*"rosenbrock --trajectory run.csv -O gd -o a.gif -v --json".split(), *SMALL)),
        _case("replay/jsonl", (*"parabola --trajectory two.jsonl -o a.gif --data b.jsonl".split(), "--size", "240x180")),
        _case("replay/formula", ("x**2", *"--trajectory two.jsonl --facet start -o a.gif".split(), "--size", "240x180")),
        _case("replay/again", "booth -n 5 -q --data d.npz -o a.gif", "booth --trajectory d.npz -o b.gif -v"),
        _case("callable/plane", (*"mine.py:bowl --gradient mine.py:slope -o a.gif -v".split(), *SMALL)),
        _case("callable/line", (*"mine.py:wave -o a.gif".split(), *SMALL), "recipe a.gif"),
        _case("callable/broken", (*"mine.py:broken -o a.gif".split(), *SMALL)),
        _case("callable/preset", "--preset python.toml -o a.gif", "--preset python.toml --allow-python -q -n 3 -o a.gif"),
        _case("recipe/print", "recipe made.gif", "check made.gif", "--preset made.gif -q -n 5 -o again.svg", "check again.svg"),
        _case("recipe/preset-file", "--preset mine.toml -o a.gif", "recipe a.gif", "check a.gif --tolerance 1e-6"),
        _case("recipe/replay", (*"rosenbrock --trajectory run.csv -o a.gif --style own.mplstyle".split(), *TINY), "recipe a.gif", "check a.gif"),
        _case("dry-run", ("himmelblau", *"-O adam:lr=0.1 --lr 0.01 --start 1,2 --fps 100/7 --title Τίτλος --dry-run -o a.gif -o b.mp4".split())),
        _case("plugins", "tilt -O normalised:eps=0.1 --lr 0.5 --schedule halved --view plain-curve -n 3 --size 160x120 -o a.boxes -o a.gif -v",
              "list", "list optimizers --json", "parabola -O lost -n 2 -o b.gif", "parabola -f short -o c", plugins=True),
    ]  # fmt: skip


def _messages() -> list[Case]:
    """What is refused, and what is printed without a picture."""
    refused = json.loads(Path(__file__).with_name("refusals.json").read_text(encoding="utf-8"))
    return [
        _case("help", "--help", "render --help", "list --help", "recipe --help", "check --help", "--version", ""),
        _case("list", "list", *(f"list {kind} --json" for kind in
              ("functions", "optimizers", "schedules", "views", "formats", "styles", "presets")), "list --json", "list nothing"),
        _case("refused", *(tuple(words) for words in refused)),
        _case("refused/files", "--preset wrong.toml -o a.gif", "--preset nowhere", "recipe mine.py", "check bad.csv", "recipe",
              "rosenbrock --trajectory bad.csv -o a.gif", "parabola --trajectory run.csv -o a.gif", "mine.py:nothing -o a.gif",
              "mine.py -o a.gif", "parabola -o nowhere/a.gif", "parabola -o a.gif -o a.gif", "parabola -f mp3",
              "parabola --style nothing.mplstyle -o a.gif", "parabola --cmap nothing -o a.gif", "lost"),
    ]  # fmt: skip


CASES: Final = tuple(case for cases in (_presets(), _pictures(), _files(), _messages()) for case in cases)
