"""Forms of the stock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest

from glabella import facts
from glabella.clinic.forms import DateInput
from glabella.clinic.people.models import Member
from glabella.clinic.stock.models import (
    DifferenceReason,
    Diluent,
    DiscardReason,
    HoldReason,
    Place,
    Supplier,
    WasteReason,
)
from glabella.clinic.stock.receiving import NO_LOT, Carton
from glabella.clinic.stock.scanning import ScanRefused, photo

MOST_CARTONS = 60


def product_choices() -> list[tuple[str, str]]:
    products = facts.load().products.values()
    return [(product.id, f"{product.name} ({product.generic})") for product in products]


class DeliveryForm(forms.Form):
    """What the vials of a delivery have in common."""

    supplier = forms.ModelChoiceField(queryset=Supplier.objects.none(), required=False)
    note_number = forms.CharField(label="Delivery note", max_length=60, required=False)
    place = forms.ModelChoiceField(label="Put into", queryset=Place.objects.none(), required=False)
    photo = forms.FileField(
        label="Photo of the carton",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )

    def __init__(self, *args: Any, clinic: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Place.objects.filter(clinic=clinic)
        self.fields["supplier"].queryset = Supplier.objects.filter(clinic=clinic)  # type: ignore[attr-defined]
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        if len(places) == 1:
            self.fields["place"].initial = places[0].pk

    def clean_photo(self) -> bytes:
        sent = self.cleaned_data.get("photo")
        if not sent:
            return b""
        try:
            return photo(sent.read())
        except ScanRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


def carton_choices() -> list[tuple[str, str]]:
    return [("", "Choose"), *product_choices()]


class CartonForm(forms.Form):
    """What is printed on one carton."""

    product = forms.ChoiceField(choices=carton_choices)
    vial_units = forms.DecimalField(
        label="Units", min_value=Decimal(1), max_value=Decimal(5000), decimal_places=2
    )
    lot = forms.CharField(max_length=40, required=False)
    expiry = forms.DateField(widget=DateInput)
    serial = forms.CharField(label="Serial number", max_length=20, required=False)
    price = forms.DecimalField(min_value=Decimal(0), max_digits=9, decimal_places=2, required=False)
    no_lot = forms.BooleanField(label="No lot is printed", required=False)
    gtin = forms.CharField(max_length=14, required=False, widget=forms.HiddenInput)
    tie = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lot", "serial", "price"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        # A carton has one, or the box below says that it has none: optional it is not.
        self.fields["lot"].label = "Lot, as printed"

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or {}
        if not kept.get("lot") and not kept.get("no_lot") and "lot" not in self.errors:
            self.add_error("lot", "Type the lot as printed; if none is printed, tick the box.")
        return kept

    def carton(self) -> Carton:
        kept = dict(self.cleaned_data)
        no_lot = kept.pop("no_lot")
        return Carton(**kept | {"lot": NO_LOT if no_lot else kept["lot"]})


class Cartons(BaseFormSet):  # type: ignore[type-arg]
    """The list of a delivery; empty lines at its end are left out."""

    def cartons(self) -> list[Carton]:
        return [form.carton() for form in self.forms if form.has_changed()]


CartonSet = forms.formset_factory(
    CartonForm, formset=Cartons, extra=1, max_num=MOST_CARTONS, absolute_max=MOST_CARTONS
)


class OpenForm(forms.Form):
    """How much diluent went in, of what kind, and how many syringes were filled."""

    diluent_ml = forms.DecimalField(
        label="Diluent in mL",
        min_value=Decimal("0.2"),
        max_value=Decimal(20),
        max_digits=5,
        decimal_places=2,
    )
    diluent = forms.ChoiceField(choices=Diluent.choices, initial=Diluent.SALINE, required=False)
    diluent_lot = forms.CharField(label="Lot of the diluent", max_length=40, required=False)
    syringes = forms.IntegerField(
        label="Syringes drawn up now", min_value=0, max_value=40, required=False
    )

    def clean_diluent(self) -> str:
        return self.cleaned_data["diluent"] or Diluent.SALINE

    def clean_syringes(self) -> int:
        return self.cleaned_data["syringes"] or 0


class WitnessForm(forms.Form):
    """A form that a colleague may confirm with their own user name and password."""

    witness_name = forms.CharField(label="Witness: user name", max_length=150, required=False)
    witness_password = forms.CharField(
        label="Witness: password", required=False, widget=forms.PasswordInput
    )

    def __init__(self, *args: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        for name in ("witness_name", "witness_password"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        # Last, wherever a form has its own fields.
        own = [name for name in self.fields if not name.startswith("witness")]
        self.order_fields([*own, "witness_name", "witness_password"])

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or {}
        name = kept.pop("witness_name", "")
        password = kept.pop("witness_password", "")
        kept["witness"] = self._witness(name, password) if name else None
        return kept

    def _witness(self, name: str, password: str) -> Member | None:
        user = authenticate(self.request, username=name, password=password)
        witness: Member | None = getattr(user, "member", None)
        here = getattr(self.request, "member", None)
        if witness is None or here is None or witness.clinic_id != here.clinic_id:
            self.add_error("witness_password", "That user name and password do not match here.")
            return None
        return witness


class WasteForm(WitnessForm):
    units = forms.DecimalField(min_value=Decimal("0.01"), max_digits=6, decimal_places=2)
    reason = forms.ChoiceField(label="Why", choices=WasteReason.choices)


class DiscardForm(WitnessForm):
    reason = forms.ChoiceField(label="Why", choices=DiscardReason.choices)
    words = forms.CharField(label="Remark", max_length=300, required=False)


class MeasureForm(forms.Form):
    """What was really found in the vial."""

    found_ml = forms.DecimalField(
        label="Found, in mL", min_value=Decimal(0), max_digits=5, decimal_places=2
    )
    reason = forms.ChoiceField(
        label="If it differs, why",
        choices=[one for one in DifferenceReason.choices if one[0]],
        initial=DifferenceReason.NOT_KNOWN,
    )
    words = forms.CharField(label="Remark", max_length=300, required=False)


class ExplainForm(forms.Form):
    reason = forms.ChoiceField(
        label="What it came from",
        choices=[one for one in DifferenceReason.choices if one[0] not in {"", "not-known"}],
    )
    words = forms.CharField(label="What happened", max_length=300)


class DrawUpForm(forms.Form):
    syringes = forms.IntegerField(min_value=1, max_value=40)


class HoldForm(forms.Form):
    reason = forms.ChoiceField(label="Why", choices=HoldReason.choices, initial=HoldReason.DAMAGED)
    why = forms.CharField(label="What was seen", max_length=400)


class ReleaseForm(forms.Form):
    reason = forms.CharField(label="Why it may be used", max_length=400)
    source = forms.CharField(
        label="What that rests on",
        max_length=300,
        required=False,
        help_text="Such as the maker's answer, or the storage text below.",
    )


class SupplierForm(forms.Form):
    name = forms.CharField(max_length=120)
    licence = forms.CharField(
        label="Licence of supply",
        max_length=80,
        required=False,
        help_text="The number of the wholesaler's licence.",
    )
    checked = forms.BooleanField(label="I looked the licence up today", required=False)
