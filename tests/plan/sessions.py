"""Body sessions for the tests: a patient, a protocol laid, and what was given before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from glabella.face import Side
from glabella.plan.body.lay import lay
from glabella.plan.body.limits import check
from glabella.plan.body.session import BodyInjection, BodyPatient, BodySession, Given
from glabella.plan.finding import Finding

DAY = date(2024, 6, 3)


def adult(**more: Any) -> BodyPatient:
    return BodyPatient(**({"age_years": 44} | more))


def child(**more: Any) -> BodyPatient:
    return BodyPatient(**({"age_years": 7, "weight_kg": 22.0} | more))


def session(
    indication: str = "chronic-migraine", product: str = "botox", **more: Any
) -> BodySession:
    """A session with its protocol laid as the label has it, unless told otherwise."""
    patient = more.pop("patient", adult())
    if "injections" not in more:
        more["injections"] = lay(indication, product, patient)
    about = {"patient": patient, "indication": indication, "product": product, "date": DAY}
    return BodySession(**(about | more))


def into(target: str, units: float, side: Side = Side.RIGHT, sites: int = 1) -> list[BodyInjection]:
    return [BodyInjection(target=target, side=side, units=units / sites)] * sites


def before(days: int, product: str, units: float, indication: str = "") -> Given:
    return Given(
        date=DAY - timedelta(days=days), product=product, units=units, indication=indication
    )


def found(told: BodySession) -> dict[str, Finding]:
    return {one.code: one for one in check(told)}


def stops(told: BodySession) -> set[str]:
    return {one.code for one in check(told) if one.severity == "stop"}
