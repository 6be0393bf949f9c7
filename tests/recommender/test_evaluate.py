"""An operator measures the quality, on the site's own data or on files."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.builders import like, make_movie, make_user

pytestmark = pytest.mark.django_db

KINDS = {"Science Fiction": "rocket crew drifts beyond planets", "Comedy": "wedding guests quarrel about cake"}


def evaluate(*options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("evaluate_recommender", "--json", "--folds", "2", *options, stdout=out, verbosity=0)
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


@pytest.fixture
def busy_site() -> None:
    """Sixteen films of two kinds; eight visitors who each like one kind."""
    films = {genre: [make_movie(genres=[genre], description=text) for _ in range(8)] for genre, text in KINDS.items()}
    for number in range(8):
        kind = films[list(films)[number % 2]]
        like(make_user(), *(kind[(number + step) % 8] for step in range(5)))


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """The same as files, with requests."""
    rows = [
        {"movielens_id": str(number), "title": f"Film {number}", "genres": genre, "description": text, "year": "1990"}
        for number, (genre, text) in enumerate(pair for pair in KINDS.items() for _ in range(8))
    ]
    likes = [
        {"userId": str(user), "movieId": str((user % 2) * 8 + (user + step) % 8), "rating": "4.5"}
        for user in range(8)
        for step in range(5)
    ]
    likes.append({"userId": "1", "movieId": "0", "rating": "2.0"})
    tags = [
        {"userId": "1", "movieId": str(film), "tag": tag}
        for film in (0, 1, 9)
        for tag in ("Rocket", "In Netflix queue")
    ]
    for name, table in (("catalogue", rows), ("likes", likes), ("requests", tags)):
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(table[0]))
            writer.writeheader()
            writer.writerows(table)
    return [
        part for name in ("catalogue", "likes", "requests") for part in (f"--{name}", str(tmp_path / f"{name}.csv"))
    ]


def test_the_site_is_measured_beside_the_baselines(busy_site: None) -> None:
    report = evaluate("--protocol", "warm", "--baselines", "popularity")
    assert set(report) == {"warm"}
    assert set(report["warm"]) == {"vae", "popularity"}
    for metrics in report["warm"].values():
        assert set(metrics) == {"recall@20", "recall@50", "ndcg@10", "ndcg@100", "coverage"}
        assert all(0 <= value["mean"] <= 1 and value["se"] >= 0 for value in metrics.values())
    # Twenty places hold every film that is left, so everything hidden is found.
    assert report["warm"]["vae"]["recall@20"]["mean"] == 1


def test_files_are_measured_with_their_requests(files: list[str]) -> None:
    report = evaluate(*files, "--baselines", "none")
    assert {protocol: set(systems) for protocol, systems in report.items()} == {
        "warm": {"vae"},
        "cold": {"vae"},
        "request": {"vae"},
    }


def test_the_dial_and_variety_are_measured(busy_site: None) -> None:
    table = evaluate("--protocol", "variety")["variety"]
    assert {"plain", "variety 0.6", "popular", "hidden gems"} <= set(table)
    assert table["popular"]["mean popularity"]["mean"] >= table["hidden gems"]["mean popularity"]["mean"]
    assert set(table["plain"]) == {"recall@20", "ndcg@10", "coverage", "mean popularity", "intra-list similarity"}


def test_the_encoder_is_measured_on_films_it_never_saw_beside_an_untrained_one(files: list[str]) -> None:
    found = evaluate(*files, "--protocol", "encoder")["encoder"]
    assert set(found) == {"vae", "untrained"}
    for metrics in found.values():
        assert set(metrics) == {"held_out_found", "reconstruction", "kl"}
        assert 0 <= metrics["held_out_found"]["mean"] <= 1
    assert found["vae"]["reconstruction"]["mean"] < found["untrained"]["reconstruction"]["mean"]


def test_a_table_for_people_and_how_long_it_takes(files: list[str]) -> None:
    out, err = StringIO(), StringIO()
    options = [*files, "--protocol", "request", "--baselines", "none"]
    call_command("evaluate_recommender", *options, stdout=out, stderr=err)
    assert "request" in out.getvalue()
    assert "±" in out.getvalue()
    assert "minutes" in err.getvalue()


@pytest.mark.parametrize(
    ("options", "cure"),
    [
        (["--protocol", "hot"], "Known: cold, encoder, request, variety, warm"),
        (["--baselines", "netflix"], "Known: als"),
        (["--folds", "1"], "at least 2"),
        (["--seed", "-1"], "at least 0"),
        (["--catalogue", "films.csv"], "go together"),
        (["--requests", "tags.csv"], "needs --catalogue"),
        (["--protocol", "request"], "needs --requests"),
        (["--catalogue", "missing.csv", "--likes", "missing.csv"], "missing.csv cannot be read"),
        ([], "import likes"),
    ],
)
def test_what_cannot_be_measured_names_the_cure(options: list[str], cure: str) -> None:
    with pytest.raises(CommandError, match=cure):
        call_command("evaluate_recommender", *options, stdout=StringIO(), verbosity=0)


def test_a_file_without_the_columns_is_refused(tmp_path: Path, files: list[str]) -> None:
    (tmp_path / "catalogue.csv").write_text("name\nHeat\n", encoding="utf-8")
    with pytest.raises(CommandError, match="no column movielens_id or title"):
        evaluate(*files)
