"""Whose taste the page of a taste shows: the visitor's own, or a demo profile's where the site lends them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from recommender import choices
from recommender.forms import ME


class TasteForm(forms.Form):
    """Anybody else's taste is refused."""

    taste = forms.ChoiceField(label=_("Whose taste"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        lent = choices.demo_profiles() if settings.DEMO_MODE else []
        self._names = {str(pk): name for pk, name in lent}
        self.fields["taste"].choices = [(ME, _("Mine")), *self._names.items()]  # type: ignore[attr-defined]

    @property
    def is_lent(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self._names)

    @property
    def profile(self) -> int | None:
        """Id of the demo profile that was chosen, if one was."""
        taste = self.cleaned_data["taste"] if self.is_valid() else ""
        return int(taste) if taste in self._names else None

    @property
    def owner(self) -> str:
        """Its name, or nothing for the visitor's own taste."""
        return self._names.get(str(self.profile), "")
