"""A page that --serve shows: it is loaded again when it was written, and asks for nothing elsewhere."""

from __future__ import annotations

import pytest
from pages import written

from gdanim.cli.watching.server import PageServer


@pytest.fixture
def server(tmp_path):
    found = PageServer(written(tmp_path / "a.html", "-n", "3"))
    yield found
    found.close()


def test_an_open_page_shows_what_was_written_since(browser, server, tmp_path):
    context = browser.new_context()
    page, asked, messages = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: messages.append(message.text))
    with page.expect_response("**/changes"):
        page.goto(server.address)
    inside = page.frame_locator("iframe")
    inside.get_by_role("slider", name="Frame").wait_for()
    assert inside.get_by_role("heading", name="another").count() == 0
    written(tmp_path / "a.html", "-n", "3", "--title", "another")
    server.publish()
    inside.get_by_role("heading", name="another").wait_for()
    names = {"", "page", "changes"}
    assert {url for url in asked if not url.startswith("data:")} <= {server.address + name for name in names}
    assert messages == []
    context.close()
