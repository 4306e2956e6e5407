"""When no plan reaches a goal: what is missing, which limit stops it, and what would do without."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from glabella import facts
from glabella.plan.goals.aims import Aims
from glabella.plan.search.proposal import Binding, Outcome
from glabella.plan.search.reasons import Planned, area_name, grade_words
from glabella.plan.search.search import Search

# A limit is lifted by letting this many times the units in, and any change of the brow.
MORE_UNITS, ANY_MM = 4.0, 50.0
# More than so many times the units that are allowed are not told: they would read like advice.
TOO_MANY = 2.0


def nearest(found: Planned, binds: Sequence[Binding]) -> str:
    """What the nearest plan is short of, and which of the limits that bind stops it there."""
    told = "; ".join(_missing(found.outcome, found.search.aims))
    missing = told[:1].upper() + told[1:]
    stops = [
        words
        for name, aims in _lifted(found, binds)
        if (words := _without(name, found.search.asking(aims), found))
    ]
    if stops:
        return f"{missing}. What stops it: {'; or '.join(stops)}."
    return (
        f"{missing}. No single limit stops it: ask for less, or for it in two sessions, and look "
        "again at the review."
    )


def _missing(outcome: Outcome, aims: Aims) -> Iterator[str]:
    for area in outcome.areas:
        if area.chance < area.asked_chance:
            yield (
                f"{area_name(area.area)}: {grade_words(area.grade)} with a chance of "
                f"{area.chance:.0%} instead of {area.asked_chance:.0%}"
            )
        if area.kept < area.asked_kept:
            yield (
                f"{area_name(area.area)}: {area.kept:.0%} of the strength is kept instead of "
                f"{area.asked_kept:.0%}"
            )
    for risk in outcome.risks:
        if not risk.holds:
            yield f"{risk.name.lower()}: {risk.probability:.1%} instead of {risk.limit:.1%} at most"
    if not outcome.brow_reached:
        shape = facts.load().goals.brow[aims.brow]
        asked = shape.asks.replace("this", f"{shape.mm.value:g} mm")
        yield f"the brow: asked is that {asked}"


def _lifted(found: Planned, binds: Sequence[Binding]) -> Iterator[tuple[str, Aims]]:
    """The aims with one limit lifted at a time, of those that could stop this plan."""
    aims, codes = found.search.aims, {bind.code for bind in binds}
    outcome = found.outcome
    short = not outcome.brow_reached or any(not area.reached for area in outcome.areas)
    if short and any(code.startswith("most-units") for code in codes):
        areas = tuple(
            replace(
                aim,
                most_units=aim.most_units * MORE_UNITS,
                most_at_point=aim.most_at_point * MORE_UNITS,
            )
            for aim in aims.areas
        )
        lifted = replace(aims, areas=areas, most_units=sum(aim.most_units for aim in areas))
        yield "the units that are allowed", lifted
    if short and any(code.startswith("movement") for code in codes):
        free = tuple(replace(aim, kept=0.0) for aim in aims.areas)
        yield "the movement to be kept", replace(aims, areas=free)
    for risk in outcome.risks:
        if f"risk:{risk.event}" in codes:
            lifted = replace(aims, risks=aims.risks | {risk.event: 1.0})
            yield f"the limit of {risk.limit:.1%} for {risk.name.lower()}", lifted
    if any(not area.reached for area in outcome.areas):
        room = -ANY_MM if aims.brow == "lift-lateral" else ANY_MM
        yield "the shape of the brow that is asked for", replace(aims, brow_mm=room)


def _without(name: str, search: Search, found: Planned) -> str:
    """What would reach the goal without a limit; empty if nothing would."""
    better = search.run(found.steps, "rough")
    if not better.satisfied:
        return ""
    units = sum(search.units_by_area(better.steps).values())
    product = facts.product(search.influence.product).name
    if units > TOO_MANY * sum(aim.most_units for aim in found.search.aims.areas):
        return f"{name} (without it the goal would take more than twice as many)"
    return f"{name} (without it {units:g} U {product} would reach the goal)"
