"""What hosts and guests of a movie night send: who comes, under which name, and what kind of film it shall be."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.models import User
from recommender import choices
from recommender.forms import LENGTHS, LONGEST_REQUEST
from recommender.models.nights import LONGEST_NAME
from recommender.together.evenings import MOST
from recommender.wishes import Wish

FAIREST = 4  # the last step of the slider from the average to least misery
USUALLY_FAIR = 3
LAST_PAGE = 10


class SeatForm(forms.Form):
    """A name for the evening, and whether known films may come up."""

    name = forms.CharField(
        label=_("Your name this evening"),
        max_length=LONGEST_NAME,
        help_text=_("The others see it, and whoever gets the link to the result."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    leaves_out_seen = forms.BooleanField(label=_("Leave out the films that I like or have seen"), required=False)

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name.isprintable():
            raise ValidationError(_("Use letters and digits for the name."), code="unprintable")
        return name


class OpenForm(SeatForm):
    """The host, and who else comes: demo profiles, or friends by a link."""

    profile = forms.TypedMultipleChoiceField(
        label=_("Demo profiles"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("This profile cannot be asked along. Take one from the list.")},
    )
    friends = forms.BooleanField(label=_("Friends join by a link"), required=False)
    field_order = ["name", "profile", "friends", "leaves_out_seen"]

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["profile"].choices = choices.demo_profiles() if settings.DEMO_MODE else []  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        people = 1 + len(data.get("profile", ()))
        if people == 1 and not data.get("friends") and "profile" not in self.errors:
            cure = _("An evening needs two people at least. Choose a profile, or let friends join by a link.")
            raise ValidationError(
                cure if settings.DEMO_MODE else _("Let friends join by a link: an evening needs two.")
            )
        if people > MOST or (people == MOST and data.get("friends")):
            raise ValidationError(_("Six people fit in, you and friends included. Choose fewer profiles."))
        return data

    def profiles(self) -> list[User]:
        """The chosen demo profiles, by name."""
        chosen = User.objects.filter(pk__in=self.cleaned_data["profile"], is_demo=True, is_active=True)
        return list(chosen.order_by("display_name", "username"))


class NightForm(forms.Form):
    """What kind of film, and how the tastes are weighed against each other. Its state is the address."""

    q = forms.CharField(label=_("What are you in the mood for?"), required=False, max_length=LONGEST_REQUEST)
    genre = forms.TypedMultipleChoiceField(label=_("Genres"), required=False, coerce=int)
    longest = forms.TypedChoiceField(
        label=_("Length"), required=False, coerce=int, empty_value=None, choices=[("", _("any length")), *LENGTHS]
    )
    fair = forms.IntegerField(label=_("Whom to please"), required=False, min_value=0, max_value=FAIREST, localize=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["genre"].choices = choices.genres()  # type: ignore[attr-defined]

    @property
    def fairness(self) -> int:
        """The step of the slider, in the middle of nonsense the usual one."""
        step = self.cleaned_data.get("fair") if self.is_valid() else None
        return USUALLY_FAIR if step is None else int(step)

    @property
    def misery(self) -> float:
        """From 0, the average, to 1, as good as for the one whom it suits least."""
        return self.fairness / FAIREST

    def wish(self) -> Wish:
        """The words and filters of the valid form."""
        data = self.cleaned_data
        return Wish(text=data["q"], genres=tuple(data["genre"]), longest=data["longest"])

    def page(self) -> int:
        """The page asked for; nonsense is the first one."""
        asked = str(self.data.get("page", ""))
        return min(max(1, int(asked)), LAST_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1

    def address(self, page: int = 1, **changes: Any) -> str:
        """The state of the form as a query string."""
        data = {**(self.cleaned_data if self.is_valid() else {}), **changes}
        state = {name: value for name, value in data.items() if value or value == 0}
        if state.get("fair") == USUALLY_FAIR:
            del state["fair"]
        if page > 1:
            state["page"] = page
        return f"?{urlencode(state, doseq=True)}" if state else ""
