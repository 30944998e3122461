"""What explains a step: the rule with its numbers above the axes, and in them the tangent, the gradient and the step.

Imports what views draw with: drawing, descent, and from views the digits and the readout.
"""
