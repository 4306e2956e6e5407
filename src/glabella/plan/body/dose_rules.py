"""Limits of dose in a body session: muscles, sites, totals by range and by weight, volumes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from glabella import facts
from glabella.plan.body.judged import NEAR, ROUNDED, Bounds, Group, JudgedSession, names
from glabella.plan.finding import Finding
from glabella.plan.judged import finding

# More than this many times the label's most is probably a slip.
SLIP_FACTOR = 3


def no_dose_seen(judged: JudgedSession) -> Iterator[Finding]:
    """A product of which no source that was seen gives a dose for this indication."""
    if judged.protocol is None:
        yield finding(
            "no-label-dose",
            "warn",
            f"No dose of {judged.product.name} for {judged.indication.name} was seen in a source: "
            "nothing here is checked against a label.",
            mend="Take a product with a label for it, or record why.",
        )


def weight(judged: JudgedSession) -> Iterator[Finding]:
    """A dose that goes by weight, without the weight."""
    if judged.needs_weight and judged.weight_kg is None:
        yield finding(
            "no-weight",
            "stop",
            "The dose goes by weight and none is given: no unit can be checked.",
            fact=judged.limits.units_per_kg,
            mend="Weigh the patient and give the weight in kg.",
        )


def muscle_units(judged: JudgedSession) -> Iterator[Finding]:
    """Units of each muscle against its range, on each side or both together."""
    unsourced = []
    for target in dict.fromkeys(one.target for one in judged.session.injections):
        dose = judged.dose(target)
        if dose is None:
            if judged.protocol:
                unsourced.append(target)
            continue
        bounds = judged.muscle_units(dose)
        if bounds is None and dose.most_units is None and not _by_weight_only(judged, target):
            unsourced.append(target)
        for group in judged.groups(dose.per, target):
            if bounds:
                yield from _outside(judged, group, bounds, code="muscle-units", where=group.words)
            if dose.most_units and group.units > dose.most_units.value + NEAR:
                yield finding(
                    "muscle-most",
                    "warn",
                    f"{group.words}: {group.units:g} U {judged.product.name}, the source says no "
                    f"more than {dose.most_units.value:g} U there. {dose.most_units.note or ''}",
                    fact=dose.most_units,
                    mend="Lower the units, or record why more are needed.",
                    where=group.words,
                )
    if unsourced:
        yield finding(
            "units-not-known",
            "note",
            f"No source that was seen gives units of {judged.product.name} in "
            f"{names(unsourced)} for {judged.indication.name}: they are not checked by muscle.",
        )


def _by_weight_only(judged: JudgedSession, target: str) -> bool:
    """Whether a midline organ takes the session's total, which is checked as such."""
    paired = facts.load().body_maps.targets[target].paired
    dose = judged.dose(target)
    return not paired or bool(dose and dose.units_per_kg)


def _outside(
    judged: JudgedSession, group: Group, bounds: Bounds, *, code: str, where: str
) -> Iterator[Finding]:
    given, name = group.units, judged.product.name
    if given > bounds.high + ROUNDED:
        slip = " Was this meant?" if given > SLIP_FACTOR * bounds.high else ""
        yield finding(
            code,
            "warn",
            f"{group.words}: {given:g} U {name}, the source gives {bounds.words()}.{slip}",
            fact=bounds.fact,
            mend="Lower the units, or record why more are needed.",
            where=where,
        )
    elif given < bounds.low - ROUNDED:
        yield finding(
            f"{code}-low",
            "note",
            f"{group.words}: {given:g} U {name}, less than the {bounds.words()} of the source.",
            fact=bounds.fact,
            where=where,
        )


def muscle_sites(judged: JudgedSession) -> Iterator[Finding]:
    """How many sites a muscle is given, against the label."""
    for target in dict.fromkeys(one.target for one in judged.session.injections):
        dose = judged.dose(target)
        if dose is None or dose.sites is None:
            continue
        low, high = dose.sites.value
        for group in judged.groups(dose.per, target):
            if not low <= len(group.injections) <= high:
                yield _count("muscle-sites", group, len(group.injections), (low, high), dose.sites)


def sites(judged: JudgedSession) -> Iterator[Finding]:
    """How many sites there are in all, against the label."""
    limit = judged.limits.sites
    if limit is None:
        return
    for group in judged.groups(judged.limits.units_per):
        if not limit.value[0] <= len(group.injections) <= limit.value[1]:
            yield _count("sites", group, len(group.injections), limit.value, limit)


def _count(
    code: str, group: Group, count: int, span: tuple[float, float], fact: facts.Fact[Any]
) -> Finding:
    low, high = span
    wanted = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    whose = f"{group.words}: " if group.words else ""
    return finding(
        code,
        "warn",
        f"{whose}{count} {'site' if count == 1 else 'sites'}, the source gives {wanted}.",
        fact=fact,
        mend="Add or remove sites, or record why.",
        where=group.words,
    )


def each_site(judged: JudgedSession) -> Iterator[Finding]:
    """Units at one site: outside the label's, or more than it puts there in general."""
    limits, name = judged.limits, judged.product.name
    found: dict[str, list[float]] = {"site-units": [], "site-most": []}
    for one in judged.session.injections:
        if limits.site_most_units and one.units > limits.site_most_units.value + NEAR:
            found["site-most"].append(one.units)
        elif limits.site_units and not _within(one.units, limits.site_units.value):
            found["site-units"].append(one.units)
    if (off := found["site-units"]) and limits.site_units:
        yield finding(
            "site-units",
            "warn",
            f"{_sites_of(off)} of {_amounts(off)} U {name}: the source gives "
            f"{Bounds(*limits.site_units.value, limits.site_units).words()} a site.",
            fact=limits.site_units,
            mend="Check the units, or record why.",
        )
    if (over := found["site-most"]) and limits.site_most_units:
        yield finding(
            "site-most",
            "warn",
            f"{_sites_of(over)} of {_amounts(over)} U {name}: the source says no more than "
            f"{limits.site_most_units.value:g} U. {limits.site_most_units.note or ''}".strip(),
            fact=limits.site_most_units,
            mend="Divide the dose over more sites, or record why.",
        )


def _within(units: float, span: tuple[float, float]) -> bool:
    return span[0] - ROUNDED <= units <= span[1] + ROUNDED


def _sites_of(amounts: list[float]) -> str:
    return f"{len(amounts)} {'site' if len(amounts) == 1 else 'sites'}"


def _amounts(amounts: list[float]) -> str:
    return " and ".join(f"{amount:g}" for amount in sorted(set(amounts)))


def total(judged: JudgedSession) -> Iterator[Finding]:
    """Units in all, or on each side, against the label's range; by weight it is a limit."""
    bounds = judged.total_units()
    if bounds is None:
        return
    for group in judged.groups(judged.limits.units_per):
        named = Group(group.words or "In all", group.injections)
        if judged.limits.units_per_kg is not None and named.units > bounds.high + ROUNDED:
            yield finding(
                "weight-maximum",
                "stop",
                f"{named.words}: {named.units:g} U {judged.product.name} at {judged.weight_kg:g} "
                f"kg; the limit is {bounds.high:g} U.",
                fact=bounds.fact,
                mend="Lower the units.",
                where=group.words,
            )
        else:
            yield from _outside(judged, named, bounds, code="total-units", where=group.words)


def combined(judged: JudgedSession) -> Iterator[Finding]:
    """All limbs together in one session, what was given on the same day included."""
    limits, session = judged.limits, judged.session
    caps = [limits.combined_units.value] if limits.combined_units else []
    if limits.combined_per_kg and judged.weight_kg is not None:
        caps.append(limits.combined_per_kg.value * judged.weight_kg)
    fact = limits.combined_units or limits.combined_per_kg
    same_day = sum(
        one.units
        for one in session.earlier
        if one.date == session.date and one.product == session.product
    )
    given = round(judged.units + same_day, 2)
    if caps and given > min(caps) + ROUNDED:
        yield finding(
            "combined-maximum",
            "stop",
            f"{given:g} U {judged.product.name} in all limbs in one session: the limit is "
            f"{min(caps):g} U.",
            fact=fact,
            mend="Lower the units, or treat one limb another day.",
        )


def muscles(judged: JudgedSession) -> Iterator[Finding]:
    """How many muscles are treated in one session."""
    limit = judged.limits.muscles
    count = len({one.target for one in judged.session.injections})
    if limit and count > limit.value:
        yield finding(
            "too-many-muscles",
            "warn",
            f"{count} muscles: the source divides the dose over up to {limit.value:g}.",
            fact=limit,
            mend="Treat fewer muscles, or record why.",
        )


def volumes(judged: JudgedSession) -> Iterator[Finding]:
    """Millilitres at one site, where the volume is known."""
    limit, per_ml = judged.limits.site_ml, _units_per_ml(judged)
    if limit is None:
        return
    low, high = limit.value
    off = {
        round(ml, 3)
        for one in judged.session.injections
        if (ml := one.volume_ml or (one.units / per_ml if per_ml else None)) is not None
        and not low - NEAR <= round(ml, 3) <= high + NEAR
    }
    if off:
        wanted = f"{high:g} mL" if low == high else f"{low:g} to {high:g} mL"
        yield finding(
            "site-volume",
            "warn",
            f"Sites of {' and '.join(f'{ml:g}' for ml in sorted(off))} mL: the source gives "
            f"{wanted if low else f'no more than {high:g} mL'} a site.",
            fact=limit,
            mend="Check dilution and units.",
        )


def _units_per_ml(judged: JudgedSession) -> float | None:
    session = judged.session
    if session.vial_units is None or session.diluent_ml is None:
        return None
    return session.vial_units / session.diluent_ml
