"""The look follows the device until the visitor chooses, and the choice stays."""

import pytest
from playwright.sync_api import Page

from catalog.models import Movie
from tests.e2e.conftest import Open

PAPER, NIGHT = "rgb(250, 247, 242)", "rgb(20, 17, 15)"


def ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


@pytest.mark.parametrize("javascript", [True, False])
def test_the_visitors_choice_beats_the_device(open_browser: Open, films: list[Movie], javascript: bool) -> None:
    page = open_browser("/films/?sort=newest", color_scheme="light", java_script_enabled=javascript)
    assert ground(page) == PAPER
    page.get_by_role("button", name="Dark").click()
    page.wait_for_load_state()
    assert ground(page) == NIGHT
    assert page.url.endswith("/films/?sort=newest")
    page.goto("/start/")
    assert ground(page) == NIGHT
    page.get_by_role("button", name="Like the device").click()
    page.wait_for_load_state()
    assert ground(page) == PAPER


def test_a_dark_device_gets_a_dark_page(open_browser: Open, films: list[Movie]) -> None:
    page = open_browser("/", color_scheme="dark")
    assert ground(page) == NIGHT
    page.get_by_role("button", name="Light").click()
    page.wait_for_load_state()
    assert ground(page) == PAPER


def test_motion_stops_for_those_who_ask(open_browser: Open, films: list[Movie]) -> None:
    page = open_browser("/films/", reduced_motion="reduce")
    assert page.locator(".card .poster").first.evaluate("p => getComputedStyle(p).transitionProperty") in (
        "none",
        "all",
    )
    assert page.locator(".card .poster").first.evaluate("p => getComputedStyle(p).transitionDuration") == "0s"
