"""Optimizers: rules that turn gradients into steps, and schedules of their rates.

In come gradients, points and rates of all runs at once, as arrays. Out go steps: the loop that takes them is in
descent. Modules here import objectives for its types, and nothing of descents.
"""
