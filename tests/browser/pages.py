"""Pages in a browser, as a person meets them, and pictures that are compared."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from support.commandline import run

FRAMES = 26  # of the parabola: its start and 25 iterations
HOST = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Host</title><style>
:root {{ color-scheme: {scheme} }}
body, h1 {{ margin: 0; line-height: 40px }}
</style></head>
<body><main><h1>Host</h1>{content}</main><script>window.named = Object.keys(window).length</script></body>
</html>
"""
TIME = "root => root.querySelector('svg').getCurrentTime()"
LEAST_SSIM = 0.95  # of a vector picture and its frame
WINDOW = 7


def written(path, *arguments, function="parabola"):
    assert run(function, "--lr", "0.1", "--fps", "10", "--lead", "0", "-q", *arguments, "-o", path).code == 0
    return path


def host(path, *fragments, scheme="light dark"):
    """A page around fragments, that follows its reader unless it has another `color-scheme`."""
    content = "\n".join(one.read_text(encoding="utf-8") for one in fragments)
    path.write_text(HOST.format(content=content, scheme=scheme), encoding="utf-8")
    return path


class Player:
    """One player of a page, as a person meets it: by what its parts are called."""

    def __init__(self, page, place=0):
        self.page, self.root = page, page.locator("figure").nth(place)
        self.scrub = self.root.get_by_role("slider", name="Frame")
        self.words = self.root.locator("[data-part=words]")
        self.status = self.root.get_by_role("status")

    @property
    def frame(self):
        return int(self.scrub.input_value())

    @property
    def iteration(self):
        """What the live text says."""
        return int(self.words.locator("span").first.inner_text().removeprefix("iteration"))

    @property
    def iteration_shown(self):
        """What the picture shows, by the clock of its animation: ten frames a second."""
        return min(int(self.root.evaluate(TIME) * 10), FRAMES - 1)

    @property
    def playing(self):
        return self.root.get_by_role("button", name="Pause").count() == 1

    def press(self, key):
        self.page.keyboard.press(key)

    def wait_for(self, frame):
        """Until the frame is shown, or a later one."""
        self.page.wait_for_function("([e, i]) => +e.value >= i", arg=[self.scrub.element_handle(), frame])

    def stands_at(self, frame):
        assert not self.playing
        assert (self.frame, self.iteration, self.iteration_shown) == (frame, frame, frame)


def quiet(heard, *paths):
    """Whether pages asked for nothing beside themselves, and said nothing."""
    return set(heard.requests) == {path.as_uri() for path in paths} and not heard.messages


def pixels(source):
    """A picture as colours (h, w, 3)."""
    return np.asarray(Image.open(source).convert("RGB")).astype(np.int16)


def ssim(one: np.ndarray, other: np.ndarray) -> float:
    """Structural similarity of grey pictures (h, w) from 0 to 255, in windows of 7×7. Source: Wang et al. 2004."""

    def mean(values: np.ndarray) -> np.ndarray:
        windows = np.lib.stride_tricks.sliding_window_view(values, (WINDOW, WINDOW))
        return windows.mean(axis=(2, 3))

    m1, m2 = mean(one), mean(other)
    v1, v2, both = mean(one * one) - m1**2, mean(other * other) - m2**2, mean(one * other) - m1 * m2
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return float((((2 * m1 * m2 + c1) * (2 * both + c2)) / ((m1**2 + m2**2 + c1) * (v1 + v2 + c2))).mean())


def grey(picture: bytes | np.ndarray) -> np.ndarray:
    """A picture as it looks on the white of an empty page."""
    image = Image.open(io.BytesIO(picture)) if isinstance(picture, bytes) else Image.fromarray(picture)
    page = Image.new("RGBA", image.size, "white")
    page.alpha_composite(image.convert("RGBA"))
    return np.asarray(page.convert("L"), dtype=np.float64)
