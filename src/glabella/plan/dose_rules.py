"""Limits of dose: units, intervals, areas that go together, vials and dilutions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from glabella import facts
from glabella.facts.schema import Dilution
from glabella.plan.finding import Finding
from glabella.plan.judged import Judged, finding, treated_areas
from glabella.plan.place import total_units
from glabella.plan.together import counted_together

# A single point with more than this many times the label's amount is probably a slip.
SLIP_FACTOR = 3


def label_maximum(judged: Judged) -> Iterator[Finding]:
    """More units in an area, or at one point, than the label has."""
    product = judged.product
    for area_id in dict.fromkeys(dose.area for dose in judged.meant if dose.area):
        label = product.areas.get(area_id)
        doses = judged.area_doses(area_id)
        given = total_units(doses, product.id).amount
        if label is None:
            yield finding(
                "off-label-area",
                "warn",
                f"The label facts of {product.name} have no doses for the area {area_id}: "
                f"{given:g} U {product.name} there are off label.",
                mend="Tell the patient, and record why.",
                where=area_id,
            )
            continue
        if given > label.most_units.value + 1e-9:
            yield finding(
                "label-maximum",
                "warn",
                f"{label.name}: {given:g} U {product.name} planned, the label has "
                f"{label.most_units.value:g} U.",
                fact=label.most_units,
                mend="Lower the units, or record why more are needed.",
                where=area_id,
            )
        most = max(site.units.value for site in label.sites)
        for dose in doses:
            if dose.units.amount > SLIP_FACTOR * most:
                yield finding(
                    "large-point",
                    "warn",
                    f"{dose.units.amount:g} U {product.name} at one point ({dose.at()}): the label "
                    f"has {most:g} U a point. Was this meant?",
                    fact=label.sites[0].units,
                    where=dose.where,
                )


def session_maximum(judged: Judged) -> Iterator[Finding]:
    """More units in one session than the label has, what is given outside the face included."""
    limit, product = judged.product.limits.session_units, judged.product
    given = total_units(judged.session, product.id).amount
    if judged.product.limits.session_of == "all":
        given += sum(
            one.units
            for one in judged.plan.elsewhere
            if one.product == product.id and one.date == judged.treatment.date
        )
    if limit and given > limit.value:
        yield finding(
            "session-maximum",
            "stop",
            f"{given:g} U {product.name} in one session: the limit is {limit.value:g} U.",
            fact=limit,
            mend="Lower the units.",
        )


def cumulative(judged: Judged) -> Iterator[Finding]:
    """Units of this product over the label's period, all treatments together, elsewhere too."""
    limits, product = judged.product.limits, judged.product
    if limits.cumulative_units is None or limits.cumulative_days is None:
        return
    last = judged.treatment.date
    since = last - timedelta(days=limits.cumulative_days.value)
    doses = list(judged.doses)
    for treatment, placed in judged.earlier:
        if treatment.product == product.id and since < treatment.date <= last:
            doses += placed
    away = [one for one in judged.plan.elsewhere if since < one.date <= last]
    own = [one for one in away if one.product == product.id]
    given = total_units(tuple(doses), product.id).amount + sum(one.units for one in own)
    if given > limits.cumulative_units.value:
        told = "".join(f", {one.units:g} U of it for {one.what} on {one.date}" for one in own)
        yield finding(
            "cumulative-maximum",
            "stop",
            f"{given:g} U {product.name} within {limits.cumulative_days.value:g} days{told}: "
            f"the limit is {limits.cumulative_units.value:g} U.",
            fact=limits.cumulative_units,
            mend="Lower the units or wait.",
        )
    else:
        others: dict[str, float] = {}
        for one in away:
            others[one.product] = others.get(one.product, 0.0) + one.units
        yield from counted_together(product, round(given, 2), others)


def interval(judged: Judged) -> Iterator[Finding]:
    """Days since the same area was last treated, with whatever product."""
    areas = treated_areas(judged.doses)
    before = [
        (judged.treatment.date - treatment.date).days
        for treatment, placed in judged.earlier
        if treatment.date < judged.treatment.date and areas & treated_areas(placed)
    ]
    if not before:
        return
    days, safety = min(before), facts.load().safety
    least = judged.least_interval
    first, last = safety.touch_up_not_before_days, safety.touch_up_latest_days
    if days < first.value:
        yield finding(
            "top-up-too-early",
            "stop",
            f"Day {days} after the last treatment: no top-up before day {first.value:g}, "
            "the effect is not complete.",
            fact=first,
            mend=f"Wait until day {first.value:g}.",
        )
    elif days < least.value:
        window = "a top-up is usual until" if days <= last.value else "the usual top-up ended on"
        yield finding(
            "interval",
            "warn",
            f"Day {days} after the last treatment of this area: the label's interval is "
            f"{least.value:g} days; {window} day {last.value:g}. "
            f"{safety.touch_up_conflict.value}",
            fact=least,
            mend="Record why, or wait.",
        )


def treated_with(judged: Judged) -> Iterator[Finding]:
    """Areas that the label treats only together with another, now or within its interval."""
    treated = {dose.area for dose in judged.meant}
    recent = {dose.area for dose in judged.recent if not dose.in_skin}
    for area_id in sorted(treated):
        label = judged.product.areas.get(area_id)
        if label is None:
            continue
        for other in label.treat_with:
            if other not in treated | recent:
                reason = label.treat_with_reason
                why = f" {reason.value}" if reason else ""
                yield finding(
                    "treat-together",
                    "warn",
                    f"{label.name} without the {other}.{why}",
                    fact=reason,
                    mend=f"Add the {other}, or record why not.",
                    where=area_id,
                )


def dilution(judged: Judged) -> Iterator[Finding]:
    """A vial that the product does not come in, or a dilution that no source names."""
    product, treatment = judged.product, judged.treatment
    if treatment.vial_units and treatment.vial_units not in product.vials_units.value:
        sizes = " or ".join(f"{size:g} U" for size in product.vials_units.value)
        yield finding(
            "wrong-vial",
            "stop",
            f"{product.name} comes in vials of {sizes}, not {treatment.vial_units:g} U.",
            fact=product.vials_units,
            mend="Check product and vial.",
        )
    if treatment.vial_units and treatment.diluent_ml:
        own = treatment.vial_units / treatment.diluent_ml
        sourced = {d.vial_units / d.diluent_ml.value for d in _dilutions(judged)}
        if not any(abs(own - known) < 1e-6 * known for known in sourced):
            named = ", ".join(f"{known / 10:g} U" for known in sorted(sourced))
            yield finding(
                "unusual-dilution",
                "warn",
                f"{own / 10:.3g} U {product.name} per 0.1 mL: sources name {named}.",
                fact=product.dilutions[0].diluent_ml,
                mend="Check the diluent; a larger volume also spreads wider.",
            )


def _dilutions(judged: Judged) -> tuple[Dilution, ...]:
    """The dilutions that sources name: those of the product, and for droplets of their texts."""
    if all(not dose.in_skin for dose in judged.doses):
        return judged.product.dilutions
    known = facts.load().droplets.protocols.values()
    own = [one.dilution for one in known if one.product == judged.product.id and one.dilution]
    return (*judged.product.dilutions, *own)
