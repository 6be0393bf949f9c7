"""What exists and who likes what."""

from catalog.models.films import Country, Credit, FilmText, Genre, Movie, MovieQuerySet, Person
from catalog.models.people import Like, Mark, User
from catalog.models.search import SearchEntry

__all__ = [
    "Country",
    "Credit",
    "FilmText",
    "Genre",
    "Like",
    "Mark",
    "Movie",
    "MovieQuerySet",
    "Person",
    "SearchEntry",
    "User",
]
