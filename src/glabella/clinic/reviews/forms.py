"""The form of a review."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms

from glabella.clinic.forms import DateInput, dash_for_nothing, keep_model_limits
from glabella.clinic.patients.forms import GradeRow, any_grade, grade_rows
from glabella.clinic.patients.measures import (
    BROW_FIELDS,
    BROW_PLACES,
    GRADE_FIELDS,
    LOWER_AREAS,
    SIDES,
    UPPER_AREAS,
)
from glabella.clinic.reviews.actions import EventInput
from glabella.clinic.reviews.models import Review, Seriousness, Where
from glabella.clinic.reviews.rules import event_names

if TYPE_CHECKING:
    ReviewModelForm = forms.ModelForm[Review]
else:
    # Django's classes take no parameters while they run.
    ReviewModelForm = forms.ModelForm

EVENT_ROWS = 3


def event_choices() -> list[tuple[str, str]]:
    return [("", "None"), *event_names().items()]


class ReviewForm(ReviewModelForm):
    """What was seen; before the effect can be judged it has no grades and heights."""

    class Meta:
        model = Review
        fields = ("date", "note", *GRADE_FIELDS, *BROW_FIELDS)
        widgets = {"date": DateInput(), "note": forms.Textarea({"rows": 4})}
        labels = {"date": "Seen on", "note": "Note"}

    def __init__(
        self, *args: Any, early: bool, today: date, lower_treated: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.early = early
        self.lower_treated = lower_treated
        dash_for_nothing(self, GRADE_FIELDS)
        keep_model_limits(self, Review)
        self.fields["date"].widget.attrs["max"] = today.isoformat()
        for name in (*GRADE_FIELDS, *BROW_FIELDS):
            self.fields[name].widget.attrs["inputmode"] = "decimal"
            if early and name not in self.data:
                del self.fields[name]
        for number in range(EVENT_ROWS):
            self._add_event_row(number)

    def _add_event_row(self, number: int) -> None:
        self.fields[f"event-{number}"] = forms.ChoiceField(
            label="Adverse event", choices=event_choices, required=False
        )
        self.fields[f"side-{number}"] = forms.ChoiceField(
            label="Side", choices=[("", "–"), *Where.choices], required=False
        )
        self.fields[f"onset-{number}"] = forms.DateField(
            label="Since", widget=DateInput, required=False
        )
        self.fields[f"seriousness-{number}"] = forms.ChoiceField(
            label="How serious", choices=Seriousness.choices, required=False
        )

    def _post_clean(self) -> None:
        """Validate the fields alone: the action makes the review."""

    def clean(self) -> dict[str, Any]:
        """Gather what was typed as the action takes it."""
        typed = super().clean() or {}
        events = [
            EventInput(
                typed[f"event-{number}"],
                typed.get(f"onset-{number}"),
                typed.get(f"seriousness-{number}") or Seriousness.NOT_SERIOUS,
                typed.get(f"side-{number}", ""),
            )
            for number in range(EVENT_ROWS)
            if typed.get(f"event-{number}")
        ]
        seen = {name: typed[name] for name in (*GRADE_FIELDS, *BROW_FIELDS) if name in typed}
        return {
            "date": typed.get("date"),
            "note": typed.get("note", ""),
            "seen": seen,
            "events": events,
        }

    def grade_rows(self) -> list[GradeRow]:
        return [] if self.early else grade_rows(self, UPPER_AREAS)

    def lower_grade_rows(self) -> list[GradeRow]:
        return [] if self.early else grade_rows(self, LOWER_AREAS)

    def lower_is_graded(self) -> bool:
        """Whether the grades of the lower face are to be seen at once."""
        return not self.early and (self.lower_treated or any_grade(self, LOWER_AREAS))

    def brow_rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        if self.early:
            return []
        return [
            (side.capitalize(), [self[f"brow_{side}_{place}_mm"] for place in BROW_PLACES])
            for side in SIDES
        ]

    def has_more_events(self) -> bool:
        """Whether the rows after the first hold something, and so have to be seen."""
        return any(self[f"event-{number}"].value() for number in range(1, EVENT_ROWS))

    def event_rows(self) -> list[list[forms.BoundField]]:
        return [
            [self[f"{name}-{number}"] for name in ("event", "side", "onset", "seriousness")]
            for number in range(EVENT_ROWS)
        ]
