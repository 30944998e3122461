"""Models that are fitted to data: a formula and a table → a loss that can be descended, and its gradient and Hessian.

A model predicts the target of each row from columns of the table and from coordinates, w. Its loss is the mean over the
rows of what each prediction costs, and penalties on the coordinates; that is the function whose descent is shown.
"""
