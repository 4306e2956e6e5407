"""The form of an assessment."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from glabella import facts
from glabella.clinic.forms import DateInput
from glabella.clinic.patients.measures import AREA_NAMES
from glabella.clinic.prescribing.models import Decision, Mode


def area_choices(also: Iterable[str] = ()) -> list[tuple[str, str]]:
    """All areas of the face, and those that a chart holds besides."""
    names = AREA_NAMES | {area: area for area in also if area not in AREA_NAMES}
    return list(names.items())


class AssessmentForm(forms.Form):
    mode = forms.ChoiceField(label="Seen", choices=Mode.choices, widget=forms.RadioSelect)
    how = forms.CharField(
        label="By what means, if remote", required=False, max_length=120, help_text="Such as video."
    )
    identity = forms.CharField(
        label="How you know who it is",
        max_length=120,
        help_text="Such as: known to me; photo document.",
    )
    findings = forms.CharField(
        label="Findings", required=False, max_length=4000, widget=forms.Textarea({"rows": 3})
    )
    decision = forms.ChoiceField(
        label="Decision", choices=Decision.choices, widget=forms.RadioSelect
    )
    areas = forms.MultipleChoiceField(
        label="Areas", required=False, widget=forms.CheckboxSelectMultiple
    )
    valid_until = forms.DateField(label="Stands until", widget=DateInput())

    def __init__(self, *args: Any, also: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["areas"].choices = area_choices(also)  # type: ignore[attr-defined]
        self.products = {f"units-{code}": code for code in facts.load().products}
        for name, code in self.products.items():
            self.fields[name] = forms.DecimalField(
                label=facts.product(code).name,
                required=False,
                min_value=Decimal("0.5"),
                max_value=Decimal(2000),
                decimal_places=2,
                widget=forms.NumberInput({"inputmode": "decimal", "step": "0.5"}),
            )

    def product_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.products]

    def clean(self) -> dict[str, Any]:
        """Gather the units by product, as the action takes them."""
        typed = super().clean() or {}
        units = {
            code: amount
            for name, code in self.products.items()
            if (amount := typed.pop(name, None)) is not None
        }
        return typed | {"units": units}


class EndForm(forms.Form):
    reason = forms.CharField(label="Why it ends", max_length=300)
