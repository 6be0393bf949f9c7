"""Movie nights: who chooses films together, what they turned down, and the links that lead there.

A guest with an account or a demo profile is named by reference, so nothing of their shelf is copied. A guest without an
account left a copy of theirs when they agreed to take part; it goes with the guest, or with the night.
"""

from __future__ import annotations

import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Movie

LONGEST_NAME = 30


def new_token() -> str:
    """Letters that nobody guesses."""
    return secrets.token_urlsafe(18)


class NightQuerySet(models.QuerySet["Night"]):
    """The named questions about movie nights."""

    def alive(self) -> Self:
        """Nights that are not over."""
        return self.filter(expires_at__gt=timezone.now())

    def over(self) -> Self:
        """Nights that nobody can open any more; they may be deleted."""
        return self.filter(expires_at__lte=timezone.now())

    def inviting(self, token: str) -> Self:
        """The night whose invitation link has this token, while the link is good."""
        return self.alive().filter(invitation=token, invitation_ends_at__gt=timezone.now()).exclude(invitation="")

    def shared(self, token: str) -> Self:
        """The night whose result was shared under this token."""
        return self.alive().filter(result=token).exclude(result="")


class Night(models.Model):
    """One evening on which two to six people choose films together."""

    token = models.CharField(_("address"), max_length=40, unique=True, default=new_token, editable=False)
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    expires_at = models.DateTimeField(_("over"))
    invitation = models.CharField(_("invitation link"), max_length=40, blank=True)
    invitation_ends_at = models.DateTimeField(_("the invitation ends"), null=True, blank=True)
    invitations_made = models.PositiveSmallIntegerField(_("invitation links made"), default=0)
    result = models.CharField(_("link to the result"), max_length=40, blank=True)
    result_films = models.JSONField(_("films of the result"), default=list, blank=True)

    objects = NightQuerySet.as_manager()

    class Meta:
        verbose_name = _("movie night")
        verbose_name_plural = _("movie nights")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["expires_at"], name="night_by_its_end")]
        constraints = [
            models.UniqueConstraint(fields=["invitation"], condition=~Q(invitation=""), name="night_invitation_unique"),
            models.UniqueConstraint(fields=["result"], condition=~Q(result=""), name="night_result_unique"),
        ]

    def __str__(self) -> str:
        return str(self.created_at.date())

    @property
    def open_invitation(self) -> str:
        """The token of the invitation link while it is good, else nothing."""
        is_open = self.invitation_ends_at is not None and self.invitation_ends_at > timezone.now()
        return self.invitation if is_open else ""


class NightGuest(models.Model):
    """Somebody whose taste takes part in one night, under the name chosen for it."""

    night = models.ForeignKey(Night, models.CASCADE, verbose_name=_("movie night"), related_name="guests")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("visitor"),
        related_name="movie_nights",
        null=True,
        blank=True,
    )
    name = models.CharField(_("name for the evening"), max_length=LONGEST_NAME)
    is_host = models.BooleanField(_("host"), default=False)
    # Only of somebody without an account: film ids of each kind, as they were on the day of the agreement.
    shelf = models.JSONField(_("copied shelf"), default=dict, blank=True)
    leaves_out_seen = models.BooleanField(_("leaves out liked and seen films"), default=True)
    joined_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("guest of a movie night")
        verbose_name_plural = _("guests of movie nights")
        ordering = ["-is_host", "joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["night", "name"], name="night_guest_names_differ"),
            models.UniqueConstraint(
                fields=["night", "user"], condition=Q(user__isnull=False), name="night_guest_comes_once"
            ),
            models.UniqueConstraint(fields=["night"], condition=Q(is_host=True), name="night_has_one_host"),
        ]

    def __str__(self) -> str:
        return self.name


class NightVeto(models.Model):
    """A film that one guest does not want to see on this night."""

    guest = models.ForeignKey(NightGuest, models.CASCADE, verbose_name=_("guest"), related_name="vetoes")
    movie = models.ForeignKey(Movie, models.CASCADE, verbose_name=_("film"), related_name="+")
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("veto")
        verbose_name_plural = _("vetoes")
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["guest", "movie"], name="night_veto_once_per_guest_and_film")]

    def __str__(self) -> str:
        return f"{self.guest}: {self.movie}"
