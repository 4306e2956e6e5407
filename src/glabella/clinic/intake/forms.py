"""The patient's form, and the member's who goes through it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms

from glabella import facts
from glabella.clinic.forms import DateInput
from glabella.clinic.intake.answers import Answers, Confirmed, EarlierToxin, Said
from glabella.clinic.intake.models import DAYS, BeforePolicy
from glabella.clinic.intake.queries import AnswerRow
from glabella.clinic.intake.questions import EARLIER_TOXIN, Question, Section, sections

CHOICES = (("no", "No"), ("yes", "Yes"), ("unsure", "Not sure"))
EARLIER_ROWS = 3
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its fields; `rows` are those of earlier toxin."""

    question: Question
    answer: forms.BoundField
    words: forms.BoundField
    rows: list[dict[str, forms.BoundField]]


def _products() -> list[tuple[str, str]]:
    known = [(code, product.name) for code, product in facts.load().products.items()]
    return [("", "–"), *known, ("another product", "Another, or not known")]


class IntakeForm(forms.Form):
    """Every question with yes, no and not sure; what is typed comes back on an error."""

    wishes = forms.CharField(
        label="What would you like to change, and what should stay as it is?",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )
    filled_by = forms.CharField(
        label="Your name, if you fill this in for somebody else", required=False, max_length=120
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = sections()
        for question in (one for section in self.asked for one in section.questions):
            self.fields[f"a-{question.code}"] = forms.ChoiceField(
                label=question.text,
                choices=CHOICES,
                widget=forms.RadioSelect,
                error_messages={"required": "Please choose one."},
            )
            self.fields[f"w-{question.code}"] = forms.CharField(
                label=question.more or "Please say more",
                required=False,
                max_length=LONGEST,
                widget=forms.TextInput,
            )
        for number in range(1, EARLIER_ROWS + 1):
            self._earlier_fields(f"e{number}")
        for name in [*self.errors] if self.is_bound else []:
            self.fields[name].widget.attrs["aria-invalid"] = "true"

    def _earlier_fields(self, row: str) -> None:
        self.fields[f"{row}-product"] = forms.ChoiceField(
            label="Product", required=False, choices=_products
        )
        self.fields[f"{row}-on"] = forms.DateField(
            label="When, about", required=False, widget=DateInput()
        )
        self.fields[f"{row}-units"] = forms.FloatField(
            label="Units, if you know", required=False, min_value=0, max_value=2000
        )
        self.fields[f"{row}-where"] = forms.CharField(
            label="Which clinic or doctor", required=False, max_length=120
        )

    def parts(self) -> Iterator[tuple[Section, list[Asked]]]:
        """The sections with their fields, for the page."""
        for section in self.asked:
            yield section, [self._asked(question) for question in section.questions]

    def _asked(self, question: Question) -> Asked:
        rows = (
            [
                {part: self[f"e{number}-{part}"] for part in ("product", "on", "units", "where")}
                for number in range(1, EARLIER_ROWS + 1)
            ]
            if question.code == EARLIER_TOXIN
            else []
        )
        return Asked(question, self[f"a-{question.code}"], self[f"w-{question.code}"], rows)

    def _earlier(self, typed: dict[str, Any]) -> tuple[EarlierToxin, ...]:
        told = []
        for number in range(1, EARLIER_ROWS + 1):
            one = {
                part: typed.get(f"e{number}-{part}") for part in ("product", "on", "units", "where")
            }
            if one["product"] and not one["on"]:
                self.add_error(f"e{number}-on", "About when was it? A rough date will do.")
            elif one["on"]:
                told.append(
                    EarlierToxin(
                        product=one["product"] or "another product",
                        on=one["on"],
                        units=one["units"] or None,
                        where=one["where"] or "",
                    )
                )
        return tuple(told)

    def clean(self) -> dict[str, Any]:
        """Gather the fields into answers, as the action takes them."""
        typed = super().clean() or {}
        said = {
            question.code: Said(
                answer=typed[f"a-{question.code}"], words=typed.get(f"w-{question.code}", "")
            )
            for section in self.asked
            for question in section.questions
            if typed.get(f"a-{question.code}")
        }
        earlier = self._earlier(typed)
        answers = Answers(said=said, earlier=earlier, wishes=typed.get("wishes", ""))
        return {"answers": answers, "filled_by": typed.get("filled_by", "")}


class ScreenForm(forms.Form):
    """Each answer that matters: it stands, or it does not and why."""

    tool = forms.CharField(
        label="Questionnaire used besides, and its result",
        required=False,
        max_length=200,
        help_text="Such as a tested one on body dysmorphic disorder, on paper.",
    )
    note = forms.CharField(
        label="Note", required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, rows: list[AnswerRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"s-{row.code}"] = forms.ChoiceField(
                label=row.name,
                choices=(("yes", "It stands"), ("no", "It does not")),
                widget=forms.RadioSelect,
                # A plain yes stands unless somebody says otherwise; a doubt is settled by hand.
                initial="yes" if row.answer == "yes" else None,
                error_messages={"required": "Ask, then choose one."},
            )
            self.fields[f"n-{row.code}"] = forms.CharField(
                label=f"Note on {row.name}",
                required=False,
                max_length=LONGEST,
                widget=forms.TextInput({"placeholder": "Note"}),
            )

    def pairs(self) -> list[tuple[AnswerRow, forms.BoundField, forms.BoundField]]:
        return [(row, self[f"s-{row.code}"], self[f"n-{row.code}"]) for row in self.rows]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        confirmed = [
            Confirmed(
                code=row.code,
                stands=typed[f"s-{row.code}"] == "yes",
                note=typed.get(f"n-{row.code}", ""),
            )
            for row in self.rows
            if typed.get(f"s-{row.code}")
        ]
        return {
            "confirmed": confirmed,
            "tool": typed.get("tool", ""),
            "note": typed.get("note", ""),
        }


class PolicyForm(forms.Form):
    """How long things stand here, each within what the policy allows."""

    screening_days = forms.IntegerField(label="Days after which a screening is asked again")
    assessment_days = forms.IntegerField(label="Days for which an assessment stands")
    consent_days = forms.IntegerField(label="Days for which a consent stands")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.validators += DAYS

    @staticmethod
    def first(policy: BeforePolicy) -> dict[str, int]:
        """What the form starts with."""
        return {
            "screening_days": policy.screening_days,
            "assessment_days": policy.assessment_days,
            "consent_days": policy.consent_days,
        }
