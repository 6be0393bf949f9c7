"""Takes the pictures of docs/screenshots: eight main pages on phone and desktop, in light and dark.

Needs a running site with the demo catalogue, such as bin/demo starts: bin/screenshots [ADDRESS]
"""

import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
LIKED = (
    "Metropolis",
    "Playtime",
    "The Apartment",
    "Stalker",
    "Solaris",
    "Alien",
    "Blade Runner",
    "Chungking Express",
    "Lost in Translation",
    "In the Mood for Love",
)
REQUEST = "a lonely city at night"
GUESTS = ("Noir at midnight", "Space and silence")
SETTLE = 1_200  # ms, until the map has its titles
COLOURS = 200  # enough for drawn posters, and a quarter of the bytes


def open_film(page: Page, address: str, title: str) -> None:
    page.goto(f"{address}/films/?q={title}")
    page.locator(".card-link", has_text=title).first.click()
    page.wait_for_load_state("networkidle")


def like_some_films(page: Page, address: str) -> None:
    for title in LIKED:
        page.goto(f"{address}/films/?q={title}")
        button = page.get_by_role("button", name=f"Like {title}", exact=True)
        if button.count():
            button.first.click()
            page.locator(".toast").wait_for()


def open_evening(page: Page, address: str) -> str:
    """A movie night with two demo profiles; its address."""
    page.goto(f"{address}/together/")
    page.get_by_label("Your name this evening").fill("Ana")
    for profile in GUESTS:
        page.get_by_label(profile).check(force=True)
    page.get_by_role("button", name="Open the evening").click()
    page.get_by_label("Who takes part").wait_for()
    return page.url


def pages(page: Page, address: str) -> dict[str, str]:
    """The eight pages: their names and addresses."""
    evening = open_evening(page, address)
    open_film(page, address, "Blade Runner")
    return {
        "tonight": f"{address}/?q={REQUEST}",
        "for-you": f"{address}/recommendations/",
        "film": page.url,
        "films": f"{address}/films/?sort=newest",
        "my-films": f"{address}/my-films/",
        "map": f"{address}/map/?q={REQUEST}",
        "movie-night": f"{evening}#evening",
        "first-visit": f"{address}/start/",
    }


def save(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLE)
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(path.relative_to(FOLDER.parents[1]))


def main(address: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("No Chromium found: install it with bin/browser.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for size, viewport in SIZES.items():
            phone = size == "phone"
            for theme in ("light", "dark"):
                context = browser.new_context(viewport=viewport, color_scheme=theme, has_touch=phone, is_mobile=phone)
                page = context.new_page()
                like_some_films(page, address)
                for name, where in pages(page, address).items():
                    page.goto(where)
                    save(page, f"{name}-{size}-{theme}")
                context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000")
