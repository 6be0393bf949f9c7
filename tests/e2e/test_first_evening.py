"""From the first visit to the first recommendations, and keeping them."""

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Like, Movie, User
from tests.e2e.conftest import Open

PASSWORD = "velvet-curtain-7"


def titles(page: Page) -> list[str]:
    return page.locator(".card-title").all_inner_texts()


def sign_up(page: Page, name: str = "ana") -> None:
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password confirmation").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign up").click()


@pytest.mark.parametrize("javascript", [True, False])
def test_sign_up_like_three_films_and_see_recommendations_change(
    open_browser: Open, films: list[Movie], javascript: bool
) -> None:
    page = open_browser("/", java_script_enabled=javascript)
    sign_up(page)
    expect(page.get_by_text("ana", exact=True)).to_be_visible()
    before = titles(page)
    for number in (1, 2, 3):
        page.goto(f"/films/?q=Crime+film+{number}")
        button = page.get_by_role("button", name=f"Like Crime film {number}", exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="For you").click()
    after = titles(page)
    assert after != before
    assert {title.split(" film")[0] for title in after[:7]} == {"Crime"}
    expect(page.locator(".why").first).to_contain_text("Because you liked Crime film")
    assert Like.objects.filter(user=User.objects.get(username="ana")).count() == 3


@pytest.mark.parametrize("javascript", [True, False])
def test_what_was_tried_without_an_account_is_kept(open_browser: Open, films: list[Movie], javascript: bool) -> None:
    page = open_browser(f"/films/{films[1].pk}/", java_script_enabled=javascript)
    button = page.locator(".film-text").get_by_role("button", name="Like Science Fiction film 1")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    sign_up(page)
    page.get_by_role("link", name="My films").click()
    assert titles(page) == ["Science Fiction film 1"]


def test_without_scripts_the_main_path_works(open_browser: Open, films: list[Movie]) -> None:
    page = open_browser("/", java_script_enabled=False)
    page.get_by_label("Romance").first.check(force=True)
    page.get_by_role("button", name="Show films").click()
    assert {title.split(" film")[0] for title in titles(page)} == {"Romance"}
    page.get_by_role("link", name="Romance film 1").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Romance film 1")
    expect(page.get_by_role("heading", name="Close to this film")).to_be_visible()
    page.locator(".film-text").get_by_role("button", name="Seen").click()
    expect(page.get_by_role("status")).to_contain_text("Romance film 1 is marked as seen.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("is not marked as seen any more")
    page.goto("/")
    first = titles(page)
    page.get_by_role("link", name="Show more").click()
    assert len(titles(page)) == 6
    assert not set(first) & set(titles(page))
