"""Forms of consent: what it is for, what was talked through, the signature, the text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from glabella import facts
from glabella.clinic.consent.models import Copy, Method, Scope, Signer
from glabella.clinic.consent.told import off_label, risks_of
from glabella.clinic.patients.measures import AREA_NAMES
from glabella.clinic.patients.models import Patient


def product_choices() -> list[tuple[str, str]]:
    return [(code, product.name) for code, product in facts.load().products.items()]


class ForForm(forms.Form):
    """What the consent is for."""

    areas = forms.MultipleChoiceField(
        label="Areas", widget=forms.CheckboxSelectMultiple, required=False
    )
    products = forms.MultipleChoiceField(
        label="Products",
        choices=product_choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, also: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = AREA_NAMES | {area: area for area in also if area not in AREA_NAMES}
        self.fields["areas"].choices = list(names.items())  # type: ignore[attr-defined]


class SignatureForm(forms.Form):
    """Who signs, and how."""

    signer = forms.ChoiceField(label="Who signs", choices=Signer.choices, widget=forms.RadioSelect)
    name = forms.CharField(label="Name of who signs", max_length=120)
    relation = forms.CharField(
        label="By what right, if not the patient",
        required=False,
        max_length=120,
        help_text="Such as parent, guardian, power of attorney.",
    )
    method = forms.ChoiceField(
        label="How", choices=Method.choices, widget=forms.RadioSelect, initial=Method.DRAWN
    )
    strokes = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200_000)

    @staticmethod
    def first(patient: Patient, *, minor: bool) -> dict[str, str]:
        """What the form starts with."""
        if minor:
            return {"signer": Signer.REPRESENTATIVE, "method": Method.DRAWN}
        return {"signer": Signer.PATIENT, "name": patient.name, "method": Method.DRAWN}


class ToldForm(ForForm):
    """The steps that a member goes through with the patient."""

    questions = forms.CharField(
        label="What the patient asked",
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2}),
    )
    replies = forms.CharField(
        label="What was answered",
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2}),
    )
    alternatives = forms.BooleanField(
        label="We spoke about what else there is, doing nothing included", required=False
    )
    off_label = forms.BooleanField(label="The patient knows this", required=False)
    copy = forms.ChoiceField(
        label="Copy for the patient",
        choices=Copy.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how the patient gets a copy."},
    )

    def __init__(
        self, *args: Any, chosen_areas: list[str], chosen_products: list[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, also=chosen_areas, **kwargs)
        self.risks = risks_of(chosen_areas)
        self.beyond = off_label(chosen_areas, chosen_products)
        for risk in self.risks:
            self.fields[f"risk-{risk.code}"] = forms.BooleanField(label=risk.name, required=False)
        for scope in Scope:
            self.fields[f"photo-{scope.value}"] = forms.ChoiceField(
                label=scope.label,
                choices=(("no", "No"), ("yes", "Yes")),
                widget=forms.RadioSelect,
                initial="no",
            )

    def risk_rows(self) -> list[tuple[Any, forms.BoundField]]:
        return [(risk, self[f"risk-{risk.code}"]) for risk in self.risks]

    def photo_fields(self) -> list[forms.BoundField]:
        return [self[f"photo-{scope.value}"] for scope in Scope]

    def clean(self) -> dict[str, Any]:
        """Gather risks and photographs, as the action takes them."""
        typed = super().clean() or {}
        discussed = [risk.code for risk in self.risks if typed.pop(f"risk-{risk.code}", False)]
        photos = {scope.value: typed.pop(f"photo-{scope.value}", "") == "yes" for scope in Scope}
        return typed | {"discussed": discussed, "photos": photos}


class WithdrawForm(forms.Form):
    words = forms.CharField(label="What the patient said", required=False, max_length=300)


class TextForm(forms.Form):
    title = forms.CharField(max_length=120)
    body = forms.CharField(
        label="Words",
        widget=forms.Textarea({"rows": 28}),
        help_text="A line that begins with # is a heading.",
    )
