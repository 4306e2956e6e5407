"""The form of a patient: who, history, and what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from glabella import facts
from glabella.clinic.forms import DateInput, dash_for_nothing, keep_model_limits
from glabella.clinic.patients.measures import AREA_NAMES, BROW_PLACES, GRADE_FIELDS, SIDES
from glabella.clinic.patients.models import MeasureSet, Patient

if TYPE_CHECKING:
    PatientModelForm = forms.ModelForm[Patient]
    MeasureSetModelForm = forms.ModelForm[MeasureSet]
else:
    # Django's classes take no parameters while they run.
    PatientModelForm = MeasureSetModelForm = forms.ModelForm

TWO_COLUMNS = {"rows": 3}


def condition_choices() -> list[tuple[str, str]]:
    """What a patient can answer; what everybody is told is no answer."""
    known = facts.load().conditions.items()
    return [(code, asked.name) for code, asked in known if asked.about != "information"]


class PatientForm(PatientModelForm):
    conditions = forms.MultipleChoiceField(
        label="History",
        choices=condition_choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Patient
        fields = (
            "given_name",
            "family_name",
            "date_of_birth",
            "sex",
            "described_as",
            "email",
            "phone",
            "member",
            "conditions",
            "allergies",
            "notes",
        )
        widgets = {
            "date_of_birth": DateInput(),
            "allergies": forms.Textarea(TWO_COLUMNS),
            "notes": forms.Textarea(TWO_COLUMNS),
        }
        labels = {"member": "Works here as"}
        help_texts = {
            "sex": "Chooses the model's default face and dose response.",
            "member": "Only for somebody of the clinic: nobody treats themself.",
        }


class MeasuresForm(MeasureSetModelForm):
    class Meta:
        model = MeasureSet
        exclude = ("patient", "at", "by")
        help_texts = {
            "interpupillary_mm": "mm, 45 to 80; scales the whole face",
            "forehead_height_mm": "mm, upper brow border to hairline in the midline",
            "c_line_fraction": "0.3 to 0.9 of the forehead height",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dash_for_nothing(self, GRADE_FIELDS)
        keep_model_limits(self, MeasureSet)
        for name, field in self.fields.items():
            if name.endswith("_mm"):
                field.widget.attrs["inputmode"] = "decimal"

    def _post_clean(self) -> None:
        """Validate the fields alone: a set of measures is made by the action, not by the form."""

    def grade_rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        rows = []
        for area, name in AREA_NAMES.items():
            field = area.replace("-", "_")
            rows.append((name, self[f"{field}_maximum"], self[f"{field}_rest"]))
        return rows

    def brow_rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (side.capitalize(), [self[f"brow_{side}_{place}_mm"] for place in BROW_PLACES])
            for side in SIDES
        ]

    def other_fields(self) -> list[forms.BoundField]:
        names = (
            "interpupillary_mm",
            "forehead_height_mm",
            "c_line_fraction",
            "bulk",
            "frontalis",
        )
        return [self[name] for name in names]
