"""Limits of place: points that stand where toxin does harm."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from glabella import facts
from glabella.face.frame import BothSides, Face, Side
from glabella.face.muscles import muscle_at
from glabella.face.sites import locate
from glabella.facts.anatomy import DangerZone
from glabella.facts.safety import Safety
from glabella.plan.finding import Finding
from glabella.plan.place import Dose

# "Over the pupil": this far to each side of the pupil's vertical.
OVER_PUPIL_MM = 12.0
# The rim falls away from its highest point over the pupil by this much at OVER_PUPIL_MM.
RIM_FALL_MM = 3.0


def rim_height_mm(face: Face, x_mm: float) -> float:
    """Height of the superior orbital rim at a distance from the midline, near the pupil."""
    away = (x_mm - face.pupil_mm) / (OVER_PUPIL_MM * face.scale)
    return face.rim_height_mm - RIM_FALL_MM * face.scale * away**2


def geometry_findings(
    face: Face, doses: tuple[Dose, ...], safety: Safety, *, recent: tuple[Dose, ...] = ()
) -> Iterator[Finding]:
    """Findings about where the doses of one treatment lie, added to `recent` ones."""
    meant = tuple(dose for dose in doses if not dose.in_skin)
    for dose in meant:
        yield from _of_dose(face, dose, safety)
    of_droplets = [
        found for dose in doses if dose.in_skin for found in _of_dose(face, dose, safety)
    ]
    yield from _together(of_droplets)
    yield from _lateral_frontalis(face, meant, safety, recent)


def _of_dose(face: Face, dose: Dose, safety: Safety) -> Iterator[Finding]:
    yield from _near_rim(face, dose, safety)
    yield from _low_frontalis(face, dose, safety)
    yield from _near_canthus(face, dose, safety)
    yield from _over_no_muscle(dose, safety)
    yield from _in_danger_zone(face, dose)
    yield from _high_chin(face, dose, safety)
    yield from _wrong_layer(face, dose, safety)


def _together(found: list[Finding]) -> Iterator[Finding]:
    """What is to be said of many droplets is said once, of the first, with their number."""
    by_code: dict[str, list[Finding]] = {}
    for one in found:
        by_code.setdefault(one.code, []).append(one)
    for first, *more in by_code.values():
        if not more:
            yield first
            continue
        words = f"{len(more) + 1} droplets, such as: {first.message}"
        yield msgspec.structs.replace(first, message=words, where="")


def _near_rim(face: Face, dose: Dose, safety: Safety) -> Iterator[Finding]:
    margin = safety.rim_margin_mm
    if abs(dose.x_mm - face.pupil_mm) > OVER_PUPIL_MM * face.scale:
        return
    above = dose.y_mm - rim_height_mm(face, dose.x_mm)
    if -margin.value < above < margin.value:
        yield Finding(
            code="near-orbital-rim",
            severity="stop",
            message=f"{dose.at()}: {above:.0f} mm from the upper orbital rim over the pupil. "
            f"Closer than {margin.value:g} mm the toxin may reach the levator and the lid droop.",
            mend=f"Move it to {rim_height_mm(face, dose.x_mm) + margin.value:.0f} mm or more "
            "above the canthi, or towards the midline.",
            source=safety.rim_margin_trained_mm.source,
            where=dose.where,
        )


def _low_frontalis(face: Face, dose: Dose, safety: Safety) -> Iterator[Finding]:
    lateral = dose.x_mm > face.pupil_mm
    margin = safety.frontalis_margin_lateral_mm if lateral else safety.frontalis_margin_mm
    above = dose.y_mm - face.brow_upper_mm(dose.side, dose.x_mm)
    if dose.area == "forehead" and above < margin.value:
        yield Finding(
            code="low-frontalis",
            severity="warn",
            message=f"{dose.at()}: {above:.0f} mm above the brow. Frontalis points lower than "
            f"{margin.value:g} mm take the lift that holds the brow and let it drop.",
            mend="Move it up, or use fewer units.",
            source=margin.source,
            where=dose.where,
        )


def _near_canthus(face: Face, dose: Dose, safety: Safety) -> Iterator[Finding]:
    margin = safety.canthus_margin_mm
    apart = ((dose.x_mm - face.lateral_canthus_mm) ** 2 + dose.y_mm**2) ** 0.5
    if dose.area == "lateral-canthal" and apart < margin.value:
        yield Finding(
            code="near-lateral-canthus",
            severity="warn",
            message=f"{dose.at()}: {apart:.0f} mm from the lateral canthus. Closer than "
            f"{margin.value:g} mm toxin may reach the lateral rectus: double vision.",
            mend="Move it outwards.",
            source=margin.source,
            where=dose.where,
        )


def _over_no_muscle(dose: Dose, safety: Safety) -> Iterator[Finding]:
    if dose.area or dose.depth == "dermis":
        return
    yield Finding(
        code="over-no-muscle",
        severity="stop",
        message=f"{dose.x_mm:g} mm from the midline ({dose.side}), {dose.y_mm:g} mm above the "
        "canthi: no treated muscle lies there, and the forecast says nothing of what the toxin "
        "will do.",
        mend="Move it over the muscle that is meant, or take it away.",
        source=safety.no_antidote.source,
        where=dose.where,
    )


def in_zone(face: Face, zone: DangerZone, side: Side, x_mm: float, y_mm: float) -> bool:
    """Whether a point lies in a zone's ellipse; its axes are true millimetres, as margins are."""
    across = (x_mm - locate(face, zone.x, side, axis="x")) / zone.half_width_mm
    along = (y_mm - locate(face, zone.y, side, axis="y", x_mm=x_mm)) / zone.half_height_mm
    return across**2 + along**2 < 1


def _in_danger_zone(face: Face, dose: Dose) -> Iterator[Finding]:
    if dose.depth == "dermis":
        return
    for key, zone in facts.load().anatomy.danger_zones.items():
        if zone.mend and in_zone(face, zone, dose.side, dose.x_mm, dose.y_mm):
            yield Finding(
                code=f"danger-zone:{key}",
                severity="warn",
                message=f"{dose.at()}: it lies in the zone `{zone.name}`. Risk: {zone.harm}. "
                f"{zone.basis.value[0].upper()}{zone.basis.value[1:]}.",
                mend=zone.mend,
                source=zone.basis.source,
                where=dose.where,
            )


def _high_chin(face: Face, dose: Dose, safety: Safety) -> Iterator[Finding]:
    margin = safety.chin_margin_mm
    below = face.lower_lip_mm - dose.y_mm
    if dose.area == "chin" and below < margin.value:
        yield Finding(
            code="high-chin",
            severity="warn",
            message=f"{dose.at()}: {below:.0f} mm below the lower lip. Closer than "
            f"{margin.value:g} mm toxin may reach orbicularis oris: the lip droops and drools.",
            mend="Move it down.",
            source=margin.source,
            where=dose.where,
        )


def _wrong_layer(face: Face, dose: Dose, safety: Safety) -> Iterator[Finding]:
    shallow = dose.depth == "dermis" and not dose.in_skin
    if shallow and muscle_at(face, dose.x_mm, dose.y_mm, dose.side) == "masseter":
        told, mend = safety.masseter_deep, "Inject deep, into the muscle."
    elif dose.area == "platysma" and dose.depth == "bone":
        told, mend = safety.platysma_superficial, "Inject into the thin muscle under the skin."
    else:
        return
    yield Finding(
        code="wrong-layer",
        severity="warn",
        message=f"{dose.at()}: depth `{dose.depth}`. {told.value}",
        mend=mend,
        source=told.source,
        where=dose.where,
    )


def _lateral_frontalis(
    face: Face, doses: tuple[Dose, ...], safety: Safety, recent: tuple[Dose, ...]
) -> Iterator[Finding]:
    forehead = [dose for dose in doses if dose.area == "forehead"]
    # A few units beside the pupil are there to settle a peak: they are what this asks for.
    if not any(dose.x_mm <= face.pupil_mm for dose in forehead):
        return
    forehead += [dose for dose in recent if dose.area == "forehead" and not dose.in_skin]
    alone = [
        side
        for side in BothSides
        if not any(dose.x_mm > face.pupil_mm and dose.side is side for dose in forehead)
    ]
    for side in alone:
        yield Finding(
            code="lateral-frontalis-alone",
            severity="warn",
            message=f"No forehead point lateral to the pupil on the {side}. "
            f"{safety.lateral_frontalis_left_alone.value}",
            mend="Add a lateral point high on the forehead, or look at the brow on day 14. "
            f"{safety.lateral_frontalis_settled.value}",
            source=safety.lateral_frontalis_left_alone.source,
            where=f"forehead, {side}",
        )
