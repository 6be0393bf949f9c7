"""An operator brings likes into the catalogue: MovieLens ratings, or names with titles."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError

from catalog.importing import import_likes
from catalog.models import FilmText, Like, Movie, User
from tests.builders import like, make_movie, make_user
from tests.catalog.files import run, write
from tests.shared_data import shared_file

pytestmark = pytest.mark.django_db


def likes() -> list[tuple[str, str]]:
    return list(Like.objects.order_by("user__username", "movie__title").values_list("user__username", "movie__title"))


def test_four_stars_and_more_of_movielens_are_likes(tmp_path: Path) -> None:
    make_movie("Heat", movielens_id=6)
    make_movie("Alien", movielens_id=1214)
    rows = "1,6,4.0,964982703\n1,1214,3.5,964982931\n2,1214,5.0,964982931\n"
    said = run("import_likes", write(tmp_path, f"userId,movieId,rating,timestamp\n{rows}"))
    assert "2 likes added, 0 there already, 1 rows below 4 stars, 0 not matched, 0 rejected" in said
    assert likes() == [("movielens-1", "Heat"), ("movielens-2", "Alien")]
    assert Like.objects.get(user__username="movielens-1").created_at == datetime(2000, 7, 30, 18, 45, 3, tzinfo=UTC)


def test_visitors_of_movielens_cannot_log_in(tmp_path: Path, client) -> None:
    make_movie("Heat", movielens_id=6)
    run("import_likes", write(tmp_path, "userId,movieId,rating,timestamp\n1,6,4.0,964982703\n"))
    user = User.objects.get(username="movielens-1")
    assert not user.has_usable_password()
    client.post("/accounts/log-in/", {"username": "movielens-1", "password": ""})
    assert "_auth_user_id" not in client.session
    assert not user.is_staff


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    make_movie("Heat", movielens_id=6)
    path = write(tmp_path, "userId,movieId,rating,timestamp\n1,6,4.0,964982703\n1,6,5.0,964982999\n")
    assert "1 likes added, 1 there already" in run("import_likes", path)
    before = list(Like.objects.values_list("pk", "created_at"))
    assert "0 likes added, 2 there already" in run("import_likes", path)
    assert list(Like.objects.values_list("pk", "created_at")) == before
    assert User.objects.count() == 1


def test_all_rows_go_to_one_visitor_when_named(tmp_path: Path) -> None:
    anna = make_user("Anna")
    make_movie("Heat", movielens_id=6)
    make_movie("Alien", movielens_id=1214)
    path = write(tmp_path, "userId,movieId,rating,timestamp\n1,6,4.0,964982703\n2,1214,4.5,964982704\n")
    run("import_likes", path, "--user", "anna")
    assert likes() == [("Anna", "Alien"), ("Anna", "Heat")]
    assert list(User.objects.all()) == [anna]


def test_a_plain_file_of_users_and_titles(tmp_path: Path) -> None:
    make_user("anna")
    make_user("Борис")
    make_movie("Heat", year=1995)
    make_movie("Heat", year=1986)
    make_movie("Alien", year=1979)
    said = run("import_likes", write(tmp_path, "user,title,year\nAnna,Heat,1995\nБорис,Alien,\n"))
    assert "2 likes added" in said
    assert likes() == [("anna", "Heat"), ("Борис", "Alien")]
    assert Like.objects.get(user__username="anna").movie.year == 1995


def test_the_time_of_a_like_may_be_a_date(tmp_path: Path) -> None:
    make_movie("Heat")
    make_user("anna")
    run("import_likes", write(tmp_path, "user;title;date\nanna;Heat;2024-02-29\n"))
    assert Like.objects.get().created_at == datetime(2024, 2, 29, tzinfo=UTC)


def test_a_film_is_found_by_its_titles_in_other_languages(tmp_path: Path) -> None:
    make_user("anna")
    film = make_movie("The Cranes Are Flying", original_title="Летят журавли", year=1957)
    FilmText.objects.create(movie=film, language="kk", title="Тырналар ұшып барады")
    other = make_movie("Heat", year=1995)
    FilmText.objects.create(movie=other, language="ru", title="Схватка")
    said = run(
        "import_likes", write(tmp_path, "user,title\nanna,Летят журавли\nanna,Тырналар ұшып барады\nanna,Схватка\n")
    )
    assert "2 likes added, 1 there already" in said
    assert likes() == [("anna", "Heat"), ("anna", "The Cranes Are Flying")]


def test_what_cannot_be_matched_is_named_with_its_lines(tmp_path: Path) -> None:
    make_user("anna")
    make_movie("Heat", year=1995)
    text = "user,title,year\nanna,Heat,1995\nanna,Nowhere,\nbob,Heat,\nanna,Nowhere,\nanna,Heat,1986\n"
    said = run("import_likes", write(tmp_path, text))
    assert "Films that the catalogue does not have (2):" in said
    assert "“Nowhere”: 2 rows (lines 3, 5)" in said
    assert "“Heat” (1986): line 6" in said
    assert "Visitors without an account (1):" in said
    assert "bob: line 4" in said
    assert "1 likes added, 0 there already, 0 rows below 4 stars, 4 not matched, 0 rejected" in said
    assert not User.objects.filter(username="bob").exists()


def test_a_long_list_of_unmatched_films_is_shortened(tmp_path: Path) -> None:
    make_user("anna")
    path = write(tmp_path, "user,title\n" + "".join(f"anna,Nowhere {n}\n" for n in range(25)))
    said = run("import_likes", path)
    assert "Films that the catalogue does not have (25):" in said
    assert "and 5 more (-v 2 shows them)" in said
    assert "Nowhere 24" in run("import_likes", path, verbosity=2)


def test_accounts_are_made_only_when_asked_for(tmp_path: Path) -> None:
    make_movie("Heat")
    path = write(tmp_path, "user,title\nbob,Heat\nBob,Heat\nno spaces please,Heat\n")
    assert "--create-users" in run("import_likes", path)
    said = run("import_likes", path, "--create-users")
    assert "1 visitor created" in said
    assert "no spaces please: line 4" in said
    assert not User.objects.get(username__iexact="bob").has_usable_password()
    assert Like.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,6,ten,964982703", "rating: “ten” is no rating from 0 to 5 stars"),
        ("1,6,9,964982703", "rating: “9” is no rating from 0 to 5 stars"),
        ("1,six,4.0,964982703", "movieId: “six” is no id"),
        ("1,,4.0,964982703", "there is no film"),
        ("anna,6,4.0,964982703", "“anna” is no MovieLens user"),
        ("1,6,4.0,yesterday", "timestamp: “yesterday” is no time"),
        ("1,6,4.0,99999999999999", "timestamp: “99999999999999” is no time"),
        ("1,6,4.0,964982703,more", "the row has 5 cells under 4 headers"),
    ],
)
def test_a_broken_row_is_reported_and_the_others_get_in(tmp_path: Path, row: str, reason: str) -> None:
    make_movie("Heat", movielens_id=6)
    said = run("import_likes", write(tmp_path, f"userId,movieId,rating,timestamp\n7,6,5.0,1\n{row}\n8,6,5.0,1\n"))
    assert f"line 3: {reason}" in said
    assert "2 likes added" in said
    assert "1 rejected" in said


def test_a_title_that_several_films_share_needs_a_year(tmp_path: Path) -> None:
    make_user("anna")
    make_movie("Heat", year=1995)
    make_movie("Heat", year=1986)
    said = run("import_likes", write(tmp_path, "user,title\nanna,Heat\n"))
    assert "line 2: several films could be meant: “Heat” (1986), “Heat” (1995); give an id or the year" in said
    assert not Like.objects.exists()


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("title,year\nHeat,1995\n", "Name the visitor with --user"),
        ("user,rating\nanna,5\n", "no title column"),
        ("", "The file is empty"),
    ],
)
def test_a_file_without_users_or_films_is_refused(tmp_path: Path, text: str, cure: str) -> None:
    with pytest.raises(CommandError, match=cure):
        run("import_likes", write(tmp_path, text))


def test_an_unknown_visitor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no visitor “anna”"):
        run("import_likes", write(tmp_path, "title\nHeat\n"), "--user", "anna")


def test_an_interrupted_import_can_be_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.importing.likes.CHUNK", 2)
    for number in range(1, 6):
        make_movie(f"Film {number}", movielens_id=number)
    rows = "".join(f"1,{number},5,1\n" for number in range(1, 6))
    path = write(tmp_path, f"userId,movieId,rating,timestamp\n{rows}")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_likes(path, progress=stop)
    assert Like.objects.count() == 2
    assert (import_likes(path).added, Like.objects.count()) == (3, 5)


def test_queries_do_not_grow_with_the_rows(tmp_path: Path, django_assert_max_num_queries) -> None:
    for number in range(40):
        make_movie(movielens_id=number + 1)
    like(make_user("movielens-1"), Movie.objects.get(movielens_id=1))
    rows = "".join(f"{number % 9 + 1},{number + 1},5,1\n" for number in range(40))
    with django_assert_max_num_queries(16):
        run("import_likes", write(tmp_path, f"userId,movieId,rating,timestamp\n{rows}"))
    assert Like.objects.count() == 40


@pytest.mark.real_data
def test_the_benchmark_goes_in(tmp_path: Path) -> None:
    run("import_movies", shared_file("benchmark/catalogue.csv"))
    said = run("import_likes", shared_file("benchmark/likes.csv"))
    assert "602 visitors created" in said
    assert "41531 likes added, 0 there already, 0 rows below 4 stars, 0 not matched, 0 rejected" in said
    assert "0 likes added, 41531 there already" in run("import_likes", shared_file("benchmark/likes.csv"))
