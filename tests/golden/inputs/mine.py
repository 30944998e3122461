import numpy as np


def bowl(x, y):
    return (x - 1) ** 2 + 3 * (y + 0.5) ** 2


def slope(x, y):
    return np.array([2 * (x - 1), 6 * (y + 0.5)])


def wave(x):
    return np.sin(3 * x) + x**2


def broken(x):
    raise ValueError("no such thing")
