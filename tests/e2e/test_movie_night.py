"""An evening for three: the host opens it, a friend joins by the link, and they choose."""

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from catalog.models import Movie
from tests.builders import like, make_user
from tests.e2e.conftest import Open
from tests.e2e.test_accessible import examined


@pytest.fixture
def profile(films: list[Movie], settings: pytest.FixtureRequest) -> None:
    """A demo profile that likes romances."""
    settings.DEMO_MODE = True  # type: ignore[attr-defined]
    like(make_user("demo", display_name="Romantic", is_demo=True), *films[2:12:3])
    cache.clear()


def with_likes(page: Page, genre: str) -> Page:
    """Somebody who likes three films of a genre."""
    page.goto("/films/")
    for number in (1, 2, 3):
        name = f"Like {genre} film {number}"
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")
    return page


def open_evening(page: Page) -> None:
    page.goto("/together/")
    page.get_by_label("Your name this evening").fill("Ana")
    page.get_by_label("Romantic").check(force=True)
    page.get_by_label("Friends join by a link").check()
    page.get_by_role("button", name="Open the evening").click()
    expect(page.get_by_role("heading", name="Movie night")).to_be_visible()


@pytest.mark.parametrize(("theme", "width"), [("dark", 390), ("light", 1280)])
def test_an_evening_for_three(open_browser: Open, profile: None, theme: str, width: int) -> None:
    look = {"color_scheme": theme, "viewport": {"width": width, "height": 844}}
    ana = with_likes(open_browser("/", **look), "Crime")
    open_evening(ana)
    ben = with_likes(open_browser("/", **look), "Science Fiction")
    ben.goto(ana.get_by_label("Send them this link").input_value())
    assert examined(ben).violations_count == 0
    ben.get_by_label("Your name this evening").fill("Ben")
    ben.get_by_role("button", name="I agree, take me in").click()
    expect(ben.get_by_label("Who takes part").get_by_role("listitem")).to_have_text(["Ana", "Romantic", "Ben you"])

    first = ben.locator("[data-card] .card-title").first.inner_text()
    expect(ben.locator("[data-card]").first.locator(".fits li")).to_have_count(3)
    ben.get_by_role("button", name=f"Veto {first}", exact=True).click()
    expect(ben.get_by_role("button", name=f"Put {first} back")).to_be_visible()
    expect(ben.locator(".card-title", has_text=first)).to_have_count(0)

    ana.reload()
    expect(ana.get_by_text("Off the table")).to_be_visible()
    expect(ana.locator(".card-title", has_text=first)).to_have_count(0)
    ana.get_by_label("Whom to please").press("End")
    ana.wait_for_url("**fair=4")
    ana.get_by_label("In numbers").first.click()
    found = examined(ana)
    assert found.violations_count == 0, found.generate_report()
    assert ana.evaluate("document.documentElement.scrollWidth") == width

    ben.get_by_role("button", name=f"Put {first} back").click()
    expect(ben.locator(".card-title", has_text=first)).to_have_count(1)
    ana.get_by_role("button", name="Make a link to the result").click()
    link = ana.get_by_label("Whoever has this link").input_value()
    anybody = open_browser(link, **look)
    expect(anybody.get_by_text("Chosen together: Ana, Romantic, Ben")).to_be_visible()
    expect(anybody.locator("[data-card]")).to_have_count(12)
    assert examined(anybody).violations_count == 0


def test_it_works_without_scripts(open_browser: Open, profile: None) -> None:
    page = open_browser("/", java_script_enabled=False)
    for number in (1, 2, 3):
        page.goto("/films/")
        page.get_by_role("button", name=f"Like Crime film {number}", exact=True).click()
    open_evening(page)
    first = page.locator("[data-card] .card-title").first.inner_text()
    page.get_by_role("button", name=f"Veto {first}", exact=True).click()
    expect(page.locator(".card-title", has_text=first)).to_have_count(0)
    page.get_by_label("Length").select_option("90")
    page.get_by_role("button", name="Show films").click()
    assert "longest=90" in page.url
    page.get_by_role("button", name="End the evening for all").click()
    expect(page.get_by_text("The evening is over")).to_be_visible()
