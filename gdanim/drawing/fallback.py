"""Fonts of the system, for letters that the font of a style lacks: Chinese, Japanese and Korean ones."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from gdanim.drawing.mpl import mpl, on_the_command_line, quietly

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    from gdanim.descent.runs import Run
    from gdanim.settings import Picture

# What systems come with, fonts without serifs that suit the usual one. The first that has all the letters is taken.
FAMILIES: Final = (
    *(f"{family} {script}" for family in ("Noto Sans CJK", "Source Han Sans") for script in ("SC", "JP", "KR", "TC")),
    *("PingFang SC", "Hiragino Sans", "Hiragino Sans GB", "Apple SD Gothic Neo"),
    *("Microsoft YaHei", "Yu Gothic", "Meiryo", "Malgun Gothic", "SimHei", "MS Gothic"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "IPAexGothic", "IPAGothic", "TakaoPGothic", "NanumGothic"),
    *("Droid Sans Fallback", "Arial Unicode MS"),
)


def asked_text(settings: Picture, runs: Iterable[Run] = ()) -> str:
    """All text in a picture that a person wrote: title, names of axes, and the labels of runs."""
    labels = {id(run): run.label for run in runs}  # a million runs may share one record
    return "".join(text or "" for text in (settings.title, settings.xlabel, settings.ylabel, *labels.values()))


def shown_text(figure: Figure) -> str:
    """All text in a figure but what changes."""
    from matplotlib.text import Text

    return "".join(text.get_text() for text in figure.findobj(Text))


def fallback_for(letters: str) -> str | None:
    """The family of an installed font that has all these letters; None where there is none."""
    from matplotlib.font_manager import fontManager, get_font

    with quietly():
        installed = {font.name: font.fname for font in reversed(fontManager.ttflist)}
        for family in FAMILIES:
            if family in installed and all(map(get_font(installed[family]).get_char_index, map(ord, letters))):
                return family
    return None


def families_with(letters: str) -> list[str]:
    """The families of the style that is applied, and behind them one for letters that they lack."""
    found = fallback_for(letters) if letters else None
    return [*mpl.rcParams["font.family"], *([found] if found else [])]


@contextmanager
def none_but_bundled() -> Iterator[None]:
    """Look for fonts among those of matplotlib alone, where the style that is applied names no others.

    A picture with mathematics looks for thirty, and for each all that are installed are weighed: hundreds or thousands.
    Only on the command line; in a Python session, others may draw at the same time.
    """
    from matplotlib.font_manager import fontManager

    installed, own = fontManager.ttflist, mpl.get_data_path()
    if on_the_command_line() and _has_default_fonts():
        fontManager.ttflist = [font for font in installed if font.fname.startswith(own)]
    try:
        yield
    finally:
        fontManager.ttflist = installed


def _has_default_fonts() -> bool:
    current: Any = mpl.rcParams  # matplotlib's annotations name every key
    default: Any = mpl.rcParamsDefault
    keys = (key for key in default if key.startswith(("font.", "mathtext.")) and key != "font.size")
    return all(current[key] == default[key] for key in keys)


def families(font: FontProperties) -> list[FontProperties]:
    """The same font in each of its families alone, for what takes only the first that is installed."""
    alone = [font.copy() for _ in font.get_family()]
    for own, family in zip(alone, font.get_family(), strict=True):
        own.set_family([family])
    return alone
