"""How colours look to every kind of colour vision: Machado et al. 2009 simulated, CIE Lab measured."""

from __future__ import annotations

import numpy as np

# What a reader without one kind of cone sees, on linear RGB. Source: Machado, Oliveira & Fernandes 2009, severity 1.0.
VISION = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}

# Linear RGB to XYZ under D65. Source: IEC 61966-2-1.
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
TOLD_APART = 12.0  # ΔE76; 2.3 is just noticed side by side


def linear(colour: str) -> np.ndarray:
    """#rrggbb as linear RGB (3,). Source: IEC 61966-2-1."""
    s = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Linear RGB (3,) as L*, a*, b*. Source: CIE 15:2004."""
    ratio = XYZ @ rgb / XYZ.sum(axis=1)
    x, y, z = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def seen(colour: str, vision: str) -> np.ndarray:
    """L*, a*, b* as a reader sees a colour."""
    return lab(np.clip(VISION[vision] @ linear(colour), 0, 1))


def contrast(one: str, other: str) -> float:
    """From 1 (alike) to 21 (black and white). Source: WCAG 2.2."""
    darker, lighter = sorted(float(XYZ[1] @ linear(colour)) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)
