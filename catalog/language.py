"""Which language a page or a letter speaks: the account’s, else this browser’s choice, else what it prefers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from catalog.models import User

# The same for everybody, or with the language in the address: caches need not keep them apart, nor a session be read.
_WORDLESS = ("/posters/", "/media/", "/map/points/", "/map/titles/")


class BrowserLanguage(LocaleMiddleware):
    """Speak the language of the visitor's cookie, else of the browser; early, so that refusals speak it, too."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(_WORDLESS):
            return response
        return super().process_response(request, response)


def account_language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Speak the language that the account is kept in, wherever its owner logs in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(_WORDLESS) and (language := language_of(request.user)):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return get_response(request)

    return middleware


def language_of(user: User | AnonymousUser) -> str:
    """The language that an account is kept in; empty where the browser decides."""
    language: str = user.language if user.is_authenticated else ""
    return language if language in dict(settings.LANGUAGES) else ""


def speaking_to(user: User | AnonymousUser) -> translation.override:
    """A context in which texts are in the language of their recipient, for letters and for work done later."""
    return translation.override(language_of(user) or translation.get_language())


def adopt_language(request: HttpRequest, user: User) -> None:
    """Keep the language chosen in this browser in an account that has none yet."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if not user.language and chosen in dict(settings.LANGUAGES):
        _keep_in_account(user, chosen)


def remember_language(request: HttpRequest, response: HttpResponse, language: str) -> None:
    """Keep a choice: in a cookie for this browser, and in the account of whoever is logged in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
    )
    if request.user.is_authenticated:
        _keep_in_account(request.user, language)


def _keep_in_account(user: User, language: str) -> None:
    """In the account, unless it was deleted meanwhile."""
    user.language = language
    get_user_model().objects.filter(pk=user.pk).update(language=language)
