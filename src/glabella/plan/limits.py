"""The clinical limits: every rule about a plan lives here once, and says why.

A rule takes a `Case` and yields findings. Page, command line and optimiser ask the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from glabella import facts
from glabella.face.frame import Face, Side
from glabella.facts import Fact, Product
from glabella.plan.finding import Finding, Severity
from glabella.plan.geometry_rules import geometry_findings
from glabella.plan.place import Dose, place, total_units
from glabella.plan.plan import Plan, Treatment

# A single point with more than this many times the label's amount is probably a slip.
SLIP_FACTOR = 3
# A difference between the sides from this share on is worth a word.
UNEVEN_SHARE = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One treatment of a plan under judgement, with what came before it."""

    plan: Plan
    face: Face
    treatment: Treatment
    doses: tuple[Dose, ...]
    earlier: tuple[tuple[Treatment, tuple[Dose, ...]], ...]

    @property
    def product(self) -> Product:
        return facts.product(self.treatment.product)

    def area_doses(self, area: str) -> tuple[Dose, ...]:
        """Doses of this product in an area, those given earlier on the same day included."""
        return tuple(dose for dose in (*self.doses, *self._same_day()) if dose.area == area)

    def _same_day(self) -> Iterator[Dose]:
        for treatment, placed in self.earlier:
            same = treatment.date == self.treatment.date and treatment.product == self.product.id
            if same and treatment.status == "given":
                yield from placed


def check(plan: Plan) -> tuple[Finding, ...]:
    """All findings about the last treatments of a plan, stops first."""
    face = Face.fit(plan.patient.sex, plan.patient.measures)
    doses = {index: place(face, treatment) for index, treatment in enumerate(plan.treatments)}
    return check_doses(plan, face, doses)


def check_doses(plan: Plan, face: Face, doses: dict[int, tuple[Dose, ...]]) -> tuple[Finding, ...]:
    """The same for doses that are already placed, keyed by the treatment's position.

    What is planned is judged; what was given on the same day is history, unless nothing is planned.
    """
    start = max(treatment.date for treatment in plan.treatments)
    last = [index for index, t in enumerate(plan.treatments) if t.date == start]
    judged = [i for i in last if plan.treatments[i].status == "planned"] or last
    found: list[Finding] = []
    for index, treatment in enumerate(plan.treatments):
        if index in judged:
            earlier = tuple((plan.treatments[i], doses[i]) for i in doses if i != index)
            case = Case(plan, face, treatment, doses[index], earlier)
            found += [finding for rule in RULES for finding in rule(case)]
            found += geometry_findings(face, case.doses, facts.load().safety)
    order = {"stop": 0, "warn": 1, "note": 2}
    unique = {(f.code, f.where, f.message): f for f in found}
    return tuple(sorted(unique.values(), key=lambda finding: order[finding.severity]))


def _finding(
    code: str,
    severity: Severity,
    message: str,
    *,
    fact: Fact[float] | Fact[str] | None = None,
    mend: str = "",
    where: str = "",
) -> Finding:
    source = fact.source if fact else ""
    return Finding(
        code=code, severity=severity, message=message, mend=mend, source=source, where=where
    )


def contraindications(case: Case) -> Iterator[Finding]:
    """The patient's history against the label's contraindications, warnings and interactions."""
    history, product = set(case.plan.patient.conditions), case.product
    known = facts.load().conditions
    kinds: tuple[tuple[str, Severity, str], ...] = (
        ("contraindications", "stop", "Contraindicated with"),
        ("warnings", "warn", "Caution with"),
        ("interactions", "warn", "Caution with"),
    )
    for group, severity, words in kinds:
        for caution in getattr(product, group):
            if caution.code in history:
                name = known[caution.code].name
                yield _finding(
                    f"{group[:-1]}:{caution.code}",
                    severity,
                    f"{words} {product.name}: {name}. {caution.text.value}",
                    fact=caution.text,
                    mend="Do not treat with this product, or clear it with the prescriber first.",
                )


def age(case: Case) -> Iterator[Finding]:
    """Ages that the label does not cover."""
    limits, years = case.product.limits, case.plan.patient.age_years
    youngest, oldest = limits.minimum_age_years, limits.maximum_age_years
    if youngest and years < youngest.value:
        yield _finding(
            "age",
            "stop",
            f"The patient is {years}: {case.product.name} is for adults from {youngest.value:g}.",
            fact=youngest,
            mend="Do not treat.",
        )
    if oldest and years > oldest.value:
        yield _finding(
            "age",
            "warn",
            f"The patient is {years}: the label covers ages up to {oldest.value:g}.",
            fact=oldest,
        )


def label_maximum(case: Case) -> Iterator[Finding]:
    """More units in an area, or at one point, than the label has."""
    product = case.product
    for area_id in dict.fromkeys(dose.area for dose in case.doses if dose.area):
        label = product.areas.get(area_id)
        doses = case.area_doses(area_id)
        given = total_units(doses, product.id).amount
        if label is None:
            yield _finding(
                "off-label-area",
                "warn",
                f"The label facts of {product.name} have no doses for the area {area_id}: "
                f"{given:g} U {product.name} there are off label.",
                mend="Tell the patient, and record why.",
                where=area_id,
            )
            continue
        if given > label.total_units.value + 1e-9:
            yield _finding(
                "label-maximum",
                "warn",
                f"{label.name}: {given:g} U {product.name} planned, the label has "
                f"{label.total_units.value:g} U.",
                fact=label.total_units,
                mend="Lower the units, or record why more are needed.",
                where=area_id,
            )
        most = max(site.units.value for site in label.sites)
        for dose in doses:
            if dose.units.amount > SLIP_FACTOR * most:
                yield _finding(
                    "large-point",
                    "warn",
                    f"{dose.units.amount:g} U {product.name} at one point ({dose.at()}): the label "
                    f"has {most:g} U a point. Was this meant?",
                    fact=label.sites[0].units,
                    where=dose.where,
                )


def session_maximum(case: Case) -> Iterator[Finding]:
    """More units in one session than the label has."""
    limit = case.product.limits.session_units
    given = total_units(case.doses, case.product.id).amount
    if limit and given > limit.value:
        yield _finding(
            "session-maximum",
            "stop",
            f"{given:g} U {case.product.name} in one session: the limit is {limit.value:g} U.",
            fact=limit,
            mend="Lower the units.",
        )


def cumulative(case: Case) -> Iterator[Finding]:
    """Units of this product over the label's period, all treatments together."""
    limits = case.product.limits
    if limits.cumulative_units is None or limits.cumulative_days is None:
        return
    since = case.treatment.date - timedelta(days=limits.cumulative_days.value)
    doses = list(case.doses)
    for treatment, placed in case.earlier:
        if treatment.product == case.product.id and since < treatment.date <= case.treatment.date:
            doses += placed
    given = total_units(tuple(doses), case.product.id).amount
    if given > limits.cumulative_units.value:
        yield _finding(
            "cumulative-maximum",
            "stop",
            f"{given:g} U {case.product.name} within {limits.cumulative_days.value:g} days: "
            f"the limit is {limits.cumulative_units.value:g} U.",
            fact=limits.cumulative_units,
            mend="Lower the units or wait.",
        )


def interval(case: Case) -> Iterator[Finding]:
    """Days since the same area was last treated, with whatever product."""
    areas = {dose.area for dose in case.doses}
    before = [
        (case.treatment.date - treatment.date).days
        for treatment, placed in case.earlier
        if treatment.date < case.treatment.date and areas & {dose.area for dose in placed}
    ]
    if not before:
        return
    days, safety = min(before), facts.load().safety
    least = case.product.limits.minimum_interval_days or safety.retreatment_days
    first, last = safety.touch_up_not_before_days, safety.touch_up_latest_days
    if days < first.value:
        yield _finding(
            "top-up-too-early",
            "stop",
            f"Day {days} after the last treatment: no top-up before day {first.value:g}, "
            "the effect is not complete.",
            fact=first,
            mend=f"Wait until day {first.value:g}.",
        )
    elif days < least.value:
        window = "a top-up is usual until" if days <= last.value else "the usual top-up ended on"
        yield _finding(
            "interval",
            "warn",
            f"Day {days} after the last treatment of this area: the label's interval is "
            f"{least.value:g} days; {window} day {last.value:g}. "
            f"{safety.touch_up_conflict.value}",
            fact=least,
            mend="Record why, or wait.",
        )


def treated_with(case: Case) -> Iterator[Finding]:
    """Areas that the label treats only together with another."""
    treated = {dose.area for dose in case.doses}
    recent = {
        dose.area
        for treatment, placed in case.earlier
        if treatment.date == case.treatment.date
        for dose in placed
    }
    for area_id in sorted(treated):
        label = case.product.areas.get(area_id)
        if label is None:
            continue
        for other in label.treat_with:
            if other not in treated | recent:
                reason = label.treat_with_reason
                why = f" {reason.value}" if reason else ""
                yield _finding(
                    "treat-together",
                    "warn",
                    f"{label.name} without the {other}.{why}",
                    fact=reason,
                    mend=f"Add the {other}, or record why not.",
                    where=area_id,
                )


def dilution(case: Case) -> Iterator[Finding]:
    """A vial that the product does not come in, or a dilution that no source names."""
    product, treatment = case.product, case.treatment
    if treatment.vial_units and treatment.vial_units not in product.vials_units.value:
        sizes = " or ".join(f"{size:g} U" for size in product.vials_units.value)
        yield _finding(
            "wrong-vial",
            "stop",
            f"{product.name} comes in vials of {sizes}, not {treatment.vial_units:g} U.",
            fact=product.vials_units,  # type: ignore[arg-type]
            mend="Check product and vial.",
        )
    if treatment.vial_units and treatment.diluent_ml:
        own = treatment.vial_units / treatment.diluent_ml
        sourced = {d.vial_units / d.diluent_ml.value: d for d in product.dilutions}
        if not any(abs(own - known) < 1e-6 * known for known in sourced):
            named = ", ".join(f"{known / 10:g} U" for known in sorted(sourced))
            yield _finding(
                "unusual-dilution",
                "warn",
                f"{own / 10:.3g} U {product.name} per 0.1 mL: sources name {named}.",
                fact=product.dilutions[0].diluent_ml,
                mend="Check the diluent; a larger volume also spreads wider.",
            )


def baseline(case: Case) -> Iterator[Finding]:
    """Areas whose lines were not graded: no grade can be forecast for them."""
    for area in sorted({dose.area for dose in case.doses if dose.area}):
        if area not in case.plan.patient.lines:
            yield _finding(
                "no-baseline",
                "note",
                f"No baseline grade for the area {area}: strength is forecast, lines are not.",
                mend="Grade the lines at full movement and at rest.",
                where=area,
            )


def men(case: Case) -> Iterator[Finding]:
    """Label doses do less in men."""
    safety = facts.load().safety
    if case.plan.patient.sex == "male" and case.doses:
        yield _finding(
            "men-need-more",
            "note",
            f"{safety.sex_dose.value} {safety.sex_response.value}",
            fact=safety.sex_response,
        )


def not_fitted(case: Case) -> Iterator[Finding]:
    """Products of which the model was fitted to no trial; what their own trials saw is told."""
    known = facts.load()
    if known.calibration is None:
        return
    potency = known.calibration.products.get(case.product.id)
    if potency is None or potency.half_effect_units_per_mm2.from_data:
        return
    lasted = [
        row
        for row in known.literature
        if row.product == case.product.id
        and row.endpoint.rule == "median_duration_days"
        and row.endpoint.until == "none_or_mild_lost"
        and not row.from_memory
    ]
    own = max(lasted, key=lambda row: row.n or 0, default=None)
    told = (
        f" Its own trials saw none or mild lines last {own.value:.0f} days (median, "
        f"{own.endpoint.area}, {own.units:g} U {case.product.name})."
        if own
        else ""
    )
    yield _finding(
        "product-not-fitted",
        "note",
        f"The model is fitted to no trial of {case.product.name}: {potency.basis.split(': ')[-1]}."
        f"{told}",
        fact=own,
        mend="Take the forecast's dates as rough.",
    )


def uneven(case: Case) -> Iterator[Finding]:
    """More on one side than on the other, by area."""
    for area in sorted({dose.area for dose in case.doses if dose.area}):
        sides = {
            side: sum(d.units.amount for d in case.area_doses(area) if d.side is side)
            for side in (Side.LEFT, Side.RIGHT)
        }
        left, right = sides[Side.LEFT], sides[Side.RIGHT]
        if abs(left - right) > UNEVEN_SHARE * max(left, right):
            yield _finding(
                "uneven-sides",
                "note",
                f"{area}: {left:g} U {case.product.name} left, {right:g} U right. Was this meant?",
                where=area,
            )


RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    contraindications,
    age,
    label_maximum,
    session_maximum,
    cumulative,
    interval,
    treated_with,
    dilution,
    baseline,
    men,
    not_fitted,
    uneven,
)
