"""What the pages show of the cold chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from glabella.clinic.coldchain import curve, rules
from glabella.clinic.coldchain.models import Excursion, Reading
from glabella.clinic.stock.holding import logger_hash
from glabella.clinic.stock.models import Place, Placement, Vial
from glabella.clinic.stock.queries import in_cupboard, vial_row

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place, how it is now, and how many vials lie in it."""

    place: Place
    celsius: float | None
    read_at: datetime | None
    excursion: Excursion | None
    vials: int

    @property
    def tone(self) -> str:
        if self.excursion:
            return "stop"
        return "ok" if self.celsius is not None else ""

    @property
    def state(self) -> str:
        if self.excursion:
            return str(self.excursion.get_kind_display())
        return "In range" if self.celsius is not None else "Never read"


def in_place(place: Place) -> QuerySet[Vial]:
    latest = Placement.objects.filter(vial=OuterRef("pk")).order_by("-at", "-id")
    here = in_cupboard(place.clinic_id).annotate(where=Subquery(latest.values("place")[:1]))
    return here.filter(where=place.pk)


def place_row(place: Place) -> PlaceRow:
    last = place.readings.last()
    return PlaceRow(
        place,
        float(last.celsius) if last else None,
        last.at if last else None,
        place.excursions.filter(until__isnull=True).first(),
        in_place(place).count(),
    )


def place_rows(clinic: int) -> list[PlaceRow]:
    return [place_row(place) for place in Place.objects.filter(clinic=clinic)]


def excursions(clinic: int) -> QuerySet[Excursion]:
    """Excursions with how many vials they stopped, and how many still wait for a decision."""
    waiting = Q(touched__quarantine__release__isnull=True) & Q(
        touched__quarantine__vial__discard__isnull=True
    )
    counted = Excursion.objects.filter(place__clinic=clinic).select_related("place")
    return counted.annotate(
        vials=Count("touched", distinct=True),
        waiting=Count("touched", filter=waiting, distinct=True),
    )


def place_context(place: Place, *, now: datetime) -> dict[str, Any]:
    readings = list(Reading.objects.filter(place=place, at__gte=now - WEEK))
    here = in_place(place)
    return {
        "row": place_row(place),
        "place": place,
        "curve": curve.readings_svg(place, readings, since=now - WEEK, until=now),
        "readings": list(reversed(readings))[:20],
        "vials": [vial_row(vial, now) for vial in here],
        "elsewhere": [
            vial_row(vial, now)
            for vial in in_cupboard(place.clinic_id).exclude(pk__in=here.values("pk"))
        ],
        "excursions": excursions(place.clinic_id).filter(place=place)[:10],
        "words": sorted({rules.storage_words(vial.product) for vial in here}),
    }


def place_of_logger(key: str) -> Place | None:
    """The place whose logger holds this key."""
    known = Place.objects.select_related("clinic").filter(logger_hash=logger_hash(key))
    return known.first() if key else None
