"""Jobs with their state, progress and log, and the workers that run them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

SILENT_FOR = timedelta(seconds=60)  # after so long without a sign of life a worker counts as dead


class JobQuerySet(models.QuerySet["Job"]):
    """The named questions about jobs."""

    def unfinished(self) -> Self:
        """Jobs that wait or run."""
        return self.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])

    def visible_to(self, user: Any) -> Self:
        """Somebody's own jobs; all of them for staff who may see jobs."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff and user.has_perm("jobs.view_job"):
            return self
        return self.filter(started_by=user)


class Job(models.Model):
    """One piece of work: who started it, how far it is, and what came of it."""

    class State(models.TextChoices):
        """Where a job is on its way."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("started by"),
        related_name="jobs",
        null=True,
        blank=True,
    )
    # Log and errors are written in the language of whoever reads them.
    language = models.CharField(_("language"), max_length=10, blank=True)
    arguments = models.JSONField(_("arguments"), default=dict, encoder=DjangoJSONEncoder)
    result = models.JSONField(_("result"), null=True, blank=True, encoder=DjangoJSONEncoder)
    log = models.TextField(_("log"), blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("in all"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    cancel_asked = models.BooleanField(_("asked to cancel"), default=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # Whose run this is: only the run that claimed the job may write to it.
    runner = models.CharField(_("run"), max_length=32, blank=True)
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last sign of life"), default=timezone.now)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "seen_at"], name="job_without_sign_of_life"),
            models.Index(fields=["started_by", "-created_at"], name="job_of_user_newest_first"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.state not in (self.State.WAITING, self.State.RUNNING)

    @property
    def can_be_cancelled(self) -> bool:
        """Whether there is something to cancel, and nobody did yet."""
        return not self.is_finished and not self.cancel_asked

    @property
    def can_be_retried(self) -> bool:
        """Whether it ended without success."""
        return self.state in (self.State.FAILED, self.State.CANCELLED)

    @property
    def words(self) -> str:
        """Its state for people."""
        if self.state == self.State.RUNNING:
            return self._running_words()
        words = {
            self.State.WAITING: _("Waiting for its turn"),
            self.State.DONE: _("Done"),
            self.State.FAILED: _("Failed"),
            self.State.CANCELLED: _("Cancelled"),
        }
        return str(words[self.State(self.state)])

    @property
    def last_line(self) -> str:
        """What it said last."""
        return self.log.rstrip("\n").rpartition("\n")[2]

    def _running_words(self) -> str:
        if self.cancel_asked:
            return gettext("Stopping")
        if self.total:
            return gettext("Running, %(done)d of %(total)d") % {"done": self.done, "total": self.total}
        return gettext("Running")


class WorkerQuerySet(models.QuerySet["Worker"]):
    """The named questions about workers."""

    def alive(self) -> Self:
        """Workers that were heard of lately."""
        return self.filter(seen_at__gte=timezone.now() - SILENT_FOR)


class Worker(models.Model):
    """A process that runs jobs; it writes its signs of life here, so that pages can say when there is none."""

    name = models.CharField(_("name"), max_length=64, unique=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    seen_at = models.DateTimeField(_("last sign of life"), default=timezone.now)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return self.name


class PieceQuerySet(models.QuerySet["Piece"]):
    """The named questions about pieces of jobs."""

    def to_do(self) -> Self:
        """Pieces that are still to be done, the first ones first."""
        return self.filter(is_done=False).order_by("pk")


class Piece(models.Model):
    """A part of a job that any worker may do; it is done in the transaction that writes what it brings."""

    job = models.ForeignKey(Job, models.CASCADE, verbose_name=_("job"), related_name="pieces")
    kind = models.CharField(_("kind"), max_length=60)
    arguments = models.JSONField(_("arguments"), default=dict, encoder=DjangoJSONEncoder)
    size = models.PositiveIntegerField(_("size"), default=1)
    # Whose it is and since when: after a while without an end it is anybody's again.
    runner = models.CharField(_("run"), max_length=32, blank=True)
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    is_done = models.BooleanField(_("done"), default=False)
    result = models.JSONField(_("result"), null=True, blank=True, encoder=DjangoJSONEncoder)

    objects = PieceQuerySet.as_manager()

    class Meta:
        verbose_name = _("piece of a job")
        verbose_name_plural = _("pieces of jobs")
        ordering = ["pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["job", "is_done"], name="piece_of_job_to_do")]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.pk}"
