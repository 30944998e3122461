"""The readout: live numbers above the axes, and what became of the runs."""
