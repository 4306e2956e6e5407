"""What must hold for a draft to be saved and for a treatment to be signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

import msgspec
from django.utils import timezone

from glabella.clinic.stock.rules import NEVER_OVERRIDDEN as VIAL_STOPS
from glabella.clinic.stock.rules import clock, end_of_day
from glabella.errors import RecordError
from glabella.plan.finding import Finding

NEVER_OVERRIDDEN = VIAL_STOPS | {"no-points"}
SHORTEST_REASON = 10


class StaleDraft(RecordError):
    """Somebody else saved the draft meanwhile."""


class LockedRecord(RecordError):
    """The treatment is signed."""


class SignRefused(RecordError):
    """The treatment cannot be signed as it is."""


class OwnTreatment(RecordError):
    """Nobody treats themself."""


class PointRefused(RecordError):
    """A point that cannot be kept; `key` says which."""

    def __init__(self, message: str, *, key: str) -> None:
        super().__init__(message)
        self.key = key


def check_not_own(*, patient_member_id: int | None, member_id: int) -> None:
    if patient_member_id == member_id:
        raise OwnTreatment("Nobody treats themself. Ask a colleague who injects.")


def check_date(given: date, *, born: date, today: date) -> None:
    if given > today:
        raise SignRefused(
            f"The date {given:%d %b %Y} lies in the future. "
            "A treatment is dated on the day on which it is given."
        )
    if given < born:
        raise SignRefused("The date lies before the patient was born. Check the year.")


def check_draft(*, signed_at: datetime | None) -> None:
    if signed_at is not None:
        raise LockedRecord(
            f"This treatment was signed on {clock(signed_at)} and is locked. "
            "Add an addendum instead."
        )


def moment_given(given: date, *, at: datetime) -> datetime:
    """When vials are judged: now, or the end of the day for a treatment written down later."""
    return at if given >= timezone.localdate(at) else end_of_day(given)


def late_note(given: date, *, at: datetime) -> list[Finding]:
    today = timezone.localdate(at)
    if given >= today:
        return []
    return [
        Finding(
            code="signed-later",
            severity="note",
            message=f"Given on {given:%d %b %Y} and signed later, on {today:%d %b %Y}.",
        )
    ]


def no_points() -> Finding:
    return Finding(
        code="no-points",
        severity="stop",
        message="Nothing is charted yet.",
        mend="Place points on the chart.",
    )


def may_override(finding: Finding) -> bool:
    return finding.severity == "stop" and finding.code not in NEVER_OVERRIDDEN


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Stops first, then warnings, then notes; each said once."""
    rank = {"stop": 0, "warn": 1, "note": 2}
    once = {(one.code, one.message, one.where): one for one in findings}
    return sorted(once.values(), key=lambda one: rank[one.severity])


def stops_by_code(findings: Iterable[Finding]) -> list[Finding]:
    """The stops, those of one code put together: one reason answers for all of them."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity == "stop":
            groups.setdefault(finding.code, []).append(finding)
    return [
        msgspec.structs.replace(
            group[0], message=" ".join(dict.fromkeys(finding.message for finding in group))
        )
        for group in groups.values()
    ]


def check_stops(findings: Iterable[Finding], overrides: Mapping[str, str]) -> None:
    """Refuse to sign past a stop without a reason, and past some stops at all."""
    for finding in stops_by_code(findings):
        if not may_override(finding):
            raise SignRefused(f"{finding.message} {finding.mend}".strip())
        if len(overrides.get(finding.code, "").strip()) < SHORTEST_REASON:
            raise SignRefused(
                f"{finding.message} To sign all the same, give your reason for this stop in at "
                f"least {SHORTEST_REASON} characters."
            )
