"""What exists and who likes what."""

from catalog.models.films import Country, Credit, FilmText, Genre, Movie, MovieQuerySet, Person
from catalog.models.people import Like, Mark, User

__all__ = ["Country", "Credit", "FilmText", "Genre", "Like", "Mark", "Movie", "MovieQuerySet", "Person", "User"]
