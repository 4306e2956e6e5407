"""Predict published rows: the end points of trials as chances of drawn patients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from glabella.face.frame import Face, Side
from glabella.facts import PublishedRow
from glabella.plan.lines import NONE_OR_MILD_BELOW, improved, none_or_mild, rated_below
from glabella.plan.parameters import Parameters
from glabella.plan.summary import NOTICED_GRADES, last_crossing, risk_window, unwanted
from glabella.trials.cohort import DAYS, Arm, Outcome, movement, outcomes

Array = NDArray[np.float64]
Reading = Callable[[Array, Array, Parameters], Array]

NO_LINES_BELOW = 0.5
HALF_BETTER = 0.5

# One rater's chance of saying so, for patients before (P, 1) and after (P, T).
READINGS: dict[str, Reading] = {
    "none_or_mild": lambda before, after, p: none_or_mild(after, p),
    # These trials' responders are, by their primary end point, patients with none or mild lines.
    "response_unstated": lambda before, after, p: none_or_mild(after, p),
    "none": lambda before, after, p: rated_below(after, NO_LINES_BELOW, p),
    "improved_1": lambda before, after, p: improved(before, after, 1, p),
    "improved_2": lambda before, after, p: improved(before, after, 2, p),
    "composite_1": lambda before, after, p: improved(before, after, 1, p),
    "composite_2": lambda before, after, p: improved(before, after, 2, p),
    "not_relapsed": lambda before, after, p: improved(before, after, 1, p),
    "relapsed": lambda before, after, p: 1 - improved(before, after, 1, p),
    "onset": lambda before, after, p: rated_below(after - before, -NOTICED_GRADES, p),
    "moderate_improvement": lambda before, after, p: rated_below(
        after - before * (1 - HALF_BETTER), 0.0, p
    ),
}


def can_predict(row: PublishedRow) -> bool:
    """Whether the model has a word for this row's end point, area and arm."""
    if row.endpoint.rule == "lid_ptosis":
        return bool(row.areas) and row.product != "any"
    known = row.endpoint.area in {"glabella", "forehead", "lateral-canthal"}
    timed = row.endpoint.rule in READINGS and row.day is not None and row.day <= DAYS[-1]
    lasting = row.endpoint.rule == "median_duration_days" and row.product != "placebo"
    arm = row.product == "placebo" or bool(row.areas)
    return known and arm and (timed or lasting) and row.product != "any" and row.cycle == 1


def predict(row: PublishedRow, parameters: Parameters) -> float:
    """The model's figure for a row, in the row's unit: percent or days."""
    if row.endpoint.rule == "lid_ptosis":
        return 100 * lid_ptosis_rate(Arm.of(row), parameters)
    strata = outcomes(row, parameters)
    if row.endpoint.rule == "median_duration_days":
        return _median_duration(row, strata)
    end, day = row.endpoint, float(row.day or 0)
    return 100 * share(end.rule, end.rater, day, strata, parameters)


def share(
    rule: str, rater: str, day: float, strata: list[Outcome], parameters: Parameters
) -> float:
    """Share of patients of whom the rater (or both raters) says so on a day."""
    column = int(np.argmin(np.abs(DAYS - day)))
    total = 0.0
    for stratum in strata:
        chance = READINGS[rule](stratum.before, stratum.severity[:, [column]], parameters)
        agreed = chance**2 if rater == "both" else chance
        total += stratum.weight * float(agreed.mean())
    return total


def margin_of(rule: str, before: Array, severity: Array) -> Array:
    """By how much patients (P, T) still have what a rule asks for; at 0 they lose it."""
    wanted = {
        "none_or_mild": NONE_OR_MILD_BELOW - severity,
        "improved_2": before - severity - 1 - NOTICED_GRADES,
        "composite_2": before - severity - 1 - NOTICED_GRADES,
    }
    return wanted.get(rule, before - severity - NOTICED_GRADES)


def last_day(days: Array, margin: Array) -> tuple[Array, NDArray[np.bool_]]:
    """When each patient (P, T) who ever had it loses it for good, and who (P,) ever had it."""
    responded = np.asarray((margin > 0).any(axis=1))
    return last_crossing(days, margin[responded]), responded


def _median_duration(row: PublishedRow, strata: list[Outcome]) -> float:
    """Median day on which those who responded lose what the row's rule asks for."""
    rule = "none_or_mild" if row.endpoint.until == "none_or_mild_lost" else "improved_1"
    lost, weights = [], []
    for stratum in strata:
        found, _ = last_day(DAYS, margin_of(rule, stratum.before, stratum.severity))
        lost.append(found)
        weights.append(np.full(len(found), stratum.weight / len(stratum.before)))
    days, weight = np.concatenate(lost), np.concatenate(weights)
    order = np.argsort(days)
    reached = np.cumsum(weight[order]) / weight.sum()
    return float(min(days[order][np.searchsorted(reached, 0.5)], DAYS[-1]))


def lid_ptosis_rate(arm: Arm, parameters: Parameters) -> float:
    """Share of women whose lid falls by what counts as a droop in the weeks around the review."""
    if arm.placebo:
        return 0.0
    moved = movement(arm, "female", parameters)
    return float(unwanted(Face.fit("female"), moved, risk_window(DAYS))["lid_ptosis"][1:].mean())


def brow_change_mm(arm: Arm, day: float, place: str, parameters: Parameters) -> float:
    """Median change of brow height in mm over a landmark, women, left side."""
    face = Face.fit("female")
    nodes, _ = face.brow_nodes(Side.LEFT)
    x = {"mid-pupil": face.pupil_mm, "medial-canthus": face.medial_canthus_mm}.get(
        place, face.lateral_canthus_mm
    )
    column = int(np.argmin(np.abs(DAYS - day)))
    rise = movement(arm, "female", parameters).brow["rest", Side.LEFT][1:, column]
    return float(np.median(rise[:, int(np.argmin(np.abs(nodes - x)))]))
