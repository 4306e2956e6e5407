"""The form of a message's words."""

from __future__ import annotations

from django import forms


class TemplateForm(forms.Form):
    title = forms.CharField(label="Subject", max_length=78)
    body = forms.CharField(label="Text", widget=forms.Textarea({"rows": 7}), max_length=1000)
