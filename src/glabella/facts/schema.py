"""The shape of the facts: what a TOML file may say, and nothing else.

Every number that a clinician could question is a `Fact`: a value with its unit,
what kind of evidence it is, its source and the place in that source.
"""

from __future__ import annotations

from typing import Generic, Literal, TypeVar, dataclass_transform

import msgspec

from glabella.errors import ModelError

Value = TypeVar("Value")

# label: label text. trial: a published study. review: a secondary account (monograph,
# maker's page, review article). expert: opinion or training text. assumption: ours.
Kind = Literal["label", "trial", "review", "expert", "assumption"]


# The checker does not see that `frozen` is inherited.
@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A frozen value that refuses unknown keys; the base of all facts."""


class Source(Record, kw_only=True):
    """Where something was read."""

    citation: str
    url: str | None = None
    doi: str | None = None
    read: str


class Fact(Record, Generic[Value], kw_only=True):
    """One cited value. `low` and `high` bound it, `spread` is a standard deviation."""

    value: Value
    unit: str
    kind: Kind
    source: str
    locator: str
    low: float | None = None
    high: float | None = None
    spread: float | None = None
    note: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.kind == "assumption" and not self.reason:
            raise ValueError("an assumption needs a `reason`")
        if isinstance(self.value, int | float):
            if self.low is not None and self.value < self.low:
                raise ValueError(f"value {self.value} lies below its own low {self.low}")
            if self.high is not None and self.value > self.high:
                raise ValueError(f"value {self.value} lies above its own high {self.high}")


class Dilution(Record, kw_only=True):
    """One way of reconstituting a vial that a source names."""

    vial_units: float
    diluent_ml: Fact[float]


class Storage(Record, kw_only=True):
    """How a product is kept; each range of `unopened_celsius` is one way to keep it."""

    unopened: Fact[str] | None = None
    unopened_celsius: tuple[Fact[tuple[float, float]], ...] = ()
    opened: Fact[str] | None = None
    opened_hours: Fact[float] | None = None
    single_patient: Fact[str] | None = None


class Limits(Record, kw_only=True):
    """Limits of one product; what is absent is not known.

    `session_units` holds for all that is treated in a session, or for the face alone.
    """

    minimum_interval_days: Fact[float] | None = None
    session_units: Fact[float] | None = None
    session_of: Literal["all", "face"] = "all"
    cumulative_units: Fact[float] | None = None
    cumulative_days: Fact[float] | None = None
    minimum_age_years: Fact[float] | None = None
    maximum_age_years: Fact[float] | None = None


class SiteDose(Record, kw_only=True):
    """Units at one named site; a paired site gets them on each side."""

    site: str
    units: Fact[float]
    volume_ml: Fact[float] | None = None


class Level(Record, kw_only=True):
    """A higher severity of a label area; without `sites` where the two sides are not alike."""

    name: str
    total_units: Fact[float]
    sites: tuple[SiteDose, ...] = ()


class Area(Record, kw_only=True):
    """A label area: its sites and units, and the areas it must be treated with.

    Where the label's total goes with severity, `level` names the lowest one, and `levels` are
    the higher ones, lowest first.
    """

    name: str
    level: str = ""
    total_units: Fact[float]
    sites: tuple[SiteDose, ...]
    levels: tuple[Level, ...] = ()
    treat_with: tuple[str, ...] = ()
    treat_with_reason: Fact[str] | None = None
    safety: tuple[Fact[str], ...] = ()

    @property
    def most_units(self) -> Fact[float]:
        """The label's total at the highest severity."""
        return self.levels[-1].total_units if self.levels else self.total_units


class Caution(Record, kw_only=True):
    """A contraindication or warning; `code` is what a patient's history is matched on."""

    code: str
    text: Fact[str]


class Product(Record, kw_only=True):
    """One product in one jurisdiction, as its label has it.

    `spread_factor` is the width of its spread against the model's, and `spread_studies` what
    studies say of it, also where they disagree; a product without `areas` is none for the face and
    has no factor. `durations` are published medians in days; they
    are shown and fit nothing.
    """

    id: str
    name: str
    generic: str
    jurisdiction: str
    label_revision: Fact[str] | None = None
    presentation: Fact[str] | None = None
    vials_units: Fact[tuple[float, ...]]
    dose_step_units: Fact[float]
    diluent: Fact[str] | None = None
    mixing: Fact[str] | None = None
    dilutions: tuple[Dilution, ...]
    storage: Storage
    limits: Limits
    indications: Fact[tuple[str, ...]]
    spread_factor: Fact[float] | None = None
    spread_studies: tuple[Fact[str], ...] = ()
    spread_disputed: bool = False
    durations: tuple[Fact[float], ...] = ()
    areas: dict[str, Area]
    contraindications: tuple[Caution, ...]
    warnings: tuple[Caution, ...]
    interactions: tuple[Caution, ...] = ()
    boxed_warning: Fact[str] | None = None

    def __post_init__(self) -> None:
        if (self.spread_factor is None) != (not self.areas):
            raise ValueError("a product for the face has `areas` and a `spread_factor`")

    @property
    def is_for_the_face(self) -> bool:
        """Whether a source gives doses for areas of the face; others are not offered there."""
        return bool(self.areas)

    @property
    def face_spread(self) -> Fact[float]:
        """The spread factor of a product for the face; raises ModelError for any other."""
        if self.spread_factor is None:
            raise ModelError(f"The model knows nothing of {self.name} in the face.")
        return self.spread_factor


class Protocol(Record, kw_only=True):
    """A named set of areas that is stamped in one go."""

    name: str
    areas: tuple[str, ...]
    note: str | None = None


class Condition(Record, kw_only=True):
    """What a caution is matched on, as it is asked of a patient.

    `information` is told to everyone; no history matches it, so it has no question.
    """

    name: str
    about: Literal["allergy", "condition", "medicine", "information"]
    question: str | None = None

    def __post_init__(self) -> None:
        if (self.question is None) != (self.about == "information"):
            raise ValueError("a `question` is needed, except for `information`, which has none")
