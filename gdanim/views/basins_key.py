"""The key of a ground: what its colours mean that belong to no destination, in the line of the axis' name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matplotlib.offsetbox import AnnotationBbox, DrawingArea, HPacker, OffsetBox, TextArea
from matplotlib.patches import Rectangle

from gdanim.descent.attractors import FAILED, UNSETTLED
from gdanim.drawing.layout import TICK_PT
from gdanim.views.basins import palette_of

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from matplotlib.axes import Axes

    from gdanim.drawing.layout import Stage

WORDS: Final = {FAILED: "diverges", UNSETTLED: "still moving"}
SIGN_PT, SIGN_GAP_PT, GAP_PT = 8.0, 4.0, 10.0


def write_key(stage: Stage, axes: Axes, kinds: Set[int]) -> None:
    """Say what the colours of some kinds of ground mean, right of the name of the horizontal axis.

    The axes have nearly their width. Nothing is written where that leaves no room.
    """
    shown = [kind for kind in WORDS if kind in kinds]
    if not shown or stage.is_bare or _width_px(stage, shown) > axes.get_window_extent().width / 2 - stage.px(GAP_PT):
        return
    entries = [_beside([_sign(stage, kind), _word(stage, kind)], SIGN_GAP_PT) for kind in shown]
    axes.add_artist(
        AnnotationBbox(
            _beside(entries, GAP_PT),
            (1.0, 0.5),
            xycoords=("axes fraction", axes.xaxis.label),
            box_alignment=(1.0, 0.5),
            pad=0.0,
            frameon=False,
            annotation_clip=False,
        )
    )


def _beside(children: Sequence[OffsetBox], gap_pt: float) -> HPacker:
    return HPacker(children=list(children), align="center", pad=0.0, sep=gap_pt)


def _sign(stage: Stage, kind: int) -> DrawingArea:
    palette = palette_of(stage.style)
    face, stripe = (palette.unsettled, None) if kind == UNSETTLED else palette.stripes
    sign = Rectangle((0, 0), SIGN_PT, SIGN_PT, facecolor=face, edgecolor=stripe, linewidth=0, hatch=stripe and "////")
    rim = Rectangle((0, 0), SIGN_PT, SIGN_PT, facecolor="none", edgecolor=stage.style.muted, linewidth=0.6)
    area = DrawingArea(SIGN_PT, SIGN_PT)
    area.add_artist(sign)
    area.add_artist(rim)
    return area


def _word(stage: Stage, kind: int) -> TextArea:
    return TextArea(WORDS[kind], textprops={"color": stage.style.muted, "fontsize": TICK_PT})


def _width_px(stage: Stage, kinds: list[int]) -> float:
    lettering = stage.lettering(TICK_PT)
    words = sum(lettering.width(WORDS[kind]) for kind in kinds)
    return words + stage.px((SIGN_PT + SIGN_GAP_PT) * len(kinds) + GAP_PT * (len(kinds) - 1))
