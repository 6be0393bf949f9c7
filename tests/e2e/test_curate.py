"""A curator finds a film that is there twice, sees why it is seldom shown, merges it, and looks after the rest."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from catalog.models import Like, Movie
from catalog.services import announce_changes
from tests.builders import like, make_movie, make_user
from tests.e2e.conftest import Open
from tests.e2e.test_first_evening import PASSWORD

OWN = ".panels"  # the stock admin around it is not ours to judge


def no_fault(page: Page) -> None:
    found = Axe().run(page, context=OWN, options={"preload": False})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_double_is_found_and_merged(open_browser: Open, films: list[Movie]) -> None:
    boss = make_user("boss", is_staff=True, is_superuser=True)
    boss.set_password(PASSWORD)
    boss.save()
    visitor, film = make_user("mia", display_name="Mia", is_demo=True), films[0]
    double = make_movie("CRIME film 1", year=film.year, tmdb_id=5, description="Rain.")
    like(visitor, double)
    announce_changes([double.pk, film.pk])
    page = open_browser("/admin/catalog/movie/", color_scheme="dark", viewport={"width": 390, "height": 900})
    page.get_by_label("Username").fill("boss")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.locator("#searchbar").fill("crime film 1")
    page.locator("#searchbar").press("Enter")
    page.locator(f'#result_list a[href*="/{film.pk}/change/"]').click()
    expect(page.get_by_role("heading", name="Why is it recommended, or never?")).to_be_visible()
    no_fault(page)
    page.locator(".panels").get_by_role("link", name=f"Merge {double}").click()
    expect(page.get_by_text("They differ in: title")).to_be_visible()
    no_fault(page)
    page.get_by_label(f"Rain. #{double.pk}").check()
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("1 film went into")).to_be_visible()
    assert list(Like.objects.values_list("user__username", "movie")) == [("mia", film.pk)]
    assert Movie.objects.get(pk=film.pk).description == "Rain."
    page.goto("/admin/catalog/movie/health/")
    no_fault(page)
    page.get_by_role("link", name="never liked: 29").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(29)
    page.goto(f"/admin/catalog/user/{visitor.pk}/change/")
    page.get_by_role("button", name="Look as this visitor").click()
    expect(page.get_by_label("Looking as a visitor")).to_be_visible()
    found = Axe().run(page, options={"preload": False})
    assert found.violations_count == 0, found.generate_report()
    page.get_by_label("Looking as a visitor").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("You look with your own eyes again.")).to_be_visible()
