"""A curator at the desk: looks at an import before it is written, undoes it, and gives a film a poster."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from catalog.admin import imports
from catalog.models import CatalogueImport, Movie
from tests.builders import make_user
from tests.catalog.pictures import picture
from tests.e2e.conftest import Open

PASSWORD = "a night at the pictures"


@pytest.fixture
def desk(films: list[Movie], open_browser: Open) -> Page:
    """The list of films in the admin, with somebody logged in who may do everything."""
    curator = make_user("curator", is_staff=True, is_superuser=True)
    curator.set_password(PASSWORD)
    curator.save()
    page = open_browser("/admin/login/?next=/admin/catalog/movie/")
    page.get_by_label("Username").fill("curator")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    return page


def test_an_import_is_looked_at_applied_and_undone(desk: Page, tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text("title,year,runtime\nCrime film 1,1960,99\nHarbour,2024,101\n,1999,\n", encoding="utf-8")
    desk.get_by_role("link", name="Import", exact=True).click()
    desk.get_by_label("File:").set_input_files(path)
    desk.get_by_role("button", name="Show what would change").click()
    expect(desk.locator(".row.changed ins")).to_have_text("99")
    expect(desk.locator(".row.rejected")).to_contain_text("there is no title")
    assert not Movie.objects.filter(title="Harbour").exists()
    desk.get_by_role("link", name="New 1").click()
    expect(desk.locator(".row")).to_have_count(1)
    desk.get_by_role("button", name="Apply").click()
    expect(desk.locator(".state")).to_contain_text("Applied")
    assert Movie.objects.get(title="Crime film 1").runtime == 99
    desk.get_by_role("link", name="Undo this import").click()
    desk.get_by_role("button", name="Undo this import").click()
    expect(desk.locator(".state")).to_contain_text("Undone")
    assert Movie.objects.get(title="Crime film 1").runtime == 80
    assert not Movie.objects.filter(title="Harbour").exists()


def test_a_file_that_is_too_large_is_stopped_before_it_is_sent(
    desk: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LARGEST_FILE", 10)
    path = tmp_path / "films.csv"
    path.write_text("title,year\nHarbour,2024\n", encoding="utf-8")
    desk.get_by_role("link", name="Import", exact=True).click()
    desk.get_by_label("File:").set_input_files(path)
    desk.wait_for_load_state()
    assert "The file is too large" in desk.locator("#id_file").evaluate("input => input.validationMessage")
    desk.get_by_role("button", name="Show what would change").click()
    assert desk.url.endswith("/add/")
    assert not CatalogueImport.objects.exists()


def test_the_filtered_list_is_downloaded(desk: Page) -> None:
    desk.goto("/admin/catalog/movie/?q=romance")
    desk.get_by_role("link", name="Export", exact=True).click()
    with desk.expect_download() as download:
        desk.get_by_role("link", name="CSV, for spreadsheets").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 11
    assert lines[1].startswith("Romance film 1,")


def test_an_uploaded_poster_is_on_the_pages_in_the_right_size(
    desk: Page, films: list[Movie], open_browser: Open, tmp_path: Path
) -> None:
    path = tmp_path / "poster.png"
    path.write_bytes(picture(1000, 1500, kind="PNG"))
    desk.goto(f"/admin/catalog/movie/{films[0].pk}/change/")
    desk.locator("#id_poster").set_input_files(path)
    desk.get_by_role("button", name="Save and continue editing").click()
    expect(desk.get_by_text("Kept in these widths: 160, 240, 480, 720 pixels.")).to_be_visible()
    film = open_browser(f"/films/{films[0].pk}/", viewport={"width": 1280, "height": 900})
    chosen = film.locator(".film-poster img")
    expect(chosen).to_have_js_property("complete", True)
    assert str(chosen.evaluate("image => image.currentSrc")).endswith("-480.webp")
    card = (
        open_browser("/films/?q=Crime+film+1", viewport={"width": 1280, "height": 900}).locator(".card .poster").first
    )
    assert str(card.evaluate("image => image.currentSrc")).endswith("-240.webp")
    assert card.evaluate("image => image.decode().then(() => true)")
