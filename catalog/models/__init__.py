"""What exists and who likes what."""

from catalog.models.catalogue_imports import CatalogueImport, ImportRow
from catalog.models.films import Country, Credit, FilmText, Genre, Movie, MovieQuerySet, Person
from catalog.models.history import HistoryImport, HistoryRow
from catalog.models.merges import MergedFilm
from catalog.models.people import Like, Mark, User
from catalog.models.request_counts import RequestCount
from catalog.models.search import SearchEntry
from catalog.models.waiting_files import FilePiece

__all__ = [
    "CatalogueImport",
    "Country",
    "Credit",
    "FilePiece",
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
    "RequestCount",
    "SearchEntry",
    "User",
]
