"""A real browser in front of the real site, with a taught catalogue; without Chromium these tests are skipped."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from catalog.models import Movie
from tests.builders import make_movie
from tests.site.pages import put_on_the_map, teach

# Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
GENRES = ("Crime", "Science Fiction", "Romance")

Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test."""
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("No Chromium found. Install it with bin/browser or: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def films(transactional_db: None) -> list[Movie]:
    """Thirty films in three groups; films of a group are alike."""
    cache.clear()
    films = {}
    for n in range(30):
        group = n % 3
        movie = make_movie(
            f"{GENRES[group]} film {n // 3 + 1}",
            year=1960 + n,
            runtime=80 + n,
            genres=[GENRES[group]],
            countries=["France" if n % 2 else "Italy"],
            directors=[f"Director {group}"],
            description="Somebody leaves, somebody stays, and it rains.",
            keywords=["rain", GENRES[group].lower()],
        )
        vector = [0.1 + n / 300, 0.1, 0.1]
        vector[group] = 1.0
        films[movie] = vector
    # On the map a group stands together: crime on the left, science fiction on top on the right, romance beneath it.
    corners = ((-0.6, 0.0), (0.5, -0.5), (0.5, 0.5))
    places = {
        movie: (corners[n % 3][0] + n // 3 * 0.03, corners[n % 3][1] + n // 3 % 4 * 0.04)
        for n, movie in enumerate(films)
    }
    put_on_the_map(teach(films), places)
    return list(films)


@pytest.fixture
def open_browser(browser: Browser, live_server: object) -> Iterator[Open]:
    """Open the site in a fresh browser; what the console complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def opened(path: str = "/", **options: object) -> Page:
        context = browser.new_context(base_url=str(live_server), **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
