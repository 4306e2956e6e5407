"""What a member finds to do today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from glabella.clinic.credentials.endings import Ending, endings_for
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.reviews.queries import DueRow, reviews_due
from glabella.clinic.stock.accounts import unbalanced
from glabella.clinic.stock.queries import VialRow, open_vials, warnings
from glabella.clinic.tasks.queries import TodaysTasks, todays_tasks
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.queries import drafts_of


@dataclass(frozen=True, slots=True)
class TodayPage:
    """Each part is empty for those whose role does not include it."""

    now: datetime
    tasks: TodaysTasks | None
    drafts: list[Treatment]
    due: list[DueRow]
    vials: list[VialRow]
    warnings: list[VialRow]
    unbalanced: list[int]
    endings: list[Ending]


def today_page(member: Member, *, now: datetime) -> TodayPage:
    clinic = member.clinic_id
    stock = member.may(Permission.SEE_STOCK)
    patients = member.may(Permission.SEE_PATIENTS)
    return TodayPage(
        now=now,
        tasks=todays_tasks(member, now=now) if member.may(Permission.FOLLOW_UP) else None,
        drafts=drafts_of(member) if member.may(Permission.CHART) else [],
        due=reviews_due(clinic, today=timezone.localdate(now)) if patients else [],
        vials=open_vials(clinic, now) if stock else [],
        warnings=warnings(clinic, now) if stock else [],
        unbalanced=unbalanced(clinic) if stock else [],
        endings=endings_for(member, on=timezone.localdate(now)),
    )
