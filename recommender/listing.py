"""One list of suggestions as a page shows it: cards, headline, what was understood, ways out, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.names import shown_genre
from catalog.shelf import Shelf
from recommender import reasons
from recommender.film_ids import read_ids, write_ids
from recommender.forms import ME, NOBODY, WishForm
from recommender.services import Answer, Basis, recommend
from recommender.understanding import Kind, Understood, tidy

PER_PAGE = 24
MOST_SHOWN = 20 * PER_PAGE  # films in one list; whoever wants more does better with another wish
FEW = 6


@dataclass(frozen=True)
class Chip:
    """Something in force that one press takes away, and the address without it."""

    label: str
    address: str
    is_exclusion: bool = False


@dataclass(frozen=True)
class Listing:
    """Everything that the results beneath the form show."""

    form: WishForm
    answer: Answer
    cards: list[reasons.Card]
    owner: str
    headline: str
    chips: list[Chip]
    loosen: list[Chip]
    more: str  # address of the next films, empty at the end
    address: str  # the canonical address of this list
    has_likes: bool


def listing(form: WishForm, request: HttpRequest, shelf: Shelf) -> Listing:
    """Answer a valid form. The request names the films already shown, so that none comes twice and none is lost."""
    wish = form.wish(shelf)
    shown = read_ids(request.GET.get("shown", ""), MOST_SHOWN)
    answer = recommend(replace(wish, hidden=wish.hidden | set(shown)), top=PER_PAGE)
    owner = "" if form.taste_of in (ME, NOBODY) else form.taste_of
    ids = [suggestion.movie.pk for suggestion in answer.suggestions]
    more = ""
    if answer.total > len(ids) and len(shown) + len(ids) < MOST_SHOWN:
        address = form.address()
        more = f"{address}{'&' if address else '?'}shown={write_ids([*shown, *ids])}"
    return Listing(
        form=form,
        answer=answer,
        cards=reasons.cards(answer.suggestions, owner=owner, are_chosen=bool(form.cleaned_data["like"])),
        owner=owner,
        headline=_headline(answer.basis, owner, are_chosen=bool(form.cleaned_data["like"])),
        chips=[*(_chip(form, piece, answer.understood) for piece in answer.understood), *_chosen(form)],
        loosen=_loosen(form) if len(shown) + answer.total < FEW else [],
        more=more,
        address=form.address() or "?",
        has_likes=bool(wish.liked),
    )


def _headline(basis: Basis, owner: str, *, are_chosen: bool) -> str:
    if basis == Basis.POPULAR:
        return _("Popular films")
    if basis == Basis.REQUEST:
        return _("Films for what you asked")
    if are_chosen:
        return _("Films like the chosen ones") if basis == Basis.TASTE else _("Like the chosen films, for your words")
    if owner:
        kind = _("Films for the taste “{owner}”") if basis == Basis.TASTE else _("“{owner}” and your words")
        return kind.format(owner=owner)
    return _("Films for your taste") if basis == Basis.TASTE else _("Films for your taste and your words")


def _chip(form: WishForm, piece: Understood, pieces: Sequence[Understood]) -> Chip:
    """What was understood of the words, with the words taken out of the request."""
    text = form.cleaned_data["q"]
    at = text.lower().find(piece.text.lower())
    if at >= 0:
        left = f"{text[:at]} {text[at + len(piece.text) :]}"
    else:  # the words that remain once all else is taken out need not stand together in the request
        left = " ".join(other.text for other in pieces if other.kind not in (piece.kind, Kind.PERSON))
    is_exclusion = piece.kind in (Kind.WITHOUT_GENRE, Kind.WITHOUT_WORD)
    name = shown_genre(piece.label) if piece.kind in (Kind.GENRE, Kind.WITHOUT_GENRE) else piece.label
    label = _("without %(what)s") % {"what": name} if is_exclusion else name
    return Chip(label, form.address(q=tidy(left)) or "?", is_exclusion)


def _chosen(form: WishForm) -> list[Chip]:
    """What was chosen on other pages: a region of the map, films to go by."""
    chips = []
    if films := form.cleaned_data["like"]:
        label = ngettext("like %(n)d chosen film", "like %(n)d chosen films", len(films)) % {"n": len(films)}
        chips.append(Chip(label, form.address(like="") or "?"))
    if form.cleaned_data["region"]:
        chips.append(Chip(_("only from a region of the map"), form.address(region=None) or "?"))
    return chips


def _loosen(form: WishForm) -> list[Chip]:
    """One way out for each filter in use."""
    data = form.cleaned_data
    ways: list[tuple[bool, str, dict[str, Any]]] = [
        (bool(data["year_from"] or data["year_to"]), _("any year"), {"year_from": None, "year_to": None}),
        (bool(data["longest"]), _("any length"), {"longest": None}),
        (bool(data["country"]), _("any country"), {"country": []}),
        (bool(data["genre"]), _("any genre"), {"genre": []}),
        (bool(data["without"]), _("no genre left out"), {"without": []}),
        (bool(data["region"]), _("anywhere on the map"), {"region": None}),
        (bool(data["q"]), _("without the words"), {"q": ""}),
    ]
    return [Chip(label, form.address(**change) or "?") for in_use, label, change in ways if in_use]
