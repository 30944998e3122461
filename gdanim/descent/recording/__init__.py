"""Recordings: trajectories as files of numbers, written (--data) and read again (--trajectory).

In comes a Trajectory, or the path of a file from anyone. Out goes the file, or the Trajectory in it. Modules here
import the trajectory, objectives for their types, and what stands before them; export writes to any open stream.
"""
