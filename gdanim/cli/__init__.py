"""The command line.

In come the words that a person types; they become Settings, and the request goes to `rendering`, `reproduce` or the
catalogue. Out go messages and an exit code: nothing else in gdanim prints or exits. May import every other room.
"""
