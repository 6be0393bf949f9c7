"""Where other rooms and files plug into the films' admin, so that the catalogue need not know them.

Each is a plain list; whoever has something to add appends to it when their admin module is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalog.models import Movie


@dataclass(frozen=True)
class Tool:
    """A link above the list of films, for those who have the permission."""

    label: Any
    url_name: str
    permission: str = "catalog.view_movie"
    keeps_filters: bool = False  # whether it is about the films that the list shows right now


@dataclass(frozen=True)
class Figure:
    """One number of the health page; `address` leads to the list behind it."""

    label: Any
    count: int
    address: str
    is_fault: bool = True  # more than none is something to look after


@dataclass(frozen=True)
class Section:
    """Numbers of the health page that belong together."""

    title: Any
    figures: list[Figure]
    note: Any = ""


film_filters: list[Any] = []  # classes of list filters
film_actions: list[Callable[..., Any]] = []  # admin actions on selected films
film_panels: list[Callable[[HttpRequest, Movie], SafeString]] = []  # beneath the form of one film
film_tools: list[Tool] = []  # links above the list
health_sections: list[Callable[[], Section]] = []  # computed when the health page is opened
