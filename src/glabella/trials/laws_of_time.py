"""Virtual experiments on when: onset, wear-off, lines at rest and repeated treatments."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np

from glabella.face.frame import Side
from glabella.plan.lines import rated_below
from glabella.plan.parameters import model_facts
from glabella.plan.plan import LineGrades, Patient
from glabella.plan.result import Forecast
from glabella.trials.experiment import (
    BOTOX,
    DAXXIFY,
    WOMAN,
    Found,
    Model,
    both,
    on,
    onset,
    percents,
    rising,
    session,
    share,
    strength,
    worn_off,
)
from glabella.trials.predict import NO_LINES_BELOW

# Within four days, and not on the day itself.
ONSET_DAYS = (1.0, 4.0)
FULL = 0.95
MONTHS_3_4_6 = (90, 120, 180)
# One in a hundred is some.
SOME = 0.01
RECORDED_LOSS = 0.05
NADIR_DAYS = (7.0, 14.0)
PARALYSIS = 0.7
MONTHS_2_TO_5 = (61.0, 152.0)
NOT_BACK = 0.98
ABOUT_ALIKE = 0.1
# The forecast days nearest to week 3, and to week 24.
WEEK_3, WEEK_24 = 22, 170
WEEK_4 = 28
# Treatments of a trial of cycles, and of regular treatment, come this many days apart.
CYCLE_DAYS = 120
REGULAR_DAYS = 140
# So far apart that the median patient starts afresh: an onset can only be told from then.
APART_DAYS = 180
# A difference of severity that a rater could see in half the readings.
SEEN_GRADES = 0.5


def resting(grade: int) -> Patient:
    """The woman of the experiments, with lines at rest of a known grade."""
    lines = {"glabella": LineGrades(maximum=3, rest=grade)}
    return msgspec.structs.replace(WOMAN, lines=lines)


def lost(found: Forecast, day: int, muscle: str = "corrugator") -> float:
    """Share of its strength that a muscle of the left side has lost, median patient."""
    return 1 - on(found, day, strength(found, muscle).median)


def onset_within_days(model: Model) -> Found:
    day = onset(model.expect())
    return Found(
        f"median onset from day {ONSET_DAYS[0]:g} to {ONSET_DAYS[1]:g}",
        f"day {day:.1f}",
        ONSET_DAYS[0] <= day <= ONSET_DAYS[1],
    )


def judged_at_two_weeks(model: Model) -> Found:
    found = model.expect()
    best = max(share(found, day) for day in found.days)
    early, due = share(found, 10), share(found, 14)
    return Found(
        f"none or mild on day 10 and 14 at least {FULL:.0%} of the highest share",
        f"{early:.0f}% and {due:.0f}% of {best:.0f}%",
        min(early, due) >= FULL * best,
    )


def gone_in_months(model: Model) -> Found:
    found = model.expect()
    untreated = share(found, 0)
    month, three, four, six = (share(found, day) - untreated for day in (30, *MONTHS_3_4_6))
    return Found(
        "of those rated none or mild on day 30, a third to two thirds still are on day 90, fewer "
        "than half on day 120, and some, but fewer than one in ten, on day 180",
        f"{three / month:.0%}, {four / month:.0%}, {six / month:.0%}",
        1 / 3 <= three / month <= 2 / 3 and four < month / 2 and SOME <= six / month < 1 / 10,
    )


def first_loss_in_48_hours(model: Model) -> Found:
    part = lost(model.expect(), 2)
    return Found(
        f"corrugator has lost at least {RECORDED_LOSS:.0%} of its strength by day 2",
        f"{part:.0%}",
        part >= RECORDED_LOSS,
    )


def deepest_at_one_to_two_weeks(model: Model) -> Found:
    found = model.expect()
    median = strength(found, "corrugator").median
    day = found.days[int(np.argmin(median))]
    return Found(
        f"corrugator is weakest from day {NADIR_DAYS[0]:g} to {NADIR_DAYS[1]:g}",
        f"day {day}",
        NADIR_DAYS[0] <= day <= NADIR_DAYS[1],
    )


def paralysis_at_two_weeks(model: Model) -> Found:
    part = lost(model.expect(), 14)
    return Found(
        f"corrugator has lost at least {PARALYSIS:.0%} on day 14", f"{part:.0%}", part >= PARALYSIS
    )


def recovery_two_to_five_months(model: Model) -> Found:
    found = model.expect()
    day = next(
        (d for d in found.days if d > WEEK_4 and lost(found, d) < RECORDED_LOSS), found.days[-1]
    )
    weakest = on(found, WEEK_24, strength(found, "corrugator").low)
    return Found(
        f"corrugator is back to {1 - RECORDED_LOSS:.0%} in the median patient from day "
        f"{MONTHS_2_TO_5[0]:g} to {MONTHS_2_TO_5[1]:g}, and in one of twenty not by week 24",
        f"day {day}; {weakest:.0%} in week 24",
        MONTHS_2_TO_5[0] <= day <= MONTHS_2_TO_5[1] and weakest < 1 - RECORDED_LOSS,
    )


def partial_recovery_three_months(model: Model) -> Found:
    points = both(site="corrugator-lateral", units=4) + both(site="corrugator-medial", units=4)
    found = model.injecting(*points)
    early, late = lost(found, WEEK_3), lost(found, 90)
    return Found(
        "8 U a side: corrugator has lost less on day 90 than on day 22, and more than nothing",
        f"{late:.0%} against {early:.0%}",
        RECORDED_LOSS < late < early,
    )


def residual_at_week_24(model: Model) -> Found:
    left = [
        1 - lost(model.expect(session(protocol="glabella", units=units)), WEEK_24)
        for units in (10, 20)
    ]
    return Found(
        f"corrugator stays below {NOT_BACK:.0%} in the median patient after 10 and after 20 U",
        ", ".join(f"{part:.1%}" for part in left),
        max(left) < NOT_BACK,
    )


def strain_falls(model: Model) -> Found:
    lines = model_facts().lines
    found = model.expect()
    part = (
        lines.corrugator_share.value * lost(found, 14)
        + lines.procerus_share.value
        * (1 - on(found, 14, strength(found, "procerus", Side.MIDLINE).median))
        + lines.depressor_supercilii_share.value * lost(found, 14, "depressor-supercilii")
    )
    return Found(
        "the strength behind the frown falls by half or more", f"by {part:.0%}", part >= 0.5
    )


def _better_until(found: Forecast, at: str) -> float:
    """Last day on which the median patient's frown lines are better than half their best."""
    grades = next(g for g in found.grades if (g.area, g.at) == ("glabella", at)).grade.median
    half = (grades[0] + min(grades)) / 2
    return max(day for day, grade in zip(found.days, grades, strict=True) if grade < half)


def rest_outlasts_movement(model: Model) -> Found:
    found = model.expect(patient=resting(2))
    moving, still = _better_until(found, "maximum"), _better_until(found, "rest")
    return Found(
        "half the best improvement is kept for longer at rest than in movement",
        f"day {still:g} against {moving:g}",
        still > moving,
    )


def _clear_by_cycle(model: Model, product: str, patient: Patient) -> list[float]:
    """Percent rated without lines at rest in week 4 of each of three treatments."""
    starts = [number * CYCLE_DAYS for number in range(3)]
    days = np.array(sorted({*range(0, starts[-1] + WEEK_4, 4), *(s + WEEK_4 for s in starts)}))
    severity = model.at_rest(
        *(session(product, day=start) for start in starts), patient=patient, days=days
    )
    shares = rated_below(severity, NO_LINES_BELOW, model.parameters).mean(axis=0)
    return [100 * float(shares[list(days).index(start + WEEK_4)]) for start in starts]


def rest_lines_clear_by_cycle(model: Model) -> Found:
    rates = _clear_by_cycle(model, BOTOX, WOMAN)
    return Found(
        "no lines at rest in week 4: more patients after the second and the third treatment",
        percents(rates),
        rising(rates),
    )


def rest_mild_clear_more(model: Model) -> Found:
    mild, moderate = (_clear_by_cycle(model, BOTOX, resting(grade))[-1] for grade in (1, 2))
    return Found(
        "no lines at rest in week 4 of the third treatment: more patients with mild lines before "
        "than with moderate ones",
        f"{mild:.0f}% against {moderate:.0f}%",
        mild > moderate,
    )


def daxi_rest_by_cycle(model: Model) -> Found:
    rates = _clear_by_cycle(model, DAXXIFY, WOMAN)
    return Found(
        "no lines at rest in week 4: more patients after the second and the third treatment",
        percents(rates),
        rising(rates),
    )


def regular_treatment_prevents(model: Model) -> Found:
    starts = [number * REGULAR_DAYS for number in range(8)]
    days = np.arange(0.0, starts[-1] + REGULAR_DAYS + 1, 5)
    severity = np.median(
        model.at_rest(*(session(day=start) for start in starts), patient=resting(2), days=days),
        axis=0,
    )
    worst = float(severity[days >= starts[-2]].max())
    return Found(
        f"treated every {REGULAR_DAYS} days for three years, median lines at rest stay below what "
        "they were, in the last year at every time",
        f"{severity[0]:.1f} before, at most {worst:.1f} in the last year",
        worst < severity[0] - SEEN_GRADES,
    )


def repeats_alike(model: Model) -> Found:
    once, often = (
        model.expect(*(session(day=number * APART_DAYS) for number in range(count)))
        for count in (1, 8)
    )
    starts, ends = (onset(once), onset(often)), (worn_off(once), worn_off(often))
    return Found(
        f"onset within a day and wear-off within {ABOUT_ALIKE:.0%} after the eighth treatment, "
        f"{APART_DAYS} days apart",
        f"day {starts[0]:.1f} and {starts[1]:.1f}; day {ends[0]:.0f} and {ends[1]:.0f}",
        abs(starts[0] - starts[1]) <= 1 and abs(ends[1] / ends[0] - 1) <= ABOUT_ALIKE,
    )


def repeats_shorter_blepharospasm(model: Model) -> Found:
    once, often = (
        worn_off(model.expect(*(session(day=number * APART_DAYS) for number in range(count))))
        for count in (1, 8)
    )
    return Found(
        "wear-off earlier after the eighth treatment of the glabella than after the first",
        f"day {often:.0f} against {once:.0f}",
        often < once,
    )


def canthal_second_longer(model: Model) -> Found:
    patient = Patient(sex="female", age_years=42, lines={"lateral-canthal": LineGrades(maximum=3)})
    first, second = (
        worn_off(
            model.expect(
                *(session(day=day, areas={"lateral-canthal": 24}) for day in when), patient=patient
            ),
            "lateral-canthal",
        )
        for when in ((0,), (0, CYCLE_DAYS))
    )
    return Found(
        f"wear-off later after a second treatment on day {CYCLE_DAYS} than after the first",
        f"day {second:.0f} against {first:.0f}",
        second > first,
    )


EXPERIMENTS: tuple[Callable[[Model], Found], ...] = (
    onset_within_days,
    judged_at_two_weeks,
    gone_in_months,
    first_loss_in_48_hours,
    deepest_at_one_to_two_weeks,
    paralysis_at_two_weeks,
    recovery_two_to_five_months,
    partial_recovery_three_months,
    residual_at_week_24,
    strain_falls,
    rest_outlasts_movement,
    rest_lines_clear_by_cycle,
    rest_mild_clear_more,
    daxi_rest_by_cycle,
    regular_treatment_prevents,
    repeats_alike,
    repeats_shorter_blepharospasm,
    canthal_second_longer,
)
