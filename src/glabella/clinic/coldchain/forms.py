"""Forms of the cold chain."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from glabella.clinic.coldchain.rules import Measured, ReadingRefused, known_ranges, read_file

LARGEST_FILE = 4 * 1024 * 1024
OWN = "own"


class PlaceForm(forms.Form):
    """A place with the range of a source, or the clinic's own."""

    name = forms.CharField(max_length=60, help_text="Such as Refrigerator in room 2.")
    range = forms.ChoiceField(label="Range", widget=forms.RadioSelect)
    low_celsius = forms.DecimalField(
        label="Own range: from °C", max_digits=4, decimal_places=1, required=False
    )
    high_celsius = forms.DecimalField(label="to °C", max_digits=4, decimal_places=1, required=False)
    reading_hours = forms.IntegerField(
        label="Hours after which a missing reading stops the vials",
        min_value=1,
        max_value=24 * 14,
        required=False,
        help_text="The clinic's own rule; without one, a silence stops nothing.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [
            (
                f"{one.low:g} {one.high:g}",
                f"{one.low:g} to {one.high:g} °C, {one.name} – {one.source}",
            )
            for one in known_ranges()
        ]
        self.fields["range"].choices = [*named, (OWN, "Another range")]  # type: ignore[attr-defined]
        self.fields["range"].initial = named[0][0] if named else OWN

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or {}
        chosen = kept.pop("range", OWN)
        if chosen != OWN:
            low, high = chosen.split()
            return kept | {"low_celsius": Decimal(low), "high_celsius": Decimal(high)}
        for name in ("low_celsius", "high_celsius"):
            if kept.get(name) is None and name not in self.errors:
                self.add_error(name, "Type the range of this place.")
        return kept


class HandForm(forms.Form):
    celsius = forms.DecimalField(
        label="Temperature now, °C",
        min_value=Decimal(-90),
        max_value=Decimal(90),
        max_digits=4,
        decimal_places=1,
    )


class FileForm(forms.Form):
    """A logger's file; its content becomes the readings."""

    readings = forms.FileField(
        label="CSV from the logger",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        help_text="Two columns, time and °C, with or without a heading.",
    )

    def clean_readings(self) -> list[Measured]:
        sent = self.cleaned_data["readings"]
        if sent.size > LARGEST_FILE:
            raise forms.ValidationError("The file is larger than 4 MB. Send it in parts.")
        try:
            return read_file(sent.read())
        except ReadingRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
