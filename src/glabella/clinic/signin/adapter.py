"""What Glabella tells allauth: nobody signs up, few words, and secrets are kept encrypted."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from glabella.clinic.signin.devices import device_words

# Coming and going need no message: the page that opens says it.
SILENT = {
    "account/messages/logged_in.txt",
    "account/messages/logged_out.txt",
    "usersessions/messages/sessions_logged_out.txt",
}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """The owner admits people; nobody admits themself."""
        return False

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *more: Any,
        **named: Any,
    ) -> None:
        if message_template not in SILENT:
            super().add_message(request, level, message_template, *more, **named)


def _cipher() -> MultiFernet:
    """Keys made from the installation's secret key, the newest first."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (
        salted_hmac("glabella.second-factor", "key", secret=secret, algorithm="sha256").digest()
        for secret in secrets
    )
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class SecondFactorAdapter(DefaultMFAAdapter):
    """A stolen database alone, without the secret key, gives no codes."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code does not match. Wait for the next one, or use another way.",
    }

    def get_totp_issuer(self) -> str:
        return "Glabella"

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:  # noqa: A002
        """A passkey is called after the device that holds it, until its owner says otherwise."""
        return device_words(context.request.META.get("HTTP_USER_AGENT", ""))

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # The secret key is another one: no code matches, and the owner resets the factor.
            return ""
