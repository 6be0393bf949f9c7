"""Addresses of the pages that recommend."""

from django.urls import path

from recommender.views import films, home, map, posters, taste, together

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
    path("together/", together.together, name="together"),
    path("together/join/<slug:invitation>/", together.join, name="join_night"),
    path("together/result/<slug:result>/", together.shared, name="shared_night"),
    path("together/<slug:token>/", together.night, name="night"),
    path("together/<slug:token>/films/<row_id:pk>/veto/", together.veto, name="veto"),
    path("together/<slug:token>/invitation/", together.invite, name="invite"),
    path("together/<slug:token>/result/", together.share, name="share_night"),
    path("together/<slug:token>/leave/", together.leave, name="leave_night"),
    path("map/", map.film_map, name="map"),
    path("map/points/<slug:key>.bin", map.points, name="map_points"),
    path("map/titles/<slug:key>.<slug:language>.json", map.titles, name="map_titles"),
    path("map/find/", map.find, name="map_find"),
    path("map/films/<row_id:pk>/", map.map_film, name="map_film"),
    path("my-films/taste/", taste.profile, name="taste"),
]
