"""Plane: a descent in many dimensions as one in two, on a plane through the end of its first run.

    u = (x − o) Aᵀ,  ground(u) = f(o + u A)

for the origin o (d,) and orthonormal axes A (2, d). The ground is the loss on the plane, and so not that of iterates
away from it: f, ∇f and all that is said of the runs stay those of the runs themselves.
"""
