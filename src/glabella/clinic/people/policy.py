"""The form of the clinic's policy: every figure with what it does, and where law differs."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from glabella.clinic.people.models import Clinic
from glabella.clinic.people.permissions import Role


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """Every figure of the clinic's policy, each with what it does."""

    mfa_required_roles = forms.MultipleChoiceField(
        label="Roles that need a second factor",
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Members with one of these roles sign in with a code from their telephone too.",
    )

    # The parts of the page, each with its fields.
    PARTS: ClassVar[dict[str, tuple[str, ...]]] = {
        "The clinic": ("name", "jurisdiction", "phone", "urgent_words"),
        "Before a treatment": ("assessment_required", "cooling_off_hours"),
        "Who may treat": (
            "verification_required",
            "insurance_required",
            "privileges_required",
            "cosign_hours",
        ),
        "Stock": ("shared_vials", "witness_required", "hub_loss_ml"),
        "Signing in": ("idle_minutes", "mfa_required_roles"),
        "Keeping records": ("retention_years", "retention_until_age"),
    }

    class Meta:
        model = Clinic
        exclude = ("slug",)  # noqa: DJ006 - a new field of the policy must not be forgotten here
        help_texts: ClassVar[dict[str, str]] = {
            "name": "As it stands on records, consents and letters.",
            "jurisdiction": "Where it works, such as US-CA or GB. A licence of another place does "
            "not count here; one for the whole country does.",
            "phone": "Patients read it on their links and on the card they take away.",
            "urgent_words": "Shown to patients who report something urgent when nobody is in.",
            "assessment_required": "A treatment waits until a prescriber has assessed this "
            "patient. Law differs: in many places a prescriber must see each patient first, in "
            "some a standing order will do. Ask your regulator before you turn it off.",
            "cooling_off_hours": "A treatment within these hours after consent is stopped. 0 "
            "means none. Law differs: some places set a time, others recommend one.",
            "verification_required": "A licence counts when somebody other than its holder has "
            "compared it with the register. A clinic of one turns it off.",
            "insurance_required": "Without an insurance in force a treatment is stopped; the "
            "injector may go on with a reason. Law differs: in many places insurance is a duty.",
            "privileges_required": "An injector treats only areas that a supervisor or owner has "
            "granted. Off, a missing privilege is a note. A clinic of one turns it off.",
            "cosign_hours": "After these hours a treatment that waits for its co-signature is "
            "late. Law and insurers differ.",
            "shared_vials": "Off, a vial that has served a patient is stopped for the next one. "
            "Labels say one patient a vial; on, the warning with its source stays.",
            "witness_required": "A second member confirms each discard of what is left in a vial.",
            "hub_loss_ml": "Counted for each syringe, so that vials add up. 0 means that nothing "
            "is counted.",
            "idle_minutes": "A tablet that nobody touches asks for the password again.",
            "retention_years": "Until then a record cannot be erased. Empty means that the clinic "
            "has not said so. Law differs: ask your regulator.",
            "retention_until_age": "A child's record is kept until this age at least. Empty means "
            "no such rule.",
        }

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(name, [self[field] for field in fields]) for name, fields in self.PARTS.items()]

    def policy(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields}
