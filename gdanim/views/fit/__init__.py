"""The view of a fit: the data with the moving model, beside it the loss that is descended."""
