"""The queue of those who co-sign, and how a treatment stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Q, QuerySet

from glabella.clinic.cosigning.models import Cosignature, CosignRequest, Decision
from glabella.clinic.cosigning.rules import OPEN, Standing, standing
from glabella.clinic.people.models import Member
from glabella.clinic.records import of_clinic
from glabella.clinic.treatments.models import State, Treatment

LOOK_BACK = timedelta(days=90)


def standing_of(treatment: Treatment) -> Standing:
    return standing(
        asked=CosignRequest.objects.filter(treatment=treatment).exists(),
        said=list(treatment.cosignatures.all()),
        addenda=list(treatment.addenda.values_list("at", flat=True)),
    )


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A treatment that waits for a second name."""

    treatment: Treatment
    standing: Standing
    reason: str
    of: str
    asked_at: datetime
    due_at: datetime
    overdue: bool
    addenda: int
    overrides: int


def _open_requests(clinic: int) -> QuerySet[CosignRequest]:
    requests = of_clinic(CosignRequest.objects.all(), clinic)
    return requests.select_related(
        "of", "treatment__patient", "treatment__injector"
    ).prefetch_related("treatment__cosignatures", "treatment__addenda", "treatment__overrides")


def queue(member: Member, *, now: datetime) -> list[QueueRow]:
    """What waits for this member, or for any supervisor; the most overdue first."""
    requests = _open_requests(member.clinic_id).filter(Q(of=member) | Q(of__isnull=True))
    requests = requests.exclude(treatment__injector=member)
    rows = [_queue_row(request, now) for request in requests]
    return [row for row in rows if row.standing in OPEN]


def _queue_row(request: CosignRequest, now: datetime) -> QueueRow:
    treatment = request.treatment
    addenda = [addendum.at for addendum in treatment.addenda.all()]
    stands = standing(asked=True, said=list(treatment.cosignatures.all()), addenda=addenda)
    return QueueRow(
        treatment=treatment,
        standing=stands,
        reason=request.reason,
        of=request.of.display_name if request.of else "any supervisor",
        asked_at=request.asked_at,
        due_at=request.due_at,
        overdue=now > request.due_at,
        addenda=len(addenda),
        overrides=len(treatment.overrides.all()),
    )


@dataclass(frozen=True, slots=True)
class Punctuality:
    """How the requests of the last ninety days were answered."""

    asked: int
    cosigned: int
    in_time: int
    median_hours: float | None
    signed: int

    @property
    def share_looked_at(self) -> float | None:
        """Which share of all signed treatments had a second pair of eyes."""
        return self.cosigned / self.signed if self.signed else None


def punctuality(clinic: int, *, now: datetime) -> Punctuality:
    since = now - LOOK_BACK
    requests = of_clinic(CosignRequest.objects.filter(asked_at__gte=since), clinic)
    first = {
        one.treatment_id: one.at
        for one in of_clinic(
            Cosignature.objects.filter(decision=Decision.COSIGNED, at__gte=since), clinic
        ).order_by("-at")
    }
    answered = [
        (request, first[request.treatment_id])
        for request in requests
        if request.treatment_id in first
    ]
    hours = [(at - request.asked_at).total_seconds() / 3600 for request, at in answered]
    signed = of_clinic(
        Treatment.objects.filter(state=State.SIGNED, signed_at__gte=since), clinic
    ).count()
    return Punctuality(
        asked=len(requests),
        cosigned=len(first),
        in_time=sum(at <= request.due_at for request, at in answered),
        median_hours=median(hours) if hours else None,
        signed=signed,
    )


@dataclass(frozen=True, slots=True)
class CosignPanel:
    """What the record of a treatment says of its co-signature, and what this member may do."""

    standing: Standing
    request: CosignRequest | None
    said: list[Cosignature]
    may_cosign: bool


def panel(treatment: Treatment, member: Member) -> CosignPanel:
    said = list(treatment.cosignatures.select_related("by"))
    request = CosignRequest.objects.filter(treatment=treatment).select_related("of").first()
    addenda = list(treatment.addenda.values_list("at", flat=True))
    stands = standing(asked=request is not None, said=said, addenda=addenda)
    own = member.pk in {treatment.injector_id, treatment.signed_by_id, treatment.patient.member_id}
    return CosignPanel(stands, request, said, not own and stands != Standing.COSIGNED)


def supervisors(clinic: int) -> list[Member]:
    """Those who may be asked."""
    members = of_clinic(Member.objects.select_related("user"), clinic)
    active = members.filter(user__is_active=True)
    return [one for one in active if "supervisor" in one.roles]
