"""Tables of numbers and words, as programs and people write them: text, JSON and arrays of numpy, by columns.

What the columns mean is told elsewhere: descent/recording/ takes some of them for a path.
"""
