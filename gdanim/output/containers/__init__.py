"""Parts of container formats: boxes of MP4, MOV and AVIF, elements of WebM, and XMP metadata.

In comes a finished file or a recipe; out come its parts, the number of its pictures, or the bytes of a packet.
Imports errors only.
"""
