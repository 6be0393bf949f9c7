"""Film cards, posters and small things that every page needs."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from catalog.forms import THEMES
from catalog.models import Movie
from catalog.names import shown_country, shown_genre
from catalog.shelf import KINDS, shelf_of
from recommender.cards import CARD, actions_html, card_html, poster_html
from recommender.reasons import Card

register = template.Library()


@register.filter
def title_here(movie: Movie) -> str:
    """A film's title in the page's language."""
    return movie.title_in()


@register.filter
def text_here(movie: Movie) -> str:
    """A film's description in the page's language."""
    return movie.text_in()[1]


@register.filter
def genre_here(name: str) -> str:
    """A genre's name in the page's language."""
    return shown_genre(name)


@register.filter
def country_here(name: str) -> str:
    """A country's name in the page's language."""
    return shown_country(name)


@register.simple_tag
def poster(movie: Movie, alt: str = "", *, eager: bool = False, shown_at: str = CARD) -> SafeString:
    """A film's poster; beside its title it needs no other words."""
    return poster_html(movie, alt, eager=eager, shown_at=shown_at)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture from our sheet of icons; it says nothing to screen readers, its button does."""
    picture = '<svg class="icon" aria-hidden="true" width="20" height="20"><use href="{}#{}"/></svg>'
    return format_html(picture, static("icons.svg"), name)


@register.simple_tag(takes_context=True)
def film_card(context: dict[str, Any], film: Card | Movie, *, eager: bool = False) -> SafeString:
    """A film with poster, title, one line of why, and what can be done with it."""
    card = film if isinstance(film, Card) else Card(film)
    return card_html(card, _pressed(context, card.movie), eager=eager)


@register.simple_tag(takes_context=True)
def film_actions(context: dict[str, Any], movie: Movie, *, oob: bool = False) -> SafeString:
    """Like, watchlist, seen, not for me: pressed or not. With `oob` they replace those of the film on the page."""
    return actions_html(movie.pk, movie.title_in(), _pressed(context, movie), oob=oob)


def _pressed(context: dict[str, Any], movie: Movie) -> list[str]:
    """The parts of the visitor's shelf that hold the film."""
    shelf = shelf_of(context["request"])
    return [kind for kind in KINDS if shelf.holds(kind, movie.pk)]


@register.simple_tag
def boxes(field: BoundField, css: str = "") -> SafeString:
    """A field of several choices as boxes to press."""
    name, chosen = escape(field.html_name), {str(value) for value in field.value() or ()}
    found = (
        f'<label class="{css}"><input type="checkbox" name="{name}" value="{value}"'
        f"{' checked' if str(value) in chosen else ''}><span>{escape(label)}</span></label>"
        for value, label in field.field.choices  # type: ignore[attr-defined]
    )
    return mark_safe("".join(found))  # noqa: S308 (values are numbers, all else was escaped)


@register.simple_tag(takes_context=True)
def theme(context: dict[str, Any]) -> str:
    """The look that the visitor chose: light, dark, or auto."""
    request: HttpRequest | None = context.get("request")
    chosen = request.COOKIES.get("theme", "auto") if request else "auto"
    return chosen if chosen in dict(THEMES) else "auto"


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """The languages to choose from, each under its own name."""
    return list(settings.LANGUAGES)


@register.simple_tag
def themes() -> list[tuple[str, Any]]:
    """The looks to choose from."""
    return list(THEMES)
