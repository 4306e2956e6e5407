"""Limits of the patient: history, age, baseline, sides, and what the model knows of the product."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from glabella import facts
from glabella.face.frame import Side
from glabella.plan.finding import Finding, Severity
from glabella.plan.judged import Judged, finding
from glabella.plan.plan import LineArea

# A difference between the sides from this share on is worth a word.
UNEVEN_SHARE = 0.2


def contraindications(judged: Judged) -> Iterator[Finding]:
    """The patient's history against the label's contraindications, warnings and interactions."""
    history, product = set(judged.plan.patient.conditions), judged.product
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
                yield finding(
                    f"{group[:-1]}:{caution.code}",
                    severity,
                    f"{words} {product.name}: {name}. {caution.text.value}",
                    fact=caution.text,
                    mend="Do not treat with this product, or clear it with the prescriber first.",
                )


def age(judged: Judged) -> Iterator[Finding]:
    """Ages that the label does not cover."""
    limits, years = judged.product.limits, judged.plan.patient.age_years
    youngest, oldest = limits.minimum_age_years, limits.maximum_age_years
    if youngest and years < youngest.value:
        yield finding(
            "age",
            "stop",
            f"The patient is {years}: {judged.product.name} is for adults from {youngest.value:g}.",
            fact=youngest,
            mend="Do not treat.",
        )
    if oldest and years > oldest.value:
        yield finding(
            "age",
            "warn",
            f"The patient is {years}: the label covers ages up to {oldest.value:g}.",
            fact=oldest,
        )


def baseline(judged: Judged) -> Iterator[Finding]:
    """Areas whose lines were not graded: no grade can be forecast for them."""
    for area in sorted({dose.area for dose in judged.meant if dose.area}):
        if area in get_args(LineArea) and area not in judged.plan.patient.lines:
            yield finding(
                "no-baseline",
                "note",
                f"No baseline grade for the area {area}: strength is forecast, lines are not.",
                mend="Grade the lines at full movement and at rest.",
                where=area,
            )


def men(judged: Judged) -> Iterator[Finding]:
    """Label doses do less in men."""
    safety = facts.load().safety
    if judged.plan.patient.sex == "male" and judged.doses:
        yield finding(
            "men-need-more",
            "note",
            f"{safety.sex_dose.value} {safety.sex_response.value}",
            fact=safety.sex_response,
        )


def not_fitted(judged: Judged) -> Iterator[Finding]:
    """Products of which the model was fitted to no trial; what their own trials saw is told."""
    known = facts.load()
    if known.calibration is None:
        return
    potency = known.calibration.products.get(judged.product.id)
    if potency is None or potency.half_effect_units_per_mm2.from_data:
        return
    lasted = [
        row
        for row in known.literature
        if row.product == judged.product.id
        and row.endpoint.rule == "median_duration_days"
        and row.endpoint.until == "none_or_mild_lost"
        and not row.from_memory
    ]
    own = max(lasted, key=lambda row: row.n or 0, default=None)
    told = (
        f" Its own trials saw none or mild lines last {own.value:.0f} days (median, "
        f"{own.endpoint.area}, {own.units:g} U {judged.product.name})."
        if own
        else ""
    )
    yield finding(
        "product-not-fitted",
        "note",
        f"The model is fitted to no trial of {judged.product.name}: "
        f"{potency.basis.split(': ')[-1]}.{told}",
        fact=own,
        mend="Take the forecast's dates as rough.",
    )


def uneven(judged: Judged) -> Iterator[Finding]:
    """More on one side than on the other, by area."""
    for area in sorted({dose.area for dose in judged.meant if dose.area}):
        sides = {
            side: sum(d.units.amount for d in judged.area_doses(area) if d.side is side)
            for side in (Side.LEFT, Side.RIGHT)
        }
        left, right = sides[Side.LEFT], sides[Side.RIGHT]
        if abs(left - right) > UNEVEN_SHARE * max(left, right):
            yield finding(
                "uneven-sides",
                "note",
                f"{area}: {left:g} U {judged.product.name} left, {right:g} U right. "
                "Was this meant?",
                where=area,
            )
