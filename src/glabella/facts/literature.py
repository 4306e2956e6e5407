"""The shape of literature/*.toml: published numbers that calibration and validation read."""

from __future__ import annotations

from typing import Literal

import msgspec

from glabella.facts.schema import Fact, Record

# Shares of patients, in percent.
Share = Literal[
    "none_or_mild",  # grade none or mild
    "none",  # grade none
    "improved_1",  # better by at least one grade
    "improved_2",  # better by at least two grades
    "composite_1",  # investigator and subject both: better by at least one grade
    "composite_2",  # investigator and subject both: better by at least two grades
    "moderate_improvement",  # the subject's own rating: at least moderately better
    "response_unstated",  # a responder, but the text read does not say of what
    "satisfied",  # mostly or very satisfied
    "sum_at_most_3",  # grades of the three upper areas add up to at most 3
    "relapsed",  # back to the grade before treatment
    "not_relapsed",  # not yet back to the grade before treatment
    "onset",  # the effect has been noticed by this day
    "amplitude_fall",  # by how much the electrical response of the muscle fell
    "brow_raised",
    "interbrow_wider",
    "any_adverse_event",
    "related_adverse_event",
    "lid_ptosis",
    "brow_ptosis",
    "eyelid_oedema",
    "eyelid_sensory_disorder",
    "skin_tightness",
    "head_discomfort",
    "headache",
    "facial_pain",
    "facial_paresis",
    "blurred_vision",
    "injection_site_bleeding",
    "injection_site_pain",
]
# Other measures: days, millimetres, grades.
Measure = Literal[
    "median_duration_days", "median_onset_days", "mean_onset_days", "brow_change_mm", "mean_grade"
]


class Population(Record, kw_only=True):
    """Who was treated; what is absent was not stated."""

    sex: Literal["female", "male", "mixed"]
    female_percent: float | None = None
    severe_percent: float | None = None
    age_mean_years: float | None = None
    age_sd_years: float | None = None
    note: str | None = None


class Endpoint(Record, kw_only=True):
    """What was measured: where, in which expression, by whom, by which rule.

    `until` says what ends a duration; absent where the text read does not say.
    `place` is the landmark below a brow height.
    """

    area: str
    at: Literal["maximum", "rest"]
    rater: Literal["investigator", "subject", "both"]
    rule: Share | Measure
    until: Literal["baseline", "none_or_mild_lost", "improved_1_lost"] | None = None
    place: Literal["medial-canthus", "mid-pupil", "lateral-canthus"] | None = None


class PublishedRow(Fact[float], kw_only=True):
    """One number of one arm at one time, with its evidence.

    `units` is the total of the arm, `units_low` its least where doses varied; `areas` maps an
    area to its units. `product` is a product's id, "placebo", or "any" for a review over all.
    `bound` marks a number printed as "less than" or "more than" `value`; `approximate` one that
    was read off a figure or a range. A row from memory may be shown but never fitted.
    """

    id: str
    study: str
    product: str
    units: float | None = None
    units_low: float | None = None
    areas: dict[str, float] = msgspec.field(default_factory=dict)
    population: Population | None = None
    n: int | None = None
    cycle: int = 1
    day: float | None = None
    endpoint: Endpoint
    role: Literal["calibration", "validation"]
    from_memory: bool = False
    bound: Literal["below", "above"] | None = None
    approximate: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.from_memory != (self.kind == "assumption"):
            raise ValueError("a row from memory has kind `assumption`, and only such a row has it")

    @property
    def may_be_fitted(self) -> bool:
        """Whether calibration may use the row."""
        return self.role == "calibration" and not self.from_memory


class Literature(Record, kw_only=True):
    """One file of literature/."""

    rows: tuple[PublishedRow, ...]
