"""The catalogue of views and styles, as data. Imports neither of them."""

from __future__ import annotations

from typing import Final

from gdanim.catalogue.specs import Entry, View

# fmt: off
VIEWS: Final = (
    View(name="curve", target="gdanim.views.curve:build", dims=(1,), scene="on its curve",
        summary="the function with trail and spot; one variable",
        takes=("facet", "explain", "inset", "basins", "arrows")),
    View(name="panels", target="gdanim.views.panels.view:build", dims=(1, 2),
        scene="in panels, beside its values against the iteration",
        summary="the curve, and beside it x and y against the iteration; or the contour, with f and ‖∇f‖",
        takes=("explain", "basins", "arrows", "cmap", "aspect")),
    View(name="contour", target="gdanim.views.contour:build", dims=(2,), scene="on a map of its levels",
        summary="levels from above with trail and spot; two variables",
        takes=("facet", "explain", "inset", "basins", "arrows", "cmap", "aspect")),
    View(name="surface", target="gdanim.views.surface.view:build", dims=(2,),
        scene="on its surface in three dimensions",
        summary="relief with the paths on it, and their shadows below; two variables",
        takes=("camera", "turn", "cmap")),
    View(name="fit", target="gdanim.views.fit.view:build", dims=(1, 2), scene="on its loss, beside the data",
        summary="the data with the moving model, and beside it the loss with the paths; of a model (its default)",
        takes=("facet", "explain", "basins", "arrows", "cmap", "aspect")),
)

STYLES: Final = (
    Entry(name="auto", target="gdanim.drawing.styles:LIGHT",
        summary="light; an .html turns dark with its reader (default)"),
    Entry(name="light", target="gdanim.drawing.styles:LIGHT", summary="dark ink on white"),
    Entry(name="dark", target="gdanim.drawing.styles:DARK", summary="light ink on near black"),
    Entry(name="notebook", target="gdanim.drawing.styles:NOTEBOOK", summary="matplotlib's box, with a red trail"),
    Entry(name="print", target="gdanim.drawing.styles:PRINT", summary="told apart without colours, too"),
    Entry(name="slides", target="gdanim.drawing.styles:SLIDES", summary="large type and lines"),
)
# fmt: on
