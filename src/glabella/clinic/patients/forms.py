"""The form of a patient: who, history, and what was measured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms

from glabella import facts
from glabella.clinic.forms import DateInput, dash_for_nothing, keep_model_limits
from glabella.clinic.patients.measures import (
    AREA_NAMES,
    BROW_PLACES,
    GRADE_FIELDS,
    LOWER_AREAS,
    SIDES,
    UPPER_AREAS,
)
from glabella.clinic.patients.models import MeasureSet, Patient
from glabella.clinic.people.models import Member
from glabella.clinic.records import of_clinic

if TYPE_CHECKING:
    PatientModelForm = forms.ModelForm[Patient]
    MeasureSetModelForm = forms.ModelForm[MeasureSet]
else:
    # Django's classes take no parameters while they run.
    PatientModelForm = MeasureSetModelForm = forms.ModelForm

TWO_COLUMNS = {"rows": 3}
GradeRow = tuple[str, forms.BoundField, forms.BoundField]


def grade_rows(form: forms.BaseForm, areas: Iterable[str]) -> list[GradeRow]:
    """Name and both grades of each area, as fields of the form."""
    fields = ((AREA_NAMES[area], area.replace("-", "_")) for area in areas)
    return [(name, form[f"{field}_maximum"], form[f"{field}_rest"]) for name, field in fields]


def any_grade(form: forms.BaseForm, areas: Iterable[str]) -> bool:
    """Whether one of the areas has a grade, typed or stored."""
    rows = grade_rows(form, areas)
    return any(field.value() not in (None, "") for row in rows for field in row[1:])


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

    def __init__(self, *args: Any, clinic: int | None, **kwargs: Any) -> None:
        """Names only members of the clinic, by its key; with none, nobody."""
        super().__init__(*args, **kwargs)
        member = self.fields["member"]
        assert isinstance(member, forms.ModelChoiceField)
        member.queryset = of_clinic(Member.objects.all(), clinic or 0)


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

    def grade_rows(self) -> list[GradeRow]:
        return grade_rows(self, UPPER_AREAS)

    def lower_grade_rows(self) -> list[GradeRow]:
        return grade_rows(self, LOWER_AREAS)

    def lower_is_graded(self) -> bool:
        """Whether the grades of the lower face are to be seen at once."""
        return any_grade(self, LOWER_AREAS)

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
