"""Every page can be read and used by everybody: axe finds nothing, in light and in dark, on a phone and a desk."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from catalog.models import Movie
from tests.builders import make_movie
from tests.e2e.conftest import Open

PAGES = [
    "/",
    "/?year_from=1&q=rain",
    "/recommendations/",
    "/films/",
    "/films/?q=nothing+like+it",
    "film",
    "/my-films/",
    "/accounts/sign-up/",
    "/accounts/log-in/",
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_browser: Open, films: list[Movie], theme: str) -> None:
    page = open_browser("/films/", color_scheme=theme, viewport={"width": 390, "height": 844})
    page.get_by_role("button", name="Like Crime film 1", exact=True).click()
    page.get_by_role("status").get_by_role("button", name="Undo").wait_for()
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        for path in PAGES:
            page.goto(films[0].get_absolute_url() if path == "film" else path)
            found = Axe().run(page)
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
