"""Forms of the team's pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from glabella import facts
from glabella.clinic.credentials.models import (
    CosignRule,
    CredentialKind,
    NumberShown,
    Profession,
)
from glabella.clinic.credentials.numbers import REGISTERS, NumberRefused, check_number
from glabella.clinic.credentials.scopes import IN_MUSCLE, IN_SKIN, product_kinds, scopes
from glabella.clinic.forms import DateInput
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission, Role


def day_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(label=label, widget=DateInput, required=required, help_text=help_text)


def area_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The areas under their techniques."""
    return [
        (
            technique,
            [(one.code, one.name) for one in scopes().values() if one.technique == technique],
        )
        for technique in (IN_MUSCLE, IN_SKIN)
    ]


def areas_field(*, required: bool = True) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Areas",
        choices=area_choices,
        required=required,
        widget=forms.CheckboxSelectMultiple,
    )


def product_choices() -> list[tuple[str, str]]:
    products = facts.load().products.values()
    return [(one.id, f"{one.name} ({one.generic})") for one in products]


class AdmitForm(forms.Form):
    """A new member; the first password is told in person and changed by its holder."""

    display_name = forms.CharField(
        label="Name", max_length=120, help_text="As it stands in records."
    )
    username = forms.CharField(
        label="User name", max_length=150, help_text="For signing in; it stays for good."
    )
    roles = forms.MultipleChoiceField(choices=Role.choices, widget=forms.CheckboxSelectMultiple)
    password = forms.CharField(
        label="First password",
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="At least eight characters, and no common word. Hand it over in person.",
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(choices=Role.choices, widget=forms.CheckboxSelectMultiple)


class WhyForm(forms.Form):
    why = forms.CharField(label="Why", max_length=200)


class CredentialForm(forms.Form):
    """What every paper has; each kind adds its own."""

    evidence_help = "PDF, JPEG or PNG, up to 5 MB. Pictures lose their metadata."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"] = forms.FileField(
            label="Evidence", required=False, help_text=self.evidence_help
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        register, number = typed.get("register"), typed.get("number")
        if register and number:
            try:
                typed["number"] = check_number(register, number)
            except NumberRefused as refusal:
                self.add_error("number", str(refusal))
        return typed


def register_choices() -> list[tuple[str, str]]:
    known = [(code, f"{one.name}: {one.checked}") for code, one in REGISTERS.items() if one.licence]
    return [("", "Choose"), *known]


class LicenceForm(CredentialForm):
    profession = forms.ChoiceField(choices=[("", "Choose"), *Profession.choices])
    jurisdiction = forms.CharField(
        max_length=40, help_text="Where it is valid, such as US-CA or GB."
    )
    register = forms.ChoiceField(
        choices=register_choices, help_text="What is said after the name is what is checked here."
    )
    number = forms.CharField(label="Licence or registration number", max_length=40)
    prescribes = forms.BooleanField(label="It lets its holder prescribe", required=False)
    since = day_field("Valid since", required=False)
    until = day_field(
        "Valid until", help_text="Or the day on which the register is to be looked at again."
    )
    register_url = forms.URLField(
        label="Page of the public register", required=False, assume_scheme="https"
    )


class InsuranceForm(CredentialForm):
    issuer = forms.CharField(label="Insurer", max_length=120)
    number = forms.CharField(label="Policy number", max_length=40)
    cover = forms.CharField(
        max_length=200, help_text="What it covers and up to how much; toxin must be among it."
    )
    since = day_field("Valid since", required=False)
    until = day_field("Valid until")


class TrainingForm(CredentialForm):
    title = forms.CharField(label="Course", max_length=120)
    issuer = forms.CharField(label="Given by", max_length=120)
    since = day_field("Completed on")
    until = day_field("Valid until", required=False)


class IdentifierForm(CredentialForm):
    """A number that names its holder and permits nothing."""

    register = forms.ChoiceField(
        choices=[(code, one.name) for code, one in REGISTERS.items() if not one.licence]
    )
    number = forms.CharField(max_length=40, help_text="Its check digit is tried.")


CREDENTIAL_FORMS: dict[CredentialKind, type[CredentialForm]] = {
    CredentialKind.LICENCE: LicenceForm,
    CredentialKind.INSURANCE: InsuranceForm,
    CredentialKind.TRAINING: TrainingForm,
    CredentialKind.IDENTIFIER: IdentifierForm,
}


class VerifyForm(forms.Form):
    how = forms.ChoiceField(
        label="How it was verified",
        choices=[
            (words, words)
            for words in (
                "Looked up in the public register",
                "Asked the register or the issuer",
                "Saw the original",
                "Saw a copy",
            )
        ],
    )


class PrivilegesForm(forms.Form):
    areas = areas_field()
    product_kinds = forms.MultipleChoiceField(
        label="Only with these products",
        choices=lambda: list(product_kinds().items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked means all of them.",
    )
    supervised = forms.BooleanField(
        label="Only under supervision",
        required=False,
        help_text="The supervisor co-signs each of these treatments.",
    )
    since = day_field("From", required=False, help_text="Empty means from today.")
    until = day_field("Until", required=False, help_text="Empty means without an end.")
    basis = forms.CharField(
        max_length=200, required=False, help_text="Such as a course, or treatments watched."
    )


class SupervisionForm(forms.Form):
    supervisor = forms.ModelChoiceField(Member.objects.none(), required=False, empty_label="Nobody")
    rule = forms.ChoiceField(label="What is co-signed", choices=CosignRule.choices)
    first = forms.IntegerField(
        label="How many of each area",
        min_value=1,
        max_value=500,
        required=False,
        help_text="For the first treatments of each area; counted from the record.",
    )
    why = forms.CharField(max_length=200, required=False)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Member.objects.filter(clinic=member.clinic_id, closed_at=None).exclude(
            pk=member.pk
        )
        able = [one.pk for one in others if one.may(Permission.COSIGN)]
        self.fields["supervisor"].queryset = Member.objects.filter(pk__in=able)  # type: ignore[attr-defined]


class OrderForm(forms.Form):
    title = forms.CharField(max_length=120)
    product = forms.ChoiceField(choices=product_choices)
    areas = areas_field()
    max_units = forms.DecimalField(
        label="Most units of this product in one session",
        min_value=Decimal(1),
        max_value=Decimal(1000),
        max_digits=6,
        decimal_places=2,
    )
    min_age = forms.IntegerField(label="From age", min_value=0, max_value=120)
    max_age = forms.IntegerField(label="Up to age", min_value=0, max_value=120, required=False)
    conditions = forms.CharField(
        label="What else must hold",
        widget=forms.Textarea({"rows": 4}),
        help_text="Who it is for, what rules it out, what to do if something goes wrong.",
    )
    since = day_field("From", required=False, help_text="Empty means from today.")
    until = day_field("Until")


class QuestionForm(forms.Form):
    """May they treat?"""

    member = forms.ModelChoiceField(Member.objects.none(), label="Who", empty_label=None)
    on = day_field("On")
    patient = forms.ModelChoiceField(
        Patient.objects.none(), required=False, empty_label="No patient in particular"
    )
    product = forms.ChoiceField(
        choices=lambda: [("", "Any product"), *product_choices()], required=False
    )
    areas = areas_field(required=False)

    def __init__(self, *args: Any, clinic: int, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = Member.objects.filter(clinic=clinic)  # type: ignore[attr-defined]
        self.fields["patient"].queryset = Patient.objects.filter(clinic=clinic)  # type: ignore[attr-defined]
        self.fields["on"].initial = today


class LeaveForm(forms.Form):
    member = forms.ModelChoiceField(Member.objects.none(), widget=forms.HiddenInput)
    patient = forms.ModelChoiceField(Patient.objects.none(), widget=forms.HiddenInput)
    areas = forms.MultipleChoiceField(
        choices=lambda: [(code, code) for code in scopes()], widget=forms.MultipleHiddenInput
    )
    reason = forms.CharField(
        label="Why you give leave", max_length=300, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, clinic: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = Member.objects.filter(clinic=clinic)  # type: ignore[attr-defined]
        self.fields["patient"].queryset = Patient.objects.filter(clinic=clinic)  # type: ignore[attr-defined]


class AgreeForm(forms.Form):
    """An owner's yes or no to a public page: the button says which."""

    agreed = forms.BooleanField(required=False)


class ProfileForm(forms.Form):
    wished = forms.BooleanField(
        label="I wish to have a page for patients",
        required=False,
        help_text="It is there when an owner has agreed; take the tick away and it is gone.",
    )
    words = forms.CharField(
        label="A few words about yourself",
        max_length=600,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    number_shown = forms.ChoiceField(
        label="Of your licence number, show", choices=NumberShown.choices
    )
    indexed = forms.BooleanField(label="Search engines may list the page", required=False)
