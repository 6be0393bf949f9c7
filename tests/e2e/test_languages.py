"""The switch in the footer turns every page into the visitor's language, and every language is accessible."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from catalog.models import FilmText, Genre, Movie, Person
from tests.e2e.conftest import Open
from tests.e2e.test_accessible import examined

PAGES = [
    "/",
    "/?q=rain",
    "/recommendations/",
    "/start/",
    "/films/",
    "/films/?q=nothing+like+it",
    "film",
    "person",
    "genre",
    "/map/",
    "/together/",
    "/my-films/",
    "/my-films/taste/",
    "/accounts/sign-up/",
    "/accounts/log-in/",
    "/accounts/password/forgotten/",
]


def address(name: str, film: Movie) -> str:
    places = {
        "film": film.get_absolute_url(),
        "person": f"/people/{Person.objects.order_by('pk')[0].pk}/",
        "genre": f"/genres/{Genre.objects.order_by('pk')[0].pk}/",
    }
    return places.get(name, name)


def test_every_page_has_the_switch_and_stays_where_it_is(open_browser: Open, films: list[Movie]) -> None:
    page = open_browser("/", locale="en-GB")
    for name in PAGES:
        page.goto(address(name, films[0]))
        for code, label in settings.LANGUAGES[1:] + settings.LANGUAGES[:1]:
            before = page.url
            page.get_by_role("button", name=label, exact=True).click()
            page.wait_for_load_state()
            assert page.url == before
            assert page.locator("html").get_attribute("lang") == code
            expect(page.get_by_role("button", name=label, exact=True)).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(("code", "theme", "width"), [("ru", "light", 1280), ("kk", "dark", 390)])
def test_axe_finds_nothing_in_any_language(
    open_browser: Open, films: list[Movie], code: str, theme: str, width: int
) -> None:
    page = open_browser("/films/", locale=code, color_scheme=theme, viewport={"width": width, "height": 844})
    assert page.locator("html").get_attribute("lang") == code
    page.locator(".act.like").first.click()
    page.locator('.act.like[aria-pressed="true"]').wait_for()
    for name in PAGES:
        page.goto(address(name, films[0]))
        found = examined(page)
        assert found.violations_count == 0, f"{name} {code} {theme}\n{found.generate_report()}"
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"{name} is {overflow} px wider than {width} in {code}"


def test_titles_posters_and_genres_follow(open_browser: Open, films: list[Movie]) -> None:
    FilmText.objects.create(movie=films[0], language="kk", title="Қылмыс туралы фильм", description="Жаңбыр жауып тұр.")
    page = open_browser(films[0].get_absolute_url(), locale="ru")
    expect(page.get_by_role("heading", level=1)).to_have_text("Crime film 1")
    expect(page.get_by_role("link", name="Криминал", exact=True)).to_be_visible()
    page.get_by_role("button", name="Қазақша", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Қылмыс туралы фильм")
    expect(page.get_by_text("Жаңбыр жауып тұр.")).to_be_visible()
    expect(page.get_by_role("link", name="Қылмыс", exact=True)).to_be_visible()
    assert "/posters/kk/" in (page.locator(".film-poster img").get_attribute("src") or "")
