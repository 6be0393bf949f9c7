"""What the search box looks through: one line of folded words for each film, kept beside it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.films import Movie


class SearchEntry(models.Model):
    """A film's titles in every language, its people, keywords and year: lower case, without accents and marks.

    A database's own comparison ignores the case of Latin letters at best; folded words are alike in every script.
    """

    movie = models.OneToOneField(
        Movie, models.CASCADE, verbose_name=_("film"), related_name="search_entry", primary_key=True
    )
    # The main title folded: films with the same one within a year of each other are likely the same film.
    title_key = models.CharField(_("title, folded"), max_length=300, db_index=True, default="")
    titles = models.TextField(_("titles"))
    words = models.TextField(_("words"))
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")

    def __str__(self) -> str:
        return self.titles.strip()
