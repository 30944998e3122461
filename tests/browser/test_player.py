"""The page in a browser: it plays, pauses, steps and scrubs; it asks for nothing, and keeps nobody out."""

from __future__ import annotations

import io

import numpy as np
import pytest
from pages import FRAMES, Player, host, pixels, quiet, written


@pytest.fixture
def parabola(tmp_path):
    return written(tmp_path / "parabola.html")


def test_it_plays_at_once_and_pauses_and_goes_on(visit, heard, parabola):
    player = Player(visit(parabola))
    assert player.playing
    player.wait_for(3)
    player.root.get_by_role("button", name="Pause").click()
    stopped = player.frame
    assert 3 <= stopped < FRAMES
    player.stands_at(stopped)
    player.root.get_by_role("button", name="Play").click()
    player.wait_for(stopped + 2)
    player.press("k")
    assert quiet(heard, parabola)


def test_keys_step_and_jump_and_stay_within_the_film(visit, heard, parabola):
    player = Player(visit(parabola))
    player.press("Home")
    player.stands_at(0)
    moves = [("ArrowRight", 1), ("Shift+ArrowRight", 11), ("ArrowLeft", 10), ("End", 25), ("ArrowRight", 25)]
    moves += [("Shift+ArrowLeft", 15), ("Shift+ArrowLeft", 5), ("Shift+ArrowLeft", 0)]
    for key, frame in moves:
        player.press(key)
        player.stands_at(frame)
    player.press("Space")
    assert player.playing
    player.press("Space")
    assert not player.playing
    assert quiet(heard, parabola)


def test_each_frame_shows_its_own_picture(visit, tmp_path):
    written(tmp_path / "%04d.png")
    truth = np.stack([pixels(tmp_path / f"{i:04d}.png") for i in range(FRAMES)])
    fragment = written(tmp_path / "fragment.html", "--fragment")
    page = visit(host(tmp_path / "host.html", fragment))
    player = Player(page)
    player.scrub.focus()
    for frame in (0, 7, FRAMES - 1):
        player.press("Home")
        for _ in range(frame):
            player.press("ArrowRight")
        shown = pixels(io.BytesIO(player.root.locator("[data-part=picture] > svg").screenshot()))
        assert shown.shape == truth.shape[1:]
        assert np.abs(truth - shown).mean(axis=(1, 2, 3)).argmin() == frame


def test_buttons_step(visit, parabola):
    player = Player(visit(parabola))
    player.press("Home")
    for name, frame in (("Step forward", 1), ("Step forward", 2), ("Step back", 1)):
        player.root.get_by_role("button", name=name).click()
        player.stands_at(frame)


def test_the_scrubber_takes_the_keyboard_and_the_mouse(visit, parabola):
    player = Player(visit(parabola))
    player.scrub.focus()
    player.press("Home")
    player.press("ArrowRight")
    player.stands_at(1)
    box = player.scrub.bounding_box()
    player.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert 11 <= player.frame <= 14
    player.stands_at(player.frame)


def test_a_click_on_the_picture_pauses_and_plays(visit, parabola):
    player = Player(visit(parabola))
    picture = player.root.get_by_role("img")
    picture.click()
    assert not player.playing
    picture.click()
    assert player.playing


def test_the_end_is_held_and_play_begins_anew(visit, tmp_path):
    path = written(tmp_path / "once.html", "--loop", "1", "--hold", "0.3")
    player = Player(visit(path))
    player.wait_for(FRAMES - 1)
    player.page.wait_for_function("() => !document.querySelector('[data-playing]')")
    player.stands_at(FRAMES - 1)
    player.press("k")
    player.page.wait_for_function("e => +e.value < 20", arg=player.scrub.element_handle())
    assert player.playing


def test_it_plays_for_ever_where_asked(visit, tmp_path):
    player = Player(visit(written(tmp_path / "loop.html", "-n", "3", "--hold", "0")))
    for frame in (3, 0, 3, 0):
        player.page.wait_for_function("([e, i]) => +e.value === i", arg=[player.scrub.element_handle(), frame])
    assert player.playing


def test_speed_is_how_much_of_the_film_passes_in_a_time(visit, parabola):
    page = visit(parabola)
    player = Player(page)
    speed = player.root.get_by_role("combobox", name="Speed")
    for key, value in (("+", "2"), (">", "4"), ("+", "4"), ("-", "2"), ("<", "1"), ("-", "0.5"), ("-", "0.25")):
        player.press(key)
        assert speed.input_value() == value
    player.press("Home")
    # The browser's clock is ours: a second of it at a quarter of the speed is a quarter of a second of the film.
    page.clock.install(time=0)
    page.clock.pause_at(3_600_000)
    player.press("k")
    page.clock.run_for(1_000)
    assert player.frame == 2
    speed.select_option("4")
    page.clock.run_for(250)
    assert 11 <= player.frame <= 13


def test_screen_readers_hear_where_it_stands_and_not_each_frame(visit, parabola):
    player = Player(visit(parabola))
    player.wait_for(2)
    assert player.status.text_content() == ""
    player.press("k")
    assert player.status.text_content().startswith(f"iteration {player.frame}, x ")
    player.press("ArrowRight")
    assert player.status.text_content().startswith(f"iteration {player.frame}, x ")
    player.scrub.focus()
    player.press("ArrowRight")
    assert player.scrub.get_attribute("aria-valuetext").startswith(f"iteration {player.frame}, x ")
    assert player.status.text_content() == ""


def test_screen_readers_hear_where_each_run_of_a_race_stands(visit, tmp_path):
    player = Player(visit(written(tmp_path / "race.html", "--lr", "0.25", "--start", "4")))
    player.press("Home")
    player.press("ArrowRight")
    # x ← (1 − 2 lr) x from 4; rules and words that are shown stay as they were.
    heard = player.status.text_content()
    assert heard.endswith("lr 0.1, x 3.2, f(x) 10.24. lr 0.25, x 2, f(x) 4")
    assert "10.24" not in player.words.text_content()


def test_less_motion_is_the_last_frame_at_rest_until_play_is_pressed(visit, heard, parabola):
    player = Player(visit(parabola, reduced_motion="reduce"))
    player.stands_at(FRAMES - 1)
    player.press("k")
    player.wait_for(1)
    assert player.playing
    assert quiet(heard, parabola)


def test_without_a_script_the_picture_plays_and_no_dead_button_is_shown(visit, parabola):
    page = visit(parabola, java_script_enabled=False)
    assert page.get_by_role("button").count() == 0
    assert page.locator("svg animate, svg animateTransform").count() > 0


def test_keys_belong_to_the_page_where_no_player_has_the_focus(visit, tmp_path):
    fragment = written(tmp_path / "fragment.html", "--fragment")
    player = Player(visit(host(tmp_path / "host.html", fragment)))
    assert player.playing
    player.press("k")
    assert player.playing


def test_two_players_on_a_page_do_not_touch_each_other_or_the_page(visit, heard, tmp_path):
    one = written(tmp_path / "one.html", "--fragment")
    other = written(tmp_path / "other.html", "--fragment", "--style", "dark", "--optimizer", "momentum")
    page = visit(host(tmp_path / "host.html", one, other, one), viewport={"width": 900, "height": 2000})
    players = [Player(page, place) for place in range(3)]
    for place, player in enumerate(players):
        player.scrub.focus()
        player.press("Home")
        for _ in range(place):
            player.press("ArrowRight")
    for place, player in enumerate(players):
        player.stands_at(place)
    empty = visit(host(tmp_path / "empty.html"))
    assert page.evaluate("window.named") == empty.evaluate("window.named")
    assert quiet(heard, tmp_path / "host.html", tmp_path / "empty.html")


def test_a_hostile_title_runs_nothing(visit, heard, tmp_path):
    path = written(tmp_path / "hostile.html", "--title", "</script><img src=x onerror=alert(1)>")
    page = visit(path)
    assert page.title() == "</script><img src=x onerror=alert(1)>"
    assert page.locator("img:not([role])").count() == 0
    assert quiet(heard, path)


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_every_width_has_room_for_it_and_for_a_finger(visit, tmp_path, width):
    path = written(tmp_path / "explained.html", "--explain")
    page = visit(path, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in page.locator("button, select, input").all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("kind", ["page", "fragment"])
@pytest.mark.parametrize("is_pinned", [False, True])
def test_axe_finds_nothing(visit, tmp_path, colours, kind, is_pinned):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    style = ["--style", colours] if is_pinned else []
    path = written(tmp_path / "out.html", *(["--fragment"] if kind == "fragment" else []), *style)
    if kind == "fragment":
        path = host(tmp_path / "host.html", path)
    page = visit(path, color_scheme=colours)
    Player(page).root.get_by_role("button", name="Pause").click()
    found = axe.Axe().run(page).response
    assert found["violations"] == []
    assert "color-contrast" in [rule["id"] for rule in found["passes"]]
