"""The system's Chromium, and pages in it that write down what they ask for and what they say."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@dataclass(slots=True, kw_only=True)
class Heard:
    """What a page did beside what it shows.

    requests   the addresses of everything that it asked for, its own included
    messages   what stood in the console, and exceptions that nothing caught
    """

    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, which is not installed here")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs chromium, which is not installed here")
    with playwright.sync_playwright() as running:
        # Chromium has no sandbox for root, who runs the tests in containers.
        browser = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def heard() -> Heard:
    """What the pages of this test did."""
    return Heard()


@pytest.fixture
def visit(browser: Browser, heard: Heard) -> Iterator[Callable[..., Page]]:
    """Opens a file in a browser without a network: `visit(path, color_scheme="dark", viewport={…})`."""
    contexts = []

    def visit(path: Path, **emulated: Any) -> Page:
        context = browser.new_context(offline=True, **emulated)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: heard.requests.append(request.url))
        page.on("console", lambda message: heard.messages.append(message.text))
        page.on("pageerror", lambda error: heard.messages.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()
