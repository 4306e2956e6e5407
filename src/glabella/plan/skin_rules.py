"""What is to be said of droplets in the dermis: what trials saw, and what they did not."""

from __future__ import annotations

from collections.abc import Iterator

from glabella.facts import Fact
from glabella.plan.finding import Finding
from glabella.plan.judged import Judged, finding
from glabella.plan.parameters import model_facts
from glabella.plan.place import total_units
from glabella.plan.skin import droplets


def skin_not_fitted(judged: Judged) -> Iterator[Finding]:
    """Droplets: no trial gives the size of their effect, and trials disagree that there is one."""
    if not droplets(judged.doses):
        return
    known = model_facts().skin
    yield finding(
        "skin-not-fitted",
        "note",
        "Pores and sebum: the model is fitted to no trial of the skin. The course is in keeping "
        "with studies, the size is not proven, and the interval reaches from nothing to twice the "
        f"middle. For: {_told(known.saw)}. Against: {_told(known.saw_not)}.",
        fact=known.saw[0],
        mend="Take the order of regions and the time as a guide, the size as unknown.",
    )


def droplets_off_label(judged: Judged) -> Iterator[Finding]:
    """Droplets for pores and sebum are on no label."""
    given = tuple(dose for dose in judged.doses if dose.in_skin)
    if not given:
        return
    product = judged.product
    units = total_units(given, product.id).amount
    count = "1 droplet" if len(given) == 1 else f"{len(given)} droplets"
    yield finding(
        "droplets-off-label",
        "warn",
        f"{count} in the skin, {units:.4g} U {product.name} in all: its label has none for pores "
        "and sebum.",
        fact=product.indications,
        mend="Tell the patient, and record why.",
    )


def _told(studies: tuple[Fact[str], ...]) -> str:
    return "; ".join(study.value for study in studies)
