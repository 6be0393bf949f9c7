"""Forms of the curators' workplace: keywords as text, texts that say something, profiles that cannot log in."""

from __future__ import annotations

import csv
from typing import Any

from django import forms
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.contrib.auth.hashers import is_password_usable, make_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.admin.posters import PosterField
from catalog.models import FilmText, Movie


def _quoted(word: str) -> str:
    return '"{}"'.format(word.replace('"', '""')) if "," in word or '"' in word else word


class KeywordsField(forms.CharField):
    """Words or short phrases with commas between them; one that has a comma itself stands in quotation marks."""

    widget = forms.Textarea(attrs={"rows": 2, "cols": 80})
    default_error_messages = {
        "too_long": _("“%(word)s” is too long; a keyword has 100 characters at most."),
        "unreadable": _("Write words or short phrases with commas between them."),
    }

    def prepare_value(self, value: Any) -> Any:
        """Write a list as text."""
        if not isinstance(value, list):
            return value
        return ", ".join(_quoted(str(word)) for word in value)

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        """Read the text as a list of words, each once."""
        text = " ".join(str(super().to_python(value) or "").split())
        try:
            cells = next(csv.reader([text], skipinitialspace=True), [])
        except csv.Error as problem:
            raise ValidationError(self.error_messages["unreadable"], "unreadable") from problem
        words = list(dict.fromkeys(word for cell in cells if (word := cell.strip())))
        for word in words:
            if len(word) > 100:
                raise ValidationError(self.error_messages["too_long"], "too_long", {"word": f"{word[:40]}…"})
        return words

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare lists, whatever blanks the text has."""
        try:
            return (initial or []) != self.to_python(data)
        except ValidationError:
            return True


class MovieForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    """A film; its ids are unique, and the message says which film has one already."""

    keywords = KeywordsField(label=_("keywords"), required=False, help_text=_("separated by commas"))
    poster = PosterField(
        label=_("Poster"), required=False, help_text=_("JPEG, PNG or WebP of up to 10 MB; cut to 2:3.")
    )

    class Meta:
        model = Movie
        fields = ("keywords", "poster")  # the admin adds the fields that it shows

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for name in ("imdb_id", "tmdb_id", "movielens_id"):
            value = self.cleaned_data.get(name)
            owner = Movie.objects.filter(**{name: value}).exclude(pk=self.instance.pk).first() if value else None
            if owner is not None:
                self.add_error(name, ValidationError(_("%(film)s has this id already."), params={"film": owner}))
        return cleaned


class FilmTextForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    """A text in another language."""

    class Meta:
        model = FilmText
        fields = ("language", "title", "description")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors and not self.cleaned_data.get("title") and not self.cleaned_data.get("description"):
            self.add_error("title", _("Write a title or a description, or delete this text."))
        return cleaned


class VisitorForm(UserChangeForm):  # type: ignore[type-arg]  # not subscriptable when run
    """An account; one that becomes a demo profile loses its password with that."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.cleaned_data.get("is_demo"):
            return cleaned
        if self.cleaned_data.get("is_staff") or self.cleaned_data.get("is_superuser"):
            self.add_error("is_demo", _("Anybody may borrow a demo profile, so it cannot be staff."))
        elif is_password_usable(self.instance.password):
            self.cleaned_data["password"] = make_password(None)
        return cleaned


class NewVisitorForm(AdminUserCreationForm):  # type: ignore[type-arg]  # not subscriptable when run
    """A new account; a demo profile gets no password, whatever was typed."""

    def clean(self) -> dict[str, Any] | None:
        if self.cleaned_data.get("is_demo"):
            self.cleaned_data["usable_password"] = "false"  # noqa: S105 (a switch, no password)
            self.instance.set_unusable_password()
        return super().clean()


class VisitorPasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]  # not subscriptable when run
    """A new password for an account, unless it is a demo profile."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.user.is_demo:
            self.add_error("password1", _("A demo profile cannot log in, so it has no password."))
        return cleaned
