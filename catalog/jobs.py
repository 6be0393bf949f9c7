"""The work of the catalogue that takes longer than a request."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobs.work import JobError, Progress, job_kind


@job_kind("import_films", title=gettext_lazy("Import of films"), permission="catalog.add_catalogueimport")
def import_films(progress: Progress, *, import_id: int, step: str, by_id: int | None = None) -> dict[str, Any] | None:
    """Check, apply or undo an uploaded file of films; a killed run goes on behind its last chunk."""
    from catalog.importing.steps import perform_by_id
    from catalog.models import User

    by = User.objects.filter(pk=by_id).first() if by_id else None
    return perform_by_id(import_id, step, progress.report, by=by)


@job_kind("import_history", title=gettext_lazy("Import of your films"))
def import_history(progress: Progress, *, history_id: int, step: str) -> dict[str, Any] | None:
    """Look for the films of a visitor's long import, or bring them in; a killed run goes on behind its last chunk."""
    from catalog.history.steps import perform
    from catalog.models import HistoryImport

    history = HistoryImport.objects.select_related("user").filter(pk=history_id).first()
    if history:  # it may be thrown away while it waits for its turn
        perform(history, step, progress.report)
    return {"history_id": history_id, "step": step}


@job_kind("fetch_posters", title=gettext_lazy("Fetch posters"), permission="catalog.change_movie")
def fetch_posters(progress: Progress, *, movie_ids: list[int], again: bool = False) -> dict[str, Any] | None:
    """Fetch pictures from the addresses that films have; a killed run goes on with those that are still missing."""
    from catalog.posters.rounds import fetch_all

    return fetch_all(movie_ids, progress.report, progress.log, again=again)


@job_kind("password_letter", title=gettext_lazy("Letter about a forgotten password"), permission="catalog.change_user")
def password_letter(progress: Progress, *, user_ids: list[int], host: str, secure: bool) -> None:
    """Send a link to each account with the address that somebody typed, which may be none; twice does no harm."""
    from catalog.letters import NotSent, send_password_letter
    from catalog.models import User

    for user in User.objects.filter(pk__in=user_ids):
        try:
            send_password_letter(user, host=host, secure=secure)
        except NotSent as problem:
            raise JobError(_("The mail server did not take the letter. Is EMAIL_URL right?")) from problem
