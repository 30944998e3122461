"""Grounds: what runs stand on in a picture where that is not their function itself: its values on a plane, or none.

Modules here import objectives, autorange and python.differences.
"""
