"""Prints the site's ranking on the terminal."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from catalog.management.command import SiteCommand
from catalog.models import Genre, Movie, User
from catalog.vocabulary import genre_name
from recommender.ml.artifacts import ArtifactError
from recommender.services import Answer, Share, Suggestion, recommend
from recommender.wishes import Wish


class Command(SiteCommand):
    """Recommend films to a visitor, or for liked films and a request given here."""

    help = (
        "Prints the films that the site would recommend, in the same order, each with its similarity (1 the same, "
        "0 unrelated, -1 opposite) and what speaks for it."
    )
    examples = (
        'manage.py recommend --like "Heat" --query "rainy night" --top 10',
        "manage.py recommend --user anna --genre Drama --json",
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", metavar="NAME", help="whose likes to start from")
        parser.add_argument(
            "--like", metavar="TITLE", action="append", default=[], help="a liked film; may be repeated"
        )
        parser.add_argument("--query", metavar="TEXT", default="", help="the request in own words")
        parser.add_argument("--genre", metavar="NAME", action="append", default=[], help="a genre; may be repeated")
        parser.add_argument("--dial", metavar="X", type=float, default=0.0, help="-1 popular films ... 1 hidden gems")
        parser.add_argument("--variety", metavar="X", type=float, default=0.0, help="0 by similarity ... 1 most varied")
        parser.add_argument("--top", metavar="N", type=int, default=10, help="how many films (default 10)")
        parser.add_argument("--json", action="store_true", help="one JSON object for programs")

    def handle(self, *, user: str | None, like: list[str], query: str, genre: list[str], **options: Any) -> None:
        if not 1 <= options["top"] <= 1000:
            raise CommandError(_("--top is a number from 1 to 1000."))
        if not (-1 <= options["dial"] <= 1 and 0 <= options["variety"] <= 1):
            raise CommandError(_("--dial is a number from -1 to 1, --variety one from 0 to 1."))
        liked = [*(_film_called(title).pk for title in like), *(_likes_of(user) if user else ())]
        wish = Wish(
            liked=tuple(dict.fromkeys(liked)), text=query, genres=tuple(_genre_called(name).pk for name in genre)
        )
        try:
            answer = recommend(wish, top=options["top"])
        except ArtifactError as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            self.answer(_as_json(answer))
        else:
            self.stdout.write(_table(answer))


def _film_called(title: str) -> Movie:
    """The film with this title in any language; the most liked one is not guessed at when there are several."""
    found = list(
        Movie.objects.listed().filter(title=title)[:3] or Movie.objects.listed().filter(texts__title=title)[:3]
    )
    if not found:
        found = list(Movie.objects.listed().filter(title__iexact=title)[:3])
    if not found and title.endswith(")") and title[-6:-5] == "(" and title[-5:-1].isdigit():
        found = list(Movie.objects.listed().filter(title=title[:-6].strip(), year=int(title[-5:-1]))[:3])
    if not found:
        raise CommandError(_("There is no film called “%(title)s” here.") % {"title": title})
    if len(found) > 1:
        names = ", ".join(str(movie) for movie in found)
        raise CommandError(_("Several films are called so: %(names)s. Add the year in brackets.") % {"names": names})
    return found[0]


def _likes_of(username: str) -> list[int]:
    user = User.objects.filter(username__iexact=username).first()
    if user is None:
        raise CommandError(_("There is no visitor called “%(name)s”.") % {"name": username})
    return list(user.likes.newest_first().values_list("movie_id", flat=True))


def _genre_called(name: str) -> Genre:
    genre: Genre | None = Genre.objects.filter(name__in=[name, genre_name(name)]).first()
    if genre is None:
        known = ", ".join(Genre.objects.values_list("name", flat=True)[:50])
        raise CommandError(_("There is no genre “%(name)s”. Known: %(known)s") % {"name": name, "known": known})
    return genre


def _as_json(answer: Answer) -> dict[str, Any]:
    return {
        "basis": answer.basis.value,
        "model": answer.model,
        "total": answer.total,
        "understood": [{"kind": piece.kind.value, "label": piece.label} for piece in answer.understood],
        "films": [
            {
                "id": suggestion.movie.pk,
                "title": suggestion.movie.title,
                "year": suggestion.movie.year,
                "similarity": suggestion.similarity,
                "shares": [
                    {"film": share.film_id, "words": share.words, "part": share.part} for share in suggestion.shares
                ],
            }
            for suggestion in answer.suggestions
        ],
    }


def _table(answer: Answer) -> str:
    lines = []
    if answer.model is None:
        lines.append(_("No model is active yet: most liked films first. Train one with: manage.py train_vae"))
    if not answer.suggestions:
        lines.append(_("Nothing fits. Take a filter away, or import more films."))
    titles = dict(Movie.objects.filter(pk__in=_liked_films(answer)).values_list("pk", "title"))
    for place, suggestion in enumerate(answer.suggestions, 1):
        lines.append(f"{place:>3}. {_number(suggestion)}  {suggestion.movie}{_because(suggestion.shares, titles)}")
    return "\n".join(lines)


def _liked_films(answer: Answer) -> list[int]:
    return [share.film_id for found in answer.suggestions for share in found.shares[:1] if share.film_id is not None]


def _number(suggestion: Suggestion) -> str:
    return "   –  " if suggestion.similarity is None else f"{suggestion.similarity:6.3f}"


def _because(shares: tuple[Share, ...], titles: dict[int, str]) -> str:
    if not shares or shares[0].part <= 0:
        return ""
    nearest = shares[0]
    return f"  ← {titles.get(nearest.film_id, '') if nearest.film_id is not None else nearest.words}"
