"""Python callables as objectives: found by name, called as they take points, differentiated without a gradient.

In comes the name of a callable, `file.py:f` or `package.module:f`. Out go its value, gradient and Hessian at many
points at once. Modules here import errors, arrays and catalogue.foreign, which describes what the code raises.
"""
