"""Recipes: the text that every file carries, from which it can be made again and its trajectory be checked.

In come requests and their descents; out goes a preset with the files that it names (portable.py) and the trajectory in
short (made.py), put together in recipe.py. What another file says of itself is compared with them elsewhere.
"""
