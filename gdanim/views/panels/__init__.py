"""The panels view: a function with its runs, and series of values against the iteration."""
