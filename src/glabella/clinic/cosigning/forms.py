"""Forms of co-signing."""

from __future__ import annotations

from typing import Any

from django import forms

from glabella.clinic.cosigning.rules import SHORTEST_NOTE
from glabella.clinic.people.models import Member


class CosignForm(forms.Form):
    note = forms.CharField(
        label="Note (may stay empty)",
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
    )


class ChangesForm(forms.Form):
    note = forms.CharField(
        label="What has to be changed or explained",
        min_length=SHORTEST_NOTE,
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
    )


class AskForm(forms.Form):
    """Whom the injector asks, and why."""

    of = forms.ModelChoiceField(
        Member.objects.none(), label="Whom", required=False, empty_label="Any supervisor"
    )
    reason = forms.CharField(
        label="Why", max_length=300, help_text="For example: first time in this area."
    )

    def __init__(self, *args: Any, supervisors: list[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of = self.fields["of"]
        assert isinstance(of, forms.ModelChoiceField)
        of.queryset = Member.objects.filter(pk__in=[one.pk for one in supervisors])
