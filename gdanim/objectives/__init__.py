"""What can be descended: the catalogue, formulas, their derivatives."""
