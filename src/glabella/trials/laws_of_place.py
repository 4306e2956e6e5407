"""Virtual experiments on where toxin is put: brow, lid and the width of the field."""

from __future__ import annotations

from collections.abc import Callable

from glabella.face.frame import Face, Side
from glabella.facts import load
from glabella.plan.plan import Injection, Patient
from glabella.trials.experiment import (
    BOTOX,
    DYSPORT,
    MAN,
    REVIEW_DAY,
    WOMAN,
    Found,
    Model,
    both,
    hidden_difference,
    middle,
    on,
    rise,
    risen,
    rising,
    risk,
    session,
    share,
    strength,
    worn_off,
)

# What "a little" is of a brow, and what is no change of it.
A_LITTLE_MM = 2.0
NO_TREND_MM = 1.0
# A rise or fall that is beyond the model's own rounding.
SEEN_MM = 0.05
THREE_MONTHS = 90
CLOSE_POINTS, CLOSE_DAYS = 10.0, 0.1
A_LITTLE = 0.2
# As far below and above the 20 mm over the brow that a guide asks for.
LOW_MM, HIGH_MM = 10.0, 30.0
CENTRAL = (
    Injection(site="frontalis-lower-middle", units=4),
    *both(site="frontalis-upper", units=4),
)


def glabella_lifts_brow(model: Model) -> Found:
    found = model.expect()
    head, tail = risen(found, "medial"), risen(found, "lateral")
    return Found(
        f"head of the brow rises, by at most {A_LITTLE_MM:g} mm, on day {REVIEW_DAY}",
        f"head {head:+.2f} mm, tail {tail:+.2f} mm",
        SEEN_MM < head <= A_LITTLE_MM and tail >= 0,
    )


def brow_raised_in_some(model: Model) -> Found:
    head = rise(model.expect(), "medial")
    return Found(
        "low end of the 90% interval at or below 0, high end above it",
        f"{head.low[0]:+.2f} to {head.high[0]:+.2f} mm",
        head.low[0] <= 0 < head.high[0],
    )


def glabella_alone_no_trend(model: Model) -> Found:
    found = model.expect(session(DYSPORT))
    head, tail = risen(found, "medial"), risen(found, "lateral")
    return Found(
        f"head and tail within {NO_TREND_MM:g} mm of where they were",
        f"head {head:+.2f} mm, tail {tail:+.2f} mm",
        max(abs(head), abs(tail)) <= NO_TREND_MM,
    )


def forehead_alone_drops_brow(model: Model) -> Found:
    alone, with_glabella = (
        model.expect(session(areas={"forehead": 20})),
        model.expect(session(areas={"forehead": 20, "glabella": 20})),
    )
    return Found(
        "head and middle fall, the head more than when the glabella is treated too",
        f"head {risen(alone, 'medial'):+.2f} mm, middle {middle(alone):+.2f} mm; "
        f"with the glabella, head {risen(with_glabella, 'medial'):+.2f} mm",
        risen(alone, "medial") < -SEEN_MM
        and middle(alone) < -SEEN_MM
        and risen(alone, "medial") < risen(with_glabella, "medial"),
    )


def with_frontalis_drops_brow(model: Model) -> Found:
    glabella = load().products[DYSPORT].areas["glabella"].total_units.value
    points = (
        Injection(site="frontalis-lower-middle", units=10),
        *both(site="frontalis-lower-lateral", units=10),
        *both(site="frontalis-upper", units=10),
    )
    found = model.expect(session(DYSPORT, protocol="glabella", units=glabella, injections=points))
    falls = [
        [risen(found, point, day) for point in ("medial", "peak", "lateral")]
        for day in (REVIEW_DAY, THREE_MONTHS)
    ]
    told = "; ".join(" ".join(f"{fall:+.2f}" for fall in day) for day in falls)
    return Found(
        f"head, peak and tail fall on day {REVIEW_DAY}, and are still lower on day {THREE_MONTHS}",
        f"{told} mm",
        all(fall < -SEEN_MM for day in falls for fall in day),
    )


def central_forehead_peaks_brow(model: Model) -> Found:
    found = model.injecting(*CENTRAL)
    head, tail = risen(found, "medial"), risen(found, "lateral")
    return Found(
        "head falls while the tail rises",
        f"head {head:+.2f} mm, tail {tail:+.2f} mm, chance of a Spock brow "
        f"{risk(found, 'spock_brow'):.0f}%",
        head < -SEEN_MM and tail > SEEN_MM,
    )


def lateral_units_settle_peak(model: Model) -> Found:
    def gap(units: float) -> tuple[float, float]:
        sides = both(site="frontalis-lower-lateral", units=units) if units else ()
        found = model.injecting(*CENTRAL, *sides)
        return risen(found, "lateral") - risen(found, "medial"), risk(found, "spock_brow")

    peaked, one, two = gap(0), gap(1), gap(2)
    return Found(
        "tail and head draw closer with 1 U and again with 2 U a side; two units at least halve "
        "what they stand apart, and a Spock brow grows rarer",
        f"apart by {peaked[0]:.2f}, {one[0]:.2f}, {two[0]:.2f} mm; Spock brow {peaked[1]:.0f}, "
        f"{one[1]:.0f}, {two[1]:.0f}%",
        peaked[0] > one[0] > two[0] and two[0] <= peaked[0] / 2 and two[1] < peaked[1],
    )


def above_c_line_spares_brow(model: Model) -> Found:
    above, below = (
        model.injecting(*both(x_mm=14, y_mm=y, units=4), *both(x_mm=36, y_mm=y, units=4))
        for y in (60, 38)
    )
    return Found(
        "the middle of the brow falls less than half as far from points 7 mm above the line as "
        "from points 15 mm below it",
        f"{middle(above):+.2f} mm from above, {middle(below):+.2f} mm from below",
        middle(below) < -SEEN_MM and middle(below) < 2 * middle(above),
    )


def _forehead_row(above_brow_mm: float) -> tuple[Injection, ...]:
    """Five points of 4 U in a row across the forehead, at a height above the upper brow border."""
    face = Face.fit("female")
    height_mm = face.brow_upper_mm(Side.LEFT, face.medial_canthus_mm) + above_brow_mm
    return (
        Injection(x_mm=0, y_mm=height_mm, side=Side.MIDLINE, units=4),
        *both(x_mm=18, y_mm=height_mm, units=4),
        *both(x_mm=36, y_mm=height_mm, units=4),
    )


def low_forehead_drops_brow(model: Model) -> Found:
    low, high = (model.injecting(*_forehead_row(y)) for y in (LOW_MM, HIGH_MM))
    chances = risk(low, "brow_ptosis"), risk(high, "brow_ptosis")
    return Found(
        f"a dropped brow is likelier from points {LOW_MM:g} mm above the brow than from points "
        f"{HIGH_MM:g} mm above it, and the middle of the brow falls further",
        f"{chances[0]:.1f}% and {chances[1]:.1f}%; {middle(low):+.2f} and {middle(high):+.2f} mm",
        chances[0] > chances[1] and middle(low) < middle(high),
    )


def temporal_lift_is_lateral(model: Model) -> Found:
    sides = both(x_mm=48, y_mm=12, units=8)
    found = model.injecting(*sides)
    pupil, tail = middle(found), risen(found, "lateral")
    return Found(
        "middle and tail rise, the tail more than twice as far",
        f"middle {pupil:+.2f} mm, tail {tail:+.2f} mm",
        SEEN_MM < pupil < tail / 2,
    )


def lateral_corrugator_droops_lid(model: Model) -> Found:
    label, low = (
        risk(model.injecting(*points), "lid_ptosis")
        for points in (both(site="corrugator-lateral", units=4), both(x_mm=31, y_mm=19, units=4))
    )
    return Found(
        "a drooping lid is likelier from a point 5 mm above the rim than from the label's point",
        f"{low:.1f}% against {label:.1f}%",
        low > label,
    )


def low_central_forehead_droops_lid(model: Model) -> Found:
    low, high = (risk(model.injecting(*_forehead_row(y)), "lid_ptosis") for y in (LOW_MM, HIGH_MM))
    return Found(
        f"a drooping lid is likelier from points {LOW_MM:g} mm above the brow than from points "
        f"{HIGH_MM:g} mm above it",
        f"{low:.2f}% against {high:.2f}%",
        low > high,
    )


def _droop_by_dose(
    model: Model, product: str, doses: tuple[float, ...], size: int, patient: Patient = WOMAN
) -> Found:
    """Whether lids droop no more often at higher doses than arms of this size would hide."""
    sessions = [session(product, protocol="glabella", units=units) for units in doses]
    chances = [risk(model.expect(one, patient=patient), "lid_ptosis") for one in sessions]
    hidden = hidden_difference(chances[0], size)
    return Found(
        f"drooping lids from {doses[0]:g} to {doses[-1]:g} U grow by no more than the "
        f"{hidden:.1f} points that arms of {size} would hide",
        ", ".join(f"{chance:.1f}" for chance in chances) + "%",
        chances[-1] - chances[0] <= hidden,
    )


def men_harm_no_dose(model: Model) -> Found:
    return _droop_by_dose(model, BOTOX, (20, 40, 60, 80), 20, MAN)


def women_harm_no_dose(model: Model) -> Found:
    return _droop_by_dose(model, BOTOX, (20, 40, 60, 80), 45)


def abo_droop_no_dose(model: Model) -> Found:
    return _droop_by_dose(model, DYSPORT, (50, 75, 100, 125), 80)


def abo_rest_no_droop(model: Model) -> Found:
    chance = max(
        risk(model.expect(session(DYSPORT, protocol="glabella", units=units)), "lid_ptosis")
        for units in (25, 50, 75)
    )
    none_seen = 100 * (1 - 0.05 ** (1 / 102))
    return Found(
        f"chance below {none_seen:.1f}%, where 102 treated patients show none one time in twenty",
        f"at most {chance:.1f}%",
        chance < none_seen,
    )


def volume_spreads_wider(model: Model) -> Found:
    def lost(volume_ml: float) -> float:
        point = Injection(x_mm=0, y_mm=6, side=Side.MIDLINE, units=4, volume_ml=volume_ml)
        found = model.injecting(point)
        return 1 - on(found, REVIEW_DAY, strength(found, "corrugator").median)

    small, large = lost(0.05), lost(0.5)
    return Found(
        "4 U at the root of the nose take more from the corrugators in 0.5 mL than in 0.05 mL",
        f"{large:.1%} against {small:.1%} of their strength",
        large > small,
    )


def concentration_unchanged(model: Model) -> Found:
    strong, weak = (
        model.expect(session(protocol="glabella", units=20, vial_units=100, diluent_ml=diluent))
        for diluent in (0.5, 2.0)
    )
    rates = share(strong, 30), share(weak, 30)
    days = worn_off(strong), worn_off(weak)
    return Found(
        "20 U at 200 and at 50 U/mL: none or mild on day 30 within "
        f"{CLOSE_POINTS:g} points, wear-off within {CLOSE_DAYS:.0%}",
        f"{rates[0]:.0f}% and {rates[1]:.0f}%, day {days[0]:.0f} and {days[1]:.0f}",
        abs(rates[0] - rates[1]) <= CLOSE_POINTS and abs(days[0] / days[1] - 1) <= CLOSE_DAYS,
    )


def dose_widens_field(model: Model) -> Found:
    widths = [model.field_mm(BOTOX, units, volume_ml=0.1, day=28) for units in (1, 2, 4, 8)]
    return Found(
        "the field in frontalis grows from 1 U to 2, 4 and 8 U in the same volume",
        ", ".join(f"{width:.0f}" for width in widths) + " mm",
        rising(widths),
    )


def field_shrinks_from_edge(model: Model) -> Found:
    widths = [model.field_mm(BOTOX, 4, volume_ml=0.1, day=day) for day in (28, 60, 90)]
    return Found(
        "the field of 4 U is narrower on day 60 than on day 28, and narrower or gone on day 90",
        ", ".join(f"{width:.0f}" for width in widths) + " mm",
        widths[0] > widths[1] and (widths[1] > widths[2] or widths[2] == 0),
    )


def fields_alike_frontalis(model: Model) -> Found:
    ona = model.field_mm(BOTOX, 2, volume_ml=0.02, day=28)
    abo = model.field_mm(DYSPORT, 5, volume_ml=0.02, day=28)
    return Found(
        "widths within a quarter of one another on day 28",
        f"{ona:.0f} mm Botox Cosmetic, {abo:.0f} mm Dysport",
        max(ona, abo) <= 1.25 * min(ona, abo),
    )


def glabella_reaches_orbicularis(model: Model) -> Found:
    lost = []
    for units in (5, 10, 20):
        found = model.expect(session(protocol="glabella", units=units))
        lost.append(1 - on(found, REVIEW_DAY, strength(found, "orbicularis-oculi").median))
    return Found(
        f"orbicularis loses something, at most {A_LITTLE:.0%} of its strength",
        ", ".join(f"{part:.1%}" for part in lost),
        0 < lost[-1] <= A_LITTLE,
    )


EXPERIMENTS: tuple[Callable[[Model], Found], ...] = (
    glabella_lifts_brow,
    brow_raised_in_some,
    glabella_alone_no_trend,
    forehead_alone_drops_brow,
    with_frontalis_drops_brow,
    central_forehead_peaks_brow,
    lateral_units_settle_peak,
    above_c_line_spares_brow,
    low_forehead_drops_brow,
    temporal_lift_is_lateral,
    lateral_corrugator_droops_lid,
    low_central_forehead_droops_lid,
    men_harm_no_dose,
    women_harm_no_dose,
    abo_droop_no_dose,
    abo_rest_no_droop,
    volume_spreads_wider,
    concentration_unchanged,
    dose_widens_field,
    field_shrinks_from_edge,
    fields_alike_frontalis,
    glabella_reaches_orbicularis,
)
