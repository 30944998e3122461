"""Objectives: functions that can be descended, with their derivatives, minimizers and what shows them well.

In comes FUNCTION, the name of a catalogue row, a formula or a Python callable. Out goes an Objective. Modules here
import the catalogue, formula, settings and what stands before them, and nothing of optimizers or descents.
"""
