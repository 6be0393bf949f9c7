"""What exists and who likes what."""

from catalog.models.catalogue_imports import CatalogueImport, ImportRow
from catalog.models.films import Country, Credit, FilmText, Genre, Movie, MovieQuerySet, Person
from catalog.models.history import HistoryImport, HistoryRow
from catalog.models.merges import MergedFilm
from catalog.models.people import Like, Mark, User
from catalog.models.search import SearchEntry

__all__ = [
    "CatalogueImport",
    "Country",
    "Credit",
    "FilmText",
    "Genre",
    "HistoryImport",
    "HistoryRow",
    "ImportRow",
    "Like",
    "Mark",
    "MergedFilm",
    "Movie",
    "MovieQuerySet",
    "Person",
    "SearchEntry",
    "User",
]
