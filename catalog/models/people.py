"""Visitors, demo profiles and what they keep: likes, and films marked as seen, wanted or not for them."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.films import Movie


class User(AbstractUser):
    """A visitor with an account, or a demo profile whose taste anybody may borrow in demo mode."""

    display_name = models.CharField(_("name shown"), max_length=80, blank=True)
    language = models.CharField(
        _("language"),
        max_length=10,
        blank=True,
        choices=settings.LANGUAGES,
        help_text=_("Empty: the site follows the browser."),
    )
    is_demo = models.BooleanField(
        _("demo profile"), default=False, help_text=_("A taste to borrow in demo mode. It cannot log in.")
    )

    class Meta(AbstractUser.Meta):
        permissions = [("view_as_visitor", _("Can look at the site as a visitor sees it"))]
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="user_name_unique_in_any_case",
                violation_error_message=_("This name is taken already."),
            ),
            # A password that starts with "!" is one that nobody can type: Django's mark for "cannot log in".
            models.CheckConstraint(
                condition=Q(is_demo=False) | Q(password__startswith="!"),  # noqa: S106 (a prefix, no password)
                name="user_demo_profile_cannot_log_in",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username


class LikeQuerySet(models.QuerySet["Like"]):
    """The named questions about likes."""

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")

    def get_by_natural_key(self, username: str, title: str, year: int | None) -> Like:
        return self.get(user__username=username, movie__title=title, movie__year=year)


class Like(models.Model):
    """Somebody likes a film; the time tells recent taste from old."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("visitor"), related_name="likes")
    movie = models.ForeignKey(Movie, models.CASCADE, verbose_name=_("film"), related_name="likes")
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    objects = LikeQuerySet.as_manager()

    class Meta:
        verbose_name = _("like")
        verbose_name_plural = _("likes")
        constraints = [models.UniqueConstraint(fields=["user", "movie"], name="like_once_per_user_and_movie")]
        indexes = [models.Index(fields=["user", "-created_at"], name="like_of_user_newest_first")]

    def __str__(self) -> str:
        return f"{self.user} ♥ {self.movie}"

    def natural_key(self) -> tuple[str, str, int | None]:
        return (self.user.username, *self.movie.natural_key())

    natural_key.dependencies = ["catalog.user", "catalog.movie"]  # type: ignore[attr-defined]


class Mark(models.Model):
    """Somebody has seen a film, wants to see it, or does not want to be shown it."""

    class Kind(models.TextChoices):
        """The shelves of "My films" beside the likes."""

        SEEN = "seen", _("Seen")
        WATCHLIST = "watchlist", _("Watchlist")
        HIDDEN = "hidden", _("Not for me")

    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("visitor"), related_name="marks")
    movie = models.ForeignKey(Movie, models.CASCADE, verbose_name=_("film"), related_name="marks")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        constraints = [
            models.UniqueConstraint(fields=["user", "movie", "kind"], name="mark_once_per_user_movie_and_kind"),
            models.CheckConstraint(condition=Q(kind__in=["seen", "watchlist", "hidden"]), name="mark_kind_known"),
        ]
        indexes = [models.Index(fields=["user", "kind", "-created_at"], name="mark_of_user_newest_first")]

    def __str__(self) -> str:
        return f"{self.user}: {self.movie} ({self.get_kind_display()})"
