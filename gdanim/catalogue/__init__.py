"""The catalogue: everything that has a name, as rows of data.

In comes a name as a person types it, `adam:beta1=0.8`; out goes the row with its hyperparameters read, or a UsageError
with the nearest name. Each row tells where the thing itself is imported from on first use, so that listing all of them
imports neither numpy nor matplotlib. Imports only formulas, settings, readers and errors.
"""
