"""Descents: from a request to the paths of its runs, how they ended, and which of their points each frame shows.

In come an Objective, optimizers and schedules, or the file of a recording. Out go a Trajectory, verdicts, basins of
attraction and a Timeline. Modules here import optimizers, objectives, the catalogue and what stands before them, and
nothing that draws.
"""
