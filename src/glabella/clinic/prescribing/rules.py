"""What an assessment must say, and what it allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from glabella import facts
from glabella.clinic.charted import Charted
from glabella.clinic.patients.measures import AREA_NAMES
from glabella.errors import RecordError
from glabella.plan.finding import Finding

# A prescriber who says no is not overruled by the one who injects.
NEVER_OVERRIDDEN = frozenset({"assessed-not-suitable", "assessed-not-yet"})
WHO = "A prescriber can."


class AssessmentRefused(RecordError):
    """The assessment cannot be kept as it is."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one assessment allows: areas, the most units of each product, and until when."""

    decision: str
    areas: frozenset[str]
    units: Mapping[str, Decimal]
    valid_until: date


def check_own(*, patient_member_id: int | None, member_id: int) -> None:
    if patient_member_id == member_id:
        raise AssessmentRefused("Nobody assesses themself. Ask a colleague who prescribes.")


def check_meeting(*, mode: str, how: str, identity: str) -> None:
    if mode == "remote" and not how.strip():
        raise AssessmentRefused("Say how you met the patient, such as by video.")
    if not identity.strip():
        raise AssessmentRefused("Say how you made sure who the patient is.")


def check_prescribed(
    *, decision: str, areas: Iterable[str], units: Mapping[str, Decimal], findings: str
) -> None:
    if decision == "suitable":
        if not list(areas) or not units:
            raise AssessmentRefused(
                "Prescribe at least one area, and a product with its most units."
            )
    elif not findings.strip():
        raise AssessmentRefused("Say in the findings why not, for whoever reads it next.")
    if unknown := set(units) - set(facts.load().products):
        raise AssessmentRefused(f"Glabella does not know the product `{unknown.pop()}`.")
    if any(amount <= 0 for amount in units.values()):
        raise AssessmentRefused("The most units of a product are more than 0.")


def check_until(valid_until: date, *, today: date, days: int) -> None:
    """An assessment stands for no longer than the clinic lets it."""
    if valid_until < today:
        raise AssessmentRefused("The assessment would be over already. Mend the date.")
    if (valid_until - today).days > days:
        raise AssessmentRefused(f"Here an assessment stands for {days} days at most.")


def _stop(code: str, message: str, mend: str) -> Finding:
    return Finding(code=code, severity="stop", message=message, mend=f"{mend} {WHO}")


def not_assessed() -> Finding:
    return _stop("not-assessed", "No prescriber has assessed the patient.", "Assess the patient.")


def findings_of(allowed: Allowed, charted: Charted) -> list[Finding]:
    """Where a chart goes past what was prescribed."""
    match allowed.decision:
        case "not":
            return [
                _stop("assessed-not-suitable", "Assessed as not suitable.", "Assess once more.")
            ]
        case "later":
            return [_stop("assessed-not-yet", "Assessed as not yet suitable.", "Assess again.")]
    if allowed.valid_until < charted.on:
        return [
            _stop(
                "assessment-over",
                f"The assessment stood until {allowed.valid_until:%d %b %Y}.",
                "Assess the patient again.",
            )
        ]
    return [*_products(allowed, charted), *_areas(allowed, charted)]


def _products(allowed: Allowed, charted: Charted) -> Iterable[Finding]:
    for product, units in sorted(charted.units.items()):
        name, most = facts.product(product).name, allowed.units.get(product)
        if most is None:
            yield _stop(
                "not-prescribed", f"{name} is not prescribed.", "Take what is, or prescribe it."
            )
        elif units > most:
            yield _stop(
                "beyond-prescription",
                f"{float(units):g} U {name} are charted, {float(most):g} U are prescribed.",
                "Chart less, or prescribe more.",
            )


def _areas(allowed: Allowed, charted: Charted) -> Iterable[Finding]:
    if beyond := sorted(charted.areas - allowed.areas):
        names = ", ".join(AREA_NAMES.get(area, area).lower() for area in beyond)
        yield _stop(
            "area-not-prescribed", f"Not prescribed: {names}.", "Leave it out, or prescribe it."
        )
