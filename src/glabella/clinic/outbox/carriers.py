"""Ways out of the house: each takes one message and says whether it went.

A carrier raises NotSent when the message surely did not go, and PerhapsSent when nobody can tell.
"""

from __future__ import annotations

import json
import smtplib
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from glabella.clinic.outbox.models import Channel
from glabella.errors import RecordError

SECONDS = 10
AGAIN = {408, 425, 429}


class NotSent(RecordError):
    """The message did not go; `again` says whether trying later may help."""

    def __init__(self, words: str, *, again: bool) -> None:
        super().__init__(words)
        self.again = again


class PerhapsSent(RecordError):
    """The connection broke while the message was on its way."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a carrier takes: to whom, in whose name, and the words with the link in them."""

    to: str
    sender: str
    title: str
    body: str


def _refused(code: int, words: str) -> NotSent:
    later = 400 <= code < 500
    mend = "It is tried again." if later else "Check the address on the patient's page."
    return NotSent(f"The mail server refused it ({code} {words}). {mend}", again=later)


def by_email(letter: Letter) -> None:
    """Send by Django's mail backend: the console, or SMTP from the settings."""
    connection = get_connection()
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent(
            "The mail server refuses the clinic's user name. Check GLABELLA_SMTP_URL.", again=True
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"The mail server cannot be reached ({error}).", again=True) from error
    sender = formataddr((letter.sender, settings.DEFAULT_FROM_EMAIL))
    mail = EmailMessage(letter.title, letter.body, sender, [letter.to], connection=connection)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        raise _refused(code, words.decode(errors="replace")) from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, str(error.smtp_error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise PerhapsSent(f"The connection broke while it was sent ({error}).") from error
    finally:
        connection.close()


def by_text(letter: Letter) -> None:
    """Send by an HTTP gateway: a JSON body with `to`, `from` and `text`."""
    body = {"to": letter.to, "from": settings.TEXT_FROM, "text": letter.body}
    request = urllib.request.Request(  # noqa: S310 - the address is the clinic's own setting
        settings.TEXT_URL,
        data=json.dumps(body).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {settings.TEXT_TOKEN}",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310 - as above
            return
    except urllib.error.HTTPError as error:
        error.close()
        later = error.code >= 500 or error.code in AGAIN
        raise NotSent(f"The text gateway refused it ({error.code}).", again=later) from error
    except TimeoutError as error:
        raise PerhapsSent("The text gateway did not answer in time.") from error
    except urllib.error.URLError as error:
        raise NotSent(
            f"The text gateway cannot be reached ({error.reason}).", again=True
        ) from error
    except OSError as error:
        raise PerhapsSent(f"The connection broke while it was sent ({error}).") from error


CARRIERS: dict[str, Callable[[Letter], None]] = {Channel.EMAIL: by_email, Channel.TEXT: by_text}
