"""Notebooks: the command line in a cell. What they show of an animation is gdanim/api/notebook.py."""
