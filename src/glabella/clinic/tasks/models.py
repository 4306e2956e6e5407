"""Things to do."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel


class Urgency(models.TextChoices):
    NOW = "now", "At once"
    SOON = "soon", "Soon"
    ROUTINE = "routine", "Routine"


class Task(ClinicModel):
    """Something that somebody at the clinic has to do; `key` keeps it from being raised twice."""

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="tasks")
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="tasks", null=True
    )
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    urgency = models.CharField(max_length=7, choices=Urgency.choices, default=Urgency.ROUTINE)
    due = models.DateField()
    url = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    assignee = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="tasks", null=True
    )
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True
    )
    outcome = models.TextField(blank=True)
    snoozed_until = models.DateField(null=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "patient": "identifying",
        "key": "identifying",
        "kind": "free",
        "title": "identifying",
        "detail": "identifying",
        "urgency": "clinical",
        "due": "clinical",
        "url": "identifying",
        "made_at": "free",
        "assignee": "identifying",
        "done_at": "free",
        "done_by": "identifying",
        "outcome": "identifying",
        "snoozed_until": "free",
    }
    CLINIC: ClassVar[str] = "clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("due", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("clinic", "key"), condition=Q(done_at__isnull=True), name="one_open_task"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def needs_words(self) -> bool:
        """Whether it is finished with an outcome in words only."""
        return self.urgency == Urgency.NOW


class Snooze(ClinicModel):
    """A task was put off, by whom, until when and why."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="snoozes")
    until = models.DateField()
    reason = models.CharField(max_length=200)
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "task": "free",
        "until": "free",
        "reason": "identifying",
        "by": "identifying",
        "at": "free",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("tasks_snooze", "What was put off")
    CLINIC: ClassVar[str] = "task__clinic"
    PATIENT: ClassVar[str] = "task__patient"

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"Put off until {self.until:%Y-%m-%d}"
