"""What a forecast says: curves with intervals, dates, risks, findings and their basis."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from glabella.face.frame import Side
from glabella.facts.model import Event
from glabella.plan.finding import Finding

Expression = Literal["rest", "frown", "raise", "smile", "pucker", "bite", "neck"]


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """A quantity at each forecast day: median over the drawn patients and its 90% interval."""

    median: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


class MuscleCurve(msgspec.Struct, frozen=True, kw_only=True):
    """Strength left of one muscle on one side, as a fraction of its strength before."""

    muscle: str
    side: Side
    strength: Curve


class GradeCurve(msgspec.Struct, frozen=True, kw_only=True):
    """Line severity of an area (0 to 3) and the share of patients rated none or mild."""

    area: str
    side: Side
    at: Literal["maximum", "rest"]
    grade: Curve
    none_or_mild: tuple[float, ...]


class BrowCurve(msgspec.Struct, frozen=True, kw_only=True):
    """Change of brow height at rest in mm, up positive, at three points of one side."""

    side: Side
    medial_mm: Curve
    peak_mm: Curve
    lateral_mm: Curve


class LidCurve(msgspec.Struct, frozen=True, kw_only=True):
    """Change of the upper lid margin in mm, down negative."""

    side: Side
    margin_mm: Curve


class MouthCurve(msgspec.Struct, frozen=True, kw_only=True):
    """Height of one mouth corner in mm, up positive, at rest and in a smile, and of the upper lip.

    All are against the face at rest before treatment: an untreated smile is no zero.
    """

    side: Side
    rest_mm: Curve
    smile_mm: Curve
    upper_lip_mm: Curve


class JawCurve(msgspec.Struct, frozen=True, kw_only=True):
    """Change of the width of one side of the jaw in mm, negative is slimmer."""

    side: Side
    width_mm: Curve


class SkinCurve(msgspec.Struct, frozen=True, kw_only=True):
    """Size of pores and amount of sebum of a region of the skin, as fractions of before."""

    region: str
    pores: Curve
    sebum: Curve


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """Days after the last treatment and the dates they fall on; None: not within the horizon."""

    median_days: float | None
    low_days: float | None
    high_days: float | None
    median: date | None
    low: date | None
    high: date | None


class AreaCourse(msgspec.Struct, frozen=True, kw_only=True):
    """When an area's effect shows, is fullest and has worn off, and for what share of patients."""

    area: str
    side: Side
    onset: Interval
    peak: Interval
    wear_off: Interval
    responders: float


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """How likely an unwanted result is, over the drawn patients, and what counts as one."""

    event: Event
    name: str
    definition: str
    probability: float
    source: str


class FaceState(msgspec.Struct, frozen=True, kw_only=True):
    """What one face looks like on one day in one expression: what a drawing needs.

    `brow_mm` maps each side to the rise in mm, up positive, of the brow nodes relative to the
    face at rest before treatment (nodes at `Forecast.brow_nodes_mm`); `lid_mm` the change of the
    upper lid margin; `lower_lid_mm` the rise of the lower lid; `mouth_mm` maps each side to the
    heights of "corner", "upper_lip" and "lower_lip"; `tip_mm` is that of the tip of the nose.
    `lip_close` says how far the lips purse and `chin_dimple` how strongly the chin dimples, both
    against an untreated pucker; `jaw_mm` maps each side to the change of the jaw's width. `lines`
    has the severity 0 to 3 of each area of lines in this expression, as "glabella" or
    "lateral-canthal-left".
    """

    day: int
    expression: Expression
    brow_mm: dict[str, tuple[float, ...]]
    lid_mm: dict[str, float]
    lower_lid_mm: dict[str, float]
    lines: dict[str, float]
    mouth_mm: dict[str, dict[str, float]] = {}
    lip_close: float = 0.0
    chin_dimple: float = 0.0
    jaw_mm: dict[str, float] = {}
    tip_mm: float = 0.0


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """What reviews taught: `effective` of `drawn` patients explain what was seen.

    `used` is false when these are too few; then the forecast is the population's.
    """

    reviews: int
    effective: float
    drawn: int
    used: bool


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """The forecast of a plan, day by day from the last treatment.

    `days` are days after `start` (the date of the last treatment). `drawn` is the number of
    drawn patients behind the intervals. `mouth`, `jaw` and `skin` are empty when no toxin gets
    there. `sources` and `assumptions` are what it stands on.
    """

    start: date
    products: tuple[str, ...]
    days: tuple[int, ...]
    drawn: int
    muscles: tuple[MuscleCurve, ...]
    grades: tuple[GradeCurve, ...]
    brow: tuple[BrowCurve, ...]
    lid: tuple[LidCurve, ...]
    mouth: tuple[MouthCurve, ...] = ()
    jaw: tuple[JawCurve, ...] = ()
    skin: tuple[SkinCurve, ...] = ()
    courses: tuple[AreaCourse, ...]
    risks: tuple[Risk, ...]
    findings: tuple[Finding, ...]
    states: tuple[FaceState, ...]
    brow_nodes_mm: tuple[float, ...]
    sources: dict[str, str]
    assumptions: tuple[str, ...]
    facts_digest: str
    learned: Learned | None = None
