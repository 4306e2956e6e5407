"""Signing in."""

from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "That user name and password do not match. "
        "After five failures in a row the account is locked for an hour.",
        "inactive": "This account is closed. Ask the owner of the clinic.",
    }
