"""gdanim: render gradient-descent animations to files."""

__version__ = "0.1.0"
