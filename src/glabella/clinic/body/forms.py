"""The form for a scale after a session."""

from __future__ import annotations

from typing import Any

from django import forms

from glabella.clinic.forms import DateInput
from glabella.facts.body import Scale


class ScaleForm(forms.Form):
    """The day and what the scale shows, as steps where it has them."""

    date = forms.DateField(label="Read on", widget=DateInput)
    value = forms.DecimalField(label="Value", decimal_places=2)
    note = forms.CharField(label="Note", max_length=200, required=False)

    def __init__(self, *args: Any, scale: Scale, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["value"]
        field.label = scale.name
        field.help_text = scale.about.value
        if scale.steps and scale.low is not None:
            field.widget = forms.Select(choices=steps_of(scale))
        elif scale.low is not None and scale.high is not None:
            field.widget.attrs |= {"min": f"{scale.low:g}", "max": f"{scale.high:g}"}


def steps_of(scale: Scale) -> list[tuple[str, str]]:
    """The steps of a scale as choices, the lowest first."""
    assert scale.low is not None
    return [
        (f"{scale.low + number:g}", f"{scale.low + number:g} – {words}")
        for number, words in enumerate(scale.steps)
    ]
