"""Forms around signing."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms

from glabella.clinic.forms import DateInput
from glabella.clinic.treatments.preview import FindingRow
from glabella.clinic.treatments.rules import SHORTEST_REASON


class SignForm(forms.Form):
    """The date, and a reason for each stop that is signed past."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    date = forms.DateField(label="Given on", widget=DateInput)

    def __init__(
        self, *args: Any, stops: Sequence[FindingRow], today: datetime.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"].widget.attrs["max"] = today.isoformat()
        self.reasons = {f"reason-{stop.code}": stop for stop in stops}
        for name, stop in self.reasons.items():
            self.fields[name] = forms.CharField(
                label="Your reason for going past this stop",
                help_text=stop.message,
                min_length=SHORTEST_REASON,
                max_length=1000,
                widget=forms.Textarea({"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        """Gather the reasons by the code of the stop, as the action takes them."""
        typed = super().clean() or {}
        reasons = {
            stop.code: typed.pop(name) for name, stop in self.reasons.items() if name in typed
        }
        return typed | {"overrides": reasons}


class AddendumForm(forms.Form):
    reason = forms.CharField(
        label="Why it is added", max_length=200, help_text="For example: lot read wrongly."
    )
    text = forms.CharField(label="What is added", widget=forms.Textarea({"rows": 4}))
