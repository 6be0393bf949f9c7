"""Search, filters and order of the browse page; their state is the address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.search import SORTS
from recommender import choices

LAST_PAGE = 100  # beyond it a search is quicker than leafing


class BrowseForm(forms.Form):
    """What to look for in the catalogue."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    genre = forms.TypedChoiceField(label=_("Genre"), required=False, coerce=int, empty_value=None)
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=list(SORTS.items()))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["genre"].choices = [("", _("All genres")), *choices.genres()]  # type: ignore[attr-defined]

    def page(self) -> int:
        """The page asked for; nonsense is the first one."""
        asked = str(self.data.get("page", ""))
        return min(max(1, int(asked)), LAST_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1

    def address(self, page: int) -> str:
        """The same search on another page."""
        data = self.cleaned_data if self.is_valid() else {}
        state = {name: value for name, value in data.items() if value}
        if page > 1:
            state["page"] = page
        return f"?{urlencode(state)}" if state else "?"
