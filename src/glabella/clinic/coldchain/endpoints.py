"""What a data logger calls: readings as JSON, signed with the key of its place."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from glabella.clinic.coldchain import actions, queries
from glabella.clinic.coldchain.models import Excursion, Origin
from glabella.clinic.coldchain.rules import Measured
from glabella.errors import UserError

LARGEST_BODY = 2 * 1024 * 1024


class SentReading(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One reading: a time with its zone, and °C."""

    at: datetime
    celsius: Decimal

    def __post_init__(self) -> None:
        if timezone.is_naive(self.at):
            raise ValueError("`at` needs its zone, such as 2026-11-20T14:30:00Z")


class SentReadings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a logger sends."""

    readings: list[SentReading]


# A logger has no session and no form: its key is what lets it in.
@csrf_exempt
@require_POST
def readings(request: HttpRequest) -> HttpResponse:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    place = queries.place_of_logger(key.strip()) if scheme == "Bearer" else None
    if place is None:
        words = "Send the key of the place: Authorization: Bearer KEY."
        return JsonResponse({"error": words}, status=401)
    try:
        sent = msgspec.json.decode(request.body[:LARGEST_BODY], type=SentReadings)
        tenths = [Measured(one.at, one.celsius.quantize(Decimal("0.1"))) for one in sent.readings]
        new = actions.add_readings(place=place, readings=tenths, origin=Origin.LOGGER, by=None)
    except (msgspec.MsgspecError, UserError, ArithmeticError) as refusal:
        return JsonResponse({"error": str(refusal) or "No temperature."}, status=422)
    still = Excursion.objects.filter(place=place, until__isnull=True).exists()
    return JsonResponse({"kept": new, "in_excursion": still})
