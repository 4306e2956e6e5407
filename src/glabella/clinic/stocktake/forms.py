"""Forms of counts, levels and the emergency kit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from django import forms

from glabella.clinic.forms import DateInput
from glabella.clinic.stock.forms import product_choices
from glabella.clinic.stocktake.rules import CountRefused, Entry, of_weight

MOST_ML = Decimal(50)
MISSING, PRESENT = "missing", "there"


def _volume(text: str, words: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation as error:
        raise CountRefused(f"{words}: {text!r} is no number.") from error
    if not number.is_finite() or not 0 <= number <= MOST_ML:
        raise CountRefused(f"{words}: {text} cannot be. Between 0 and {MOST_ML}.")
    return number.quantize(Decimal("0.01"))


def read_entries(sent: Mapping[str, str], lines: Mapping[int, str]) -> dict[int, Entry]:
    """What was typed into a count, by line; `lines` are the numbers of the vials."""
    entries = {}
    for key, number in lines.items():
        found_ml = _volume(sent.get(f"ml-{key}", ""), f"Vial {number}, mL")
        grams = _volume(sent.get(f"g-{key}", ""), f"Vial {number}, grams")
        if found_ml is None and grams is not None:
            found_ml = of_weight(grams)
        seen = {MISSING: False, PRESENT: True}.get(sent.get(f"seen-{key}", ""))
        entries[key] = Entry(seen, found_ml)
    return entries


def read_reasons(sent: Mapping[str, str], keys: list[int]) -> dict[int, tuple[str, str]]:
    return {
        key: (sent.get(f"reason-{key}", ""), sent.get(f"words-{key}", "").strip()) for key in keys
    }


class ParForm(forms.Form):
    product = forms.ChoiceField(choices=product_choices)
    vial_units = forms.DecimalField(label="Units in a vial", min_value=Decimal(1), max_value=5000)
    least = forms.IntegerField(label="At least so many vials", min_value=0, max_value=500)


class KitForm(forms.Form):
    item = forms.CharField(label="What", max_length=80, help_text="Such as Adrenaline 1 mg/mL.")
    where = forms.CharField(max_length=60, required=False)
    lot = forms.CharField(max_length=40, required=False)
    expiry = forms.DateField(widget=DateInput)
