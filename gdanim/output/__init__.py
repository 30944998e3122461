"""From pictures to files: writers of every format, and the files that they write.

In come a Scene, or its Frames, and what is known of the film (base.py). Out come files that are complete or absent,
each with its recipe, which metadata.py finds again. Imports drawing and what stands before it, never views.
"""
