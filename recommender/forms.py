"""The preference form: whose taste, which words, which filters. Its state is the address, so it can be shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.models import Like, Movie, User
from catalog.models.films import FIRST_YEAR, LAST_YEAR
from catalog.shelf import HIDDEN, LIKED, SEEN, Shelf
from recommender import choices
from recommender.film_ids import read_ids, write_ids
from recommender.regions import Region
from recommender.wishes import Wish

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

ME, NOBODY = "me", "nobody"
LONGEST_REQUEST = 500  # characters
MOST_CHOSEN = 40  # films that an address may name as a taste
DIAL_STEPS = 2  # to either side of the middle: popular films on the left, hidden gems on the right

LENGTHS = [(90, _("up to 1½ hours")), (120, _("up to 2 hours")), (150, _("up to 2½ hours")), (180, _("up to 3 hours"))]


def _year(label: Any) -> forms.IntegerField:
    """A year, typed into a text field: one that takes digits only would lose what was mistyped."""
    digits = forms.TextInput(attrs={"inputmode": "numeric", "size": 4})
    return forms.IntegerField(
        label=label, required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR, widget=digits, localize=False
    )


class Films(list[int]):
    """Ids of films that an address names."""

    def __str__(self) -> str:
        return write_ids(self)


class RegionField(forms.CharField):
    """A rectangle of the film map, chosen there and nowhere else."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=100, widget=forms.HiddenInput)

    def clean(self, value: Any) -> Region | None:
        """The region, or None where none was chosen."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return Region.read(text)
        except ValueError as problem:
            raise ValidationError(_("This region of the map cannot be read. Choose it on the map again.")) from problem


class WishForm(forms.Form):
    """What a visitor would like to see. Every field may stay empty; what is not offered is refused."""

    taste = forms.ChoiceField(label=_("Whose taste"), required=False)
    profile = forms.CharField(label=_("Or any profile, by log-in name"), required=False, max_length=150)
    q = forms.CharField(label=_("What are you in the mood for?"), required=False, max_length=LONGEST_REQUEST)
    genre = forms.TypedMultipleChoiceField(label=_("Genres"), required=False, coerce=int)
    without = forms.TypedMultipleChoiceField(label=_("Without these genres"), required=False, coerce=int)
    country = forms.TypedMultipleChoiceField(label=_("Countries"), required=False, coerce=int)
    year_from = _year(_("From year"))
    year_to = _year(_("To year"))
    longest = forms.TypedChoiceField(
        label=_("Length"), required=False, coerce=int, empty_value=None, choices=[("", _("any length")), *LENGTHS]
    )
    dial = forms.IntegerField(
        label=_("How well known"), required=False, min_value=-DIAL_STEPS, max_value=DIAL_STEPS, localize=False
    )
    seen = forms.BooleanField(label=_("Films I have seen too"), required=False)
    # Chosen on the film map and on the page of one's taste; here they can only be taken away.
    region = RegionField()
    like = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, viewer: User | AnonymousUser) -> None:
        super().__init__(data)
        self._viewer = viewer
        self._borrowed: User | None = None
        self.fields["taste"].choices = self._tastes()  # type: ignore[attr-defined]
        for name in ("genre", "without"):
            self.fields[name].choices = choices.genres()  # type: ignore[attr-defined]
        self.fields["country"].choices = choices.countries()  # type: ignore[attr-defined]
        if not viewer.is_staff:
            del self.fields["profile"]

    def _tastes(self) -> list[tuple[str, Any]]:
        offered: list[tuple[str, Any]] = [(ME, _("Mine")), (NOBODY, _("Nobody’s: only what I ask for"))]
        if settings.DEMO_MODE:
            offered += [(str(pk), name) for pk, name in choices.demo_profiles()]
        return offered

    def clean_profile(self) -> str:
        """Staff may look through the eyes of any profile."""
        name: str = self.cleaned_data["profile"]
        if name:
            self._borrowed = User.objects.filter(username__iexact=name, is_active=True).first()
            if self._borrowed is None:
                raise ValidationError(_("There is no profile with this log-in name."), code="unknown")
        return name

    def clean_like(self) -> Films:
        """Films to go by instead of a taste: those of them that visitors may see."""
        ids = read_ids(self.cleaned_data["like"], MOST_CHOSEN)
        seen = set(Movie.objects.listed().filter(pk__in=ids).values_list("pk", flat=True)) if ids else ()
        return Films(pk for pk in ids if pk in seen)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("year_from"), data.get("year_to")
        if first and last and first > last:
            self.add_error("year_to", _("The last year lies before the first one."))
        both = set(data.get("genre", ())) & set(data.get("without", ()))
        if both:
            self.add_error("without", _("A genre cannot be wanted and unwanted at once."))
        return data

    @property
    def taste_of(self) -> str:
        """ "me", "nobody", or the name of the profile whose taste is borrowed."""
        if self._borrowed is not None:
            return str(self._borrowed)
        taste = self.cleaned_data["taste"] or ME
        return str(dict(self._tastes())[taste]) if taste not in (ME, NOBODY) else taste

    def wish(self, shelf: Shelf) -> Wish:
        """The wish behind the valid form, for a visitor with this shelf."""
        data = self.cleaned_data
        hidden = {*shelf[HIDDEN], *(() if data["seen"] else shelf[SEEN])}
        liked = data["like"] or self._liked(shelf)
        if liked is not shelf[LIKED]:
            hidden |= {*shelf[LIKED]}  # somebody else's taste, but not to be told of one's own favourites
        return Wish(
            liked=tuple(liked),
            text=data["q"],
            genres=tuple(data["genre"]),
            without_genres=tuple(data["without"]),
            countries=tuple(data["country"]),
            year_from=data["year_from"],
            year_to=data["year_to"],
            longest=data["longest"],
            hidden=frozenset(hidden),
            dial=(data["dial"] or 0) / DIAL_STEPS,
            region=data["region"],
        )

    def _liked(self, shelf: Shelf) -> list[int]:
        taste = self.cleaned_data["taste"]
        if self._borrowed is None and taste in ("", ME):
            return shelf[LIKED]
        if self._borrowed is None and taste == NOBODY:
            return []
        owner = self._borrowed.pk if self._borrowed is not None else int(taste)
        return list(Like.objects.filter(user=owner).newest_first().values_list("movie_id", flat=True))

    def address(self, **changes: Any) -> str:
        """The state of the valid form as a query string, leaving out what is as usual; `changes` replace fields."""
        data = {**self.cleaned_data, **changes}
        usual = {"taste": ME}
        state = {name: _in_address(value) for name, value in data.items() if value and value != usual.get(name)}
        return f"?{urlencode(state, doseq=True)}" if state else ""

    @property
    def narrowed(self) -> int:
        """How many of the folded filters are in use."""
        data = self.cleaned_data if self.is_valid() else {}
        return sum(
            bool(data.get(name)) for name in ("without", "country", "year_from", "year_to", "longest", "dial", "seen")
        )


def _in_address(value: Any) -> Any:
    """A field's value as a query string carries it."""
    if value is True:
        return "1"
    return str(value) if isinstance(value, (Films, Region)) else value
