"""Addresses of accounts and of what a visitor keeps."""

from django.urls import URLPattern

app_name = "catalog"
urlpatterns: list[URLPattern] = []
