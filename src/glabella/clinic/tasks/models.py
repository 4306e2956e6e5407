"""Things to do."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

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

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "patient": "identifying",
        "key": "identifying",
        "kind": "free",
        "title": "identifying",
        "urgency": "clinical",
        "due": "clinical",
        "url": "identifying",
        "made_at": "free",
        "assignee": "identifying",
        "done_at": "free",
        "done_by": "identifying",
        "outcome": "identifying",
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
