"""Colours: how they look to every reader, and how the styles of matplotlib become the roles of ours.

A role is a field of Style: what a colour is for.
"""
