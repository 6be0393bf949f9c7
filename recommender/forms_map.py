"""What the film map's address says: typed words, genres, a region, a film to fly to, a page of the list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from recommender import choices
from recommender.forms import LONGEST_REQUEST, RegionField
from recommender.regions import Region

LAST_PAGE = 2500


class MapForm(forms.Form):
    """The state of the map's page. Every field may stay empty."""

    q = forms.CharField(label=_("Where do these words lie?"), required=False, max_length=LONGEST_REQUEST)
    genre = forms.TypedMultipleChoiceField(label=_("Colours"), required=False, coerce=int)
    region = RegionField()
    film = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    page = forms.IntegerField(required=False, min_value=1, max_value=LAST_PAGE, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["genre"].choices = choices.genres()  # type: ignore[attr-defined]

    def address(self, **changes: Any) -> str:
        """The state as a query string, with some fields changed."""
        data = {**self.cleaned_data, "page": None, **changes}
        state = {name: str(value) if isinstance(value, Region) else value for name, value in data.items() if value}
        return f"?{urlencode(state, doseq=True)}"
