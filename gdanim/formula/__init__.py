"""Formulas: from text to numpy functions with exact derivatives, and to mathtext.

In comes the text of a formula and the values of its parameters. Out go its value, gradient and Hessian at many points
at once, or its mathtext. Modules here import errors and arrays only, and the parser no numpy.
"""
