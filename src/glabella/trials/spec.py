"""The specification of a virtual trial: arms, population, visits, end points, durations."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from glabella.facts.schema import Record
from glabella.plan.plan import (
    YEARS,
    Amount,
    AreaId,
    Injection,
    Schema,
    Treatment,
    read_json,
    schema_of,
)

Rater = Literal["investigator", "subject", "both"]
Rule = Literal["none_or_mild", "improved_1", "improved_2", "composite_2", "relapsed"]
Fraction = Annotated[float, msgspec.Meta(ge=0, le=1)]
Day = Annotated[int, msgspec.Meta(ge=0, le=730)]
Age = Annotated[int, msgspec.Meta(ge=0, le=120)]


class ArmSpec(Record, kw_only=True):
    """What everyone in an arm gets on day 0; `product` null is placebo."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    product: str | None
    protocol: str | None = None
    units: Amount | None = None
    areas: dict[AreaId, Amount] | None = None
    injections: tuple[Injection, ...] = ()
    vial_units: Amount | None = None
    diluent_ml: Annotated[float, msgspec.Meta(gt=0, le=20)] | None = None

    def __post_init__(self) -> None:
        given = self.protocol or self.areas or self.injections
        if self.product is None and (given or self.units or self.vial_units or self.diluent_ml):
            raise ValueError(
                "a placebo arm (`product` null) has nothing but its `name`: "
                "no protocol, units, areas, injections or dilution"
            )
        if self.product is not None and not given:
            raise ValueError("an arm with a product needs `protocol`, `areas` or `injections`")
        # What holds for a treatment in a plan holds here: it says what is wrong.
        self.treatment(date.min.replace(year=YEARS[0]))

    def treatment(self, day: date) -> Treatment | None:
        """The arm as a treatment on a day; None for placebo."""
        if self.product is None:
            return None
        fields = (name for name in self.__struct_fields__ if name != "name")
        return Treatment(date=day, **{name: getattr(self, name) for name in fields})


class PopulationSpec(Record, kw_only=True):
    """Who is drawn: `baseline_grades` maps grades at full movement to their shares.

    Ages are taken down and change nothing: the model has no effect of age.
    """

    n: Annotated[int, msgspec.Meta(ge=1, le=20_000_000)]
    seed: Annotated[int, msgspec.Meta(ge=0)] = 1
    female_fraction: Fraction
    baseline_grades: dict[Literal["1", "2", "3"], Fraction]
    age_years: tuple[Age, Age] | None = None

    def __post_init__(self) -> None:
        total = sum(self.baseline_grades.values())
        if not 0.999 < total < 1.001:  # noqa: PLR2004 - shares typed with three decimals
            raise ValueError(f"the shares of `baseline_grades` add up to {total:g}, not to 1")
        if self.age_years and self.age_years[0] > self.age_years[1]:
            raise ValueError("`age_years` gives the youngest first, then the oldest")


class EndpointSpec(Record, kw_only=True):
    """What is counted: where, in which expression, by whom, by which rule."""

    area: AreaId
    at: Literal["maximum", "rest"]
    rater: Rater
    rule: Rule


class TrialSpec(Record, kw_only=True):
    """A virtual trial as a file."""

    arms: Annotated[tuple[ArmSpec, ...], msgspec.Meta(min_length=1)]
    population: PopulationSpec
    visits_days: Annotated[tuple[Day, ...], msgspec.Meta(min_length=1)]
    endpoints: tuple[EndpointSpec, ...]
    durations: tuple[EndpointSpec, ...] = ()

    def __post_init__(self) -> None:
        names = [arm.name for arm in self.arms]
        if len(set(names)) < len(names):
            raise ValueError("two `arms` have the same name")
        if list(self.visits_days) != sorted(set(self.visits_days)):
            raise ValueError("`visits_days` ascend, each day once")


PARTS: dict[str, type[msgspec.Struct]] = {
    "$": TrialSpec,
    "$.arms": ArmSpec,
    "$.arms.injections": Injection,
    "$.population": PopulationSpec,
    "$.endpoints": EndpointSpec,
    "$.durations": EndpointSpec,
}


def read_trial(text: bytes | str) -> TrialSpec:
    """Read a trial from JSON; raises InputError naming the key and what is allowed there."""
    return read_json(text, TrialSpec, PARTS, what="trial")


def trial_schema() -> Schema:
    """The JSON schema of a trial's specification."""
    return schema_of(TrialSpec, PARTS.values())
