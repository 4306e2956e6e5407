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
from glabella.face.frame import Face
from glabella.facts import Fact
from glabella.facts.corrections import SeenWord
from glabella.plan.basis import basis
from glabella.plan.corrections.additions import findings_of, named, on, proposals, risks_of
from glabella.plan.corrections.agreement import agreement
from glabella.plan.corrections.case import Case, require_whole
from glabella.plan.corrections.cautions import (
    alarms_of,
    area_totals_of,
    cited,
    conflicts_of,
    cumulative_of,
    eases_of,
)
from glabella.plan.corrections.correction import Addition, Correction, Noticed, Refused, Verdict
from glabella.plan.corrections.residue import Residue, residue
from glabella.plan.corrections.returns import returns
from glabella.plan.corrections.seen import notice
from glabella.plan.corrections.told import likely
from glabella.plan.corrections.top_up import Bench, same_points
from glabella.plan.place import place_all
from glabella.plan.plan import Plan

# What hangs is seen on any day; the rest is judged when the effect can be.
AT_ONCE: frozenset[SeenWord] = frozenset({"eyelid-ptosis", "uneven-smile", "dry-eye", "nodule"})
Words = Sequence[Noticed]


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """The days that decide: since the last treatment, and from when what may be done."""

    treated: date
    day: int
    judge_from: date
    top_up_from: date
    top_up_until: date
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
    verdict = _verdict(case, noticed, timing)
    telling = [one for one in noticed if _counts(one, verdict, timing)]
    left = residue(plan, today=case.today, likely=likely(case, face, telling))
    proposed, refused = (
        proposals(case, left, noticed, doses)
        if verdict == "top-up"
        else ((), _not_now(noticed, verdict, timing))
    )
    late = verdict == "top-up" and case.today > timing.top_up_until
    if verdict == "top-up" and (late or not proposed):
        verdict = "wait"
    whole = case.plan(*([same_points([one.treatment for one in proposed])] if proposed else []))
    return _answer(
        case, left, noticed, verdict=verdict, timing=timing, proposed=proposed, refused=refused,
        plan=whole, late=late,
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
        top_up_until=after(safety.touch_up_latest_days),
        next_from=after(interval),
    )


def _judged(noticed: Words, timing: Timing) -> tuple[Noticed, ...]:
    """What may be judged on this day: before, only what was told, and what hangs or alarms."""
    if _is_judged(timing):
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


def _counts(seen: Noticed, verdict: Verdict, timing: Timing) -> bool:
    """Whether something noticed tells of this patient's effect: not before it can be judged."""
    return verdict != "urgent" and (_is_judged(timing) or seen.code in AT_ONCE)


def _is_judged(timing: Timing) -> bool:
    return timing.day >= (timing.judge_from - timing.treated).days


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
            f"It is judged from {on(timing.judge_from)} on.",
            safety.review_not_before_days,
        ),
        "too-soon": (
            f"Wait until {on(timing.top_up_from)}: the effect is not complete, and it may settle.",
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
    if verdict == "wait" and _no_effect(noticed):
        known = facts.load()
        fact = known.safety.complications["non-response"].manage[0]
        why = f"{known.corrections.no_effect.value} {fact.value}"
    return tuple(
        Refused(code=one.code, name=named(one), why=why, source=fact.source)
        for one in noticed
        if one.answer == "top-up"
    )


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
    late: bool,
) -> Correction:
    safety = facts.load().safety
    normal = safety.normal_on(timing.day)
    bench = Bench(case, left, case.given[-1])
    findings = findings_of(left, plan) if proposed else ()
    findings += area_totals_of(case, left.doses, proposed)
    counting = [one for one in noticed if _counts(one, verdict, timing)]
    waiting = [one for one in counting if one.answer in ("wait", "top-up")]
    stands_on = basis(plan)
    told = Correction(
        today=case.today,
        treated=timing.treated,
        day=timing.day,
        verdict=verdict,
        headline=_late(noticed, timing) if late else _headline(verdict, noticed, proposed, timing),
        alarms=alarms_of(noticed),
        noticed=tuple(noticed),
        normal=normal.value if normal else "",
        normal_source=normal.source if normal else "",
        judge_from=timing.judge_from,
        top_up_from=timing.top_up_from,
        next_from=timing.next_from,
        proposed=proposed,
        late=late,
        refused=refused,
        risks=risks_of(bench, proposed),
        cumulative=cumulative_of(case, left.doses, proposed),
        returns=returns(left, waiting),
        eases=eases_of(noticed) if verdict != "urgent" else (),
        conflicts=conflicts_of(proposed, noticed),
        findings=findings,
        agreement=agreement(left, case) if _is_judged(timing) else (),
        plan=plan,
        learned=left.learned,
        sources=stands_on.sources,
        assumptions=stands_on.assumptions,
        facts_digest=facts.load().digest,
    )
    return msgspec.structs.replace(told, sources=told.sources | cited(told))


def _headline(
    verdict: Verdict, noticed: Words, proposed: Sequence[Addition], timing: Timing
) -> str:
    names = _names(one for one in noticed if one.answer != "watch")
    match verdict:
        case "urgent":
            flags = _names(one for one in noticed if one.answer == "urgent")
            return f"{flags}: a doctor at once. Nothing else comes before that."
        case "too-early":
            return f"Day {timing.day} is too early to judge."
        case "too-soon":
            return f"{names}: too soon to add anything."
        case "next-visit":
            return f"{names}: the interval has passed. Plan the next treatment."
        case "top-up":
            return _to_add(proposed)
        case "wait" if _no_effect(noticed):
            return f"{names}: no top-up. Look for the cause first."
        case "wait":
            return f"{names}: no toxin. Wait."
    return "Nothing to correct."


def _late(noticed: Words, timing: Timing) -> str:
    """After the usual days of topping up: the next visit, which is not far from then."""
    names = _names(one for one in noticed if one.answer != "watch")
    last = (timing.top_up_until - timing.treated).days
    return (
        f"{names}: wait for the next visit, from {on(timing.next_from)} on. Top-ups are usual "
        f"until day {last}."
    )


def _no_effect(noticed: Words) -> bool:
    """Whether it is a missing effect alone that keeps from adding: nothing hangs or droops."""
    return {one.code for one in noticed if one.answer == "wait"} == {"non-response"}


def _to_add(proposed: Sequence[Addition]) -> str:
    """What may be added for what, and whether it settles that."""
    names = ", ".join(dict.fromkeys(one.name for one in proposed))
    product = facts.product(proposed[0].treatment.product).name
    units = f"{sum(one.units for one in proposed):g} U {product}"
    short = [one for one in proposed if not one.reached]
    if not short:
        return f"{names}: add {units}, or wait."
    if len(short) == len(proposed):
        return f"{names}: {units} brings it nearer, not fully. Add it, or wait."
    nearer = ", ".join(dict.fromkeys(one.name for one in short))
    return f"{names}: add {units}, or wait. It brings this nearer, not fully: {nearer}."


def _names(noticed: Iterable[Noticed]) -> str:
    return ", ".join(dict.fromkeys(one.name for one in noticed)) or "Nothing noticed"
