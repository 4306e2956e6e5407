"""Writing the trail; every action of the other apps runs inside `action` and calls `record`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import partial, wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from django.db import models, transaction
from django.utils import timezone

from glabella.clinic.audit import chain
from glabella.clinic.audit.models import AuditEvent, Unlinked, Viewing
from glabella.clinic.audit.queries import clinic_of, patient_of
from glabella.clinic.records import ClinicModel
from glabella.clinic.writer import writing

if TYPE_CHECKING:
    from glabella.clinic.people.models import Clinic, Member

P = ParamSpec("P")
T = TypeVar("T")
# Two servers of one database may differ by so much.
CLOCKS_DIFFER = timedelta(minutes=1)
_noted: ContextVar[set[int] | None] = ContextVar("noted", default=None)


def action(function: Callable[P, T]) -> Callable[P, T]:
    """Run an action in one transaction that the database knows as ours; link its events after."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        with transaction.atomic(), writing(function.__name__) as outermost:
            if not outermost:
                return function(*args, **kwargs)
            clinics: set[int] = set()
            token = _noted.set(clinics)
            try:
                answer = function(*args, **kwargs)
            finally:
                _noted.reset(token)
            for clinic in sorted(clinics):
                transaction.on_commit(partial(chain.link, clinic), robust=True)
            return answer

    return run


def record(
    action: str,
    *,
    subject: models.Model,
    by: Member | None,
    at: datetime | None = None,
    clinic: Clinic | None = None,
    content_hash: str = "",
    **detail: str | float | None,
) -> AuditEvent:
    """Add one event to the trail; `content_hash` ties what was signed into the chain."""
    owner = clinic.pk if clinic else by.clinic_id if by else clinic_of(subject)
    if content_hash:
        detail["hash"] = content_hash
    if behind := clock_behind(owner):
        detail["clock"] = behind
    event = AuditEvent.objects.create(
        clinic_id=owner,
        at=at or timezone.now(),
        by=by,
        action=action,
        subject=subject._meta.model_name or "",
        subject_id=subject.pk,
        detail=detail,
    )
    Unlinked.objects.create(clinic_id=owner, event=event)
    noted = _noted.get()
    if noted is not None:
        noted.add(owner)
    return event


def clock_behind(clinic_id: int) -> str:
    """By how much the server's clock is behind the record, in words; empty when it is not.

    The chain keeps the order in which things happened, whatever a clock says; the words tell who
    reads the trail why an entry seems to come before the one it follows.
    """
    latest = AuditEvent.objects.filter(clinic=clinic_id).values_list("at", flat=True).first()
    behind = latest - timezone.now() if latest else timedelta(0)
    if behind <= CLOCKS_DIFFER:
        return ""
    return f"the clock was {round(behind.total_seconds() / 60)} minutes behind an entry before"


@action
def note_viewings(*, records: Iterable[ClinicModel], page: str, by: Member) -> None:
    """Keep that somebody looked at records that are about a patient."""
    now = timezone.now()
    Viewing.objects.bulk_create(
        Viewing(
            clinic_id=by.clinic_id,
            at=now,
            by=by,
            page=page,
            subject=one._meta.model_name or "",
            subject_id=one.pk,
            patient_id=patient,
        )
        for one in records
        if (patient := patient_of(one)) is not None
    )
