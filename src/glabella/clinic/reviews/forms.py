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
    GRADES,
    LOWER_AREAS,
    SIDES,
    UPPER_AREAS,
)
from glabella.clinic.reviews.actions import RatingInput
from glabella.clinic.reviews.models import Review
from glabella.clinic.reviews.rules import LINES
from glabella.clinic.safety.actions import EventInput
from glabella.clinic.safety.forms import SIDES as EVENT_SIDES
from glabella.clinic.safety.forms import criteria_choices, event_choices, grade_choices
from glabella.facts.vigilance import RatingScale

if TYPE_CHECKING:
    ReviewModelForm = forms.ModelForm[Review]
else:
    # Django's classes take no parameters while they run.
    ReviewModelForm = forms.ModelForm

EVENT_ROWS = 3


def rating_fields(scales: dict[str, RatingScale]) -> dict[str, forms.Field]:
    """A field for each value that is asked for; a sided scale has one for each side."""
    fields: dict[str, forms.Field] = {}
    for code, scale in scales.items():
        for side in SIDES if scale.sided else ("",):
            name = f"{scale.name}, {side}" if side else scale.name
            label = f"{name}, in {scale.unit}" if scale.unit else name
            key = f"scale-{code}-{side}"
            if scale.steps:
                choices = [("", "–"), *((step.value, _step(step)) for step in scale.steps)]
                fields[key] = forms.TypedChoiceField(
                    label=label, choices=choices, coerce=float, empty_value=None, required=False
                )
            else:
                fields[key] = forms.FloatField(
                    label=label, min_value=scale.low, max_value=scale.high, required=False
                )
                fields[key].widget.attrs["inputmode"] = "decimal"
            fields[key].help_text = scale.text.value
    return fields


def _step(step: Any) -> str:
    return f"{step.value} {step.name}"


def told_ratings(typed: dict[str, Any], scales: dict[str, RatingScale]) -> list[RatingInput]:
    """The ratings that were given, as the action takes them."""
    return [
        RatingInput(code, float(value), side=side, by_patient=scale.by_patient)
        for code, scale in scales.items()
        for side in (SIDES if scale.sided else ("",))
        if (value := typed.get(f"scale-{code}-{side}")) is not None
    ]


class BeforeForm(forms.Form):
    """Other scales than the grades, as they stand before a treatment."""

    def __init__(self, *args: Any, scales: dict[str, RatingScale], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scales = {code: scale for code, scale in scales.items() if scale.before}
        self.fields.update(rating_fields(self.scales))

    def clean(self) -> dict[str, Any]:
        return {"ratings": told_ratings(super().clean() or {}, self.scales)}


class SecondRatingForm(forms.Form):
    """What a second rater grades: the same lines and scales, without what the first one saw."""

    def __init__(
        self, *args: Any, graded: list[tuple[str, str]], names: list[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.graded = graded
        for (area, movement), name in zip(graded, names, strict=True):
            self.fields[f"{area}-{movement}"] = forms.TypedChoiceField(
                label=name, choices=[("", "–"), *GRADES], coerce=int, empty_value=None,
                required=False,
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        return {
            "ratings": [
                RatingInput(LINES, float(value), area=area, movement=movement)
                for area, movement in self.graded
                if (value := typed.get(f"{area}-{movement}")) is not None
            ]
        }


class ReviewForm(ReviewModelForm):
    """What was seen; before the effect can be judged it has no grades and heights."""

    class Meta:
        model = Review
        fields = ("date", "note", *GRADE_FIELDS, *BROW_FIELDS)
        widgets = {"date": DateInput(), "note": forms.Textarea({"rows": 4})}
        labels = {"date": "Seen on", "note": "Note"}

    def __init__(
        self,
        *args: Any,
        early: bool,
        today: date,
        lower_treated: bool = False,
        scales: dict[str, RatingScale] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.scales = {} if early else scales or {}
        self.fields.update(rating_fields(self.scales))
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
            label="Side", choices=EVENT_SIDES, required=False
        )
        self.fields[f"onset-{number}"] = forms.DateField(
            label="Since", widget=DateInput, required=False
        )
        self.fields[f"grade-{number}"] = forms.TypedChoiceField(
            label="How severe", choices=grade_choices, coerce=int, empty_value=None, required=False
        )
        self.fields[f"serious-{number}"] = forms.ChoiceField(
            label="Serious", choices=criteria_choices, required=False
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
                tuple(code for code in (typed.get(f"serious-{number}"),) if code),
                typed.get(f"side-{number}", ""),
                typed.get(f"grade-{number}"),
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
            "ratings": told_ratings(typed, self.scales),
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

    def scale_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in rating_fields(self.scales)]

    def has_more_events(self) -> bool:
        """Whether the rows after the first hold something, and so have to be seen."""
        return any(self[f"event-{number}"].value() for number in range(1, EVENT_ROWS))

    def event_rows(self) -> list[list[forms.BoundField]]:
        return [
            [self[f"{name}-{number}"] for name in ("event", "side", "onset", "grade", "serious")]
            for number in range(EVENT_ROWS)
        ]
