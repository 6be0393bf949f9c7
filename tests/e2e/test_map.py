"""The film map in a real browser: by keyboard, by mouse, by touch, from search to film and from region to films."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Movie
from tests.e2e.conftest import Open
from tests.e2e.test_accessible import examined

DESK = {"width": 1280, "height": 800}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def until(page: Page, condition: str) -> None:
    """Wait for something in the page; Playwright's own way evaluates text, which our policy forbids."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(25)
    raise AssertionError(condition)


def ready(page: Page) -> Page:
    """Wait until the points are drawn and their titles have come."""
    page.locator(".map[data-ready]").wait_for()
    until(page, "filmMap.points.titles && filmMap.pixels.some(pixel => pixel)")
    return page


def on_screen(page: Page, film: Movie) -> tuple[float, float]:
    """Where a film stands in the window."""
    x, y = page.evaluate(
        """id => { const box = filmMap.canvas.getBoundingClientRect(), row = filmMap.points.rowOf(id), map = filmMap;
        return [box.left + map.screenX(map.points.x[row]), box.top + map.screenY(map.points.y[row])]; }""",
        film.pk,
    )
    return x, y


def focused(page: Page) -> int:
    return int(page.evaluate("filmMap.points.ids[filmMap.focused]"))


def scale(page: Page) -> float:
    return float(page.evaluate("filmMap.scale / filmMap.fit"))


def test_by_keyboard(open_browser: Open, films: list[Movie]) -> None:
    page = ready(open_browser("/map/", viewport=DESK, reduced_motion="reduce"))
    page.locator("#map").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#map-said")).to_contain_text("Enter opens it.")
    first = focused(page)
    before = page.evaluate("filmMap.points.x[filmMap.focused]")
    page.keyboard.press("ArrowRight")
    assert focused(page) != first
    assert page.evaluate("filmMap.points.x[filmMap.focused]") > before
    page.keyboard.press("+")
    assert scale(page) == pytest.approx(1.5)
    page.keyboard.press("Shift+ArrowLeft")
    assert page.evaluate("filmMap.x") < 0
    page.keyboard.press("-")
    page.keyboard.press("0")
    assert (scale(page), page.evaluate("filmMap.x")) == (1, 0)
    film = Movie.objects.get(pk=focused(page))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(film.title)
    page.wait_for_load_state("networkidle")


def test_escape_leaves_the_film(open_browser: Open, films: list[Movie]) -> None:
    page = ready(open_browser("/map/", viewport=DESK))
    page.locator("#map").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.evaluate("filmMap.focused") == -1
    expect(page.locator("#map-said")).to_have_text("")


def test_by_mouse(open_browser: Open, films: list[Movie]) -> None:
    page = ready(open_browser("/map/", viewport=DESK))
    page.mouse.move(*on_screen(page, films[0]))
    expect(page.locator("[data-tip]")).to_have_text("Crime film 1 (1960) · Crime")
    page.mouse.click(*on_screen(page, films[0]))
    card = page.get_by_role("complementary", name="Chosen film")
    expect(card.get_by_role("link", name="Crime film 1")).to_be_visible()
    card.get_by_role("button", name="Like Crime film 1", exact=True).click()
    expect(card.get_by_role("button", name="Like Crime film 1", exact=True)).to_have_attribute("aria-pressed", "true")
    until(page, "filmMap.marks.liked.length === 1")
    x, y = on_screen(page, films[2])
    page.mouse.move(x, y)
    page.mouse.wheel(0, -240)
    until(page, "filmMap.scale > filmMap.fit * 1.5")
    assert on_screen(page, films[2]) == (pytest.approx(x, abs=1), pytest.approx(y, abs=1))
    page.mouse.move(500, 600)
    page.mouse.down()
    page.mouse.move(560, 620, steps=4)
    page.mouse.up()
    assert on_screen(page, films[2]) == (pytest.approx(x + 60, abs=1), pytest.approx(y + 20, abs=1))
    card.get_by_role("button", name="Close").click()
    expect(card).to_be_hidden()


def test_the_list_follows_the_view(open_browser: Open, films: list[Movie]) -> None:
    page = ready(open_browser("/map/", viewport=DESK, reduced_motion="reduce"))
    films_listed = page.locator("#map-list li[data-film]")
    expect(page.locator("#map-list h2")).to_contain_text("All films on the map 30")
    page.evaluate("filmMap.moveTo(-0.45, 0, filmMap.fit * 4)")
    page.locator("#map").focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("#map-list h2")).to_contain_text("In view 10")
    expect(films_listed).to_have_count(10)
    films_listed.first.hover()
    assert page.evaluate("filmMap.hovered") >= 0
    page.get_by_role("link", name="Recommend from here").click()
    expect(page.locator("#results .card")).to_have_count(10)
    expect(page.get_by_role("link", name="only from a region of the map")).to_be_visible()


def test_a_region_becomes_recommendations_and_goes_again(open_browser: Open, films: list[Movie]) -> None:
    page = ready(open_browser("/map/", viewport=DESK))
    page.get_by_role("button", name="Draw a region").click()
    left, top = on_screen(page, films[0])
    page.mouse.move(left - 40, top - 60)
    page.mouse.down()
    page.mouse.move(left + 200, top + 120, steps=5)
    page.mouse.up()
    expect(page.locator("#map-list h2")).to_contain_text("In this region 10")
    expect(page.get_by_role("button", name="Draw a region")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("link", name="Recommend from here").click()
    expect(page.locator("#results .card")).to_have_count(10)
    assert all(title.startswith("Crime") for title in page.locator("#results .card-title").all_inner_texts())
    page.get_by_role("link", name="only from a region of the map").click()
    expect(page.locator("#results .card")).to_have_count(24)


def test_colours_filter_the_map_and_the_list(open_browser: Open, films: list[Movie]) -> None:
    page = ready(open_browser("/map/", viewport=DESK))
    page.get_by_role("checkbox", name="Romance").check(force=True)
    expect(page.locator("#map-list h2")).to_contain_text("10")
    assert page.evaluate("filmMap.points.shown.reduce((sum, one) => sum + one)") == 10
    page.mouse.click(*on_screen(page, films[0]))
    expect(page.get_by_role("complementary", name="Chosen film")).to_be_hidden()


def test_search_flies_to_the_film(open_browser: Open, films: list[Movie]) -> None:
    page = ready(open_browser("/map/", viewport=DESK, reduced_motion="reduce"))
    field = page.get_by_role("combobox", name="Find a film")
    field.press_sequentially("romance film 3")
    expect(page.get_by_role("option")).to_have_count(1)
    field.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text("Romance film 3 (1968)")
    found = examined(page)
    assert found.violations_count == 0, found.generate_report()
    field.press("Enter")
    expect(page.locator("#map-said")).to_contain_text("Romance film 3")
    assert focused(page) == films[8].pk
    assert scale(page) == pytest.approx(6)
    x, y = on_screen(page, films[8])
    assert page.evaluate("([x, y]) => document.elementFromPoint(x, y).id", [x, y]) == "map"
    expect(page.get_by_role("complementary", name="Chosen film")).to_contain_text("Romance film 3")


class Fingers:
    """What the browser gets from fingers on its glass."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def __call__(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y, "id": at} for at, (x, y) in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def test_by_touch(open_browser: Open, films: list[Movie]) -> None:
    page = ready(open_browser("/map/", **PHONE))
    touch = Fingers(page)
    expect(page.locator("#map-list")).to_be_hidden()
    touch("touchStart", (150, 350), (240, 350))
    for apart in (60, 80, 100):
        touch("touchMove", (195 - apart, 350), (195 + apart, 350))
    touch("touchEnd")
    assert scale(page) == pytest.approx(100 / 45, rel=0.05)
    x, y = on_screen(page, films[0])
    touch("touchStart", (200, 300))
    touch("touchMove", (230, 320))
    touch("touchMove", (260, 340))
    touch("touchEnd")
    assert on_screen(page, films[0]) == (pytest.approx(x + 60, abs=2), pytest.approx(y + 40, abs=2))
    page.touchscreen.tap(*on_screen(page, films[0]))
    expect(page.get_by_role("complementary", name="Chosen film")).to_contain_text("Crime film 1")
    page.get_by_text("Search, colours, list").click()
    expect(page.locator("#map-list h2")).to_contain_text("In view")


def test_the_address_leads_to_a_film_a_region_or_words(open_browser: Open, films: list[Movie]) -> None:
    page = ready(open_browser(f"/map/?film={films[4].pk}", viewport=DESK, reduced_motion="reduce"))
    expect(page.get_by_role("complementary", name="Chosen film")).to_contain_text("Science Fiction film 2")
    page.goto("/map/?region=-0.7,-0.1,-0.1,0.3")
    ready(page)
    assert page.evaluate("filmMap.region.join()") == "-0.7,-0.1,-0.1,0.3"
    page.get_by_role("link", name="Whole map").click()
    expect(page.locator("#map-list h2")).to_contain_text("All films on the map 30")
    page.goto("/map/?q=romance")
    ready(page)
    assert page.evaluate("filmMap.marks.best.length") > 0
    page.get_by_label("Where do these words lie?").press("Enter")
    page.wait_for_url("**/map/?q=romance**")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_film_and_the_region_are_accessible(open_browser: Open, films: list[Movie], theme: str) -> None:
    page = ready(open_browser("/map/?region=-0.7,-0.1,-0.1,0.3", color_scheme=theme, viewport=DESK))
    page.mouse.click(*on_screen(page, films[0]))
    page.get_by_role("complementary", name="Chosen film").get_by_role("link").first.wait_for()
    found = examined(page)
    assert found.violations_count == 0, found.generate_report()


def test_without_scripts_the_list_is_there(open_browser: Open, films: list[Movie]) -> None:
    page = open_browser("/map/?region=-0.7,-0.1,-0.1,0.3", java_script_enabled=False, viewport=DESK)
    expect(page.locator("#map-list li[data-film]")).to_have_count(10)
    expect(page.get_by_text("The map needs a browser with scripts.")).to_be_visible()
    page.get_by_role("checkbox", name="Romance").check(force=True)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("No film stands here.")).to_be_visible()


def test_points_that_do_not_come_are_no_dead_end(open_browser: Open, films: list[Movie]) -> None:
    page = open_browser("/films/", viewport=DESK)
    page.route("**/map/points/**", lambda route: route.fulfill(status=200, body=b"nonsense that is no map"))
    page.goto("/map/")
    expect(page.get_by_text("That did not work. Try it once more.")).to_be_visible()
    expect(page.locator("#map-list li[data-film]")).to_have_count(24)
