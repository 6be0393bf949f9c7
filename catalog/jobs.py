"""The work on the catalogue that takes longer than a request."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from jobs.work import Progress, job_kind


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
