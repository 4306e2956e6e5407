"""What the trail can be asked for."""

from __future__ import annotations

from typing import Any

from django import forms

from glabella.clinic.audit.queries import Asked
from glabella.clinic.forms import DateInput
from glabella.clinic.people.models import Clinic, Member


class TrailForm(forms.Form):
    words = forms.CharField(label="Words", required=False, max_length=80)
    by = forms.ChoiceField(label="Who", required=False)
    since = forms.DateField(label="From", required=False, widget=DateInput)
    until = forms.DateField(label="To", required=False, widget=DateInput)

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = [(str(one.pk), one.display_name) for one in Member.objects.filter(clinic=clinic)]
        by = self.fields["by"]
        assert isinstance(by, forms.ChoiceField)
        by.choices = [("", "Everybody"), *members]

    def asked(self) -> Asked:
        """What was typed and can be read; the rest asks for nothing."""
        self.is_valid()
        return Asked(**{name: value for name, value in self.cleaned_data.items() if value})
