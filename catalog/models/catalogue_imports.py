"""Imports of films: what each row of a file would do or did, and what stood there before, so that it can be undone."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models.films import Movie
from catalog.models.people import User
from catalog.private_files import PrivateFiles


class CatalogueImportQuerySet(models.QuerySet["CatalogueImport"]):
    """The named questions about imports."""

    def seen_by(self, user: User) -> Self:
        """What somebody may look at: all that was applied, and of what is only a preview their own."""
        return self.filter(models.Q(started_by=user) | ~models.Q(state__in=CatalogueImport.PREVIEWS))


class CatalogueImport(models.Model):
    """One file of films on its way into the catalogue, or back out of it."""

    class State(models.TextChoices):
        """How far it is."""

        CHECKING = "checking", _("being checked")
        READY = "ready", _("waiting for your decision")
        FAILED = "failed", _("could not be read")
        APPLYING = "applying", _("being applied")
        STOPPED = "stopped", _("stopped half-way")
        DONE = "done", _("applied")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    PREVIEWS = (State.CHECKING, State.READY, State.FAILED)
    UNDOABLE = (State.DONE, State.STOPPED)

    file_name = models.CharField(_("file"), max_length=200)
    file = models.FileField(_("uploaded file"), storage=PrivateFiles(), upload_to="imports/", blank=True)
    format_asked = models.CharField(_("format"), max_length=30, blank=True)
    read_as = models.CharField(_("read as"), max_length=30, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.CHECKING)
    problem = models.TextField(_("problem"), blank=True)
    # SHA-256 of a file from the command line: the same command after a kill goes on with this import.
    checksum = models.CharField(_("checksum"), max_length=64, blank=True)
    job_id = models.BigIntegerField(_("background job"), null=True, blank=True)
    total = models.PositiveIntegerField(_("rows"), default=0)
    n_new = models.PositiveIntegerField(_("new"), default=0)
    n_changed = models.PositiveIntegerField(_("changed"), default=0)
    n_unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    n_rejected = models.PositiveIntegerField(_("rejected"), default=0)
    n_kept = models.PositiveIntegerField(_("kept"), default=0, help_text=_("What undoing left as it was."))
    started_by = models.ForeignKey(
        User, models.SET_NULL, verbose_name=_("started by"), related_name="+", null=True, blank=True
    )
    undone_by = models.ForeignKey(
        User, models.SET_NULL, verbose_name=_("undone by"), related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    objects = CatalogueImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of films")
        verbose_name_plural = _("imports of films")
        ordering = ["-created_at", "-pk"]
        default_permissions = ("add", "change", "view")

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_preview(self) -> bool:
        """Whether nothing was written yet."""
        return self.state in self.PREVIEWS

    @property
    def is_undoable(self) -> bool:
        """Whether it wrote something that can be taken back."""
        return self.state in self.UNDOABLE and self.n_new + self.n_changed > 0


class ImportRow(models.Model):
    """What one row of the file would do or did."""

    class Kind(models.TextChoices):
        """What becomes of a row."""

        NEW = "new", pgettext_lazy("one row", "new")
        CHANGED = "changed", pgettext_lazy("one row", "changed")
        UNCHANGED = "unchanged", pgettext_lazy("one row", "unchanged")
        REJECTED = "rejected", pgettext_lazy("one row", "rejected")

    class Fate(models.TextChoices):
        """What undoing made of it."""

        UNDONE = "undone", _("undone")
        KEPT = "kept", _("kept")

    catalogue_import = models.ForeignKey(
        CatalogueImport, models.CASCADE, verbose_name=_("import of films"), related_name="rows"
    )
    line = models.PositiveIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    film = models.CharField(_("film"), max_length=310, blank=True)
    movie = models.ForeignKey(
        Movie, models.SET_NULL, verbose_name=_("film"), related_name="import_rows", null=True, blank=True
    )
    # Of a changed film {field: [old, new]}; of a new one, while it is a preview, {field: [null, value]}.
    diff = models.JSONField(_("difference"), default=dict, blank=True)
    fingerprint = models.CharField(_("fingerprint"), max_length=64, blank=True)  # of a film as it was created
    words = models.TextField(_("remarks"), blank=True)
    is_written = models.BooleanField(_("written"), default=False)
    fate = models.CharField(_("fate"), max_length=10, choices=Fate.choices, blank=True)
    fate_words = models.TextField(_("why it was kept"), blank=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["catalogue_import", "line"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["catalogue_import", "line"], name="import_row_once_per_line")]
        indexes = [models.Index(fields=["catalogue_import", "kind", "line"], name="import_row_by_kind")]

    def __str__(self) -> str:
        return f"{self.line}: {self.film}"
