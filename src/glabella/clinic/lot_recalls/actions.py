"""Starting recalls, reaching the patients, ending recalls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from glabella import facts
from glabella.clinic.audit.actions import action, record
from glabella.clinic.links.actions import make_link, use_link
from glabella.clinic.links.models import PatientLink, Purpose
from glabella.clinic.lot_recalls import rules
from glabella.clinic.lot_recalls.models import ContactTry, Outcome, RecallContact, Way
from glabella.clinic.lot_recalls.queries import contact_of
from glabella.clinic.outbox.actions import queue_message
from glabella.clinic.outbox.rules import MessageRefused
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.stock.holding import hold, recall_words
from glabella.clinic.stock.models import LotRecall, Vial
from glabella.clinic.tasks.actions import raise_task
from glabella.clinic.tasks.models import Urgency

LINK_DAYS = 60
UNREACHED = {Outcome.NO_ANSWER, Outcome.WRONG}


@action
def start_recall(
    *,
    product: str,
    lot: str,
    source: str,
    recall_class: str,
    words: str,
    drill: bool,
    by: Member,
    at: datetime | None = None,
) -> LotRecall:
    """Call a lot back: stop what is left of it and list who had it. A drill stops nothing."""
    by.require(Permission.RECALL_LOTS)
    at = at or timezone.now()
    lot = lot.strip()
    same = LotRecall.objects.filter(clinic=by.clinic, product=product, lot__iexact=lot)
    running = same.filter(drill=drill, ended_at__isnull=True).exists()
    rules.check_start(product=product, lot=lot, source=source, words=words, running=running)
    recall = LotRecall.objects.create(
        clinic=by.clinic,
        product=product,
        lot=lot,
        source=source.strip(),
        recall_class=recall_class,
        words=words.strip(),
        drill=drill,
        started_at=at,
        started_by=by,
    )
    record("recall started", subject=recall, by=by, at=at, lot=lot, drill=float(drill))
    if not drill:
        _stop_lot(recall, by=by, at=at)
    _list_patients(recall)
    raise_task(
        clinic=by.clinic,
        key=f"lot-recall-{recall.pk}",
        kind="lot-recall",
        title=f"{'DRILL: ' if drill else ''}Reach the patients of lot {lot}",
        due=timezone.localdate(at),
        urgency=Urgency.NOW,
        url=f"/lot-recalls/{recall.pk}/",
        by=by,
        at=at,
    )
    return recall


def _stop_lot(recall: LotRecall, *, by: Member, at: datetime) -> None:
    lot = Q(clinic=recall.clinic_id, product=recall.product, lot__iexact=recall.lot)
    left = Vial.objects.filter(lot, discard__isnull=True, remaining_units__gt=0)
    for vial in left.select_related("clinic"):
        hold(vial=vial, by=by, at=at, **recall_words(recall))


def _list_patients(recall: LotRecall) -> None:
    """Everyone with units of the lot in a signed treatment, whatever their marketing choice."""
    given = Patient.objects.filter(
        clinic=recall.clinic_id,
        treatments__draws__vial__product=recall.product,
        treatments__draws__vial__lot__iexact=recall.lot,
    )
    RecallContact.objects.bulk_create(
        RecallContact(recall=recall, patient=patient) for patient in given.distinct().order_by("pk")
    )


def _keep_try(
    contact: RecallContact, way: str, outcome: str, words: str, *, by: Member | None, at: datetime
) -> ContactTry:
    told = ContactTry.objects.create(
        contact=contact, way=way, outcome=outcome, words=words, at=at, by=by
    )
    if outcome not in UNREACHED and contact.contacted_at is None:
        contact.contacted_at = at
    if outcome == Outcome.ACKNOWLEDGED and contact.acknowledged_at is None:
        contact.acknowledged_at, contact.acknowledged_to = at, by
    contact.save()
    record("recall contact", subject=contact, by=by, at=at, way=str(way), outcome=str(outcome))
    return told


@action
def record_try(
    *,
    contact: RecallContact,
    way: str,
    outcome: str,
    words: str = "",
    by: Member,
    at: datetime | None = None,
) -> ContactTry:
    """Note a call, a letter or a talk, and what came of it."""
    by.require(Permission.RECALL_LOTS)
    rules.check_open(ended=contact.recall.ended_at is not None)
    return _keep_try(contact, way, outcome, words.strip(), by=by, at=at or timezone.now())


@action
def send_message(
    *,
    contact: RecallContact,
    url_of: Callable[[str], str],
    by: Member,
    at: datetime | None = None,
) -> ContactTry:
    """Write to a patient with a link that acknowledges; a drill only notes that it would have."""
    by.require(Permission.RECALL_LOTS)
    at = at or timezone.now()
    recall, patient = contact.recall, contact.patient
    rules.check_open(ended=recall.ended_at is not None)
    if recall.drill:
        if not (patient.email or patient.phone):
            raise MessageRefused(f"Nothing is known to reach {patient.name} by.")
        words = "Drill: nothing was sent."
        return _keep_try(contact, Way.MESSAGE, Outcome.SENT, words, by=by, at=at)
    _, token = make_link(
        patient=patient,
        purpose=Purpose.LOT_RECALL,
        subject_id=contact.pk,
        days=LINK_DAYS,
        by=by,
        at=at,
    )
    body = rules.message_of(
        product=facts.product(recall.product).name,
        lot=recall.lot,
        words=recall.words,
        clinic=recall.clinic.name,
        phone=recall.clinic.phone,
        url=url_of(token),
    )
    title = f"Important: {facts.product(recall.product).name}, lot {recall.lot}"
    queue_message(patient=patient, kind=rules.KIND, title=title, body=body, by=by, at=at)
    return _keep_try(contact, Way.MESSAGE, Outcome.SENT, "", by=by, at=at)


@action
def send_to_all(
    *,
    recall: LotRecall,
    url_of: Callable[[str], str],
    by: Member,
    at: datetime | None = None,
) -> tuple[int, list[str]]:
    """Write to everyone who was not contacted yet; gives how many, and whom nothing reaches."""
    by.require(Permission.RECALL_LOTS)
    waiting = recall.contacts.filter(contacted_at__isnull=True, acknowledged_at__isnull=True)
    sent, unreached = 0, []
    for contact in waiting.select_related("patient__clinic", "recall__clinic"):
        if not (contact.patient.email or contact.patient.phone):
            unreached.append(contact.patient.name)
            continue
        send_message(contact=contact, url_of=url_of, by=by, at=at)
        sent += 1
    return sent, unreached


@action
def acknowledge(*, link: PatientLink, by: None = None, at: datetime | None = None) -> RecallContact:
    """The patient says by the link that the words were read."""
    at = at or timezone.now()
    contact = contact_of(link)
    _keep_try(contact, Way.MESSAGE, Outcome.ACKNOWLEDGED, "By the patient's link.", by=by, at=at)
    use_link(link=link, at=at)
    return contact


@action
def end_recall(
    *, recall: LotRecall, outcome: str = "", by: Member, at: datetime | None = None
) -> LotRecall:
    """End a recall with what came of it."""
    by.require(Permission.RECALL_LOTS)
    recall = LotRecall.objects.select_for_update(of=("self",)).get(pk=recall.pk)
    rules.check_open(ended=recall.ended_at is not None)
    waiting = recall.contacts.filter(acknowledged_at__isnull=True).count()
    rules.check_end(waiting=waiting, outcome=outcome)
    recall.ended_at, recall.ended_by = at or timezone.now(), by
    recall.outcome = outcome.strip()
    recall.save(update_fields=["ended_at", "ended_by", "outcome"])
    record("recall ended", subject=recall, by=by, at=at, waiting=waiting)
    return recall
