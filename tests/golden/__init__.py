"""The golden set: digests of what gdanim prints and writes, for changes that must not change it."""
