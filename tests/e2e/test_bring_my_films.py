"""Bring films from elsewhere in a real browser: look, change the rule, choose, bring in, undo."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Like, Movie
from tests.catalog.history_files import LETTERBOXD, packed, table
from tests.e2e.conftest import Open
from tests.e2e.test_accessible import examined
from tests.e2e.test_first_evening import PASSWORD, sign_up


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A ZIP with two films that are there, one mistyped, one unknown."""
    path = tmp_path / "letterboxd-ana.zip"
    ratings = table(
        LETTERBOXD["ratings.csv"],
        ["2024-01-01", "Crime film 1", 1960, "u", 5],
        ["2024-01-02", "Romance film 1", 1962, "u", 3.5],
        ["2024-01-03", "Crme film 2", 1963, "u", 4],
        ["2024-01-04", "Nobody Has This", 1999, "u", 4],
    )
    path.write_bytes(packed({"ratings.csv": ratings}))
    return path


def fill_in(page: Page) -> None:
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password confirmation").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign up").click()


def hand_in(page: Page, path: Path) -> None:
    page.goto("/my-films/import/")
    page.get_by_label("Your export").set_input_files(path)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Letterboxd")


def added(page: Page, shelf: str) -> str:
    return page.get_by_role("row", name=shelf).locator("td").first.inner_text()


@pytest.mark.parametrize("javascript", [True, False])
def test_look_choose_bring_in_and_undo(open_browser: Open, films: list[Movie], export: Path, javascript: bool) -> None:
    page = open_browser("/my-films/import/", java_script_enabled=javascript)
    fill_in(page)  # who has no account is led to it, and back
    expect(page.get_by_role("heading", level=1)).to_have_text("Bring your films")
    hand_in(page, export)
    assert (added(page, "Liked"), added(page, "Seen")) == ("1", "2")
    page.get_by_label("A like from").select_option("3.5")
    if not javascript:
        page.get_by_role("button", name="Work it out again").click()
    expect(page.get_by_role("row", name="Liked").locator("td").first).to_have_text("2")
    page.get_by_role("link", name="Choose first").click()
    expect(page.get_by_role("group", name="Crme film 2 (1963)")).to_be_visible()
    page.get_by_role("radio", name="Crime film 2 1963").check()
    page.get_by_role("button", name="Keep these choices").click()
    page.get_by_role("button", name="Bring in 3 films").click()
    expect(page.get_by_role("heading", name="Brought in")).to_be_visible()
    assert Like.objects.filter(user__username="ana").count() == 3
    page.goto("/my-films/")
    expect(page.locator(".card-title")).to_have_count(3)
    page.go_back()
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_role("status")).to_contain_text("The import is undone.")
    assert not Like.objects.exists()


def test_the_file_can_be_handed_in_by_keyboard_and_a_wrong_one_is_explained(
    open_browser: Open, films: list[Movie], tmp_path: Path
) -> None:
    page = open_browser("/")
    sign_up(page)
    page.goto("/my-films/import/")
    wrong = tmp_path / "photo.png"
    wrong.write_bytes(b"\x89PNG\r\n")
    page.get_by_label("Your export").set_input_files(wrong)
    page.get_by_label("Your export").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".error")).to_contain_text("This is a PNG file")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_way(open_browser: Open, films: list[Movie], export: Path, theme: str) -> None:
    page = open_browser("/my-films/import/", color_scheme=theme)
    sign_up(page)
    hand_in(page, export)
    preview = page.url
    paths = ["/my-films/import/", preview, f"{preview}review/", f"{preview}films/", f"{preview}films/?which=waiting"]
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        for path in (*paths, "/accounts/export/"):
            page.goto(path)
            found = examined(page)
            assert found.violations_count == 0, f"{path} {theme} {width}\n{found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{path} {width}"
    page.goto(preview)
    page.get_by_role("button", name="Bring in 2 films").click()
    found = examined(page)
    assert found.violations_count == 0, found.generate_report()
