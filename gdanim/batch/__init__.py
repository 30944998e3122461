"""Batches: many renders from one file, made by several processes, and only those that are not there already.

In come job files (TOML) and presets; out go jobs, each a request with its own outputs, and what became of them.
It imports everything up to reproduce; nothing of the command line, which prints what is found here.
"""
