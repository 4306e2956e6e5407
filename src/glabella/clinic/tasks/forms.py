"""The small forms of a task."""

from __future__ import annotations

from django import forms

from glabella.clinic.forms import DateInput


class OutcomeForm(forms.Form):
    outcome = forms.CharField(
        label="What came of it", widget=forms.Textarea({"rows": 2}), max_length=2000
    )


class SnoozeForm(forms.Form):
    until = forms.DateField(label="Until", widget=DateInput())
    reason = forms.CharField(label="Why", max_length=200)


class AddTaskForm(forms.Form):
    title = forms.CharField(label="What is to be done", max_length=200)
    due = forms.DateField(label="Due", widget=DateInput())
    urgency = forms.ChoiceField(
        label="How urgent", choices=(("routine", "Routine"), ("soon", "Soon"), ("now", "At once"))
    )
