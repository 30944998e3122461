"""Filmstrips. A Scene comes in; one page with the picture at a few moments, side by side, goes out: PDF, SVG or PNG.

strip.py chooses the frames, strip_layout.py places the panels, and renderer.py lets the picture draw itself there.
Imports what draws (drawing), settings, output.base, output.png, and from output.svg how long paths are simplified.
"""
