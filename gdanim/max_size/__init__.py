"""Files that keep to `--max-size`.

In come a descent and the outputs that would be larger; what may be given up is tried, the least visible first. Imports
what stands before the rendering, which is handed in.
"""
