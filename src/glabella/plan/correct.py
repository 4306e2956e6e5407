"""Correcting: what a review is answered with. Red flags first, then waiting, then the smallest
addition.

No judgement before the effect can be judged, no top-up before it is complete, no toxin where
something hangs, droops or does not move. Every answer shows what it stands on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from glabella import facts
from glabella.face.frame import Face, Side
from glabella.facts import Fact
from glabella.facts.corrections import SeenWord
from glabella.plan.agreement import agreement
from glabella.plan.basis import basis
from glabella.plan.case import Case, require_whole
from glabella.plan.correction import (
    Addition,
    Correction,
    Cumulative,
    Easing,
    Noticed,
    Refused,
    Verdict,
)
from glabella.plan.finding import Finding
from glabella.plan.limits import check_doses
from glabella.plan.more import more
from glabella.plan.place import Dose, place_all, total_units
from glabella.plan.plan import Plan, Treatment
from glabella.plan.residue import Residue, residue
from glabella.plan.returns import returns
from glabella.plan.seen import notice
from glabella.plan.told import likely
from glabella.plan.top_up import Bench, Settled, addition, level, same_points, spock

# What hangs is seen on any day; the rest is judged when the effect can be.
AT_ONCE: frozenset[SeenWord] = frozenset({"eyelid-ptosis", "uneven-smile", "dry-eye", "nodule"})
# These go by themselves or are no matter of toxin: nothing is predicted back.
Words = Sequence[Noticed]


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """The days that decide: since the last treatment, and from when what may be done."""

    treated: date
    day: int
    judge_from: date
    top_up_from: date
    next_from: date


def correct(case: Case) -> Correction:
    """What a review is answered with: care at once, a small addition, or the date to wait for.

    Raises InputError for a case that cannot be judged, and what `forecast` raises for its plan.
    """
    require_whole(case)
    plan = case.plan()
    face = Face.fit(case.patient.sex, case.patient.measures)
    doses = place_all(face, plan.treatments)
    timing = _timing(case)
    noticed = notice(case, face, {dose.area for placed in doses.values() for dose in placed})
    noticed = _judged(noticed, timing)
    left = residue(plan, today=case.today, likely=likely(case, face, noticed))
    verdict = _verdict(case, noticed, timing)
    proposed, refused = (
        _proposals(case, left, noticed, doses)
        if verdict == "top-up"
        else ((), _not_now(noticed, verdict, timing))
    )
    if verdict == "top-up" and not proposed:
        verdict = "wait"
    whole = case.plan(*([same_points([one.treatment for one in proposed])] if proposed else []))
    return _answer(
        case, left, noticed, verdict=verdict, timing=timing, proposed=proposed, refused=refused,
        plan=whole,
    )  # fmt: skip


def _timing(case: Case) -> Timing:
    safety, last = facts.load().safety, case.given[-1]
    limits = facts.product(last.product).limits
    interval = limits.minimum_interval_days or safety.retreatment_days

    def after(days: Fact[float]) -> date:
        return last.date + timedelta(days=int(days.value))

    return Timing(
        treated=last.date,
        day=(case.today - last.date).days,
        judge_from=after(safety.review_not_before_days),
        top_up_from=after(safety.touch_up_not_before_days),
        next_from=after(interval),
    )


def _judged(noticed: Words, timing: Timing) -> tuple[Noticed, ...]:
    """What may be judged on this day: before, only what was told, and what hangs or alarms."""
    first = (timing.judge_from - timing.treated).days
    if timing.day >= first:
        return tuple(noticed)
    return tuple(one for one in noticed if not one.measured)


def _verdict(case: Case, noticed: Words, timing: Timing) -> Verdict:
    """The first of the answers, in their order, that something noticed asks for."""
    answers = {one.answer for one in noticed}
    if "urgent" in answers:
        return "urgent"
    early = case.today < timing.judge_from
    hanging = {one.code for one in noticed if one.answer == "wait"}
    if hanging & AT_ONCE or (hanging and not early):
        return "wait"
    if early:
        return "too-early"
    if "top-up" not in answers:
        return "well"
    if case.today < timing.top_up_from:
        return "too-soon"
    if case.today >= timing.next_from:
        return "next-visit"
    return "top-up"


def _not_now(noticed: Words, verdict: Verdict, timing: Timing) -> tuple[Refused, ...]:
    """Why what could be topped up is not, today."""
    safety = facts.load().safety
    words: dict[Verdict, tuple[str, Fact[float] | Fact[str]]] = {
        "wait": (
            "Nothing is added while something hangs, droops or does not move.",
            safety.no_antidote,
        ),
        "urgent": ("Nothing is added before a doctor has looked.", facts.load().corrections.urgent),
        "too-early": (
            f"It is judged from {_on(timing.judge_from)} on.",
            safety.review_not_before_days,
        ),
        "too-soon": (
            f"Wait until {_on(timing.top_up_from)}: the effect is not complete, and it may settle.",
            safety.touch_up_not_before_days,
        ),
        "next-visit": (
            "The label's interval has passed: plan it as the next treatment, not as a correction.",
            safety.retreatment_days,
        ),
    }
    if verdict not in words:
        return ()
    why, fact = words[verdict]
    return tuple(
        Refused(code=one.code, name=named(one), why=why, source=fact.source)
        for one in noticed
        if one.answer == "top-up"
    )


def _on(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def named(seen: Noticed) -> str:
    """What was noticed, with its area and side."""
    where = ", ".join(str(word) for word in (seen.area, seen.side) if word)
    return f"{seen.name}{f' ({where})' if where else ''}"


def _proposals(
    case: Case, left: Residue, noticed: Words, doses: dict[int, tuple[Dose, ...]]
) -> tuple[tuple[Addition, ...], tuple[Refused, ...]]:
    """The smallest addition for each thing noticed, each on top of the ones before it."""
    bench = Bench(case, left, _last_signed(case))
    proposed: list[Addition] = []
    refused: list[Refused] = []
    if why := _too_many(case, doses):
        return (), tuple(_refuse(one, *why) for one in noticed if one.answer == "top-up")
    for seen in sorted((one for one in noticed if one.answer == "top-up"), key=_order):
        own = Bench(case, left, _last_in(case, seen.area, doses) or bench.last, bench.added)
        if own.last.product != bench.last.product:
            refused.append(_refuse(seen, OTHER_PRODUCT, ""))
            continue
        found, settled = _settled(own, seen)
        if found is None:
            refused.append(_refuse(seen, settled.why_not, left_source(seen)))
            continue
        stops = _stops(case, left, [*proposed, found])
        if stops:
            refused.append(_refuse(seen, f"{stops[0].message} {stops[0].mend}", stops[0].source))
            continue
        proposed.append(found)
        bench = bench.with_more(found.treatment.injections)
    return tuple(proposed), tuple(refused)


OTHER_PRODUCT = "Another product was given there last: correct one product at a time."


def _order(seen: Noticed) -> int:
    return ("spock-brow", "asymmetry", "under-treatment").index(seen.code)


def _refuse(seen: Noticed, why: str, source: str) -> Refused:
    return Refused(code=seen.code, name=named(seen), why=why, source=source)


def _last_signed(case: Case) -> Treatment:
    return case.given[-1]


def _last_in(case: Case, area: str, doses: dict[int, tuple[Dose, ...]]) -> Treatment | None:
    """The last session that treated an area; of none if no area is named."""
    own = [i for i, placed in doses.items() if any(dose.area == area for dose in placed)]
    return case.given[max(own)] if own else None


def _settled(bench: Bench, seen: Noticed) -> tuple[Addition | None, Settled]:
    """The smallest addition that answers one thing that was noticed, and why just that."""
    known = facts.load()
    safety, product = known.safety, facts.product(bench.last.product).name
    match seen.code:
        case "spock-brow" if seen.side is not None:
            settled, area = spock(bench, seen, seen.side), "forehead"
            fact = safety.lateral_frontalis_settled
            why = f"{fact.value} This is the least that helps, at the point that moves the rest least."
        case "asymmetry" if seen.side is not None:
            settled, area = level(bench, seen), "forehead"
            fact = known.corrections.weak_side
            why = f"{fact.value} The smallest addition on the {seen.side} that levels the brows."
        case "asymmetry":
            return None, Settled(
                None, None, "Say which side stands higher, or measure the height of both brows."
            )
        case _ if seen.area:
            settled, area = more(bench, seen), seen.area
            fact = safety.complications["under-treatment"].manage[0]
            why = f"{fact.value} Each step lies where it raises the chance of the wanted grade most."
        case _:
            return None, Settled(None, None, "Say in which area the line still pulls.")
    if settled.trial is None:
        return None, settled
    words = f"{why} Units are {product}."
    found = addition(
        bench, seen, settled, side=seen.side, area=area, why=words, source=fact.source
    )
    return found, settled


def left_source(seen: Noticed) -> str:
    """Where what is said of waiting for it comes from."""
    known = facts.load().safety.complications.get(seen.code)
    return known.lasts_days.source if known and known.lasts_days else seen.source


def _stops(case: Case, left: Residue, proposed: Sequence[Addition]) -> tuple[Finding, ...]:
    plan = case.plan(same_points([one.treatment for one in proposed]))
    found = check_doses(plan, left.face, place_all(left.face, plan.treatments))
    return tuple(one for one in found if one.severity == "stop")


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
    return (
        f"{count} top-ups were given since {_on(since)}: this would be one too many within a "
        f"month. {conflict.value} The interval of {product.name} is {least.value:g} days.",
        conflict.source,
    )


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


def _answer(
    case: Case,
    left: Residue,
    noticed: Words,
    *,
    verdict: Verdict,
    timing: Timing,
    proposed: tuple[Addition, ...],
    refused: tuple[Refused, ...],
    plan: Plan,
) -> Correction:
    safety = facts.load().safety
    normal = safety.normal_on(timing.day)
    bench = Bench(case, left, _last_signed(case))
    whole = plan.treatments[-1].injections if proposed else ()
    findings = (
        check_doses(plan, left.face, place_all(left.face, plan.treatments)) if proposed else ()
    )
    waiting = [one for one in noticed if one.answer in ("wait", "top-up")]
    back = returns(left, waiting) if verdict != "urgent" else ()
    stands_on = basis(plan)
    told = Correction(
        today=case.today,
        treated=timing.treated,
        day=timing.day,
        verdict=verdict,
        headline=_headline(verdict, noticed, proposed, timing),
        alarms=_alarms(noticed),
        noticed=tuple(noticed),
        normal=normal.value if normal else "",
        normal_source=normal.source if normal else "",
        judge_from=timing.judge_from,
        top_up_from=timing.top_up_from,
        next_from=timing.next_from,
        proposed=proposed,
        refused=refused,
        risks=bench.risks(bench.trial(whole)) if proposed else (),
        cumulative=_cumulative(case, left.doses, proposed),
        returns=back,
        eases=_eases(noticed) if verdict != "urgent" else (),
        conflicts=_conflicts(proposed, noticed),
        findings=findings,
        agreement=agreement(left, case),
        plan=plan,
        learned=left.learned,
        sources=stands_on.sources,
        assumptions=stands_on.assumptions,
        facts_digest=facts.load().digest,
    )
    return msgspec.structs.replace(told, sources=told.sources | _cited(told))


def _headline(
    verdict: Verdict, noticed: Words, proposed: Sequence[Addition], timing: Timing
) -> str:
    names = _names(one for one in noticed if one.answer != "watch")
    match verdict:
        case "urgent":
            flags = _names(one for one in noticed if one.answer == "urgent")
            return f"{flags}: a doctor at once. Nothing else comes before that."
        case "too-early":
            return (
                f"Day {timing.day} is too early to judge. It is judged from "
                f"{_on(timing.judge_from)} on."
            )
        case "too-soon":
            return f"{names}: wait until {_on(timing.top_up_from)} before anything is added."
        case "next-visit":
            return f"{names}: the interval has passed. Plan the next treatment."
        case "top-up":
            product = facts.product(proposed[0].treatment.product).name
            units = sum(one.units for one in proposed)
            return f"{names}: add {units:g} U {product}, or wait."
        case "wait":
            return f"{names}: no toxin. Wait."
    return "Nothing to correct."


def _names(noticed: Iterable[Noticed]) -> str:
    return ", ".join(dict.fromkeys(one.name for one in noticed)) or "Nothing noticed"


def _alarms(noticed: Words) -> tuple[Finding, ...]:
    known = facts.load()
    manage = known.safety.complications["distant-spread"].manage
    return tuple(
        Finding(
            code=one.code,
            severity="stop",
            message=f"{one.name} needs a doctor at once. {known.corrections.urgent.value}",
            mend=" ".join(fact.value for fact in manage),
            source=known.corrections.urgent.source,
        )
        for one in noticed
        if one.answer == "urgent"
    )


def _eases(noticed: Words) -> tuple[Easing, ...]:
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


def _conflicts(proposed: Sequence[Addition], noticed: Words) -> tuple[Finding, ...]:
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
    if any(one.code in ("under-treatment", "non-response") for one in noticed):
        found.append(_note("look-first", known.look_first))
    return tuple(found)


def _note(code: str, fact: Fact[str]) -> Finding:
    return Finding(code=code, severity="note", message=fact.value, source=fact.source)


def _cumulative(
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


def _cited(told: Correction) -> dict[str, str]:
    """The sources of what is said in words, beside those of the forecast."""
    keys = {one.source for one in (*told.alarms, *told.noticed, *told.refused, *told.proposed)}
    keys |= {one.source for one in (*told.cumulative, *told.conflicts, *told.findings)}
    keys |= {source for one in told.eases for source in one.sources} | {told.normal_source}
    known = facts.load().sources
    return {key: known[key].citation for key in sorted(keys) if key in known}


__all__ = ["Side", "correct", "named", "top_ups"]
