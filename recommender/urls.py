"""Addresses of the pages that recommend."""

from django.urls import path

from recommender.views import films, home, posters

app_name = "recommender"
urlpatterns = [
    path("", home.home, name="home"),
    path("recommendations/", home.recommendations, name="recommendations"),
    path("start/", home.start, name="start"),
    path("films/", films.films, name="films"),
    path("films/<row_id:pk>/", films.film, name="film"),
    path("people/<row_id:pk>/", films.person, name="person"),
    path("genres/<row_id:pk>/", films.genre, name="genre"),
    path("posters/<slug:language>/<row_id:pk>.svg", posters.poster, name="poster"),
]
