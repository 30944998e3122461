"""Styles: contrast by the WCAG's own formula, and pictures that no setting of the user's changes."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb, to_rgba
from support.colours import TOLD_APART, seen
from support.commandline import digest, run
from support.problems import pictures

from gdanim.catalogue.registry import STYLES
from gdanim.drawing import fallback
from gdanim.drawing.layout import Layout
from gdanim.drawing.styles import Style, load_style
from gdanim.errors import UnknownNameError, UsageError
from gdanim.settings import Settings

OURS = [load_style(name) for name in STYLES]
UGLY = {
    "font.size": 22,
    "font.family": "serif",
    "axes.facecolor": "yellow",
    "axes.spines.top": False,
    "lines.linewidth": 7,
    "lines.antialiased": False,
    "axes.prop_cycle": 'cycler("color", ["k"])',
    "xtick.direction": "in",
    "xtick.labelsize": 5,
    "ytick.minor.visible": True,
    "axes.xmargin": 0.4,
    "axes.unicode_minus": False,
    "mathtext.fontset": "cm",
    "figure.dpi": 33,
    "savefig.dpi": 33,
    "figure.constrained_layout.use": True,
    "path.simplify_threshold": 1,
    "text.hinting": "none",
    "axes.autolimit_mode": "round_numbers",
    "axes.formatter.use_locale": True,
}

each_style = pytest.mark.parametrize("style", OURS, ids=lambda style: style.name)


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb. Source: WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 (alike) to 21 (black and white). Source: WCAG 2.2."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@each_style
def test_text_can_be_read(style: Style) -> None:
    assert contrast(style.text, style.background) >= 7
    assert contrast(style.muted, style.background) >= 4.5


@each_style
def test_what_is_watched_stands_out_from_the_background(style: Style) -> None:
    for colour in (style.trail, style.x_series, style.f_series, style.function, *style.runs):
        assert contrast(colour, style.background) >= 3, colour
    if style.gridded:
        assert 1.1 < contrast(style.grid, style.background) < contrast(style.line, style.background) < 3


@each_style
def test_the_trail_is_told_from_the_tints_of_a_valley_by_its_colour_and_by_its_halo(style: Style) -> None:
    # The trail has a halo in the background's colour: what lies between it and the tint differs from both.
    assert contrast(style.trail, style.background) >= 3
    for tint in style.levels:
        assert np.linalg.norm(seen(style.trail, "normal") - seen(tint, "normal")) >= 3 * TOLD_APART, tint


def shot(**options: object) -> str:
    """A digest of the last picture of a small animation with a title, a readout, a notice and ticks below zero."""
    last = pictures("parabola", lr=1.05, iterations=6, size="240x180", view="panels", **options)[-1]
    return hashlib.sha256(last.tobytes()).hexdigest()


def test_settings_that_were_changed_beforehand_change_no_pixel() -> None:
    plain = shot()
    with mpl.rc_context():
        mpl.rcParams.update(UGLY)
        assert shot() == plain
    assert mpl.rcParams["font.size"] != UGLY["font.size"]


def test_drawing_leaves_the_settings_as_they_were() -> None:
    before = dict(mpl.rcParams)
    shot(style="ggplot")
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", [*STYLES, "ggplot", "dark_background", "Solarize_Light2"])
def test_without_a_background_words_and_the_curve_are_seen_on_a_grey_page_too(name: str) -> None:
    style = load_style(name)
    seen_through = Layout.open(Settings(transparent=True), style).style
    for role, least in {"text": 3.0, "muted": 3.0, "function": 2.0}.items():
        ink = getattr(seen_through, role)
        assert contrast(ink, "#808080") >= least
        assert contrast(ink, style.background) >= contrast(getattr(style, role), style.background) * 0.99
    for page in ("#ffffff", "#808080", "#000000"):  # the grid is quieter than the curve on every page
        veil = np.array(to_rgba(seen_through.grid))
        grid = to_hex(veil[3] * veil[:3] + (1 - veil[3]) * np.array(to_rgb(page)))
        assert contrast(grid, page) < 1.5
    assert Layout.open(Settings(), style).style == style


@pytest.mark.parametrize("name", ["ggplot", "dark_background", "classic", "default"])
def test_styles_of_matplotlib_give_their_colours(name: str) -> None:
    style = load_style(name)
    with mpl.rc_context():
        mpl.rcParams.update(mpl.rcParamsDefault if name == "default" else mpl.style.library[name])
        cycle = [mpl.colors.to_hex(colour) for colour in mpl.rcParams["axes.prop_cycle"].by_key()["color"]]
    # Colours that are told apart as they are stay as they are, in their places.
    kept = [one for one, other in zip(style.runs, dict.fromkeys(cycle), strict=False) if one == other]
    assert kept
    assert shot(style=name) != shot()


def test_a_style_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.mplstyle"
    file.write_text('axes.facecolor: "#102030"\ntext.color: "#ffeecc"\naxes.prop_cycle: cycler("color", ["#ff0000"])\n')
    style = load_style(str(file))
    assert (style.background, style.text, style.trail, style.runs[0]) == ("#102030", "#ffeecc", "#ff0000", "#ff0000")
    corner = pictures("parabola", iterations=0, size="240x180", style=str(file))[0][0, 0]
    assert tuple(corner[:3]) == (0x10, 0x20, 0x30)


def test_a_style_without_a_background_stands_on_white(tmp_path: Path) -> None:
    file = tmp_path / "bare.mplstyle"
    file.write_text("axes.facecolor: none\nfigure.facecolor: none\n")
    assert load_style(str(file)).background == "#ffffff"


@pytest.mark.parametrize(("name", "near"), [("ggplo", "ggplot"), ("drak", "dark"), ("Light", "light")])
def test_a_near_miss_is_suggested(name: str, near: str) -> None:
    with pytest.raises(UnknownNameError, match=f"Did you mean '{near}'"):
        load_style(name)


@pytest.mark.parametrize("name", ["", ".", "nowhere.mplstyle", "https://localhost/x.mplstyle", "antigravity.style"])
def test_neither_a_folder_nor_an_address_nor_a_package_is_a_style(name: str) -> None:
    with pytest.raises(UsageError) as refusal:
        load_style(name)
    assert "\n" not in str(refusal.value)
    assert "antigravity" not in sys.modules


def test_a_file_that_is_no_style_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "noise.mplstyle"
    file.write_bytes(bytes(range(128, 256)))
    with pytest.raises(UsageError, match="cannot be read as a style"):
        load_style(str(file))


def test_a_style_file_sets_looks_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "mine.mplstyle"
    file.write_text(
        "text.usetex: True\nfigure.autolayout: True\nfigure.dpi: 33\nsavefig.format: pdf\npath.sketch: 1, 100, 2\n"
        "axes.facecolor: 102030\nno.such.key: 1\n"
    )
    assert load_style(str(file)).rc == {"axes.facecolor": "#102030"}
    shot(style=str(file))  # warnings are errors here


@pytest.mark.parametrize("line", ["axes.facecolor: nonsense", "font.size: huge", "text.usetex: perhaps"])
def test_a_wrong_value_in_a_style_file_is_refused(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.mplstyle").write_text(f"{line}\n")
    with pytest.raises(UsageError, match=r"'mine\.mplstyle'") as refusal:
        load_style("mine.mplstyle")
    assert line.partition(":")[0] in str(refusal.value)


def test_letters_that_the_font_lacks_are_named_once_each() -> None:
    light = load_style("light")
    assert light.missing_letters("f(x) = x², λ → ∞") == ("", "DejaVu Sans")
    assert light.missing_letters("日本 and 日本語") == ("日本語", "DejaVu Sans")


def test_letters_that_the_font_lacks_are_set_in_one_of_the_system_that_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the fonts that matplotlib brings, one has the letter ᶁ, and its usual one has not."""
    request = "parabola", "-n", 1, "--size", "320x240", "--title", "ᶁ x", "-o"
    lacks = "the title has letters that the font DejaVu Sans lacks: ᶁ"
    monkeypatch.setattr(fallback, "FAMILIES", ("None Such",))
    assert f"gdanim: {lacks}" in run(*request, tmp_path / "without.png").lines
    monkeypatch.setattr(fallback, "FAMILIES", ("None Such", "STIXGeneral"))
    assert f"gdanim: {lacks}; they are set in STIXGeneral" in run(*request, tmp_path / "a.png").lines
    assert digest(tmp_path / "without.png") != digest(tmp_path / "a.png")


def test_so_are_those_of_labels_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in "ab":
        Path(f"{name}.csv").write_text("iteration,x1\n0,4\n1,2\n")
    request = "parabola", "--trajectory", "ᶁ=a.csv", "--trajectory", "b=b.csv", "--size", "320x240", "-o"
    monkeypatch.setattr(fallback, "FAMILIES", ("None Such",))
    assert "gdanim: the legend has letters that the font DejaVu Sans lacks: ᶁ" in run(*request, "without.png").lines
    monkeypatch.setattr(fallback, "FAMILIES", ("None Such", "STIXGeneral"))
    assert any(line.endswith("they are set in STIXGeneral") for line in run(*request, "a.png").lines)
    assert digest(Path("without.png")) != digest(Path("a.png"))


def test_a_file_that_sets_nothing_is_no_style(tmp_path: Path) -> None:
    accounts = tmp_path / "accounts"
    accounts.write_text("alice:x:1:1:Alice:/home/alice:/bin/sh\n")
    with pytest.raises(UsageError, match="sets nothing"):
        load_style(str(accounts))


@pytest.mark.parametrize(
    ("size", "larger"), [((640, 480), 1.25), ((3840, 2160), 1.25), ((320, 240), 1.125), ((240, 480), 1.09375)]
)
def test_slides_have_larger_type_and_less_so_in_small_pictures(size: tuple[int, int], larger: float) -> None:
    settings = Settings(function="parabola", size=size)
    usual, slides = (Layout.open(settings, load_style(name)).dpi for name in ("light", "slides"))
    assert slides == pytest.approx(larger * usual)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("axes.prop_cycle: " + " * ".join(["cycler(color='rgb')"] * 7), "2,187 combinations"),
        ("axes.prop_cycle: cycler(color=[])", "0 combinations"),
        ("axes.prop_cycle: cycler('color', 'r'*999999999)", "write cycler"),
        ("grid.alpha: 55", "from 0 to 1"),
        ("grid.major.alpha: -1", "from 0 to 1"),
        ("axes.titlepad: nan", "finite"),
        ("axes.xmargin: -1", "got -1.0"),
        ("lines.dashed_pattern: 1e-9, 1e-9", "at least 0.1"),
        ("lines.dashed_pattern: -1, 9", "0 points or more"),
        ("grid.linestyle: (0, (1e-9, 1e-9))", "at least 0.1"),
        ("font.style: thin", "matplotlib knows"),
        ("axes.titleweight: -1", "matplotlib knows"),
        ("lines.marker: nan", "matplotlib knows"),
        ("#" * 70_000, "65,536 bytes"),
    ],
    ids=lambda text: text[:30],
)
def test_a_style_that_would_take_long_or_cannot_be_drawn_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "mine.mplstyle"
    file.write_text(text)
    with pytest.raises(UsageError, match=told):
        load_style(str(file))


def test_a_style_that_may_not_be_read_is_refused_for_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine.mplstyle"
    file.write_text("font.size: 9\n")

    def closed(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", closed)  # root may read everything
    with pytest.raises(UsageError, match="no permission to read it"):
        load_style(str(file))
