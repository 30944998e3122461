"""What is painted at once, and how a canvas repaints only what has changed."""
