"""The addresses for monitoring."""

from django.urls import path

from health import views

app_name = "health"
urlpatterns = [
    path("healthz", views.alive, name="healthz"),
    path("readyz", views.ready, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
]
