"""What a curator does with a file of films in the admin, as tests press it."""

from typing import Any

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalog.models import CatalogueImport, User
from tests.builders import make_movie, make_user

ADD = "/admin/catalog/catalogueimport/add/"
LIST = "/admin/catalog/catalogueimport/"
State = CatalogueImport.State
TABLE = "title,year,runtime,cast,tmdb_id\nHeat,1995,170,Al Pacino,949\nAlien,1979,,,\nBrazil,1985,142,,68\n,1999,,,\n"


def make_editor(username: str = "curator") -> User:
    user = make_user(username, is_staff=True)
    user.groups.add(Group.objects.get(name="Curators"))
    return user


def upload(client: Client, text: str | bytes = TABLE, name: str = "films.csv", **fields: Any) -> Any:
    content = text.encode() if isinstance(text, str) else text
    return client.post(ADD, {"file": SimpleUploadedFile(name, content), **fields}, follow=True)


def page(client: Client, found: CatalogueImport, **query: Any) -> str:
    return client.get(reverse("admin:catalog_catalogueimport_change", args=[found.pk]), query).content.decode()


def press(client: Client, what: str, found: CatalogueImport) -> Any:
    return client.post(reverse(f"admin:catalog_catalogueimport_{what}", args=[found.pk]), follow=True)


def old_films() -> None:
    make_movie("Heat", year=1995, runtime=100, cast=["Bo Li"])
    make_movie("Alien", year=1979)
