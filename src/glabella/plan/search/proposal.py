"""What planning backwards answers: the points, why each is there, what binds, and how sure."""

from __future__ import annotations

from typing import Literal

import msgspec

from glabella.face.frame import Side
from glabella.facts.model import Event
from glabella.plan.finding import Finding
from glabella.plan.plan import Injection, Plan, Treatment
from glabella.plan.result import Learned


class ProposedPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One point of a proposal: the injection, what it is in, and why it is there.

    `without` says what the goal loses if the point is left out.
    """

    injection: Injection
    area: str
    muscle: str
    name: str
    why: str
    without: str
    held: bool = False


class AreaOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan does to the lines of an area on the goal's day, against what was asked.

    `chance` is that of a rating of at most `grade`; `median_grade` the middle severity; `kept` the
    strength behind the lines when it is weakest, in the middle patient and his 90% interval.
    """

    area: str
    side: Side
    day: int
    grade: int
    asked_chance: float
    chance: float
    before_chance: float
    median_grade: float
    kept: float
    kept_low: float
    kept_high: float
    asked_kept: float
    units: float
    reached: bool


class RiskOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """The chance of an unwanted result, and the highest that was accepted."""

    event: Event
    name: str
    definition: str
    probability: float
    limit: float
    holds: bool
    source: str


class BrowOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Rise in mm of the brow of one side on the goal's day, in the middle patient."""

    side: Side
    medial_mm: float
    peak_mm: float
    lateral_mm: float


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one plan does, measured against a goal: the same for proposal, label and last visit.

    `units` are those of the goal's product; `by_product` has those of every product, which are
    never added up.
    """

    name: str
    units: float
    by_product: dict[str, float]
    points: int
    areas: tuple[AreaOutcome, ...]
    risks: tuple[RiskOutcome, ...]
    brow: tuple[BrowOutcome, ...]
    brow_reached: bool
    reached: bool
    treatments: tuple[Treatment, ...]


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that keeps a plan from going further, and where the limit comes from."""

    code: str
    message: str
    source: str = ""


class TradeOff(msgspec.Struct, frozen=True, kw_only=True):
    """One plan of the front: what so many units buy, and what they cost.

    `chance` is the mean over the areas; `brow_mm` the lowest rise of the middle of a brow, and
    `worst_risk` the unwanted result that comes nearest to its limit, as a share of it.
    """

    units: float
    points: int
    chance: float
    chances: dict[str, float]
    kept: float
    brow_mm: float
    worst_risk: float
    worst_event: Event | Literal[""]
    reached: bool
    treatment: Treatment


class Robustness(msgspec.Struct, frozen=True, kw_only=True):
    """How a plan stands up to hands that err.

    Of `deliveries` that were drawn, `hold` is the share in which every limit of risk holds, and
    `reach` that in which every area comes within ten points of the chance that is asked.
    """

    deliveries: int
    patients: int
    hold: float
    reach: float
    worst_event: Event | Literal[""]
    point_off_mm: float
    dilution_slip: float
    depth_slip: float


class Recheck(msgspec.Struct, frozen=True, kw_only=True):
    """The rounded plan calculated a second time, by the forecast and on other drawn patients.

    `apart` is the largest difference between the two calculations in any chance.
    """

    patients: int
    apart: float
    agrees: bool
    tried: int


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that was searched for, and all that is to be said of it.

    `plan` is ready to be forecast: the patient, what came before, and the proposed treatment last.
    `nearest` says, where the goal is not reached, which limit stops it and how near this comes.
    `compared` are the label's protocol at the same goal and the last visit, as far as there are.
    """

    product: str
    units: float
    reached: bool
    nearest: str
    points: tuple[ProposedPoint, ...]
    outcome: Outcome
    compared: tuple[Outcome, ...]
    binds: tuple[Binding, ...]
    robustness: Robustness
    recheck: Recheck
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    plan: Plan
    learned: Learned | None
    sources: dict[str, str]
    assumptions: tuple[str, ...]
