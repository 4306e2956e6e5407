"""What planning droplets answers: where they lie, what they hold, and what they will do."""

from __future__ import annotations

import msgspec

from glabella.plan.finding import Finding
from glabella.plan.plan import Injection, Plan
from glabella.plan.result import Risk


class RegionDroplets(msgspec.Struct, frozen=True, kw_only=True):
    """The droplets of one region, and what is known of discomfort there."""

    region: str
    name: str
    droplets: int
    units: float
    volume_ml: float
    discomfort: str


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """Places of the grid that were left out of a region, because of what lies there."""

    region: str
    zone: str
    name: str
    harm: str
    droplets: int
    places_mm: tuple[tuple[float, float], ...]
    why: str
    source: str


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """The grid and what is in it, before anything is forecast.

    `spacing_mm` is what was asked; `neighbours_mm` the distance that the grid has, never less.
    `regions_of` has the region of each of the `injections`.
    """

    product: str
    protocol: str
    name: str
    basis: str
    source: str
    units_per_ml: float
    droplet_ml: float
    units_per_droplet: float
    spacing_mm: float
    neighbours_mm: float
    mixing: str
    droplets: int
    units: float
    volume_ml: float
    syringes: int
    vials: int
    regions: tuple[RegionDroplets, ...]
    left_out: tuple[LeftOut, ...]
    injections: tuple[Injection, ...]
    regions_of: tuple[str, ...]


class SkinChange(msgspec.Struct, frozen=True, kw_only=True):
    """What pores or sebum of a region lose at most, and when: middle patient and 90% interval.

    `half_day` is the first day with half of the fullest effect, `gone_day` the first with less
    than half of it again; None: not within the horizon.
    """

    region: str
    name: str
    what: str
    lost: float
    lost_low: float
    lost_high: float
    half_day: int | None
    fullest_day: int
    gone_day: int | None


class MuscleLoss(msgspec.Struct, frozen=True, kw_only=True):
    """Strength that a muscle under the droplets keeps when it is weakest, and for how many weeks.

    `weeks` is how long the middle patient keeps less than all but a twentieth of it; 0: never.
    """

    muscle: str
    name: str
    side: str
    day: int
    kept: float
    kept_low: float
    kept_high: float
    weeks: float


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a text says, and which one."""

    text: str
    source: str


class DropletPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A grid of droplets, its forecast, and what is not known of it.

    `plan` is ready to be forecast: the patient, what came before, and the droplets last.
    """

    layout: Layout
    skin: tuple[SkinChange, ...]
    muscles: tuple[MuscleLoss, ...]
    risks: tuple[Risk, ...]
    findings: tuple[Finding, ...]
    comfort: tuple[Told, ...]
    onset: tuple[Told, ...]
    evidence_for: tuple[Told, ...]
    evidence_against: tuple[Told, ...]
    totals: tuple[Told, ...]
    compared: tuple[Told, ...]
    remarks: tuple[Told, ...]
    not_known: tuple[str, ...]
    plan: Plan
    sources: dict[str, str]
    assumptions: tuple[str, ...]
