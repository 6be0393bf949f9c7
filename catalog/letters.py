"""Writes the letters of the site: so far the one with a link to a new password."""

from __future__ import annotations

from smtplib import SMTPException

from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from catalog.language import speaking_to
from catalog.models import User


class NotSent(Exception):
    """The mail server did not take the letter."""


def send_password_letter(user: User, *, host: str, secure: bool) -> None:
    """A link to a new password, in the language of the account. Raises NotSent."""
    context = {
        "user": user,
        "uid": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
        "protocol": "https" if secure else "http",
        "domain": host,
    }
    with speaking_to(user):
        subject = render_to_string("registration/reset_password_subject.txt", context).strip()
        words = render_to_string("registration/reset_password_mail.txt", context)
        try:
            send_mail(subject, words, None, [user.email])
        except (OSError, SMTPException) as problem:
            raise NotSent from problem
