"""A visitor takes everything along: complete, their own alone, and the way back leads to the same state."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from catalog.history import export_csv
from catalog.history.export import document, owned_models
from catalog.importing import Unreadable
from catalog.models import HistoryImport, HistoryRow, ImportRow, Like, Mark, Movie, User
from tests.builders import like, make_movie, make_user
from tests.catalog.history_files import brought_in, shelves_of, taken_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(client: Client) -> User:
    user = make_user("ana", email="ana@example.org", display_name="Ana")
    client.force_login(user)
    return user


def exported(client: Client) -> dict[str, Any]:
    response = client.get("/accounts/export/movierec.json")
    assert response["Content-Disposition"].startswith('attachment; filename="movierec-')
    found: dict[str, Any] = json.loads(b"".join(response.streaming_content))  # type: ignore[attr-defined]
    return found


def state_of(user: User) -> set[tuple[str, int, datetime]]:
    """Every like and mark with its time."""
    likes = Like.objects.filter(user=user).values_list("movie_id", "created_at")
    marks = Mark.objects.filter(user=user).values_list("kind", "movie_id", "created_at")
    return {("liked", *row) for row in likes} | set(marks)


def test_the_page_leads_to_all_files(client: Client, ana: User) -> None:
    page = client.get("/accounts/export/").content.decode()
    for address in ("movierec.json", "letterboxd/films/", "letterboxd/watchlist/"):
        assert f'href="/accounts/export/{address}"' in page


def test_everything_is_in_it_and_nothing_of_others(client: Client, ana: User, tmp_path: Path) -> None:
    film = make_movie("Heat", year=1995, imdb_id="tt0113277")
    like(ana, film)
    Mark.objects.create(user=ana, movie=film, kind="seen")
    eva = make_user("eva-the-other")
    like(eva, make_movie("Her film"))
    brought_in(ana, "title,year,rating\nHeat,1995,5\nNobody Has This,1980,5\n", tmp_path)
    found = exported(client)
    assert found["account"]["username"] == "ana"
    assert found["account"]["email"] == "ana@example.org"
    assert "password" not in found["account"]
    [liked] = found["likes"]
    assert liked["film"] == {"id": film.pk, "title": "Heat", "year": 1995, "imdb_id": "tt0113277"}
    assert datetime.fromisoformat(liked["since"]) == Like.objects.get(user=ana).created_at
    assert [mark["kind"] for mark in found["marks"]] == ["seen"]
    assert found["imports"][0]["source"] == "csv"
    assert [row["title"] for row in found["import_rows"]] == ["Heat", "Nobody Has This"]
    assert found["waiting"] == [{"title": "Nobody Has This", "year": 1980, "shelves": {"seen": None, "liked": None}}]
    text = json.dumps(found)
    assert "eva-the-other" not in text
    assert "Her film" not in text


def test_no_model_that_refers_to_an_account_is_forgotten(client: Client, ana: User) -> None:
    found = exported(client)
    sections = {"Like": "likes", "Mark": "marks", "HistoryImport": "imports", "HistoryRow": "import_rows"}
    referring = [
        model
        for model in apps.get_models(include_auto_created=True)
        if any(field.related_model is User for field in model._meta.concrete_fields if field.is_relation)
    ]
    assert {Like, Mark, HistoryImport} < set(referring)
    for model in referring:
        assert model in owned_models()
        assert sections.get(model.__name__, model._meta.label_lower) in found, model


def test_rows_that_die_with_mine_are_mine_and_no_others() -> None:
    assert owned_models()[HistoryRow] == ("history__user",)
    assert Movie not in owned_models()
    assert User not in owned_models()
    assert ImportRow not in owned_models()  # an import of the catalogue outlives the curator who started it


def test_it_is_read_in_a_fixed_number_of_queries(
    ana: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(40):
        film = make_movie()
        like(ana, film)
        Mark.objects.create(user=ana, movie=film, kind="seen")
    with django_assert_max_num_queries(len(owned_models()) + 4):
        text = "".join(document(ana))
    assert len(json.loads(text)["likes"]) == 40


TITLES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(
    lambda title: " ".join(title.split()) == title
)
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2025, 1, 1), timezones=st.just(UTC))
KINDS = st.sets(st.sampled_from(["liked", "seen", "watchlist", "hidden"]), min_size=1)
FILMS = st.lists(
    st.tuples(TITLES, st.integers(1900, 2020), st.integers(1, 10**6), KINDS, TIMES),
    max_size=6,
    unique_by=(lambda film: film[2]),
)


@given(films=FILMS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_export_then_import_gives_the_same_state(films: list[Any], tmp_path: Path) -> None:
    Movie.objects.all().delete()
    User.objects.all().delete()
    ana, twin = make_user("ana"), make_user("twin")
    for title, year, tmdb_id, kinds, time in films:
        film = Movie.objects.create(title=title, year=year, tmdb_id=tmdb_id)
        for kind in kinds:
            if kind == "liked":
                Like.objects.create(user=ana, movie=film, created_at=time)
            else:
                Mark.objects.create(user=ana, movie=film, kind=kind, created_at=time)
    if not films:
        return
    brought_in(twin, "".join(document(ana)), tmp_path, "movierec.json")
    assert state_of(twin) == state_of(ana)
    brought_in(twin, "".join(document(ana)), tmp_path, "movierec.json")
    assert state_of(twin) == state_of(ana)


def test_films_without_ids_and_of_one_title_come_back(ana: User, tmp_path: Path) -> None:
    same = [
        make_movie("Hamlet", year=2000),
        make_movie("Hamlet", year=2000, tmdb_id=7),
        make_movie("Hamlet", year=None),
    ]
    like(ana, *same)
    twin = make_user("twin")
    brought_in(twin, "".join(document(ana)), tmp_path, "movierec.json")
    assert state_of(twin) == state_of(ana)


def test_waiting_films_wait_again(ana: User, tmp_path: Path) -> None:
    brought_in(ana, "title,year,rating,date\nHeat,1995,5,2020-02-02\nUp,2009,1,\n", tmp_path)
    twin = make_user("twin")
    history = brought_in(twin, "".join(document(ana)), tmp_path, "movierec.json")
    assert history.source == "movierec"
    again = list("".join(document(twin)).split('"waiting"'))[1].split("]")[0]
    assert again == list("".join(document(ana)).split('"waiting"'))[1].split("]")[0]
    assert history.rows.waiting().count() == 2


def test_another_sites_numbers_mean_nothing_here(ana: User, tmp_path: Path) -> None:
    film = make_movie("Heat", year=1995)
    text = "".join(document(ana)).replace(
        '"likes": [', f'"likes": [{{"film": {{"id": {film.pk}, "title": "Ronin", "year": 1998}}, "since": null}}'
    )
    brought_in(ana, text, tmp_path, "movierec.json")
    assert shelves_of(ana) == {}


@pytest.mark.parametrize("version", [2, None, "x"])
def test_an_export_of_the_future_is_refused(ana: User, tmp_path: Path, version: object) -> None:
    with pytest.raises(Unreadable, match="this site reads version 1"):
        taken_in(ana, json.dumps({"format": "movierec-export", "version": version}), tmp_path, "movierec.json")


def test_broken_rows_of_an_export_are_left_out(ana: User, tmp_path: Path) -> None:
    make_movie("Heat", year=1995)
    content = {
        "format": "movierec-export",
        "version": 1,
        "likes": [1, {"film": 2}, {"film": {"title": "Heat", "year": 1995}, "since": "yesterday"}],
        "marks": [{"film": {"title": "Heat"}, "kind": "loved"}, None],
        "waiting": [{"title": "x"}, 3],
    }
    history = brought_in(ana, json.dumps(content), tmp_path, "movierec.json")
    assert history.skipped["broken"]["count"] == 6
    assert shelves_of(ana) == {"liked": ["Heat"]}


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_the_csv_is_one_that_letterboxd_takes(client: Client, ana: User) -> None:
    film = make_movie("Heat", year=1995, imdb_id="tt0113277", tmdb_id=949, directors=["Michael Mann"])
    like(ana, film)
    Mark.objects.create(user=ana, movie=film, kind="seen", created_at=datetime(2020, 5, 6, tzinfo=UTC))
    Mark.objects.create(user=ana, movie=make_movie("Up"), kind="watchlist")
    Mark.objects.create(user=ana, movie=make_movie("Cats"), kind="hidden")
    response = client.get("/accounts/export/letterboxd/films/")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert rows_of(response.content) == [
        {
            "tmdbID": "949",
            "imdbID": "tt0113277",
            "Title": "Heat",
            "Year": "1995",
            "Directors": "Michael Mann",
            "WatchedDate": "2020-05-06",
            "Tags": "movierec-liked, movierec-seen",
        }
    ]
    assert [row["Title"] for row in rows_of(client.get("/accounts/export/letterboxd/watchlist/").content)] == ["Up"]


def test_the_csv_comes_back_to_the_same_shelves(ana: User, tmp_path: Path) -> None:
    liked, seen, both, wanted = (make_movie(title) for title in ("=SUM(A1)", "'+Odd'", "@home, alone", "-1"))
    like(ana, liked, both)
    for film, kind in ((seen, "seen"), (both, "seen"), (wanted, "watchlist")):
        Mark.objects.create(user=ana, movie=film, kind=kind)
    twin = make_user("twin")
    for part in export_csv.PARTS:
        [content] = export_csv.parts(ana, part)
        brought_in(twin, content, tmp_path, f"movierec-{part}.csv")
    assert shelves_of(twin) == shelves_of(ana)


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=1", "''=1"])
def test_no_cell_is_a_formula(ana: User, title: str) -> None:
    like(ana, make_movie(title))
    [content] = export_csv.parts(ana, "films")
    [row] = rows_of(content)
    assert row["Title"] == f"'{title}"


def test_a_long_list_is_split_below_a_megabyte(
    client: Client, ana: User, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(export_csv, "LARGEST", 2000)
    films = [make_movie(f"Film {n} {'x' * 60}") for n in range(60)]
    like(ana, *films)
    with django_assert_max_num_queries(6):
        response = client.get("/accounts/export/letterboxd/films/")
    assert response["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    assert all(len(part) <= 2000 for part in parts)
    assert sorted(row["Title"] for part in parts for row in rows_of(part)) == sorted(film.title for film in films)


@pytest.mark.parametrize("address", ["", "movierec.json", "letterboxd/films/", "letterboxd/watchlist/"])
def test_only_who_is_logged_in_gets_a_file(client: Client, address: str) -> None:
    assert client.get(f"/accounts/export/{address}")["Location"].startswith("/accounts/log-in/")


def test_other_parts_do_not_exist(client: Client, ana: User) -> None:
    assert client.get("/accounts/export/letterboxd/diary/").status_code == 404
    assert client.post("/accounts/export/movierec.json").status_code == 405


def test_times_keep_their_microseconds(ana: User, client: Client) -> None:
    film = make_movie()
    time = datetime(2020, 1, 1, 12, 0, 0, 123456, tzinfo=UTC) + timedelta(hours=1)
    Like.objects.create(user=ana, movie=film, created_at=time)
    assert datetime.fromisoformat(exported(client)["likes"][0]["since"]) == time


@pytest.mark.parametrize("address", ["movierec.json", "letterboxd/films/"])
def test_staff_who_look_as_somebody_carry_nothing_away(client: Client, ana: User, address: str) -> None:
    staff = make_user("staff", is_staff=True, is_superuser=True)
    client.force_login(staff)
    session = client.session
    session["viewing_as"] = {"by": staff.pk, "who": ana.pk, "until": 10**11}
    session.save()
    assert client.get("/accounts/export/").status_code == 200
    assert client.get(f"/accounts/export/{address}").status_code == 403
