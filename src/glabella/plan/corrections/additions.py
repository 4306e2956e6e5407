"""What is added at a review, thing by thing, and why something is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from glabella import facts
from glabella.plan.corrections.case import Case
from glabella.plan.corrections.correction import Addition, Noticed, Refused, RiskChange
from glabella.plan.corrections.more import more
from glabella.plan.corrections.residue import Residue
from glabella.plan.corrections.top_up import Bench, addition, level, same_points, spock
from glabella.plan.finding import Finding
from glabella.plan.limits import check_doses
from glabella.plan.place import Dose, place_all
from glabella.plan.plan import Plan, Treatment

Words = Sequence[Noticed]
OTHER_PRODUCT = "Another product was given there last: correct one product at a time."


def proposals(
    case: Case, left: Residue, noticed: Words, doses: dict[int, tuple[Dose, ...]]
) -> tuple[tuple[Addition, ...], tuple[Refused, ...]]:
    """The smallest addition for each thing noticed, each on top of the ones before it."""
    if why := _too_many(case, doses):
        return (), tuple(_refuse(one, *why) for one in noticed if one.answer == "top-up")
    proposed: list[Addition] = []
    refused: list[Refused] = []
    for seen in _groups(noticed):
        last = _last_in(case, seen[0].area or "forehead", doses) or case.given[-1]
        if proposed and last.product != proposed[0].treatment.product:
            refused.append(_refuse(seen[0], OTHER_PRODUCT, ""))
            continue
        added = tuple(point for one in proposed for point in one.treatment.injections)
        found, why_not = _settled(Bench(case, left, last, added), seen)
        if found is None:
            refused.append(_refuse(seen[0], why_not, _lasting_source(seen[0])))
        elif stops := _stops(case, left, [*proposed, found]):
            why_not = f"{stops[0].message} {stops[0].mend}".strip()
            refused.append(_refuse(seen[0], why_not, stops[0].source))
        else:
            proposed.append(found)
    return tuple(proposed), tuple(refused)


def _groups(noticed: Words) -> list[tuple[Noticed, ...]]:
    """What is settled in one go: brows that peak on both sides together, all else alone."""
    peaks = tuple(one for one in noticed if one.code == "spock-brow")
    uneven = [(one,) for one in noticed if one.code == "asymmetry"]
    lines = [(one,) for one in noticed if one.code == "under-treatment"]
    return [*([peaks] if peaks else []), *uneven, *lines]


def _refuse(seen: Noticed, why: str, source: str) -> Refused:
    return Refused(code=seen.code, name=named(seen), why=why, source=source)


def _last_in(case: Case, area: str, doses: dict[int, tuple[Dose, ...]]) -> Treatment | None:
    """The last session that treated an area; of none if no area is named."""
    own = [i for i, placed in doses.items() if any(dose.area == area for dose in placed)]
    return case.given[max(own)] if own else None


def _settled(bench: Bench, group: Words) -> tuple[Addition | None, str]:
    """The smallest addition that answers what was noticed, or why there is none."""
    known, seen = facts.load(), group[0]
    match seen.code:
        case "spock-brow":
            settled, fact = spock(bench, group), known.safety.lateral_frontalis_settled
            why = "The least that settles it, at the point that moves the rest least."
            if settled.effects and not settled.effects[0].reached:
                why = "What helps most of what may be added there; it does not settle all."
        case "asymmetry" if seen.side is not None:
            settled, fact = level(bench, seen), known.corrections.weak_side
            why = f"The smallest addition on the {seen.side} that levels the brows."
        case "asymmetry":
            return None, "Say which side stands higher, or measure the height of both brows."
        case _ if seen.area:
            fact = known.safety.complications["under-treatment"].manage[0]
            settled = more(bench, seen)
            why = "Each step lies where it raises the chance of the wanted grade most."
        case _:
            return None, "Say in which area the line still pulls."
    if settled.trial is None:
        return None, settled.why_not
    side = seen.side if len(group) == 1 else None
    area = seen.area or "forehead"
    words = f"{why} {fact.value}"
    return addition(bench, seen, settled, side=side, area=area, why=words, source=fact.source), ""


def _lasting_source(seen: Noticed) -> str:
    """Where what is said of waiting for it comes from."""
    known = facts.load().safety.complications.get(seen.code)
    return known.lasts_days.source if known and known.lasts_days else seen.source


def _stops(case: Case, left: Residue, proposed: Sequence[Addition]) -> tuple[Finding, ...]:
    found = findings_of(left, case.plan(same_points([one.treatment for one in proposed])))
    return tuple(one for one in found if one.severity == "stop")


def findings_of(left: Residue, plan: Plan) -> tuple[Finding, ...]:
    """What the limits say of a plan; that one side gets more is meant here.

    Where texts disagree on top-ups is told beside every proposal, so it is not said twice.
    """
    found = check_doses(plan, left.face, place_all(left.face, plan.treatments))
    conflict = f" {facts.load().safety.touch_up_conflict.value}"
    return tuple(
        msgspec.structs.replace(one, message=one.message.replace(conflict, ""))
        for one in found
        if one.code != "uneven-sides"
    )


def _too_many(case: Case, doses: dict[int, tuple[Dose, ...]]) -> tuple[str, str] | None:
    """Why there is no further top-up, when one or two were given within a month already."""
    known = facts.load()
    month, most = known.corrections.month_days.value, known.corrections.most_top_ups.value
    since = case.today - timedelta(days=month)
    count = top_ups(case, doses, since)
    if count < most:
        return None
    conflict = known.safety.complications["non-response"].manage[0]
    product = facts.product(case.given[-1].product)
    least = product.limits.minimum_interval_days or known.safety.retreatment_days
    why = (
        f"{count} top-ups were given since {on(since)}: this would be one too many within a "
        f"month. {conflict.value} The interval of {product.name} is {least.value:g} days."
    )
    return why, conflict.source


def top_ups(case: Case, doses: dict[int, tuple[Dose, ...]], since: date) -> int:
    """How many sessions since a day topped up an area that was treated within the interval."""
    days = facts.load().safety.retreatment_days.value
    found = set()
    for index, treatment in enumerate(case.given):
        areas = {dose.area for dose in doses[index]}
        for before, earlier in enumerate(case.given):
            gap = (treatment.date - earlier.date).days
            if 0 < gap < days and areas & {dose.area for dose in doses[before]}:
                found.add(treatment.date)
    return sum(day >= since for day in found)


def risks_of(bench: Bench, proposed: Sequence[Addition]) -> tuple[RiskChange, ...]:
    """Chances of unwanted results; where one side is levelled, all but that of uneven brows."""
    if not proposed:
        return ()
    points = same_points([one.treatment for one in proposed]).injections
    one_sided = any(one.side is not None and one.area == "forehead" for one in proposed)
    found = bench.risks(bench.trial(points))
    return tuple(one for one in found if not (one_sided and one.event == "asymmetry"))


def on(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def named(seen: Noticed) -> str:
    """What was noticed, with its area and side."""
    where = ", ".join(str(word) for word in (seen.area, seen.side) if word)
    return f"{seen.name}{f' ({where})' if where else ''}"
