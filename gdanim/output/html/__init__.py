"""HTML. A Scene comes in; one page, or a fragment of a page, with the animated SVG in a player goes out.

colour_schemes.py merges a light and a dark picture; player/ holds the player's markup, styles and script.
Imports what draws (drawing), settings, output.base and output.svg.
"""
