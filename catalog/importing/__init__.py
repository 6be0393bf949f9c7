"""Brings films and likes from files into the catalogue: read, understand, match, write in chunks, report."""

from catalog.importing.encoding import Unreadable
from catalog.importing.films import import_films
from catalog.importing.formats import FORMATS
from catalog.importing.likes import import_likes
from catalog.importing.report import FilmReport, LikeReport

__all__ = ["FORMATS", "FilmReport", "LikeReport", "Unreadable", "import_films", "import_likes"]
