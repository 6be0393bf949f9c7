"""The addresses of the site: each room keeps its own, this file joins them."""

from django.contrib import admin
from django.urls import include, path

from catalog.views.media import media

handler500 = "health.outage.failed"
urlpatterns = [
    path("", include("health.urls")),
    path("admin/", admin.site.urls),
    path("media/<path:path>", media, name="media"),
    path("", include("catalog.urls")),
    path("", include("recommender.urls")),
    path("", include("jobs.urls")),
]
