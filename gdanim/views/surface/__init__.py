"""The surface view. A Descent comes in; a Scene with the function in relief and the paths on it goes out.

It has its own projection (camera), height map, shading and tests of what the surface hides; no mplot3d.
Imports from drawing, and of the other views only base and ground.
"""
