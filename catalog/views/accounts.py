"""Sign up, log in, change what the site knows about you, and leave."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from catalog import services
from catalog.forms import (
    ChangePasswordForm,
    DeleteAccountForm,
    LanguageForm,
    LogInForm,
    NewPasswordForm,
    ProfileForm,
    ResetPasswordForm,
    SignUpForm,
    ThemeForm,
)
from catalog.language import adopt_language, remember_language, speaking_to
from catalog.models import User
from catalog.requests import next_address
from catalog.shelf import move_in

_A_YEAR = 31_536_000  # seconds; how long a browser remembers the look
_BACKEND = "django.contrib.auth.backends.ModelBackend"
# Django's own pages would take PUT and DELETE, too.
_page = method_decorator(require_http_methods(["GET", "HEAD", "POST"]), name="dispatch")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """A new account; what the visitor kept so far moves into it."""
    if request.user.is_authenticated:
        return redirect("recommender:home")
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        login(request, user, backend=_BACKEND)
        move_in(request.session, user)
        adopt_language(request, user)
        return HttpResponseRedirect(next_address(request) or reverse("recommender:home"))
    context = {"form": form, "next": request.POST.get("next", request.GET.get("next", ""))}
    return render(request, "registration/sign_up.html", context)


@_page
class LogIn(auth.LoginView):
    """Log in; what the visitor kept so far moves into the account."""

    authentication_form = LogInForm
    redirect_authenticated_user = True

    def form_valid(self, form: LogInForm) -> HttpResponse:  # type: ignore[override]
        user = form.get_user()
        response = super().form_valid(form)
        move_in(self.request.session, user)
        adopt_language(self.request, user)
        return response


@_page
class ChangePassword(auth.PasswordChangeView):
    """A new password in place of the old one."""

    form_class = ChangePasswordForm
    template_name = "registration/change_password.html"
    success_url = reverse_lazy("catalog:profile")

    @transaction.atomic
    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        _must_be_there(form.user)
        messages.success(self.request, _("Your password is changed."))
        return super().form_valid(form)


@_page
class ResetPassword(auth.PasswordResetView):
    """Ask for a letter with a link to a new password."""

    form_class = ResetPasswordForm
    template_name = "registration/reset_password.html"
    success_url = reverse_lazy("catalog:reset_password_sent")


class ResetPasswordSent(auth.PasswordResetDoneView):
    """Says that the letter is on its way, whether or not there is such an account."""

    template_name = "registration/reset_password_sent.html"


@_page
class NewPassword(auth.PasswordResetConfirmView):
    """Where the link of the letter leads."""

    form_class = NewPasswordForm
    template_name = "registration/new_password.html"
    success_url = reverse_lazy("catalog:profile")
    post_reset_login = True
    post_reset_login_backend = _BACKEND

    @transaction.atomic
    def form_valid(self, form: SetPasswordForm[User]) -> HttpResponse:
        _must_be_there(form.user)
        messages.success(self.request, _("Your password is changed."))
        return super().form_valid(form)


def _must_be_there(user: User | AnonymousUser) -> None:
    """Saving an account that was deleted meanwhile would bring it back."""
    if user.pk is None or not services.hold_account(user.pk):
        raise Http404


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """How the visitor is called and reached, and doors to all else about the account."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            _must_be_there(request.user)
            user = form.save()
        with speaking_to(user):
            messages.success(request, _("Saved."))
        return redirect("catalog:profile")
    return render(request, "registration/profile.html", {"form": form})


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device has it; a cookie keeps it, so that no account is needed."""
    form = ThemeForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("The look is light, dark or auto."))
    response = HttpResponseRedirect(next_address(request) or reverse("recommender:home"))
    response.set_cookie(
        "theme", form.cleaned_data["theme"], max_age=_A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language of the site from now on: in this browser, and in the account of whoever is logged in."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("The site speaks these languages: %(codes)s.") % {"codes": _codes()})
    response = HttpResponseRedirect(next_address(request) or reverse("recommender:home"))
    remember_language(request, response, form.cleaned_data["language"])
    return response


def _codes() -> str:
    return ", ".join(code for code, _name in settings.LANGUAGES)


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: HttpRequest) -> HttpResponse:
    """Remove the account with its likes and marks, after the password was given once more."""
    user = request.user
    form = DeleteAccountForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        logout(request)
        services.delete_account(user)  # type: ignore[arg-type]  # nobody anonymous comes here
        messages.success(request, _("Your account and everything in it is deleted."))
        return redirect("recommender:home")
    return render(request, "registration/delete_account.html", {"form": form})
