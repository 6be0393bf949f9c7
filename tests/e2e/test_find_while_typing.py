"""A genre chip is pressed once to want it, twice to leave it out, and both are said aloud."""

from playwright.sync_api import expect

from catalog.models import Movie
from tests.e2e.conftest import Open


def test_first_press_with_second_without_third_either(open_browser: Open, films: list[Movie]) -> None:
    page = open_browser("/")
    chips = page.locator('[data-chips="genre"]')
    chip, said = chips.get_by_label("Romance"), chips.locator("[data-said]")
    genres = page.locator("#results .card-title")
    chip.click(force=True)
    expect(said).to_have_text("With Romance")
    expect(page.locator("#results .card")).to_have_count(10)
    assert all("Romance" in title for title in genres.all_inner_texts())
    chip.click(force=True)
    expect(said).to_have_text("Without Romance")
    expect(page.locator("#results .card")).to_have_count(20)
    assert chip.evaluate("box => box.indeterminate")
    assert not any("Romance" in title for title in genres.all_inner_texts())
    other = open_browser(page.url)
    assert other.locator('[data-chips="genre"]').get_by_label("Romance").evaluate("box => box.indeterminate")
    chip.click(force=True)
    expect(said).to_have_text("Romance or not")
    expect(page.locator("#results .card")).to_have_count(24)


def test_search_as_you_type(open_browser: Open, films: list[Movie]) -> None:
    page = open_browser("/films/")
    page.get_by_label("Title, name or keyword").press_sequentially("romance film 10", delay=20)
    expect(page.locator(".card")).to_have_count(1)
    assert page.url.endswith("/films/?q=romance+film+10")
    page.get_by_label("Title, name or keyword").fill("romanse")
    page.get_by_role("link", name="romance", exact=True).click()
    expect(page.locator(".card")).to_have_count(10)
