"""Signing in, and the second step; each failure counts for the lock-out."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError

ONE_TIME = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "That user name and password do not match. "
        "After five failures in a row the account is locked for an hour.",
        "inactive": "This account is closed. Ask the owner of the clinic.",
    }


def _plain_code(field: forms.Field) -> None:
    field.label = "Code"
    field.widget.attrs = dict(ONE_TIME)


class _Guarded:
    """A locked account is locked at the second step too."""

    fields: dict[str, forms.Field]
    user: Any

    def clean_code(self) -> str:
        request = context.request
        if settings.AXES_ENABLED and not AxesProxyHandler.is_allowed(
            request, {"username": self.user.get_username()}
        ):
            request.axes_locked_out = True
            raise ValidationError("This account is locked for an hour.")
        return str(super().clean_code())  # type: ignore[misc]


class CodeForm(_Guarded, AuthenticateForm):
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        _plain_code(self.fields["code"])
        self.fields["code"].help_text = "Six digits from your app, or a recovery code of eight."


class CodeAgainForm(_Guarded, ReauthenticateForm):
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        _plain_code(self.fields["code"])


class ActivateForm(ActivateTOTPForm):
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        _plain_code(self.fields["code"])
        self.fields["code"].help_text = "The six digits that the app shows now."


class NewPasswordForm(ChangePasswordForm):
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        labels = ("Password now", "New password", "New password, again")
        for name, label in zip(("oldpassword", "password1", "password2"), labels, strict=True):
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)

    def clean_oldpassword(self) -> str:
        """A wrong one counts for the lock-out, so that a stolen session cannot guess."""
        try:
            return str(super().clean_oldpassword())
        except ValidationError:
            told = {"username": self.user.get_username(), "way": "password change"}
            user_login_failed.send(sender=__name__, credentials=told, request=context.request)
            raise
