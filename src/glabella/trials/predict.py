"""Predict published rows: the end points of trials as chances of drawn patients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from glabella.face.frame import Face, Side
from glabella.facts import PublishedRow
from glabella.facts.model import Event
from glabella.plan.lines import NONE_OR_MILD_BELOW, both_rated_below, rated_below
from glabella.plan.parameters import Parameters, Rater, column
from glabella.plan.summary import last_crossing, risk_window, unwanted
from glabella.trials.cohort import DAYS, Arm, Outcome, movement, outcomes

Array = NDArray[np.float64]

NO_LINES_BELOW = 0.5
HALF_BETTER = 0.5
HALF_GRADE = 0.5
# A diary that has noted nothing by this day will not.
LATEST_ONSET = 30
UNWANTED: dict[str, Event] = {"lid_ptosis": "lid_ptosis", "brow_ptosis": "brow_ptosis"}
AREAS = {"glabella", "forehead", "lateral-canthal", "platysma"}
LASTING = {"median_duration_days", "median_onset_days"}


def limit(rule: str, grade: float | Array, before: Array, parameters: Parameters) -> float | Array:
    """Below which severity a rule is met, for lines graded `grade` that were `before` (P, 1).

    Trials compare two gradings, so that an improvement is counted from the grade that was read;
    a diary and a subject's own judgement compare with what was there.
    """
    better = {
        "improved_1": 1, "composite_1": 1, "not_relapsed": 1, "relapsed": 1,
        "improved_2": 2, "composite_2": 2,
    }  # fmt: skip
    if rule in better:
        return grade - better[rule] + HALF_GRADE
    fixed = {
        "none": NO_LINES_BELOW,
        "none_or_mild": NONE_OR_MILD_BELOW,
        # These trials' responders are, by their primary end point, those with none or mild lines.
        "response_unstated": NONE_OR_MILD_BELOW,
    }
    if rule in fixed:
        return fixed[rule]
    if rule == "onset":
        return before - column(parameters.diary_grades)
    return before * (1 - HALF_BETTER)


RULES = frozenset(
    {
        "none", "none_or_mild", "response_unstated", "improved_1", "improved_2", "composite_1",
        "composite_2", "relapsed", "not_relapsed", "onset", "moderate_improvement",
    }
)  # fmt: skip


def chance(
    rule: str,
    rater: str,
    *,
    grade: float | Array,
    before: Array,
    after: Array,
    parameters: Parameters,
) -> Array:
    """Chance that the rater, or both, say what a rule asks for, of severities `after` (P, T)."""
    below = limit(rule, grade, before, parameters)
    if rater == "both":
        met = both_rated_below(after, below, parameters)
    else:
        who: Rater = "subject" if rater == "subject" else "investigator"
        met = rated_below(after, below, parameters, who)
    return 1 - met if rule == "relapsed" else met


def can_predict(row: PublishedRow) -> bool:
    """Whether the model has a word for this row's end point, area and arm."""
    if row.endpoint.rule in UNWANTED:
        return bool(row.areas) and row.product != "any"
    known = row.endpoint.area in AREAS
    timed = row.endpoint.rule in RULES and row.day is not None and row.day <= DAYS[-1]
    lasting = row.endpoint.rule in LASTING and row.product != "placebo"
    arm = row.product == "placebo" or bool(row.areas)
    return known and arm and (timed or lasting) and row.product != "any" and row.cycle == 1


def predict(row: PublishedRow, parameters: Parameters, *, shift: float = 0.0) -> float:
    """The model's figure for a row, in the row's unit: percent or days.

    `shift` is what sets the row's trial apart, on the logit scale towards more effect.
    """
    if row.endpoint.rule in UNWANTED:
        return 100 * moved(
            unwanted_rate(UNWANTED[row.endpoint.rule], Arm.of(row), parameters), shift
        )
    strata = outcomes(row, parameters)
    if row.endpoint.rule == "median_onset_days":
        return _median_onset(row, strata, shift, parameters)
    if row.endpoint.rule == "median_duration_days":
        return _median_duration(row, strata, shift, parameters)
    end, day = row.endpoint, float(row.day or 0)
    found = share(end.rule, end.rater, day, strata, parameters)
    return 100 * moved(found, -shift if end.rule == "relapsed" else shift)


def moved(share: float, shift: float) -> float:
    """A share moved along the logit scale."""
    return share if shift == 0 else float(expit(logit(np.clip(share, 1e-9, 1 - 1e-9)) + shift))


def share(
    rule: str, rater: str, day: float, strata: list[Outcome], parameters: Parameters
) -> float:
    """Share of patients of whom the rater (or both raters) says so on a day."""
    at_day = int(np.argmin(np.abs(DAYS - day)))
    return sum(
        stratum.weight
        * float(
            chance(
                rule,
                rater,
                grade=stratum.graded,
                before=stratum.before,
                after=stratum.severity[:, [at_day]],
                parameters=parameters,
            ).mean()
        )
        for stratum in strata
    )


def margin_of(
    rule: str, *, grade: float | Array, before: Array, severity: Array, parameters: Parameters
) -> Array:
    """By how much patients (P, T) still have what a rule asks for; at 0 they lose it."""
    return np.asarray(limit(rule, grade, before, parameters) - severity)


def last_day(days: Array, margin: Array) -> tuple[Array, NDArray[np.bool_]]:
    """When each patient (P, T) who ever had it loses it for good, and who (P,) ever had it."""
    responded = np.asarray((margin > 0).any(axis=1))
    return last_crossing(days, margin[responded]), responded


def _median_onset(
    row: PublishedRow, strata: list[Outcome], shift: float, parameters: Parameters
) -> float:
    """Day by which half of the diaries note an effect."""
    shares = [
        moved(share("onset", row.endpoint.rater, day, strata, parameters), shift)
        for day in DAYS[DAYS <= LATEST_ONSET]
    ]
    return float(np.interp(0.5, np.maximum.accumulate(shares), DAYS[: len(shares)]))


def _median_duration(
    row: PublishedRow, strata: list[Outcome], shift: float, parameters: Parameters
) -> float:
    """Median day on which those who responded lose what the row's rule asks for.

    In a trial that is set apart by `shift` the share still kept is moved by it, so that one half
    is reached where the model says 1 / (1 + exp(shift)).
    """
    rule = "none_or_mild" if row.endpoint.until == "none_or_mild_lost" else "improved_1"
    lost, weights = [], []
    for stratum in strata:
        margin = margin_of(
            rule,
            grade=stratum.graded,
            before=stratum.before,
            severity=stratum.severity,
            parameters=parameters,
        )
        found, _ = last_day(DAYS, margin)
        lost.append(found)
        weights.append(np.full(len(found), stratum.weight / len(stratum.before)))
    days, weight = np.concatenate(lost), np.concatenate(weights)
    order = np.argsort(days)
    reached = (np.cumsum(weight[order]) - weight[order] / 2) / weight.sum()
    known = np.minimum(days[order], DAYS[-1])
    return float(np.interp(expit(shift), reached, known))


def unwanted_rate(event: Event, arm: Arm, parameters: Parameters) -> float:
    """Share of women with an unwanted result in the weeks around the review."""
    if arm.placebo:
        return 0.0
    moved = movement(arm, "female", parameters)
    return float(unwanted(Face.fit("female"), moved, risk_window(DAYS))[event][1:].mean())


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
