"""Takes along what no foreign key ties to an account when it is deleted, by its owner or by staff."""

from __future__ import annotations

from typing import Any

from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver

from catalog.models import User
from jobs.work import Job, is_private


@receiver(pre_delete, sender=User, dispatch_uid="catalog.leaving.before")
def _jobs_go(instance: User, **_: Any) -> None:
    """A visitor's own work goes; what somebody did for the site stays, without a name."""
    for job in Job.objects.filter(started_by=instance).defer("log", "result"):
        if is_private(job):
            job.delete()


@receiver(post_delete, sender=User, dispatch_uid="catalog.leaving.after")
def _names_go(instance: User, **_: Any) -> None:
    """Typing errors at the log-in, and the name in what staff did with the account."""
    AccessAttempt.objects.filter(username__in={instance.username, instance.username.lower()}).delete()
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=kind, object_id=str(instance.pk)).update(object_repr="", change_message="")
