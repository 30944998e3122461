"""--snippet: what is printed shows every file, in the order in which browsers choose, with words and a size."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from support.commandline import QUICK, run

ASKED = ("parabola", *QUICK, "--dry-run", "--snippet")


class Elements(HTMLParser):
    """The elements of a text: (depth, name, attributes)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found, self.open = list[tuple[int, str, dict[str, Any]]](), list[str]()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((len(self.open), tag, dict(attrs)))
        if tag not in ("img", "source"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def printed(kind: str, *arguments: str) -> str:
    ran = run(*ASKED, kind, *arguments)
    assert (ran.code, ran.err) == (0, "")
    return ran.out.decode()


def elements(*arguments: str) -> list[tuple[str, dict[str, Any]]]:
    parsed = Elements(printed("html", *arguments))
    assert parsed.open == []
    return [(tag, attributes) for _, tag, attributes in parsed.found]


def alt_text() -> str:
    return run("parabola", *QUICK, "-q", "--alt-text", "-o", "/dev/null", "-f", "png").out.decode().strip()


def test_one_picture_is_an_image_with_its_size_and_words(in_tmp_path: object) -> None:
    ((tag, attributes),) = elements("-o", "my figs/a&b.gif")
    assert (tag, attributes["src"]) == ("img", "my%20figs/a%26b.gif")
    assert (attributes["width"], attributes["height"]) == tuple(QUICK[QUICK.index("--size") + 1].split("x"))
    assert attributes["alt"] == alt_text()
    assert printed("markdown", "-o", "a.gif") == f"![{alt_text()}](a.gif)\n"


def test_of_several_formats_the_smallest_come_first_and_the_one_that_all_show_last() -> None:
    (picture, *sources, (last, attributes)) = elements("-o", "a.gif", "-o", "a.avif", "-o", "a.webp")
    assert picture[0] == "picture"
    assert [(one["srcset"], one["type"]) for _, one in sources] == [("a.avif", "image/avif"), ("a.webp", "image/webp")]
    assert (last, attributes["src"]) == ("img", "a.gif")


def test_themes_and_a_poster_follow_the_reader() -> None:
    (_, *sources, (_, image)) = elements("--themes", "light,dark", "--poster", "a.png", "-o", "a.webp")
    still, dark = "(prefers-reduced-motion: reduce)", "(prefers-color-scheme: dark)"
    assert [(one["srcset"], one["media"]) for _, one in sources] == [
        ("a-dark.png", f"{still} and {dark}"),
        ("a-light.png", still),
        ("a-dark.webp", dark),
    ]
    assert image["src"] == "a-light.webp"


def test_what_is_dark_alone_is_for_every_page() -> None:
    found = elements("--style", "dark", "--poster", "a.png", "-o", "a.webp", "-o", "a.gif")
    assert [one["media"] for tag, one in found if "media" in one] == ["(prefers-reduced-motion: reduce)"]
    (video, *_) = elements("--style", "dark", "--poster", "a.png", "-o", "a.mp4")
    assert video[1]["poster"] == "a.png"


def test_a_video_has_controls_its_poster_and_a_picture_for_who_cannot_play_it() -> None:
    (video, *inside) = elements("-o", "a.mp4", "-o", "a.webm", "-o", "a.gif", "--poster", "p.png")
    assert video[0] == "video"
    assert {"controls", "loop", "muted", "playsinline"} <= video[1].keys()
    assert (video[1]["poster"], video[1]["aria-label"]) == ("p.png", alt_text())
    assert [one["src"] for tag, one in inside if tag == "source" and "src" in one] == ["a.webm", "a.mp4"]
    assert [one["src"] for tag, one in inside if tag == "img"] == ["a.gif"]


@pytest.mark.parametrize(("path", "tag", "key"), [("a.html", "iframe", "src"), ("a-%d.png", "a", "href")])
def test_what_is_no_image_is_framed_or_linked(path: str, tag: str, key: str) -> None:
    ((found, attributes),) = elements("-o", path)
    assert (found, attributes[key]) == (tag, path.replace("%", "%25"))


def test_it_wants_standard_output_for_itself() -> None:
    for other in (("-o", "-"), ("--json",), ("--alt-text",)):
        assert run(*ASKED, "html", *other).code == 2
