"""A proposal and the plans beside it as plain values: what the page shows of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from glabella import chart, facts
from glabella.chart.names import NEARLY_ALL, full_date, millimetres, percent, short_area_name
from glabella.clinic.treatments.preview import (
    FindingRow,
    area_name,
    finding_row,
    letter,
    product_name,
)
from glabella.face import Face, Side
from glabella.plan import Dose
from glabella.plan.search.proposal import AreaOutcome, Outcome, Proposal, RiskOutcome, TradeOff

# Chances of two sides that differ less are said as one.
SAME_SHARE = 0.01
# Unwanted results that are told of every plan; others when they can be seen at all.
ALWAYS = ("lid_ptosis", "brow_ptosis", "spock_brow", "asymmetry")
LEAST_SHARE = 0.005
WHOLE_PERCENT = 0.1
# A bar for a risk ends at so many times its limit.
RISK_BAR = 2.0
SIDES = (Side.RIGHT, Side.MIDLINE, Side.LEFT)


@dataclass(frozen=True, slots=True)
class AreaLine:
    """What a plan does to the lines of an area, on the side on which it does least."""

    name: str
    chance: str
    share: float
    asked: str
    before: str
    grade: str
    reached: bool
    sides: str
    gauge: str
    kept: str
    kept_range: str
    kept_asked: str
    kept_holds: bool


@dataclass(frozen=True, slots=True)
class BrowLine:
    side: str
    head: str
    peak: str
    tail: str


@dataclass(frozen=True, slots=True)
class RiskLine:
    name: str
    definition: str
    share: str
    limit: str
    holds: bool
    gauge: str


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan beside the others."""

    code: str
    name: str
    when: str
    letters: tuple[tuple[str, str], ...]
    units: str
    points: str
    reached: bool
    brow_reached: bool
    misses: str
    face_svg: str
    lines_title: str
    kept_title: str
    day: int
    areas: tuple[AreaLine, ...]
    brow: tuple[BrowLine, ...]
    risks: tuple[RiskLine, ...]

    @property
    def same(self) -> bool:
        """Whether the title says for all areas what is asked."""
        return len({(area.grade, area.asked) for area in self.areas}) == 1

    @property
    def same_kept(self) -> bool:
        return len({area.kept_asked for area in self.areas}) == 1


@dataclass(frozen=True, slots=True)
class PointLine:
    """A point of a plan with why it is there; `index` finds it in what the script places."""

    index: int
    name: str
    units: str
    depth: str
    area: str
    why: str
    without: str
    held: bool


def units_words(doses: Sequence[Dose]) -> str:
    """Units per product, never added up over products."""
    totals: dict[str, float] = {}
    for dose in doses:
        product = dose.units.product
        totals[product] = totals.get(product, 0.0) + dose.units.amount
    return " and ".join(
        f"{round(units, 2):g} U {product_name(product)}" for product, units in totals.items()
    )


def points_words(count: int) -> str:
    return "1 point" if count == 1 else f"{count} points"


def small_points(doses: Sequence[Dose]) -> list[chart.ChartPoint]:
    return [
        chart.ChartPoint(
            number=number,
            x_mm=dose.x_mm,
            y_mm=dose.y_mm,
            side=dose.side,
            depth=dose.depth,
            units=round(dose.units.amount, 2),
            product_id=dose.units.product,
            key=str(number - 1),
        )
        for number, dose in enumerate(doses, start=1)
    ]


def plan_row(
    face: Face,
    outcome: Outcome,
    doses: Sequence[Dose],
    *,
    code: str,
    box: chart.Box,
    last: date | None = None,
) -> PlanRow:
    """What the page shows of one plan."""
    by_area: dict[str, list[AreaOutcome]] = {}
    for area in outcome.areas:
        by_area.setdefault(area.area, []).append(area)
    areas = tuple(_area_line(sides) for sides in by_area.values())
    day = max((area.day for area in outcome.areas), default=0)
    risks = tuple(_risk_line(risk) for risk in outcome.risks if _told(risk))
    drawn = chart.compare_svg(face, outcome, small_points(doses), box=box, prefix=f"{code}-")
    return PlanRow(
        code=code,
        name=outcome.name,
        when=full_date(last) if last and code == "last" else "",
        letters=tuple(
            (product, letter(product))
            for product in dict.fromkeys(dose.units.product for dose in doses)
        ),
        units=units_words(doses),
        points=points_words(len(doses)),
        reached=outcome.reached,
        brow_reached=outcome.brow_reached,
        misses=_misses(areas, risks, brow_reached=outcome.brow_reached),
        face_svg=drawn,
        lines_title=_lines_title(areas, day),
        kept_title=_kept_title(areas),
        day=day,
        areas=areas,
        brow=_brow_lines(outcome),
        risks=risks,
    )


def _misses(areas: Sequence[AreaLine], risks: Sequence[RiskLine], *, brow_reached: bool) -> str:
    """What a plan falls short of, in words; nothing where it reaches the goal."""
    missed = [area.name for area in areas if not area.reached and area.kept_holds]
    missed += [] if all(area.kept_holds for area in areas) else ["movement"]
    missed += [] if brow_reached else ["brow shape"]
    missed += [risk.name for risk in risks if not risk.holds]
    return ", ".join(missed)


def _common(words: Iterable[str]) -> str:
    """What all of them say alike, which a title then says once."""
    said = set(words)
    return said.pop() if len(said) == 1 else ""


def _lines_title(areas: Sequence[AreaLine], day: int) -> str:
    said = _common(f"{area.grade} on day {day}, asked {area.asked}" for area in areas)
    return said.capitalize() if said else f"Lines on day {day}"


def _kept_title(areas: Sequence[AreaLine]) -> str:
    asked = _common(area.kept_asked for area in areas)
    return f"Movement kept, asked {asked}" if asked else "Movement kept"


def _area_line(sides: list[AreaOutcome]) -> AreaLine:
    worse = min(sides, key=lambda side: side.chance - side.asked_chance)
    stillest = min(sides, key=lambda side: side.kept)
    chances = [side.chance for side in sides]
    apart = max(chances) - min(chances) > SAME_SHARE
    ordered = sorted(sides, key=lambda side: SIDES.index(Side(side.side)))
    return AreaLine(
        name=short_area_name(worse.area),
        chance=percent(worse.chance),
        share=worse.chance,
        asked=percent(worse.asked_chance),
        before=percent(worse.before_chance),
        grade=_grade_words(worse.grade),
        reached=all(side.reached for side in sides),
        sides=", ".join(f"{one.side} {percent(one.chance)}" for one in ordered) if apart else "",
        gauge=chart.gauge_svg(
            worse.chance, worse.asked_chance, good=worse.chance >= worse.asked_chance
        ),
        kept=percent(stillest.kept),
        kept_range=_range(stillest.kept_low, stillest.kept_high),
        kept_asked=percent(stillest.asked_kept) if stillest.asked_kept else "",
        kept_holds=stillest.kept >= stillest.asked_kept,
    )


def _range(low: float, high: float) -> str:
    """From low to high, where they are apart."""
    return f"{percent(low)} to {percent(high)}" if percent(low) != percent(high) else ""


def _grade_words(grade: int) -> str:
    return ("none", "none or mild", "moderate at most", "any")[grade]


def _brow_lines(outcome: Outcome) -> tuple[BrowLine, ...]:
    ordered = sorted(outcome.brow, key=lambda brow: SIDES.index(Side(brow.side)))
    return tuple(
        BrowLine(
            side=str(brow.side),
            head=millimetres(brow.medial_mm, sign="+"),
            peak=millimetres(brow.peak_mm, sign="+"),
            tail=millimetres(brow.lateral_mm, sign="+"),
        )
        for brow in ordered
    )


def _told(risk: RiskOutcome) -> bool:
    return risk.event in ALWAYS or risk.probability >= LEAST_SHARE or not risk.holds


def _risk_line(risk: RiskOutcome) -> RiskLine:
    most = max(RISK_BAR * risk.limit, risk.probability)
    return RiskLine(
        name=risk.name,
        definition=risk.definition,
        share=_risk(risk.probability),
        limit=_limit(risk.limit),
        holds=risk.holds,
        gauge=chart.gauge_svg(risk.probability, risk.limit, most=most, good=risk.holds),
    )


def _risk(share: float) -> str:
    """A small share to the tenth of a percent, so that it can be held against its limit."""
    return percent(share) if share < LEAST_SHARE or share >= WHOLE_PERCENT else f"{share:.1%}"


def _limit(share: float) -> str:
    """A limit as it was set, without rounding it away."""
    return f"{100 * share:.3g}%"


def point_lines(proposal: Proposal) -> list[PointLine]:
    return [
        PointLine(
            index=index,
            name=_sentence(point.name),
            units=f"{point.injection.units:g} U {product_name(proposal.product)}",
            depth=point.injection.depth,
            area=area_name(point.area),
            why=point.why,
            without=point.without,
            held=point.held,
        )
        for index, point in enumerate(proposal.points)
    ]


def dose_lines(doses: Sequence[Dose]) -> list[PointLine]:
    """The points of a plan that was not proposed: named, without reasons."""
    return [
        PointLine(
            index=index,
            name=_sentence(dose.at()),
            units=f"{round(dose.units.amount, 2):g} U {product_name(dose.units.product)}",
            depth=dose.depth,
            area=area_name(dose.area),
            why="",
            without="",
            held=False,
        )
        for index, dose in enumerate(doses)
    ]


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def headline(proposal: Proposal, plans: Sequence[PlanRow]) -> str:
    """The answer in one sentence."""
    first, *others = plans
    if not proposal.reached:
        return f"Not reached: {proposal.nearest}"
    if not first.units:
        return "Nothing is to be injected: the goal is reached as it is."
    # Points that stay are counted: the goal is reached by all of them together.
    said = [f"{first.units} in {first.points} reach the goal"]
    whose = {"label": "the label's", "last": "the last visit's"}
    said += [
        f"{whose.get(plan.code, 'another')} {plan.units} "
        + ("reach it too" if plan.reached else f"do not ({plan.misses})")
        for plan in others
    ]
    return "; ".join(said) + "."


def mean_chance(row: PlanRow) -> float:
    return round(sum(line.share for line in row.areas) / len(row.areas), 4)


def summary(row: PlanRow) -> dict[str, Any]:
    """What the script holds against the answer before."""
    return {
        "units": row.units,
        "areas": {line.name: line.chance for line in row.areas},
    }


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and what stands behind it."""

    text: str
    basis: str
    good: bool


def robustness_words(proposal: Proposal) -> Said:
    found, hand = proposal.robustness, facts.load().goals.hand
    worst = _event_name(proposal, found.worst_event) if found.hold < NEARLY_ALL else ""
    also = f" What gives way first: {worst}." if worst else ""
    return Said(
        text=(
            f"As hands really inject, every limit of risk holds in {found.hold:.0%} of deliveries "
            f"and every area comes within ten points of its goal in {found.reach:.0%}.{also}"
        ),
        basis=(
            f"{found.deliveries} deliveries over {found.patients} drawn patients: each point off "
            f"by about {found.point_off_mm:g} mm, the dilution by about {found.dilution_slip:.0%}, "
            f"{found.depth_slip:.0%} of the points in the layer beside the one that was meant. "
            f"{hand.point_off_mm.reason or ''}".strip()
        ),
        good=found.hold >= 0.5,
    )


def _event_name(proposal: Proposal, event: str) -> str:
    named = {risk.event: risk.name for risk in proposal.outcome.risks}
    return next((name for code, name in named.items() if code == event), "")


def recheck_words(proposal: Proposal) -> Said:
    found = proposal.recheck
    points = f"{100 * found.apart:.1f} percentage points"
    agrees = "agrees" if found.agrees else "does not agree"
    return Said(
        text=f"Calculated a second time in another way: it {agrees}, at most {points} apart.",
        basis=(
            f"The rounded plan, by the forecast, on {found.patients} other drawn patients"
            + (f"; plan {found.tried} of those that were tried." if found.tried > 1 else ".")
        ),
        good=found.agrees,
    )


def binds_rows(proposal: Proposal) -> list[dict[str, str]]:
    sources = facts.load().sources
    rows = []
    for bind in proposal.binds:
        source = sources.get(bind.source)
        rows.append(
            {
                "message": bind.message,
                "source_text": source.citation if source else "",
                "source_url": (source.url or "") if source else "",
            }
        )
    return rows


def findings_rows(proposal: Proposal) -> list[FindingRow]:
    """What the rules say of the proposal; notes are left to the chart."""
    return [finding_row(one) for one in proposal.findings if one.severity != "note"]


def trade_off_words(plan: TradeOff, product: str) -> str:
    reached = "reaches the goal" if plan.reached else "does not reach the goal"
    return (
        f"{plan.units:g} U {product_name(product)} in {points_words(plan.points)}: chance "
        f"{percent(plan.chance)} (mean of areas), lowest brow "
        f"{millimetres(plan.brow_mm, sign='+')} mm; {reached}"
    )
