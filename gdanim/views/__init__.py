"""The views, each of which builds a Scene of a Descent: curve, panels, contour, surface, and facets of them.

In comes a solved and planned Descent; out goes a Scene that a Raster or a vector format plays. Imports drawing, descent
and what stands before them, and no output.
"""
