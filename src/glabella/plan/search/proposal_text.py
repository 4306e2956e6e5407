"""A proposal as text to read in a terminal: the plan first, then what it does and what binds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from textwrap import wrap

from glabella import facts
from glabella.face.frame import Side
from glabella.plan.report import findings_text, learned_words, table
from glabella.plan.search.proposal import (
    AreaOutcome,
    Outcome,
    Proposal,
    ProposedPoint,
    TradeOff,
)
from glabella.plan.search.reasons import area_name, grade_words
from glabella.plan.search.titrate import Titration
from glabella.plan.summary import EVENTS

WIDE = 100


def as_text(
    proposal: Proposal, front: Sequence[TradeOff] = (), titration: Titration | None = None
) -> str:
    """The points, the goal, the outcome, comparisons, the front and the basis, in this order."""
    parts = [
        _header(proposal),
        _points(proposal),
        _why(proposal),
        _binds(proposal),
        _areas(proposal.outcome),
        _risks(proposal.outcome),
        _brow(proposal.outcome),
        _compared(proposal),
        _titration(titration),
        _front(proposal, front),
        _sure(proposal),
        findings_text(proposal.findings),
        _notes(proposal),
        _basis(proposal),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _name(proposal: Proposal) -> str:
    return facts.product(proposal.product).name


def _header(proposal: Proposal) -> str:
    when = proposal.plan.treatments[-1].date
    count = len(proposal.points)
    reached = (
        "The goal is reached."
        if proposal.reached
        else f"The goal is not reached. Nearest: {proposal.nearest}"
    )
    points = f"{count} point" if count == 1 else f"{count} points"
    lines = [
        f"Proposal for {when:%d %B %Y}: {proposal.units:g} U {_name(proposal)} at {points}.",
        *_wrapped(reached),
        "A proposal supports the injector's judgement; it does not replace it.",
        learned_words(proposal.learned),
    ]
    return "\n".join(line for line in lines if line)


def _points(proposal: Proposal) -> str:
    if not proposal.points:
        return "No points: nothing that may be given brings the goal nearer."
    rows = [
        [
            area_name(points[0].area) or "no area",
            _place(points[0]),
            _sides(points),
            f"{points[0].injection.units:g} U {_name(proposal)}{' each' * (len(points) > 1)}",
            points[0].injection.depth,
            "held" * points[0].held,
        ]
        for points in _alike(proposal.points)
    ]
    return "Points\n" + table(["area", "place", "side", "units", "depth", ""], rows)


def _alike(points: Sequence[ProposedPoint]) -> list[list[ProposedPoint]]:
    """Points that are the same on both sides, together."""
    found: dict[tuple[object, ...], list[ProposedPoint]] = {}
    for point in points:
        key = (point.area, _place(point), point.injection.units, point.injection.depth, point.held)
        found.setdefault(key, []).append(point)
    return list(found.values())


def _place(point: ProposedPoint) -> str:
    return point.name.removesuffix(f", {point.injection.side}")


def _sides(points: Sequence[ProposedPoint]) -> str:
    if len(points) > 1:
        return "both"
    side = points[0].injection.side
    return "midline" if side in {None, Side.MIDLINE} else str(side)


def _why(proposal: Proposal) -> str:
    lines = ["Why each point is there, and what is lost without it"] if proposal.points else []
    for why, group in groupby(proposal.points, key=lambda point: point.why):
        lines.append(f"  {why}")
        for points in _alike(list(group)):
            lines += _wrapped(f"{_place(points[0])}: {points[0].without}", indent=6)
    return "\n".join(lines)


def _wrapped(text: str, *, indent: int = 0) -> list[str]:
    """Lines of a sentence; all but the first stand a little further in."""
    return wrap(
        text,
        WIDE,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 4 if indent else 0),
    )


def _binds(proposal: Proposal) -> str:
    if not proposal.binds:
        less = "; fewer units would not reach the goal" if proposal.reached else ""
        return f"What binds: no limit{less}."
    lines, known = ["What binds"], facts.load().sources
    for bind in proposal.binds:
        lines += _wrapped(bind.message, indent=2)
        if bind.source in known:
            lines.append(f"      Source: {known[bind.source].citation}")
    return "\n".join(lines)


def _areas(outcome: Outcome) -> str:
    rows = [
        [
            _side_name(area),
            f"{grade_words(area.grade)}, day {area.day}",
            f"{area.chance:.0%}",
            f"{area.asked_chance:.0%}",
            f"{area.before_chance:.0%}",
            f"{area.median_grade:.1f}",
            f"{area.kept:.0%} [{area.kept_low:.0%} to {area.kept_high:.0%}]",
            f"{area.asked_kept:.0%}",
            _yes(area.reached),
        ]
        for area in outcome.areas
    ]
    head = [
        "",
        "asked",
        "chance",
        "asked",
        "untreated",
        "grade",
        "strength kept",
        "asked",
        "reached",
    ]
    return "Lines at full movement, and the strength behind them when it is weakest\n" + table(
        head, rows
    )


def _side_name(area: AreaOutcome) -> str:
    name = area_name(area.area)
    return name if area.side is Side.MIDLINE else f"{name}, {area.side}"


def _yes(answer: bool) -> str:
    return "yes" if answer else "NO"


def _risks(outcome: Outcome) -> str:
    rows = [
        [
            risk.name,
            risk.definition,
            f"{risk.probability:.1%}",
            f"{risk.limit:.1%}",
            _yes(risk.holds),
        ]
        for risk in outcome.risks
    ]
    return "Unwanted results, share of drawn patients\n" + table(
        ["", "", "chance", "accepted", "holds"], rows
    )


def _brow(outcome: Outcome) -> str:
    rows = [
        [
            f"brow {one.side}",
            "",
            *(f"{mm:+.1f}" for mm in (one.medial_mm, one.peak_mm, one.lateral_mm)),
        ]
        for one in outcome.brow
    ]
    asked = "as asked" if outcome.brow_reached else "NOT as asked"
    return f"Brow at rest on the goal's day, mm, up positive: {asked}\n" + table(
        ["", "", "medial", "peak", "lateral"], rows
    )


def _compared(proposal: Proposal) -> str:
    if not proposal.compared:
        return ""
    rows = [_row(one) for one in (proposal.outcome, *proposal.compared)]
    head = [
        "",
        "units",
        "points",
        *(area_name(area.area) for area in proposal.outcome.areas),
        "lowest brow",
        "nearest risk",
        "reached",
    ]
    return "Compared at the same goal (chance of the grade that is asked)\n" + table(head, rows)


def _row(outcome: Outcome) -> list[str]:
    units = " and ".join(
        f"{amount:g} U {facts.product(product).name}"
        for product, amount in outcome.by_product.items()
    )
    lowest = min(min(one.medial_mm, one.peak_mm, one.lateral_mm) for one in outcome.brow)
    worst = max(outcome.risks, key=lambda risk: risk.probability / max(risk.limit, 1e-9))
    return [
        outcome.name,
        units or "none",
        f"{outcome.points}",
        *(f"{area.chance:.0%}" for area in outcome.areas),
        f"{lowest:+.1f} mm",
        f"{worst.name.lower()} {worst.probability:.1%} of {worst.limit:.1%}",
        _yes(outcome.reached),
    ]


def _titration(titration: Titration | None) -> str:
    if titration is None or titration.treated is None:
        return ""
    lines = [line for sentence in titration.sentences for line in _wrapped(sentence, indent=2)]
    return "What the last visit showed\n" + "\n".join(lines)


def _front(proposal: Proposal, front: Sequence[TradeOff]) -> str:
    if not front:
        return ""
    rows = [
        [
            f"{one.units:g} U {_name(proposal)}",
            f"{one.points} points",
            *(f"{chance:.0%}" for chance in one.chances.values()),
            f"{one.kept:.0%}",
            f"{one.brow_mm:+.1f}",
            _share(one),
            _yes(one.reached),
        ]
        for one in front
    ]
    areas = [area_name(area) for area in front[0].chances]
    head = ["", "", *areas, "strength kept", "brow mm", "nearest risk, of its limit", "reached"]
    return "What more units buy, and what they cost\n" + table(head, rows)


def _share(one: TradeOff) -> str:
    if not one.worst_event:
        return "none"
    return f"{EVENTS[one.worst_event][0].lower()} {one.worst_risk:.0%}"


def _sure(proposal: Proposal) -> str:
    hand, again = proposal.robustness, proposal.recheck
    worst = (
        f" What comes nearest to its limit is {EVENTS[hand.worst_event][0].lower()}."
        if hand.worst_event
        else ""
    )
    agrees = "agree" if again.agrees else "DO NOT agree: take the plan with care"
    return "\n".join(
        [
            "How sure this is",
            *_wrapped(
                f"Hands err: points off by {hand.point_off_mm:g} mm, dilution by "
                f"{hand.dilution_slip:.0%}, one point in {1 / max(hand.depth_slip, 1e-9):.0f} in "
                f"the layer beside. Of {hand.deliveries} such deliveries to {hand.patients} drawn "
                f"patients, every limit holds in {hand.hold:.0%}, and every area comes within ten "
                f"points of the chance that is asked in {hand.reach:.0%}.{worst}",
                indent=2,
            ),
            *_wrapped(
                f"Calculated twice: on {again.patients} other drawn patients, day by day, the "
                f"chances differ by {again.apart:.1%} at most; the two calculations {agrees}.",
                indent=2,
            ),
        ]
    )


def _notes(proposal: Proposal) -> str:
    if not proposal.notes:
        return ""
    lines = [line for note in proposal.notes for line in _wrapped(note, indent=2)]
    return "Notes\n" + "\n".join(lines)


def _basis(proposal: Proposal) -> str:
    return (
        f"Stands on {len(proposal.sources)} sources and {len(proposal.assumptions)} assumptions; "
        "`--json` lists them all, `glabella facts goals` those of the goal."
    )
