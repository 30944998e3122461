"""From a path to a file that is complete or absent: atomic and temporary files, numbered sequences.

In come paths as people type them; out go streams, files and folders for writers, which are moved into place at the end.
Imports errors, formatting and signals only.
"""
