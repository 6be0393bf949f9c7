"""What tests of the curators' workplace share."""

from typing import Any

from django.contrib.auth.models import Group

from catalog.models import Movie, User
from catalog.roles import CURATORS
from tests.builders import make_user


def make_curator() -> User:
    """Somebody who may do everything in the admin."""
    return make_user("curator", is_staff=True, is_superuser=True)


def make_group_curator(username: str = "cura") -> User:
    """Somebody of the staff with the rights of the curators' group and no others."""
    curator = make_user(username, is_staff=True)
    curator.groups.add(Group.objects.get(name=CURATORS))
    return curator


def film_form(**values: Any) -> dict[str, Any]:
    """What the browser sends when a film's page is saved; people and texts are given as lists of dicts."""
    people = values.pop("people", [])
    texts = values.pop("texts", [])
    data = {
        "title": "Heat", "original_title": "", "year": "1995", "is_published": "on", "description": "", "keywords": "",
        "runtime": "", "language": "", "poster_url": "", "imdb_id": "", "tmdb_id": "", "movielens_id": "",
        **_formset("credits", people), **_formset("texts", texts), **values,
    }  # fmt: skip
    return {name: value for name, value in data.items() if value is not None}


def existing(movie: Movie, **values: Any) -> dict[str, Any]:
    """The form of a film as it is, with some values changed."""
    people = [
        {
            "id": credit.pk,
            "movie": movie.pk,
            "role": credit.role,
            "position": credit.position,
            "person": credit.person_id,
        }
        for credit in movie.credits.order_by("-role", "position", "pk")
    ]
    texts = [
        {
            "id": text.pk,
            "movie": movie.pk,
            "language": text.language,
            "title": text.title,
            "description": text.description,
        }
        for text in movie.texts.all()
    ]
    now = {
        "title": movie.title,
        "year": movie.year or "",
        "description": movie.description,
        "genres": [genre.pk for genre in movie.genres.all()],
        "countries": [country.pk for country in movie.countries.all()],
        "people": people,
        "texts": texts,
    }
    return film_form(**{**now, **values})


def _formset(prefix: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    fields = {f"{prefix}-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}
    known = sum("id" in row for row in rows)
    return {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": known, **fields}
