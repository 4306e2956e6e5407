"""Forms of the pages of data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

CONFIRM = "erase"


class ReasonForm(forms.Form):
    """Why a hold or a restriction is placed or lifted."""

    reason = forms.CharField(max_length=300)


class RetentionForm(forms.Form):
    """How long the clinic keeps a record; its own figures."""

    years = forms.IntegerField(
        label="Years after the last signed visit",
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(150)],
        help_text="Empty: no record may be erased yet.",
    )
    until_age = forms.IntegerField(
        label="Children: at least until this age",
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text="Years after an age as one figure; empty where the clinic treats no children.",
    )


class EraseForm(forms.Form):
    """The last step before who somebody is goes for good."""

    ground = forms.CharField(
        label="On what ground",
        max_length=300,
        help_text="Stays in the trail: name nobody.",
    )
    confirm = forms.CharField(label=f"Type {CONFIRM} to confirm", max_length=10)

    def clean_confirm(self) -> str:
        typed: str = self.cleaned_data["confirm"].strip().lower()
        if typed != CONFIRM:
            raise forms.ValidationError(f"Type the word {CONFIRM}; nothing was erased.")
        return typed

    def clean(self) -> dict[str, Any]:
        """Only the ground goes on to the action."""
        cleaned = super().clean() or {}
        cleaned.pop("confirm", None)
        return cleaned


class EraseDueForm(EraseForm):
    """Those of the retention run that are ticked."""

    patients = forms.TypedMultipleChoiceField(coerce=int, label="Ticked patients")

    def __init__(self, *args: Any, due: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["patients"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(key, key) for key in due]
        field.error_messages["required"] = "Tick who is to be erased."
        self.fields["ground"].initial = "End of retention."
