"""Every page can be read and used by everybody: axe finds nothing, in light and in dark, on a phone and a desk."""

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from catalog.models import Genre, Movie, Person
from tests.builders import make_movie
from tests.e2e.conftest import Open
from tests.e2e.test_first_evening import sign_up

PAGES = [
    "/",
    "/?year_from=1&q=rain",
    "/recommendations/",
    "/films/",
    "/films/?q=nothing+like+it",
    "film",
    "/my-films/",
    "/my-films/taste/",
    "/map/",
    "/map/?q=rain",
    "/accounts/sign-up/",
    "/accounts/log-in/",
    "/accounts/password/forgotten/",
    "/start/",
    "person",
    "genre",
]


def examined(page: Page) -> AxeResults:
    """What axe finds once the page has come to rest: half-way through a fade every colour is too pale."""
    page.locator(".htmx-request, .htmx-swapping, .htmx-settling").first.wait_for(state="detached")
    page.evaluate("Promise.allSettled(document.getAnimations().map(animation => animation.finished))")
    return Axe().run(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_browser: Open, films: list[Movie], theme: str) -> None:
    page = open_browser("/films/", color_scheme=theme, viewport={"width": 390, "height": 844})
    page.get_by_role("button", name="Like Crime film 1", exact=True).click()
    page.get_by_role("status").get_by_role("button", name="Undo").wait_for()
    addresses = {
        "film": films[0].get_absolute_url(),
        "person": f"/people/{Person.objects.order_by('pk')[0].pk}/",
        "genre": f"/genres/{Genre.objects.order_by('pk')[0].pk}/",
    }
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        for path in PAGES:
            page.goto(addresses.get(path, path))
            found = examined(page)
            assert found.violations_count == 0, f"{path} {theme} {width}\n{found.generate_report()}"
            overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, f"{path} is {overflow} px wider than {width}"


def test_the_keyboard_reaches_everything(open_browser: Open, films: list[Movie]) -> None:
    page = open_browser("/films/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.getAttribute('formaction') || document.activeElement.name"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")
    assert {"q", "genre", "sort"} <= reached
    assert f"/films/{Movie.objects.order_by('title')[0].pk}/like/" in reached


def test_long_words_do_not_break_the_page(open_browser: Open, films: list[Movie]) -> None:
    movie = make_movie("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 2, description="x" * 500)
    page = open_browser(movie.get_absolute_url(), viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_opens_on_a_press_is_accessible_too(open_browser: Open, films: list[Movie], theme: str) -> None:
    page = open_browser(films[0].get_absolute_url(), color_scheme=theme)
    for path in ("mark/watchlist", "mark/seen", "like"):
        page.locator(f'.film-text [formaction="/films/{films[0].pk}/{path}/"]').click()
        page.locator(f'.film-text [formaction="/films/{films[0].pk}/{path}/"][aria-pressed="true"]').wait_for()
    found = examined(page)
    assert found.violations_count == 0, found.generate_report()
    page.goto("/")
    page.get_by_text("More filters").click()
    page.get_by_role("button", name="Why").first.click()
    found = examined(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_an_account_are_accessible_too(open_browser: Open, films: list[Movie], theme: str) -> None:
    page = open_browser("/", color_scheme=theme)
    sign_up(page)
    page.get_by_text("ana", exact=True).wait_for()
    for path in ("/accounts/", "/accounts/password/", "/accounts/delete/", "/accounts/password/sent/"):
        page.goto(path)
        found = examined(page)
        assert found.violations_count == 0, f"{path} {theme}\n{found.generate_report()}"
