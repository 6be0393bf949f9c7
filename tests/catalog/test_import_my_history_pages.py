"""A visitor brings a file in through the pages: upload, preview, rule, yes, choices, undo."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from catalog.models import HistoryImport, HistoryRow, Like, Mark, Movie, User
from tests.builders import like, make_movie, make_user
from tests.catalog.history_files import IMDB, brought_in, imdb_row, packed, shelves_of, table, taken_in, upload
from tests.site.pages import shown, teach
from tests.site.test_valid_pages import Page, check

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(client: Client) -> User:
    user = make_user("ana")
    client.force_login(user)
    return user


@pytest.fixture
def films() -> list[Movie]:
    return [
        make_movie("The Matrix", year=1999, imdb_id="tt0133093"),
        make_movie("Heat", year=1995, imdb_id="tt0113277"),
        make_movie("Cats", year=2019, imdb_id="tt5697572"),
        make_movie("Solaris", year=1975),
        make_movie("Solaris", year=1973, tmdb_id=99),
    ]


FILE = table(
    IMDB,
    imdb_row("tt0133093", 9, "2024-03-15", "The Matrix", 1999),
    imdb_row("tt0113277", 7, "2024-03-16", "Heat", 1995),
    imdb_row("tt5697572", 2, "2024-03-17", "Cats", 2019),
    imdb_row("tt9999991", 10, "2024-03-18", "Solaris", 1974),
    imdb_row("tt9999992", 8, "2024-03-19", "Nobody Has This", 1980),
    imdb_row("tt0944947", 10, "2024-03-20", "Game of Thrones", 2011, "TV Series"),
)


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_preview_says_what_will_happen_and_writes_nothing(client: Client, ana: User, films: list[Movie]) -> None:
    response = upload(client, FILE, "ratings.csv")
    history = HistoryImport.objects.get()
    assert response["Location"] == f"/my-films/import/{history.pk}/"
    page = words(client.get(response["Location"]))
    assert "5 films in this file" in page
    for name, number in (("Found here", 3), ("To choose", 1), ("Waiting for the catalogue", 1)):
        assert f"<dt>{name}</dt><dd>{number} " in page
    assert '<th scope="row">Liked</th><td><b>1</b></td><td>0</td><td>0</td>' in page
    assert '<th scope="row">Seen</th><td><b>3</b></td>' in page
    assert '<th scope="row">Not for me</th><td><b>1</b></td>' in page
    assert "TV series and episodes" in page
    assert "Game of Thrones" in page
    assert "Bring in 3 films" in page
    assert shelves_of(ana) == {}


def test_yes_brings_them_in(client: Client, ana: User, films: list[Movie]) -> None:
    upload(client, FILE, "ratings.csv")
    history = HistoryImport.objects.get()
    data = {"like_from": "3.5", "hidden_to": "", "rated_is_seen": "on", "apply": "1"}
    page = words(client.post(f"/my-films/import/{history.pk}/", data, follow=True))
    assert "Your films are brought in." in page
    assert shelves_of(ana) == {"liked": ["Heat", "The Matrix"], "seen": ["Cats", "Heat", "The Matrix"]}
    assert Like.objects.get(movie=films[0]).created_at == datetime(2024, 3, 15, tzinfo=UTC)


def test_another_rule_changes_the_preview_only(client: Client, ana: User, films: list[Movie]) -> None:
    upload(client, FILE, "ratings.csv")
    history = HistoryImport.objects.get()
    page = words(client.post(f"/my-films/import/{history.pk}/", {"like_from": "3.5", "hidden_to": ""}, follow=True))
    assert '<th scope="row">Liked</th><td><b>2</b></td>' in page
    assert "Seen</th>" not in page
    assert shelves_of(ana) == {}


def test_with_htmx_the_preview_alone_comes_back(client: Client, ana: User, films: list[Movie]) -> None:
    upload(client, FILE, "ratings.csv")
    history = HistoryImport.objects.get()
    data = {"like_from": "2.5", "hidden_to": "2.5", "rated_is_seen": "on"}
    page = words(client.post(f"/my-films/import/{history.pk}/", data, headers={"HX-Request": "true"}))
    assert "This has to be less than what counts as a like." in page
    assert "<html" not in page
    data["hidden_to"] = "1.0"
    page = words(client.post(f"/my-films/import/{history.pk}/", data, headers={"HX-Request": "true"}))
    assert '<th scope="row">Liked</th><td><b>2</b></td>' in page


def test_the_same_file_twice_changes_nothing(client: Client, ana: User, films: list[Movie], tmp_path: Path) -> None:
    brought_in(ana, FILE, tmp_path)
    before = shelves_of(ana), set(Like.objects.values_list("pk", "created_at")), set(Mark.objects.values_list("pk"))
    again = taken_in(ana, FILE, tmp_path)
    page = words(client.get(f"/my-films/import/{again.pk}/"))
    assert '<th scope="row">Seen</th><td><b>0</b></td><td>3</td>' in page
    brought_in(ana, FILE, tmp_path)
    assert before == (
        shelves_of(ana),
        set(Like.objects.values_list("pk", "created_at")),
        set(Mark.objects.values_list("pk")),
    )


def test_what_was_said_here_outweighs_the_file(ana: User, films: list[Movie], tmp_path: Path) -> None:
    matrix, _heat, cats, *_rest = films
    Mark.objects.create(user=ana, movie=matrix, kind="hidden")
    like(ana, cats)
    brought_in(ana, FILE, tmp_path)
    assert shelves_of(ana) == {
        "liked": ["Cats"],
        "hidden": ["The Matrix"],
        "seen": ["Cats", "Heat", "The Matrix"],
    }


def test_undo_takes_back_exactly_what_the_import_added(
    client: Client, ana: User, films: list[Movie], tmp_path: Path
) -> None:
    matrix, heat, cats, *_rest = films
    like(ana, matrix)
    history = brought_in(ana, FILE, tmp_path)
    Mark.objects.filter(movie=heat, kind="seen").delete()
    Mark.objects.create(user=ana, movie=heat, kind="seen")  # taken away and put back by hand: not the import's any more
    page = words(client.post(f"/my-films/import/{history.pk}/undo/", follow=True))
    assert "The import is undone." in page
    assert shelves_of(ana) == {"liked": ["The Matrix"], "seen": ["Heat"]}
    assert cats.marks.count() == 0


def test_undo_twice_and_yes_twice_are_harmless(client: Client, ana: User, films: list[Movie], tmp_path: Path) -> None:
    history = taken_in(ana, FILE, tmp_path)
    page = words(client.post(f"/my-films/import/{history.pk}/undo/", follow=True))
    assert "There is nothing to undo" in page
    form = {"like_from": "4.0", "hidden_to": "2.0", "rated_is_seen": "on", "apply": "1"}
    client.post(f"/my-films/import/{history.pk}/", form)
    kept = shelves_of(ana)
    page = words(client.post(f"/my-films/import/{history.pk}/", form, follow=True))
    assert "This import is past its preview." in page
    assert shelves_of(ana) == kept
    client.post(f"/my-films/import/{history.pk}/undo/")
    like(ana, films[0])
    page = words(client.post(f"/my-films/import/{history.pk}/undo/", follow=True))
    assert "There is nothing to undo" in page
    assert shelves_of(ana) == {"liked": ["The Matrix"]}


def test_a_doubtful_film_is_chosen(client: Client, ana: User, films: list[Movie], tmp_path: Path) -> None:
    history = taken_in(ana, FILE, tmp_path)
    row = history.rows.get(outcome="review")
    page = words(client.get(f"/my-films/import/{history.pk}/review/"))
    assert "Solaris (1974)" in page
    assert f'value="{films[4].pk}"' in page
    client.post(f"/my-films/import/{history.pk}/review/", {f"row-{row.pk}-film": films[4].pk})
    client.post(f"/my-films/import/{history.pk}/", {"like_from": "4.0", "hidden_to": "2.0", "apply": "1"})
    assert Like.objects.filter(user=ana, movie=films[4]).exists()
    assert "There is nothing left to choose." in words(client.get(f"/my-films/import/{history.pk}/review/"))


def test_a_choice_after_the_import_is_written_at_once(
    client: Client, ana: User, films: list[Movie], tmp_path: Path
) -> None:
    history = brought_in(ana, FILE, tmp_path)
    row = history.rows.get(outcome="review")
    client.post(f"/my-films/import/{history.pk}/review/", {f"row-{row.pk}-film": films[4].pk})
    assert Like.objects.filter(user=ana, movie=films[4]).count() == 1
    client.post(f"/my-films/import/{history.pk}/undo/")
    assert shelves_of(ana) == {}


def test_none_of_them_waits_and_no_answer_stays(client: Client, ana: User, films: list[Movie], tmp_path: Path) -> None:
    history = brought_in(ana, FILE, tmp_path)
    row = history.rows.get(outcome="review")
    address = f"/my-films/import/{history.pk}/review/"
    assert "0 choices kept." in words(client.post(address, {}, follow=True))
    assert history.rows.filter(outcome="review").count() == 1
    client.post(address, {f"row-{row.pk}-film": "none"})
    row.refresh_from_db()
    assert row.outcome == "waiting"
    assert row.movie is None


@pytest.mark.parametrize("value", ["stranger", "x", "0", "-1"])
def test_only_candidates_can_be_chosen(
    client: Client, ana: User, films: list[Movie], tmp_path: Path, value: str
) -> None:
    history = brought_in(ana, FILE, tmp_path)
    row = history.rows.get(outcome="review")
    film = str(films[0].pk) if value == "stranger" else value
    client.post(f"/my-films/import/{history.pk}/review/", {f"row-{row.pk}-film": film})
    row.refresh_from_db()
    assert row.outcome == "review"


def test_films_and_waiting_rows_are_listed(client: Client, ana: User, films: list[Movie], tmp_path: Path) -> None:
    history = brought_in(ana, FILE, tmp_path)
    page = words(client.get(f"/my-films/import/{history.pk}/films/"))
    assert "The Matrix (1999)" in page
    assert "by its id" in page
    page = words(client.get(f"/my-films/import/{history.pk}/films/?which=waiting"))
    assert "Nobody Has This (1980)" in page
    assert "The Matrix" not in page
    assert client.get(f"/my-films/import/{history.pk}/films/?which=x").status_code == 302


def test_a_table_asks_for_its_scale_and_its_shelf(client: Client, ana: User, films: list[Movie]) -> None:
    upload(client, "Name;Year;Score\nHeat;1995;8\nCats;2019;\nThe Matrix;1999;3\n")
    history = HistoryImport.objects.get()
    page = words(client.get(f"/my-films/import/{history.pk}/"))
    assert "Ratings in this file are" in page
    assert "Films without a rating are" in page
    form = {"scale": "100", "like_from": "4.0", "hidden_to": "2.0", "plain": "watchlist", "apply": "1"}
    client.post(f"/my-films/import/{history.pk}/", form)
    assert shelves_of(ana) == {"hidden": ["Heat", "The Matrix"], "watchlist": ["Cats"]}


@pytest.mark.parametrize("wrong", [{"scale": "7"}, {"plain": "hidden"}, {"like_from": "9"}, {"hidden_to": "x"}])
def test_nonsense_in_the_rule_writes_nothing(
    client: Client, ana: User, films: list[Movie], tmp_path: Path, wrong: dict[str, str]
) -> None:
    history = taken_in(ana, "title,rating\nHeat,5\nCats,\n", tmp_path)
    form = {"scale": "5", "like_from": "4.0", "hidden_to": "2.0", "plain": "seen", "apply": "1", **wrong}
    assert client.post(f"/my-films/import/{history.pk}/", form).status_code == 200
    assert shelves_of(ana) == {}


def test_an_import_can_be_forgotten_and_its_films_stay(
    client: Client, ana: User, films: list[Movie], tmp_path: Path
) -> None:
    history = brought_in(ana, FILE, tmp_path)
    client.post(f"/my-films/import/{history.pk}/forget/")
    assert not HistoryRow.objects.exists()
    assert shelves_of(ana)["liked"] == ["The Matrix"]


def test_a_stranger_is_led_to_sign_up(client: Client) -> None:
    response = client.get("/my-films/import/")
    assert response["Location"] == "/accounts/sign-up/?next=%2Fmy-films%2Fimport%2F"
    assert upload(client, FILE)["Location"].startswith("/accounts/sign-up/")
    assert not HistoryImport.objects.exists()


PAGES = ["", "review/", "films/"]
PRESSES = ["undo/", "forget/", "go-on/"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_others_do_not_exist(client: Client, films: list[Movie], tmp_path: Path, page: str) -> None:
    history = brought_in(make_user("eva"), FILE, tmp_path)
    assert client.get(f"/my-films/import/{history.pk}/{page}").status_code == 404
    client.force_login(make_user("ana"))
    assert client.get(f"/my-films/import/{history.pk}/{page}").status_code == 404
    assert client.post(f"/my-films/import/{history.pk}/{page}", {"apply": "1"}).status_code in (404, 405)


@pytest.mark.parametrize("press", PRESSES)
def test_presses_on_what_others_brought_do_nothing(
    client: Client, films: list[Movie], tmp_path: Path, press: str
) -> None:
    eva = make_user("eva")
    history = brought_in(eva, FILE, tmp_path)
    kept = shelves_of(eva)
    client.force_login(make_user("ana"))
    assert client.post(f"/my-films/import/{history.pk}/{press}").status_code == 404
    assert client.get(f"/my-films/import/{history.pk}/{press}").status_code == 405
    assert shelves_of(eva) == kept
    assert HistoryImport.objects.filter(pk=history.pk, state="applied").exists()


def test_a_forged_upload_is_refused(films: list[Movie]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user("ana"))
    assert upload(strict, packed({"ratings.csv": FILE}), "x.zip").status_code == 403
    assert not HistoryImport.objects.exists()


def test_the_page_of_imports_lists_them(client: Client, ana: User, films: list[Movie], tmp_path: Path) -> None:
    brought_in(ana, FILE, tmp_path, "mine.csv")
    taken_in(make_user("eva"), FILE, tmp_path, "hers.csv")
    page = words(client.get("/my-films/import/"))
    assert "mine.csv" in page
    assert "hers.csv" not in page


@pytest.mark.parametrize("path", ["", "review/", "films/", "films/?which=waiting"])
@pytest.mark.parametrize("is_applied", [False, True])
def test_pages_are_sound_html(
    client: Client, ana: User, films: list[Movie], tmp_path: Path, path: str, is_applied: bool
) -> None:
    history = (brought_in if is_applied else taken_in)(ana, FILE, tmp_path)
    check(Page(client.get(f"/my-films/import/{history.pk}/{path}").content.decode()))


@pytest.mark.parametrize("address", ["/my-films/import/", "/accounts/export/"])
def test_pages_that_lead_there_are_sound_html(client: Client, ana: User, address: str) -> None:
    check(Page(client.get(address).content.decode()))
    for page in ("/my-films/", "/accounts/"):
        assert 'href="/my-films/import/"' in client.get(page).content.decode()


def test_what_was_brought_in_acts_on_the_next_list(client: Client, ana: User, tmp_path: Path) -> None:
    here = [make_movie(f"Here {n}") for n in range(6)]
    there = [make_movie(f"There {n}") for n in range(6)]
    teach({film: [1, n / 50] for n, film in enumerate(here)} | {film: [n / 50, 1] for n, film in enumerate(there)})
    history = brought_in(ana, "title,year,rating\nThere 0,2001,5\nThere 1,2001,5\nThere 2,2001,5\n", tmp_path)
    assert set(shown(client.get("/recommendations/"))[:3]) == {film.pk for film in there[3:]}
    client.post(f"/my-films/import/{history.pk}/undo/")
    assert {film.pk for film in there[:3]} & set(shown(client.get("/recommendations/")))
