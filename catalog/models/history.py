"""What a visitor brought from elsewhere: one import for each file, and each film of it with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.films import Movie
from catalog.models.people import User

_AT_ONCE = 1000  # rows written together


class HistoryImport(models.Model):
    """A file that somebody brought: from where, how its ratings are read, and how far it has come."""

    class Source(models.TextChoices):
        """Where the file comes from."""

        LETTERBOXD = "letterboxd", "Letterboxd"
        IMDB = "imdb", "IMDb"
        TRAKT = "trakt", "Trakt"
        MOVIELENS = "movielens", "MovieLens"
        TMDB = "tmdb", "TMDB"
        MOVARY = "movary", "Movary"
        YAMTRACK = "yamtrack", "Yamtrack"
        MOVIEREC = "movierec", "MovieRec"
        CSV = "csv", _("a table of films")

    class State(models.TextChoices):
        """How far an import has come; nothing is written to the shelves before "applying"."""

        MATCHING = "matching", _("looking for the films")
        PREVIEW = "preview", _("waits for your word")
        APPLYING = "applying", _("is being brought in")
        APPLIED = "applied", _("brought in")
        UNDONE = "undone", _("undone")

    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("visitor"), related_name="history_imports")
    source = models.CharField(_("source"), max_length=12, choices=Source.choices)
    file_name = models.CharField(_("file"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.MATCHING)
    rule = models.JSONField(_("how ratings are read"), default=dict)
    asks = models.JSONField(_("what the file leaves open"), default=list, blank=True)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    skipped = models.JSONField(_("rows left out"), default=dict, blank=True)  # by reason: count and first examples
    job = models.PositiveBigIntegerField(_("background job"), null=True, blank=True)
    created_at = models.DateTimeField(_("brought"), default=timezone.now)
    applied_at = models.DateTimeField(_("brought in"), null=True, blank=True)

    class Meta:
        verbose_name = _("import of films")
        verbose_name_plural = _("imports of films")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["user", "-created_at"], name="history_of_user_newest_first")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["matching", "preview", "applying", "applied", "undone"]),
                name="history_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()}: {self.file_name}"


class HistoryRowQuerySet(models.QuerySet["HistoryRow"]):
    """The named questions about the films of an import."""

    def matched(self) -> Self:
        """Rows whose film is known and still there."""
        return self.filter(outcome=HistoryRow.Outcome.MATCHED, movie__isnull=False)

    def to_review(self) -> Self:
        """Rows for which the visitor has to choose."""
        return self.filter(outcome=HistoryRow.Outcome.REVIEW)

    def rewrite(self, rows: Sequence[HistoryRow], fields: Sequence[str]) -> None:
        """Save these fields of many rows, several times faster than bulk_update with its CASE for each field."""
        HistoryRow.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["pk"], update_fields=fields, batch_size=_AT_ONCE
        )

    def waiting(self) -> Self:
        """Rows whose film the catalogue does not have, or has no more."""
        return self.filter(
            Q(outcome=HistoryRow.Outcome.WAITING) | Q(outcome=HistoryRow.Outcome.MATCHED, movie__isnull=True)
        )


class HistoryRow(models.Model):
    """One film of an import: what the file says of it, which film it is here, and what was written."""

    class Outcome(models.TextChoices):
        """What became of the row."""

        NEW = "new", _("not looked at")
        MATCHED = "matched", _("found")
        REVIEW = "review", _("to choose")
        WAITING = "waiting", _("waits for the catalogue")

    class How(models.TextChoices):
        """Why the film was taken for the one that is meant."""

        NONE = "", "–"
        ID = "id", _("by its id")
        TITLE = "title", _("by title and year")
        NEAR = "near", _("by title, a year apart")
        CHOSEN = "chosen", _("chosen by you")
        LATER = "later", _("came to the catalogue later")

    history = models.ForeignKey(HistoryImport, models.CASCADE, verbose_name=_("import"), related_name="rows")
    position = models.PositiveIntegerField(_("position"))
    place = models.CharField(_("place in the file"), max_length=120, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    imdb_id = models.CharField(_("IMDb id"), max_length=12, blank=True)
    tmdb_id = models.PositiveIntegerField(_("TMDB id"), null=True, blank=True)
    movielens_id = models.PositiveIntegerField(_("MovieLens id"), null=True, blank=True)
    folded = models.CharField(_("title for comparing"), max_length=300, blank=True)
    rating = models.FloatField(_("rating"), null=True, blank=True)
    rated_at = models.DateTimeField(_("rated"), null=True, blank=True)
    shelves = models.JSONField(_("said in the file"), default=dict, blank=True)  # kind: time or null
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.NEW)
    how = models.CharField(_("how it was found"), max_length=10, choices=How.choices, blank=True)
    movie = models.ForeignKey(Movie, models.SET_NULL, verbose_name=_("film"), related_name="+", null=True, blank=True)
    candidates = models.JSONField(_("films that could be meant"), default=list, blank=True)
    is_applied = models.BooleanField(_("brought in"), default=False)
    wrote = models.JSONField(_("what was written"), default=list, blank=True)  # [kind, id of the like or mark]

    objects = HistoryRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("film of an import")
        verbose_name_plural = _("films of an import")
        ordering = ["history", "position"]
        indexes = [
            models.Index(fields=["history", "outcome", "position"], name="history_row_by_outcome"),
            # What a new film is compared with.
            models.Index(fields=["outcome", "folded"], name="history_row_title"),
            models.Index(fields=["imdb_id"], name="history_row_imdb"),
            models.Index(fields=["tmdb_id"], name="history_row_tmdb"),
            models.Index(fields=["movielens_id"], name="history_row_movielens"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["history", "position"], name="history_row_position_unique"),
            models.CheckConstraint(
                condition=Q(outcome__in=["new", "matched", "review", "waiting"]), name="history_row_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        if not self.title:
            ids = {"IMDb": self.imdb_id, "TMDB": self.tmdb_id, "MovieLens": self.movielens_id}
            return ", ".join(f"{name} {value}" for name, value in ids.items() if value)
        return f"{self.title} ({self.year})" if self.year else self.title
