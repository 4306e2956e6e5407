"""From the goal that the page says to a proposal, and from any plan to what it does against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from glabella import chart, facts
from glabella.clinic.patients.rules import plan_patient
from glabella.clinic.stock import queries as stock
from glabella.clinic.stock import rules as vial_rules
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments import planning, rules
from glabella.clinic.treatments import proposal_rows as rows
from glabella.clinic.treatments.models import State, Treatment
from glabella.clinic.treatments.points import Placed, PointInput, as_points, check_point
from glabella.clinic.treatments.preview import finding_row, product_name
from glabella.errors import InputError
from glabella.face import Face
from glabella.facts.goals import BrowShape, PresetName
from glabella.plan import Dose, place
from glabella.plan import Treatment as PlannedTreatment
from glabella.plan.goals.goal import AreaGoal, Goal, Matters, treatment_of
from glabella.plan.optimise import optimise
from glabella.plan.plan import Amount, LineArea
from glabella.plan.search.front import front
from glabella.plan.search.outcome import outcome
from glabella.plan.search.proposal import Outcome, Proposal, TradeOff
from glabella.plan.search.titrate import titrate

MOST_HELD = 60


class GoalInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A goal as the page says it: words and weights, the vial in hand, and what is to stay."""

    vial: int
    areas: dict[LineArea, AreaGoal]
    preset: PresetName | None = None
    brow: BrowShape | None = None
    spare: tuple[str, ...] = ()
    matters: Matters = Matters()
    most_units: Amount | None = None
    held: tuple[PointInput, ...] = ()


class WeighInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A goal, and points to be held against it."""

    goal: GoalInput
    points: tuple[PointInput, ...]
    name: Annotated[str, msgspec.Meta(max_length=60)] = ""


class ComparedInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A plan of the answer that the curve shows too."""

    letter: Literal["P", "L", "V"]
    units: Amount
    chance: Annotated[float, msgspec.Meta(ge=0, le=1)]


class CurveInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A goal whose trade-offs are asked for."""

    goal: GoalInput
    compared: Annotated[tuple[ComparedInput, ...], msgspec.Meta(max_length=4)] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A goal with what the page needs to draw the answer."""

    goal: Goal
    face: Face
    vial: Vial


def asked(treatment: Treatment, sent: GoalInput, *, now: datetime) -> Asked:
    """The goal of a draft: the patient, the vial in hand, what was given and seen before."""
    rules.check_draft(signed_at=treatment.signed_at)
    vial = _vial(treatment.patient.clinic_id, sent.vial, now)
    if not sent.areas:
        raise InputError("Choose at least one area for the goal.")
    patient = treatment.patient
    measures = planning.latest_measures(patient)
    face = planning.face_of(patient, measures)
    goal = Goal(
        patient=plan_patient(patient, measures, on=treatment.date),
        date=treatment.date,
        product=vial.product,
        areas=sent.areas,
        preset=sent.preset,
        brow=sent.brow,
        spare=sent.spare,
        matters=sent.matters,
        most_units=sent.most_units,
        held=planning.injections(_held(face, sent.held, vial)),
        treatments=tuple(planning.earlier_treatments(patient, before=treatment)),
        reviews=planning.seen_at_reviews(patient, before=treatment),
        vial_units=float(vial.vial_units),
        diluent_ml=float(vial.opening.diluent_ml),
    )
    return Asked(goal, face, vial)


def _vial(clinic: int, vial_id: int, now: datetime) -> Vial:
    """The vial in hand, fit for use; raises InputError in words."""
    vial = stock.vial_in_stock(clinic, vial_id)
    for finding in vial_rules.usable(vial.state(), now):
        raise InputError(f"{finding.message} {finding.mend}".strip())
    return vial


def _held(face: Face, points: Sequence[PointInput], vial: Vial) -> tuple[Placed, ...]:
    """Points that are to stay; a proposal plans units of one product around units of the same."""
    if len(points) > MOST_HELD:
        raise InputError(f"{len(points)} points are kept as they are; at most {MOST_HELD} can be.")
    held = placed_points(face, points, vial.clinic_id)
    for point in held:
        if point.product != vial.product:
            raise InputError(
                f"Point {point.number} that is kept as it is holds units of "
                f"{facts.product(point.product).name}, and the vial in hand holds "
                f"{facts.product(vial.product).name}. A proposal plans one product: let that "
                "point go, or arm its vial."
            )
    return held


def placed_points(face: Face, points: Sequence[PointInput], clinic: int) -> tuple[Placed, ...]:
    """Points as the page sent them, checked as for a draft."""
    known = stock.vials(clinic).in_bulk({point.vial for point in points})
    return tuple(
        check_point(face, point, number, known) for number, point in enumerate(points, start=1)
    )


def propose(wanted: Asked) -> Proposal:
    return optimise(wanted.goal)


def trade_offs(wanted: Asked) -> tuple[TradeOff, ...]:
    """The plans of the curve, fewest units first."""
    return front(wanted.goal)


def weigh(wanted: Asked, points: Sequence[PointInput], *, name: str) -> Outcome | None:
    """What these points do against the goal, together with what was given before."""
    placed = placed_points(wanted.face, points, wanted.vial.clinic_id)
    if not placed:
        return None
    today = planning.planned(placed, on=wanted.goal.date, given=False)
    return outcome(wanted.goal, tuple(today), name=name)


def last_visit(treatment: Treatment) -> date | None:
    """When this patient was last treated here before this draft."""
    signed = treatment.patient.treatments.filter(
        state=State.SIGNED, date__lte=treatment.date, indication=""
    )
    last = signed.order_by("-date", "-id").first()
    return last.date if last else None


def doses_of(face: Face, treatments: Sequence[PlannedTreatment]) -> list[Dose]:
    """The points of a plan on this face."""
    return [dose for treatment in treatments for dose in place(face, treatment)]


# How a plan beside the proposal is called in the page, and marked on the curve.
LETTERS = {"plan-0": "P", "last": "V", "label": "L"}


def answer(treatment: Treatment, wanted: Asked, proposal: Proposal) -> dict[str, Any]:
    """Everything that the page shows of a proposal, and what its script places."""
    outcomes = (proposal.outcome, *proposal.compared)
    doses = [doses_of(wanted.face, outcome.treatments) for outcome in outcomes]
    every = [point for plan in doses for point in rows.small_points(plan)]
    box = chart.compare_box(wanted.face, every)
    last = last_visit(treatment)
    plans = [
        rows.plan_row(wanted.face, outcome, plan, code=_code(number, outcome), box=box, last=last)
        for number, (outcome, plan) in enumerate(zip(outcomes, doses, strict=True))
    ]
    placed = doses_of(wanted.face, _of_points(wanted, proposal))
    points = as_points(placed, wanted.vial)
    for point, proposed in zip(points, proposal.points, strict=True):
        point["held"] = proposed.held
    return {
        "plans": plans,
        "headline": rows.headline(proposal, plans),
        "reached": proposal.reached,
        "lines": rows.point_lines(proposal),
        "binds": rows.binds_rows(proposal),
        "robustness": rows.robustness_words(proposal),
        "recheck": rows.recheck_words(proposal),
        "findings": rows.findings_rows(proposal) + _vial_rows(treatment, wanted, placed),
        "notes": proposal.notes,
        "shown_last": _shown_last(wanted, proposal),
        "sources": sorted(proposal.sources.values()),
        "assumptions": proposal.assumptions,
        "points": points,
        "summary": rows.summary(plans[0]),
        "compared": [
            {"letter": LETTERS[plan.code], "units": outcome.units, "chance": rows.mean_chance(plan)}
            for plan, outcome, given in zip(plans, outcomes, doses, strict=True)
            # Units of another product have no place on this product's axis.
            if plan.code in LETTERS and {dose.units.product for dose in given} == {proposal.product}
        ],
    }


def _shown_last(wanted: Asked, proposal: Proposal) -> tuple[str, ...]:
    """What the last visit showed, and what follows from it; nothing without an earlier visit."""
    if not wanted.goal.treatments:
        return ()
    return titrate(wanted.goal, proposal).sentences


def _code(number: int, outcome: Outcome) -> str:
    name = outcome.name.lower()
    return next((code for code in ("last", "label") if number and code in name), f"plan-{number}")


def _of_points(wanted: Asked, proposal: Proposal) -> tuple[PlannedTreatment, ...]:
    """The proposed points as a treatment, in the order in which they are told; none for none."""
    if not proposal.points:
        return ()
    injections = tuple(point.injection for point in proposal.points)
    return (treatment_of(wanted.goal, injections),)


def _vial_rows(treatment: Treatment, wanted: Asked, doses: Sequence[Dose]) -> list[Any]:
    """What the vial has to say of the units that a plan takes from it."""
    units = round(sum(dose.units.amount for dose in doses), 2)
    found = vial_rules.short(wanted.vial.state(), units)
    return [finding_row(one) for one in found]


def weighed(wanted: Asked, sent: WeighInput) -> dict[str, Any]:
    """What points that the hand chose do against the goal, as one more plan."""
    told = weigh(wanted, sent.points, name=sent.name)
    if told is None:
        return {"plan": None, "lines": []}
    doses = doses_of(wanted.face, told.treatments)
    box = chart.compare_box(wanted.face, rows.small_points(doses))
    row = rows.plan_row(wanted.face, told, doses, code="plan-0", box=box)
    return {"plan": row, "lines": rows.dose_lines(doses)}


def curve(wanted: Asked, sent: CurveInput) -> dict[str, Any]:
    """The trade-off curve with its plans, each ready to be placed."""
    plans = trade_offs(wanted)
    product = wanted.vial.product
    drawn = chart.tradeoff_svg(
        plans,
        product_name=product_name(product),
        compared=[chart.Compared(one.letter, one.units, one.chance) for one in sent.compared],
    )
    return {
        "svg": drawn,
        "plans": [
            {
                "units": plan.units,
                "chance": plan.chance,
                "reached": plan.reached,
                "words": rows.trade_off_words(plan, product),
                "points": as_points(doses_of(wanted.face, (plan.treatment,)), wanted.vial),
            }
            for plan in plans
        ],
    }
