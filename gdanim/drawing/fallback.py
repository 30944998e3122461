"""Fonts of the system for letters that the font of a style lacks: Chinese, Japanese and Korean ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gdanim.drawing.mpl import mpl, quietly

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def families(font: FontProperties) -> list[FontProperties]:
    """The same font in each of its families alone, for what takes only the first that is installed."""
    alone = [font.copy() for _ in font.get_family()]
    for own, family in zip(alone, font.get_family(), strict=True):
        own.set_family([family])
    return alone
