"""The addresses of the site: each room keeps its own, this file joins them."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.static import serve

urlpatterns = [
    path("admin/", admin.site.urls),
    # Uploaded posters: one small machine serves them itself; a proxy in front may take this path over.
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
    path("", include("catalog.urls")),
    path("", include("recommender.urls")),
    path("", include("jobs.urls")),
]
