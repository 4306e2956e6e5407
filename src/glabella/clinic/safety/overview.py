"""The safety of a clinic at a glance; small numbers are shown as numbers, never as rates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from glabella import facts
from glabella.clinic.records import of_clinic
from glabella.clinic.safety import rules
from glabella.clinic.safety.models import AdverseEvent, GuideRun
from glabella.clinic.safety.queries import EventRow, event_row, events, runs
from glabella.clinic.treatments.models import ChartPoint, State, Treatment
from glabella.clinic.treatments.preview import product_name

PERIODS = {"90": 90, "365": 365, "all": None}


@dataclass(frozen=True, slots=True)
class Count:
    """How many events of a kind, and of how many treatments; a share only where it says much."""

    name: str
    events: int
    serious: int
    treatments: int | None = None

    @property
    def share(self) -> float | None:
        if self.treatments is None or self.treatments < facts.load().events.few.value:
            return None
        return self.events / self.treatments


@dataclass(frozen=True, slots=True)
class Followed:
    """An event that is still followed; `waiting` is the day on which to look again."""

    row: EventRow
    patient_name: str
    waiting: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class Overview:
    period: str
    events: int
    serious: int
    treatments: int
    kinds: list[Count]
    lots: list[Count]
    injectors: list[Count]
    followed: list[Followed]
    reports_due: list[Followed]
    runs: list[GuideRun]
    few: int


def overview(clinic: int, *, period: str, today: date) -> Overview:
    """Events of a period, and all that is still open whenever it began."""
    days = PERIODS.get(period, PERIODS["365"])
    known = list(
        of_clinic(events(), clinic)
        .select_related("treatment__injector")
        .prefetch_related("vials__vial")
        .order_by("-onset", "-id")
    )
    recent = [one for one in known if days is None or (today - one.onset).days <= days]
    treated = of_clinic(Treatment.objects.filter(state=State.SIGNED), clinic)
    if days is not None:
        treated = treated.filter(date__gte=today - timedelta(days=days))
    rows = {one.pk: event_row(one) for one in known}
    return Overview(
        period=period if period in PERIODS else "365",
        events=len(recent),
        serious=sum(rows[one.pk].serious for one in recent),
        treatments=treated.count(),
        kinds=_kinds(recent, rows),
        lots=_lots(recent, rows, clinic),
        injectors=_injectors(recent, rows, treated.values_list("injector__display_name")),
        followed=[_followed(one, rows, today) for one in known if not rows[one.pk].over],
        reports_due=[_followed(one, rows, today) for one in known if _is_due(one, rows)],
        runs=list(of_clinic(runs(), clinic).filter(end__isnull=True)),
        few=facts.load().events.few.value,
    )


def _kinds(recent: list[AdverseEvent], rows: dict[int, EventRow]) -> list[Count]:
    names = rules.event_names()
    total: Counter[str] = Counter(one.event for one in recent)
    serious: Counter[str] = Counter(one.event for one in recent if rows[one.pk].serious)
    return [
        Count(names.get(code, code).partition(" (")[0], count, serious[code])
        for code, count in total.most_common()
    ]


def _lots(recent: list[AdverseEvent], rows: dict[int, EventRow], clinic: int) -> list[Count]:
    """Events by lot, beside how many treatments drew from it."""
    total: Counter[tuple[str, str]] = Counter()
    serious: Counter[tuple[str, str]] = Counter()
    for event in recent:
        lots = {(one.vial.product, one.vial.lot) for one in event.vials.all()}
        total.update(lots)
        serious.update(lots if rows[event.pk].serious else ())
    drawn = of_clinic(ChartPoint.objects.filter(treatment__state=State.SIGNED), clinic)
    used: Counter[tuple[str, str]] = Counter(
        (product, lot)
        for product, lot, _ in drawn.order_by()
        .values_list("vial__product", "vial__lot", "treatment")
        .distinct()
    )
    return [
        Count(f"{product_name(lot[0])}, lot {lot[1]}", count, serious[lot], used[lot])
        for lot, count in total.most_common()
    ]


def _injectors(
    recent: list[AdverseEvent], rows: dict[int, EventRow], treated: Iterable[tuple[str]]
) -> list[Count]:
    given: Counter[str] = Counter(name for (name,) in treated)
    with_one = [one for one in recent if one.treatment is not None]
    total: Counter[str] = Counter()
    serious: Counter[str] = Counter()
    for event in with_one:
        assert event.treatment is not None
        name = event.treatment.injector.display_name
        total[name] += 1
        serious[name] += rows[event.pk].serious
    return [Count(name, total[name], serious[name], given[name]) for name in sorted(given)]


def _followed(event: AdverseEvent, rows: dict[int, EventRow], today: date) -> Followed:
    last = list(event.follow_ups.all())[-1:]
    waiting = last[0].next_on if last else timezone.localdate(event.signed_at)
    late = waiting is None or waiting < today
    return Followed(rows[event.pk], event.patient.name, waiting, late)


def _is_due(event: AdverseEvent, rows: dict[int, EventRow]) -> bool:
    return rows[event.pk].serious and not any(hasattr(one, "sent") for one in event.reports.all())


def today_of(clinic: int, *, today: date) -> dict[str, Any]:
    """What waits: guides that run, reports that are due, events to look at again."""
    waiting = (
        of_clinic(AdverseEvent.objects.all(), clinic)
        .select_related("patient", "treatment")
        .prefetch_related("follow_ups", "reports__sent")
        .order_by("onset", "id")
    )
    known = list(waiting)
    rows = {one.pk: event_row(one) for one in known}
    due = [_followed(one, rows, today) for one in known if _is_due(one, rows)]
    followed = [_followed(one, rows, today) for one in known if not rows[one.pk].over]
    late = [one for one in followed if one.late or one.waiting == today]
    return {
        "runs": list(
            of_clinic(GuideRun.objects.select_related("patient"), clinic).filter(end__isnull=True)
        ),
        "due": due,
        "late": [one for one in late if one.row.id not in {two.row.id for two in due}],
    }
