"""--watch and --serve: what is rendered again and when, and what an open browser may ask for."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from support.commandline import ENVIRONMENT, PATIENCE_S, QUICK, command, run
from support.outputs import posix

from gdanim.cli.watching.loop import Watched, watch
from gdanim.cli.watching.server import PageServer
from gdanim.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path


def told(files: Callable[[], list[str]], *events: Callable[[], object]) -> list[str]:
    """What a loop does while one event after another happens where it waits: lines, and `render`."""
    log: list[str] = []
    coming = iter(events)

    def wait(watched: Sequence[Path]) -> bool:
        assert {path.name for path in watched}
        event = next(coming, None)
        if event is not None:
            event()
        return event is not None

    watch(Watched(read=files, render=lambda: log.append("render"), wait=wait, say=log.append))
    return log


def test_it_renders_at_once_and_whenever_a_file_changes_that_is_read(in_tmp_path: Path) -> None:
    a, b, other = (in_tmp_path / name for name in ("a.toml", "b.csv", "other"))
    a.write_text("1")
    b.write_text("1")
    log = told(
        lambda: ["a.toml", "b.csv"],
        lambda: other.write_text("1"),  # in the same folder, and none of its business
        lambda: a.write_text("22"),
        lambda: None,
        lambda: (a.write_text("333"), b.write_text("333")),
    )
    assert log == ["render", "a.toml changed", "render", "a.toml and b.csv changed", "render"]


def test_a_file_that_an_editor_replaces_is_waited_for(in_tmp_path: Path) -> None:
    file = in_tmp_path / "a.toml"
    file.write_text("1")
    (in_tmp_path / "new").write_text("1")
    log = told(lambda: ["a.toml"], file.unlink, lambda: (in_tmp_path / "new").rename(file))
    assert log == ["render", "a.toml changed", "render"]


def test_what_changes_while_it_renders_is_rendered_after_it(in_tmp_path: Path) -> None:
    file, log = in_tmp_path / "a.toml", list[str]()
    file.write_text("1")

    def render() -> None:
        log.append("render")
        if log.count("render") < 3:
            file.write_text("x" * (len(log) + 1))

    watch(Watched(read=lambda: ["a.toml"], render=render, wait=lambda _: False, say=log.append))
    assert log == ["render", "a.toml changed", "render", "a.toml changed", "render"]


def test_a_wrong_request_is_rendered_too_and_watched_on_and_new_files_with_it(in_tmp_path: Path) -> None:
    preset, table = in_tmp_path / "p.toml", in_tmp_path / "t.csv"
    preset.write_text("")
    table.write_text("1")

    def read() -> list[str]:
        text = preset.read_text()
        if text == "wrong":
            raise UsageError(text)
        return ["p.toml", *([text] if text else [])]

    log = told(
        read,
        lambda: table.write_text("22"),  # not read yet
        lambda: preset.write_text("wrong"),
        lambda: preset.write_text("t.csv"),
        lambda: table.write_text("333"),
    )
    assert log == ["render", *["p.toml changed", "render"] * 2, "t.csv changed", "render"]


# --- the server -------------------------------------------------------------------------------------------------------


@pytest.fixture
def server(in_tmp_path: Path) -> Iterator[PageServer]:
    (in_tmp_path / "a.html").write_text("<p>one</p>")
    (in_tmp_path / "secret").write_text("secret")
    found = PageServer("a.html")
    yield found
    found.close()


def asked(server: PageServer, path: str, *, host: str = "", method: str = "GET") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    connection.request(method, path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


def test_it_serves_the_page_as_it_is_and_nothing_else(server: PageServer) -> None:
    assert asked(server, "/page") == (200, b"<p>one</p>")
    assert b'<iframe src="page"' in asked(server, "/")[1]
    for path in ("/secret", "/a.html", "/../secret", "/page/../secret", "//secret", "/%2e%2e/secret", "/page?x"):
        status, content = asked(server, path)
        assert (status, b"<p>one" in content, b"secret\n" in content) == (404, False, False)
    assert asked(server, "/page", method="POST")[0] == 501


def test_it_listens_on_this_machine_alone_and_answers_who_means_it(server: PageServer) -> None:
    assert server.address == f"http://127.0.0.1:{server.port}/"
    assert asked(server, "/page", host=f"localhost:{server.port}")[0] == 200
    for host in ("evil.example", f"evil.example:{server.port}", "127.0.0.1", "127.0.0.1:1"):
        assert asked(server, "/page", host=host)[0] == 421


def test_a_browser_is_told_each_time_that_the_page_was_written(server: PageServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    connection.request("GET", "/changes")
    stream = connection.getresponse()
    assert stream.headers["Content-Type"] == "text/event-stream"
    for event in (b"data: 1\n", b"data: 2\n"):
        server.publish()
        assert (stream.readline(), stream.readline()) == (event, b"\n")
    connection.close()


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("parabola", "--watch"), "name a preset"),
        (("--preset", "race", "--watch"), "name a preset"),
        (("--preset", "p.toml", "--serve"), "--watch"),
        (("--preset", "p.toml", "--watch", "-o", "-", "-f", "gif"), "read once"),
        (("--preset", "p.toml", "--watch", "--serve", "-o", "a.gif"), "0 are written"),
        (("--preset", "p.toml", "--watch", "--serve", "-o", "a.html", "-o", "b.html"), "2 are written"),
        (("--preset", "none.toml", "--watch"), "none.toml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_watched_is_refused(words: tuple[str, ...], said: str, in_tmp_path: Path) -> None:
    (in_tmp_path / "p.toml").write_text('function = "parabola"\n')
    ran = run(*words)
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert said in ran.err


def test_a_missing_extra_is_named_in_one_line(in_tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (in_tmp_path / "p.toml").write_text('function = "parabola"\n')
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    ran = run("--preset", "p.toml", "--watch")
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "pip install watchfiles" in ran.err


def test_renderings_open_nothing_themselves(in_tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("click.launch", opened.append)
    assert run("parabola", *QUICK, "-q", "--open", "-o", "a.png").code == 0
    assert opened == ["a.png"]
    monkeypatch.setenv("_GDANIM_IS_WATCHED", "1")
    assert run("parabola", *QUICK, "-q", "--open", "--watch", "-o", "b.png").code == 0
    assert opened == ["a.png"]


@posix
def test_a_process_renders_again_says_what_changed_and_keeps_the_old_file_where_it_cannot(in_tmp_path: Path) -> None:
    preset, page = in_tmp_path / "p.toml", in_tmp_path / "a.html"
    preset.write_text('function = "parabola"\nlr = 0.1\n')
    words = ("--preset", "p.toml", *QUICK, "--watch", "--serve", "-o", "a.html")
    with subprocess.Popen(command(*words), stderr=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
        guard = threading.Timer(PATIENCE_S, process.kill)
        guard.start()
        lines = iter(process.stderr)  # type: ignore[arg-type]
        assert "http://127.0.0.1:" in next(lines)
        assert next(lines).startswith("a.html: 4 frames")
        first = page.read_bytes()
        preset.write_text('function = "parabola"\nlr = "fast"\n')
        assert next(lines) == "p.toml changed\n"
        assert "'fast'" in next(lines)
        assert page.read_bytes() == first
        preset.write_text('function = "parabola"\nlr = 0.2\n')
        assert next(lines) == "p.toml changed\n"
        assert next(lines).startswith("a.html: 4 frames")
        assert page.read_bytes() != first
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(PATIENCE_S) == -signal.SIGTERM
        guard.cancel()
    assert run("check", "a.html").code == 0
