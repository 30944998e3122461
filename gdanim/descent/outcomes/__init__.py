"""Outcomes: what became of each run, how it moved, and why it did not arrive.

In come an Objective and a Trajectory, out go flags and places for verdicts.py, and sentences for people. Nothing here
knows the picture's limits.
"""
