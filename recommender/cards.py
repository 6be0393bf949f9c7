"""Draws film cards as HTML text.

A page shows up to sixty cards, each with the shares of its reason: through templates that was nine tenths of the page's
time. Here the addresses are worked out once, and the words once per language.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from catalog.models import Movie
from catalog.shelf import HIDDEN, LIKED, SEEN, WATCHLIST
from recommender.poster_address import page_language, poster_address
from recommender.reasons import Card, Part, Reason

_ANY_FILM = str(10**15)  # stands in an address where the film's number goes
CARD = "(max-width: 30rem) 50vw, 14rem"  # how wide a poster stands on a card
_CLASSES = {LIKED: "like", WATCHLIST: "watch", SEEN: "seen", HIDDEN: "away"}


def card_html(card: Card, pressed: Collection[str], *, eager: bool = False) -> SafeString:
    """A film with poster, title, one line of why, and what can be done with it; `pressed` are its shelves."""
    movie, pk, language = card.movie, card.movie.pk, page_language()
    title = escape(movie.title_in(language))
    year = f'<span class="card-year">{movie.year}</span>' if movie.year else ""
    return _safe(
        f'<li class="card" data-card id="film-{pk}">\n'
        f'<a class="card-link" href="{address("recommender:film", pk)}">{_poster(movie, language, "", eager)}'
        f'<span class="card-title">{title}</span>{year}</a>\n'
        f"{_why_line(card, title, language)}{_actions(pk, title, pressed, language)}</li>"
    )


def poster_html(movie: Movie, alt: str = "", *, eager: bool = False, shown_at: str = CARD) -> SafeString:
    """A film's poster; beside its title it needs no other words. `shown_at` tells browsers which size to take."""
    return _safe(_poster(movie, page_language(), alt, eager, shown_at))


def actions_html(pk: int, title: str, pressed: Collection[str], *, oob: bool = False) -> SafeString:
    """Like, watchlist, seen, not for me: pressed or not. With `oob` they replace those of the film on the page."""
    return _safe(_actions(pk, escape(title), pressed, page_language(), oob))


def address(name: str, pk: int, *more: str) -> str:
    """The address of a page about a film."""
    return _pattern(name, more).replace(_ANY_FILM, str(pk))


@lru_cache(maxsize=64)
def _pattern(name: str, more: tuple[str, ...]) -> str:
    # A poster's address begins with the language; all others with the film.
    return reverse(name, args=[*more, int(_ANY_FILM)] if name == "recommender:poster" else [int(_ANY_FILM), *more])


# From here on, titles and words are escaped already, and `language` is the page's: asking for it again and again
# would take as long as all the rest.


def _poster(movie: Movie, language: str, alt: str, eager: bool, shown_at: str = CARD) -> str:
    loading = "" if eager else ' loading="lazy"'
    sizes = ", ".join(f"{own} {width}w" for width, own in movie.poster_sizes.items()) if movie.poster else ""
    choice = f' srcset="{escape(sizes)}" sizes="{shown_at}"' if sizes else ""
    return (
        f'<img class="poster" src="{escape(poster_address(movie, language))}"{choice} alt="{escape(alt)}" width="300"'
        f' height="450"{loading} decoding="async">'
    )


def _actions(pk: int, title: str, pressed: Collection[str], language: str, oob: bool = False) -> str:
    """The icon of a button comes from its class, the visible word of a film's own page from its title."""
    hidden = " data-hidden" if HIDDEN in pressed else ""
    swap = f" data-hx-swap-oob=\"outerHTML:[data-actions='{pk}']\"" if oob else ""
    words = _words(language)
    buttons = "".join(_button(kind, pk, title, kind in pressed, words[kind]) for kind in _CLASSES)
    return f'<div class="actions" data-actions="{pk}"{hidden}{swap}>\n{buttons}</div>\n'


def _button(kind: str, pk: int, title: str, is_pressed: bool, word: str) -> str:
    where = address("catalog:like", pk) if kind == LIKED else address("catalog:mark", pk, kind)
    return (
        f'<button class="act {_CLASSES[kind]}" form="shelf-form" formaction="{where}"'
        f' name="{"liked" if kind == LIKED else "on"}" value="{"0" if is_pressed else "1"}"'
        f' aria-pressed="{"true" if is_pressed else "false"}" title="{word}" aria-label="{word} {title}"></button>\n'
    )


def _why_line(card: Card, title: str, language: str) -> str:
    if card.note:
        return f'<p class="why">{escape(card.note)}</p>\n'
    if card.reason is None:
        return ""
    if not card.reason.parts:
        return f'<p class="why">{card.reason.sentence}</p>\n'
    pk, word = card.movie.pk, _words(language)["why"]
    button = f'<button class="link" type="button" popovertarget="why-{pk}" aria-label="{word} {title}">{word}</button>'
    return f'<p class="why">{card.reason.sentence} {button}</p>\n{_why_popover(card.reason, pk, title, language)}'


def _why_popover(reason: Reason, pk: int, title: str, language: str) -> str:
    """The shares that add up to the score: as a bar, and one by one."""
    words = _words(language)
    heading = words["why this"] % {"title": title}
    closeness = words["close"] % {"closeness": escape(reason.closeness), "score": reason.score}
    bar = "".join(
        f'<rect class="b{number}" x="{part.start:g}" width="{part.length:g}" height="6"/>'
        for number, part in enumerate(reason.parts, 1)
    )
    shares = "".join(_share(number, part, language) for number, part in enumerate(reason.parts, 1))
    return (
        f'<div class="popover" id="why-{pk}" popover role="dialog" aria-label="{heading}">\n'
        f'<p class="popover-title">{heading}</p>\n<p>{closeness}</p>\n'
        f'<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">{bar}</svg>\n'
        f'<ul class="shares">{shares}\n'
        f'<li class="sum"><span>{words["together"]}</span><b>{reason.score}</b></li></ul>\n'
        f'<button class="button quiet small" popovertarget="why-{pk}" popovertargetaction="hide" type="button">'
        f"{words['dismiss']}</button>\n</div>\n"
    )


def _share(number: int, part: Part, language: str) -> str:
    if part.film is None:
        return f'<li class="b{number}"><span>{escape(part.label)}</span><b>{part.value}</b></li>'
    pk = part.film.pk
    poster = escape(part.film.poster) or address("recommender:poster", pk, language)
    return (
        f'<li class="b{number}"><img src="{poster}" alt="" width="30" height="45" loading="lazy">'
        f'<a href="{address("recommender:film", pk)}">{escape(part.label)}</a><b>{part.value}</b></li>'
    )


@lru_cache(maxsize=8)
def _words(language: str) -> Mapping[str, str]:
    """The words of a card in the page's language, which `language` names; escaped."""
    words = {
        LIKED: _("Like"),
        WATCHLIST: _("Watchlist"),
        SEEN: _("Seen"),
        HIDDEN: _("Not for me"),
        "why": _("Why"),
        "why this": _("Why %(title)s"),
        "close": _("It is %(closeness)s to what you asked: %(score)s on a scale from −1 to 1."),
        "together": _("Together"),
        "dismiss": _("Close"),
    }
    return {name: escape(word) for name, word in words.items()}


def _safe(html: str) -> SafeString:
    """Text of which every part from outside was escaped above."""
    return mark_safe(html)  # noqa: S308 (see above)
