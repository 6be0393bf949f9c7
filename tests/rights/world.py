"""One thing of every kind, most of them the owner's, and seven people who send requests about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.auth.tokens import default_token_generator
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from catalog.models import CatalogueImport, Credit, HistoryImport, HistoryRow, Mark, User
from jobs.models import Job
from recommender.map_points import current
from recommender.models import Night, NightGuest
from tests.builders import like, make_movie, make_user
from tests.catalog.admin_site import make_group_curator
from tests.site.pages import put_on_the_map, teach

PEOPLE = ("anonymous", "stranger", "owner", "curator", "staff", "superuser", "looking")
PASSWORD = "a long old password"
# What stands in things that are nobody's business but the owner's.
CANARY = "CANARY-of-the-owner"


class World:
    """The things that addresses name, under the words that the table of rights uses for them."""

    def __init__(self) -> None:
        self.owner = make_user("owner", display_name=f"{CANARY} Ownerson", email=f"{CANARY}@example.org")
        self.owner.set_password(PASSWORD)
        self.owner.save()
        self.people: dict[str, User] = {
            "stranger": make_user("stranger"),
            "owner": self.owner,
            "curator": make_group_curator(),
            "staff": make_user("staff", is_staff=True),
            "superuser": make_user("superuser", is_staff=True, is_superuser=True),
        }
        self.movies = [
            make_movie(f"Film {n}", genres=["Drama"], countries=["France"], directors=["Agnès Varda"]) for n in range(5)
        ]
        self.movie = self.movies[0]
        like(self.owner, *self.movies[:3])
        self.mark = Mark.objects.create(user=self.owner, movie=self.movies[3], kind="watchlist")
        self.things: dict[str, Any] = {"CANARY": CANARY} | self._films() | self._of_the_owner() | self._of_curators()
        self.as_made = self.belongings()

    def _films(self) -> dict[str, Any]:
        version = teach({movie: [1, n] for n, movie in enumerate(self.movies)})
        put_on_the_map(version, {movie: (n / 10, 0.1) for n, movie in enumerate(self.movies)})
        points = current()
        assert points is not None
        old = teach_another(version)
        picture = Path(settings.MEDIA_ROOT) / "posters" / "picture.webp"
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(b"RIFF....WEBP")
        return {
            "movie": self.movie.pk,
            "draft": make_movie("A film to come", is_published=False).pk,
            "genre": self.movie.genres.get().pk,
            "country": self.movie.countries.get().pk,
            "person": Credit.objects.filter(movie=self.movie)[0].person_id,
            "version": old.pk,
            "map": points.key,
            "picture": "posters/picture.webp",
        }

    def _of_the_owner(self) -> dict[str, Any]:
        week = timezone.now() + timedelta(days=7)
        night = Night.objects.create(
            expires_at=week, invitation="an-invitation", invitation_ends_at=week, result="a-result"
        )
        NightGuest.objects.create(night=night, user=self.owner, name=f"{CANARY} at night"[:30], is_host=True)
        history = HistoryImport.objects.create(
            user=self.owner, source="csv", file_name=f"{CANARY}.csv", state="preview"
        )
        HistoryRow.objects.create(history=history, position=1, title=f"{CANARY} Film", outcome="waiting")
        job = Job.objects.create(kind="test_count", title=f"{CANARY} job", state="failed", started_by=self.owner)
        kind = ContentType.objects.get_for_model(User)
        entry = LogEntry.objects.create(
            user=self.people["superuser"], content_type=kind, object_id=str(self.owner.pk), object_repr=CANARY,
            action_flag=CHANGE, change_message=CANARY,
        )  # fmt: skip
        return {
            "night": night.token,
            "invitation": night.invitation,
            "result": night.result,
            "history": history.pk,
            "job": job.pk,
            "user": self.owner.pk,
            "uid": urlsafe_base64_encode(force_bytes(self.owner.pk)),
            "token": default_token_generator.make_token(self.owner),
            "user_kind": kind.pk,
            "entry": entry.pk,
            "like": self.owner.likes.first().pk,
            "mark": self.mark.pk,
        }

    def _of_curators(self) -> dict[str, Any]:
        preview = CatalogueImport.objects.create(
            file_name=f"{CANARY}-preview.csv", state="ready", started_by=self.people["superuser"], n_new=1, total=1
        )
        applied = CatalogueImport.objects.create(
            file_name="applied.csv", state="done", started_by=self.people["superuser"], n_new=1, total=1
        )
        return {"preview": preview.pk, "applied": applied.pk, "group": Group.objects.get(name="Curators").pk}

    def client(self, who: str, *, checks_csrf: bool = False) -> Client:
        """A browser of one of PEOPLE, logged in once; "looking" is the superuser who looks as the owner."""
        client = Client(enforce_csrf_checks=checks_csrf, raise_request_exception=False)
        if who != "anonymous":
            client.force_login(self.people["superuser" if who == "looking" else who])
        if who == "looking":
            answer = client.post(f"/admin/catalog/user/{self.owner.pk}/view-as/")
            assert answer.status_code == 302, answer.status_code
        return client

    def belongings(self) -> list[Any]:
        """All that is the owner's, as it stands in the database."""
        owner = self.owner.pk
        sets = (
            User.objects.filter(pk=owner).values(
                "username", "display_name", "email", "password", "language", "is_active"
            ),
            self.owner.likes.order_by("pk").values(),
            Mark.objects.filter(user=owner).order_by("pk").values(),
            HistoryImport.objects.filter(user=owner).order_by("pk").values(),
            HistoryRow.objects.filter(history__user=owner).order_by("pk").values(),
            Job.objects.filter(started_by=owner).order_by("pk").values(),
            Night.objects.filter(guests__user=owner).order_by("pk").values(),
            NightGuest.objects.filter(user=owner).order_by("pk").values(),
        )
        return [list(rows) for rows in sets]


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Take back whatever the request wrote, in the database and in the browser, so that each finds the same world."""
    point, cookies = transaction.savepoint(), copy(client.cookies)
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
        client.cookies = cookies


def teach_another(active: Any) -> Any:
    """An older version that does not serve the site."""
    version = type(active).objects.get(pk=active.pk)
    version.pk, version.name, version.is_active = None, "older", False
    version.save()
    return version
