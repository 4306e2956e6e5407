"""What a review is answered with: care at once, a small addition, or the date to wait for."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from glabella.face.frame import Side
from glabella.facts.corrections import Answer, Grade, SeenWord
from glabella.plan.finding import Finding
from glabella.plan.plan import Plan, Treatment
from glabella.plan.result import Interval, Learned

# In the order in which they are asked.
Verdict = Literal["urgent", "wait", "too-early", "too-soon", "next-visit", "top-up", "well"]


class Noticed(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the review shows: told in words, or read from heights and grades.

    `size_mm` is how far apart, where it was measured.
    """

    code: SeenWord
    name: str
    answer: Answer
    message: str
    side: Side | None = None
    area: str = ""
    size_mm: float | None = None
    measured: bool = False
    source: str = ""


class Return(msgspec.Struct, frozen=True, kw_only=True):
    """When something is predicted back: the middle patient's day and date, and 90% of patients.

    `texts` are the first and last day that texts give for it, from `source`, and `text_dates` when
    that is. `disagrees` says that nine of ten drawn patients lie outside of them. Where too few
    drawn patients show what was seen, `explained` is false and `when` holds no dates.
    """

    code: SeenWord
    what: str
    side: Side | None
    when: Interval
    texts: tuple[float, float] | None = None
    text_dates: tuple[date, date] | None = None
    disagrees: bool = False
    explained: bool = True
    note: str = ""
    source: str = ""


class Easing(msgspec.Struct, frozen=True, kw_only=True):
    """What may ease a result, or is said to, with the grade of its evidence and its sources."""

    name: str
    grade: Grade
    says: tuple[str, ...]
    sources: tuple[str, ...]


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """One quantity as it is now, and when the addition has its full effect, with it and without.

    `asked` is what it should be at least or at most, as `reached` says.
    """

    what: str
    unit: Literal["mm", "grade", "chance"]
    now: float
    without: float
    after: float
    low: float
    high: float
    asked: float | None
    reached: bool


class Addition(msgspec.Struct, frozen=True, kw_only=True):
    """What is added for one thing that was noticed, and why just that.

    `rest` says where what is not reached belongs; it is empty where all is.
    """

    code: SeenWord
    name: str
    side: Side | None
    area: str
    treatment: Treatment
    units: float
    points: int
    why: str
    reached: bool
    effects: tuple[Effect, ...]
    source: str
    rest: str = ""


class RiskChange(msgspec.Struct, frozen=True, kw_only=True):
    """The chance of an unwanted result without and with all that is added, and its limit."""

    event: str
    name: str
    without: float
    after: float
    limit: float
    holds: bool


class Cumulative(msgspec.Struct, frozen=True, kw_only=True):
    """Units of one product over the label's period, with what is added; None: no limit is known."""

    product: str
    name: str
    given: float
    added: float
    days: int
    limit: float | None
    left: float | None
    source: str


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Why nothing is proposed for something that was noticed."""

    code: SeenWord
    name: str
    why: str
    source: str = ""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What a review is answered with, and all that it stands on.

    `proposed` is what the verdict "top-up" advises; its treatments are ready to be charted. `late`
    says that the days of topping up have passed: the advice is to wait for the next visit, and
    what is proposed is the injector's choice against it.
    `plan` is what was given with what is proposed last. `normal` is what is normal on this day.
    """

    today: date
    treated: date
    day: int
    verdict: Verdict
    headline: str
    alarms: tuple[Finding, ...]
    noticed: tuple[Noticed, ...]
    normal: str
    normal_source: str
    judge_from: date
    top_up_from: date
    next_from: date
    proposed: tuple[Addition, ...]
    late: bool
    refused: tuple[Refused, ...]
    risks: tuple[RiskChange, ...]
    cumulative: tuple[Cumulative, ...]
    returns: tuple[Return, ...]
    eases: tuple[Easing, ...]
    conflicts: tuple[Finding, ...]
    findings: tuple[Finding, ...]
    agreement: tuple[str, ...]
    plan: Plan
    learned: Learned | None
    sources: dict[str, str]
    assumptions: tuple[str, ...]
    facts_digest: str

    @property
    def units(self) -> float:
        """Units of all that is proposed; it is of one product."""
        return sum(one.units for one in self.proposed)
