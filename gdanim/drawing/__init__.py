"""What pictures are made of: colours, type, axes and their layout, marks that move, and frames.

In come the points of runs and a timeline (gdanim.descent); out go a Scene, a figure with its moving marks, and the
frames that a Raster draws of it. Imports nothing of views and of output.
"""
