"""How films are encoded: ffmpeg and its arguments, and the conversion of what it is sent.

In come pictures and what is known of a film; out come a running encoder, and pictures as it takes them.
"""
