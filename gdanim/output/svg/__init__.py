"""Animated SVG. A Scene comes in; one SVG element goes out, as a file or for a page of HTML.

The recorder notes what each frame draws, writer.py sorts that into layers, and each layer writes its own elements.
Imports what draws (drawing) and output.base; output.html and output.filmstrip import from here.
"""
