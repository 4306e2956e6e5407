"""The shape of events.toml, guides.toml, reports.toml and scales.toml: what went wrong after a
treatment, what is done about it, who is told, and what results are judged on."""

from __future__ import annotations

from typing import Literal

from glabella.facts.schema import Fact, Record


class Grade(Record, kw_only=True):
    """How severe an event is, which is not how serious it is."""

    number: int
    name: str
    text: Fact[str]


class Criterion(Record, kw_only=True):
    """One reason for which regulators call an event serious.

    `exchange` is its word in the exchange of case reports.
    """

    code: str
    name: str
    exchange: str
    text: Fact[str]


class Certainty(Record, kw_only=True):
    """How sure an assessment of the cause is."""

    code: str
    name: str
    text: Fact[str]


class EventKind(Record, kw_only=True):
    """An event that is no complication of the effect itself; safety.toml has those."""

    name: str
    urgent: bool = False
    presents: Fact[str]


class Listed(Record, kw_only=True):
    """Events that the label of a product, or a text on it, names."""

    product: str
    codes: tuple[str, ...]
    text: Fact[str]


class Events(Record, kw_only=True):
    """All of events.toml."""

    grades: tuple[Grade, ...]
    criteria: tuple[Criterion, ...]
    certainties: tuple[Certainty, ...]
    kinds: dict[str, EventKind]
    listed: tuple[Listed, ...]
    tell: Fact[str]
    few: Fact[int]


# When a step is due: as soon as the guide is started, on the same day, or days later.
When = Literal["at-once", "today", "later"]


class Step(Record, kw_only=True):
    """One step of a guide: its own cited sentence, or `of`, the path of a fact that has it.

    `after_days` counts from the treatment.
    """

    code: str
    when: When
    of: str = ""
    text: Fact[str] | None = None
    after_days: int = 0

    def __post_init__(self) -> None:
        if bool(self.of) == (self.text is not None):
            raise ValueError("a step has either `text` or `of`")
        if bool(self.after_days) != (self.when == "later"):
            raise ValueError("`after_days` belongs to a step that is due later, and only there")


class Guide(Record, kw_only=True):
    """What to do about a complication, step by step; `gap` says what no source was read for."""

    name: str
    about: tuple[str, ...]
    urgent: bool = False
    gap: str = ""
    steps: tuple[Step, ...]


# Where the clinic's record has what a field asks for; "typed" is asked of the person.
Filler = Literal[
    "patient_code", "age", "sex", "weight", "event_and_problem", "outcome_criteria",
    "onset", "report_date", "narrative", "tests", "history", "product", "maker", "dose",
    "route", "given_on", "reason", "lot", "expiry", "concomitant", "reporter", "local_id",
    "reaction_ended", "outcome", "is_serious", "treatment_of_event", "abated", "reappeared",
    "available", "ndc", "drug_role",
]  # fmt: skip


class FormField(Record, kw_only=True):
    """One field of a public form, under the number that the form gives it."""

    code: str
    name: str
    filler: Filler
    needed: bool = False


class FormSection(Record, kw_only=True):
    """A section of a form, and where its fields were read."""

    code: str
    name: Fact[str]
    fields: tuple[FormField, ...]


class ReportForm(Record, kw_only=True):
    """A public form for adverse events: who takes it, how the patient is named, what it asks."""

    name: str
    authority: str
    jurisdiction: str = ""
    address: str
    identity: Fact[str]
    when: Fact[str]
    sections: tuple[FormSection, ...]


class ScaleStep(Record, kw_only=True):
    value: int
    name: str


class RatingScale(Record, kw_only=True):
    """A scale on which a result is judged.

    `lower_is_better` is empty where neither end is. Without `steps` it is a measure between
    `low` and `high`. A scale that is `only_named` belongs to somebody: it is not reproduced here.
    """

    name: str
    areas: tuple[str, ...] = ()
    sided: bool = False
    before: bool = True
    by_patient: bool = False
    lower_is_better: bool | None = None
    unit: str = ""
    low: float = 0
    high: float = 0
    steps: tuple[ScaleStep, ...] = ()
    only_named: bool = False
    text: Fact[str]
