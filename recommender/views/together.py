"""Movie night: open an evening, invite, choose together, and show the result."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.forms import MarkForm
from catalog.models import Movie
from catalog.requests import HtmxRequest
from catalog.shelf import LIKED, shelf_of
from recommender.forms_together import NightForm, OpenForm, SeatForm
from recommender.models import Night
from recommender.together import evenings
from recommender.together.access import Seat, opened_today, remember, seat_of, seats_of
from recommender.together.evening import evening_of, films_for
from recommender.together.evenings import FEWEST_LIKES, NIGHTS_A_DAY, Newcomer, Refused

View = Callable[..., HttpResponse]


def behind_a_link(view: View) -> View:
    """For pages that a secret address leads to: no cache keeps them, no search engine lists them."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Night.DoesNotExist as problem:  # its host ended it, or sent somebody away, at this very moment
            raise Http404 from problem
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def together(request: HttpRequest) -> HttpResponse:
    """Your evenings, and a form for another one."""
    form = OpenForm(request.POST if request.method == "POST" else None, initial=_usual(request))
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("recommender:night", _opened(request, form).token)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    seats = seats_of(request).filter(night__in=Night.objects.alive()).select_related("night")
    context = {
        "form": form,
        "seats": seats.annotate(people=Count("night__guests")).order_by("-night__created_at"),
        "likes_left": max(0, FEWEST_LIKES - len(shelf_of(request)[LIKED])),
    }
    return render(request, "recommender/together.html", context)


def _opened(request: HttpRequest, form: OpenForm) -> Night:
    if opened_today(request) >= NIGHTS_A_DAY:
        raise Refused(_("You opened ten evenings within a day. Use one of them, or come back tomorrow."))
    night, host = evenings.open_night(_newcomer(request, form), form.profiles())
    remember(request, host)
    if form.cleaned_data["friends"]:
        evenings.invite(night)
    return night


def _usual(request: HttpRequest) -> dict[str, Any]:
    name = request.user.display_name if request.user.is_authenticated else ""
    return {"name": name[: SeatForm.base_fields["name"].max_length], "leaves_out_seen": True}  # type: ignore[attr-defined]


def _newcomer(request: HttpRequest, form: SeatForm) -> Newcomer:
    user = request.user if request.user.is_authenticated else None
    return Newcomer(form.cleaned_data["name"], user, shelf_of(request), form.cleaned_data["leaves_out_seen"])


@require_http_methods(["GET", "HEAD", "POST"])
@behind_a_link
def join(request: HttpRequest, invitation: str) -> HttpResponse:
    """What an invited friend agrees to, and the press that takes them in."""
    night_ = Night.objects.inviting(invitation).first()
    if night_ is None:
        return render(request, "recommender/together_gone.html", status=404)
    if seats_of(request).filter(night=night_).exists():
        return redirect("recommender:night", night_.token)
    form = SeatForm(request.POST if request.method == "POST" else None, initial=_usual(request))
    if request.method == "POST" and form.is_valid():
        try:
            remember(request, evenings.join(night_, _newcomer(request, form)))
            return redirect("recommender:night", night_.token)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    likes_left = max(0, FEWEST_LIKES - len(shelf_of(request)[LIKED]))
    host = night_.guests.filter(is_host=True).first()
    context = {"form": form, "night": night_, "host": host, "likes_left": likes_left}
    return render(request, "recommender/together_join.html", context)


@require_safe
@behind_a_link
def night(request: HtmxRequest, token: str) -> HttpResponse:
    """The films that suit everybody, for those who take part."""
    return _page(request, _seat(request, token), NightForm(request.GET))


def _page(request: HtmxRequest, seat: Seat, form: NightForm) -> HttpResponse:
    address = reverse("recommender:night", args=[seat.night.token])
    context = {"form": form, "evening": evening_of(seat, form, request), "me": seat.me, "address": address}
    template = "recommender/_together_films.html" if request.htmx else "recommender/together_night.html"
    response = render(request, template, context)
    if request.htmx:
        response["HX-Replace-Url"] = address + form.address(form.page())
    patch_vary_headers(response, ["HX-Request"])
    return response


def _seat(request: HttpRequest, token: str, *, host: bool = False) -> Seat:
    """The seat of whoever sends the request; strangers do not even learn that there is such an evening."""
    seat = seat_of(request, token)
    if seat is None or (host and not seat.me.is_host):
        raise Http404
    return seat


@require_POST
@behind_a_link
def veto(request: HtmxRequest, token: str, pk: int) -> HttpResponse:
    """Take a film off the table, or put one's own veto back."""
    seat = _seat(request, token)
    movie = get_object_or_404(Movie.objects.listed(), pk=pk)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Send on=1 or on=0."))
    try:
        evenings.veto(seat.me, movie, on=form.cleaned_data["on"])
    except Refused as refusal:
        messages.error(request, str(refusal))
    if request.htmx:
        return _page(request, seat, _state(request))
    return HttpResponseRedirect(_address(request, token))


@require_POST
@behind_a_link
def invite(request: HttpRequest, token: str) -> HttpResponse:
    """A fresh invitation link, or none any more; the host decides."""
    seat = _seat(request, token, host=True)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Send on=1 or on=0."))
    if not form.cleaned_data["on"]:
        evenings.withdraw(seat.night)
        messages.success(request, _("The invitation link does not work any more."))
        return HttpResponseRedirect(_address(request, token))
    try:
        evenings.invite(seat.night)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(_address(request, token))


@require_POST
@behind_a_link
def share(request: HttpRequest, token: str) -> HttpResponse:
    """Keep the films on the page as the result that a link shows, or take the link back; the host decides."""
    seat = _seat(request, token, host=True)
    sent = MarkForm(request.POST)
    if not sent.is_valid():
        return HttpResponseBadRequest(_("Send on=1 or on=0."))
    if sent.cleaned_data["on"]:
        evenings.share(seat.night, [choice.movie_id for choice in films_for(seat, _state(request)).films])
    else:
        evenings.unshare(seat.night)
        messages.success(request, _("The link to the result does not work any more."))
    return HttpResponseRedirect(_address(request, token))


@require_POST
@behind_a_link
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Give a seat back with all that was kept for it; when the host goes, the evening is over."""
    seat = _seat(request, token)
    asked = request.POST.get("guest", str(seat.me.pk))
    leaving = next((guest for guest in seat.guests if str(guest.pk) == asked), None)
    if leaving is None or (leaving != seat.me and not seat.me.is_host):
        raise Http404
    with transaction.atomic():
        evenings.held(seat.night)
        (seat.night if leaving.is_host else leaving).delete()
    if leaving.is_host:
        messages.success(request, _("The evening is over, and everything kept for it is deleted."))
        return redirect("recommender:together")
    if leaving == seat.me:
        messages.success(request, _("You left. Nothing of yours is kept for this evening."))
        return redirect("recommender:together")
    return HttpResponseRedirect(_address(request, token))


@require_safe
@behind_a_link
def shared(request: HttpRequest, result: str) -> HttpResponse:
    """The result as anybody with the link sees it: films and the names of the evening, nothing else."""
    night_ = Night.objects.shared(result).first()
    if night_ is None:
        return render(request, "recommender/together_gone.html", status=404)
    movies = Movie.objects.listed().for_cards().in_bulk(night_.result_films)
    context = {
        "movies": [movies[pk] for pk in night_.result_films if pk in movies],
        "names": [guest.name for guest in night_.guests.all()],
    }
    return render(request, "recommender/together_shared.html", context)


def _state(request: HttpRequest) -> NightForm:
    """The form as it stood on the page from which something was pressed."""
    return NightForm(QueryDict(request.POST.get("state", "").lstrip("?")))


def _address(request: HttpRequest, token: str) -> str:
    form = _state(request)
    return reverse("recommender:night", args=[token]) + form.address(form.page())
