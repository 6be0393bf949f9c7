"""Sign up, log in and log out."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from catalog.forms import LogInForm, SignUpForm
from catalog.shelf import move_in


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """A new account; what the visitor kept so far moves into it."""
    if request.user.is_authenticated:
        return redirect("recommender:home")
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        login(request, user)
        move_in(request.session, user)
        return redirect(_next(request))
    return render(request, "registration/sign_up.html", {"form": form, "next": request.GET.get("next", "")})


def _next(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return address
    return resolve_url("recommender:home")


class LogIn(LoginView):
    """Log in; what the visitor kept so far moves into the account."""

    authentication_form = LogInForm
    redirect_authenticated_user = True

    def form_valid(self, form: LogInForm) -> HttpResponse:  # type: ignore[override]
        user = form.get_user()
        response = super().form_valid(form)
        move_in(self.request.session, user)
        return response
