"""Like a film, mark it, and look through what you kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from catalog.forms import LikeForm, MarkForm, ShelfForm
from catalog.models import Movie
from catalog.requests import HtmxRequest, next_address
from catalog.search import browse
from catalog.shelf import HIDDEN, KINDS, LIKED, SEEN, WATCHLIST, Gone, shelf_of
from catalog.taste import taste_of

PER_PAGE = 48
WORTH_A_PROFILE = 3  # likes
_DONE = {
    (LIKED, True): gettext_lazy("You like %(film)s."),
    (LIKED, False): gettext_lazy("You no longer like %(film)s."),
    (SEEN, True): gettext_lazy("%(film)s is marked as seen."),
    (SEEN, False): gettext_lazy("%(film)s is not marked as seen any more."),
    (WATCHLIST, True): gettext_lazy("%(film)s is on your watchlist."),
    (WATCHLIST, False): gettext_lazy("%(film)s is off your watchlist."),
    (HIDDEN, True): gettext_lazy("%(film)s will not be suggested again."),
    (HIDDEN, False): gettext_lazy("%(film)s may be suggested again."),
}
TABS = {
    LIKED: pgettext_lazy("films", "Liked"),
    SEEN: pgettext_lazy("films", "Seen"),
    WATCHLIST: gettext_lazy("Watchlist"),
    HIDDEN: gettext_lazy("Not for me"),
}


@require_POST
def like(request: HtmxRequest, pk: int) -> HttpResponse:
    """Like a film or take the like back."""
    movie = get_object_or_404(Movie.objects.listed(), pk=pk)
    form = LikeForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Send liked=1 or liked=0."))
    return _put(request, LIKED, movie, on=form.cleaned_data["liked"])


@require_POST
def mark(request: HtmxRequest, pk: int, kind: str) -> HttpResponse:
    """Mark a film as seen, wanted or not for me, or take the mark back."""
    movie = get_object_or_404(Movie.objects.listed(), pk=pk)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Send on=1 or on=0."))
    return _put(request, kind, movie, on=form.cleaned_data["on"])


def _put(request: HtmxRequest, kind: str, movie: Movie, *, on: bool) -> HttpResponse:
    shelf = shelf_of(request)
    before = [other for other in KINDS if shelf.holds(other, movie.pk)]
    try:
        shelf.put(kind, movie, on=on)
        for other in request.GET.getlist("restore"):
            if other in KINDS:
                shelf.put(other, movie, on=True)
    except Gone as problem:
        raise Http404 from problem
    lost = [other for other in before if other != kind and not shelf.holds(other, movie.pk)]
    done = str(_DONE[kind, on]) % {"film": movie.text_in()[0]}
    undo = _undo(kind, movie, on=not on, restore=lost)
    if request.htmx:
        return render(request, "catalog/_put.html", {"movie": movie, "done": done, "undo": undo})
    messages.success(request, format_html("{} {}", done, undo))
    return HttpResponseRedirect(_back(request, movie))


def _undo(kind: str, movie: Movie, *, on: bool, restore: list[str]) -> SafeString:
    """A button that takes a press back, and with it what the press swept aside (a seen film leaves the watchlist)."""
    if kind == LIKED:
        address, name = reverse("catalog:like", args=[movie.pk]), "liked"
    else:
        address, name = reverse("catalog:mark", args=[movie.pk, kind]), "on"
    if restore:
        address += f"?{urlencode({'restore': restore}, doseq=True)}"
    button = '<button class="link" form="shelf-form" formaction="{}" name="{}" value="{}">{}</button>'
    return format_html(button, address, name, "1" if on else "0", _("Undo"))


def _back(request: HttpRequest, movie: Movie) -> str:
    """The card where the press came from; else the film."""
    address = next_address(request)
    return f"{address.split('#')[0]}#film-{movie.pk}" if address else movie.get_absolute_url()


@require_safe
def my_films(request: HttpRequest) -> HttpResponse:
    """The films of one tab, searched and sorted, with what the likes have in common."""
    shelf = shelf_of(request)
    tab = request.GET.get("tab", LIKED)
    if tab not in KINDS:
        return redirect("catalog:my_films")
    form = ShelfForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    ids = _chosen(shelf[tab], wanted)
    page = Paginator(ids, PER_PAGE).get_page(request.GET.get("page"))
    movies = Movie.objects.listed().for_cards().in_bulk(list(page.object_list))
    context = {
        "tab": tab,
        "tabs": [(kind, label, len(shelf[kind])) for kind, label in TABS.items()],
        "form": form,
        "movies": [movies[pk] for pk in page.object_list if pk in movies],
        "page": page.number,
        "before": form.address(tab, page.number - 1) if page.has_previous() else "",
        "after": form.address(tab, page.number + 1) if page.has_next() else "",
        "only_here": not request.user.is_authenticated and any(shelf[kind] for kind in KINDS),
        "taste": taste_of(shelf[LIKED]) if len(shelf[LIKED]) >= WORTH_A_PROFILE else {},
    }
    return render(request, "catalog/my_films.html", context)


def _chosen(ids: list[int], wanted: dict[str, Any]) -> list[int]:
    """The films of a shelf that match the search, in the order asked for."""
    if not wanted.get("q") and not wanted.get("sort"):
        return ids
    found = browse({"q": wanted.get("q"), "sort": wanted.get("sort") or "title"}).filter(pk__in=ids)
    if wanted.get("sort"):
        return list(found.values_list("pk", flat=True))
    matching = set(found.values_list("pk", flat=True))
    return [pk for pk in ids if pk in matching]
