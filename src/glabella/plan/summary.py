"""From drawn patients to what a clinician reads: medians, 90% intervals, dates and risks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from glabella.face.frame import BothSides, Face, Side
from glabella.facts import Fact
from glabella.facts.model import Event
from glabella.plan import mouth
from glabella.plan.lines import LineCourse, none_or_mild
from glabella.plan.movement import Movement
from glabella.plan.parameters import Parameters, model_facts
from glabella.plan.result import (
    AreaCourse,
    BrowCurve,
    Curve,
    GradeCurve,
    Interval,
    JawCurve,
    LidCurve,
    MouthCurve,
    MuscleCurve,
    Risk,
    SkinCurve,
)
from glabella.plan.skin import SkinCourse

Array = NDArray[np.float64]
Lines = Mapping[tuple[str, Side], LineCourse]

LOW, HIGH = 0.05, 0.95
# An effect shows, and is still there, while the lines are this much of a grade better.
NOTICED_GRADES = 0.5
# Unwanted results are counted over the weeks around the review.
RISK_FROM_DAY, RISK_TO_DAY = 7, 45


def curve(values: Array, digits: int = 3) -> Curve:
    """Median and 90% interval over the drawn patients, the typical one left out, of (P, T)."""
    ordered = np.sort(np.ascontiguousarray(values[1:].T, dtype=np.float32), axis=1)
    count = ordered.shape[1] - 1
    low, median, high = (
        tuple((np.round(ordered[:, round(share * count)].astype(float), digits) + 0.0).tolist())
        for share in (LOW, 0.5, HIGH)
    )
    return Curve(median=median, low=low, high=high)


def muscle_curves(movement: Movement) -> tuple[MuscleCurve, ...]:
    strength = movement.strength
    ones = (1.0,) * strength.shape[1]
    whole = Curve(median=ones, low=ones, high=ones)
    return tuple(
        MuscleCurve(
            muscle=muscle,
            side=side,
            strength=curve(strength.reached[muscle, side])
            if (muscle, side) in strength.reached
            else whole,
        )
        for muscle, side in strength.names
    )


def grade_curves(lines: Lines, parameters: Parameters) -> tuple[GradeCurve, ...]:
    return tuple(
        GradeCurve(
            area=area,
            side=side,
            at=at,
            grade=curve(course.at(at), 2),
            none_or_mild=tuple(
                np.round(none_or_mild(course.at(at), parameters)[1:].mean(axis=0), 3).tolist()
            ),
        )
        for (area, side), course in lines.items()
        for at in _AT
    )


_AT: tuple[Literal["maximum", "rest"], ...] = ("maximum", "rest")


@lru_cache(maxsize=128)
def landmark_nodes(face: Face, side: Side) -> dict[str, int]:
    """The brow nodes nearest to the medial canthus, the pupil, the arch and the lateral canthus."""
    nodes, _ = face.brow_nodes(side)
    places = {
        "medial": face.medial_canthus_mm,
        "middle": face.pupil_mm,
        "peak": face.arch_mm,
        "lateral": face.lateral_canthus_mm,
    }
    return {name: int(np.argmin(np.abs(nodes - x))) for name, x in places.items()}


def nodes(face: Face) -> tuple[float, ...]:
    """Distances of the brow nodes from the midline in mm."""
    return tuple(np.round(face.brow_nodes(Side.LEFT)[0], 2).tolist())


def brow_curves(face: Face, movement: Movement) -> tuple[BrowCurve, ...]:
    found = []
    for side in BothSides:
        at = landmark_nodes(face, side)
        rise = movement.brow["rest", side]
        found.append(
            BrowCurve(
                side=side,
                medial_mm=curve(rise[..., at["medial"]], 2),
                peak_mm=curve(rise[..., at["peak"]], 2),
                lateral_mm=curve(rise[..., at["lateral"]], 2),
            )
        )
    return tuple(found)


def lid_curves(movement: Movement) -> tuple[LidCurve, ...]:
    return tuple(LidCurve(side=side, margin_mm=curve(movement.lid[side], 2)) for side in BothSides)


def mouth_curves(movement: Movement) -> tuple[MouthCurve, ...]:
    """The mouth at rest and in a smile; nothing if no toxin reaches a muscle that moves it."""
    if not mouth.reached(movement):
        return ()
    found = []
    for side in BothSides:
        smile = mouth.heights_mm(movement, side, "smile")
        found.append(
            MouthCurve(
                side=side,
                rest_mm=curve(mouth.heights_mm(movement, side, "rest")["corner"], 2),
                smile_mm=curve(smile["corner"], 2),
                upper_lip_mm=curve(smile["upper_lip"], 2),
            )
        )
    return tuple(found)


def jaw_curves(widths: Mapping[Side, Array]) -> tuple[JawCurve, ...]:
    return tuple(JawCurve(side=side, width_mm=curve(width, 2)) for side, width in widths.items())


def skin_curves(courses: Sequence[SkinCourse]) -> tuple[SkinCurve, ...]:
    return tuple(
        SkinCurve(region=one.region, pores=curve(one.pores), sebum=curve(one.sebum))
        for one in courses
    )


def area_courses(lines: Lines, days: Array, start: date) -> tuple[AreaCourse, ...]:
    """Onset, peak and wear-off of each area at full movement.

    Onset is the first day on which lines are half a grade better than before; wear-off the day on
    which they are back within half a grade; patients who never get there count as neither.
    """
    found = []
    for (area, side), course in lines.items():
        better = (course.untreated[1:] - course.maximum[1:]) - NOTICED_GRADES
        answered = better.max(axis=1) > 0
        if not answered.any():
            continue
        better = better[answered]
        peak = np.argmax(better, axis=1)
        found.append(
            AreaCourse(
                area=area,
                side=side,
                onset=interval(_first_crossing(days, better), start, days[-1]),
                peak=interval(days[peak], start, days[-1]),
                wear_off=interval(last_crossing(days, better), start, days[-1]),
                responders=float(np.round(answered.mean(), 3)),
            )
        )
    return tuple(found)


def _first_crossing(days: Array, margin: Array) -> Array:
    """Day on which `margin` (P, T) first rises above 0, linear between days."""
    after = np.argmax(margin > 0, axis=1)
    before = np.maximum(after - 1, 0)
    return _between(days, margin, before, after)


def last_crossing(days: Array, margin: Array) -> Array:
    """Day on which `margin` (P, T) last falls to 0; infinite when it is still above at the end."""
    last = margin.shape[1] - 1 - np.argmax(margin[:, ::-1] > 0, axis=1)
    after = np.minimum(last + 1, margin.shape[1] - 1)
    crossing = _between(days, margin, last, after)
    return np.where(last == margin.shape[1] - 1, np.inf, crossing)


def _between(
    days: Array, margin: Array, before: NDArray[np.int64], after: NDArray[np.int64]
) -> Array:
    row = np.arange(len(margin))
    one, two = margin[row, before], margin[row, after]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(one == two, 0.0, one / (one - two))
    return days[before] + part * (days[after] - days[before])


def interval(values: Array, start: date, horizon: float) -> Interval:
    """The median and the 90% interval of days (P,) after `start`; later than `horizon` is None."""
    ordered = np.sort(values)
    picked = [ordered[round(share * (len(ordered) - 1))] for share in (LOW, 0.5, HIGH)]
    low, median, high = (round(float(day), 1) if day <= horizon else None for day in picked)

    def on(day: float | None) -> date | None:
        return None if day is None else start + timedelta(days=round(day))

    return Interval(
        median_days=median,
        low_days=low,
        high_days=high,
        median=on(median),
        low=on(low),
        high=on(high),
    )


# Name, and what counts; what is measured and its limit are in mm or a share of strength.
EVENTS: dict[Event, tuple[str, str]] = {
    "lid_ptosis": ("Drooping upper lid", "upper lid margin falls {} or more"),
    "brow_ptosis": (
        "Brow drop",
        "middle of a brow falls {} or more below where the lower one stood",
    ),
    "spock_brow": (
        "Spock brow",
        "outer brow rises while its head falls, apart by {} or more",
    ),
    "asymmetry": ("Uneven brows", "new difference between the sides of {} or more"),
    "smile_asymmetry": ("Uneven smile", "the sides of a smile newly differ by {} or more"),
    "lip_incompetence": ("Weak lips", "the ring of the mouth loses {} of its strength or more"),
    "double_vision": ("Double vision", "a lateral rectus loses {} of its strength or more"),
}
# These are told of only where toxin reaches what they are about.
BELOW: dict[Event, tuple[str, ...]] = {
    "smile_asymmetry": tuple(mouth.MUSCLES.values()),
    "lip_incompetence": ("orbicularis-oris",),
    "double_vision": ("lateral-rectus",),
}


def risk_window(days: Array) -> NDArray[np.bool_]:
    """Which days count for unwanted results."""
    return (days >= RISK_FROM_DAY) & (days <= RISK_TO_DAY)


def unwanted(
    face: Face, movement: Movement, window: NDArray[np.bool_]
) -> dict[Event, NDArray[np.bool_]]:
    """Which patients (P,) have each unwanted result within a window of days (T,)."""
    found = extremes(face, movement, window)
    return {event: extreme >= limit_of(event).value for event, extreme in found.items()}


def extremes(face: Face, movement: Movement, window: NDArray[np.bool_]) -> dict[Event, Array]:
    """How far each patient (P,) goes towards each unwanted result within a window of days (T,)."""
    rises = {side: movement.brow["rest", side][:, window] for side in BothSides}
    lid = np.min([movement.lid[side][:, window] for side in BothSides], axis=(0, 2))
    middle, peak = [], []
    for side, rise in rises.items():
        at = landmark_nodes(face, side)
        middle.append(rise[..., at["middle"]] + stands_higher_mm(face, side, "middle"))
        lateral = np.maximum(rise[..., at["peak"]], rise[..., at["lateral"]])
        head = rise[..., at["medial"]]
        peak.append(np.where((lateral > 0) & (head < 0), lateral - head, 0.0))
    return {
        "lid_ptosis": -lid,
        "brow_ptosis": -np.min(middle, axis=(0, 2)),
        "spock_brow": np.max(peak, axis=(0, 2)),
        "asymmetry": _more_uneven(face, rises),
        **_extremes_below(movement, window),
    }


@lru_cache(maxsize=128)
def stands_higher_mm(face: Face, side: Side, place: str) -> float:
    """By how much a brow stood higher than the other before: so far it may fall and do no harm."""
    node = landmark_nodes(face, side)[place]
    own, other = (face.brow_nodes(one)[1][node] for one in (side, side.other))
    return max(float(own - other), 0.0)


def _more_uneven(face: Face, rises: Mapping[Side, Array]) -> Array:
    """By how much (P,) the brows differ more than they did before; what levels them is no harm."""
    (_, left), (_, right) = (face.brow_nodes(side) for side in BothSides)
    before = np.asarray(left - right)
    after = before + rises[Side.LEFT] - rises[Side.RIGHT]
    return np.asarray((np.abs(after) - np.abs(before)).max(axis=(1, 2)))


def _extremes_below(movement: Movement, window: NDArray[np.bool_]) -> dict[Event, Array]:
    """The extremes (P,) of what toxin does to mouth and eyes; 0 where it does not get there."""
    strength = movement.strength
    found: dict[Event, Array] = dict.fromkeys(BELOW, np.zeros(strength.shape[0]))
    if mouth.reached(movement):
        found["smile_asymmetry"] = mouth.uneven_smile_mm(movement, window)
    if strength.touches(*BELOW["lip_incompetence"]):
        found["lip_incompetence"] = mouth.lost_closing(movement, window)
    if strength.touches(*BELOW["double_vision"]):
        left = [movement.of("lateral-rectus", side)[:, window] for side in BothSides]
        found["double_vision"] = 1 - np.min(left, axis=(0, 2))
    return found


def limit_of(event: Event) -> Fact[float]:
    """From which size on a change counts as an unwanted result."""
    known = model_facts().risk
    fact: Fact[float] | None = getattr(known, f"{event}_mm", None)
    return fact or getattr(known, f"{event}_fraction")


def definition(event: Event) -> str:
    """What counts as an unwanted result, in words."""
    limit = limit_of(event)
    size = f"{limit.value:.0%}" if limit.unit == "fraction" else f"{limit.value:g} mm"
    return f"{EVENTS[event][1].format(size)}, day {RISK_FROM_DAY} to {RISK_TO_DAY}"


def risks(face: Face, movement: Movement, days: Array) -> tuple[Risk, ...]:
    """Chances of unwanted results in the weeks around the review, over the drawn patients."""
    return tuple(
        Risk(
            event=event,
            name=EVENTS[event][0],
            definition=definition(event),
            probability=float(np.round(hit[1:].mean(), 4)),
            source=limit_of(event).source,
        )
        for event, hit in unwanted(face, movement, risk_window(days)).items()
        if event not in BELOW or told_of(movement, event)
    )


def told_of(movement: Movement, event: Event) -> bool:
    """Whether toxin gets to what an unwanted result is about."""
    if event == "smile_asymmetry":
        return mouth.reached(movement)
    return movement.strength.touches(*BELOW[event])
