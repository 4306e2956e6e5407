"""Forms of the follow-up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from glabella.clinic.followup import rules
from glabella.clinic.followup.models import FollowUpPolicy, How, StepKind
from glabella.clinic.forms import DateInput, DateTimeInput
from glabella.clinic.outbox.models import MessagePolicy
from glabella.clinic.people.models import Member
from glabella.errors import RecordError

NONE_OF_THESE = "none"
# A box with its words beside it, as large as a finger.
CHECK = "forms/check.html"


def flag_choices() -> list[tuple[str, str]]:
    return [*rules.red_flag_words().items(), (NONE_OF_THESE, "None of these")]


class CheckInForm(forms.Form):
    """What a patient taps: the red flags first, then other signs, then how it is."""

    red_flags = forms.MultipleChoiceField(
        label="Do you have any of these?",
        choices=flag_choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tap what you have, or “None of these”."},
    )
    signs = forms.MultipleChoiceField(
        label="Have you noticed anything else?",
        choices=[(sign.code, sign.words) for sign in rules.SIGNS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    how = forms.ChoiceField(
        label="How is it?",
        choices=How.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Tap one of the three."},
    )
    words = forms.CharField(
        label="Anything to add",
        widget=forms.Textarea({"rows": 2}),
        required=False,
        max_length=2000,
    )

    def clean_red_flags(self) -> list[str]:
        # Who taps a sign and “None of these” has the sign.
        return [code for code in self.cleaned_data["red_flags"] if code != NONE_OF_THESE]


def tomorrow_morning() -> datetime:
    """Something to start from; nobody types the year."""
    tomorrow = timezone.localtime() + timedelta(days=1)
    return tomorrow.replace(hour=10, minute=0, second=0, microsecond=0)


class BookForm(forms.Form):
    starts_at = forms.DateTimeField(label="When", widget=DateTimeInput(), initial=tomorrow_morning)
    minutes = forms.IntegerField(label="Minutes", min_value=5, max_value=480, initial=30)
    what = forms.CharField(label="What for", max_length=80, initial="Treatment")
    member = forms.ModelChoiceField(
        label="With", queryset=Member.objects.none(), required=False, empty_label="Anybody"
    )
    tell = forms.BooleanField(
        label="Tell the patient", required=False, initial=True, template_name=CHECK
    )

    def __init__(self, *args: Any, clinic: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["member"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Member.objects.filter(clinic=clinic)


class MoveForm(forms.Form):
    starts_at = forms.DateTimeField(label="New time", widget=DateTimeInput())


class NotNowForm(forms.Form):
    until = forms.DateField(label="Until", widget=DateInput())
    reason = forms.CharField(label="Why", max_length=200)


class LostForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=200)


class StepForm(forms.Form):
    """One tap: spoke to them, no answer, back on the list."""

    kind = forms.ChoiceField(
        choices=[
            (kind, kind.label) for kind in (StepKind.REACHED, StepKind.NO_ANSWER, StepKind.AGAIN)
        ]
    )


class PolicyForm(forms.Form):
    """What the clinic has chosen for its follow-up and its messages."""

    check_ins = forms.BooleanField(
        label="Patients are asked how it goes", required=False, template_name=CHECK
    )
    check_in_days = forms.CharField(
        label="Days after a treatment", help_text="Such as 1, 3, 7, 14.", max_length=60
    )
    lead_days = forms.IntegerField(
        label="Days before the forecast wear-off",
        help_text="So early the recall list names a patient; never within the label's interval.",
        min_value=0,
        max_value=90,
    )
    drift_days = forms.IntegerField(
        label="Days not seen after which a patient is drifting away", min_value=90, max_value=2000
    )
    quiet_from = forms.TimeField(label="Quiet from", widget=forms.TimeInput({"type": "time"}))
    quiet_until = forms.TimeField(label="Quiet until", widget=forms.TimeInput({"type": "time"}))

    @classmethod
    def stored(cls, policy: FollowUpPolicy, messages: MessagePolicy) -> dict[str, Any]:
        """What is stored, as the form shows it."""
        return {
            "check_ins": policy.check_ins,
            "check_in_days": ", ".join(str(day) for day in policy.check_in_days),
            "lead_days": policy.lead_days,
            "drift_days": policy.drift_days,
            "quiet_from": messages.quiet_from.strftime("%H:%M"),
            "quiet_until": messages.quiet_until.strftime("%H:%M"),
        }

    def clean_check_in_days(self) -> list[int]:
        words = self.cleaned_data["check_in_days"].replace(",", " ").split()
        try:
            return rules.check_days([int(word) for word in words])
        except ValueError as error:
            raise forms.ValidationError("Write whole days, such as 1, 3, 7, 14.") from error
        except RecordError as error:
            raise forms.ValidationError(str(error)) from error
