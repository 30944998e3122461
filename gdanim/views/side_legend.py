"""A legend beside the axes: in the width that axes of one scale leave, where that lets them be larger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gdanim.drawing.layout import Layout, Slot, overhang_of
from gdanim.views.ground.aspect import EqualAxes
from gdanim.views.header import Header, line_px
from gdanim.views.legend_form import fit_column

GAP_PT: Final = 12.0  # from the axes to the legend
LEAST_GAIN: Final = 1.05  # by which the function is drawn larger


def place_legend(head: Header, layout: Layout, slots: Sequence[Slot]) -> None:
    """Move the legend of a header beside the only axes, which are arranged anew, where these grow by that.

    They have one scale and so much width to spare that all of their limits stay in view. A legend with nothing above it
    is the header, and stays.
    """
    (slot, *others), rows = slots, head.legend.rows
    has_lines = head.title is not None or bool(head.lines)
    if others or not rows or not has_lines or not isinstance(axes := slot.axes, EqualAxes):
        return
    left, _, right, _ = overhang_of(axes)
    high = axes.bbox.height + rows * line_px(head.lettering)
    if high < LEAST_GAIN * axes.bbox.height:
        return
    free = layout.room - left - right - layout.px(GAP_PT) - axes.least_width(high)
    if column := fit_column(head.legend.entries, head.legend, head.lettering, line_px(head.lettering), (free, high)):
        head.legend, x = column, layout.width - layout.margin - column.width
        head.aside = x, 0.0
        end = 1 - (column.width + layout.px(GAP_PT)) / layout.room
        layout.arrange([slot._replace(right=end)], header=head.height)
        head.aside = x, axes.bbox.y1
