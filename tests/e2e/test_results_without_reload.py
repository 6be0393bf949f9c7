"""With scripts: results, likes and undo without leaving the page, and an address that can be shared."""

from playwright.sync_api import Page, expect

from catalog.models import Like, Movie
from tests.e2e.conftest import Open


def stay(page: Page) -> None:
    """Leave a mark on the window that a reload would lose."""
    page.evaluate("window.stayed = true")


def stayed(page: Page) -> bool:
    return bool(page.evaluate("window.stayed === true"))


def test_like_and_undo_on_the_spot(open_browser: Open, films: list[Movie]) -> None:
    page = open_browser("/films/")
    stay(page)
    button = page.get_by_role("button", name="Like Crime film 1", exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("status")).to_contain_text("You no longer like Crime film 1.")
    assert stayed(page)
    assert not Like.objects.exists()


def test_filters_act_at_once_and_the_address_can_be_shared(open_browser: Open, films: list[Movie]) -> None:
    page = open_browser("/")
    stay(page)
    page.get_by_label("Romance").first.check(force=True)
    expect(page.locator("#results .card")).to_have_count(10)
    page.get_by_text("More filters").click()
    page.get_by_label("From year").fill("1980")
    page.get_by_label("From year").blur()
    expect(page.locator("#results .card")).to_have_count(4)
    assert stayed(page)
    assert page.url.endswith(f"/?genre={films[2].genres.get().pk}&year_from=1980")
    titles = page.locator("#results .card-title").all_inner_texts()
    other = open_browser(page.url)
    assert other.locator("#results .card-title").all_inner_texts() == titles
    expect(other.get_by_label("From year")).to_have_value("1980")
    page.go_back()
    expect(page.locator("#results .card")).to_have_count(10)


def test_more_films_join_the_list(open_browser: Open, films: list[Movie]) -> None:
    page = open_browser("/")
    stay(page)
    page.get_by_role("link", name="Show more").click()
    expect(page.locator("#results .card")).to_have_count(30)
    titles = page.locator("#results .card-title").all_inner_texts()
    assert len(set(titles)) == 30
    assert stayed(page)


def test_the_reason_opens_and_adds_up(open_browser: Open, films: list[Movie]) -> None:
    page = open_browser("/films/")
    for number in (1, 2):
        button = page.get_by_role("button", name=f"Like Crime film {number}", exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
    page.goto("/")
    page.get_by_role("button", name="Why").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    parts = [float(text) for text in dialog.locator("li:not(.sum) b").all_inner_texts()]
    assert len(parts) == 2
    assert round(sum(parts), 3) == float(dialog.locator(".sum b").inner_text())
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
