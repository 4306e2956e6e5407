"""The forms of adverse events, guides and reports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from glabella import facts
from glabella.clinic.forms import DateInput
from glabella.clinic.safety.actions import EventInput
from glabella.clinic.safety.models import Cause, How, Origin, Outcome
from glabella.clinic.safety.reporting import FilledReport
from glabella.clinic.safety.rules import event_names

SIDES = [("", "–"), ("left", "Left"), ("right", "Right"), ("both", "Both sides")]


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def event_choices() -> list[tuple[str, str]]:
    return [("", "None"), *event_names().items()]


def kind_choices() -> list[tuple[str, str]]:
    return [("", "Choose what it is"), *event_names().items()]


def grade_choices() -> list[tuple[str | int, str]]:
    graded = [
        (one.number, f"{one.number} {one.name.lower()}") for one in facts.load().events.grades
    ]
    return [("", "–"), *graded]


def criteria_choices() -> list[tuple[str, str]]:
    """Not serious, or the one reason why; further ones are added with a follow-up."""
    return [("", "Not serious"), *reasons()]


def reasons() -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in facts.load().events.criteria]


def certainty_choices() -> list[tuple[str, str]]:
    return [("", "–"), *((one.code, one.name) for one in facts.load().events.certainties)]


def cause_choices() -> list[tuple[str, str]]:
    return [("", "Not assessed yet"), *Cause.choices]


class EventForm(forms.Form):
    """An adverse event; the points are tapped on the face or ticked in the list."""

    event = forms.ChoiceField(label="What", choices=kind_choices)
    side = forms.ChoiceField(
        label="Side", choices=SIDES, required=False, help_text="The one that hangs or is higher."
    )
    grade = forms.TypedChoiceField(
        label="How severe",
        choices=grade_choices,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    onset = forms.DateField(label="Since", widget=DateInput)
    onset_time = forms.TimeField(label="At what time, if known", widget=TimeInput, required=False)
    origin = forms.ChoiceField(label="How you know of it", choices=Origin.choices)
    points = forms.TypedMultipleChoiceField(
        label="Points that it may come from",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    criteria = forms.MultipleChoiceField(
        label="Serious, because",
        choices=reasons,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    description = forms.CharField(
        label="In words", widget=forms.Textarea({"rows": 3}), required=False
    )
    management = forms.CharField(
        label="What was done", widget=forms.Textarea({"rows": 2}), required=False
    )
    cause = forms.ChoiceField(label="Cause", choices=cause_choices, required=False)
    certainty = forms.ChoiceField(label="How sure", choices=certainty_choices, required=False)

    def __init__(self, *args: Any, points: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(ticked := self.fields["points"], forms.TypedMultipleChoiceField):
            ticked.choices = points
        self.fields["onset"].widget.attrs["max"] = timezone.localdate().isoformat()
        if not points:
            del self.fields["points"]

    def clean(self) -> dict[str, Any]:
        """Gather what was told as the action takes it."""
        typed = super().clean() or {}
        if bool(typed.get("cause")) != bool(typed.get("certainty")):
            self.add_error("certainty", "A cause needs how sure you are, and the other way round.")
        told = EventInput(
            typed.get("event", ""),
            typed.get("onset"),
            tuple(typed.get("criteria", ())),
            typed.get("side", ""),
            typed.get("grade"),
            onset_time=typed.get("onset_time"),
            description=typed.get("description", ""),
            management=typed.get("management", ""),
            points=tuple(typed.get("points", ())),
            cause=typed.get("cause", ""),
            certainty=typed.get("certainty", ""),
        )
        return {"told": told, "origin": Origin(typed.get("origin") or Origin.VISIT)}

    def more_is_told(self) -> bool:
        """Whether the part that is folded away holds something."""
        names = ("criteria", "management", "cause", "certainty", "onset_time")
        return any(self[name].value() for name in names)


class FollowUpForm(forms.Form):
    date = forms.DateField(label="Seen or heard on", widget=DateInput)
    outcome = forms.ChoiceField(label="How it stands", choices=Outcome.choices)
    grade = forms.TypedChoiceField(
        label="How severe now",
        choices=grade_choices,
        coerce=int,
        empty_value=None,
        required=False,
    )
    text = forms.CharField(label="In words", widget=forms.Textarea({"rows": 3}))
    management = forms.CharField(label="What was done", required=False)
    next_on = forms.DateField(label="Look again on", widget=DateInput, required=False)
    criteria = forms.MultipleChoiceField(
        label="It has become serious, because",
        choices=reasons,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class CauseForm(forms.Form):
    cause = forms.ChoiceField(label="Cause", choices=Cause.choices)
    certainty = forms.ChoiceField(label="How sure", choices=certainty_choices)
    reason = forms.CharField(label="Why", required=False)


class StepForm(forms.Form):
    """A step of a guide: ticked, or left out with the reason."""

    step = forms.CharField()
    note = forms.CharField(required=False)
    left_out = forms.BooleanField(required=False)


class CloseGuideForm(forms.Form):
    text = forms.CharField(label="How it ended", widget=forms.Textarea({"rows": 2}))


class ReportFieldsForm(forms.Form):
    """The fields of a public form, each with what the record has for it."""

    def __init__(self, *args: Any, page: FilledReport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = page
        for one in page.fields:
            long = "\n" in one.value or one.code.endswith(("B5", "reaction", "E_i_1_1a"))
            self.fields[one.code] = forms.CharField(
                label=one.name,
                initial=one.value,
                required=False,
                widget=forms.Textarea({"rows": 6}) if long else forms.TextInput,
            )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        # A browser sends the ends of lines its own way.
        return {"typed": {key: value.replace("\r\n", "\n") for key, value in typed.items()}}

    def sections(self) -> list[tuple[str, str, list[tuple[forms.BoundField, bool]]]]:
        """Name and source of each section, with its fields and whether the form needs them."""
        return [
            (
                section.name,
                section.source,
                [(self[one.code], one.needed) for one in section.fields],
            )
            for section in self.page.sections
        ]


class SentForm(forms.Form):
    date = forms.DateField(label="Sent on", widget=DateInput)
    how = forms.ChoiceField(label="How", choices=How.choices)
    reference = forms.CharField(label="Number that you were given", max_length=80, required=False)
