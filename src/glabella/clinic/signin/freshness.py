"""Before something sensitive: was this person really here a moment ago?"""

from __future__ import annotations

import time
from typing import cast

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse


def is_fresh(request: HttpRequest) -> bool:
    """Signed in, or asked again, within the last few minutes."""
    records = get_authentication_records(request, request.user)
    newest = max((record["at"] for record in records), default=0.0)
    return bool(time.time() - newest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def ask_again(request: HttpRequest) -> HttpResponse:
    """The page that asks for the password; what was being sent is kept and goes on after it."""
    return cast("HttpResponse", suspend_request(request, reverse("account_reauthenticate")))
