"""Virtual experiments on how much: what a larger dose does, and whom it serves."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from glabella.plan.plan import LineGrades, Patient
from glabella.trials.experiment import (
    BOTOX,
    DAXXIFY,
    DYSPORT,
    MAN,
    REVIEW_DAY,
    XEOMIN,
    Found,
    Model,
    both,
    days,
    on,
    onset,
    percents,
    rising,
    session,
    share,
    strength,
    worn_off,
)

# A gain that hardly counts, in percentage points, and durations that are about alike.
LITTLE_POINTS, CLOSE_POINTS = 5.0, 10.0
ABOUT_ALIKE = 0.2
# Steps of a logarithm are alike; these may differ by this factor.
STEPS_ALIKE = 2.0
THREE_MONTHS, WEEK_24, WEEK_36 = 90, 168, 252


def duration_log_dose(model: Model) -> Found:
    lasting = [
        worn_off(model.expect(session(protocol="glabella", units=units)))
        for units in (10, 20, 40, 80)
    ]
    gained = [after - before for before, after in itertools.pairwise(lasting)]
    return Found(
        "each doubling from 10 to 80 U adds days, the largest step less than twice the smallest",
        f"wear-off on {days(lasting)}",
        min(gained) > 0 and max(gained) < STEPS_ALIKE * min(gained),
    )


def men_dose_order(model: Model) -> Found:
    found = [
        model.expect(session(protocol="glabella", units=units), patient=MAN)
        for units in (20, 40, 60, 80)
    ]
    rates, lasting = [share(one, 30) for one in found], [worn_off(one) for one in found]
    return Found(
        "from 20 to 40, 60 and 80 U none or mild on day 30 and wear-off both grow",
        f"{percents(rates)}; {days(lasting)}",
        rising(rates) and rising(lasting),
    )


def _abo_composite(model: Model, units: float, day: float) -> float:
    return model.rate(DYSPORT, units, rule="improved_1", day=day, rater="both")


def abo_plateau_peak(model: Model) -> Found:
    rates = [model.rate(DYSPORT, units, rule="none_or_mild", day=30) for units in (20, 50, 75)]
    placebo = model.rate("placebo", 0, rule="none_or_mild", day=30)
    return Found(
        f"none or mild on day 30: placebo below 20 U, 75 U at most {LITTLE_POINTS:g} points "
        "above 50 U",
        f"placebo {placebo:.0f}%; 20, 50, 75 U {percents(rates)}",
        placebo < rates[0] and rates[2] - rates[1] <= LITTLE_POINTS,
    )


def abo_plateau_duration(model: Model) -> Found:
    lasting = [
        worn_off(model.expect(session(DYSPORT, protocol="glabella", units=units)))
        for units in (50, 75)
    ]
    return Found(
        f"wear-off after 75 U within {ABOUT_ALIKE:.0%} of that after 50 U",
        days(lasting),
        abs(lasting[1] / lasting[0] - 1) <= ABOUT_ALIKE,
    )


def abo_duration_grows(model: Model) -> Found:
    early, late, latest = (
        [_abo_composite(model, units, day) for units in (50, 125)] for day in (28, WEEK_24, WEEK_36)
    )
    return Found(
        "better by a grade for both raters: from 50 to 125 U a smaller gain in week 4 than in "
        "weeks 24 and 36",
        f"week 4 {percents(early)}, week 24 {percents(late)}, week 36 {percents(latest)}",
        early[1] - early[0] < min(late[1] - late[0], latest[1] - latest[0]),
    )


def _abo_at_rest(model: Model, day: float) -> tuple[float, list[float]]:
    def better(product: str, units: float) -> float:
        return model.rate(product, units, rule="improved_1", day=day, at="rest")

    return better("placebo", 0), [better(DYSPORT, units) for units in (25, 50, 75)]


def abo_rest_three_months(model: Model) -> Found:
    placebo, rates = _abo_at_rest(model, THREE_MONTHS)
    return Found(
        f"better by a grade at rest on day {THREE_MONTHS}: each dose more often than placebo",
        f"placebo {placebo:.0f}%; 25, 50, 75 U {percents(rates)}",
        min(rates) > placebo,
    )


def abo_50_best(model: Model) -> Found:
    _, rates = _abo_at_rest(model, 30)
    return Found(
        "better by a grade at rest on day 30: no dose more often than 50 U",
        f"25, 50, 75 U {percents(rates)}",
        max(rates) == rates[1],
    )


CANTHAL = Patient(sex="female", age_years=42, lines={"lateral-canthal": LineGrades(maximum=3)})
CANTHAL_SITES = ("lateral-canthal-upper", "lateral-canthal-middle", "lateral-canthal-lower")


def _canthal(model: Model, product: str, totals: Sequence[float]) -> list[float]:
    """Percent with no or mild crow's feet on day 28 after these totals, both sides together."""
    rates = []
    for total in totals:
        each = total / (2 * len(CANTHAL_SITES))
        points = [point for site in CANTHAL_SITES for point in both(site=site, units=each)]
        found = model.expect(session(product, injections=tuple(points)), patient=CANTHAL)
        rates.append(share(found, 28, area="lateral-canthal"))
    return rates


def canthal_dose_abo(model: Model) -> Found:
    rates = _canthal(model, DYSPORT, (15, 30, 45))
    return Found(
        "none or mild in week 4: 15, 30 and 45 U (both sides) in that order",
        percents(rates),
        rising(rates),
    )


def canthal_dose_ona(model: Model) -> Found:
    rates = _canthal(model, BOTOX, (12, 24, 36))
    return Found(
        f"none or mild in week 4: 18 U a side within {CLOSE_POINTS:g} points of 6 U",
        percents(rates),
        abs(rates[2] - rates[0]) <= CLOSE_POINTS,
    )


def compound_losses_by_dose(model: Model) -> Found:
    lost = _corrugator_lost(model, (5, 10, 20))
    return Found(
        f"corrugator on day {REVIEW_DAY} loses more from 5 to 10 and 20 U",
        percents(lost),
        rising(lost),
    )


def muscle_log_shape(model: Model) -> Found:
    lost = _corrugator_lost(model, (10, 20, 40, 80))
    gained = [after - before for before, after in itertools.pairwise(lost)]
    return Found(
        "what corrugator loses grows by less with each doubling from 10 to 80 U",
        percents(lost),
        min(gained) > 0 and gained[0] > gained[1] > gained[2],
    )


def _corrugator_lost(model: Model, doses: Sequence[float]) -> list[float]:
    found = [model.expect(session(protocol="glabella", units=units)) for units in doses]
    return [100 * (1 - on(one, REVIEW_DAY, strength(one, "corrugator").median)) for one in found]


def daxi_severe_gains_more(model: Model) -> Found:
    def gain(grade: int) -> float:
        patient = Patient(sex="female", age_years=42, lines={"glabella": LineGrades(maximum=grade)})
        daxi, ona = (model.expect(session(p), patient=patient) for p in (DAXXIFY, BOTOX))
        return worn_off(daxi) - worn_off(ona)

    severe, moderate = gain(3), gain(2)
    return Found(
        "wear-off after the label's dose of Daxxify is later than after that of Botox Cosmetic, "
        "and by more days with severe than with moderate lines",
        f"{severe:+.0f} days severe, {moderate:+.0f} days moderate",
        severe > 0 and severe > moderate,
    )


def composite_is_stricter(model: Model) -> Found:
    mild = model.rate(BOTOX, 20, rule="none_or_mild", day=30)
    composite = model.rate(BOTOX, 20, rule="composite_2", day=30, rater="both")
    return Found(
        "20 U, day 30: fewer meet the composite than are none or mild",
        f"{composite:.0f}% against {mild:.0f}%",
        composite < mild,
    )


def men_need_more(model: Model) -> Found:
    women = share(model.expect(), 30)
    men = [
        share(model.expect(session(protocol="glabella", units=units), patient=MAN), 30)
        for units in (20, 40)
    ]
    return Found(
        "none or mild on day 30: fewer men than women after 20 U, more men after 40 U than 20 U",
        f"women {women:.0f}%, men {percents(men)}",
        men[0] < women and men[0] < men[1],
    )


def men_start_at_40(model: Model) -> Found:
    women = share(model.expect(), 30)
    men = share(model.expect(session(protocol="glabella", units=40), patient=MAN), 30)
    return Found(
        f"none or mild on day 30: men after 40 U come within {LITTLE_POINTS:g} points of women "
        "after 20 U",
        f"men {men:.0f}%, women {women:.0f}%",
        men >= women - LITTLE_POINTS,
    )


def men_later_and_shorter(model: Model) -> Found:
    told, held = [], True
    for product, units in ((XEOMIN, 21), (BOTOX, 21), (DYSPORT, 63)):
        one = session(product, protocol="glabella", units=units)
        woman, man = model.expect(one), model.expect(one, patient=MAN)
        held &= onset(man) > onset(woman) and worn_off(man) < worn_off(woman)
        told.append(
            f"{product} {onset(woman):.1f} to {worn_off(woman):.0f} in women, "
            f"{onset(man):.1f} to {worn_off(man):.0f} in men"
        )
    return Found(
        "median onset later and median wear-off earlier in men, for each product",
        "days " + "; ".join(told),
        held,
    )


def men_onset_less_often(model: Model) -> Found:
    women, men = (
        model.rate(DYSPORT, 50, rule="onset", day=3, sex=sex) for sex in ("female", "male")
    )
    return Found(
        "50 U of Dysport, effect noticed by day 3: fewer men than women",
        f"men {men:.0f}%, women {women:.0f}%",
        men < women,
    )


def age_changes_nothing(model: Model) -> Found:
    lasting = [
        worn_off(
            model.expect(
                session(DAXXIFY),
                patient=Patient(
                    sex="female", age_years=age, lines={"glabella": LineGrades(maximum=3)}
                ),
            )
        )
        for age in (30, 50, 65)
    ]
    return Found(
        "wear-off at 30, 50 and 65 years on the same day (age does nothing in the model)",
        days(lasting),
        max(lasting) - min(lasting) < 1,
    )


EXPERIMENTS: tuple[Callable[[Model], Found], ...] = (
    duration_log_dose,
    men_dose_order,
    abo_plateau_peak,
    abo_plateau_duration,
    abo_duration_grows,
    abo_rest_three_months,
    abo_50_best,
    canthal_dose_abo,
    canthal_dose_ona,
    compound_losses_by_dose,
    muscle_log_shape,
    daxi_severe_gains_more,
    composite_is_stricter,
    men_need_more,
    men_start_at_40,
    men_later_and_shorter,
    men_onset_less_often,
    age_changes_nothing,
)
