"""What is said beside a correction: alarms, what may ease, where texts disagree, units so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from glabella import facts
from glabella.facts import Fact
from glabella.plan.corrections.case import Case
from glabella.plan.corrections.correction import Addition, Correction, Cumulative, Easing, Noticed
from glabella.plan.finding import Finding
from glabella.plan.place import Dose, total_units

Words = Sequence[Noticed]


def alarms_of(noticed: Words) -> tuple[Finding, ...]:
    known = facts.load()
    manage = known.safety.complications["distant-spread"].manage
    return tuple(
        Finding(
            code=one.code,
            severity="stop",
            message=f"{one.name} needs a doctor at once.",
            mend=" ".join(fact.value for fact in (known.corrections.urgent, *manage)),
            source=known.corrections.urgent.source,
        )
        for one in noticed
        if one.answer == "urgent"
    )


def eases_of(noticed: Words) -> tuple[Easing, ...]:
    codes = {one.code for one in noticed}
    return tuple(
        Easing(
            name=one.name,
            grade=one.grade,
            says=tuple(fact.value for fact in one.says),
            sources=tuple(fact.source for fact in one.says),
        )
        for one in facts.load().corrections.eases
        if codes & set(one.about)
    )


def conflicts_of(proposed: Sequence[Addition], noticed: Words) -> tuple[Finding, ...]:
    """Where texts disagree on what is proposed, each with its source."""
    safety, known = facts.load().safety, facts.load().corrections
    found = []
    if proposed:
        practice, caution = safety.touch_up_not_before_days, safety.touch_up_conflict
        latest = safety.touch_up_latest_days
        found = [
            Finding(
                code="top-up-practice",
                severity="note",
                message=f"Practice tops up from day {practice.value:g}, mostly until day "
                f"{latest.value:g}.",
                source=practice.source,
            ),
            Finding(
                code="top-up-caution",
                severity="warn",
                message=caution.value,
                mend="Weigh it, and record why.",
                source=caution.source,
            ),
        ]
    if any(one.code == "uneven-smile" for one in noticed):
        found.append(_note("smile-other-side", known.smile_other_side))
    codes = {one.code for one in noticed}
    waits = {one.code for one in noticed if one.answer == "wait"}
    if "non-response" in codes and (waits != {"non-response"} or "under-treatment" not in codes):
        found.append(_note("no-effect", known.no_effect))
        found += [
            _note("no-effect-care", fact) for fact in safety.complications["non-response"].manage
        ]
    elif "under-treatment" in codes and "non-response" not in codes:
        found.append(_note("look-first", known.look_first))
    return tuple(found)


def _note(code: str, fact: Fact[str]) -> Finding:
    return Finding(code=code, severity="note", message=fact.value, source=fact.source)


def area_totals_of(
    case: Case, doses: dict[int, tuple[Dose, ...]], proposed: Sequence[Addition]
) -> tuple[Finding, ...]:
    """Areas that get more than the label has for one treatment, the last session taken together."""
    found = []
    for one in proposed:
        product = facts.product(one.treatment.product)
        label = product.areas.get(one.area)
        sessions = [
            (case.given[index].date, [dose for dose in placed if dose.area == one.area])
            for index, placed in doses.items()
            if case.given[index].product == product.id
        ]
        last = max((day for day, own in sessions if own), default=None)
        before = [dose for day, own in sessions if day == last for dose in own]
        whole = total_units(tuple(before), product.id).amount + one.units
        if label is not None and whole > label.most_units.value:
            most = label.most_units
            found.append(
                Finding(
                    code="area-total",
                    severity="warn",
                    message=f"{label.name}: with what was given last it would be {whole:g} U "
                    f"{product.name}; the label has {most.value:g} U for one treatment.",
                    mend="Add less, or record why.",
                    source=most.source,
                    where=one.area,
                )
            )
    return tuple(found)


def cumulative_of(
    case: Case, doses: dict[int, tuple[Dose, ...]], proposed: Sequence[Addition]
) -> tuple[Cumulative, ...]:
    """Units of each product over its label's period; two products are never added up."""
    found = []
    for product_id in dict.fromkeys(one.product for one in case.given):
        product = facts.product(product_id)
        limits, safety = product.limits, facts.load().safety
        period = limits.cumulative_days or limits.minimum_interval_days or safety.retreatment_days
        since = case.today - timedelta(days=int(period.value))
        given = sum(
            total_units(doses[index], product_id).amount
            for index, one in enumerate(case.given)
            if one.product == product_id and one.date > since
        )
        added = sum(one.units for one in proposed if one.treatment.product == product_id)
        limit = limits.cumulative_units
        found.append(
            Cumulative(
                product=product_id,
                name=product.name,
                given=round(given, 2),
                added=round(added, 2),
                days=int(period.value),
                limit=limit.value if limit else None,
                left=round(limit.value - given - added, 2) if limit else None,
                source=(limit or period).source,
            )
        )
    return tuple(found)


def cited(told: Correction) -> dict[str, str]:
    """The sources of what is said in words, beside those of the forecast."""
    keys = {one.source for one in (*told.alarms, *told.conflicts, *told.findings)}
    keys |= {one.source for one in told.noticed} | {one.source for one in told.refused}
    keys |= {one.source for one in told.proposed} | {one.source for one in told.cumulative}
    keys |= {source for one in told.eases for source in one.sources} | {told.normal_source}
    keys |= {one.source for one in told.returns}
    known = facts.load().sources
    return {key: known[key].citation for key in sorted(keys) if key in known}
