"""Search, filters and order of the browse page; their state is the address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models.films import FIRST_YEAR, LAST_YEAR
from catalog.search import SORTS, Counts
from recommender import choices

LAST_PAGE = 100  # beyond it a search is quicker than leafing
_DECADES = range(FIRST_YEAR // 10 * 10, LAST_YEAR, 10)


class BrowseForm(forms.Form):
    """What to look for in the catalogue."""

    q = forms.CharField(
        label=_("Title, name or keyword"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    genre = forms.TypedChoiceField(label=_("Genre"), required=False, coerce=int)
    decade = forms.TypedChoiceField(label=_("Decade"), required=False, coerce=int)
    country = forms.TypedChoiceField(label=_("Country"), required=False, coerce=int)
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=list(SORTS.items()))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self._offer("genre", _("All genres"), choices.genres())
        self._offer("decade", _("All years"), [(year, f"{year}–{year + 9}") for year in reversed(_DECADES)])
        self._offer("country", _("All countries"), choices.countries())

    def count(self, counts: Counts | None) -> None:
        """Show how many films each filter would leave; what would leave none is not offered, unless it is chosen."""
        if counts is None:
            years = [(year, f"{year}–{year + 9}") for year in reversed(_DECADES) if 1900 <= year <= 2020]
            self._offer("decade", _("All years"), years)
            return
        for name, numbers in (("genre", counts.genres), ("decade", counts.decades)):
            field = self.fields[name]
            chosen = self.cleaned_data.get(name) if self.is_valid() else None
            (_empty, every), *rest = field.choices  # type: ignore[attr-defined]
            kept = [(value, label) for value, label in rest if value in numbers or value == chosen]
            self._offer(name, every, [(value, f"{label} ({numbers.get(value, 0)})") for value, label in kept])

    def _offer(self, name: str, every: Any, rest: list[tuple[int, str]]) -> None:
        self.fields[name].choices = [("", every), *rest]  # type: ignore[attr-defined]

    def page(self) -> int:
        """The page asked for; nonsense is the first one."""
        asked = str(self.data.get("page", ""))
        return min(max(1, int(asked)), LAST_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1

    def address(self, page: int = 1, **changes: Any) -> str:
        """The same search, on another page or with other words."""
        data = {**(self.cleaned_data if self.is_valid() else {}), **changes}
        state = {name: value for name, value in data.items() if value}
        if page > 1:
            state["page"] = page
        return f"?{urlencode(state)}" if state else "?"
