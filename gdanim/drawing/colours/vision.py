"""How colours look to every kind of colour vision, and how far apart two of them are.

Sources: IEC 61966-2-1 (sRGB), CIE 15:2004 (L*a*b* and ΔE76), WCAG 2.2 (contrast), Machado, Oliveira & Fernandes 2009
(what a reader without one kind of cone sees, severity 1.0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.drawing.mpl import to_hex, to_rgb

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Rgb = NDArray[np.float64]  # (n, 3)

TEXT, GRAPHIC = 4.5, 3.0  # contrast to the background. Source: WCAG 2.2, 1.4.3 and 1.4.11
UNLIKE: Final = 12.0  # ΔE76 of a line and a level of the ground
_STEPS: Final = 33  # on the way from one colour to another
_XYZ: Final = np.array(  # of linear RGB, white D65
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
# Linear RGB as it is seen with all cones, and without those for long, for middle and for short waves.
_VISIONS: Final = np.array(
    [
        np.eye(3),
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ]
)


def contrast(one: str, other: str) -> float:
    """From 1 (alike) to 21 (black and white)."""
    darker, lighter = sorted((_linear([one, other]) @ _XYZ[1]).tolist())
    return float((lighter + 0.05) / (darker + 0.05))


def seen(colours: Sequence[str]) -> NDArray[np.float64]:
    """L*, a* and b* of colours as each kind of reader sees them: (visions, n, 3)."""
    rgb = np.clip(np.einsum("vij,nj->vni", _VISIONS, _linear(colours)), 0.0, 1.0)
    ratio = rgb @ _XYZ.T / _XYZ.sum(axis=1)
    x, y, z = np.moveaxis(np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def differences(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """ΔE76 of colours (visions, n, 3) and others (visions, m, 3), to the reader who sees the least of it: (n, m)."""
    apart = np.linalg.norm(one[:, :, np.newaxis] - other[:, np.newaxis], axis=-1)
    least: NDArray[np.float64] = apart.min(axis=0)
    return least


def needed_contrast(colours: Sequence[str], levels: Sequence[str]) -> list[float]:
    """The contrast to the background that lines in some colours need: more where a level of the ground is like them.

    Only their edge, which has the colour of the background, then tells them from that level.
    """
    apart = differences(seen(colours), seen(levels)).min(axis=1, initial=np.inf)
    found: list[float] = np.where(apart >= UNLIKE, GRAPHIC, TEXT).tolist()
    return found


def with_contrast(colour: str, background: str, least: float) -> str:
    """The colour, or as much darker or lighter as it needs for a contrast to the background of `least`."""
    ink = max(("#000000", "#ffffff"), key=lambda end: contrast(end, background))
    return _moved(colour, ink, lambda found: contrast(found, background) >= least)


def nearer_to(ink: str, colour: str, page: str, least: float) -> str:
    """The colour, or as much nearer to an ink as it needs for a contrast to a page of `least`; the ink if none has."""
    return _moved(colour, ink, lambda found: contrast(found, page) >= least)


def without_contrast(colour: str, background: str, most: float) -> str:
    """The colour, or as much nearer to the background as it needs for a contrast to it of `most`."""
    return _moved(colour, background, lambda found: contrast(found, background) <= most)


def _moved(colour: str, towards: str, is_enough: Callable[[str], bool]) -> str:
    """The first colour on the way from one to another that is enough; the other where none before it is."""
    begin, end = np.array(to_rgb(colour)), np.array(to_rgb(towards))
    way = (to_hex(tuple(begin + share * (end - begin))) for share in np.linspace(0.0, 1.0, _STEPS))
    return next(filter(is_enough, way), towards)


def _linear(colours: Sequence[str]) -> Rgb:
    s = np.array([to_rgb(colour) for colour in colours]).reshape(-1, 3)
    return np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)
