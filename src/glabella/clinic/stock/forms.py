"""Forms of the stock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from glabella import facts
from glabella.clinic.forms import DateInput
from glabella.clinic.stock.models import DiscardReason


def product_choices() -> list[tuple[str, str]]:
    products = facts.load().products.values()
    return [(product.id, f"{product.name} ({product.generic})") for product in products]


def size_choices() -> list[tuple[str, str]]:
    sizes = {size for p in facts.load().products.values() for size in p.vials_units.value}
    return [(f"{size:g}", f"{size:g} U") for size in sorted(sizes)]


class ReceiveForm(forms.Form):
    """What is printed on the carton."""

    product = forms.ChoiceField(choices=product_choices)
    vial_units = forms.TypedChoiceField(
        label="Units in the vial", choices=size_choices, coerce=Decimal
    )
    lot = forms.CharField(max_length=40, help_text="As printed on the vial.")
    expiry = forms.DateField(widget=DateInput, help_text="The last day printed on the carton.")
    supplier = forms.CharField(max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lot"].widget.attrs["autocomplete"] = "off"


class OpenForm(forms.Form):
    """How much diluent went in."""

    diluent_ml = forms.DecimalField(
        label="Diluent in mL",
        min_value=Decimal("0.2"),
        max_value=Decimal(20),
        max_digits=5,
        decimal_places=2,
        help_text="Choose one with a source, or type your own.",
    )


class DiscardForm(forms.Form):
    reason = forms.ChoiceField(label="Why", choices=DiscardReason.choices)
