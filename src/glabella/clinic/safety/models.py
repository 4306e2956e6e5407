"""Adverse events with their course, guides that were run, and reports to regulators."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel


class Origin(models.TextChoices):
    """How the clinic came to know of an event."""

    VISIT = "visit", "Seen at a visit"
    REVIEW = "review", "At a review"
    CALL = "call", "By telephone"
    CHECK_IN = "check-in", "By a check-in link"
    EMERGENCY = "emergency", "Emergency"


class Where(models.TextChoices):
    """A side of the patient; which one hangs, or stands higher."""

    LEFT = "left", "Left"
    RIGHT = "right", "Right"


class Listing(models.TextChoices):
    """Whether the label facts of the products in question name the event."""

    LISTED = "listed", "Named by the label facts"
    NOT_LISTED = "not-listed", "Not named by the label facts"
    NOT_KNOWN = "not-known", "No product is linked"


class AdverseEvent(ClinicModel):
    """Something unwanted: what, since when, how severe, how serious; signed as it is saved.

    `by` is empty for what a patient told by a link. `listing` is what the label facts said when
    the event was signed.
    """

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="adverse_events"
    )
    treatment = models.ForeignKey(
        "treatments.Treatment", on_delete=models.PROTECT, related_name="adverse_events", null=True
    )
    review = models.ForeignKey(
        "reviews.Review", on_delete=models.PROTECT, related_name="adverse_events", null=True
    )
    origin = models.CharField(max_length=9, choices=Origin.choices)
    event = models.CharField(max_length=40)
    side = models.CharField(max_length=5, choices=Where.choices, blank=True)
    onset = models.DateField()
    onset_time = models.TimeField(null=True)
    grade = models.PositiveSmallIntegerField(null=True)
    criteria = models.JSONField(default=list)
    description = models.TextField(blank=True)
    management = models.TextField(blank=True)
    listing = models.CharField(max_length=10, choices=Listing.choices)
    listing_words = models.TextField(blank=True)
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+", null=True)
    signed_at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "patient": "identifying",
        "treatment": "free",
        "review": "free",
        "origin": "clinical",
        "event": "clinical",
        "side": "clinical",
        "onset": "clinical",
        "onset_time": "clinical",
        "grade": "clinical",
        "criteria": "clinical",
        "description": "identifying",
        "management": "identifying",
        "listing": "clinical",
        "listing_words": "clinical",
        "by": "identifying",
        "signed_at": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("safety_adverseevent", "An adverse event")
    CLINIC: ClassVar[str] = "patient__clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("onset", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("review", "event", "side"), name="one_row_per_event_and_side"
            ),
            models.CheckConstraint(
                condition=Q(side__in=("", "left", "right")), name="event_side_is_known"
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__range=(1, 5)),
                name="event_grade_is_known",
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(origin="check-in"),
                name="only_a_link_has_no_member",
            ),
        )

    def __str__(self) -> str:
        return self.event

    @property
    def is_serious(self) -> bool:
        """Whether a reason for calling it serious was seen when it was signed."""
        return bool(self.criteria)


class EventPoint(ClinicModel):
    """A point of the treatment that an event is thought to come from."""

    event = models.ForeignKey(AdverseEvent, on_delete=models.PROTECT, related_name="points")
    point = models.ForeignKey(
        "treatments.ChartPoint", on_delete=models.PROTECT, related_name="adverse_events"
    )

    FIELDS: ClassVar[dict[str, Classification]] = {"id": "free", "event": "free", "point": "free"}
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("safety_eventpoint", "A point of an event")
    CLINIC: ClassVar[str] = "event__patient__clinic"
    PATIENT: ClassVar[str] = "event__patient"

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("event", "point"), name="a_point_once_per_event"),
        )

    def __str__(self) -> str:
        return f"Point {self.point_id} of event {self.event_id}"


class EventVial(ClinicModel):
    """A vial, and with it the lot, that an event may come from."""

    event = models.ForeignKey(AdverseEvent, on_delete=models.PROTECT, related_name="vials")
    vial = models.ForeignKey("stock.Vial", on_delete=models.PROTECT, related_name="adverse_events")

    FIELDS: ClassVar[dict[str, Classification]] = {"id": "free", "event": "free", "vial": "free"}
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("safety_eventvial", "A vial of an event")
    CLINIC: ClassVar[str] = "event__patient__clinic"
    PATIENT: ClassVar[str] = "event__patient"

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("event", "vial"), name="a_vial_once_per_event"),
        )

    def __str__(self) -> str:
        return f"Vial {self.vial_id} of event {self.event_id}"


class Cause(models.TextChoices):
    PRODUCT = "product", "The product"
    INJECTION = "injection", "The injection"
    BOTH = "both", "Both may be"
    UNRELATED = "unrelated", "Neither: unrelated"


class CauseAssessment(ClinicModel):
    """What somebody holds to be the cause of an event, and how sure; the last one counts."""

    event = models.ForeignKey(AdverseEvent, on_delete=models.PROTECT, related_name="causes")
    cause = models.CharField(max_length=9, choices=Cause.choices)
    certainty = models.CharField(max_length=12)
    reason = models.TextField(blank=True)
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "event": "free",
        "cause": "clinical",
        "certainty": "clinical",
        "reason": "identifying",
        "by": "identifying",
        "at": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("safety_causeassessment", "An assessment")
    CLINIC: ClassVar[str] = "event__patient__clinic"
    PATIENT: ClassVar[str] = "event__patient"

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.cause} ({self.certainty})"


class Outcome(models.TextChoices):
    """How an event stands; the last four end its course."""

    CONTINUING = "continuing", "Still there"
    RECOVERING = "recovering", "Getting better"
    RECOVERED = "recovered", "Gone"
    LASTING = "lasting", "Gone, with something that stays"
    DIED = "died", "The patient died"
    UNKNOWN = "unknown", "Not known, and will not be"


ENDS = frozenset({Outcome.RECOVERED, Outcome.LASTING, Outcome.DIED, Outcome.UNKNOWN})


class FollowUp(ClinicModel):
    """One look at how an event goes on; `criteria` are reasons that made it serious since."""

    event = models.ForeignKey(AdverseEvent, on_delete=models.PROTECT, related_name="follow_ups")
    date = models.DateField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    grade = models.PositiveSmallIntegerField(null=True)
    criteria = models.JSONField(default=list)
    text = models.TextField()
    management = models.TextField(blank=True)
    next_on = models.DateField(null=True)
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "event": "free",
        "date": "clinical",
        "outcome": "clinical",
        "grade": "clinical",
        "criteria": "clinical",
        "text": "identifying",
        "management": "identifying",
        "next_on": "clinical",
        "by": "identifying",
        "at": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("safety_followup", "A follow-up")
    CLINIC: ClassVar[str] = "event__patient__clinic"
    PATIENT: ClassVar[str] = "event__patient"

    class Meta:
        ordering = ("date", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__range=(1, 5)),
                name="follow_up_grade_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.outcome}"


class EventAddendum(ClinicModel):
    """Something added to a signed event, by whom and why."""

    event = models.ForeignKey(AdverseEvent, on_delete=models.PROTECT, related_name="addenda")
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    text = models.TextField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "event": "free",
        "by": "identifying",
        "at": "clinical",
        "reason": "identifying",
        "text": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("safety_eventaddendum", "An addendum")
    CLINIC: ClassVar[str] = "event__patient__clinic"
    PATIENT: ClassVar[str] = "event__patient"

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"Addendum to event {self.event_id}"


class GuideRun(ClinicModel):
    """A complication guide that was started for a patient; `steps_json` is what it said then."""

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="guide_runs"
    )
    treatment = models.ForeignKey(
        "treatments.Treatment", on_delete=models.PROTECT, related_name="guide_runs", null=True
    )
    event = models.ForeignKey(
        AdverseEvent, on_delete=models.PROTECT, related_name="guide_runs", null=True
    )
    guide = models.CharField(max_length=40)
    steps_json = models.TextField()
    started_at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "patient": "identifying",
        "treatment": "free",
        "event": "free",
        "guide": "clinical",
        "steps_json": "clinical",
        "started_at": "clinical",
        "by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("safety_guiderun", "A guide that was run")
    CLINIC: ClassVar[str] = "patient__clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("-started_at", "-id")

    def __str__(self) -> str:
        return f"{self.guide}, {self.started_at:%Y-%m-%d %H:%M}"


class StepDone(ClinicModel):
    """A step of a guide: done, or left out with the reason, by whom and when."""

    run = models.ForeignKey(GuideRun, on_delete=models.PROTECT, related_name="done")
    step = models.CharField(max_length=40)
    left_out = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "run": "free",
        "step": "clinical",
        "left_out": "clinical",
        "note": "identifying",
        "by": "identifying",
        "at": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("safety_stepdone", "A step that was done")
    CLINIC: ClassVar[str] = "run__patient__clinic"
    PATIENT: ClassVar[str] = "run__patient"

    class Meta:
        ordering = ("at", "id")
        constraints = (models.UniqueConstraint(fields=("run", "step"), name="a_step_once_per_run"),)

    def __str__(self) -> str:
        return f"{self.step} at {self.at:%H:%M}"


class GuideEnd(ClinicModel):
    """When a run of a guide was closed, by whom and with what result."""

    run = models.OneToOneField(GuideRun, on_delete=models.PROTECT, related_name="end")
    text = models.TextField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "run": "free",
        "text": "identifying",
        "by": "identifying",
        "at": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("safety_guideend", "The end of a guide")
    CLINIC: ClassVar[str] = "run__patient__clinic"
    PATIENT: ClassVar[str] = "run__patient"

    def __str__(self) -> str:
        return f"End of {self.run_id}"


SENT = "A report that was sent is never changed."
WAS_SENT = "EXISTS (SELECT 1 FROM safety_reportsent s WHERE s.report_id = OLD.id)"


class Report(ClinicModel):
    """A report of an event on a public form; what the record cannot say is typed.

    `checked_by` read it through as it is; a change takes that away.
    """

    event = models.ForeignKey(AdverseEvent, on_delete=models.PROTECT, related_name="reports")
    form = models.CharField(max_length=20)
    typed = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True
    )

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "event": "free",
        "form": "free",
        "typed": "identifying",
        "made_at": "free",
        "by": "identifying",
        "checked_at": "free",
        "checked_by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = (
        Lock("safety_report", "UPDATE", SENT, WAS_SENT),
        Lock("safety_report", "DELETE", SENT, WAS_SENT),
    )
    CLINIC: ClassVar[str] = "event__patient__clinic"
    PATIENT: ClassVar[str] = "event__patient"

    class Meta:
        ordering = ("made_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("event", "form"), name="one_report_per_form"),
        )

    def __str__(self) -> str:
        return f"{self.form} of event {self.event_id}"


class How(models.TextChoices):
    ONLINE = "online", "Online"
    POST = "post", "By post"
    PHONE = "phone", "By telephone"
    OTHERS = "others", "Somebody else reported it"


class ReportSent(ClinicModel):
    """That a report was sent: when, how, under which number, and what it said."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="sent")
    date = models.DateField()
    how = models.CharField(max_length=6, choices=How.choices)
    reference = models.CharField(max_length=80, blank=True)
    content_json = models.TextField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "report": "free",
        "date": "free",
        "how": "free",
        "reference": "identifying",
        "content_json": "identifying",
        "by": "identifying",
        "at": "free",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("safety_reportsent", "A report that was sent")
    CLINIC: ClassVar[str] = "report__event__patient__clinic"
    PATIENT: ClassVar[str] = "report__event__patient"

    def __str__(self) -> str:
        return f"{self.report_id} sent on {self.date:%Y-%m-%d}"
