"""The health of the catalogue in numbers, each a link to the films or people behind it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.admin import plugs
from catalog.admin.filters import (
    MISSING,
    Choice,
    LikedFilter,
    TextFilter,
    TwinFilter,
    UnusedCountries,
    UnusedGenres,
    UnusedPeople,
)
from catalog.admin.plugs import Figure, Section
from catalog.models import Country, Genre, Movie, Person
from catalog.search_entries import catch_up

_MOST_LANGUAGES = 20
_NAMES = {"zh": gettext_lazy("Chinese"), "wo": gettext_lazy("Wolof")}  # that Django lacks


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Aggregates only, so that it opens quickly whatever the size of the catalogue."""
    if not request.user.has_perm("catalog.view_movie"):
        raise PermissionDenied
    catch_up()  # twins are found by search entries
    sections = [_films(), _languages(), _names(), *(section() for section in plugs.health_sections)]
    context = {
        **admin.site.each_context(request),
        "title": _("Catalogue health"),
        "opts": Movie._meta,
        "sections": sections,
    }
    return render(request, "admin/catalog/movie/health.html", context)


def address_of(model: str, **query: str) -> str:
    """Where a filtered list is."""
    return f"{reverse(f'admin:catalog_{model}_changelist')}?{urlencode(query)}"


def _films() -> Section:
    """What films lack, and which may be there twice: one pass over the table."""
    faults = [
        (_("without %(what)s") % {"what": label}, "missing", name) for name, (label, _condition) in MISSING.items()
    ]
    faults += [(_("same title within a year"), "twin", "yes"), (_("never liked"), "liked", "no")]
    hidden = Q(is_published=False)
    conditions = {
        "hidden": hidden,
        "twin": TwinFilter.conditions["yes"][1],
        "liked": LikedFilter.conditions["no"][1],
        **{name: condition for name, (_label, condition) in MISSING.items()},
    }
    found = _counts(conditions)
    figures = [
        Figure(_("films in all"), found["all"], address_of("movie"), is_fault=False),
        Figure(_("not published"), found["hidden"], address_of("movie", is_published__exact="0"), is_fault=False),
    ]
    for label, parameter, value in faults:
        count = found[value if parameter == "missing" else parameter]
        figures.append(Figure(label, count, address_of("movie", **{parameter: value})))
    return Section(_("Films"), figures)


def _languages() -> Section:
    """Which languages the films were made in, and in which they are described."""
    rows = Movie.objects.exclude(language="").order_by().values_list("language").annotate(n=Count("pk"))
    codes = sorted(rows, key=lambda row: (-row[1], row[0]))
    texts = _counts({code: condition for code, (_name, condition) in TextFilter.conditions.items()})
    figures = []
    for code, name in settings.LANGUAGES:
        label = _("text in %(language)s") % {"language": name}
        figures.append(Figure(label, texts[code], address_of("movie", text=code), is_fault=False))
    for code, count in codes[:_MOST_LANGUAGES]:
        label = _("made in %(language)s") % {"language": _language(code)}
        figures.append(Figure(label, count, address_of("movie", language=code), is_fault=False))
    note = _("Only the most frequent languages are listed.") if len(codes) > _MOST_LANGUAGES else ""
    return Section(_("Languages"), figures, note)


def _language(code: str) -> str:
    """A language by its name where Django knows it, else by its code."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return str(_NAMES.get(code, code))


def _names() -> Section:
    """Names that nothing uses any more."""
    kinds: list[tuple[str, Any, type[Choice], Any]] = [
        ("person", Person, UnusedPeople, _("people in no film")),
        ("genre", Genre, UnusedGenres, _("genres without films")),
        ("country", Country, UnusedCountries, _("countries without films")),
    ]
    figures = []
    for name, model, kind, label in kinds:
        unused = model.objects.filter(kind.conditions["no"][1]).count()
        figures.append(Figure(label, unused, address_of(name, used="no")))
    return Section(_("People, genres and countries"), figures)


def _counts(conditions: dict[str, Any]) -> dict[str, int]:
    """How many films there are in all, and how many meet each condition: one query."""
    asked = {f"n_{key}": Count("pk", filter=condition) for key, condition in conditions.items()}
    found = Movie.objects.aggregate(n_all=Count("pk"), **asked)
    return {key: found[f"n_{key}"] for key in ("all", *conditions)}


plugs.film_tools.append(plugs.Tool(gettext_lazy("Catalogue health"), "admin:catalog_health"))
