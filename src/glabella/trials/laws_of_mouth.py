"""Virtual experiments on the lower face: smile, lips, jaw, and points put where they do harm."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from glabella.face.frame import Face, Side
from glabella.face.sites import locate
from glabella.facts import load
from glabella.plan.plan import Injection
from glabella.plan.result import Forecast
from glabella.trials.experiment import REVIEW_DAY, Found, Model, both, on, risk, session

UNITS = 4.0
# An arm of the trial that beat placebo; the abstract is read as units in all.
MASSETER_UNITS = 72.0
SLIMMEST_DAYS = (60.0, 120.0)
THREE_MONTHS, SIX_MONTHS = 90, 180
# A change of lip, corner or jaw that is beyond the model's own rounding.
SEEN_MM = 0.05
# The trial judged by sight: less than this cannot have been seen.
SEEN_IN_JAW_MM = 0.1


def _in_zone(name: str) -> tuple[Injection, ...]:
    """A point on each side in the middle of a danger zone, in the muscle."""
    face, zone = Face.fit("female"), load().anatomy.danger_zones[name]
    x = locate(face, zone.x, Side.LEFT, axis="x")
    y = locate(face, zone.y, Side.LEFT, axis="y", x_mm=x)
    if x == 0:
        return (Injection(x_mm=0, y_mm=y, side=Side.MIDLINE, units=2 * UNITS),)
    return both(x_mm=x, y_mm=y, units=UNITS)


def _left(found: Forecast, name: str, day: int = REVIEW_DAY) -> float:
    """The median change on a day of a height of the left side of the mouth in mm."""
    mouth = next((m for m in found.mouth if m.side is Side.LEFT), None)
    if mouth is None:
        return 0.0
    values: tuple[float, ...] = getattr(mouth, name).median
    return on(found, day, values) - values[0]


def _compare(model: Model, site: str, zone: str, event: str) -> tuple[float, float]:
    """Percent with an unwanted result from points in a zone, and from the same units at a site."""
    there = model.injecting(*both(site=site, units=UNITS))
    return risk(model.injecting(*_in_zone(zone)), event), risk(there, event)


def medial_point_uneven_lip(model: Model) -> Found:
    medial, usual = _compare(model, "depressor-anguli-oris", "medial-to-dao", "smile_asymmetry")
    return Found(
        "an uneven smile is likelier from points in the zone medial to the muscle than at its site",
        f"{medial:.1f}% against {usual:.1f}%",
        medial > usual,
    )


def groove_droops_upper_lip(model: Model) -> Found:
    groove, high = (
        _left(model.injecting(*points), "upper_lip_mm")
        for points in (_in_zone("nose-cheek-groove"), both(site="nasalis", units=UNITS))
    )
    return Found(
        "the upper lip in a smile falls from the groove, and less than half as far from the site "
        "on the side of the nose",
        f"{groove:+.2f} mm against {high:+.2f} mm",
        groove < -SEEN_MM and high > groove / 2,
    )


def above_crease_opens_lips(model: Model) -> Found:
    above, below = _compare(model, "mentalis", "above-mental-crease", "lip_incompetence")
    return Found(
        "lips that do not hold are likelier from a point above the crease than at the chin's site",
        f"{above:.1f}% against {below:.1f}%",
        above > below,
    )


def low_canthal_drops_corner(model: Model) -> Found:
    low, label = (
        _left(model.injecting(*points), "smile_mm")
        for points in (_in_zone("zygomaticus"), both(site="lateral-canthal-middle", units=UNITS))
    )
    return Found(
        "the mouth corner in a smile falls, and further from the zone below the crow's feet than "
        "from the label's middle point",
        f"{low:+.2f} mm against {label:+.2f} mm",
        low < -SEEN_MM and low < label,
    )


def near_canthus_double_vision(model: Model) -> Found:
    near, label = _compare(model, "lateral-canthal-middle", "lateral-rectus", "double_vision")
    return Found(
        "double vision is likelier from a point at the canthus than from the label's middle point",
        f"{near:.1f}% against {label:.1f}%",
        near > label,
    )


def _jaw(model: Model, units: float) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Days, and the median change of the left side of the jaw on them in mm."""
    found = model.expect(session(areas={"masseter": units}))
    return found.days, next(j.width_mm.median for j in found.jaw if j.side is Side.LEFT)


def jaw_slims_in_months(model: Model) -> Found:
    days, width = _jaw(model, MASSETER_UNITS)
    slimmest = days[int(np.argmin(width))]
    late = width[days.index(SIX_MONTHS)]
    return Found(
        f"{MASSETER_UNITS:g} U in all: narrowest from day {SLIMMEST_DAYS[0]:g} to "
        f"{SLIMMEST_DAYS[1]:g}, and narrower still on day {SIX_MONTHS} (the memory of the jaw was "
        "set for it)",
        f"day {slimmest}, {min(width):+.2f} mm; {late:+.2f} mm",
        SLIMMEST_DAYS[0] <= slimmest <= SLIMMEST_DAYS[1] and late < -SEEN_MM,
    )


def jaw_every_dose(model: Model) -> Found:
    widths = []
    for units in (24, 48, 72, 96):
        days, width = _jaw(model, units)
        widths.append(width[days.index(THREE_MONTHS)])
    return Found(
        f"24, 48, 72 and 96 U in all: each leaves the jaw more than "
        f"{SEEN_IN_JAW_MM:g} mm narrower on day {THREE_MONTHS}",
        ", ".join(f"{width:+.2f}" for width in widths) + " mm",
        max(widths) < -SEEN_IN_JAW_MM,
    )


EXPERIMENTS: tuple[Callable[[Model], Found], ...] = (
    medial_point_uneven_lip,
    groove_droops_upper_lip,
    above_crease_opens_lips,
    low_canthal_drops_corner,
    near_canthus_double_vision,
    jaw_slims_in_months,
    jaw_every_dose,
)
