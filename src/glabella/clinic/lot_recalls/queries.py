"""What the pages and the report show of a recall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from glabella import facts
from glabella.clinic.links.models import PatientLink
from glabella.clinic.lot_recalls.models import ContactTry, RecallContact
from glabella.clinic.stock.models import Draw, LotRecall, Vial
from glabella.clinic.stock.queries import VialRow, vial_row, vials


def recalls(clinic: int) -> QuerySet[LotRecall]:
    counted = LotRecall.objects.filter(clinic=clinic).select_related("started_by", "ended_by")
    return counted.annotate(
        patients=Count("contacts"),
        contacted=Count("contacts", filter=Q(contacts__contacted_at__isnull=False)),
        acknowledged=Count("contacts", filter=Q(contacts__acknowledged_at__isnull=False)),
    )


def contact_of(link: PatientLink) -> RecallContact:
    """The contact that a patient's link answers for."""
    assert link.subject_id is not None
    contacts = RecallContact.objects.select_related("recall__clinic")
    return contacts.get(pk=link.subject_id, patient=link.patient_id)


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One patient of a recall: what they had of the lot, and how far it has come."""

    contact: RecallContact
    given: list[str]
    tries: list[ContactTry]

    @property
    def state(self) -> str:
        if self.contact.acknowledged_at:
            return "Acknowledged"
        return "Contacted" if self.contact.contacted_at else "Not contacted"

    @property
    def tone(self) -> str:
        if self.contact.acknowledged_at:
            return "ok"
        return "note" if self.contact.contacted_at else "stop"

    @property
    def reach(self) -> str:
        known = (self.contact.patient.phone, self.contact.patient.email)
        return ", ".join(one for one in known if one)


def _given(recall: LotRecall) -> dict[int, list[str]]:
    name = facts.load().products[recall.product].name
    draws = Draw.objects.filter(
        vial__clinic=recall.clinic_id, vial__product=recall.product, vial__lot__iexact=recall.lot
    ).select_related("treatment", "vial")
    given: dict[int, list[str]] = {}
    for draw in draws:
        words = f"{draw.treatment.date:%d %b %Y}: {draw.units.normalize():f} U {name}"
        given.setdefault(draw.treatment.patient_id, []).append(words)
    return given


def contact_rows(recall: LotRecall) -> list[ContactRow]:
    """The queue: whom nobody has reached comes first, then who has not acknowledged."""
    given = _given(recall)
    contacts = recall.contacts.select_related("patient", "acknowledged_to")
    rows = [
        ContactRow(one, given.get(one.patient_id, []), list(one.tries.all()))
        for one in contacts.prefetch_related("tries__by")
    ]
    order = {"Not contacted": 0, "Contacted": 1, "Acknowledged": 2}
    return sorted(rows, key=lambda row: (order[row.state], row.contact.pk))


def vials_of(recall: LotRecall, *, now: datetime) -> list[VialRow]:
    chosen: QuerySet[Vial] = vials(recall.clinic_id).filter(
        product=recall.product, lot__iexact=recall.lot
    )
    return [vial_row(vial, now) for vial in chosen]


def recall_context(recall: LotRecall, *, now: datetime) -> dict[str, Any]:
    """Everything on the page and in the report of a recall."""
    rows = contact_rows(recall)
    treatments = {words for row in rows for words in row.given}
    taken = (recall.ended_at or now) - recall.started_at
    minutes = int(taken.total_seconds() // 60)
    return {
        "recall": recall,
        "product_name": facts.load().products[recall.product].name,
        "rows": rows,
        "vials": vials_of(recall, now=now),
        "treatments": sum(len(row.given) for row in rows) if treatments else 0,
        "contacted": sum(row.contact.contacted_at is not None for row in rows),
        "acknowledged": sum(row.contact.acknowledged_at is not None for row in rows),
        "taken": f"{minutes // 1440} d {minutes // 60 % 24} h {minutes % 60} min",
        "now": now,
    }
