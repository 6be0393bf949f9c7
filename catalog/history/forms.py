"""What visitors send about an import: the file, how its ratings are read, and which film is meant."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.history.rule import Rule
from catalog.history.unpack import LARGEST_UPLOAD, too_large
from catalog.models import HistoryImport, HistoryRow
from catalog.shelf import LIKED, SEEN, WATCHLIST

NEVER = ""
_LIKED_FROM = (5.0, 4.5, 4.0, 3.5, 3.0, 2.5)
_HIDDEN_TO = (0.5, 1.0, 1.5, 2.0, 2.5)
SCALES = [("5", _("stars, 5 is the best")), ("10", _("points, 10 is the best")), ("100", _("points, 100 is the best"))]
PLAIN = [
    (SEEN, pgettext_lazy("films", "Seen")),
    (LIKED, pgettext_lazy("films", "Liked")),
    (WATCHLIST, _("Watchlist")),
]


class UploadForm(forms.Form):
    """One file, not empty and not larger than any honest export."""

    file = forms.FileField(
        label=_("Your export"),
        help_text=format_lazy(_("A ZIP, CSV or JSON file of at most {most} MB."), most=LARGEST_UPLOAD >> 20),
        error_messages={
            "required": _("Choose a file first."),
            "empty": _("The file is empty."),
            "max_length": _("The name of the file is too long. Give it a shorter one."),
        },
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".zip,.csv,.tsv,.txt,.json"}),
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_UPLOAD:
            raise ValidationError(too_large())
        return file


class RuleForm(forms.Form):
    """How ratings become shelves."""

    scale = forms.ChoiceField(label=_("Ratings in this file are"), choices=SCALES)
    like_from = forms.TypedChoiceField(label=_("A like from"), required=False, coerce=float, empty_value=None)
    hidden_to = forms.TypedChoiceField(label=_("Not for me up to"), required=False, coerce=float, empty_value=None)
    rated_is_seen = forms.BooleanField(label=_("What is rated is seen"), required=False)
    plain = forms.ChoiceField(label=_("Films without a rating are"), choices=PLAIN)

    def __init__(self, history: HistoryImport, *args: Any, has_ratings: bool = True, **kwargs: Any) -> None:
        self._rule = Rule.read(history.rule)
        stored = self._rule.stored()
        initial = {name: NEVER if value is None else value for name, value in stored.items()}
        kwargs["initial"] = initial | {"scale": f"{self._rule.scale:g}"}
        super().__init__(*args, **kwargs)
        if "plain" not in history.asks:
            del self.fields["plain"]
        if "scale" not in history.asks:
            del self.fields["scale"]
        for name, limits in (("like_from", _LIKED_FROM), ("hidden_to", _HIDDEN_TO)):
            if has_ratings:
                self.fields[name].choices = [*((limit, self._words(limit)) for limit in limits), (NEVER, _("never"))]  # type: ignore[attr-defined]
            else:
                del self.fields[name]
        if not has_ratings:
            del self.fields["rated_is_seen"]
            self.fields.pop("scale", None)

    def _words(self, stars: float) -> str:
        if self._rule.scale == 5 or "scale" in self.fields:
            return _("%(rating)s of 5 stars") % {"rating": f"{stars:g}"}
        return _("%(rating)s of %(scale)s") % {
            "rating": f"{stars * self._rule.scale / 5:g}",
            "scale": f"{self._rule.scale:g}",
        }

    def rule(self) -> Rule:
        """The rule that was sent; what the form did not ask stays as it was."""
        return Rule.read(self._rule.stored() | self.cleaned_data | self._scale())

    def _scale(self) -> dict[str, float]:
        return {"scale": float(self.cleaned_data["scale"])} if "scale" in self.cleaned_data else {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        like_from, hidden_to = data.get("like_from"), data.get("hidden_to")
        if like_from is not None and hidden_to is not None and hidden_to >= like_from:
            self.add_error("hidden_to", _("This has to be less than what counts as a like."))
        return data


class ChoiceForm(forms.Form):
    """Which film a doubtful row means: one of its candidates, none of them, or nothing said yet."""

    NONE = "none"

    def __init__(self, row: HistoryRow, *args: Any, **kwargs: Any) -> None:
        kwargs["prefix"] = f"row-{row.pk}"
        super().__init__(*args, **kwargs)
        choices = [(str(pk), str(pk)) for pk in row.candidates]
        self.fields["film"] = forms.ChoiceField(choices=[*choices, (self.NONE, self.NONE)], required=False)

    @property
    def said(self) -> bool:
        """Whether a choice was made."""
        return bool(self.cleaned_data.get("film"))

    @property
    def film(self) -> int | None:
        """The chosen film, or None for none of them."""
        value = self.cleaned_data["film"]
        return None if value == self.NONE else int(value)
