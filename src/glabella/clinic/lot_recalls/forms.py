"""Forms of a recall."""

from __future__ import annotations

from django import forms

from glabella.clinic.lot_recalls.models import Outcome, Way
from glabella.clinic.stock.forms import product_choices
from glabella.clinic.stock.models import RecallClass


class RecallForm(forms.Form):
    product = forms.ChoiceField(choices=product_choices)
    lot = forms.CharField(max_length=40)
    source = forms.CharField(
        label="Who recalls it, and where that is written",
        max_length=300,
        help_text="Such as the maker's letter and its date, or the regulator's notice.",
    )
    recall_class = forms.ChoiceField(label="Class", choices=RecallClass.choices, initial="-")
    words = forms.CharField(
        label="What the patients are told",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=2000,
        help_text="What was found, what to look out for, what to do now.",
    )
    drill = forms.BooleanField(
        label="This is a drill: stop no vial and send nothing",
        required=False,
    )


class TryForm(forms.Form):
    way = forms.ChoiceField(
        label="How", choices=[one for one in Way.choices if one[0] != Way.MESSAGE]
    )
    outcome = forms.ChoiceField(
        label="What came of it", choices=[one for one in Outcome.choices if one[0] != Outcome.SENT]
    )
    words = forms.CharField(label="Remark", max_length=300, required=False)


class EndForm(forms.Form):
    outcome = forms.CharField(
        label="What came of it", widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
