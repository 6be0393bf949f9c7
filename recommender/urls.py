"""Addresses of the pages that recommend."""

from django.urls import path, register_converter

from catalog.converters import FilmId
from recommender.views import films, home, posters

register_converter(FilmId, "film_id")

app_name = "recommender"
urlpatterns = [
    path("", home.home, name="home"),
    path("recommendations/", home.recommendations, name="recommendations"),
    path("start/", home.start, name="start"),
    path("films/", films.films, name="films"),
    path("films/<film_id:pk>/", films.film, name="film"),
    path("posters/<slug:language>/<film_id:pk>.svg", posters.poster, name="poster"),
]
