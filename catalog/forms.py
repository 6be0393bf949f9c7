"""What visitors send about themselves and their films, turned into values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib.auth.forms import (
    AuthenticationForm,
    PasswordChangeForm,
    PasswordResetForm,
    SetPasswordForm,
    UserCreationForm,
)
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.models import User
from jobs.work import start

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

THEMES = [("auto", _("Like the device")), ("light", _("Light")), ("dark", _("Dark"))]
_PASSWORD_HELP = _("Eight characters or more, and not only digits.")


class LikeForm(forms.Form):
    """One press on "Like": on or off."""

    liked = forms.TypedChoiceField(choices=[("1", "yes"), ("0", "no")], coerce=lambda value: value == "1")


class MarkForm(forms.Form):
    """One press on "Seen", "Watchlist" or "Not for me": on or off."""

    on = forms.TypedChoiceField(choices=[("1", "yes"), ("0", "no")], coerce=lambda value: value == "1")


class ThemeForm(forms.Form):
    """Light, dark, or what the device says."""

    theme = forms.ChoiceField(label=_("Look"), choices=THEMES)


class LanguageForm(forms.Form):
    """One of the site's languages, each under its own name."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class ShelfForm(forms.Form):
    """Search and order of "My films"."""

    q = forms.CharField(
        label=_("Search in these films"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("last added first")),
            ("title", _("by title")),
            ("newest", _("newest first")),
            ("oldest", _("oldest first")),
        ],
    )

    def address(self, tab: str, page: int = 1) -> str:
        """The same search on a tab and page."""
        data = self.cleaned_data if self.is_valid() else {}
        state = {"tab": tab, **{name: value for name, value in data.items() if value}}
        if page > 1:
            state["page"] = page
        return f"?{urlencode(state)}"


class SignUpForm(UserCreationForm):  # type: ignore[type-arg]  # not subscriptable when run
    """A name and a password are enough; the e-mail address is for a forgotten password."""

    email = forms.EmailField(
        label=_("E-mail (optional)"),
        required=False,
        help_text=_("Only used when you forget your password."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    class Meta:
        model = User
        fields = ("username", "email")
        help_texts = {"username": _("Letters, digits and @ . + - _")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _PASSWORD_HELP
        self.fields["password2"].help_text = ""


class LogInForm(AuthenticationForm):
    """Name and password."""

    error_messages = {
        "invalid_login": _("Name and password do not match. Passwords tell capital letters from small ones."),
        "inactive": _("This account is switched off."),
    }


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # not subscriptable when run
    """A new password, twice; the rules in one line instead of a list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = _PASSWORD_HELP
        self.fields["new_password2"].help_text = ""


class ChangePasswordForm(NewPasswordForm, PasswordChangeForm):
    """The same, and the old password before it."""


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    """How a visitor is called and reached."""

    class Meta:
        model = User
        fields = ("display_name", "email", "language")
        labels = {"display_name": _("Name shown"), "email": _("E-mail"), "language": _("Language")}
        help_texts = {
            "display_name": _("Empty: your log-in name is shown."),
            "email": _("Only used when you forget your password."),
            "language": _("For pages and letters."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("Like the browser")), *settings.LANGUAGES]  # type: ignore[attr-defined]


class ResetPasswordForm(PasswordResetForm):
    """The e-mail address of the account. A job writes the letter: the answer takes as long without an account."""

    def save(self, *, request: HttpRequest, **options: Any) -> None:  # type: ignore[override]
        accounts = [user.pk for user in self.get_users(self.cleaned_data["email"])]
        start("password_letter", by=None, user_ids=accounts, host=request.get_host(), secure=request.is_secure())


class DeleteAccountForm(forms.Form):
    """The password once more, since nothing brings the account back."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: User | AnonymousUser, *args: Any, **kwargs: Any) -> None:
        self._user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self._user.check_password(password):
            raise ValidationError(_("This is not your password."), code="wrong")
        return password
