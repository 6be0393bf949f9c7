"""A first visit: three picks that the choice follows, then recommendations, all within one page."""

import pytest
from playwright.sync_api import expect

from catalog.models import Movie
from tests.e2e.conftest import Open


@pytest.mark.parametrize("javascript", [True, False])
def test_three_picks_and_the_films_are_there(open_browser: Open, films: list[Movie], javascript: bool) -> None:
    page = open_browser("/", java_script_enabled=javascript)
    page.get_by_role("link", name="Pick films").click()
    for left in ("2 more to go", "1 more to go", "That is enough"):
        page.locator(".picks .pick", has_text="Romance").first.click()
        expect(page.locator(".progress")).to_contain_text(left)
    expect(page.locator(".picked .pick")).to_have_count(3)
    page.get_by_role("link", name="Show my films").click()
    assert "Romance" in page.locator(".row").first.locator(".card-title").first.inner_text()
    expect(page.locator(".row h2").first).to_have_text("For your taste")
    page.goto("/start/")
    page.locator(".picked .pick").first.click()
    expect(page.locator(".progress")).to_contain_text("1 more to go")
