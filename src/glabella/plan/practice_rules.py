"""Limits outside the label: the units that texts give, and what the model knows of the muscles."""

from __future__ import annotations

from collections.abc import Iterator

from glabella import facts
from glabella.face.frame import BothSides
from glabella.facts import DoseRange
from glabella.plan.finding import Finding
from glabella.plan.judged import Judged, finding
from glabella.plan.place import Dose

PER = {"total": "in all", "side": "on each side", "point": "at a point"}


def outside_the_texts(judged: Judged) -> Iterator[Finding]:
    """Units in an area that no label covers, against what texts give for this very product."""
    practice, product = facts.load().practice, judged.product
    for area_id in dict.fromkeys(dose.area for dose in judged.meant):
        if area_id not in practice or area_id in product.areas:
            continue
        area, doses = practice[area_id], judged.area_doses(area_id)
        named = [found for found in area.ranges if found.product == product.id]
        for found in named:
            low, high = found.units.value
            for given in _amounts(found, doses):
                if not low - 1e-9 <= given <= high + 1e-9:
                    yield finding(
                        "outside-range",
                        "warn",
                        f"{area.name}: {given:g} U {product.name} {PER[found.per]}; the text that "
                        f"was read gives {_span(found)}.",
                        fact=found.units,
                        mend="Check the units, or record why.",
                        where=area_id,
                    )
        if not named:
            told = "; ".join(f"{_span(found)} ({_whose(found)})" for found in area.ranges)
            yield finding(
                "no-range-for-product",
                "warn",
                f"{area.name}: no text that was read gives units of {product.name} here. Texts "
                f"give {told}: these are no doses of {product.name}.",
                fact=area.ranges[0].units,
                mend="Choose the units from a source that names the product.",
                where=area_id,
            )
        for remark in area.remarks:
            yield finding("practice-remark", "note", remark.value, fact=remark, where=area_id)


def _amounts(found: DoseRange, doses: tuple[Dose, ...]) -> set[float]:
    """What a range is held against: the total, each side's or each point's units."""
    if found.per == "total":
        return {sum(dose.units.amount for dose in doses)}
    if found.per == "point":
        return {dose.units.amount for dose in doses}
    sides = {side: sum(d.units.amount for d in doses if d.side is side) for side in BothSides}
    return {amount for amount in sides.values() if amount}


def _span(found: DoseRange) -> str:
    low, high = found.units.value
    units = f"{low:g} U" if low == high else f"{low:g} to {high:g} U"
    return f"{units} {PER[found.per]}"


def _whose(found: DoseRange) -> str:
    if found.product:
        return facts.product(found.product).name
    return found.other_product or "product not said"


def muscles_not_fitted(judged: Judged) -> Iterator[Finding]:
    """Areas whose muscles no trial that the model is fitted to tells of."""
    muscles = facts.load().anatomy.muscles
    areas = dict.fromkeys(
        dose.area for dose in judged.meant if dose.muscle and not muscles[dose.muscle].calibrated
    )
    for area in areas:
        yield finding(
            "muscle-not-fitted",
            "note",
            f"{area}: the model is fitted to no trial of the muscle there. It takes the "
            "dose-response of the glabella, and the muscle's mass as an assumption.",
            mend="Take strength and dates there as rough.",
            where=area,
        )


def spread_in_dispute(judged: Judged) -> Iterator[Finding]:
    """Products of which studies disagree how widely they spread."""
    product = judged.product
    factor, studies = product.face_spread, product.spread_studies
    if product.spread_disputed:
        yield finding(
            "spread-in-dispute",
            "note",
            f"Studies disagree on how widely {product.name} spreads. "
            + " ".join(study.value for study in studies)
            + f" The model takes {factor.value:g} times the usual width ({factor.low:g} to "
            f"{factor.high:g}).",
            fact=studies[0],
        )
