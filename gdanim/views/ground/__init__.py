"""The ground below the paths: the levels of a function of two variables as fills and lines, and the key to them."""
