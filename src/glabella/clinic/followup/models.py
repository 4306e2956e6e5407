"""Check-ins and their answers, the recall list's steps, booked visits, calendar feeds."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from glabella.clinic.followup.rules import CHECK_IN_DAYS
from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel


def default_days() -> list[int]:
    return list(CHECK_IN_DAYS)


class FollowUpPolicy(ClinicModel):
    """What a clinic has chosen for its follow-up."""

    clinic = models.OneToOneField(
        "people.Clinic", on_delete=models.PROTECT, related_name="follow_up_policy"
    )
    check_ins = models.BooleanField("patients are asked how it goes", default=True)
    check_in_days = models.JSONField("days after a treatment", default=default_days)
    lead_days = models.PositiveSmallIntegerField(
        "days before the forecast wear-off at which the recall list names a patient",
        default=0,
        validators=[MaxValueValidator(90)],
    )
    drift_days = models.PositiveSmallIntegerField(
        "days not seen after which a patient counts as drifting away",
        default=270,
        validators=[MinValueValidator(90), MaxValueValidator(2000)],
    )

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "check_ins": "free",
        "check_in_days": "free",
        "lead_days": "free",
        "drift_days": "free",
    }
    CLINIC: ClassVar[str] = "clinic"

    def __str__(self) -> str:
        return f"Check-ins on days {self.check_in_days}"


class CheckIn(ClinicModel):
    """A patient is asked on one day after a treatment; or was not, and why."""

    treatment = models.ForeignKey(
        "treatments.Treatment", on_delete=models.PROTECT, related_name="check_ins"
    )
    day = models.PositiveSmallIntegerField()
    due = models.DateField()
    made_at = models.DateTimeField()
    message = models.OneToOneField(
        "outbox.Message", on_delete=models.PROTECT, related_name="check_in", null=True
    )
    not_asked = models.CharField(max_length=200, blank=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "treatment": "free",
        "day": "clinical",
        "due": "clinical",
        "made_at": "free",
        "message": "free",
        "not_asked": "free",
    }
    CLINIC: ClassVar[str] = "treatment__patient__clinic"
    PATIENT: ClassVar[str] = "treatment__patient"

    class Meta:
        ordering = ("due", "id")
        constraints = (
            models.UniqueConstraint(fields=("treatment", "day"), name="one_check_in_per_day"),
        )

    def __str__(self) -> str:
        return f"Check-in of day {self.day}"


class How(models.TextChoices):
    GOOD = "good", "Good"
    UNSURE = "unsure", "Not sure"
    WORRIED = "worried", "I am worried"


class Via(models.TextChoices):
    LINK = "link", "by the link"
    PHONE = "phone", "by telephone"


class CheckInAnswer(ClinicModel):
    """What a patient said at a check-in; a later answer stands beside it, never in its place."""

    check_in = models.ForeignKey(CheckIn, on_delete=models.PROTECT, related_name="answers")
    at = models.DateTimeField()
    via = models.CharField(max_length=5, choices=Via.choices)
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+", null=True)
    how = models.CharField(max_length=7, choices=How.choices)
    red_flags = models.JSONField(default=list)
    signs = models.JSONField(default=list)
    words = models.TextField(blank=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "check_in": "free",
        "at": "clinical",
        "via": "free",
        "by": "identifying",
        "how": "clinical",
        "red_flags": "clinical",
        "signs": "clinical",
        "words": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only(
        "followup_checkinanswer", "An answer to a check-in"
    )
    CLINIC: ClassVar[str] = "check_in__treatment__patient__clinic"
    PATIENT: ClassVar[str] = "check_in__treatment__patient"

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"Answer of {self.at:%Y-%m-%d %H:%M}"


class CheckInChoice(ClinicModel):
    """A patient does or does not want check-ins; the last choice counts."""

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="check_in_choices"
    )
    wanted = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+", null=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "patient": "identifying",
        "wanted": "free",
        "at": "free",
        "by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only(
        "followup_checkinchoice", "A choice about check-ins"
    )
    CLINIC: ClassVar[str] = "patient__clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return "wants check-ins" if self.wanted else "wants no check-ins"


class EffectSpan(ClinicModel):
    """What the recall list needs of one signed treatment, read once from what was signed.

    `areas` maps each treated area to the dates between which its effect has probably worn off,
    `baseline` to the grade at maximum before; `not_before` is the end of the label's interval.
    """

    treatment = models.OneToOneField(
        "treatments.Treatment", on_delete=models.PROTECT, related_name="effect_span"
    )
    not_before = models.DateField()
    areas = models.JSONField(default=dict)
    baseline = models.JSONField(default=dict)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "treatment": "free",
        "not_before": "clinical",
        "areas": "clinical",
        "baseline": "clinical",
    }
    CLINIC: ClassVar[str] = "treatment__patient__clinic"
    PATIENT: ClassVar[str] = "treatment__patient"

    def __str__(self) -> str:
        return f"Effect of treatment {self.treatment_id}"


class VisitState(models.TextChoices):
    BOOKED = "booked", "Booked"
    CAME = "came", "Came"
    MISSED = "missed", "Did not come"
    CANCELLED = "cancelled", "Cancelled"


class BookedVisit(ClinicModel):
    """A patient is expected at a time; `sequence` counts the changes for calendars."""

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="booked_visits"
    )
    member = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="booked_visits", null=True
    )
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=30)
    what = models.CharField(max_length=80, default="Treatment")
    state = models.CharField(max_length=9, choices=VisitState.choices, default=VisitState.BOOKED)
    sequence = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "patient": "identifying",
        "member": "identifying",
        "starts_at": "clinical",
        "minutes": "free",
        "what": "clinical",
        "state": "free",
        "sequence": "free",
        "made_at": "free",
        "made_by": "identifying",
        "changed_at": "free",
        "reminded_at": "free",
    }
    CLINIC: ClassVar[str] = "patient__clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("starts_at", "id")
        indexes = (models.Index(fields=("starts_at",)),)

    def __str__(self) -> str:
        return f"{self.what}, {self.starts_at:%Y-%m-%d %H:%M}"


class StepKind(models.TextChoices):
    REACHED = "reached", "Spoke to them"
    NO_ANSWER = "no-answer", "No answer"
    MESSAGED = "messaged", "Message written"
    BOOKED = "booked", "Booked"
    NOT_NOW = "not-now", "Not now"
    LOST = "lost", "Not coming back"
    AGAIN = "again", "Back on the list"


class RecallStep(ClinicModel):
    """One step of asking a patient back after a treatment; the last one says how it stands."""

    treatment = models.ForeignKey(
        "treatments.Treatment", on_delete=models.PROTECT, related_name="recall_steps"
    )
    kind = models.CharField(max_length=9, choices=StepKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    until = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "treatment": "free",
        "kind": "free",
        "at": "free",
        "by": "identifying",
        "until": "free",
        "reason": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("followup_recallstep", "A step of the recall")
    CLINIC: ClassVar[str] = "treatment__patient__clinic"
    PATIENT: ClassVar[str] = "treatment__patient"

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind__in=("not-now", "lost")) | ~Q(reason=""),
                name="recall_ends_with_a_reason",
            ),
        )

    def __str__(self) -> str:
        return self.get_kind_display()


class CalendarFeed(ClinicModel):
    """A secret address from which a calendar reads; of one member, or of the whole clinic."""

    clinic = models.ForeignKey(
        "people.Clinic", on_delete=models.PROTECT, related_name="calendar_feeds"
    )
    member = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="calendar_feeds", null=True
    )
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "member": "identifying",
        "token_hash": "identifying",
        "made_at": "free",
        "made_by": "identifying",
        "revoked_at": "free",
        "read_at": "free",
    }
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("made_at", "id")

    def __str__(self) -> str:
        return "Calendar of the clinic" if self.member_id is None else "Calendar of a member"
