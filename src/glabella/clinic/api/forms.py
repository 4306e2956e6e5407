"""Making a token."""

from __future__ import annotations

from typing import Any

from django import forms

from glabella.clinic.api.rules import LONGEST_DAYS, OFFERED
from glabella.clinic.people.models import Member


class TokenForm(forms.Form):
    name = forms.CharField(
        label="What it is for", max_length=60, help_text="Such as: accounts at night"
    )
    scopes = forms.MultipleChoiceField(
        label="It may", widget=forms.CheckboxSelectMultiple, initial=["SEE_TODAY"]
    )
    days = forms.IntegerField(
        label="Days it lasts", min_value=1, max_value=LONGEST_DAYS, initial=90
    )

    def __init__(self, *given: Any, member: Member, **named: Any) -> None:
        super().__init__(*given, **named)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        scopes.choices = [(one.name, str(one.value)) for one in OFFERED if member.may(one)]
